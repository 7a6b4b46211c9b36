"""A 409, or a 404 of a deletion, means "already" only if the object shows it; otherwise it is a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import zenpro_nb
from tests.commands.conftest import journal
from tests.support.refusing import refusing
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import ConflictError, NotFoundError
from zenpro_nb.frontends.connection import Connection


@contextmanager
def far(plane: SandboxProcess, method: str, status: int) -> Iterator[Connection]:
    """A connection on which every write of one method is refused in the API's own words, and never sent."""
    words = {"detail": "Another change is in progress"}
    with (
        refusing(plane.url, method, status, words) as url,
        zenpro_nb.connect(url=url, api_key=plane.key, organization="acme") as connection,
    ):
        yield connection


@pytest.fixture
def team(zen: Connection, name: str) -> str:
    """A team with Grace in it."""
    zen.run("teams", "create", name)
    zen.run("teams", "add", name, "--user", "grace@example.com")
    return name


ROLE = ("Workspace Viewer", "--workspace", "ml-prod", "--team")


def test_a_conflict_is_refused_if_the_role_is_not_assigned(plane: SandboxProcess, zen: Connection, team: str) -> None:
    with far(plane, "POST", 409) as refused:
        with pytest.raises(ConflictError, match="Another change is in progress"):
            refused.run("roles", "assign", *ROLE, team)
        assert journal()[-1]["outcome"] == "refused"
        zen.run("roles", "assign", *ROLE, team)
        assert refused.run("roles", "assign", *ROLE, team)["outcome"].tolist() == ["already"]
    assert journal()[-1]["outcome"] == "already"


def test_a_conflict_is_refused_if_the_user_is_not_in_the_team(plane: SandboxProcess, team: str) -> None:
    with far(plane, "POST", 409) as refused:
        with pytest.raises(ConflictError, match="Another change is in progress"):
            refused.run("teams", "add", team, "--user", "linus@example.com")
        assert journal()[-1]["outcome"] == "refused"
        assert refused.run("teams", "add", team, "--user", "grace@example.com")["outcome"].tolist() == ["already"]


def test_a_deletion_that_finds_nothing_is_refused_if_the_team_is_there(
    plane: SandboxProcess, zen: Connection, team: str
) -> None:
    with far(plane, "DELETE", 404) as refused:
        with pytest.raises(NotFoundError, match="Another change is in progress"):
            refused.run("teams", "delete", team, "--yes")
        assert journal()[-1]["outcome"] == "refused"
        with pytest.raises(NotFoundError, match="Another change is in progress"):
            refused.run("teams", "remove", team, "--user", "grace@example.com", "--yes")
        assert journal()[-1]["outcome"] == "refused"
    assert zen.run("teams", "members", team)["email"].tolist() == ["grace@example.com"]
