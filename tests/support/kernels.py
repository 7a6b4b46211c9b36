"""Run code in a kernel, over its real messages, and use one kernel for many tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from msgspec import Struct

PATIENCE = 60  # seconds until a silent kernel counts as broken
# Leaves of what earlier cells did only what Python has imported.
RESET = """
shell = get_ipython()
if "zenpro_nb" in shell.extension_manager.loaded:
    shell.run_line_magic("unload_ext", "zenpro_nb")
import os
os.environ.clear()
os.environ.update({environment!r})
shell.reset()
get_ipython().run_line_magic("load_ext", "zenpro_nb")
"""


class Kernel(Struct, frozen=True):
    """A kernel that tests use one after the other."""

    manager: KernelManager
    client: BlockingKernelClient

    def reset(self, variables: dict[str, str]) -> None:
        """Forget what was run, and load the extension where these variables are set besides the test's own."""
        reply, _ = execute(self.client, RESET.format(environment={**os.environ, **variables}))
        assert reply["status"] == "ok", reply


@contextmanager
def running_kernel() -> Iterator[Kernel]:
    """Start a kernel, which ends with the block."""
    manager, client = start_new_kernel()
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def execute(client: BlockingKernelClient, code: str, **options: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The reply, and the messages that the cell put out."""
    outputs: list[dict[str, Any]] = []
    reply = client.execute_interactive(
        code, timeout=PATIENCE, output_hook=outputs.append, allow_stdin=options.get("allow_stdin", False)
    )
    return reply["content"], outputs
