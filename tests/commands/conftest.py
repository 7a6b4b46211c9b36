"""Run commands against a sandbox of their own over HTTP, with every request recorded."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.support.routes import route_of
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import Client
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

PASSWORD = "correct-horse-9"


@pytest.fixture(scope="session")
def plane(small_sandbox: SandboxProcess) -> SandboxProcess:
    """Give the sandbox that the tests of writes share."""
    return small_sandbox


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test its own journal folder, and a password, because no one can type one."""
    folder = tmp_path / "state"
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(folder))
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("ZENPRO_NEW_PASSWORD", PASSWORD)
    return folder


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the later check for a lost write immediately."""
    monkeypatch.setattr("zenpro_nb.limits.SECOND_LOOK", 0.0)


@pytest.fixture
def one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send the writes of a command one after the other."""
    monkeypatch.setattr("zenpro_nb.limits.WRITES_AT_ONCE", 1)


class Requests(list[tuple[str, str]]):
    """Return the methods and paths that were sent to the server."""

    def writes(self) -> list[tuple[str, str]]:
        """Those that may have changed something."""
        return [(method, path) for method, path in self if method not in ("GET", "HEAD")]


@pytest.fixture(autouse=True)
def requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[Requests]:
    """Record the requests; each must match a route in the table."""
    seen = Requests()
    original = Client._perform

    def record(self: Client, call: Any) -> Any:
        seen.append((call.method, call.path))
        return original(self, call)

    monkeypatch.setattr(Client, "_perform", record)
    yield seen
    # The table contains the routes of the control plane only.
    unlisted = [item for item in seen if not item[1].startswith("/api/v1/") and route_of(*item) is None]
    assert unlisted == [], "Add these routes to zenpro_nb/resources/routes.txt."


@pytest.fixture
def zen(plane: SandboxProcess) -> Iterator[Connection]:
    """A superuser in the organization acme."""
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as connection:
        yield connection


@contextmanager
def prepared(plane: SandboxProcess, folder: Path) -> Iterator[Connection]:
    """Prepare the sandbox for all tests of a file: give a superuser's connection, and save the state at the end.

    The fixture calls `plane.drop()` after the last test. The folder is for the journal of these commands.
    """
    with (
        pytest.MonkeyPatch.context() as patch,
        zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as connection,
    ):
        patch.setenv("ZENPRO_STATE_DIR", str(folder))
        patch.setenv("ZENPRO_NEW_PASSWORD", PASSWORD)
        yield connection
    plane.keep()


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return "t-" + uuid.uuid4().hex[:10]


def journal() -> list[dict[str, Any]]:
    """The entries of this test's journal."""
    return list(Journal().entries())


def local_user(zen: Connection, email: str, url: str | None = None) -> Connection:
    """A new local account, and a connection as that person, at another address of the same server if one is given."""
    zen.run("users", "create", email)
    form = {"username": email, "password": PASSWORD}
    answer: Any = zen.client.request("POST", "/auth/login", form=form).json()
    return zenpro_nb.connect(url=url or zen.client.url, token=answer["access_token"], organization="acme")


def bot(zen: Connection, name: str) -> Connection:
    """A new service account without any role, and a connection as that account."""
    import os

    zen.run("service-accounts", "create", name)
    zen.run("api-keys", "create", "k", "--service-account", name, "--to", "env:ZENPRO_TEST_BOT")
    return zenpro_nb.connect(url=zen.client.url, api_key=os.environ.pop("ZENPRO_TEST_BOT"), organization="acme")
