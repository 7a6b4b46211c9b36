"""The permissions of roles inside a workspace (API facts 7.4), and how unreadable items are shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event

from tests.sandbox.conftest import Api, Plane
from tests.sandbox.workspaces.conftest import Enter, rows

Session = Callable[..., str]


@pytest.fixture
def as_role(plane: Plane, enter: Enter, session_of: Session) -> Callable[..., Api]:
    """``as_role("Workspace Viewer")`` returns a caller in ml-prod who has only that role."""

    def run(role: str, **where: str) -> Api:
        scope = {} if role.startswith("Organization") else {"workspace_id": plane.workspace("ml-prod"), **where}
        return enter("ml-prod", session_of("somebody@example.com", role, **scope))

    return run


def test_a_viewer_reads_everything_and_changes_nothing(as_role: Callable[..., Api], enter: Enter) -> None:
    viewer, admin = as_role("Workspace Viewer"), enter()
    for path in ("/runs", "/models", "/pipelines"):
        assert viewer("GET", path, project="churn")["total"] == admin("GET", path, project="churn")["total"]
    run = rows(viewer, "/runs", project="churn", size=1)[0]
    for method, path in (
        ("DELETE", f"/runs/{run['id']}"),
        ("POST", f"/runs/{run['id']}/stop"),
        ("POST", f"/pipeline_snapshots/{run['resources']['snapshot']['id']}/runs"),
    ):
        detail = viewer(method, path, expect=403)["detail"]
        assert detail[0] == "IllegalOperationError"
        assert detail[1].startswith("Insufficient permissions to ")
    for path in ("/statistics", "/service_accounts", "/users", "/flavors"):
        assert viewer("GET", path) == admin("GET", path)


def test_a_caller_who_can_only_connect_sees_stacks_but_no_runs(as_role: Callable[..., Api], enter: Enter) -> None:
    visitor = as_role("Organization Viewer")
    assert visitor("GET", "/stacks")["total"] == 3
    assert visitor("GET", "/projects")["total"] == 0
    assert visitor("GET", "/runs", project="churn")["total"] == 0
    run = rows(enter(), "/runs", project="churn", size=1)[0]
    detail = visitor("GET", f"/runs/{run['id']}", expect=403)["detail"][1]
    project = run["body"]["project_id"]
    assert detail == f"Insufficient permissions to READ resource '{project}:pipeline_run/{run['id']}'."
    assert visitor("GET", "/statistics")["projects"] == 0


def test_a_project_role_shows_that_project(plane: Plane, as_role: Callable[..., Api], enter: Enter) -> None:
    projects = {project["name"]: project["id"] for project in rows(enter(), "/projects")}
    guest = as_role("Project Viewer", project_id=projects["churn"])
    assert [project["name"] for project in rows(guest, "/projects")] == ["churn"]
    assert guest("GET", "/runs", project="churn")["total"] > 100
    assert guest("GET", "/runs", project="pricing")["total"] == 0
    guest("GET", f"/projects/{projects['pricing']}", expect=403)
    guest("GET", f"/projects/{projects['churn']}/statistics")
    # A nested item that the caller cannot read is shown with its name only (API facts 9.3).
    stack = rows(guest, "/runs", project="churn", pipeline="churn_training", size=1)[0]["resources"]["stack"]
    assert (stack["permission_denied"], stack["body"], stack["name"]) == (True, None, "aws-gpu")
    pipeline = rows(guest, "/runs", project="churn", size=1)[0]["resources"]["pipeline"]
    assert pipeline["permission_denied"] is False


def test_items_without_an_owner_belong_to_everyone(as_role: Callable[..., Api]) -> None:
    guest = as_role("Workspace Contributor")
    # The default stack has no owner, and flavors come with the server (0.98.0, observed).
    assert [stack["name"] for stack in rows(guest, "/stacks")] == ["default"]
    assert guest("GET", "/flavors")["total"] > 10


def test_the_creator_of_a_run_can_stop_it(plane: Plane, as_role: Callable[..., Api], enter: Enter) -> None:
    developer, admin = as_role("Workspace Developer"), enter()
    theirs = rows(developer, "/runs", project="churn", size=1)[0]
    developer("DELETE", f"/runs/{theirs['id']}", expect=403)
    (snapshot,) = rows(developer, "/pipeline_snapshots", project="churn", name="production", pipeline="churn_training")
    mine = developer("POST", f"/pipeline_snapshots/{snapshot['id']}/runs", body={})
    assert mine["resources"]["user"]["name"] == "somebody@example.com"
    assert developer("POST", f"/runs/{mine['id']}/stop") is None
    assert developer("DELETE", f"/runs/{mine['id']}") is None
    admin("GET", f"/runs/{mine['id']}", expect=404)


def test_secret_values_require_permission(as_role: Callable[..., Api], enter: Enter) -> None:
    viewer, admin = as_role("Workspace Viewer"), enter()
    listed = {secret["name"]: secret for secret in rows(admin, "/secrets", hydrate=True)}
    assert all(secret["body"]["values"] == {} for secret in listed.values())
    path = f"/secrets/{listed['warehouse']['id']}"
    assert set(admin("GET", path)["body"]["values"]) == {"username", "password"}
    assert viewer("GET", path)["body"]["values"] == {}
    # Only its owner can read a private secret.
    assert "my-notebook" in listed
    assert "my-notebook" not in {secret["name"] for secret in rows(viewer, "/secrets")}
    viewer("GET", f"/secrets/{listed['my-notebook']['id']}", expect=403)


def test_revoked_permissions_end_immediately(plane: Plane, as_role: Callable[..., Api]) -> None:
    viewer = as_role("Workspace Viewer")
    assert viewer("GET", "/runs", project="churn")["total"]
    where = {"user_id": plane.user("somebody@example.com"), "workspace_id": plane.workspace("ml-prod")}
    plane.admin("DELETE", f"/roles/{plane.role('Workspace Viewer')}/assignments", **where)
    assert viewer("GET", "/runs", project="churn")["total"] == 0


def test_the_workspace_and_the_permissions_are_read_again_only_after_a_change(plane: Plane, enter: Enter) -> None:
    admin, statements = enter(), list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = plane.running.store._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for description in ("once", "twice"):
            plane.admin("PATCH", f"/workspaces/{plane.workspace('ml-prod')}", body={"description": description})
            statements.clear()
            admin("GET", "/projects")
            assert statements
            statements.clear()
            admin("GET", "/projects")
            assert statements == []
    finally:
        event.remove(engine, "before_cursor_execute", note)
