"""A process killed between two steps of a write: what the journal contains, and that a second run converges."""

from __future__ import annotations

import contextlib
import sys

import pytest

from tests.commands.conftest import journal
from tests.support.killed import STEPS, run_and_kill
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import ZenProError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")

PEOPLE = 3


def invited_emails(zen: Connection, name: str) -> list[str]:
    """Return the emails of the pending invitations of this test."""
    return sorted(item for item in zen.run("invitations", "--only-pending")["email"] if item.startswith(name))


@pytest.mark.parametrize(
    ("number", "at_once"), [(1, 8), (2, 1), *(pytest.param(*each, marks=pytest.mark.slow) for each in ((1, 1), (2, 8)))]
)
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_between_two_steps(
    step: str,
    number: int,
    at_once: int,
    plane: SandboxProcess,
    zen: Connection,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZENPRO_WRITES_AT_ONCE", str(at_once))
    emails = [f"{name}-{position}@x.io" for position in range(PEOPLE)]
    options = [word for email in emails for word in ("--email", email)]
    line = ["invitations", "create", *options, "--role", "Organization Member"]
    run_and_kill(plane, step, number, line)
    torn: list[int] = []
    entries = Journal().entries(torn)
    outcomes = {entry["body"]["email"]: entry["outcome"] for entry in entries}
    there = invited_emails(zen, name)
    # Writes that the journal calls done exist, existing objects are in the journal, and a write that only began is
    # unknown.
    assert {email for email, outcome in outcomes.items() if outcome == "done"} <= set(there) <= set(outcomes)
    assert set(outcomes.values()) <= {"done", "unknown"}
    ended = number - 1 + (step == "recorded")
    if at_once == 1:
        assert list(outcomes.values()) == ["done"] * ended + ["unknown"] * (step in STEPS[2:6])
        assert len(there) == number - (step in STEPS[:3])
    if step in STEPS[4:]:
        assert len(there) >= number
    assert len(torn) == ("half" in step)
    with contextlib.suppress(ZenProError):  # existing invitations are reported
        zen.run(*line)
    assert invited_emails(zen, name) == emails
    assert len(journal()) == len(entries) + PEOPLE
    assert {item["outcome"] for item in journal()[len(entries) :]} <= {"done", "already"}


@pytest.mark.parametrize("step", STEPS)
def test_a_creation_is_never_made_twice(step: str, plane: SandboxProcess, zen: Connection, name: str) -> None:
    run_and_kill(plane, step, 1, ["teams", "create", name])
    made = name in list(zen.run("teams")["name"])
    assert made == (step in STEPS[3:])
    said = ["done"] if step == "recorded" else ["unknown"] * (step in STEPS[2:6])
    assert [item["outcome"] for item in journal()] == said
    with contextlib.suppress(ZenProError):
        zen.run("teams", "create", name)
    assert list(zen.run("teams")["name"]).count(name) == 1
    assert journal()[-1]["outcome"] == ("refused" if made else "done")


def test_a_write_that_is_under_way_is_unknown_to_others(plane: SandboxProcess, zen: Connection, name: str) -> None:
    run_and_kill(plane, "begun", 1, ["teams", "create", name])
    frame = zen.run("journal", "--outcome", "unknown")
    assert list(frame["target"]) == [f"team {name} in acme"]
    assert "check it before you try again" in frame["detail"].iloc[0]
