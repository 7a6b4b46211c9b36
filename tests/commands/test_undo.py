"""Commands are undone exactly, last write first, except for anything that someone else has changed since.

A few sequences by default; `ZENPRO_UNDO=500` takes as many.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.commands.cases import invited
from tests.commands.conftest import PASSWORD, Requests, journal
from tests.support.cutting import cutting
from tests.support.killed import killed
from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from tests.support.small_acme import small_acme
from zenpro_nb import inventory
from zenpro_nb.commands.plans.undo import JournalIdType
from zenpro_nb.errors import BlockedError, PartlyDoneError, UnknownNameError, UsageError, ZenProError
from zenpro_nb.framework.writes.results import request_text
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Entry, Journal
from zenpro_nb.ui.protocol import TerminalUI

SEQUENCES = int(os.environ.get("ZENPRO_UNDO", "2"))
LENGTH = 6
PEOPLE = 3


@pytest.fixture(scope="module")
def plane(sandboxes: SandboxPool) -> Iterator[SandboxProcess]:
    """Give a sandbox to which `base` adds objects for all of these tests."""
    with small_acme(sandboxes, "plane") as running:
        yield running


@pytest.fixture(scope="module")
def base(plane: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Create the shared objects, and return their prefix: people with roles, a role, a service account, a workspace."""
    name = "base"
    with pytest.MonkeyPatch.context() as patch, connected(plane.url, plane) as zen:
        patch.setenv("ZENPRO_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        patch.setenv("ZENPRO_NEW_PASSWORD", PASSWORD)
        zen.run("workspaces", "create", name, "--description", "of these tests")
        for number in range(PEOPLE):
            zen.run("users", "create", person(number))
            zen.run("users", "update", person(number), "--name", f"Person {number}")
        zen.run("roles", "assign", "Organization Member", "--users", [person(number) for number in range(PEOPLE)])
        zen.run("roles", "create", name, "--level", "workspace", "--description", "r", "--permission", "stack:read")
        zen.run("service-accounts", "create", name, "--description", "bot")
    plane.keep()
    return name


@pytest.fixture
def own(zen: Connection, base: str, name: str) -> Connection:
    """Give two teams of one test, and a journal that begins after them."""
    for letter in "ab":
        zen.run("teams", "create", f"{name}-{letter}", "--description", letter)
        zen.run("teams", "add", f"{name}-{letter}", "--user", person(0))
    Journal().path.unlink()
    return zen


def connected(url: str, plane: SandboxProcess) -> Connection:
    return zenpro_nb.connect(url=url, api_key=plane.key, organization="acme")


def person(number: int) -> str:
    return f"base-{number}@x.io"


def known(zen: Connection) -> Any:
    """Return the current state of the organization."""
    return inventory.mask_secrets(inventory.fill(zen._session, None))


def changed_since(before: Any, zen: Connection) -> list[dict[str, Any]]:
    frame = inventory.compare(before, known(zen))
    return list(frame[["list", "change", "name", "column", "before", "after"]].to_dict("records"))


def blocked(zen: Connection, *words: str) -> list[str]:
    """Run an undo of which nothing is sent, and return why the steps are blocked."""
    with pytest.raises(BlockedError) as caught:
        zen.run(*words, "--yes")
    rows: Any = caught.value.rows
    return list(rows["reason"])


def seen(frame: Any) -> list[tuple[str, str]]:
    return list(zip(frame["action"], frame["target"], strict=True))


# --- exact restoration ------------------------------------------------------------------------------------------------

Make = Callable[[random.Random, str], list[str]]
# Every kind of command that can be undone completely, on the objects of `own`.
REVERSIBLE: dict[str, Make] = {
    "teams create": lambda dice, name: [_new(dice, name), "--description", "new"],
    "teams update": lambda dice, name: [_team(dice, name), *_other(dice)],
    "teams add": lambda dice, name: [_team(dice, name), "--user", _who(dice), "--service-account", "base"],
    "teams remove": lambda dice, name: [_team(dice, name), "--user", _who(dice), "--user", person(0)],
    "roles create": lambda dice, name: [_new(dice, name), "--level", "workspace", "--permission", "stack:read"],
    "roles update": lambda dice, name: ["base", *_other(dice), "--permission", "pipeline:read"],
    "roles assign": lambda dice, name: _role(dice, name),
    "roles revoke": lambda dice, name: _role(dice, name),
    "users deactivate": lambda dice, name: [_who(dice), person(1)],
    "users activate": lambda dice, name: [_who(dice)],
    "users update": lambda dice, name: [_who(dice), "--name", f"Nobody {dice.randrange(100)}"],
    "users offboard": lambda dice, name: [_who(dice)],
    "users onboard": lambda dice, name: [_who(dice), "--team", _team(dice, name)],
    "members remove": lambda dice, name: [_who(dice), person(2)],
    "service-accounts create": lambda dice, name: [_new(dice, name), "--description", "new"],
    "service-accounts update": lambda dice, name: ["base", *_other(dice)],
    "service-accounts deactivate": lambda dice, name: ["base"],
    "service-accounts activate": lambda dice, name: ["base"],
    "organizations update": lambda dice, name: ["acme", *_other(dice)],
    "workspaces update": lambda dice, name: ["base", *_other(dice)],
    "workspaces deactivate": lambda dice, name: ["base"],
    "workspaces deploy": lambda dice, name: ["base"],
}


def _new(dice: random.Random, name: str) -> str:
    return f"{name}-{dice.randrange(10**6)}"


def _other(dice: random.Random) -> list[str]:
    return ["--description", f"description {dice.randrange(100)}"]


def _team(dice: random.Random, name: str) -> str:
    return f"{name}-{dice.choice('ab')}"


def _who(dice: random.Random) -> str:
    return person(dice.randrange(PEOPLE))


def _role(dice: random.Random, name: str) -> list[str]:
    holder = dice.choice([["--user", _who(dice)], ["--team", _team(dice, name)], ["--service-account", "base"]])
    role, where = dice.choice([("Organization Viewer", []), ("base", ["--workspace", "base"])])
    return [role, *holder, *where]


def _carry_out(zen: Connection, dice: random.Random, name: str, command: str) -> None:
    try:
        # A role that a person does not have cannot be revoked; the other writes were done.
        with contextlib.suppress(PartlyDoneError):
            zen.run(*command.split(), *REVERSIBLE[command](dice, name), "--yes")
    except ZenProError as error:
        if error.outcome != "refused" and "Nothing" not in str(error):
            raise


def _undo_all(zen: Connection) -> int:
    """Undo every command; skip one that changed nothing only with the command in the message."""
    times, words = 0, ["undo"]
    while True:
        try:
            frame = zen.run(*words, "--yes")
        except UsageError as error:
            named = re.search(r"changed nothing.* before it: `(undo \w+)`", str(error))
            if named is None:
                assert re.search("no command to undo|No earlier command", str(error)), error  # noqa: PT017
                return times
            words = named[1].split()
        else:
            assert set(frame["outcome"]) <= {"done", "already"}, frame.to_string()
            times, words = times + 1, ["undo"]


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_undo_restores_the_previous_state(seed: int, own: Connection, name: str) -> None:
    dice = random.Random(seed)
    # In turns, so a few sequences cover every kind.
    kinds = sorted(REVERSIBLE)
    commands = [kinds[(seed * LENGTH + number) % len(kinds)] for number in range(LENGTH)]
    dice.shuffle(commands)
    before = known(own)
    for command in commands:
        _carry_out(own, dice, name, command)
    changed = changed_since(before, own)
    undone = _undo_all(own)
    assert changed_since(before, own) == []
    assert not changed or undone


def test_redo_restores_the_state_before_the_undo(own: Connection, name: str) -> None:
    before = known(own)
    own.run("teams", "update", f"{name}-a", "--description", "other")
    own.run("roles", "assign", "Organization Viewer", "--user", person(0), "--user", person(1))
    own.run("users", "offboard", person(2), "--yes")
    after = known(own)
    undone = [own.run("undo", "--yes") for _ in range(3)]
    assert [list(item["outcome"]) for item in undone] == [["done", "done"], ["done", "done"], ["done"]]
    ids = own.run("journal").drop_duplicates("command_id")
    for key in ids[ids["command"].str.startswith("undo")]["command_id"]:
        own.run("undo", key, "--yes")
    assert changed_since(after, own) == []
    # And undone once more, which restores the original state.
    again = own.run("journal").drop_duplicates("command_id")["command_id"].iloc[:3]
    for key in again:
        assert set(own.run("undo", key, "--yes")["outcome"]) == {"done"}
    assert changed_since(before, own) == []


# --- display and confirmation -----------------------------------------------------------------------------------------


def test_undo_shows_the_steps_and_asks(
    own: Connection, name: str, requests: Requests, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own.run("teams", "add", f"{name}-b", "--user", person(1), "--user", person(2))
    sent = len(requests.writes())
    frame = own.run("undo", "--dry-run")
    # The last one first.
    assert seen(frame) == [("remove", f"{person(n)} in team {name}-b") for n in (2, 1)]
    assert frame["method"].tolist() == ["DELETE", "DELETE"]
    questions: list[str] = []
    monkeypatch.setattr(TerminalUI, "confirm", lambda self, question: questions.append(question))
    with pytest.raises(ZenProError, match="Nothing was sent"):
        own.run("undo")
    assert f"Undo `teams add {name}-b" in questions[0]
    assert questions[0].endswith("UTC: 2 changes?")
    assert len(requests.writes()) == sent


def test_another_command_or_a_single_write_by_its_id(own: Connection, name: str) -> None:
    own.run("teams", "add", f"{name}-b", "--user", person(1), "--user", person(2))
    own.run("teams", "update", f"{name}-a", "--description", "other")
    added = own.run("journal").query("method == 'POST'")
    assert len(own.run("undo", added["command_id"].iloc[0], "--dry-run")) == 2
    item = own.run("undo", added["id"].iloc[0][:12], "--yes")  # the beginning of an ID is enough
    assert seen(item) == [("remove", f"{person(2)} in team {name}-b")]
    left = own.run("journal").set_index("id")["undone_by"]
    assert left[added["id"]].notna().tolist() == [True, False]
    assert len(own.run("undo", added["command_id"].iloc[0], "--dry-run")) == 1
    with pytest.raises(UsageError, match="has already been undone"):
        own.run("undo", added["id"].iloc[0])
    with pytest.raises(UnknownNameError, match="No ID in the journal"):
        own.run("undo", "nothing")
    assert set(own.run("journal", "--command-id", added["command_id"].iloc[0])["id"]) == set(added["id"])


def test_commands_of_another_organization_are_not_undone(own: Connection, plane: SandboxProcess, name: str) -> None:
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme-labs") as labs:
        labs.run("teams", "create", f"{name}-x")
    key = journal()[-1]["command_id"]
    there = (
        rf"was sent in the organization acme-labs: run `zenpro use organization acme-labs`.* `zenpro undo {key[:12]}`"
    )
    with pytest.raises(UsageError, match=f"no command to undo for this server and organization.*{there}"):
        own.run("undo")
    with pytest.raises(UnknownNameError, match=there):
        own.run("undo", key)


def test_a_command_without_an_organization_in_use_is_undone_in_its_organization(
    own: Connection, plane: SandboxProcess, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZENPRO_ORGANIZATION", raising=False)
    with zenpro_nb.connect(url=plane.url, api_key=plane.key) as anywhere:
        anywhere.run("teams", "create", f"{name}-x", "--org", "acme")
        anywhere.run("teams", "create", f"{name}-y", "--org", "acme-labs")
    # The newest command is in another organization.
    own.run("undo", "--yes")
    assert journal()[-1]["command"] == "undo --yes"
    assert f"{name}-x" not in set(own.run("teams")["name"])
    with zenpro_nb.connect(url=plane.url, api_key=plane.key) as anywhere:
        anywhere.run("undo", "--yes")
        assert f"{name}-y" not in set(anywhere.run("teams", "--org", "acme-labs")["name"])


def test_entries_of_older_versions_cannot_be_undone(own: Connection) -> None:
    old = Entry("teams create x", own.client.url, "POST", "/teams", {}, None, "done", organization="acme")
    Journal().append(old)
    with pytest.raises(UsageError, match=r"`zenpro teams create x` cannot be undone: .* written by an older version"):
        own.run("undo", "--yes")


def test_tab_offers_the_ids_of_commands(own: Connection, name: str, requests: Requests) -> None:
    own.run("teams", "update", f"{name}-a", "--description", "other")
    sent = len(requests)
    key = journal()[-1]["command_id"]
    (item,) = JournalIdType().shell_complete(None, None, key[:8])  # type: ignore[arg-type]
    assert (item.value, item.help) == (key, f"teams update {name}-a --description other")
    assert len(requests) == sent


def test_a_form_shows_irreversible_changes() -> None:
    write = Write("DELETE", "/users/1", "user ada", irreversible="a new account would be another one")
    assert request_text(write).endswith("This cannot be undone: a new account would be another one.")


# --- irreversible changes ---------------------------------------------------------------------------------------------


def test_an_irreversible_change_gives_the_reason(own: Connection, name: str, requests: Requests) -> None:
    own.run("users", "create", f"{name}@x.io")
    own.run("users", "delete", f"{name}@x.io", "--yes")
    sent = len(requests.writes())
    with pytest.raises(UsageError, match="cannot be undone: a new account would have no roles"):
        own.run("undo", "--yes")
    assert len(requests.writes()) == sent


def test_an_invitation_is_restored_partly(own: Connection, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    email = f"{name}-new@x.io"
    own.run("invitations", "create", "--email", email, "--role", "Organization Viewer")
    own.run("invitations", "revoke", email, "--yes")
    capsys.readouterr()
    own.run("undo", "--dry-run")
    assert "only partly: a new invitation email is sent" in capsys.readouterr().err
    own.run("undo", "--yes")
    again = own.run("invitations", "--only-pending", "--email", email)
    assert again[["email", "roles"]].values.tolist() == [[email, ["Organization Viewer"]]]
    frame = own.run("undo", "--yes")  # the first invitation, which the new one has replaced
    assert frame["outcome"].tolist() == ["done"]
    assert own.run("invitations", "--only-pending", "--email", email).empty


# --- changes by others ------------------------------------------------------------------------------------------------


def _others(own: Connection, name: str, fields: dict[str, Any]) -> None:
    """Change a team like someone else, without an entry in this journal."""
    key = own.run("teams", "get", f"{name}-a")["id"].iloc[0]
    own.client.request("PATCH", f"/teams/{key}", json=fields)


def test_changes_by_others_are_left_alone(own: Connection, name: str, requests: Requests) -> None:
    own.run("teams", "update", f"{name}-a", "--description", "ours")
    own.run("undo", "--dry-run")
    _others(own, name, {"description": "theirs"})
    sent = len(requests.writes())
    assert blocked(own, "undo") == ["it has changed since: description is now 'theirs'"]
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
    assert blocked(own, "undo") == ["it is in use: it has members"]
    own.client.request("DELETE", f"/teams/{key}/members", params={"user_id": user})
    assert own.run("undo", "--yes")["outcome"].tolist() == ["done"]


def test_an_invitation_that_was_accepted_is_not_withdrawn(zen: Connection, name: str) -> None:
    with invited(zen, name) as guest:
        guest.run("invitations", "accept", "acme")
    key = next(item["command_id"] for item in journal() if item["command"].startswith("invitations create"))
    assert blocked(zen, "undo", key) == [f"it is in use: {name}@x.io is a member"]


# --- unknown outcomes -------------------------------------------------------------------------------------------------


def test_lost_answers_in_the_middle_of_an_undo(plane: SandboxProcess, own: Connection, name: str) -> None:
    with cutting(plane.url) as cutter, connected(cutter.url, plane) as far:
        before = known(own)
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
    killed(plane, step, 1, ["teams", "update", name, "--description", "after"])
    assert journal()[-1]["outcome"] == "unknown"
    assert zen.run("undo", "--yes")["outcome"].tolist() == (["already"] if step == "begun" else ["done"])
    assert zen.run("teams", "get", name)["description"].iloc[0] == "before"
    killed(plane, step, 1, ["teams", "add", name, "--user", "grace@example.com"])
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


# --- a plan -----------------------------------------------------------------------------------------------------------

DESIRED = """
zenpro: 1
organization: acme
manage: {teams: exact}
teams:
  NAME-a: {description: another one, members: [base-1@x.io, base-2@x.io]}
  NAME-b: {members: [base-0@x.io, "bot:base"]}
  NAME-new: {description: new, members: [base-1@x.io, "bot:base"]}
organization_roles: {Organization Viewer: ["team:NAME-new", base-1@x.io]}
workspace_roles: {base: {base: ["team:NAME-new"], Workspace Viewer: [base-2@x.io]}}
"""


def test_an_applied_plan_is_undone(own: Connection, name: str, tmp_path: Path) -> None:
    file = tmp_path / "access.yaml"
    file.write_text(DESIRED.replace("NAME", name), encoding="utf-8")
    before = known(own)
    done = own.run("apply", str(file), "--yes")
    assert set(done["outcome"]) == {"done"}
    # The previous state is in the journal, whether a step or the plan read it.
    assert all(item["before"] is not None for item in journal())
    undone = own.run("undo", "--yes")
    assert set(undone["outcome"]) == {"done"}
    assert len(undone) == len(done)
    assert changed_since(before, own) == []
