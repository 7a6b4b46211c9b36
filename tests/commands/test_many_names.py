"""Many names in one command: the number of requests before the first write does not grow with the number of names."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.commands.conftest import Requests
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.frontends.connection import Connection

MOST = 12
NAMES = 200


@pytest.fixture
def plane(swift_sandbox: SandboxProcess) -> SandboxProcess:
    """A sandbox with enough people."""
    return swift_sandbox


def reads_before_the_first_write(requests: Requests, since: int) -> list[tuple[str, str]]:
    sent = requests[since:]
    first = next((at for at, (method, _) in enumerate(sent) if method != "GET"), len(sent))
    return sent[:first]


def users_of(zen: Connection) -> list[str]:
    frame = zen.run("users", "--active", "--where", "is_superuser=false")
    return [str(email) for email in frame["email"]][:NAMES]


@pytest.mark.parametrize(
    ("command", "lists"),
    [
        (("roles", "assign", "Workspace Viewer", "--workspace", "ml-dev", "--users"), 0),
        (("roles", "revoke", "Workspace Viewer", "--workspace", "ml-dev", "--users"), 0),
        (("teams", "add", "Platform", "--users"), 0),
        (("teams", "remove", "Platform", "--users"), 0),
        (("members", "remove"), 0),
        (("users", "activate"), 0),
        (("users", "deactivate"), 0),
        (("users", "onboard"), 40),
        (("users", "offboard"), 150),  # and the active objects in each project of each workspace
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_200_users_are_looked_up_with_few_requests(
    command: tuple[str, ...], lists: int, zen: Connection, requests: Requests
) -> None:
    emails = users_of(zen)
    before = len(requests)
    if command[-1] == "--users":
        line = (*command[:-1], *(word for email in emails for word in ("--users", email)))
    else:
        line = (*command, *emails)
    zen.run(*line, "--dry-run")
    assert len(emails) == NAMES
    # Some commands also read each role or team of the organization, which does not depend on the number of names.
    assert len(requests) - before <= MOST + lists, requests[before:]


def test_many_invitations_need_few_requests_before_the_first_is_sent(zen: Connection, requests: Requests) -> None:
    emails = [f"many.{number}@example.com" for number in range(40)]
    before = len(requests)
    zen.run("invitations", "create", *emails, "--role", "Organization Member", "--yes")
    assert len(reads_before_the_first_write(requests, before)) <= MOST
    assert len(requests.writes()) == len(emails)
    # Nothing is read again if nothing went wrong.
    assert len([method for method, _ in requests[before:] if method == "GET"]) <= MOST
    again = len(requests)
    revocations = zen.run("invitations", "revoke", *emails, "--dry-run")
    assert len(requests) - again <= MOST, requests[again:]
    assert len(revocations) == len(emails)
    few = zen.run("invitations", "revoke", *emails[:2], "--dry-run")
    assert len(requests) - again > MOST, "the members of each team are read for a few invitations"
    assert len(few) == 2


def test_people_who_are_invited_are_not_looked_up_again(zen: Connection, requests: Requests, name: str) -> None:
    """Each gets a team and a role: the response to the invitation identifies the person."""
    emails = [f"{name}-{number}@example.com" for number in range(20)]
    before = len(requests)
    grant = ("--team", "Research", "--grant", "Workspace Viewer@ml-dev")
    frame = zen.run("users", "onboard", *emails, *grant, "--yes")
    assert set(frame["outcome"]) == {"done"}
    assert len(requests.writes()) == 3 * len(emails)
    first = next(at for at, (method, _) in enumerate(requests) if at >= before and method != "GET")
    assert [path for method, path in requests[first:] if method == "GET"] == []
    waiting = zen.run("invitations", "--only-pending")
    assert set(emails) <= set(waiting["email"])
    assert set(emails) <= set(zen.run("teams", "members", "Research")["email"].dropna()) | set(waiting["email"])


def test_what_a_plan_creates_is_not_looked_up_again(
    zen: Connection, requests: Requests, name: str, tmp_path: Path
) -> None:
    file = tmp_path / "access.yaml"
    zen.run("export", str(file))
    content = yaml.safe_load(file.read_text())
    emails = sorted(users_of(zen)[:4])
    content["teams"] |= {f"{name}-{number}": {"members": emails} for number in range(6)}
    file.write_text(yaml.safe_dump(content))
    before = len(requests)
    zen.run("apply", str(file), "--yes")
    first = next(at for at, (method, _) in enumerate(requests) if at >= before and method != "GET")
    assert len(requests.writes()) == 6 + 6 * 4
    assert [path for method, path in requests[first:] if method == "GET"] == []
    assert sorted(zen.run("teams", "members", f"{name}-0")["email"]) == emails


def test_members_among_many_invitations_are_known_after_one_read(
    zen: Connection, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    """The people are members with another role: the server would refuse each of them."""
    emails = [str(email) for email in zen.run("members", "--where", "kind=user")["email"].dropna()][:20]
    line = ("invitations", "create", "new.among.members@x.io", *emails, "--role", "Organization Viewer")
    capsys.readouterr()
    rows = zen.run(*line, "--dry-run")
    assert rows["target"].iloc[0].startswith("new.among.members@x.io")
    assert rows["method"].dropna().tolist() == ["POST"]
    assert rows.attrs["zenpro"]["summary"] == "1 would be sent"
    assert "nothing would be sent: each is already a member, as Organization " in capsys.readouterr().err
    before = len(requests)
    frame = zen.run(*line)  # without --yes: one change needs no question
    assert set(frame["outcome"]) == {"done", "already", "skipped"}
    assert len(requests.writes()) == 1
    reads = [path for method, path in requests[before:] if method == "GET"]
    assert len(reads) <= MOST, reads


def test_200_unknown_names_cost_one_list_and_are_all_named(zen: Connection, requests: Requests) -> None:
    emails = [f"nobody.{number}@nowhere.example" for number in range(NAMES)]
    before = len(requests)
    with pytest.raises(UnknownNameError, match="200 of 200 users") as failure:
        zen.run("teams", "add", "Platform", *(word for email in emails for word in ("--users", email)))
    assert failure.value.strangers == emails
    reads = [path for _, path in requests[before:]]
    # The error names those who are invited: they are read once, too.
    assert sum(path.endswith("/invitations") for path in reads) == 1
    assert len(reads) <= MOST + 1


def test_names_beyond_the_first_pages_are_looked_up_one_by_one(
    zen: Connection, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an organization of 100,000 people, reading the list would cost more than the look-ups."""
    emails = users_of(zen)[:20]
    last = [str(email) for email in zen.run("users", "--sort", "email")["email"]][-20:]
    monkeypatch.setattr("zenpro_nb.limits.PAGE_SIZE", 10)
    before = len(requests)
    frame = zen.run("users", "activate", *dict.fromkeys([*emails, *last]), "--dry-run")
    assert set(frame["target"]) == {f"user {email}" for email in [*emails, *last]}
    assert len(requests) - before <= 60
