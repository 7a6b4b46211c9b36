"""Statistics of runs (API facts 12.1 and 12.2), compared with the list of runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.conftest import Api, Plane
from tests.sandbox.workspaces.conftest import Enter, rows

ROUTE = "/runs/statistics"
DURATION = {"name": "seconds", "source": "duration", "aggregation": "sum"}


@pytest.fixture(scope="module")
def api(look: Enter) -> Api:
    return look("ml-prod")


@pytest.fixture(scope="module")
def project(api: Api) -> str:
    return next(str(found["id"]) for found in rows(api, "/projects") if found["name"] == "churn")


@pytest.fixture(scope="module")
def runs(api: Api) -> list[dict[str, Any]]:
    return rows(api, "/runs", project="churn", hydrate=True)


def by(kind: str, **more: str) -> dict[str, str]:
    return {"name": kind, "type": kind, **more}


def statistics(api: Api, project: str, *groupings: dict[str, str], **body: Any) -> dict[str, Any]:
    filters = body.pop("filter", {})
    reply: dict[str, Any] = api(
        "POST", ROUTE, body={"filter": {"project": project, **filters}, "groupings": list(groupings), **body}
    )
    return reply


def counts(reply: dict[str, Any]) -> dict[tuple[Any, ...], int]:
    return {tuple(group["group_keys"].values()): group["run_count"] for group in reply["groups"]}


def seconds(run: dict[str, Any]) -> float | None:
    start, end = run["metadata"]["start_time"], run["metadata"]["end_time"]
    return None if end is None else (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def start(run: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(run["metadata"]["start_time"])


def test_groups_by_status_are_those_of_the_list(api: Api, project: str, runs: list[dict[str, Any]]) -> None:
    reply = statistics(api, project, by("status"), metrics=[DURATION])
    expected = Counter(run["body"]["status"] for run in runs)
    assert counts(reply) == {(status,): number for status, number in expected.items()}
    sums: defaultdict[str, list[float]] = defaultdict(list)
    for run in runs:
        sums[run["body"]["status"]] += [] if seconds(run) is None else [seconds(run) or 0.0]
    for group in reply["groups"]:
        values = sums[group["group_keys"]["status"]]
        assert group["metrics"]["seconds"] == (pytest.approx(sum(values)) if values else None)
    numbers = [group["run_count"] for group in reply["groups"]]
    assert (numbers, reply["truncated"]) == (sorted(numbers, reverse=True), False)


@pytest.mark.parametrize(
    ("unit", "bucket"),
    [
        ("hour", lambda time: f"{time:%Y-%m-%d %H}:00:00"),
        ("day", lambda time: f"{time:%Y-%m-%d}"),
        ("week", lambda time: f"{time - timedelta(days=time.weekday()):%Y-%m-%d}"),
        ("month", lambda time: f"{time:%Y-%m}-01"),
    ],
)
def test_buckets_of_time(
    api: Api, project: str, runs: list[dict[str, Any]], unit: str, bucket: Callable[[datetime], str]
) -> None:
    reply = statistics(api, project, by("time", granularity=unit))
    expected = Counter(bucket(start(run)) for run in runs)
    assert counts(reply) == {(name,): number for name, number in expected.items()}
    assert [group["group_keys"]["time"] for group in reply["groups"]] == sorted(expected)


def test_a_run_with_several_tags_counts_for_each(api: Api, project: str, runs: list[dict[str, Any]]) -> None:
    tags = Counter(tag["name"] for run in runs for tag in run["resources"]["tags"] or [{"name": None}])
    assert counts(statistics(api, project, by("tag"))) == {(tag,): number for tag, number in tags.items()}
    assert sum(tags.values()) > len(runs)
    assert counts(statistics(api, project)) == {(): len(runs)}


def test_truncation_keeps_the_newest_or_the_largest(api: Api, project: str) -> None:
    all_days = statistics(api, project, by("time", granularity="day"))
    newest = statistics(api, project, by("time", granularity="day"), max_groups=3)
    assert (newest["groups"], newest["truncated"]) == (all_days["groups"][-3:], True)
    all_pipelines = statistics(api, project, by("pipeline"))
    largest = statistics(api, project, by("pipeline"), max_groups=2)
    assert (largest["groups"], largest["truncated"]) == (all_pipelines["groups"][:2], True)
    assert statistics(api, project, by("pipeline"), max_groups=len(all_pipelines["groups"]))["truncated"] is False


def test_filters_are_those_of_the_list(api: Api, project: str) -> None:
    filters = {"status": 'oneof:["failed", "stopped"]', "tags": ["nightly"]}
    listed = rows(api, "/runs", project="churn", **filters)
    reply = statistics(api, project, by("status"), filter=filters)
    assert sum(counts(reply).values()) == len(listed) > 0
    assert counts(statistics(api, project, by("status"), filter={"status": "cached"})) == {}
    nothing = statistics(api, project, filter={"status": "cached"}, metrics=[DURATION])
    assert nothing["groups"] == [{"group_keys": {}, "metrics": {"seconds": None}, "run_count": 0}]


def test_runs_of_schedules_are_found_and_others_cannot_be(api: Api, project: str, runs: list[dict[str, Any]]) -> None:
    scheduled = [run for run in runs if run["resources"]["schedule"]]
    assert counts(statistics(api, project, filter={"schedule_id": "isnotnull:"})) == {(): len(scheduled)}
    # The server joins inner, so a run without a schedule matches no condition.
    assert counts(statistics(api, project, filter={"schedule_id": "isnull:"})) == {(): 0}


def test_only_readable_runs_count(plane: Plane, enter: Enter, session_of: Callable[..., str]) -> None:
    projects = {found["name"]: found["id"] for found in rows(enter(), "/projects")}
    where = {"workspace_id": plane.workspace("ml-prod"), "project_id": projects["churn"]}
    guest = enter("ml-prod", session_of("somebody@example.com", "Project Viewer", **where))
    assert counts(statistics(guest, projects["churn"]))[()] > 100
    assert counts(statistics(guest, projects["pricing"])) == {(): 0}


BAD = {"name": "x", "type": "status"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"groupings": [{"name": "x", "type": "team"}]},
        {"groupings": [{"type": "status"}]},
        {"groupings": [{"name": "", "type": "status"}]},
        {"groupings": [BAD, BAD]},
        {"groupings": [{"name": "x", "type": "time", "granularity": "year"}]},
        {"groupings": [by("time", granularity="day"), {"name": "y", "type": "time", "granularity": "week"}]},
        {"groupings": [{"name": "x", "type": "metadata"}]},
        {"metrics": [{**DURATION, "aggregation": "median"}]},
        {"metrics": [DURATION, DURATION]},
        {"metrics": [{**DURATION, "source": "metadata"}]},
        {"max_groups": 0},
        {"max_groups": 10_001},
        {"max_groups": 7.5},
    ],
    ids=str,
)
def test_invalid_requests_are_refused(api: Api, project: str, wrong: dict[str, Any]) -> None:
    assert api("POST", ROUTE, body={"filter": {"project": project}} | wrong, expect=422)


def test_filters_are_checked(api: Api, project: str) -> None:
    """An unknown filter is an error of the server, unlike in a list (0.98.0, observed)."""
    assert api("POST", ROUTE, body={"filter": {"project": project, "created": "gte:yesterday"}}, expect=422)
    assert api("POST", ROUTE, body={"filter": {"project": project, "colour": "red"}}, expect=500)


def test_a_project_is_required(api: Api) -> None:
    assert api("POST", ROUTE, body={"filter": {}}, expect=400)["detail"][0] == "ValueError"
    assert api("POST", ROUTE, body={}, expect=422)[0] == "ValueError"
    unknown = {"project": "00000000-0000-4000-8000-000000000000"}
    assert api("POST", ROUTE, body={"filter": unknown}, expect=404)["detail"][0] == "KeyError"
