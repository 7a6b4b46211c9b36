"""Independent writes of a command are sent concurrently; a write that depends on another one waits for it."""

from __future__ import annotations

import threading
from typing import Any

import pandas as pd
import pytest
from msgspec.structs import replace

from tests.commands.conftest import Requests, journal
from tests.support.small_plan import runtime_of
from zenpro_nb.client import Client
from zenpro_nb.errors import PartlyDoneError
from zenpro_nb.framework.writes.failures import partly_done
from zenpro_nb.framework.writes.ordering import dependencies, phases
from zenpro_nb.framework.writes.send import send_all
from zenpro_nb.framework.writes.write import STOPPED, Hold, Outcome, PlanPosition, Write
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

ADA, ALAN = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
OPS = "33333333-3333-4333-8333-333333333333"


class Meeting:
    """Holds writes back until the expected number of them is in progress."""

    def __init__(self, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.most = 0
        self._inside = 0
        self._lock = threading.Lock()
        self._all = threading.Event()
        self._expected = expected
        self._perform = Client._perform
        monkeypatch.setattr(Client, "_perform", lambda client, call: self.performed(client, call))

    def performed(self, client: Client, call: Any) -> Any:
        if call.safe:
            return self._perform(client, call)
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
            if self._inside == self._expected:
                self._all.set()
        assert self._all.wait(30), "the writes are not sent at the same time"
        try:
            return self._perform(client, call)
        finally:
            with self._lock:
                self._inside -= 1


def role(user: str, method: str = "POST", role_id: str = OPS, **more: Any) -> Write:
    return Write(method, f"/roles/{role_id}/assignments", f"role of {user}", params={"user_id": user}, **more)


def test_eight_writes_of_a_command_are_in_progress_at_the_same_time(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(8, monkeypatch)
    emails = [f"{name}-{number}@x.io" for number in range(16)]
    frame = zen.run("invitations", "create", *emails, "--role", "Organization Member")
    assert meeting.most == 8
    assert list(frame["outcome"]) == ["done"] * 16
    assert [target.split()[0] for target in frame["target"]] == emails
    entries = journal()[-16:]
    assert {entry["outcome"] for entry in entries} == {"done"}


def test_the_setting_limits_the_writes_in_progress(zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zenpro_nb.limits.WRITES_AT_ONCE", 2)
    meeting = Meeting(2, monkeypatch)
    zen.run("invitations", "create", *(f"{name}-{n}@x.io" for n in range(4)), "--role", "Organization Member")
    assert meeting.most == 2


def test_role_writes_of_one_principal_are_sent_one_after_the_other() -> None:
    writes = [role(ADA), role(ALAN), role(ADA, "DELETE", ALAN), role(ADA)]
    assert dependencies(writes, range(4)) == {0: set(), 1: set(), 2: {0}, 3: {2}}


def test_team_memberships_depend_on_the_team_and_the_principal() -> None:
    def place(method: str, user: str, team: str = OPS) -> Write:
        return Write(method, f"/teams/{team}/members", f"{user} in {team}", params={"user_id": user})

    writes = [place("POST", ADA), place("POST", ALAN), place("DELETE", ADA), Write("DELETE", f"/teams/{OPS}", "team")]
    found = dependencies(writes, range(4))
    assert found == {0: set(), 1: set(), 2: {0}, 3: {0, 1, 2}} or found == {0: set(), 1: set(), 2: {0}, 3: {1, 2}}


def test_writes_for_an_invited_person_wait_for_the_invitation() -> None:
    invitation = Write("POST", f"/organizations/{OPS}/invitations", "Ada@x.io as Member in acme", name="Ada@x.io")
    later = Write("POST", f"/roles/{OPS}/assignments", "ada@x.io as Viewer", name="ada@x.io", params={"user_id": "{x}"})
    assert dependencies([invitation, later], [0, 1]) == {0: set(), 1: {0}}


def test_the_longest_chain_begins_first_so_that_it_does_not_end_alone(
    zen: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zenpro_nb.limits.WRITES_AT_ONCE", 2)
    begun: list[str] = []
    perform = Client._perform
    first_two = threading.Barrier(2)

    def note_and_wait(client: Client, call: Any) -> Any:
        if not call.safe:
            begun.append(dict(call.params)["user_id"])
            if len(begun) <= 2:
                first_two.wait(timeout=60)
        return perform(client, call)

    monkeypatch.setattr(Client, "_perform", note_and_wait)
    short = [role(f"{number}") for number in range(4)]
    send_all(runtime_of(zen), [*short, role(ADA), role(ADA), role(ADA)], "test", independent=True)
    assert begun.index(ADA) < 2
    assert sorted(begun) == sorted(["0", "1", "2", "3", ADA, ADA, ADA])


def test_a_write_that_revokes_from_the_caller_is_sent_alone() -> None:
    writes = [role(ADA), role(ALAN, "DELETE", hold=Hold(caution="Caution: this is you.")), role(OPS)]
    assert list(phases(writes)) == [[0], [1], [2]]


def test_entries_of_concurrent_writes_are_written_together(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[int] = []
    gate = threading.Event()
    write = Journal._write

    def count_lines(journal: Journal, text: str) -> None:
        if text:
            groups.append(text.count("\n"))
            if len(groups) == 1:  # while the first one is written, the others line up
                assert gate.wait(60)
        write(journal, text)

    monkeypatch.setattr(Journal, "_write", count_lines)
    waiting = Journal._commit

    def lined_up(journal: Journal, line: Any) -> None:
        if len(journal._waiting) >= 6:
            gate.set()
        waiting(journal, line)

    monkeypatch.setattr(Journal, "_commit", lined_up)
    zen.run("invitations", "create", *(f"{name}-{n}@x.io" for n in range(8)), "--role", "Organization Member")
    assert sum(groups) == 16
    assert len(groups) < 16
    assert max(groups) > 1


def test_fail_fast_stops_at_the_first_failure(zen: Connection, requests: Requests, name: str) -> None:
    writes = [Write("DELETE", f"/teams/{OPS[:-2]}{number}", f"team {number}") for number in range(10, 40)]
    outcomes = send_all(runtime_of(zen), writes, "test", independent=True, fail_fast=True)
    states = [outcome.state for outcome in outcomes]
    assert states.count("refused") <= 8
    assert states.count("not sent") >= len(writes) - 8
    assert any(outcome.detail.startswith("--fail-fast: team ") for outcome in outcomes)


def test_by_default_a_command_finishes_and_shows_its_failures_first(zen: Connection, name: str) -> None:
    too_long = [f"{'x' * 300}{number}@x.io" for number in range(2)]
    new = [f"{name}-{number}@x.io" for number in range(3)]
    zen.run("invitations", "create", *new[1:], "--role", "Organization Viewer")
    with pytest.raises(PartlyDoneError, match=r"1 of 3 are done, 2 were unchanged; not done: ") as failure:
        zen.run("invitations", "create", *new, *too_long, "--role", "Organization Viewer")
    table: Any = failure.value.outcomes
    assert list(table["outcome"]) == ["refused", "refused", "done", "already", "already"]
    assert len(table) == 5
    for email in too_long:
        assert f"{email} as Organization Viewer in acme" in str(failure.value)
    assert str(failure.value).endswith("). Fix the cause, and run the command again: completed changes are kept.")


def test_the_error_about_several_writes_shows_three_short_reasons() -> None:
    def refused(number: int, detail: str) -> Outcome:
        return Outcome(Write("PATCH", f"/teams/{number}", f"team {number}"), "refused", detail)

    unsent = Outcome(Write("POST", "/teams/9/members", "member"), "not sent", "team 1 failed")
    everything = [unsent, *(refused(number, f"reason {number % 2}") for number in range(3))]
    reasons = "team 0, team 2 (reason 0); team 1 (reason 1); member (team 1 failed)"
    error = partly_done([*everything, Outcome(unsent.write, "done")], pd.DataFrame())
    assert str(error).startswith(f"1 of 5 are done; not done: {reasons}. Fix the cause, and ")
    four = str(partly_done([refused(number, f"reason {number}") for number in range(5)], pd.DataFrame()))
    assert "team 2 (reason 2); 2 more reasons. The column `detail` contains all reasons in full. Fix" in four
    long = str(partly_done([refused(1, "word\n" * 100), refused(2, "no")], pd.DataFrame()))
    assert "word word…); team 2 (no). The column `detail` contains all reasons in full. Fix" in long


def test_after_ctrl_c_the_refused_writes_are_named_as_such_and_the_next_step_is_to_run_it_again() -> None:
    writes = [Write("POST", "/teams", f"team {number}") for number in range(4)]
    unsent = [Outcome(write, "not sent", STOPPED) for write in writes[2:]]
    unchanged = Outcome(replace(writes[0], noop="is there"), "already")
    refused = Outcome(writes[1], "refused", "the name is taken")
    error = partly_done([Outcome(writes[0], "done"), unchanged, refused, *unsent], pd.DataFrame())
    assert str(error) == (
        "Stopped by Ctrl-C: 1 done, 1 unchanged, 1 refused, 2 not sent; refused: team 1 (the name is taken). "
        "Run the command again: completed changes are kept."
    )


def test_writes_that_were_only_lost_have_no_cause_to_fix() -> None:
    lost = Outcome(Write("POST", "/teams", "team a"), "not done", "the response was lost")
    assert str(partly_done([lost], pd.DataFrame())) == (
        "0 of 1 are done; not done: team a (the response was lost). Run the command again: completed changes are kept."
    )


def test_one_person_is_offboarded_action_by_action_and_several_at_the_same_time() -> None:
    def write(method: str, path: str, person: str, action: str) -> Write:
        return Write(
            method,
            path,
            f"{action} {person}",
            name=person,
            position=PlanPosition(action=action),
            params={"user_id": person},
        )

    writes = [
        write("PATCH", "/users/ada", "ada", "deactivate"),
        write("DELETE", "/teams/red/members", "ada", "remove"),
        write("DELETE", "/teams/blue/members", "ada", "remove"),
        write("DELETE", "/roles/viewer/assignments", "ada", "revoke"),
        write("DELETE", "/teams/red/members", "bob", "remove"),
    ]
    assert [list(phase) for phase in phases(writes)] == [[0, 1, 2, 3, 4]]
    before = dependencies(writes, range(5))
    assert [sorted(before[at]) for at in range(5)] == [[], [0], [0], [0, 1, 2], []]
