"""Writes of a viewer: the server refuses each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import zenpro_nb
from tests.commands.cases import CASES, OWN, reviewed_at, words
from tests.commands.conftest import PASSWORD, Requests, journal
from tests.support.sandbox import SandboxProcess
from tests.support.two_callers import reading_as
from zenpro_nb.errors import PermissionDeniedError
from zenpro_nb.frontends.connection import Connection

# Changes to your own account need no permission; another user's device cannot even be found.
NEED_A_RIGHT = sorted(set(CASES) - OWN - {"devices delete"})
# The server's message for a missing permission, unlike those for an invalid write.
NO_RIGHT = r"^(Insufficient permissions to (create|update|delete) resource|Only superusers)"


VIEWER, ROLE = "viewer@x.io", "Organization Viewer"


@pytest.fixture(scope="module")
def plane(small_sandbox: SandboxProcess) -> Iterator[SandboxProcess]:
    """The usual sandbox, with a local account that can only read acme."""
    with httpx.Client(base_url=small_sandbox.url, headers=small_sandbox.headers, timeout=60) as client:
        account = client.post("/users", params={"username": VIEWER, "password": PASSWORD}).json()
        acme = client.get("/organizations/acme").json()["id"]
        roles = {role["name"]: role["id"] for role in client.get(f"/organizations/{acme}/roles").json()}
        path = f"/roles/{roles[ROLE]}/assignments"
        client.post(path, params={"user_id": account["id"]}).raise_for_status()
    small_sandbox.keep()
    yield small_sandbox
    small_sandbox.drop()


def as_viewer(zen: Connection, url: str) -> Connection:
    """A connection as that account, at another address of the same server."""
    answer: Any = zen.client.request("POST", "/auth/login", form={"username": VIEWER, "password": PASSWORD}).json()
    return zenpro_nb.connect(url=url, token=answer["access_token"], organization="acme")


@pytest.mark.parametrize("command", NEED_A_RIGHT)
def test_the_write_itself_is_refused(
    command: str, zen: Connection, plane: SandboxProcess, name: str, requests: Requests
) -> None:
    line = words(command, zen, name)
    with reading_as(plane.url, plane.key) as url, as_viewer(zen, url) as viewer:
        if command.startswith("organizations "):
            zen.run("roles", "assign", ROLE, "--user", VIEWER, "--org", name)
        reviewed_at(url)
        before, entries = len(requests.writes()), len(journal())
        with pytest.raises(PermissionDeniedError, match=NO_RIGHT) as refused:
            viewer.run(*line, "--yes")
    assert refused.value.status == 403
    (sent,) = requests.writes()[before:]
    (entry,) = journal()[entries:]
    assert (entry["outcome"], entry["method"], entry["route"]) == ("refused", *sent)
