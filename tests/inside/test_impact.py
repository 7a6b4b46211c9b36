"""`users impact`: what runs under the name of a person in all workspaces, what they own, and what nobody else sees."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from zenpro_nb.errors import NotFoundError, PermissionDeniedError, UnknownNameError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.workspaces import work_of_people

ADA = "ada@example.com"
EVERYWHERE = "--workspace all --project all"


@pytest.fixture
def rows(acme: Connection) -> Any:
    """What depends on Ada."""
    return run(acme, f"users impact {ADA}")


def run(acme: Connection, line: str) -> Any:
    return acme.run(*shlex.split(line.removeprefix("zenpro ")))


def owned(acme: Connection, line: str) -> set[tuple[str, str]]:
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
        expected = owned(acme, line)
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
    assert rows.attrs["zenpro"]["complete"] is False


def test_the_plan_of_offboarding_lists_the_same_objects(acme: Connection, rows: Any) -> None:
    plan = run(acme, f"users offboard {ADA} --dry-run --allow-self --min-org-admins 0")
    left = plan[plan["action"] == "hand over"]
    objects = rows[rows["kind"] != "not visible"]
    assert list(left["skipped_reason"]) == [
        f"offboarding does not change it: `{command}`" for command in objects["command"]
    ]
    assert list(left["step"]) == sorted(left["step"])
    assert set(plan["action"][: len(plan) - len(left)]) & {"hand over"} == set()


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
