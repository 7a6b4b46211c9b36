"""The sample data of workspaces are realistic, reproducible, and continue with the clock."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import Api, Plane, Start
from tests.sandbox.workspaces.conftest import Enter, address, log_in, rows

HEALTHY = ("ml-prod", "ml-staging", "ml-dev", "recommender", "fraud-detection", "forecasting")
WORKING_HOURS = range(8, 17)


def all_runs(look: Enter, workspace: str, **filters: Any) -> list[dict[str, Any]]:
    api = look(workspace)
    return [run for project in rows(api, "/projects") for run in rows(api, "/runs", project=project["id"], **filters)]


def hour(run: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(run["body"]["created"])


def test_seven_workspaces_have_a_few_thousand_runs_of_thirty_days(look: Enter) -> None:
    found = {workspace: all_runs(look, workspace) for workspace in HEALTHY}
    assert all(len(runs) > 100 for runs in found.values())
    runs = [run for some in found.values() for run in some]
    # The unreliable workspace at least reports how many it has.
    edge = sum(
        look("edge-onprem")("GET", "/runs", size=1, project=name)["total"] for name in ("quality", "maintenance")
    )
    assert edge > 100
    assert 2_000 < len(runs) + edge < 5_000
    days = {hour(run).date() for run in runs}
    assert len(days) == 31
    states = Counter(run["body"]["status"] for run in runs)
    assert states["completed"] / len(runs) > 0.8
    assert 0.03 < states["failed"] / len(runs) < 0.15
    assert {"stopped", "running", "paused"} <= set(states)
    assert len({run["body"]["project_id"] for run in runs}) == 12


def test_people_work_on_weekdays_in_office_hours(look: Enter) -> None:
    runs = all_runs(look, "ml-dev")
    assert {hour(run).weekday() for run in runs} == {0, 1, 2, 3, 4}
    assert {hour(run).hour for run in runs} <= set(WORKING_HOURS)
    nightly = all_runs(look, "ml-prod", pipeline="churn_training")
    assert {hour(run).weekday() for run in nightly} == set(range(7))


def test_the_warehouse_outage_fails_one_night(look: Enter) -> None:
    runs = all_runs(look, "ml-prod")
    by_day = Counter(hour(run).date() for run in runs if run["body"]["status"] == "failed")
    (worst, most), (_, second) = by_day.most_common(2)
    assert most > 2 * second
    api = look("ml-prod")
    steps = rows(api, "/steps", project="churn", status="failed", created=f"gte:{worst} 00:00:00", hydrate=True)
    that_night = [step for step in steps if step["body"]["created"].startswith(str(worst))]
    assert {step["metadata"]["exception_info"]["message"] for step in that_night} == {
        "the warehouse did not answer within 30 s"
    }


def test_failures_have_causes_and_logs(look: Enter) -> None:
    api = look("recommender")
    steps = rows(api, "/steps", project="homepage", status="failed", hydrate=True)
    causes = {step["metadata"]["exception_info"]["message"] for step in steps}
    assert len(causes) > 4
    step = steps[-1]
    (place,) = step["resources"]["log_collection"]
    entries = api("GET", f"/steps/{step['id']}/logs", logs_id=place["id"])
    assert entries == api("GET", f"/steps/{step['id']}/logs", logs_id=place["id"])
    assert step["metadata"]["exception_info"]["message"] in entries[-1]["message"]
    times = [entry["timestamp"] for entry in entries]
    assert times == sorted(times)
    assert entries[-1]["level"] == 40
    run = api("GET", f"/runs/{step['metadata']['pipeline_run_id']}")
    # Only runs of dynamic pipelines show their exception (0.98.0, observed).
    dynamic = run["resources"]["snapshot"]["body"]["is_dynamic"]
    assert (run["metadata"]["exception_info"] is not None) == dynamic
    logs_of_run = api("GET", f"/runs/{run['id']}/logs", source="orchestrator")
    assert f"failure in step(s): {step['name']}" in logs_of_run[-1]["message"]


def test_one_training_becomes_slow(look: Enter) -> None:
    runs = [
        run
        for run in rows(look("recommender"), "/runs", project="homepage", pipeline="ranking_training", hydrate=True)
        if run["body"]["status"] == "completed"
    ]
    took = [
        datetime.fromisoformat(run["metadata"]["end_time"]) - datetime.fromisoformat(run["metadata"]["start_time"])
        for run in runs
    ]
    assert min(took[-4:]) > 1.5 * max(took[:15])


def test_one_run_is_stuck_and_one_waits(look: Enter) -> None:
    (stuck,) = rows(look("forecasting"), "/runs", project="capacity", status="running", hydrate=True)
    assert (stuck["metadata"]["end_time"], stuck["body"]["created"][:10]) == (None, "2026-02-28")
    recommender = look("recommender")
    (waiting,) = rows(recommender, "/runs", project="newsletter", status="paused")
    (condition,) = rows(recommender, "/run_wait_conditions", project="newsletter", hydrate=True)
    assert condition["resources"]["run"]["id"] == waiting["id"]
    assert waiting["resources"]["active_wait_condition"]["id"] == condition["id"]
    assert "Promote it?" in condition["metadata"]["question"]


def test_models_have_stages(look: Enter) -> None:
    api = look("ml-prod")
    versions = rows(api, "/model_versions", project="churn")
    assert [version["body"]["number"] for version in versions] == list(range(1, len(versions) + 1))
    stages = Counter(version["body"]["stage"] for version in versions)
    assert stages["production"] == 1
    assert stages["archived"] > 3
    assert stages["staging"] > 3
    (model,) = rows(api, "/models", project="churn")
    assert model["resources"]["latest_version_name"] == str(len(versions))
    artifacts = rows(api, "/artifacts", project="churn")
    made = rows(api, "/artifact_versions", project="churn", artifact=artifacts[0]["name"])
    numbers = [int(version["body"]["version"]) for version in made]
    assert numbers == list(range(1, len(made) + 1))


def test_the_graph_of_a_run(look: Enter) -> None:
    api = look("ml-prod")
    run = rows(api, "/runs", project="churn", pipeline="churn_training", status="completed", size=1)[0]
    dag = api("GET", f"/runs/{run['id']}/dag")
    nodes = {node["node_id"]: node for node in dag["nodes"]}
    assert dag["status"] == "completed"
    assert {edge[end] for edge in dag["edges"] for end in ("source", "target")} <= set(nodes)
    assert nodes["step/train_model"]["metadata"]["status"] == "completed"
    made = nodes["train_model/outputs/step_output/churn_model"]
    assert (made["type"], made["metadata"]["type"]) == ("artifact", "ModelArtifact")
    failed = rows(api, "/runs", project="churn", pipeline="churn_training", status="failed", size=1)[0]
    steps = [node for node in api("GET", f"/runs/{failed['id']}/dag")["nodes"] if node["type"] == "step"]
    assert steps[-1]["id"] is None
    assert steps[-1]["metadata"] == {}


def test_schedules_continue(plane: Plane, enter: Enter) -> None:
    api = enter("ml-prod")
    before = api("GET", "/runs", project="churn", pipeline="ingest_customers")["total"]
    trigger = rows(api, "/triggers", project="churn")[0]
    assert trigger["body"]["next_occurrence"] == "2026-03-03T06:30:00"
    plane.clock.advance(hours=48)
    api = enter("ml-prod")
    assert api("GET", "/runs", project="churn", pipeline="ingest_customers")["total"] == before + 8
    assert api("GET", f"/triggers/{trigger['id']}")["body"]["next_occurrence"] == "2026-03-05T06:30:00"


def test_the_same_seed_creates_the_same_workspaces(start: Start, tmp_path_factory: pytest.TempPathFactory) -> None:
    def read(plane: Plane) -> Any:
        token = log_in(plane, "forecasting", password=plane.running.key).json()["access_token"]
        api = Api(f"{address(plane, 'forecasting')}/api/v1", token)
        found = rows(api, "/runs", project="demand", hydrate=True)
        api.close()
        return found

    item = read(start(tmp_path_factory.mktemp("one")))
    again = start(tmp_path_factory.mktemp("two"))
    # In any order and at any time of access: missed scheduled runs are generated.
    httpx.get(f"{address(again, 'ml-prod')}/api/v1/info", timeout=60)
    assert read(again) == item


def test_a_new_workspace_has_one_empty_project(plane: Plane, enter: Enter) -> None:
    organization = plane.organization()
    plane.admin("POST", "/workspaces", body={"name": "brand-new", "organization_id": organization})
    plane.clock.advance(minutes=10)
    api = enter("brand-new")
    assert [project["name"] for project in rows(api, "/projects")] == ["default"]
    assert api("GET", "/runs", project="default")["total"] == 0
    assert {stack["name"] for stack in rows(api, "/stacks")} >= {"default"}
    assert api("GET", "/statistics")["projects"] == 1


def test_roles_are_assigned_in_existing_projects(standing: Plane, look: Enter) -> None:
    workspace = standing.workspace("ml-prod")
    path = f"/roles/{standing.role('Project Viewer')}/assignments"
    held = {item["project_id"] for item in standing.admin("GET", path, workspace_id=workspace)}
    assert held <= {project["id"] for project in rows(look(), "/projects")}


def test_the_control_plane_reports_correct_usage_counts(standing: Plane, look: Enter) -> None:
    shown = standing.admin("GET", "/workspaces/ml-staging")["usage_counts"]
    api = look("ml-staging")
    names = [project["name"] for project in rows(api, "/projects")]
    pipelines = sum(api("GET", "/pipelines", project=name)["total"] for name in names)
    assert shown == {"projects": len(names), "pipelines": pipelines}


def test_one_workspace_has_an_unreliable_connection(look: Enter) -> None:
    api = look("edge-onprem")
    assert len(rows(api, "/runs", project="quality", size=40)) == 40
    detail = api("GET", "/runs", expect=500, project="quality", size=1000)["detail"]
    assert "Lost connection" in detail[1]
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        api.send("GET", "/steps", params={"project": "quality", "size": 1000})
    # Short responses still arrive.
    assert api("GET", "/statistics")["stacks"] == 3
