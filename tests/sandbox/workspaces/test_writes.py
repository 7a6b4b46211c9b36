"""Changes inside a workspace, and the changes that ZenML Pro refuses there (API facts 9.2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Api, Plane
from tests.sandbox.workspaces.conftest import Enter, rows

CHURN = {"project": "churn"}


@pytest.fixture
def api(enter: Enter) -> Api:
    """The administrator in ml-prod, for the hour of a token."""
    return enter("ml-prod")


def start(api: Api, pipeline: str = "churn_training") -> Any:
    (snapshot,) = rows(api, "/pipeline_snapshots", name="production", pipeline=pipeline, **CHURN)
    return api("POST", f"/pipeline_snapshots/{snapshot['id']}/runs", body={"run_configuration": None})


def test_a_run_follows_the_clock(plane: Plane, api: Api, enter: Enter) -> None:
    before = api("GET", "/runs", pipeline="churn_training", **CHURN)["total"]
    run = start(api)
    path = f"/runs/{run['id']}"
    assert (run["body"]["status"], run["body"]["index"]) == ("initializing", before + 1)
    plane.clock.advance(seconds=30)
    assert api("GET", f"{path}/status") == "running"
    assert [step["body"]["status"] for step in rows(api, f"{path}/steps")] == ["running"]
    plane.clock.advance(hours=5)
    api = enter("ml-prod")
    done = api("GET", path)
    assert done["body"]["status"] in ("completed", "failed")
    assert done["metadata"]["end_time"] > done["metadata"]["start_time"]
    pipeline = api("GET", f"/pipelines/{run['body']['pipeline_id']}")
    assert pipeline["resources"]["latest_run_id"] == run["id"]


def test_stopping(plane: Plane, api: Api, enter: Enter) -> None:
    run = start(api)
    path = f"/runs/{run['id']}"
    made = api("GET", "/artifact_versions", **CHURN)["total"]
    plane.clock.advance(minutes=1)
    assert api("POST", f"{path}/stop", graceful=True) is None
    assert api("GET", f"{path}/status") == "stopping"
    assert api("POST", f"{path}/stop", expect=403)["detail"][1] == "Run is already being stopped."
    plane.clock.advance(hours=5)
    api = enter("ml-prod")
    stopped = api("GET", path)
    assert (stopped["body"]["status"], stopped["body"]["status_reason"]) == ("stopped", "Manual stop requested.")
    assert [step["body"]["status"] for step in rows(api, f"{path}/steps")] == ["stopped"]
    # Scheduled runs of other pipelines have continued, but this run created nothing.
    assert rows(api, "/artifact_versions", pipeline_run=run["id"], **CHURN) == []
    assert api("GET", "/artifact_versions", **CHURN)["total"] >= made
    finished = rows(api, "/runs", status="completed", size=1, **CHURN)[0]
    detail = api("POST", f"/runs/{finished['id']}/stop", expect=403)["detail"][1]
    assert detail == "Cannot stop a run that is already completed."


def test_deleting(api: Api) -> None:
    run = rows(api, "/runs", status="failed", tags="nightly", size=1, **CHURN)[0]
    total = api("GET", "/runs", **CHURN)["total"]
    (tag,) = rows(api, "/tags", name=run["resources"]["tags"][0]["name"], hydrate=True)
    assert api("DELETE", f"/runs/{run['id']}") is None
    assert api("GET", f"/runs/{run['id']}", expect=404)["detail"][0] == "KeyError"
    assert rows(api, "/steps", pipeline_run_id=run["id"], **CHURN) == []
    assert api("GET", "/runs", **CHURN)["total"] == total - 1
    (fewer,) = rows(api, "/tags", name=tag["name"], hydrate=True)
    assert fewer["metadata"]["tagged_count"] == tag["metadata"]["tagged_count"] - 1


def test_a_template_is_run_like_a_snapshot(api: Api) -> None:
    (template,) = rows(api, "/run_templates", **CHURN)
    run = api("POST", f"/run_templates/{template['id']}/runs", body={})
    assert run["resources"]["pipeline"]["id"] == template["resources"]["pipeline"]["id"]
    # The run uses a copy of the snapshot, which refers to its source.
    source = template["resources"]["source_snapshot"]["id"]
    assert run["resources"]["snapshot"]["id"] != source == run["resources"]["source_snapshot"]["id"]
    for filters in ({"template_id": template["id"]}, {"source_snapshot_id": source}):
        assert [found["id"] for found in rows(api, "/runs", **CHURN, **filters)] == [run["id"]]


def test_the_server_cannot_run_a_snapshot_without_an_image(api: Api) -> None:
    local = rows(api, "/pipeline_snapshots", runnable=False, size=1, **CHURN)[0]
    detail = api("POST", f"/pipeline_snapshots/{local['id']}/runs", expect=400, body={})["detail"]
    assert detail[0] == "ValueError"


def test_accounts_and_keys_belong_to_the_control_plane(enter: Enter) -> None:
    api = enter("ml-staging")
    accounts = {row["name"]: row for row in rows(api, "/service_accounts", hydrate=True)}
    old, new = accounts["legacy-ci"], accounts["etl-bot"]
    assert (old["metadata"]["external_user_id"], new["metadata"]["external_user_id"] is None) == (None, False)
    keys = f"/service_accounts/{old['id']}/api_keys"
    for method, path, body in (
        ("POST", "/service_accounts", {"name": "mine", "active": True}),
        ("POST", keys, {"name": "mine"}),
        ("PUT", f"{keys}/jenkins/rotate", {"retain_period_minutes": 0}),
        ("PUT", f"{keys}/jenkins", {"name": "other"}),
        ("PUT", f"/service_accounts/{old['id']}", {"description": "other", "active": True}),
    ):
        detail = api(method, path, expect=403, body=body)["detail"]
        assert detail[0] == "IllegalOperationError"
        assert "organization service accounts" in detail[1]
    for method, body in (("PUT", {"active": False}), ("DELETE", None)):
        detail = api(method, f"/service_accounts/{new['id']}", expect=403, body=body)["detail"][1]
        assert detail.startswith("Service accounts created via external authentication cannot be")


def test_old_accounts_and_keys_can_be_deactivated_and_deleted(enter: Enter) -> None:
    api = enter("ml-staging")
    (old,) = rows(api, "/service_accounts", name="legacy-ci")
    keys = f"/service_accounts/{old['id']}/api_keys"
    assert [key["name"] for key in rows(api, keys, name="jenkins")] == ["jenkins"]
    assert api("PUT", f"{keys}/jenkins", body={"active": False})["body"]["active"] is False
    assert api("GET", f"{keys}/jenkins")["body"] | {"key": None} == api("GET", f"{keys}/jenkins")["body"]
    assert api("DELETE", f"{keys}/old") is None
    api("GET", f"{keys}/old", expect=404)
    assert api("PUT", "/service_accounts/legacy-ci", body={"active": False})["body"]["active"] is False
    assert rows(api, "/service_accounts", active=False)[0]["name"] == "legacy-ci"
    assert api("DELETE", f"/service_accounts/{old['id']}") is None
    assert rows(api, "/service_accounts", name="legacy-ci") == []
    api("GET", keys, expect=404)


def test_a_plan_can_disallow_runs_from_the_server(plane: Plane, enter: Enter) -> None:
    organization = plane.organization("acme-labs")
    labs = enter("labs-sandbox")
    assert plane.admin("GET", f"/organizations/{organization}/entitlement/template_run", expect=402)
    snapshot = rows(labs, "/pipeline_snapshots", project="default", size=1)[0]
    labs("POST", f"/pipeline_snapshots/{snapshot['id']}/runs", expect=402, body={})


@pytest.mark.parametrize(("body", "status"), [(b"[1]", 422), (b"{", 422)])
def test_an_invalid_body_is_refused(enter: Enter, body: bytes, status: int) -> None:
    api = enter("ml-staging")
    reply = api.send("PUT", "/service_accounts/legacy-ci", content=body)
    assert (reply.status_code, reply.json()[0]) == (status, "ValueError")
