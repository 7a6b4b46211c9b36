"""`users impact`: what runs under the name of a person in all workspaces, what they own, and what nobody else sees."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from zenpro_nb import limits
from zenpro_nb.commands.people import offboarding_work
from zenpro_nb.errors import ConfirmationError, NotFoundError, PermissionDeniedError, UnknownNameError, UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.workspaces import work_of_people
from zenpro_nb.workspaces.targets import Target

ADA = "ada@example.com"
EVERYWHERE = "--workspace all --project all"


@pytest.fixture
def rows(acme: Connection) -> Any:
    """What depends on Ada."""
    return run(acme, f"users impact {ADA}")


def run(acme: Connection, line: str) -> Any:
    return acme.run(*shlex.split(line.removeprefix("zenpro ")))


def rows_of_ada(acme: Connection, line: str) -> set[tuple[str, str]]:
    frame = run(acme, line)
    mine = frame[frame["user"] == ADA]
    return set(zip(mine["workspace"], mine["id"], strict=True))


def test_every_object_of_the_person_is_listed(acme: Connection, rows: Any) -> None:
    lines = {
        "schedule": f"schedules {EVERYWHERE} --active",
        "trigger": f"triggers {EVERYWHERE} --active",
        "connector": "connectors --workspace all",
    }
    for kind, line in lines.items():
        found = rows[rows["kind"] == kind]
        expected = rows_of_ada(acme, line)
        assert len(expected) > 1
        assert set(zip(found["workspace"], found["id"], strict=True)) == expected
        if kind != "connector":
            preview = run(acme, f"{found['command'].iloc[0]} --dry-run")
            assert preview["route"][0].endswith(found["id"].iloc[0])


@pytest.mark.slow
def test_deployments_and_runs_in_progress_have_their_commands(acme: Connection) -> None:
    (deployment,) = run(acme, "deployments --workspace ml-prod --project churn").to_dict("records")
    found = run(acme, f"users impact {deployment['user']}")
    row = found[found["kind"] == "deployment"].iloc[0]
    assert (row["name"], row["status"], row["project"]) == (deployment["name"], "running", "churn")
    assert row["command"] == f"zenml deployment deprovision {deployment['id']}"
    runs = run(acme, f"runs {EVERYWHERE} --in-progress")
    newest = runs[runs["user"].str.contains("@")].iloc[0]
    found = run(acme, f"users impact {newest['user']}")
    row = found[found["kind"] == "run"].iloc[0]
    assert (row["id"], row["status"]) == (newest["id"], newest["status"])
    assert row["command"] == f"zenpro runs stop {newest['id']} --workspace {newest['workspace']}"


def test_owned_workspaces_have_the_command_that_hands_them_over(acme: Connection, rows: Any) -> None:
    workspaces = run(acme, "workspaces")
    mine = rows[rows["kind"] == "workspace"]
    assert set(mine["name"]) == set(workspaces.loc[workspaces["owner"] == ADA, "name"])
    assert mine["command"].iloc[0] == f"zenpro workspaces update {mine['name'].iloc[0]} --owner COLLEAGUE"


def test_gaps_have_a_question_for_the_person(acme: Connection, rows: Any) -> None:
    gaps = rows[rows["kind"] == "not visible"]
    assert list(gaps["name"][:3]) == ["private secrets", "API keys", "personal access tokens"]
    workspaces = run(acme, "workspaces")
    asleep = workspaces.loc[(workspaces["status"] != "available") | (workspaces["name"] == "agents"), "name"]
    assert set(gaps["workspace"].dropna()) == set(asleep)
    assert gaps["question"].str.endswith("?").sum() + gaps["question"].str.endswith(".").sum() == len(gaps)
    assert gaps["command"].isna().all()
    facts = rows.attrs["zenpro"]
    assert (facts["complete"], facts["sandbox"]) == (False, True)
    assert facts["summary"] == f"{len(rows) - len(gaps)} objects · {len(gaps)} gaps"


def test_the_plan_of_offboarding_lists_the_same_objects(
    acme: Connection, rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = run(acme, f"users offboard {ADA} --dry-run --allow-self --min-org-admins 0")
    left = plan[plan["action"] == "stays"]
    objects = rows[rows["kind"] != "not visible"]
    # The command is in a line of its own, in one piece; the cell says what stays, and what the command does.
    messages = [line for line in capsys.readouterr().err.splitlines() if line.startswith("still open: ")]
    shown = list(zip(left["target"], left["skipped_reason"], objects["command"], strict=True))
    assert messages[: limits.NAMES_IN_MESSAGE] == [
        f"still open: {target} {why}: `{command}`" for target, why, command in shown[: limits.NAMES_IN_MESSAGE]
    ]
    assert not left["skipped_reason"].str.contains("`").any()
    assert list(left["step"]) == sorted(left["step"])
    assert set(plan["action"][: len(plan) - len(left)]) & {"hand over", "stays"} == set()


def test_the_plan_above_the_question_counts_its_rows_and_says_what_stays(
    acme: Connection, rows: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    left = int((rows["kind"] != "not visible").sum())
    questions: list[str] = []
    monkeypatch.setattr(acme._ui, "confirm", lambda question: bool(questions.append(question)))
    with pytest.raises(ConfirmationError):
        run(acme, f"users offboard {ADA} --allow-self --min-org-admins 0")
    (question,) = questions
    assert f"in this order? {left} more rows show what stays unchanged." in question
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.count(" until you ") == left


def test_people_who_are_found_late_have_the_same_objects(
    acme: Connection, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offboarding_work, "_accounts_of", lambda members, texts: [])
    plan = run(acme, f"users offboard {ADA} --dry-run --allow-self --min-org-admins 0")
    assert (plan["action"] == "stays").sum() == (rows["kind"] != "not visible").sum()


def test_the_projects_of_workspaces_without_the_person_are_not_read(
    acme: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = work_of_people._records
    read: set[tuple[str, str]] = set()

    def record(session: Any, ask: Any, at: Any) -> Any:
        read.add((at.workspace, ask.resource.noun))
        return original(session, ask, at)

    monkeypatch.setattr(work_of_people, "_records", record)
    everywhere = run(acme, "users --workspace all")
    running = set(everywhere["workspace"])
    per_person = everywhere.groupby("name")["workspace"].agg(set)
    email, places = next((who, held) for who, held in per_person.items() if "@" in who and 0 < len(held) < len(running))
    read.clear()
    found = run(acme, f"users impact {email}")
    assert {workspace for workspace, noun in read if noun == "workspace-users"} == running
    assert {workspace for workspace, noun in read if noun == "schedules"} == places
    objects = found[found["kind"].isin(["schedule", "trigger", "deployment", "connector", "run"])]
    assert set(objects["workspace"]) <= places


def test_a_workspace_that_refuses_is_a_gap_and_an_old_one_is_not(
    acme: Connection, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = work_of_people._records

    def answers(session: Any, ask: Any, at: Any) -> Any:
        if (at.workspace, ask.resource.noun) == ("edge-onprem", "schedules"):
            raise PermissionDeniedError("You cannot read schedules", status=403)
        if (at.workspace, ask.resource.noun) == ("fraud-detection", "triggers"):
            raise NotFoundError("No such route", status=404)
        return original(session, ask, at)

    monkeypatch.setattr(work_of_people, "_records", answers)
    found = run(acme, f"users impact {ADA}")
    gaps = found[found["kind"] == "not visible"].set_index("workspace")
    assert "You cannot read schedules" in gaps.loc["edge-onprem", "detail"]
    assert "fraud-detection" not in gaps.index
    missing = rows[(rows["workspace"] == "edge-onprem") & (rows["kind"] == "schedule")]
    without = rows[(rows["workspace"] == "fraud-detection") & (rows["kind"] == "trigger")]
    assert len(missing)
    assert len(without)
    assert len(found) == len(rows) - len(missing) - len(without) + 1


@pytest.mark.slow
def test_a_person_without_work_has_only_gaps(acme: Connection) -> None:
    found = run(acme, "users impact orphan@example.com")
    assert set(found["kind"]) == {"not visible"}
    with pytest.raises(UnknownNameError, match=r"nobody@example\.com"):
        run(acme, "users impact nobody@example.com")
    with pytest.raises(UsageError, match="Missing argument"):
        run(acme, "users impact")


def new_object(kind: str, key: str, user_id: str = "local", **body: Any) -> dict[str, Any]:
    user = {"user": {"id": user_id, "name": "ada" if user_id == "local" else "other"}}
    return {"id": key, "name": f"{kind}-{key}", "body": {"user_id": user_id, **body}, "resources": user}


RECORDS = {
    "schedule": [
        new_object("s", "1", active=True),
        new_object("s", "2", active=False),
        new_object("s", "3", is_archived=True),
    ],
    "trigger": [new_object("t", "4", active=True, type="webhook"), new_object("t", "5", "other", active=True)],
    "deployment": [new_object("d", "6", status="absent"), new_object("d", "7", status="error")],
    "connector": [new_object("c", "8", connector_type={"connector_type": "aws"})],
    "run": [new_object("r", "9", in_progress=False), new_object("r", "10", status="paused", in_progress=True)],
}
ACTIVE = {"1", "4", "7", "8", "10"}


@pytest.mark.parametrize(
    ("users", "found"),
    [
        ([{"id": "local", "name": "someone", "metadata": {"external_user_id": "u1"}}], ACTIVE),
        ([{"id": "local", "name": "ada", "metadata": {"external_user_id": "u2"}}], set()),
        ([{"id": "local", "name": "ADA", "metadata": {"external_user_id": None}}], ACTIVE),
        ([{"id": "local", "name": "x", "body": {"email": "ada@example.com"}}], ACTIVE),
        ([], set()),
        (None, ACTIVE),
    ],
    ids=["account", "another account", "sign-in name", "email", "unknown", "users unreadable"],
)
def test_active_objects_belong_to_the_account_else_to_the_name(users: Any, found: set[str]) -> None:
    work = work_of_people.WorkspaceWork(Target("w"), users, RECORDS)
    result = work_of_people.work_of([work], [work_of_people.PersonalAccount(ADA, "u1", "ada")])
    assert {item.id for item in result.objects} == found
    assert [item.detail for item in result.objects if item.kind == "connector"] == (["aws"] if found else [])


def test_objects_without_permission_are_a_gap() -> None:
    denied = {"schedule": [{"id": "1", "name": "s", "permission_denied": True, "body": None}]}
    work = work_of_people.WorkspaceWork(Target("w"), [], denied)
    (part,) = work_of_people.work_of([work], []).unread
    assert part.reason == "you lack permission to read 1 of its schedules"
