"""The program that started a sandbox can reset it after any change in the database and in the workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.sandbox.conftest import Api
from tests.support.sandbox_pool import PooledSandbox, SandboxPool


@pytest.fixture
def running(sandboxes: SandboxPool) -> Iterator[PooledSandbox]:
    with sandboxes.lend(users=40) as running:
        yield running


@pytest.fixture
def admin(running: PooledSandbox) -> Iterator[Api]:
    api = Api(running.url, running.key)
    yield api
    api.close()


@pytest.fixture
def inside(running: PooledSandbox) -> Iterator[Api]:
    """The administrator in the workspace ml-prod."""
    with ExitStack() as stack:
        address = f"{running.url}/workspace/ml-prod/api/v1"
        door = Api(address, running.key)
        stack.callback(door.close)
        session = door.send("POST", "/login", data={"password": running.key}).json()["access_token"]
        api = Api(address, session)
        stack.callback(api.close)
        yield api


def names(admin: Api) -> set[str]:
    return {user["username"] for user in admin("GET", "/users", limit=100)}


def runs(inside: Api) -> list[str]:
    project = inside("GET", "/projects")["items"][0]["id"]
    return [run["id"] for run in inside("GET", "/runs", project=project, size=100)["items"]]


def test_a_reset_undoes_changes_to_the_database(running: PooledSandbox, admin: Api) -> None:
    before = names(admin)
    for new in ("first", "second"):
        admin("POST", "/users", username=new, password="correct horse")
        assert names(admin) == before | {new}
        running.restore()
        assert names(admin) == before


def test_a_reset_undoes_changes_inside_a_workspace(running: PooledSandbox, inside: Api) -> None:
    before = runs(inside)
    inside("DELETE", f"/runs/{before[0]}")
    assert before[0] not in runs(inside)
    running.restore()
    assert runs(inside) == before


def test_a_workspace_generated_for_changed_users_is_generated_again(
    running: PooledSandbox, admin: Api, inside: Api
) -> None:
    admin("POST", "/users", username="newcomer", password="correct horse", is_superuser=True)
    login = admin.send("POST", "/auth/login", data={"username": "newcomer", "password": "correct horse"}).json()
    address = f"{running.url}/workspace/ml-prod/api/v1"
    theirs = Api(address, login["access_token"])
    entered = theirs.send("POST", "/login", headers={"Authorization": f"Bearer {login['access_token']}"})
    theirs.close()
    assert entered.status_code == 200
    accounts = [user["name"] for user in inside("GET", "/users", size=100)["items"]]
    assert "newcomer" in accounts
    running.restore()
    accounts = [user["name"] for user in inside("GET", "/users", size=100)["items"]]
    assert "newcomer" not in accounts


def test_the_top_copy_is_restored_until_it_is_dropped(running: PooledSandbox, admin: Api) -> None:
    before = names(admin)
    admin("POST", "/users", username="kept", password="correct horse")
    running.keep()
    admin("POST", "/users", username="lost", password="correct horse")
    running.restore()
    assert names(admin) == before | {"kept"}
    running.reset()
    assert names(admin) == before


def test_the_next_borrower_gets_the_same_process_in_its_initial_state(sandboxes: SandboxPool) -> None:
    with sandboxes.lend(users=40, workspace=["one=http://127.0.0.1:9"]) as first:
        api = Api(first.url, first.key)
        assert api("GET", "/workspaces/one")["name"] == "one"
    with sandboxes.lend(users=40) as second:
        assert second.pid == first.pid
        api("GET", "/workspaces/one", expect=404)
    api.close()


def test_two_borrowers_get_two_sandboxes(sandboxes: SandboxPool) -> None:
    with sandboxes.lend(users=40) as first, sandboxes.lend(users=40) as second:
        assert first.url != second.url
