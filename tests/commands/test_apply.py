"""`apply` as typed: it converges, asks, skips blocked rows, and checks a saved plan against the current state."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal
from tests.support.cutting import Cutter, cutting
from tests.support.roomy import Roomy, roomy
from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb import frames
from zenpro_nb.access.plans.consequences import sums
from zenpro_nb.errors import BlockedError, ConfirmationError, PartlyDoneError, UnknownNameError, UsageError
from zenpro_nb.frontends.connection import Connection

Write = Callable[[str], str]


@pytest.fixture(scope="module")
def room(sandboxes: SandboxPool) -> Iterator[Roomy]:
    with roomy(sandboxes) as running:
        yield running


@pytest.fixture
def plane(room: Roomy) -> SandboxProcess:
    return room.sandbox


@pytest.fixture
def small(room: Roomy, name: str) -> Iterator[Connection]:
    """A connection in an organization of this test alone: a workspace, a team `old` with three people invited."""
    with room.organization(name) as connection:
        connection.run("workspaces", "create", name)
        people = [word for item in "abc" for word in ("--email", f"{item}-{name}@x.io")]
        connection.run("invitations", "create", *people, "--role", "Organization Member")
        connection.run("teams", "create", "old")
        invited = [word for item in "abc" for word in ("--invitation", f"{item}-{name}@x.io")]
        connection.run("teams", "add", "old", *invited)
        yield connection


@pytest.fixture
def write(tmp_path: Path, name: str) -> Write:
    """Give `write(text)`, which writes a desired state with NAME replaced and returns its path."""

    def write_file(text: str) -> str:
        path = tmp_path / "access.yaml"
        path.write_text(f"zenpro: 1\norganization: {name}\n{text.replace('NAME', name)}", encoding="utf-8")
        return str(path)

    return write_file


WANTED = """
manage: {teams: exact, workspace_roles: exact}
teams:
  old: {description: those from before, members: [a-NAME@x.io, b-NAME@x.io]}
  new: {members: [a-NAME@x.io, c-NAME@x.io]}
organization_roles: {Organization Viewer: ["team:new"]}
workspace_roles: {NAME: {Workspace Developer: ["team:new"], Workspace Viewer: [a-NAME@x.io]}}
"""


def members(zen: Connection, team: str) -> list[str]:
    return sorted(zen.run("teams", "members", team)["invited_email"].dropna())


def test_it_converges_and_again_there_is_nothing_to_do(
    small: Connection, name: str, write: Write, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(WANTED)
    before = len(requests.writes())
    plan = small.run("plan", file)
    dry = small.run("apply", file, "--dry-run")
    assert len(requests.writes()) == before  # neither sends anything
    assert plan["action"].tolist() == dry["action"].tolist()
    # An object that an earlier step creates has no ID yet, so a placeholder is shown.
    assert "/teams/{team new}/members" in set(dry["route"])
    assert {"team_id": "{team new}"} in [
        {key: item for key, item in row.items() if key == "team_id"} for row in dry["parameters"]
    ]
    done = small.run("apply", file, "--yes")
    assert set(done["outcome"]) == {"done"}
    sent = list(zip(done["method"], done["route"], strict=True))
    assert sorted(requests.writes()[before:]) == sorted(sent)
    removed = [at for at, item in enumerate(journal()[-len(done) :]) if item["method"] == "DELETE"]
    assert removed == [len(done) - 1]  # additions come before removals
    assert {item["step"] for item in journal()[-len(done) :]} == set(done["step"])
    assert len({item["plan"] for item in journal()[-len(done) :]}) == 1
    assert members(small, "old") == [f"a-{name}@x.io", f"b-{name}@x.io"]
    assert members(small, "new") == [f"a-{name}@x.io", f"c-{name}@x.io"]
    assert small.run("plan", file).empty
    assert small.run("plan", file, "--all")["action"].eq("noop").all()
    count = len(requests.writes())
    assert small.run("apply", file, "--yes").empty
    assert "nothing to do" in capsys.readouterr().err
    assert len(requests.writes()) == count


def test_the_result_message_separates_additions_from_removals(
    small: Connection, name: str, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    role = "manage: {workspace_roles: exact}\nworkspace_roles: {NAME: {Workspace Viewer: [%s]}}\n"
    small.run("apply", write(role % "a-NAME@x.io, c-NAME@x.io"), "--yes")
    assert f"done: assigned Workspace Viewer in {name} to 2 principals\n" in capsys.readouterr().err
    small.run("apply", write(role % "b-NAME@x.io, c-NAME@x.io"), "--yes")
    role_in = f"Workspace Viewer in {name}"
    done = f"done: assigned {role_in} to b-{name}@x.io, revoked {role_in} from a-{name}@x.io\n"
    assert done in capsys.readouterr().err


def test_the_plan_is_shown_and_asked_for(
    small: Connection, name: str, write: Write, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    questions: list[str] = []
    monkeypatch.setattr(small._ui, "show", shown.append)
    monkeypatch.setattr(small._ui, "confirm", lambda question: bool(questions.append(question)))
    before = len(requests.writes())
    with pytest.raises(ConfirmationError, match="Nothing was sent"):
        small.run("apply", write(WANTED))
    assert questions == [f"Apply 8 changes to {name}, in this order?"]
    assert sums(shown[0]["action"]) == ["6 to add", "1 to remove", "1 to change"]
    assert len(requests.writes()) == before


EXACT = """
manage: {organization_roles: exact}
organization_roles:
  Organization Admin: [ada@example.com]
  Organization Member: [stays-NAME@x.io, a-NAME@x.io, b-NAME@x.io, c-NAME@x.io]
