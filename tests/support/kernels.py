"""Run code in a kernel, over its real messages."""

from __future__ import annotations

from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

PATIENCE = 60  # seconds until a silent kernel counts as broken


def execute(client: BlockingKernelClient, code: str, **options: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The reply, and the messages that the cell put out."""
    outputs: list[dict[str, Any]] = []
    reply = client.execute_interactive(
        code, timeout=PATIENCE, output_hook=outputs.append, allow_stdin=options.get("allow_stdin", False)
    )
    return reply["content"], outputs
