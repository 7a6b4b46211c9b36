"""The runs that people started, counted by the workspaces, compared with the list of runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.sandbox import SandboxProcess
from tests.support.workspace_server import WorkspaceServer, run
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.workspaces.usage import NO_PROJECT, NO_SERVER, read_activity

Connect = Callable[..., tuple[Connection, SandboxProcess]]
WINDOW = timedelta(days=20)


def test_runs_per_person_project_and_day_are_those_of_the_list(acme: Connection) -> None:
    found = read_activity(acme._session, "acme", WINDOW, ["ml-prod", "ml-staging"])
    runs = acme.run("runs", "--workspace", "ml-prod", "--workspace", "ml-staging", "--project", "all", "--hydrate")
    runs = runs[(runs["created"] >= found.since) & (runs["created"] < found.until)]
    # The sandbox's triggered pipelines and schedules are started by service accounts, and everything else by people.
    by_itself = runs["schedule"].notna() | runs["pipeline"].str.endswith("drift_report")
    days = runs["start_time"].dt.date
    expected = [
        Counter(zip(runs["project_id"][mask], runs["user"][mask], days[mask], strict=True))
        for mask in (~by_itself, by_itself)
    ]
    direct, automatic = Counter[object](), Counter[object]()
    for row in found.rows:
        direct[row.project_id, row.user_name, row.day] += row.runs
        automatic[row.project_id, row.user_name, row.day] += row.scheduled
    assert [+direct, +automatic] == expected
    assert all(expected)
    assert found.gaps == ()


def test_people_have_their_account_of_the_control_plane(acme: Connection) -> None:
    found = read_activity(acme._session, "acme", WINDOW, ["ml-prod"])
    users, bots = acme.run("users"), acme.run("service-accounts")
    names = dict(zip(users["id"], users["username"], strict=True)) | dict(zip(bots["id"], bots["name"], strict=True))
    assert {names[row.external_user_id or ""] for row in found.rows} == {row.user_name for row in found.rows}


def test_what_was_not_counted_is_a_gap(acme: Connection) -> None:
    found = read_activity(acme._session, "acme", WINDOW)
    workspaces = acme.run("workspaces")
    names = dict(zip(workspaces["id"], workspaces["name"], strict=True))
    gaps = {names[gap.workspace_id]: gap.reason for gap in found.gaps}
    assert gaps["agents"] == NO_SERVER
    assert "deactivated" in gaps["churn-2023"]
    assert gaps.keys() & {names[row.workspace_id] for row in found.rows} == set()
    assert gaps.keys() | {names[row.workspace_id] for row in found.rows} == set(names.values())


def test_a_workspace_without_a_visible_project_is_a_gap(connect_servers: Connect) -> None:
    with WorkspaceServer({"runs": []}, projects=[]) as empty:
        connection, _ = connect_servers(**{"ml-prod": empty})
        (gap,) = read_activity(connection._session, "acme", WINDOW, ["ml-prod"]).gaps
    assert gap.reason == NO_PROJECT


@pytest.mark.parametrize("status", [404, pytest.param(405, marks=pytest.mark.slow)])
def test_a_server_without_statistics_is_read_run_by_run(connect_servers: Connect, status: int) -> None:
    runs = [run(number, user_id="u-1") for number in range(5)]
    for number, record in enumerate(runs):
        record["metadata"] = {"start_time": f"2026-11-{20 + number % 2}T10:00:00", "end_time": None}
    with WorkspaceServer({"runs": runs, "users": []}) as old:
        old.lacking = status
        connection, _ = connect_servers(**{"ml-prod": old})
        found = read_activity(connection._session, "acme", timedelta(days=400), ["ml-prod"])
    assert {(row.user_name, row.day.day): row.runs + row.scheduled for row in found.rows} == {
        ("u-1", 20): 3,
        ("u-1", 21): 2,
    }
