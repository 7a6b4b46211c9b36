"""A small client, and sandboxes with a clock that tests move."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.sandbox import DATABASE, TimedSandbox, timed_sandbox

PASSWORD = "correct horse"
PEOPLE = 40


class Api:
    """Call a sandbox as one caller and return decoded JSON. An unexpected status fails the test."""

    def __init__(self, url: str, credential: str | None) -> None:
        headers = {} if credential is None else {"Authorization": f"Bearer {credential}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=60)

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self._client.request(method, path, **request)

    def status(self, method: str, path: str, **request: Any) -> int:
        """Return the status of the response, without checking it."""
        return self.send(method, path, **request).status_code

    def __call__(self, method: str, path: str, *, expect: int = 200, body: Any = None, **params: Any) -> Any:
        reply = self.send(method, path, params=params, **({} if body is None else {"json": body}))
        assert reply.status_code == expect, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json()

    def close(self) -> None:
        self._client.close()


class Plane:
    """A sandbox for one test, with its callers."""

    def __init__(self, running: TimedSandbox, stack: ExitStack) -> None:
        self.running = running
        self.clock = running.clock
        self._stack = stack
        self.admin = self.caller(running.key)

    def caller(self, credential: str | None) -> Api:
        api = Api(self.running.url, credential)
        self._stack.callback(api.close)
        return api

    def organization(self, name: str = "acme") -> str:
        return str(self.admin("GET", f"/organizations/{name}")["id"])

    def role(self, name: str, organization: str = "acme", level: str | None = None) -> str:
        wanted = {} if level is None else {"level": level}
        found = self.admin("GET", f"/organizations/{self.organization(organization)}/roles", name=name, **wanted)
        assert len(found) == 1, found
        return str(found[0]["id"])

    def user(self, email: str) -> str:
        return str(self.admin("GET", f"/users/{email}")["id"])

    def workspace(self, name: str) -> str:
        return str(self.admin("GET", f"/workspaces/{name}")["id"])

    def person(self, email: str, password: str = PASSWORD) -> Api:
        """Create a local account and sign in."""
        self.admin("POST", "/users", username=email, password=password)
        return self.caller(self.login(username=email, password=password)["access_token"])

    def login(self, expect: int = 200, **form: str) -> Any:
        reply = self.admin.send("POST", "/auth/login", data=form)
        assert reply.status_code == expect, reply.text
        return reply.json()


Start = Callable[..., Plane]


@pytest.fixture(scope="session")
def seeded_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded database to copy, because seeding takes longer than most tests."""
    folder = tmp_path_factory.mktemp("seeded")
    with timed_sandbox(folder, users=PEOPLE):
        # Closed before it is copied, because only then all data are in one file.
        pass
    return folder / DATABASE


@pytest.fixture
def start(tmp_path: Path, seeded_database: Path) -> Iterator[Start]:
    """``start(lifecycle=timedelta(seconds=30))`` starts a sandbox for this test alone."""
    with ExitStack() as stack:

        def run(folder: Path | None = None, **options: Any) -> Plane:
            folder = folder or tmp_path
            if "seed" not in options:
                shutil.copy(seeded_database, folder / DATABASE)
            return Plane(stack.enter_context(timed_sandbox(folder, **{"users": PEOPLE, **options})), stack)

        yield run


@pytest.fixture(scope="session")
def shared_sandbox(seeded_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimedSandbox]:
    """A sandbox with the default options, shared because an application creates most of its routes on first use."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copy(seeded_database, folder / DATABASE)
    with timed_sandbox(folder, users=PEOPLE) as running:
        running.store.keep()
        yield running


@pytest.fixture
def plane(shared_sandbox: TimedSandbox) -> Iterator[Plane]:
    """A sandbox with the default options, in its initial state and at its start time."""
    with ExitStack() as stack:
        yield Plane(shared_sandbox, stack)
    shared_sandbox.reset()
