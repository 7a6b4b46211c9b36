"""Create, change and delete projects (API facts 12.6)."""

from __future__ import annotations

from typing import Any

from zenpro_nb.sandbox.errors import AlreadyThereError
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.workspace_api import bodies
from zenpro_nb.sandbox.workspace_api.calls import WorkspaceCall
from zenpro_nb.sandbox.workspace_api.items.base import Document
from zenpro_nb.sandbox.workspace_api.items.stacks import PROJECT
from zenpro_nb.sandbox.workspace_api.rights import DELETE, READ, UPDATE
from zenpro_nb.sandbox.workspace_api.routes.lists import find

_NAME_LENGTH = 50
_NAME = f"[a-z0-9_-]{{1,{_NAME_LENGTH}}}"


def create(call: WorkspaceCall) -> object:
    """Create a project."""
    body = call.body()
    bodies.require(body, "name")
    fields = _fields(body)
    call.rights.require_create(PROJECT.permission, None)
    _require_free(call, fields["name"], "create")
    project = Document(
        PROJECT, queries.new_id(), fields["name"], call.now,
        body={"display_name": fields["display_name"] or fields["name"]},
        metadata={"description": fields["description"] or "", "project_metadata": body.get("project_metadata") or {}},
    )  # fmt: skip
    call.world.add(project)
    return call.envelope.item_body(project, hydrate=True)


def update(call: WorkspaceCall) -> object:
    """Change the given fields of a project."""
    body = call.body()
    fields = {name: value for name, value in _fields(body).items() if value is not None}
    project = find(call, PROJECT)
    call.rights.require(UPDATE, project)
    name = fields.pop("name", project.name)
    if name != project.name:
        _require_free(call, str(name), "update")
    description = {"description": fields.pop("description")} if "description" in fields else {}
    extra = {"project_metadata": body["project_metadata"]} if body.get("project_metadata") else {}
    project.change(call.now, name=name, body=fields, metadata={**description, **extra})
    return call.envelope.item_body(project, hydrate=True)


def delete(call: WorkspaceCall) -> object:
    """Delete a project, by name or id, with everything in it."""
    project = call.world.find_by_name(PROJECT, call.path["item_id"], call.now)
    for action in (READ, DELETE):
        call.rights.require(action, project)
    call.world.delete_project(project)
    return None


def _fields(body: bodies.Body) -> dict[str, Any]:
    return {
        "name": bodies.text(body, "name", longest=_NAME_LENGTH, pattern=_NAME),
        "display_name": bodies.text(body, "display_name"),
        "description": bodies.text(body, "description"),
    }


def _require_free(call: WorkspaceCall, name: str, action: str) -> None:
    if any(project.name == name for project in call.world.all(PROJECT, call.now)):
        raise AlreadyThereError(
            f"Unable to {action} the requested project with name '{name}': Found another existing project with the "
            "same name."
        )
