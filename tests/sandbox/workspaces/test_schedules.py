"""Changing and deleting schedules and triggers in a workspace of the sandbox (API facts 12.5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Api, Plane
from tests.sandbox.workspaces.conftest import Enter, rows

CHURN = {"project": "churn"}


def schedule_of(api: Api) -> Any:
    return rows(api, "/schedules", name="churn_batch_scoring_schedule", **CHURN)[0]


def trigger_of(api: Api) -> Any:
    return rows(api, "/triggers", name="churn_drift_report_daily", **CHURN)[0]


def whole(trigger: Any, **changes: Any) -> dict[str, Any]:
    maintained = {"created", "updated", "user_id", "project_id", "is_archived", "next_occurrence"}
    return {name: value for name, value in trigger["body"].items() if name not in maintained} | changes


@pytest.mark.parametrize("kind", ["schedules", "triggers"])
def test_a_paused_one_starts_no_run(plane: Plane, enter: Enter, kind: str) -> None:
    api = enter()
    found = schedule_of(api) if kind == "schedules" else trigger_of(api)
    pipeline = "churn_batch_scoring" if kind == "schedules" else "churn_drift_report"

    def runs() -> int:
        return int(enter()("GET", "/runs", pipeline=pipeline, **CHURN)["total"])

    def switch(active: bool) -> Any:
        body = {"active": active} if kind == "schedules" else whole(found, active=active)
        return enter()("PUT", f"/{kind}/{found['id']}", body=body)

    before = runs()
    paused = switch(False)
    assert paused["body"]["active"] is False
    assert paused["body"].get("next_occurrence") is None
    plane.clock.advance(days=2)
    assert runs() == before
    switch(True)
    plane.clock.advance(days=2)
    assert runs() > before


def test_a_schedule_changes_only_the_given_fields(enter: Enter) -> None:
    api = enter()
    schedule = schedule_of(api)
    path = f"/schedules/{schedule['id']}"
    changed = api("PUT", path, body={"name": "other", "cron_expression": "0 3 * * *"})
    assert (changed["name"], changed["body"]["cron_expression"], changed["body"]["active"]) == (
        "other",
        "0 3 * * *",
        True,
    )
    assert api("PUT", path, body={"cron_expression": ""})["body"]["cron_expression"] == "0 3 * * *"
    other = next(row for row in rows(api, "/schedules", **CHURN) if row["id"] != schedule["id"])
    detail = api("PUT", path, expect=409, body={"name": other["name"]})["detail"]
    assert detail[0] == "EntityExistsError"
    assert "in the 'churn' project" in detail[1]
    assert api("PUT", path, expect=422, body={"active": "no"})[0] == "ValueError"


def test_a_schedule_is_archived_or_deleted(enter: Enter) -> None:
    api = enter()
    schedule = schedule_of(api)
    path = f"/schedules/{schedule['id']}"
    assert api("DELETE", path, expect=422)[0] == "ValueError"  # the query must say which
    api("DELETE", path, soft=True)
    archived = api("GET", path)
    assert (archived["body"]["is_archived"], archived["body"]["active"]) == (True, False)
    assert archived["name"].startswith(f"{schedule['name']}_")
    assert api("PUT", path, expect=403, body={"active": True})["detail"][1] == "Archived schedules can not be updated."
    api("DELETE", path, soft=False)
    assert api("GET", path, expect=404)["detail"][0] == "KeyError"
    assert {
        row["resources"]["schedule"]
        for row in rows(api, "/pipeline_snapshots", pipeline="churn_batch_scoring", **CHURN)
    } == {None}


def test_an_update_replaces_the_whole_trigger(enter: Enter) -> None:
    api = enter()
    trigger = trigger_of(api)
    path = f"/triggers/{trigger['id']}"
    once = whole(trigger, cron_expression=None, interval=3600, start_time="2026-12-01T00:00:00+02:00", max_runs=3)
    changed = api("PUT", path, body=once)["body"]
    assert (changed["interval"], changed["max_runs"], changed["cron_expression"]) == (3600, 3, None)
    assert changed["start_time"] == "2026-11-30T22:00:00"
    least = {"type": "schedule", "name": trigger["body"]["name"], "cron_expression": "0 4 * * *"}
    assert api("PUT", path, body=least)["body"]["max_runs"] is None


INVALID: tuple[tuple[dict[str, Any], int], ...] = (
    ({"type": "webhook"}, 403),
    ({"type": "other"}, 422),
    ({"cron_expression": None}, 422),
    ({"interval": 60}, 422),
    ({"interval": 5, "cron_expression": None}, 422),
    ({"concurrency": "both"}, 422),
    ({"end_time": "soon"}, 422),
)


def test_an_invalid_trigger_is_refused(enter: Enter) -> None:
    api = enter()
    trigger = trigger_of(api)
    for changes, status in INVALID:
        api("PUT", f"/triggers/{trigger['id']}", expect=status, body=whole(trigger, **changes))
    assert trigger_of(api) == trigger


def test_a_trigger_is_archived_or_deleted(enter: Enter) -> None:
    api = enter()
    trigger = trigger_of(api)
    path = f"/triggers/{trigger['id']}"
    api("DELETE", path)
    archived = api("GET", path)
    assert (archived["body"]["is_archived"], archived["resources"]["snapshots"]) == (True, [])
    assert rows(api, "/triggers", name="churn_drift_report_daily", **CHURN) == []
    assert api("PUT", path, expect=403, body=whole(archived))["detail"][1] == "Archived triggers can not be updated."
    assert api("DELETE", path, expect=403)["detail"][1] == f"Trigger {trigger['id']} is already archived."
    api("DELETE", path, soft=False)
    assert api("GET", path, expect=404)["detail"][0] == "KeyError"
