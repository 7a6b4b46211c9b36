"""A sandbox with a database file that the tests can access, to create organizations and query as its workspaces."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.access.random_organizations import Api
from tests.inventory.conftest import session_at
from tests.shell.conftest import Shell, bare_shell, shell
from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb.client import ApiKey
from zenpro_nb.session.session import Session

__all__ = ["World", "bare_shell", "shell", "world"]

SignIn = Callable[..., Shell]
PEOPLE = 60  # the number of users in the sandbox; few, for a fast start
_SECRET = "a workspace's own"


@dataclass
class World:
    """A running sandbox: its file, its raw API as the administrator, and a session with it."""

    url: str
    api: Api
    database: Path
    session: Session

    def as_workspace(self, workspace_id: str) -> Api:
        """The raw API as a workspace's server. Its key is written to the file: the API shows it only once."""
        digest = hashlib.sha256(_SECRET.encode()).hexdigest()
        with closing(sqlite3.connect(self.database, timeout=60)) as connection, connection:
            connection.execute("UPDATE workspaces SET enrollment_hash = ? WHERE id = ?", (digest, workspace_id))
        return Api(self.url, self.api.login(client_id=workspace_id, client_secret=_SECRET))


@pytest.fixture(scope="session")
def sandbox(sandboxes: SandboxPool) -> Iterator[SandboxProcess]:
    """A sandbox with few users, because most of these tests read all of them."""
    with sandboxes.lend("sandbox", users=PEOPLE) as running:
        yield running


@pytest.fixture(scope="module")
def world(sandboxes: SandboxPool) -> Iterator[World]:
    with sandboxes.lend("world", users=PEOPLE) as sandbox, Api(sandbox.url, sandbox.key) as api:
        session = session_at(sandbox.url, ApiKey(sandbox.key))
        yield World(sandbox.url, api, sandbox.database, session)
        session.close()


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[SignIn]:
    """``sign_in(ZENML_PRO_API_URL=…)``: a shell with these settings and no others."""
    with ExitStack() as stack:

        def open_shell(**settings: str) -> Shell:
            for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN", "ZENPRO_ORGANIZATION"):
                monkeypatch.delenv(name, raising=False)
            for name, value in settings.items():
                monkeypatch.setenv(name, value)
            shell = Shell()
            shell.run("%load_ext zenpro_nb")
            stack.callback(shell.run, "%unload_ext zenpro_nb")
            return shell

        yield open_shell
