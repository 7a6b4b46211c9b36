"""Undo leaves alone what others have changed since, and checks unknown outcomes first."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.commands.cases import invited_person
from tests.commands.conftest import Requests, journal
from tests.commands.undo.conftest import blocked_reasons, changed_since, connect, person, read_all
from tests.support.cutting import cutting
from tests.support.killed import run_and_kill
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import PartlyDoneError, UsageError, ZenProError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.ui.protocol import TerminalUI


def _others(own: Connection, name: str, fields: dict[str, Any]) -> None:
    """Change a team like someone else, without an entry in this journal."""
    key = own.run("teams", "get", f"{name}-a")["id"].iloc[0]
    own.client.request("PATCH", f"/teams/{key}", json=fields)


def test_changes_by_others_are_left_alone(own: Connection, name: str, requests: Requests) -> None:
    own.run("teams", "update", f"{name}-a", "--description", "ours")
    own.run("undo", "--dry-run")
    _others(own, name, {"description": "theirs"})
    sent = len(requests.writes())
    assert blocked_reasons(own, "undo") == ["it has changed since: description is now 'theirs'"]
    assert len(requests.writes()) == sent
    # Only the field that the command changed counts; once it has the command's value again, it can be undone.
    _others(own, name, {"description": "ours", "name": f"{name}-c"})
    assert own.run("undo", "--yes")["outcome"].tolist() == ["done"]
    assert own.run("teams", "get", f"{name}-c")["description"].iloc[0] == "a"


def test_a_change_during_the_question_blocks_the_step(
    own: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.run("teams", "update", f"{name}-a", "--description", "ours")

    def answer(self: TerminalUI, question: str) -> bool:
        _others(own, name, {"description": "theirs"})
        return True

    monkeypatch.setattr(TerminalUI, "confirm", answer)
    with pytest.raises(ZenProError, match="it has changed since: description is now 'theirs'"):
        own.run("undo")
    assert own.run("teams", "get", f"{name}-a")["description"].iloc[0] == "theirs"


def test_an_object_in_use_is_not_deleted(own: Connection, name: str) -> None:
    own.run("teams", "create", f"{name}-c", "--description", "c")
    key = own.run("teams", "get", f"{name}-c")["id"].iloc[0]
    user = own.run("users", "get", person(1))["id"].iloc[0]
    own.client.request("POST", f"/teams/{key}/members", params={"user_id": user})
    assert blocked_reasons(own, "undo") == ["it has members"]
    own.client.request("DELETE", f"/teams/{key}/members", params={"user_id": user})
    assert own.run("undo", "--yes")["outcome"].tolist() == ["done"]


def test_an_invitation_that_was_accepted_is_not_withdrawn(zen: Connection, name: str) -> None:
    with invited_person(zen, name) as guest:
        guest.run("invitations", "accept", "acme")
    key = next(item["command_id"] for item in journal() if item["command"].startswith("invitations create"))
    assert blocked_reasons(zen, "undo", key) == [f"{name}@x.io is a member by now"]


def test_lost_answers_in_the_middle_of_an_undo(plane: SandboxProcess, own: Connection, name: str) -> None:
    with cutting(plane.url) as cutter, connect(cutter.url, plane) as far:
        before = read_all(own)
        far.run("teams", "add", f"{name}-b", "--user", person(1), "--user", person(2))
        for mode, said in (("answer", ["done", "done"]), ("request", ["not done", "done"])):
            cutter.lose("DELETE", "/members", mode=mode)
            if mode == "request":
                far.run("undo", journal()[-1]["command_id"], "--yes")  # once more, to have something to undo
                cutter.lose("DELETE", "/members", mode=mode)
                with pytest.raises(PartlyDoneError) as caught:
                    far.run("undo", "--yes")
                frame: Any = caught.value.outcomes
            else:
                frame = far.run("undo", "--yes")
            assert cutter.cut
            # The requests are concurrent: either of the two can be the lost one.
            assert sorted(frame["outcome"]) == sorted(said)
        assert far.run("undo", "--yes")["outcome"].tolist() == ["done"], "only what is left"
        assert changed_since(before, own) == []


@pytest.mark.parametrize("step", ["begun", "arrived"])
def test_an_unknown_outcome_is_checked_first(step: str, plane: SandboxProcess, zen: Connection, name: str) -> None:
    zen.run("teams", "create", name, "--description", "before")
    run_and_kill(plane, step, 1, ["teams", "update", name, "--description", "after"])
    assert journal()[-1]["outcome"] == "unknown"
    assert zen.run("undo", "--yes")["outcome"].tolist() == (["already"] if step == "begun" else ["done"])
    assert zen.run("teams", "get", name)["description"].iloc[0] == "before"
    run_and_kill(plane, step, 1, ["teams", "add", name, "--user", "grace@example.com"])
    # It was checked before it was sent that she was not in the team.
    assert zen.run("undo", "--yes")["outcome"].tolist() == (["already"] if step == "begun" else ["done"])
    assert zen.run("teams", "members", name).empty


def test_a_no_op_is_not_undone(own: Connection, name: str) -> None:
    own.run("teams", "add", f"{name}-a", "--user", person(0), "--user", person(1))
    assert own.run("undo", "--dry-run")["target"].tolist() == [f"{person(1)} in team {name}-a"]


def test_a_secret_is_in_no_undo(own: Connection, name: str, state: Any) -> None:
    own.run("users", "update", person(0), "--name", "Other", "--new-password")
    (entry,) = journal()
    assert entry["before"] == {"name": "Person 0"}
    assert "not its password" in entry["inverse"][0]["partly"]
    own.run("undo", "--yes")
    assert own.run("users", "get", person(0))["name"].iloc[0] == "Person 0"
    assert os.environ["ZENPRO_NEW_PASSWORD"] not in (state / "journal.jsonl").read_text()
    own.run("users", "update", person(0), "--new-password")
    with pytest.raises(UsageError, match="cannot be undone: the previous password is unknown"):
        own.run("undo", "--yes")
