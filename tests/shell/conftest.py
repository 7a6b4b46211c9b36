"""A shell that raises the errors of a cell, with the extension loaded and the shared sandbox as its server."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tests.support.keyring import Held, memory_keyring
from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb.frontends.notebook import NotebookUI

PEOPLE = 60  # in the sandbox


class Shell:
    """An IPython shell whose cells raise."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        self.ip = InteractiveShell(config=config)

    def run(self, cell: str) -> Any:
        """Return the value of the cell's last expression; raise the error of the cell."""
        result = self.ip.run_cell(cell)
        result.raise_error()
        return result.result

    def error(self, cell: str) -> BaseException:
        """Return the error of the cell."""
        error = self.ip.run_cell(cell).error_in_exec
        assert error is not None, "the cell succeeded"
        return error

    def value(self, name: str) -> Any:
        """The value of a variable."""
        return self.ip.user_ns[name]


@pytest.fixture(scope="session")
def sandbox(sandboxes: SandboxPool) -> Iterator[SandboxProcess]:
    """The usual sandbox, with few people: most of these tests read all of them."""
    with sandboxes.lend("sandbox", users=PEOPLE) as running:
        yield running


@pytest.fixture
def bare_shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell without a server."""
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN", "ZENPRO_ORGANIZATION"):
        monkeypatch.delenv(name, raising=False)
    shell = Shell()
    shell.run("%load_ext zenpro_nb")
    yield shell
    shell.run("%unload_ext zenpro_nb")


@pytest.fixture
def shell(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell that uses the shared sandbox, in its organization acme."""
    monkeypatch.delenv("ZENML_PRO_API_TOKEN", raising=False)
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    shell = Shell()
    shell.run("%load_ext zenpro_nb")
    yield shell
    shell.run("%unload_ext zenpro_nb")


@pytest.fixture(scope="module")
def reading_shell(sandbox: SandboxProcess) -> Iterator[Shell]:
    """One shell for all tests of a file that change nothing in the organization acme."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZENML_PRO_API_URL", sandbox.url)
        patch.setenv("ZENML_PRO_API_KEY", sandbox.key)
        patch.setenv("ZENPRO_ORGANIZATION", "acme")
        shell = Shell()
        shell.run("%load_ext zenpro_nb")
        yield shell
        shell.run("%unload_ext zenpro_nb")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


@pytest.fixture
def keyring_content() -> Iterator[Held]:
    with memory_keyring() as held:
        yield held


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """`person(secret)` simulates a user who types it; returns the list of prompts."""

    def sit(answer: str) -> list[str]:
        prompts: list[str] = []

        def type_answer(prompt: str) -> str:
            prompts.append(prompt)
            return answer

        monkeypatch.setattr(NotebookUI, "is_interactive", property(lambda ui: True))
        monkeypatch.setattr(getpass, "getpass", type_answer)
        return prompts

    return sit


def token_of(sandbox: SandboxProcess, **params: int) -> str:
    """A session token of the sandbox's user, created with these parameters."""
    return str(httpx.get(f"{sandbox.url}/auth/api_token", headers=sandbox.headers, params=params, timeout=60).json())
