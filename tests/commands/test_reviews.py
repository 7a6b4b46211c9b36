"""A review from its creation to its record, as typed, against a sandbox; checked with the raw API."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from msgspec.structs import replace

import zenpro_nb
from tests.commands.conftest import Requests, journal, local_user, prepared
from tests.commands.remaining import PROJECT, raw, traces
from tests.support.faults import FAULTS, spoiling
from tests.support.sandbox import SandboxProcess
from zenpro_nb import frames, limits
from zenpro_nb.errors import ConfirmationError, FindingsError, PartlyDoneError, UnknownNameError, UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.inventory import Reviews
from zenpro_nb.ui.protocol import TerminalUI

NAME = "reviewed"
SOMEBODY = f"{NAME}@x.io"


@pytest.fixture(scope="module")
def plane(small_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The usual sandbox, with a person who has roles of each level in a separate workspace, and a team."""
    with prepared(small_sandbox, tmp_path_factory.mktemp("state")) as zen:
        zen.run("users", "create", SOMEBODY)
        zen.run("workspaces", "create", NAME)
        zen.run("teams", "create", NAME)
        zen.run("teams", "add", NAME, "--user", SOMEBODY)
        zen.run("roles", "assign", "Organization Member", "--user", SOMEBODY)
        zen.run("roles", "assign", "Workspace Viewer", "--team", NAME, "--workspace", NAME)
        zen.run("roles", "assign", "Workspace Developer", "--user", SOMEBODY, "--workspace", NAME)
        zen.run("roles", "assign", "Project Viewer", "--user", SOMEBODY, "--workspace", NAME, "--project", PROJECT)
    yield small_sandbox
    small_sandbox.drop()


@pytest.fixture
def name() -> str:
    """The same for all tests of this file: the objects of `plane` have it in their names."""
    return NAME


@pytest.fixture
def somebody() -> str:
    return SOMEBODY


@pytest.fixture
def review(zen: Connection, name: str) -> str:
    """A review of that workspace."""
    zen.run("reviews", "create", name, "--workspace", name)
    return name


def mine(zen: Connection, review: str, who: str) -> pd.DataFrame:
    """Return the rows of a review for a principal."""
    frame: pd.DataFrame = zen.run("reviews", "get", review, "--where", f"principal={who}")
    return frame


