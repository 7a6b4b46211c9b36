"""Run code in a kernel through its real messages, with one kernel for many tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from msgspec import Struct

PATIENCE = 60  # seconds until a silent kernel counts as broken
# Removes all effects of earlier cells except for imported modules.
RESET = """
shell = get_ipython()
if "zenpro_nb" in shell.extension_manager.loaded:
    shell.run_line_magic("unload_ext", "zenpro_nb")
import os
jupyter = {{name: value for name, value in os.environ.items() if name.startswith("JPY_")}}
os.environ.clear()
os.environ.update({environment!r} | jupyter)
shell.reset()
get_ipython().run_line_magic("load_ext", "zenpro_nb")
"""


class Kernel(Struct, frozen=True):
    """A kernel that several tests use in turn."""

    manager: KernelManager
    client: BlockingKernelClient

    def reset(self, variables: dict[str, str]) -> None:
        """Reset the kernel, and load the extension with these variables in addition to the test's own."""
        reply, _ = execute(self.client, RESET.format(environment={**os.environ, **variables}))
        assert reply["status"] == "ok", reply


@contextmanager
def running_kernel() -> Iterator[Kernel]:
    """Start a kernel that ends with the block."""
    manager, client = start_new_kernel()
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def execute(client: BlockingKernelClient, code: str, **options: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the reply and the output messages of the cell."""
    outputs: list[dict[str, Any]] = []
    reply = client.execute_interactive(
        code, timeout=PATIENCE, output_hook=outputs.append, allow_stdin=options.get("allow_stdin", False)
    )
    return reply["content"], outputs
