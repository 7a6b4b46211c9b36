"""The lists of a workspace: pages, order, filters, projects (API facts 6.3 and 9.3)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.sandbox.conftest import Api, Start
from tests.sandbox.workspaces.conftest import Enter, address, log_in, rows

CHURN = {"project": "churn"}


@pytest.fixture(scope="module")
def api(look: Enter) -> Api:
    return look("ml-prod")


def test_an_item_has_the_layout_of_zenml(api: Api) -> None:
    (run,) = rows(api, "/runs", size=1, **CHURN)
    assert set(run) == {"id", "name", "permission_denied", "body", "metadata", "resources"}
    assert (run["metadata"], run["permission_denied"]) == (None, False)
    # Times have no zone (API facts 9.3).
    assert re.fullmatch(r"2026-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?", run["body"]["created"])
    pipeline = run["resources"]["pipeline"]
    assert (pipeline["metadata"], pipeline["resources"]) == (None, None)
    assert pipeline["id"] == run["body"]["pipeline_id"]
    (full,) = rows(api, "/runs", size=1, hydrate=True, **CHURN)
    assert full["metadata"]["start_time"] == run["body"]["created"]
    item = api("GET", f"/runs/{run['id']}")
    assert item == full
    assert api("GET", f"/runs/{run['id']}", hydrate=False) == run


def test_pages(api: Api) -> None:
    first = api("GET", "/runs", **CHURN)
    assert (first["index"], first["max_size"], len(first["items"])) == (1, 20, 20)
    assert first["total_pages"] == -(-first["total"] // 20)
    seen = [
        run["id"]
        for page in range(1, first["total_pages"] + 1)
        for run in api("GET", "/runs", page=page, **CHURN)["items"]
    ]
    assert len(set(seen)) == len(seen) == first["total"]
    past = api("GET", "/runs", expect=400, page=first["total_pages"] + 1, **CHURN)["detail"]
    assert past[0] == "ValueError"
    assert past[1].startswith(f"Invalid page {first['total_pages'] + 1}.")
    nothing = api("GET", "/runs", status="no-such-state", **CHURN)
    assert (nothing["total"], nothing["total_pages"], nothing["items"]) == (0, 1, [])


def test_a_server_can_return_smaller_pages_than_requested(start: Start) -> None:
    plane = start(page_cap=7)
    token = log_in(plane, "ml-prod", password=plane.running.key).json()["access_token"]
    api = Api(f"{address(plane, 'ml-prod')}/api/v1", token)
    page = api("GET", "/runs", size=1000, **CHURN)
    assert (page["max_size"], len(page["items"])) == (7, 7)
    api.close()


def test_order(api: Api) -> None:
    created = [run["body"]["created"] for run in rows(api, "/runs", **CHURN)]
    assert created == sorted(created)
    newest = [run["body"]["created"] for run in rows(api, "/runs", sort_by="desc:created", **CHURN)]
    assert newest == created[::-1]
    names = [run["resources"]["pipeline"]["name"] for run in rows(api, "/runs", sort_by="pipeline_name", **CHURN)]
    assert len(names) == len(created)
    assert names == sorted(names)
    indexes = [run["body"]["index"] for run in rows(api, "/runs", sort_by="desc:index", **CHURN)]
    assert indexes == sorted(indexes, reverse=True)


def test_project_items_are_listed_by_project(api: Api) -> None:
    assert api("GET", "/runs", expect=400)["detail"] == ["ValueError", "Project scope missing from the filter"]
    assert api("GET", "/runs", expect=404, project="nothing")["detail"][0] == "KeyError"
    names = {project["name"]: project["id"] for project in rows(api, "/projects")}
    by_name, by_id = (api("GET", "/runs", project=item, size=1)["total"] for item in ("pricing", names["pricing"]))
    assert by_name == by_id
    other = {run["id"] for run in rows(api, "/runs", **CHURN)}
    assert not other & {run["id"] for run in rows(api, "/runs", project="pricing")}
    # Items shared by all projects are not.
    assert api("GET", "/stacks")["total"] == 3


def test_an_unknown_filter_is_ignored(api: Api) -> None:
    assert api("GET", "/runs", colour="red", **CHURN)["total"] == api("GET", "/runs", **CHURN)["total"]


def is_failed(run: dict[str, Any]) -> bool:
    return bool(run["body"]["status"] == "failed")


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        ({"status": "failed"}, is_failed),
        ({"status": "equals:failed"}, is_failed),
        ({"status": 'oneof:["failed", "stopped"]'}, lambda run: run["body"]["status"] in ("failed", "stopped")),
        ({"status": 'notoneof:["failed"]'}, lambda run: not is_failed(run)),
        ({"status": "notequals:failed"}, lambda run: not is_failed(run)),
        ({"name": "startswith:CHURN_training"}, lambda run: run["name"].startswith("churn_training")),
        ({"name": "contains:drift"}, lambda run: "drift" in run["name"]),
        ({"name": "notcontains:drift"}, lambda run: "drift" not in run["name"]),
        ({"name": "endswith:1"}, lambda run: run["name"].endswith("1")),
        ({"pipeline": "churn_training"}, lambda run: run["resources"]["pipeline"]["name"] == "churn_training"),
        ({"stack": "aws-gpu"}, lambda run: run["resources"]["stack"]["name"] == "aws-gpu"),
        ({"stack_component": "sagemaker-gpu"}, lambda run: run["resources"]["stack"]["name"] == "aws-gpu"),
        ({"model": "churn"}, lambda run: run["resources"]["model_version"] is not None),
        ({"tags": "experiment"}, lambda run: "experiment" in {tag["name"] for tag in run["resources"]["tags"]}),
        ({"tags": ["nightly", "gpu"]}, lambda run: len(run["resources"]["tags"]) == 2),
        ({"index": "gte:25"}, lambda run: run["body"]["index"] >= 25),
        ({"created": "gte:2026-02-20 00:00:00"}, lambda run: run["body"]["created"] >= "2026-02-20"),
        ({"created": "in:2026-02-20 00:00:00,2026-02-21 00:00:00"}, lambda run: "02-20T" in run["body"]["created"]),
        ({"created": ["gte:2026-02-20 00:00:00", "lt:2026-02-21 00:00:00"]},
         lambda run: "02-20T" in run["body"]["created"]),
        ({"end_time": "isnull:"}, lambda run: run["body"]["in_progress"]),
        ({"end_time": "isnotnull:"}, lambda run: not run["body"]["in_progress"]),
        ({"in_progress": "false"}, lambda run: not run["body"]["in_progress"]),
        ({"schedule_id": "isnull:"}, lambda run: False),  # the server joins inner (API facts 12.2)
        ({"templatable": "no"}, lambda run: run["resources"]["build"] is None),
        ({"root_runs_only": "true"}, lambda run: True),
        ({"root_runs_only": "false"}, lambda run: True),
        ({"parent_run_id": "isnull:"}, lambda run: True),
        ({"id": "isnull:"}, lambda run: False),
        ({"status": "failed", "pipeline": "churn_training", "logical_operator": "or"},
         lambda run: is_failed(run) or run["resources"]["pipeline"]["name"] == "churn_training"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_filters_of_runs(api: Api, filters: dict[str, Any], fits: Any) -> None:
    every = rows(api, "/runs", **CHURN)
    expected = {run["id"] for run in every if fits(run)}
    assert {run["id"] for run in rows(api, "/runs", **CHURN, **filters)} == expected
    assert len(every) > len(expected) or fits(every[0])


def test_a_user_by_name_or_by_id(api: Api) -> None:
    runs = rows(api, "/runs", **CHURN)
    user = runs[-1]["resources"]["user"]
    expected = {run["id"] for run in runs if run["body"]["user_id"] == user["id"]}
    for word in (user["name"], user["id"]):
        assert {run["id"] for run in rows(api, "/runs", user=word, **CHURN)} == expected


def test_other_lists_have_their_own_filters(api: Api) -> None:
    (run,) = rows(api, "/runs", size=1, pipeline="churn_training", **CHURN)
    steps = rows(api, "/steps", pipeline_run_id=run["id"], **CHURN)
    assert [step["name"] for step in steps][:1] == ["load_training_data"]
    assert steps == rows(api, f"/runs/{run['id']}/steps")
    measured = rows(api, "/steps", run_metadata="accuracy:gt:0.5", hydrate=True, size=5, **CHURN)
    assert all(step["metadata"]["run_metadata"]["accuracy"] > 0.5 for step in measured)
    assert measured
    assert rows(api, "/steps", run_metadata="accuracy:gt:5", **CHURN) == []
    staged = rows(api, "/model_versions", stage="production", **CHURN)
    assert [version["body"]["stage"] for version in staged] == ["production"]
    made = rows(api, "/artifact_versions", type="ModelArtifact", size=5, **CHURN)
    assert {version["body"]["type"] for version in made} == {"ModelArtifact"}
    (version,) = rows(api, "/model_versions", number=3, **CHURN)
    by_version = rows(api, "/artifact_versions", model_version_id=version["id"], **CHURN)
    assert {item["resources"]["producer_pipeline_run_id"] for item in by_version} == {
        row["id"] for row in rows(api, "/runs", model_version_id=version["id"], **CHURN)
    }
    (trigger,) = rows(api, "/triggers", **CHURN)
    (started,) = rows(api, "/pipeline_snapshots", trigger_id=trigger["id"], **CHURN)
    assert rows(api, "/triggers", pipeline_id=started["body"]["pipeline_id"], **CHURN) == [trigger]
    named = rows(api, "/pipeline_snapshots", named_only=True, **CHURN)
    assert 0 < len(named) < len(rows(api, "/pipeline_snapshots", **CHURN))
    assert {flavor["body"]["type"] for flavor in rows(api, "/flavors", type="orchestrator")} == {"orchestrator"}
    stacks = rows(api, "/stacks", component="sagemaker-gpu")
    assert [stack["name"] for stack in stacks] == ["aws-gpu"]
    components = rows(api, "/components", stack_id=stacks[0]["id"])
    assert {"sagemaker-gpu", "ml-artifacts"} <= {component["name"] for component in components}
    assert api("GET", "/devices")["total"] == 0
