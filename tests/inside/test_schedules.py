"""Schedules and triggers in the sandbox: pause, resume, update, delete, and undo."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.sandbox import SandboxProcess
from tests.support.workspace_server import WorkspaceServer
from zenpro_nb.errors import ConfirmationError, UnknownNameError, UsageError, ZenProError
from zenpro_nb.frontends.connection import Connection

PROD, STAGING = ("--workspace", "ml-prod"), ("--workspace", "ml-staging")
EVERYWHERE = ("--workspace", "all", "--project", "all")
SCHEDULE, TRIGGER = "churn_batch_scoring_schedule", "churn_drift_report_daily"
NAMES = {"schedules": SCHEDULE, "triggers": TRIGGER}


def row(acme: Connection, noun: str, *place: str) -> dict[str, Any]:
    return dict(acme.run(noun, "get", NAMES[noun], *place, "--project", "churn").iloc[0])


def change_trigger(sandbox: SandboxProcess, key: str, **fields: Any) -> None:
    """Change the trigger as somebody else: it runs at five."""
    url = f"{sandbox.url}/workspace/ml-prod/api/v1"
    token = httpx.post(f"{url}/login", headers={"Authorization": f"Bearer {sandbox.key}"}, timeout=60).json()[
        "access_token"
    ]
    body = {"type": "schedule", "name": TRIGGER, "cron_expression": "0 5 * * *", **fields}
    headers = {"Authorization": f"Bearer {token}"}
    httpx.put(f"{url}/triggers/{key}", json=body, headers=headers, timeout=60).raise_for_status()


@pytest.mark.parametrize("noun", NAMES)
def test_pausing_is_undone_by_resume_and_by_undo(
    acme: Connection, noun: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = row(acme, noun, *PROD)
    with pytest.raises(ConfirmationError, match=f"Pause the {noun[:-1]} {NAMES[noun]} in workspace ml-prod"):
        acme.run(noun, "pause", NAMES[noun], *PROD)
    acme.run(noun, "pause", NAMES[noun], *PROD, "--yes")
    assert f"done: paused {noun[:-1]} {NAMES[noun]} in workspace ml-prod" in capsys.readouterr().err
    assert row(acme, noun, *PROD)["active"] == False  # noqa: E712
    assert acme.run("schedules", *STAGING, "--project", "all").active.all()
    acme.run("undo", "--yes")
    assert row(acme, noun, *PROD)["active"] == True  # noqa: E712
    acme.run(noun, "pause", NAMES[noun], *PROD, "--yes")
    again = acme.run(noun, "pause", NAMES[noun], *PROD, "--yes")
    assert (again.outcome[0], again.detail[0]) == ("already", "is already paused")
    acme.run(noun, "resume", NAMES[noun], *PROD)
    after = row(acme, noun, *PROD)
    assert {name: str(value) for name, value in after.items() if name != "updated"} == {
        name: str(value) for name, value in before.items() if name != "updated"
    }


def test_a_trigger_is_sent_whole(acme: Connection) -> None:
    """An update replaces the whole object: a field that is left out would be lost."""
    frame = acme.run("triggers", "pause", TRIGGER, *PROD, "--dry-run").body[0]
    raw = acme.run("triggers", "get", TRIGGER, *PROD, "--project", "churn", "--raw").to_dict("records")[0]
    maintained = {"created", "updated", "user_id", "project_id", "is_archived", "next_occurrence"}
    assert frame == {**{name: value for name, value in raw["body"].items() if name not in maintained}, "active": False}
    acme.run("triggers", "pause", TRIGGER, *PROD, "--yes")
    assert acme.run("undo", "--dry-run").body[0] == {**frame, "active": True}


def test_a_trigger_that_changed_meanwhile_is_not_overwritten(
    acme: Connection, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody changes it while the question is open."""
    key = row(acme, "triggers", *PROD)["id"]

    def change_it(self: object, question: str) -> bool:
        change_trigger(sandbox, key)
        return True

    monkeypatch.setattr("zenpro_nb.ui.protocol.TerminalUI.confirm", change_it)
    with pytest.raises(ZenProError, match="its cron_expression changed after the command was prepared"):
        acme.run("triggers", "pause", TRIGGER, *PROD)
    assert row(acme, "triggers", *PROD)["cron_expression"] == "0 5 * * *"
    assert row(acme, "triggers", *PROD)["active"] == True  # noqa: E712


