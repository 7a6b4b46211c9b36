"""After a lost response, a write is checked, reported correctly, and never repeated."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import zenpro_nb
from tests.commands.cases import invited_person
from tests.commands.conftest import Requests, journal
from tests.support.cutting import Cutter, cutting
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import OutcomeUnknownError, PartlyDoneError, SaveError, ZenProError
from zenpro_nb.frontends.connection import Connection


@pytest.fixture
def cutter(plane: SandboxProcess) -> Iterator[Cutter]:
    with cutting(plane.url) as proxy:
        yield proxy


@pytest.fixture
def far(cutter: Cutter, plane: SandboxProcess) -> Iterator[Connection]:
    """Give a connection to the same server through the proxy."""
    with zenpro_nb.connect(url=cutter.url, api_key=plane.key, organization="acme") as connection:
        yield connection


def _count_requests(requests: Requests, method: str, ending: str) -> int:
    return sum(1 for seen, path in requests if seen == method and path.endswith(ending))


def test_workspace_was_created(
    far: Connection, zen: Connection, cutter: Cutter, name: str, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    cutter.lose("POST", "/workspaces")
    frame = far.run("workspaces", "create", name)
    assert cutter.cut
    assert list(frame["name"]) == [name]
    assert "the response was lost; a check shows that it is done" in capsys.readouterr().err
    assert _count_requests(requests, "POST", "/workspaces") == 1
    assert len(zen.run("workspaces", "--workspace-name", name)) == 1
    assert journal()[-1]["outcome"] == "done"


def test_workspace_was_not_created(
    far: Connection, zen: Connection, cutter: Cutter, name: str, requests: Requests
) -> None:
    cutter.lose("POST", "/workspaces", mode="request")
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far.run("workspaces", "create", name)
    assert _count_requests(requests, "POST", "/workspaces") == 1
    assert zen.run("workspaces", "--workspace-name", name).empty
    assert journal()[-1]["outcome"] == "not done"
    assert len(far.run("workspaces", "create", name)) == 1


def _assignments_of(zen: Connection, email: str) -> pd.DataFrame:
    frame = zen.run("assignments", "--role", "Organization Viewer")
    return frame[frame["principal"] == email]


def test_role_was_assigned(far: Connection, zen: Connection, cutter: Cutter, name: str, requests: Requests) -> None:
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    cutter.lose("POST", "/assignments")
    frame = far.run("roles", "assign", "Organization Viewer", "--user", email)
    assert list(frame["outcome"]) == ["done"]
    assert "the response was lost; a check shows that it is done" in frame["detail"].iloc[0]
    assert _count_requests(requests, "POST", "/assignments") == 1
    assert len(_assignments_of(zen, email)) == 1


def test_role_was_not_assigned(far: Connection, zen: Connection, cutter: Cutter, name: str) -> None:
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    cutter.lose("POST", "/assignments", mode="request")
    with pytest.raises(OutcomeUnknownError, match=r"did not happen.*Run `zenpro (.*)` again") as lost:
        far.run("roles", "assign", "Organization Viewer", "--user", email)
    assert _assignments_of(zen, email).empty
    far.run(*_next_command(lost.value))
    assert len(_assignments_of(zen, email)) == 1


def _next_command(error: ZenProError) -> list[str]:
    """Return the words of the command that an error says to run again."""
    return shlex.split(re.findall(r"`zenpro ([^`]+)` again", error.hint)[0])


@pytest.mark.usefixtures("one_after_the_other")
def test_an_unfinished_undo_names_the_command_that_continues_it(far: Connection, cutter: Cutter, name: str) -> None:
    far.run("teams", "create", name)
    far.run("teams", "add", name, "--user", "ada@example.com", "--user", "grace@example.com")
    cutter.lose("DELETE", "/members", mode="request")
    with pytest.raises(PartlyDoneError) as lost:
        far.run("undo", "--yes")
    # Another command in between changes the meaning of `undo` alone.
    far.run("teams", "create", f"{name}-2")
    words = _next_command(lost.value)
    assert words[0] == "undo"
    assert words[2:] == ["--yes"]
    far.run(*words)
    assert far.run("teams", "members", name).empty
    assert not far.run("teams", "--where", f"name={name}-2").empty


@pytest.mark.usefixtures("one_after_the_other")
def test_a_bulk_command_stops_when_the_connection_breaks_and_resumes_when_run_again(
    far: Connection, zen: Connection, cutter: Cutter, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emails = [f"{name}-{number}@x.io" for number in range(4)]
    for email in emails:
        zen.run("users", "create", email)
    words = ("roles", "assign", "Organization Viewer", "--users", emails)
    zen.run("roles", "assign", "Organization Viewer", "--user", emails[0])
    seen = iter(range(10))
    cutter.mode = "request"
    # The first one already has the role, so nothing is sent for it.
    cutter.wanted = lambda method, path: method == "POST" and path.partition("?")[0].endswith("s") and next(seen) == 1
    with pytest.raises(PartlyDoneError, match="1 of 3 are done, 1 was unchanged") as caught:
        far.run(*words)
    table: Any = caught.value.outcomes
    assert list(table["outcome"]) == ["not done", "not sent", "already", "done"]
    assert emails[0] in capsys.readouterr().out
    assert [entry["outcome"] for entry in journal()[-3:]] == ["already", "done", "not done"]
    again = far.run(*words)
    assert list(again["outcome"]) == ["already", "already", "done", "done"]


def test_deletions_and_changes(far: Connection, zen: Connection, cutter: Cutter, name: str) -> None:
    zen.run("teams", "create", name)
    cutter.lose("PATCH", "")
    frame = far.run("teams", "update", name, "--description", "other")
    assert frame["description"].iloc[0] == "other"
    cutter.lose("DELETE", "")
    assert far.run("teams", "delete", name, "--yes")["outcome"].iloc[0] == "done"
    assert name not in set(zen.run("teams")["name"])


def test_an_invitation_that_was_accepted_long_ago_is_not_the_one_that_was_lost(
    far: Connection, zen: Connection, cutter: Cutter, name: str
) -> None:
    with invited_person(zen, name) as guest:
        guest.run("invitations", "accept", "acme")
    email = f"{name}@x.io"
    zen.run("members", "remove", email, "--yes")
    words = ("invitations", "create", "--email", email, "--role", "Organization Member")
    cutter.lose("POST", "/invitations", mode="request")
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far.run(*words)
    cutter.lose("POST", "/invitations")
    far.run(*words)
    assert journal()[-1]["outcome"] == "done"


def test_revoking(far: Connection, zen: Connection, cutter: Cutter, name: str) -> None:
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    zen.run("roles", "assign", "Organization Viewer", "--user", email)
    cutter.lose("DELETE", "/assignments", mode="request")
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far.run("roles", "revoke", "Organization Viewer", "--user", email, "--yes")
    cutter.lose("DELETE", "/assignments")
    frame = far.run("roles", "revoke", "Organization Viewer", "--user", email, "--yes")
    assert frame["outcome"].iloc[0] == "done"
    assert _assignments_of(zen, email).empty


def test_a_key_whose_response_was_lost_is_reported_as_lost(
    far: Connection, zen: Connection, cutter: Cutter, name: str, tmp_path: Path
) -> None:
    zen.run("service-accounts", "create", name)
    cutter.lose("POST", "/api_keys")
    with pytest.raises(SaveError, match=r"the key ci is lost.*api-keys rotate ci"):
        far.run("api-keys", "create", "ci", "--service-account", name, "--to", f"file:{tmp_path / 'key'}")
    assert not (tmp_path / "key").exists()
    assert len(zen.run("api-keys", "--service-account", name)) == 1
    cutter.lose("PUT", "/rotate")
    with pytest.raises(SaveError, match="is lost"):
        far.run("api-keys", "rotate", "ci", "--service-account", name, "--to", f"file:{tmp_path / 'key'}", "--yes")
    cutter.lose("PUT", "/rotate", mode="request")
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far.run("api-keys", "rotate", "ci", "--service-account", name, "--to", f"file:{tmp_path / 'key'}", "--yes")


def test_an_outcome_that_cannot_be_checked_stays_unknown(
    far: Connection, zen: Connection, cutter: Cutter, name: str
) -> None:
    zen.run("users", "create", f"{name}@x.io")
    cutter.lose("PATCH", "")
    with pytest.raises(OutcomeUnknownError, match="check it before"):
        far.run("users", "update", f"{name}@x.io", "--new-password")
    assert journal()[-1]["outcome"] == "unknown"
