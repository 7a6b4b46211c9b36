"""The question for a secret in a front end, over the messages of a real kernel."""

from __future__ import annotations

from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from tests.support.kernels import PATIENCE, Kernel, execute
from tests.support.sandbox import SandboxProcess


@pytest.fixture
def kernel(shared_kernel: Kernel, sandbox: SandboxProcess) -> BlockingKernelClient:
    nothing = dict.fromkeys(("ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN"), "")
    shared_kernel.reset({**nothing, "ZENML_PRO_API_URL": sandbox.url})
    return shared_kernel.client


def test_the_front_end_asks_without_echo(kernel: BlockingKernelClient, sandbox: SandboxProcess) -> None:
    questions: list[dict[str, Any]] = []

    def answer(message: dict[str, Any]) -> None:
        questions.append(message["content"])
        kernel.input(sandbox.key)

    outputs: list[dict[str, Any]] = []
    reply = kernel.execute_interactive(
        "%zenpro login", timeout=PATIENCE, allow_stdin=True, stdin_hook=answer, output_hook=outputs.append
    )
    assert reply["content"]["status"] == "ok"
    assert questions == [{"prompt": f"API key or API token for {sandbox.url}: ", "password": True}]
    assert "ada@example.com" in str(outputs)
    assert sandbox.key not in str(outputs)


def test_the_error_names_the_variable_if_the_front_end_cannot_ask(kernel: BlockingKernelClient) -> None:
    reply, _ = execute(kernel, "%zenpro login")
    assert reply["ename"] == "CredentialError"
    assert "ZENML_PRO_API_KEY" in reply["evalue"]


def test_a_command_for_the_shell_asks_nothing(kernel: BlockingKernelClient) -> None:
    """Nobody can type into the terminal of a line like `!zenpro users`."""
    reply, outputs = execute(kernel, "import sys\n!{sys.executable} -m zenpro_nb users")
    assert reply["status"] == "ok"
    assert "No credential found for" in str(outputs)