def test_an_undo_keeps_what_others_have_changed_in_a_trigger(acme: Connection, sandbox: SandboxProcess) -> None:
    acme.run("triggers", "pause", TRIGGER, *PROD, "--yes")
    paused = acme.run("journal").command_id[0]
    change_trigger(sandbox, row(acme, "triggers", *PROD)["id"], active=False)
    assert list(acme.run("undo", paused, "--yes").outcome) == ["done"]
    resumed = row(acme, "triggers", *PROD)
    assert (resumed["active"], resumed["cron_expression"]) == (True, "0 5 * * *")
    # The undo can be undone.
    acme.run("undo", acme.run("journal").command_id[0], "--yes")
    assert row(acme, "triggers", *PROD)["active"] == False  # noqa: E712


@pytest.mark.parametrize("noun", NAMES)
def test_those_of_a_pipeline_are_paused_together(acme: Connection, noun: str) -> None:
    pipeline, other = {
        "schedules": ("churn_batch_scoring", "churn_drift_report"),
        "triggers": ("churn_drift_report", "churn_batch_scoring"),
    }[noun]
    key = acme.run("pipelines", "get", pipeline, *PROD, "--project", "churn").id[0]
    for text in (pipeline, key):
        chosen = acme.run(noun, "pause", "--pipeline", text, *PROD, "--project", "churn", "--dry-run")
        assert list(chosen.target) == [f"{noun[:-1]} {NAMES[noun]} in workspace ml-prod"]
    with pytest.raises(UnknownNameError, match="The pipeline 'nothing' does not exist in ml-prod"):
        acme.run(noun, "pause", "--pipeline", "nothing", *PROD, "--project", "churn")
    with pytest.raises(UsageError, match=f"No {noun[:-1]} matches"):
        acme.run(noun, "pause", "--pipeline", other, *PROD, "--project", "churn")


def test_those_of_a_user_are_paused_in_all_workspaces(acme: Connection) -> None:
    mine = acme.run("schedules", *EVERYWHERE)
    person = str(mine.user.value_counts().index[0])
    email = acme.run("users", "get", person).email[0]
    expected = sorted(
        f"schedule {name} in workspace {workspace}"
        for name, workspace, user in zip(mine.name, mine.workspace, mine.user, strict=True)
        if user == person
    )
    assert len(expected) > 1
    for text in (person, email, acme.run("users", "get", person).id[0]):
        assert sorted(acme.run("schedules", "pause", "--user", text, *EVERYWHERE, "--dry-run").target) == expected
    paused = acme.run("schedules", "pause", "--user", email, *EVERYWHERE, "--yes")
    assert sorted(paused.target) == expected
    assert set(paused.outcome) == {"done"}
    everything = acme.run("schedules", *EVERYWHERE)
    assert sorted(everything[everything.active == False].user) == [person] * len(expected)  # noqa: E712
    # One undo resumes them in all their workspaces.
    assert set(acme.run("undo", "--yes").outcome) == {"done"}
    assert acme.run("schedules", *EVERYWHERE).active.all()


def test_a_user_who_is_unknown_to_the_workspace(acme: Connection) -> None:
    with pytest.raises(UnknownNameError, match=r"nobody@example.com has never signed in to ml-prod"):
        acme.run("schedules", "pause", "--user", "nobody@example.com", *PROD, "--project", "all")


