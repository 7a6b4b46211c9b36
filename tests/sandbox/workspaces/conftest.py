"""Fixtures to sign in at the sandbox's workspaces."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import PEOPLE, Api, Plane
from tests.support.sandbox import DATABASE, timed_sandbox

Enter = Callable[..., Api]


def address(plane: Plane, workspace: str) -> str:
    return f"{plane.running.url}/workspace/{workspace}"


def log_in(plane: Plane, workspace: str, bearer: str | None = None, **form: str) -> httpx.Response:
    headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    return httpx.post(f"{address(plane, workspace)}/api/v1/login", data=form, headers=headers, timeout=60)


def entering(plane: Plane, stack: ExitStack) -> Enter:
    def run(workspace: str = "ml-prod", credential: str | None = None) -> Api:
        reply = log_in(plane, workspace, credential or plane.running.key)
        assert reply.status_code == 200, reply.text
        api = Api(f"{address(plane, workspace)}/api/v1", reply.json()["access_token"])
        stack.callback(api.close)
        return api

    return run


@pytest.fixture
def enter(plane: Plane) -> Iterator[Enter]:
    """``enter("ml-prod", key)`` returns a signed-in caller, the administrator if no key is given."""
    with ExitStack() as stack:
        yield entering(plane, stack)


@pytest.fixture(scope="session")
def standing(seeded_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A sandbox that no test changes, with a clock that no test moves."""
    folder = tmp_path_factory.mktemp("standing")
    shutil.copy(seeded_database, folder / DATABASE)
    with ExitStack() as stack:
        yield Plane(stack.enter_context(timed_sandbox(folder, users=PEOPLE)), stack)


@pytest.fixture(scope="session")
def look(standing: Plane) -> Iterator[Enter]:
    """``look("ml-prod")`` returns the administrator in the workspace, for reading only."""
    with ExitStack() as stack:
        yield entering(standing, stack)


@pytest.fixture
def session_of(plane: Plane) -> Callable[..., str]:
    """``session_of("new@example.com", "Workspace Viewer", workspace_id=…)`` returns the session of a new user."""

    def run(email: str, role: str = "", **where: str) -> str:
        plane.person(email)
        if role:
            user = plane.user(email)
            plane.admin("POST", f"/roles/{plane.role(role)}/assignments", user_id=user, **where)
        return str(plane.login(username=email, password="correct horse")["access_token"])

    return run


def rows(api: Api, path: str, **params: Any) -> list[dict[str, Any]]:
    """Return the first page of a list."""
    found: list[dict[str, Any]] = api("GET", path, **{"size": 1000, **params})["items"]
    return found
