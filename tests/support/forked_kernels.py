"""Kernels that are forked from a process that has already imported their modules, which takes most of a start.

They are otherwise like any kernel: a process of its own, with connection file, messages and signals.
"""

from __future__ import annotations

import atexit
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from tests.support import fork_server

_NAME = "forked-provisioner"
_COMMAND = "tests.support.kernel_command"
_LAUNCHER = "ipykernel_launcher"


class ForkedKernel(fork_server.Forked):
    """A forked kernel, with what a provisioner needs of `subprocess.Popen`. It ends when its standard input closes."""

    stdout = stderr = None

    def __init__(self, arguments: list[str], env: dict[str, str], folder: Path) -> None:
        read, write = os.pipe()
        self.stdin = os.fdopen(write, "wb")
        try:
            super().__init__(_COMMAND, arguments, env, (read, 1, 2), folder)
        finally:
            os.close(read)
        atexit.register(self.stdin.close)  # called before the fork server waits for its processes

    def send_signal(self, number: int) -> None:
        """Send a signal if it is still running."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """End it with SIGTERM."""
        self.send_signal(signal.SIGTERM)


class ForkedProvisioner(LocalProvisioner):
    """Forks the kernel instead of starting the command of its specification."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel with the arguments of the command."""
        folder = Path(kwargs.get("cwd") or Path.cwd())
        process = ForkedKernel(cmd[cmd.index(_LAUNCHER) + 1 :], dict(kwargs["env"]), folder)
        self.process, self.pid, self.cwd = process, process.pid, folder  # type: ignore[assignment]
        return self.connection_info


def fork_kernels() -> None:
    """Fork the kernels that this process starts from now on."""
    if not fork_server.AVAILABLE:
        return
    fork_server.prepare(_COMMAND)
    factory = KernelProvisionerFactory.instance()
    entry = EntryPoint(_NAME, f"{__name__}:{ForkedProvisioner.__name__}", KernelProvisionerFactory.GROUP_NAME)
    factory.provisioners[_NAME] = entry
    factory.default_provisioner_name = _NAME


@contextmanager
def forked_kernels() -> Iterator[None]:
    """Fork the kernels that this process starts in the block. Without effect where processes cannot be forked."""
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    fork_kernels()
    try:
        yield
    finally:
        factory.default_provisioner_name = before
