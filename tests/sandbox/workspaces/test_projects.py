"""Creating, changing and deleting projects in a workspace of the sandbox (API facts 12.6)."""

from __future__ import annotations

from typing import Any

from tests.sandbox.conftest import Api, Plane
from tests.sandbox.workspaces.conftest import Enter, rows


def names(api: Api) -> list[str]:
    return [project["name"] for project in rows(api, "/projects")]


def test_a_project_has_the_fields_of_the_request(plane: Plane, enter: Enter) -> None:
    api = enter()
    plain = api("POST", "/projects", body={"name": "returns"})
    assert (plain["name"], plain["body"]["display_name"], plain["metadata"]["description"]) == (
        "returns",
        "returns",
        "",
    )
    path = f"/projects/{plain['id']}"
    plane.clock.advance(minutes=1)
    changed = api("PUT", path, body={"name": "sent-back", "description": "x", "project_metadata": {"team": "ml"}})
    assert changed["metadata"] == {"description": "x", "project_metadata": {"team": "ml"}}
    assert changed["body"]["display_name"] == "returns"
    assert changed["body"]["updated"] > changed["body"]["created"]
    assert api("GET", "/projects/sent-back")["id"] == plain["id"]
    assert api("GET", "/runs", project="sent-back")["total"] == 0
    assert api("DELETE", "/projects/sent-back") is None
    assert api("GET", path, expect=404)["detail"][0] == "KeyError"


def test_a_deleted_project_takes_everything_with_it(plane: Plane, enter: Enter) -> None:
    api = enter()
    run = rows(api, "/runs", project="churn", size=1)[0]
    others = api("GET", "/runs", project="pricing")["total"]
    tagged = {tag["name"]: tag["metadata"]["tagged_count"] for tag in rows(api, "/tags", hydrate=True)}
    api("DELETE", f"/projects/{run['body']['project_id']}")
    assert names(api) == ["pricing"]
    assert api("GET", f"/runs/{run['id']}", expect=404)["detail"][0] == "KeyError"
    assert api("GET", "/runs", project="churn", expect=404)["detail"][0] == "KeyError"
    assert api("GET", "/runs", project="pricing")["total"] == others
    fewer = {tag["name"]: tag["metadata"]["tagged_count"] for tag in rows(api, "/tags", hydrate=True)}
    assert 0 < fewer["nightly"] < tagged["nightly"]
    # No run of the deleted pipelines begins later.
    plane.clock.advance(hours=30)
    assert {run["body"]["project_id"] for run in rows(enter(), "/runs", project="pricing")} == {
        project["id"] for project in rows(enter(), "/projects")
    }


INVALID: tuple[dict[str, Any], ...] = (
    {},
    {"name": "Returns"},
    {"name": "a" * 51},
    {"name": ""},
    {"name": 3},
    {"name": "a", "description": []},
)


def test_an_invalid_body_is_refused(enter: Enter) -> None:
    api = enter()
    for body in INVALID:
        assert api("POST", "/projects", expect=422, body=body)[0] == "ValueError", body


def test_names_are_unique_in_a_workspace(enter: Enter) -> None:
    api = enter()
    detail = api("POST", "/projects", expect=409, body={"name": "churn"})["detail"]
    assert detail[0] == "EntityExistsError"
    churn = api("GET", "/projects/churn")["id"]
    assert api("PUT", f"/projects/{churn}", expect=409, body={"name": "pricing"})["detail"][0] == "EntityExistsError"
    assert api("PUT", f"/projects/{churn}", body={"name": "churn"})["name"] == "churn"