def test_only_decisions_are_applied(
    zen: Connection, review: str, somebody: str, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = mine(zen, review, somebody).set_index("assignment")
    developer, member = f"Workspace Developer in {review}", f"member of the team {review}"
    assert set(rows.index) == {developer, member, f"Project Viewer in {review} / {PROJECT}"}
    assert rows.loc[member, "reach"] == f"Workspace Viewer in {review}"
    writes = len(requests.writes())
    zen.run("reviews", "decide", review, "--row", int(rows.loc[developer, "row"]), "--revoke", "--because", "moved on")
    done = zen.run("reviews", "decide", review, "--row", int(rows.loc[member, "row"]), "--keep")
    assert done[["decision", "decided_by"]].to_numpy().tolist() == [["keep", "ada@example.com"]]
    # Decisions are made after the read, and their age counts from the display.
    assert pd.Timestamp(done.attrs["zenpro"]["seen"]) >= done["decided"].iloc[0]
    done.attrs["zenpro"]["time"] = "2026-11-01T06:00:00+00:00"
    narrow = frames.whole_text(done[["principal", "decided", "reason", "assignment"]], 60)[0]
    assert {"now", "ago"} & set(narrow.split())
    plan = zen.run("reviews", "apply", review, "--dry-run")
    assert plan[["action", "target"]].to_numpy().tolist() == [["remove", f"{somebody} as {developer}"]]
    assert len(requests.writes()) == writes
    assert mine(zen, review, somebody)["outcome"].isna().all()
    before = traces(zen, somebody)
    outcome = zen.run("reviews", "apply", review, "--yes")
    assert list(outcome["outcome"]) == ["done"]
    after = traces(zen, somebody)
    assert after < before
    assert len(before - after) == 1
    row = mine(zen, review, somebody).set_index("assignment").loc[developer]
    assert (row["outcome"], row["applied_by"]) == ("done", "ada@example.com")
    assert row["request_id"] == outcome["request_id"].iloc[0] == journal()[-1]["request_id"]
    assert zen.run("reviews", "apply", review, "--yes").empty
    (line,) = zen.run("reviews").to_dict("records")
    assert (line["name"], line["workspace"], line["decisions"], line["revocations"], line["revoked"]) == (
        review,
        review,
        2,
        1,
        1,
    )
    assert (line["progress"], line["next_command"]) == (
        f"2 of {line['rows']} decided · 1 revoked",
        f"{zen._ui.name} form review {review}",
    )
    with pytest.raises(UsageError, match="has already been revoked"):
        zen.run("reviews", "decide", review, "--row", int(row["row"]), "--keep")
    assert "1 to revoke" in capsys.readouterr().err


def test_the_question_counts_who_leaves(
    zen: Connection,
    somebody: str,
    requests: Requests,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    zen.run("reviews", "create", "all")
    rows = mine(zen, "all", somebody).set_index("assignment")
    row = int(rows.loc["Organization Member in acme", "row"])
    zen.run("reviews", "decide", "all", "--row", row, "--revoke", "--because", "left")
    questions: list[str] = []
    monkeypatch.setattr(zen._ui, "confirm", lambda question: bool(questions.append(question)))
    before = len(requests.writes())
    with pytest.raises(ConfirmationError):
        zen.run("reviews", "apply", "all")
    # Leaving removes neither teams nor roles in workspaces: the sentence names what stays.
    roles = f"Project Viewer in project {PROJECT[:8]}… of {NAME}, Workspace Developer in {NAME}"
    severe = f"1 person leaves the organization, but keeps {roles}, team {NAME} (`users offboard` revokes everything)"
    assert questions[0].startswith(f"{severe}. Apply review all in this order: ")
    dry_run = zen.run("reviews", "apply", "all", "--dry-run")
    assert dry_run.attrs["zenpro"]["summary"] == severe.replace("`users", f"`{zen._ui.name} users")
    assert len(requests.writes()) == before
    capsys.readouterr()
    zen.run("reviews", "apply", "all", "--yes")
    assert severe.replace("`users", f"`{zen._ui.name} users") in capsys.readouterr().err
    zen.run("undo", "--yes")


def test_rows_without_a_decision_are_decided_as_recommended(
    zen: Connection, review: str, somebody: str, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = zen.run("reviews", "get", review)
    writes = len(requests.writes())
    first = int(mine(zen, review, somebody)["row"].iloc[0])
    parts = r".* and 1 to keep; . undecided \(don't-know\)"
    question = rf"of review {review} as recommended: {parts}\? 1 row is kept without having been looked at\."
    capsys.readouterr()
    with pytest.raises(ConfirmationError, match=question):
        zen.run("reviews", "decide", review, "--recommended")
    revoked = rows[rows["recommendation"] == "revoke"]
    named = [f"  {row.principal}: {row.assignment}\n" for row in revoked.itertuples()]
    shown = capsys.readouterr().err
    assert all(line in shown for line in named[: limits.REVOCATIONS_NAMED])
    assert named
    zen.run("reviews", "decide", review, "--row", first, "--dont-know", "--because", "ask the lead")
    assert zen.run("reviews", "get", review)["decision"].notna().sum() == 1
    others = mine(zen, review, somebody).iloc[1:]
    some = others["row"][others["recommendation"] != "keep"].iloc[0]
    done = zen.run("reviews", "decide", review, "--recommended", "--row", int(some), "--yes")
    assert done["row"].tolist() == [some]
    # All rows that were decided are shown, and the recommendation is the decision.
    foot = frames.foot_line(done)
    assert "· complete" in foot
    assert "1 more column: recommendation" in foot
    capsys.readouterr()
    done = zen.run("reviews", "decide", review, "--accept-recommendations", "--yes")
    line = f"reviews get {review} --where decision=keep"
    unseen = f"1 row is kept without having been looked at; `{zen._ui.name} {line}` lists it\n"
    assert unseen in capsys.readouterr().err
    assert zen.run(*line.split())["row"].tolist() == done["row"][done["decision"] == "keep"].tolist()
    (listed,) = zen.run("reviews").to_dict("records")
    # Rows that nobody could decide are counted, listed, and not called decided.
    unsure = zen.run("reviews", "get", review, "--where", "decision=don't-know")["row"].tolist()
    assert first in unsure
    undecided, decided_rows = f"{len(unsure)} undecided (don't-know)", listed["rows"] - len(unsure)
    line = f'{zen._ui.name} reviews get {review} --where "decision=don\'t-know"'
    assert listed["progress"] == f"{decided_rows} of {listed['rows']} decided · {undecided}"
    assert (listed["decisions"], listed["next_command"]) == (decided_rows, line)
    capsys.readouterr()
    zen.run("reviews", "evidence", review)
    state = f"{decided_rows} of {listed['rows']} rows decided; {undecided}: `{line}`"
    assert f"{state}\n" in capsys.readouterr().err
    where = ("--where", "decision=don't-know")
    capsys.readouterr()
    with pytest.raises(UsageError, match=f"No open row of review {review} matches decision=no; nothing was decided"):
        zen.run("reviews", "decide", review, "--where", "decision=no", "--keep")
    one = zen.run("reviews", "decide", review, *where, "--row", unsure[0], "--dont-know")
    assert one["row"].tolist() == unsure[:1]
    assert sorted(zen.run("reviews", "decide", review, *where, "--keep")["row"]) == sorted(unsure)
    (listed,) = zen.run("reviews").to_dict("records")
    assert listed["progress"] == f"all {listed['rows']} decided"
    assert listed["next_command"] == f"{zen._ui.name} reviews evidence {review} --save {review}.csv"
    zen.run("reviews", "decide", review, "--row", first, "--revoke", "--because", "moved on")
    (listed,) = zen.run("reviews").to_dict("records")
    assert listed["progress"] == f"all {listed['rows']} decided · 1 revocation not applied yet"
    assert listed["next_command"] == f"{zen._ui.name} reviews apply {review}"
    capsys.readouterr()
    accepted = ("--dont-know", "--because", "recommendation accepted")
    zen.run("reviews", "decide", review, *(f"--row={number}" for number in unsure), *accepted)
    assert f"decided 0 rows; {undecided}; {state}\n" in capsys.readouterr().err
    zen.run("reviews", "decide", review, "--row", first, "--dont-know", "--because", "ask the lead")
    decided = zen.run("reviews", "get", review).set_index("row")
    assert decided.loc[first, ["decision", "justification"]].tolist() == ["don't-know", "ask the lead"]
    others = decided.drop(index=first)
    is_open = others["recommendation"].notna()
    assert others["decision"][is_open].tolist() == others["recommendation"][is_open].tolist()
    assert set(others["justification"][is_open]) == {"recommendation accepted"}
    assert others["decision"][~is_open].isna().all()
    assert len(rows) == len(decided)
    mixed = rows[rows["type"] != "information"]
    mixed = mixed.assign(decision=[("keep", "revoke", "don't-know")[at % 3] for at in range(len(mixed))])
    shown = zen.run("reviews", "decide", review, "--from", mixed)
    assert shown["decision"].unique().tolist() == ["revoke", "don't-know", "keep"]
    found = zen.run("reviews", "get", review, "--where", "decision=revoke")
    header = next(line for line in frames.text(found, 80).splitlines() if "principal" in line)
    assert {"row", "principal", "assignment", "decision"} <= set(header.split())
    assert len(requests.writes()) == writes


def test_decisions_come_from_an_edited_frame(zen: Connection, review: str, somebody: str, tmp_path: Path) -> None:
    rows = mine(zen, review, somebody)
    rows["decision"], rows["justification"] = "keep", ["=1+1", None, "needs it"]
    for number, suffix in enumerate((".csv", ".parquet", ".xlsx", ".json")):
        path = tmp_path / f"filled{suffix}"
        frame = rows.assign(justification=[f"=1+{number}", None, "needs it"])
        zenpro_nb_save(frame, path)
        zen.run("reviews", "decide", review, "--from", str(path))
        found = mine(zen, review, somebody)
        assert list(found["decision"]) == ["keep"] * 3
        assert found["justification"].fillna("").tolist() == [f"=1+{number}", "", "needs it"]
    assert zen.run("reviews", "decide", review, "--from", rows.assign(justification=found["justification"])).empty
    undecided = zen.run("reviews", "get", review, "--where", "decision=")
    assert somebody not in set(undecided["principal"])
    with pytest.raises(UsageError, match="but the table has principal"):
        zen.run("reviews", "decide", review, "--from", rows.assign(principal="eve@x.io"))


def zenpro_nb_save(frame: pd.DataFrame, path: Path) -> None:
    from zenpro_nb import frames

    frames.save(frame, path)


def test_roles_that_no_longer_exist_are_skipped_and_recorded(zen: Connection, review: str, somebody: str) -> None:
    zen.run("reviews", "decide", review, "--principal", somebody, "--revoke")
    zen.run("roles", "revoke", "Workspace Developer", "--user", somebody, "--workspace", review, "--yes")
    assert len(zen.run("reviews", "apply", review, "--dry-run")) == 2
    assert set(zen.run("reviews", "apply", review, "--yes")["outcome"]) == {"done"}
    rows = mine(zen, review, somebody).set_index("assignment")
    assert rows.loc[f"Workspace Developer in {review}", ["outcome", "detail"]].tolist() == [
        "already", "no longer existed when the review was applied",
    ]  # fmt: skip
    assert sorted(rows["outcome"]) == ["already", "done", "done"]
    assert not any("Developer" in trace or "Project" in trace or "team" in trace for trace in traces(zen, somebody))


def test_an_undone_revocation_is_listed_as_undone_and_applied_again(
    zen: Connection, review: str, somebody: str, tmp_path: Path
) -> None:
    rows = mine(zen, review, somebody).set_index("assignment")
    number = int(rows.loc[f"Workspace Developer in {review}", "row"])
    zen.run("reviews", "decide", review, "--row", number, "--revoke", "--because", "moved on")

    def outcome() -> str:
        record = zen.run("reviews", "evidence", review, "--save", str(tmp_path / "record.csv"))
        (row,) = record[record["row"].astype(str) == str(number)].fillna("").to_dict("records")
        assert row["detail"].startswith("undone at 20") == (row["outcome"] == "undone")
        (listed,) = zen.run("reviews").to_dict("records")
        assert listed["revoked"] == int(row["outcome"] == "done")
        assert ("(1 undone)" in listed["progress"]) == (row["outcome"] == "undone")
        return str(row["outcome"])

    zen.run("reviews", "apply", review, "--yes")
    assert outcome() == "done"
    zen.run("undo", "--yes")
    assert outcome() == "undone"
    for expected in ("done", "undone"):  # the undo is undone, and this too
        zen.run("undo", zen.run("journal")["command_id"].iloc[0], "--yes")
        assert outcome() == expected
    assert len(zen.run("reviews", "apply", review, "--yes")) == 1
    assert outcome() == "done"
    assert not any("Developer" in trace for trace in traces(zen, somebody))


def test_a_role_that_is_no_longer_redundant_stays(zen: Connection, name: str, somebody: str) -> None:
    contributor = f"Workspace Contributor in {name}"
    zen.run("roles", "assign", "Workspace Contributor", "--user", somebody, "--workspace", name)
    for review, decision in (("accepted", "--recommended"), ("own", "--revoke")):
        zen.run("reviews", "create", review, "--workspace", name)
        row = mine(zen, review, somebody).set_index("assignment").loc[contributor]
        assert row["recommendation"] == "revoke"
        yes = ["--yes"] if review == "accepted" else []
        zen.run("reviews", "decide", review, decision, "--row", int(row["row"]), *yes)
    assert zen.run("reviews", "apply", "accepted", "--dry-run")["skipped_reason"].isna().all()
    zen.run("roles", "revoke", "Workspace Developer", "--user", somebody, "--workspace", name, "--yes")
    # The role that covered it is gone: without this one, nothing would be left.
    plan = zen.run("reviews", "apply", "accepted", "--dry-run")
    assert plan["skipped_reason"].iloc[0].startswith("Its recommendation no longer has a reason.")
    assert list(zen.run("reviews", "apply", "accepted", "--yes")["outcome"]) == ["skipped"]
    assert any(trace.startswith("Workspace Contributor ") for trace in traces(zen, somebody))
    # A person's own decision needs no reason of the audit.
    assert zen.run("reviews", "apply", "own", "--dry-run")["skipped_reason"].isna().all()


def test_failures_are_recorded_and_done_by_a_second_run(
    zen: Connection, plane: SandboxProcess, review: str, somebody: str
) -> None:
    zen.run("reviews", "decide", review, "--principal", somebody, "--revoke")
    fault = next(fault for fault in FAULTS if fault.name == "503 after")
    with (
        spoiling(plane.url) as proxy,
        zenpro_nb.connect(url=proxy.url, api_key=plane.key, organization="acme") as far,
    ):
        from tests.commands.cases import reviewed_at

        reviewed_at(proxy.url)
        far.run("reviews")
        proxy.arm(fault, "is lost")
        with pytest.raises(PartlyDoneError):
            far.run("reviews", "apply", review, "--yes")
        proxy.rest()
        first = mine(far, review, somebody)["outcome"].tolist()
        assert "unknown" in first
        far.run("reviews", "apply", review, "--yes")
        assert set(mine(far, review, somebody)["outcome"]) <= {"done", "already"}
    assert not any("Developer" in trace or "Project" in trace or "team" in trace for trace in traces(zen, somebody))


def test_your_own_and_the_last_admin_stay(
    zen: Connection, plane: SandboxProcess, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    email = f"own-{name}@x.io"
    with local_user(zen, email) as admin:
        zen.run("organizations", "create", name)
        zen.run("roles", "assign", "Organization Admin", "--user", email, "--org", name)
        admin.run("reviews", "create", name, "--org", name)
        rows = admin.run("reviews", "get", name, "--org", name, "--where", "type=role")
        assert email in set(rows["principal"])
        capsys.readouterr()
        admin.run("reviews", "decide", name, "--from", rows.assign(decision="keep"), "--org", name)
        assert "warning" not in capsys.readouterr().err
        admin.run("reviews", "decide", name, "--from", rows.assign(decision="revoke"), "--org", name)
        # The decision is saved, and the warning is the objection that `reviews apply` has.
        warned = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]
        own, other = (
            int(rows.loc[found, "row"].iloc[0]) for found in (rows.principal == email, rows.principal != email)
        )
        refuses = f"warning: `{zen._ui.name} reviews apply {name} --org {name}` will refuse row"
        assert set(warned) == {
            f"{refuses} {own} without `--allow-self`: You would no longer administer {name}.",
            f"{refuses} {other} without `--min-org-admins 1`: 1 of 2 active users would remain Organization Admin of "
            f"{name}, but at least 2 must.",
        }
        mail = admin.run("reviews", "apply", name, "--org", name, "--dry-run").set_index("principal")
        assert mail.loc[email, "blocked_reason"].endswith("--allow-self")
        plan = admin.run("reviews", "apply", name, "--org", name, "--allow-self", "--dry-run").set_index("principal")
        assert plan.loc[email, "blocked_reason"].endswith("--min-org-admins 0")
        lifted = ("--allow-self", "--min-org-admins", "0")
        assert admin.run("reviews", "apply", name, "--org", name, *lifted, "--dry-run")["blocked_reason"].isna().all()


def test_the_record_is_verified_and_a_changed_cell_fails(
    zen: Connection, review: str, somebody: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("reviews", "decide", review, "--principal", somebody, "--revoke", "--because", "left")
    zen.run("reviews", "apply", review, "--yes")
    book, plain = tmp_path / "review.xlsx", tmp_path / "review.csv"
    record = zen.run("reviews", "evidence", review, "--save", str(book), "--save", str(plain))
    assert set(record.loc[record["principal"] == somebody, "decided_by"]) == {"ada@example.com"}
    assert record.loc[record["principal"] == somebody, "request_id"].notna().all()
    assert "decided; go through the others: `zenpro form review" in capsys.readouterr().err
    noted = record["review_sha256"].iloc[0]
    for path in (book, plain):
        assert set(zen.run("reviews", "verify", str(path), "--sha256", noted)["status"]) == {"ok"}
    assert set(zen.run("reviews", "verify", record)["status"]) == {"ok"}
    row = int(record.index[record["justification"] == "left"][0])
    changed = record.copy()
    changed.loc[row, "decision"] = "keep"
    with pytest.raises(FindingsError, match=rf"row {row + 1}\. The row was changed") as found:
        zen.run("reviews", "verify", changed)
    verdicts: Any = found.value.findings
    assert verdicts.loc[verdicts["status"] == "failed", "row"].tolist() == [row + 1]
    text = plain.read_text()
    plain.write_text(text.replace(",revoke,left,", ",keep,left,", 1))
    done = subprocess.run(
        [sys.executable, "-m", "zenpro_nb", "reviews", "verify", str(plain)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3
    assert "The record was changed: row" in done.stderr


def test_incomplete_or_contradictory_options_are_refused(zen: Connection, review: str) -> None:
    for words, message in (
        (["--row", "1"], "A decision is required"),
        (["--row", "1", "--keep", "--revoke"], "--keep cannot be combined with --revoke"),
        (["--keep"], "No rows selected"),
        (["--from", "x.csv", "--keep"], "--from cannot be combined"),
        (["--from", "nowhere.csv"], "no file"),
        (["--row", "9999", "--keep"], "no row 9999"),
        (["--principal", "nobody@x.io", "--keep"], "no open rows"),
    ):
        with pytest.raises(UsageError, match=message):
            zen.run("reviews", "decide", review, *words)
    with pytest.raises(UsageError, match="already"):
        zen.run("reviews", "create", review.upper())
    with pytest.raises(UnknownNameError, match="no review"):
        zen.run("reviews", "get", f"{review}-b")
    with pytest.raises(UnknownNameError, match="no workspace"):
        zen.run("reviews", "create", f"{review}-b", "--workspace", "nowhere")
    assert len(Reviews().every()) == 1


def test_reviews_of_several_servers_with_one_name_are_told_apart(zen: Connection, review: str) -> None:
    assert "server" not in frames.whole_text(zen.run("reviews"), 60)[0]
    (mine,) = Reviews().every()
    Reviews().create(replace(mine.review, server="https://other.example.com"))
    for width in (60, 80):
        assert "other.example.com" in frames.whole_text(zen.run("reviews", "--server", "all"), width)[0]
    assert set(zen.run("reviews")["server"]) == {mine.review.server}


@pytest.mark.parametrize("decision", ["keep", "revoke"])
def test_a_decision_by_hand_does_not_accept_the_recommendation(zen: Connection, review: str, decision: str) -> None:
    done = zen.run("reviews", "decide", review, "--recommended", "--yes")
    (accepted,) = done[done["decision"] == "keep"].to_dict("records")
    assert accepted["justification"] == "recommendation accepted"
    by_hand = zen.run("reviews", "decide", review, "--row", accepted["row"], f"--{decision}")
    assert by_hand["decision"].tolist() == [decision]
    assert by_hand["justification"].isna().all()
    # A table with the words of the acceptance and another decision does not accept it either.
    other = "revoke" if decision == "keep" else "keep"
    table = by_hand.assign(decision=other, justification="recommendation accepted")
    again = zen.run("reviews", "decide", review, "--from", table)
    assert again["justification"].isna().tolist() == [other == "revoke"]


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_shows_the_whole_progress(zen: Connection, review: str, width: int) -> None:
    zen.run("reviews", "decide", review, "--recommended", "--yes")
    frame = zen.run("reviews")
    shown = frames.whole_text(frame, width)[0]
    assert set(frame["progress"].iloc[0].split()) <= set(shown.split())


def test_a_review_is_deleted_by_its_name(zen: Connection, review: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfirmationError):
        zen.run("reviews", "delete", review)
    monkeypatch.setattr(TerminalUI, "is_interactive", property(lambda ui: True))
    monkeypatch.setattr(TerminalUI, "_input", lambda ui, prompt: "yes")
    with pytest.raises(ConfirmationError, match="nothing was deleted"):
        zen.run("reviews", "delete", review)
    monkeypatch.setattr(TerminalUI, "_input", lambda ui, prompt: review)
    assert zen.run("reviews", "delete", review)["name"].tolist() == [review]
    assert Reviews().every() == []


def test_a_capture_can_be_reviewed_and_nothing_secret_is_kept(
    zen: Connection, somebody: str, name: str, state: Path
) -> None:
    zen.run("captures", "create", name)
    zen.run("teams", "remove", name, "--user", somebody, "--yes")
    zen.run("reviews", "create", name, "--workspace", name, "--at", name)
    assert f"member of the team {name}" in set(mine(zen, name, somebody)["assignment"])
    (item,) = Reviews().every()
    assert item.review.capture == name
    text = item.path.read_text()
    assert json.loads(text)["sha256"] == item.review.sha256
    assert "ZENPROKEY_" not in text
    assert raw(zen, "/users/me")["email"] == item.review.created_by
