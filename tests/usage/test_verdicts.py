"""Verdicts on access paths agree with an independent computation, on random organizations and runs."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest

from tests.access import random_inventories
from tests.access.random_inventories import World
from tests.usage import random_activity
from tests.usage.random_activity import ADMINS, Runs, permissions, runs_of
from zenpro_nb.access import Inventory, effective_access
from zenpro_nb.frames import convert
from zenpro_nb.usage.activity import Activity, ActivityGap, ActivityRow
from zenpro_nb.usage.unused import usage_of_paths

ORGANIZATIONS = int(os.environ.get("ZENPRO_ORGANIZATIONS", "8"))


def rows_of(runs: Runs) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = convert(
        usage_of_paths(runs.inventory, effective_access(runs.inventory), runs.activity), "records"
    )
    return rows


def test_every_verdict_agrees_with_an_independent_computation() -> None:
    counts: Counter[str] = Counter()
    for seed in range(ORGANIZATIONS):
        runs = runs_of(random_inventories.world(seed), seed)
        rows = rows_of(runs)
        found = {
            (
                row["user_id"],
                row["team_id"] or "",
                row["role_id"],
                (row["workspace_id"] or "", row["project_id"] or ""),
            ): row
            for row in rows
            if row["user_id"]
        }
        expected = random_activity.verdicts(runs)
        assert {key: row["verdict"] for key, row in found.items()} == expected
        counts.update(expected.values())
        for (account, _, _, place), row in found.items():
            own = [
                item
                for item in runs.activity.rows
                if item.external_user_id == account and random_activity.is_inside(item, place)
            ]
            if row["verdict"] != "unknown" or own:
                assert row["runs"] == sum(item.runs for item in own)
                assert row["scheduled_runs"] == sum(item.scheduled for item in own)
                last = row["last_run"] and row["last_run"].date()
                assert last == max((item.day for item in own), default=None)
        unused = [row for row in rows if row["verdict"] == "unused"]
        # Administrators, viewers and invitations are never unused.
        assert {row["role_id"] for row in unused} <= runs.starters - ADMINS
        assert all(row["user_id"] and row["reason"] == "started no run in this window" for row in unused)
    assert set(counts) == {"used", "unused", "unknown"}


def developer_in_two_projects(**lists: Any) -> Inventory:
    world = World(
        users={"u": {"id": "u", "email": "ada@x.example", "username": "ada", "name": "Ada L", "is_active": True}},
        roles={"dev": ("Project Developer", "project"), "view": ("Project Viewer", "project")},
        workspaces={"w": "ml-prod"},
        assignments={
            ("dev", "user_id", "u", "w", "p1"),
            ("dev", "user_id", "u", "w", "p2"),
            ("view", "user_id", "u", "w", "p1"),
        },
    )
    return world.inventory(**{"permissions": permissions({"dev"}, {"other"}), **lists})


def verdicts_of(
    inventory: Inventory, *rows: ActivityRow, gaps: tuple[ActivityGap, ...] = ()
) -> dict[tuple[str, str], str]:
    activity = Activity(rows, random_activity.SINCE, random_activity.UNTIL, gaps)
    found = convert(usage_of_paths(inventory, effective_access(inventory), activity), "records")
    return {(row["role_id"], row["project_id"]): row["verdict"] for row in found}


def test_a_run_uses_the_roles_in_its_project_only() -> None:
    run = ActivityRow("w", "p1", "u", "ada", random_activity.UNTIL.date(), 0, 1)
    expected = {("dev", "p1"): "used", ("dev", "p2"): "unused", ("view", "p1"): "unknown"}
    assert verdicts_of(developer_in_two_projects(), run) == expected


def test_a_gap_in_one_project_leaves_the_other_known() -> None:
    gap = ActivityGap("w", "p1", "p1: forbidden")
    expected = {("dev", "p1"): "unknown", ("dev", "p2"): "unused", ("view", "p1"): "unknown"}
    assert verdicts_of(developer_in_two_projects(), gaps=(gap,)) == expected


def test_runs_of_a_user_with_the_same_name_but_without_an_account_leave_the_verdict_open() -> None:
    run = ActivityRow("w", "p1", None, "ADA@x.example", random_activity.UNTIL.date(), 1)
    found = verdicts_of(developer_in_two_projects(), run)
    assert (found["dev", "p1"], found["dev", "p2"]) == ("unknown", "unused")
    stranger = ActivityRow("w", "p1", None, "ci", random_activity.UNTIL.date(), 1)
    assert verdicts_of(developer_in_two_projects(), stranger)["dev", "p1"] == "unused"


@pytest.mark.parametrize("known", [[], [{"action": "create", "resource": "pipeline_run", "known": False}]])
def test_nothing_is_unused_if_the_server_does_not_return_which_roles_start_runs(known: list[dict[str, Any]]) -> None:
    found = verdicts_of(developer_in_two_projects(permissions=known))
    assert set(found.values()) == {"unknown"}


def test_a_custom_role_is_never_unused_if_it_is_unknown_whether_it_administers() -> None:
    unsure = [{**row, "known": row["resource"] != "project"} for row in permissions({"dev"}, {"other"})]
    roles = [{"id": "dev", "name": "Trainer", "level": "project", "system_managed": False}]
    assert verdicts_of(developer_in_two_projects(permissions=unsure))["dev", "p1"] == "unused"
    assert verdicts_of(developer_in_two_projects(permissions=unsure, roles=roles))["dev", "p1"] == "unknown"


def test_a_role_in_a_workspace_that_is_not_listed_is_unknown() -> None:
    assert set(verdicts_of(developer_in_two_projects(workspaces=[])).values()) == {"unknown"}


def test_a_custom_organization_role_is_unknown_because_its_reach_is_not_documented() -> None:
    world = World(
        users={"u": {"id": "u", "email": "ada@x.example", "username": "ada", "is_active": True}},
        roles={"mine": ("Runner", "organization")},
        workspaces={"w": "ml-prod"},
        assignments={("mine", "user_id", "u", "", "")},
    )
    run = ActivityRow("w", "p1", "u", "ada", random_activity.UNTIL.date(), 1)
    found = world.inventory(permissions=permissions({"mine"}, {"other"}))
    assert verdicts_of(found, run) == {("mine", None): "unknown"}