"""


def test_the_question_and_the_dry_run_count_who_loses_what(
    small: Connection, name: str, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[str] = []
    monkeypatch.setattr(small._ui, "confirm", lambda question: bool(questions.append(question)))
    for person in (f"stays-{name}@x.io", f"leaves-{name}@x.io"):
        small.run("users", "create", person)
        small.run("roles", "assign", "Organization Admin", "--user", person)
    small.run("roles", "assign", "Organization Member", "--user", f"stays-{name}@x.io")
    counted = "2 people lose Organization Admin; 1 person leaves the organization"
    file, most = write(EXACT), ("--max-removals", "100%", "--min-org-admins", "1")
    plan = small.run("plan", file, *most)
    assert plan.attrs["zenpro"]["losses"] == f"{counted}."
    assert counted in frames.html(plan)
    assert small.run("apply", file, *most, "--dry-run").attrs["zenpro"]["summary"] == counted
    with pytest.raises(ConfirmationError):
        small.run("apply", file, *most)
    assert questions == [f"{counted}. Apply 2 changes to {name}, in this order?"]


def test_people_who_were_deactivated_or_removed_do_not_come_back_unnoticed(
    small: Connection, name: str, write: Write, tmp_path: Path, state: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    off, gone, new, invited = (f"{word}-{name}@x.io" for word in ("off", "gone", "new", "c"))
    for person in (off, gone, new):
        small.run("users", "create", person)
    for person in (off, gone):
        small.run("roles", "assign", "Organization Member", "--user", person)
    small.run("users", "deactivate", off, "--yes")
    small.run("members", "remove", gone, "--yes")
    small.run("invitations", "revoke", invited, "--yes")
    ui, today = small._ui.name, f"{datetime.now(UTC):%Y-%m-%d}"

    def warned() -> list[str]:
        return sorted(re.findall("the plan gives access to (.*)", capsys.readouterr().err))

    groups = tmp_path / "groups.csv"
    groups.write_text("email,group\n" + "".join(f"{person},idp\n" for person in (off, gone, new, invited)), "utf-8")
    line = (write("groups: {idp: {team: old}}\nteams: {old: {}}\n"), "--groups", str(groups))
    line = (*line, "--invite", "Organization Member")
    expected = [
        f"{invited}, who had an invitation that was withdrawn on {today} (`{ui} invitations revoke`)",
        f"{gone}, who was removed from the organization on {today} (`{ui} members remove`)",
        f"{off}, who was deactivated on {today} (`{ui} users deactivate`)",
    ]
    warned()
    small.run("plan", *line)
    assert warned() == expected
    # The name is a field of its own. Entries of older versions have only the target.
    file = state / "journal.jsonl"
    recorded = file.read_text("utf-8")
    for changes in ({"target": "a person"}, {"name": ""}):
        entries = [json.dumps(json.loads(entry) | changes) for entry in recorded.splitlines()]
        file.write_text("\n".join(entries) + "\n", "utf-8")
        small.run("plan", *line)
        assert warned() == expected
    file.write_text(recorded, "utf-8")
    questions: list[str] = []
    monkeypatch.setattr(small._ui, "confirm", lambda question: bool(questions.append(question)))
    with pytest.raises(ConfirmationError):
        small.run("apply", *line)
    assert warned() == expected
    assert re.fullmatch(r"The plan gives access to .*, who were deactivated or had left\. Apply .*", questions[0])
    assert [person in questions[0] for person in (off, gone, invited, new)] == [True, True, True, False]

    # Without the journal, only the state of an account is known.
    (state / "journal.jsonl").unlink()
    small.run("plan", write("teams: {old: {members: [off-NAME@x.io, a-NAME@x.io]}}"))
    assert warned() == [f"{off}, who was deactivated (the journal on this machine does not show when)"]


def test_all_people_who_have_left_are_named_with_their_lines(small: Connection, name: str, write: Write) -> None:
    first, second = "wolfgang@x.io", "michele@x.io"
    lines = [
        "teams:",
        "  old:",
        f"    members: [{first}]",
        f"  new: {{members: [{second}]}}",
        f"  x: {{members: [{second}]}}",
    ]
    file = write("\n".join(lines))
    today, ui = f"{datetime.now(UTC):%Y-%m-%d}", small._ui.name

    small.run("invitations", "create", first, second, "--role", "Organization Member")

    def problem() -> UnknownNameError:
        with pytest.raises(UnknownNameError) as caught:
            small.run("plan", file)
        return caught.value

    small.run("invitations", "revoke", second, "--yes")
    one = problem()
    assert one.message == (
        f"{file}, lines 6, 7: No principal in {name} is called '{second}'. {second} had an invitation that was "
        f"withdrawn on {today} (`{ui} invitations revoke`)"
    )
    assert one.hint == (
        f"To invite {second}: `{ui} users onboard {second}`. Otherwise, delete the lines, or write the file again with "
        f"`{ui} export`."
    )
    small.run("invitations", "revoke", first, "--yes")
    both = problem()
    assert both.message == (
        f"{file}: No principals in {name} are called '{first}' (line 5), '{second}' (lines 6, 7). "
        "The journal shows that 2 of them were deactivated or have left"
    )
    assert f"`{ui} users onboard {first} {second}`" in both.hint


def test_the_id_of_a_withdrawn_invitation_is_explained(small: Connection, name: str, write: Write, state: Path) -> None:
    email, today = f"c-{name}@x.io", f"{datetime.now(UTC):%Y-%m-%d}"
    invitations = small.run("invitations")
    key = invitations.loc[invitations["email"] == email, "id"].iloc[0]
    small.run("invitations", "revoke", email, "--yes")
    file = write(f"teams:\n  old:\n    members:\n      - id:{key}  # somebody@x.io, invited\n")
    ui = small._ui.name
    with pytest.raises(UsageError) as caught:
        small.run("plan", file)
    where = f"{file}, line 6: No principal in {name} has the id '{key}': "
    assert caught.value.message == (
        f"{where}it meant {email}, who had an invitation that was withdrawn on {today} (`{ui} invitations revoke`)"
    )
    assert f"Delete the line, or write {email} in place of id:{key}; `" in caught.value.hint
    # Without the journal, the comment of the export names the person.
    (state / "journal.jsonl").unlink()
    for command in ("plan", "apply"):
        with pytest.raises(UsageError) as caught:
            small.run(command, file)
        assert caught.value.message == f"{where}the comment on this line is 'somebody@x.io, invited'"
        assert "write somebody@x.io in place of" in caught.value.hint


def test_a_blocked_row_stops_the_whole_plan(
    small: Connection, name: str, write: Write, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write("manage: {teams: exact}\nteams: {old: {members: []}, new: {members: [a-NAME@x.io]}}\n")
    plan = small.run("plan", file)
    assert plan.loc[plan.action == "blocked", "guard"].tolist() == ["removals"] * 3
    before, entries = len(requests.writes()), len(journal())
    with pytest.raises(
        BlockedError, match=r"3 of 5 rows are blocked: .*To allow it, add --max-removals 100%"
    ) as caught:
        small.run("apply", file, "--yes")
    rows: Any = caught.value.rows
    assert rows["guard"].tolist() == ["removals"] * 3
    assert rows["override"].tolist() == ["--max-removals 100%"] * 3
    assert "removals" in capsys.readouterr().out  # the table, above the error
    assert (len(requests.writes()), len(journal())) == (before, entries)
    assert len(members(small, "old")) == 3
    # The other rows can be applied, and the command still fails.
    with pytest.raises(PartlyDoneError, match="2 of 5 are done") as partly:
        small.run("apply", file, "--yes", "--skip-blocked")
    done: Any = partly.value.outcomes
    output = capsys.readouterr().err
    assert sorted(done["outcome"]) == ["blocked"] * 3 + ["done"] * 2
    assert output.count("blocked: removals: ") == 1
    assert "; --max-removals 100%" in output
    assert len(members(small, "old")) == 3
    # The flag in the message overrides the guard.
    small.run("apply", file, "--yes", "--max-removals", "100%")
    assert members(small, "old") == []


def test_a_saved_plan_is_checked_against_the_current_state(
    small: Connection, name: str, write: Write, tmp_path: Path, plane: SandboxProcess, requests: Requests
) -> None:
    file = write("manage: {teams: exact}\nteams: {old: {members: [a-NAME@x.io]}, new: {members: [a-NAME@x.io]}}\n")
    saved = [str(tmp_path / f"plan{suffix}") for suffix in (".parquet", ".json")]
    small.run("plan", file, "--save", saved[0], "--save", saved[1])
    # Someone else adds a person to the team whose removals are counted.
    small.run("invitations", "create", "--email", f"d-{name}@x.io", "--role", "Organization Member")
    small.run("teams", "add", "old", "--invitation", f"d-{name}@x.io")
    with zenpro_nb.connect(url=plane.url, api_key=plane.key) as other:
        now = other.run("plan", saved[1])
        assert now.loc[now.action == "blocked", "guard"].tolist() == ["stale"] * 2
        before = len(requests.writes())
        with pytest.raises(BlockedError, match="2 of 4 rows are blocked"):
            other.run("apply", saved[0], "--yes")
        assert len(requests.writes()) == before
        with pytest.raises(PartlyDoneError) as caught:
            other.run("apply", saved[0], "--yes", "--skip-blocked")
        done: Any = caught.value.outcomes
        assert sorted(done["outcome"]) == ["blocked"] * 2 + ["done"] * 2
        assert members(small, "new") == [f"a-{name}@x.io"]
        assert len(members(small, "old")) == 4
        before = len(requests.writes())
        with pytest.raises(BlockedError, match="2 of 2 rows are blocked"):
            other.run("apply", saved[1], "--yes")
        assert len(requests.writes()) == before
        with pytest.raises(UsageError, match="is a saved plan and cannot be combined"):
            other.run("apply", saved[1], "--max-removals", "100%")
        with pytest.raises(UsageError, match="is for the organization"):
            other.run("apply", saved[1], "--org", "acme")


def test_an_edited_plan_is_refused_and_one_with_fewer_rows_is_not(
    small: Connection, name: str, write: Write, tmp_path: Path
) -> None:
    file = write(WANTED)
    plan = small.run("plan", file, "--save", str(tmp_path / "plan.json"))
    changed = plan.copy()
    changed["principal"] = changed["principal"].where(changed["principal"].isna(), f"b-{name}@x.io")
    with pytest.raises(UsageError, match="principal was changed"):
        small.run("apply", changed, "--yes")
    text = json.loads((tmp_path / "plan.json").read_text())
    text["steps"][1]["party"]["name"] = "mallory@x.io"
    (tmp_path / "plan.json").write_text(json.dumps(text))
    with pytest.raises(UsageError, match="was changed after it was created"):
        small.run("apply", str(tmp_path / "plan.json"), "--yes")
    with pytest.raises(UsageError, match="Add --from"):
        small.run("apply", small.run("assignments"), "--yes")
    fewer = plan[plan.type.isin(["team"])]
    assert small.run("apply", fewer, "--yes")["outcome"].tolist() == ["done"] * 2
    assert members(small, "new") == []


@pytest.fixture
def cutter(plane: SandboxProcess) -> Iterator[Cutter]:
    with cutting(plane.url) as proxy:
        yield proxy


@pytest.mark.parametrize("mode", ["answer", "request"])
def test_a_lost_response_in_the_middle_is_checked(
    mode: str, small: Connection, name: str, write: Write, plane: SandboxProcess, cutter: Cutter
) -> None:
    file = write(WANTED)
    cutter.lose("POST", "/teams", mode)
    with zenpro_nb.connect(url=cutter.url, api_key=plane.key, organization=name) as far:
        if mode == "request":
            with pytest.raises(zenpro_nb.PartlyDoneError, match="completed changes are kept") as caught:
                far.run("apply", file, "--yes")
            states = set(caught.value.outcomes["outcome"])
            assert states >= {"not done", "not sent", "done"}  # steps that require the team wait, the others are done
        far.run("apply", file, "--yes")
    assert small.run("plan", file).empty
    assert list(small.run("teams")["name"]).count("new") == 1


def test_the_journal_contains_the_command_as_typed(small: Connection, write: Write) -> None:
    plan = small.run("plan", write("teams: {new: {members: [a-NAME@x.io]}}\n"))
    small.run("apply", plan, "--yes")
    assert {item["command"] for item in journal()[-2:]} == {"apply $DataFrame --yes"}
    assert isinstance(plan, pd.DataFrame)