def test_a_user_is_identified_by_the_account_and_not_by_the_name(
    connect_servers: Callable[..., tuple[Connection, SandboxProcess]],
) -> None:
    """The workspace has a user of this name who is somebody else in the control plane; it ignores filters."""
    user = {"id": str(uuid.UUID(int=3)), "name": "ada@example.com", "body": {}}
    schedules = [
        {"id": str(uuid.UUID(int=number)), "name": name, "body": {"active": True, "user_id": owner}, "metadata": None}
        for number, name, owner in ((4, "nightly", user["id"]), (5, "weekly", str(uuid.UUID(int=8))))
    ]

    def pause(account: str) -> Any:
        lists = {"users": [{**user, "metadata": {"external_user_id": account}}], "schedules": schedules}
        with WorkspaceServer(lists) as server:
            acme, _ = connect_servers(one=server)
            who = account or acme.run("users", "get", "ada@example.com").id[0]
            server.lists["users"][0]["metadata"]["external_user_id"] = who
            return acme.run("schedules", "pause", "--user", "ada@example.com", "--workspace", "one", "--dry-run")

    assert list(pause("").target) == ["schedule nightly in workspace one"]
    with pytest.raises(UnknownNameError, match="has never signed in to one"):
        pause(str(uuid.UUID(int=9)))


def test_a_command_without_a_selection_changes_nothing(acme: Connection) -> None:
    with pytest.raises(UsageError, match="SCHEDULE, `--pipeline`, or `--user` is required"):
        acme.run("schedules", "pause", *PROD, "--yes")
    with pytest.raises(UsageError, match="cannot be combined"):
        acme.run("schedules", "delete", SCHEDULE, "--user", "ada@example.com", *PROD, "--yes")
    with pytest.raises(UsageError, match="one workspace"):
        acme.run("schedules", "pause", SCHEDULE, *EVERYWHERE, "--yes")
    assert acme.run("schedules", *EVERYWHERE).active.all()


def test_a_schedule_is_updated_and_restored(acme: Connection) -> None:
    before = row(acme, "schedules", *PROD)
    acme.run("schedules", "update", SCHEDULE, *PROD, "--cron", "0 3 * * 1-5", "--name", "weekdays")
    assert acme.run("schedules", "get", "weekdays", *PROD, "--project", "churn").cron_expression[0] == "0 3 * * 1-5"
    acme.run("undo", "--yes")
    assert row(acme, "schedules", *PROD)["cron_expression"] == before["cron_expression"]
    with pytest.raises(UsageError, match="'daily' is not a cron expression"):
        acme.run("schedules", "update", SCHEDULE, *PROD, "--cron", "daily")


@pytest.mark.parametrize("noun", NAMES)
def test_a_deleted_one_is_archived(acme: Connection, noun: str) -> None:
    key = row(acme, noun, *PROD)["id"]
    with pytest.raises(ConfirmationError, match=f"This cannot be undone: an archived .* Type {NAMES[noun]} to confirm"):
        acme.run(noun, "delete", NAMES[noun], *PROD)
    assert acme.run(noun, "delete", NAMES[noun], *PROD, "--yes").outcome[0] == "done"
    with pytest.raises(UnknownNameError):
        acme.run(noun, "get", NAMES[noun], *PROD, "--project", "churn")
    archived = acme.run(noun, "get", key, *PROD)
    assert (archived.is_archived[0], archived.active[0]) == (True, False)
    skipped = acme.run(noun, "resume", key, *PROD)
    assert (skipped.outcome[0], "is archived" in skipped.detail[0]) == ("skipped", True)


def test_an_unknown_name_among_several_changes_nothing(acme: Connection) -> None:
    with pytest.raises(UnknownNameError, match="nothing_schedule"):
        acme.run("schedules", "pause", SCHEDULE, "nothing_schedule", *PROD, "--yes")
    assert row(acme, "schedules", *PROD)["active"] == True  # noqa: E712
