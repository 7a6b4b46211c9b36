"""`members remove` reads the roles that an undo restores from the list of members: one response for any number."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from typing import Any

import pytest

from tests.commands.conftest import Requests
from zenpro_nb import query
from zenpro_nb.errors import UsageError
from zenpro_nb.frontends.connection import Connection

MEMBER = "Organization Member"


@pytest.fixture
def person(zen: Connection, name: str) -> str:
    """Give a user who has an organization role both directly and through a team."""
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    zen.run("teams", "create", name)
    zen.run("teams", "add", name, "--user", email)
    zen.run("roles", "assign", MEMBER, "--team", name)
    zen.run("roles", "assign", MEMBER, "--user", email)
    return email


def roles_after_undo(zen: Connection, email: str) -> list[str]:
    """Remove the member and undo it; return the roles that the person then has directly."""
    zen.run("members", "remove", email, "--yes")
    zen.run("undo", "--yes")
    assignments = zen.run("assignments", "--role", MEMBER)
    return [str(found) for found in assignments["principal"] if found == email]


def test_a_role_that_a_team_also_has_is_restored(zen: Connection, person: str, requests: Requests) -> None:
    before = len(requests)
    assert roles_after_undo(zen, person) == [person]
    reads = [path for method, path in requests[before:] if method == "GET"]
    first = reads[: next(at for at, (method, _) in enumerate(requests[before:]) if method != "GET")]
    assert len([path for path in first if "/organizations/" in path and path.endswith("/members")]) == 1


def test_a_server_that_shows_a_role_only_as_the_teams_is_checked(
    zen: Connection, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = query.members_of

    def only_via_team(*arguments: Any) -> Sequence[Any]:
        members = json.loads(json.dumps(read(*arguments)))
        for member in members:
            member["roles"] = [{**role, "via_team": True} for role in member["roles"]]
        return members

    monkeypatch.setattr(query, "members_of", only_via_team)
    assert roles_after_undo(zen, person) == [person]


def test_assignments_are_read_if_the_server_shows_no_roles_of_members(
    zen: Connection, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = query.members_of

    def without_roles(*arguments: Any) -> Sequence[Any]:
        return [{**member, "roles": None} for member in read(*arguments)]

    monkeypatch.setattr(query, "members_of", without_roles)
    assert roles_after_undo(zen, person) == [person]


def test_a_role_that_only_comes_from_a_team_is_not_removed(zen: Connection, person: str, requests: Requests) -> None:
    zen.run("roles", "revoke", MEMBER, "--user", person, "--yes")
    before = len(requests)
    with pytest.raises(UsageError, match=rf"{person} is a member of acme only through the team (\S+)") as raised:
        zen.run("members", "remove", person, "--yes")
    assert all(method == "GET" for method, _ in requests[before:])
    line = re.search(r"`zenpro (teams remove [^`]*)`", str(raised.value))
    assert line is not None
    zen.run(*shlex.split(line[1]), "--yes")
    assert person not in set(zen.run("members")["email"])
