"""workspaces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.commands.core import name_validation, waiting
from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.get import get_command
from zenpro_nb.commands.core.listing import listing, listing_command
from zenpro_nb.commands.core.options import ORG, Asked, NameType
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.core.types import NewNameType, ProjectType
from zenpro_nb.commands.organization import workspace_writes
from zenpro_nb.commands.organization.organizations import principal_kind, with_role_names
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import MEMBERS, ROLES, WORKSPACES

if TYPE_CHECKING:
    import pandas as pd

# Observed under /tenants (fact sheet, section 3); the shape is that of all members (section 4).
WORKSPACE_MEMBERS = replace(
    MEMBERS,
    noun="workspace-members",
    path="/workspaces/{workspace_id}/members",
    filters=(),
    help="Who has a role in one workspace, or with --project in one of its projects.",
    source="3 Workspaces, 4 TeamMember",
)
PROJECT_MEMBERS = replace(
    WORKSPACE_MEMBERS, noun="project-members", path="/workspaces/{workspace_id}/projects/{project_id}/members"
)


def read_workspaces(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The workspaces of the organization that was named or is in use; of all where none is."""
    from zenpro_nb import query
    from zenpro_nb.commands.core import reading

    wanted = reading.query_of(runtime, resource, asked)
    if asked.org or runtime.session.settings.organization:
        organization = query.organization(runtime.session, asked.org)
        wanted = replace(wanted, params={**wanted.params, "organization_id": organization.id})
    return reading.read_query(runtime, wanted, asked)


def read_workspace_members(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The members of the workspace or project, with their kind and the names of their roles."""
    from zenpro_nb import query
    from zenpro_nb.commands.core import reading
    from zenpro_nb.query import fill

    session = runtime.session
    workspace = query.find(session, "workspaces", asked.filters["workspace"])
    ids = {"workspace_id": workspace.id}
    if asked.filters["project"]:
        resource, ids = PROJECT_MEMBERS, {**ids, "project_id": asked.filters["project"]}
    rows = query.records(session, resource, ids)
    if not asked.raw:
        names = _role_names(runtime, workspace.id)
        rows = [{**row, "kind": principal_kind(row), "roles": with_role_names(row.get("roles"), names)} for row in rows]
    return reading.made(runtime, resource, rows, asked, route=fill(resource.path, ids))


def _role_names(runtime: Runtime, workspace_id: str) -> dict[object, object]:
    """Names of roles by id, of the organization that the workspace belongs to."""
    from zenpro_nb import query
    from zenpro_nb.query import record_of

    record: Any = record_of(runtime.session.client.get(f"/workspaces/{workspace_id}"))
    organization = record.get("organization") or {}
    if "id" not in organization:
        return {}
    roles = query.records(runtime.session, ROLES, {"organization_id": organization["id"]})
    return {role["id"]: role["name"] for role in roles}


@pass_runtime
def _validate(runtime: Runtime, name: str, org: str | None) -> pd.DataFrame:
    from zenpro_nb import query

    routes = name_validation.workspace_routes(query.organization(runtime.session, org).id, name)
    return name_validation.frame_of(runtime, [name_validation.verdict(runtime.session, name, routes)], routes)


@pass_runtime
def _wait(runtime: Runtime, workspace: str, until: str, timeout: float) -> pd.DataFrame:
    from zenpro_nb import frames, query
    from zenpro_nb.query import note

    found = query.find(runtime.session, "workspaces", workspace)
    record = waiting.workspace(runtime, found.id, found.name, until, timeout)
    frame = frames.from_records(WORKSPACES, [record])
    note(runtime.session, frame, route=f"/workspaces/{found.id}")
    return frame


_WORKSPACE = click.Argument(["workspace"], type=NameType("workspaces"))

workspaces = listing(WORKSPACES, reader=read_workspaces, org=True)
workspaces.add_command(get_command(WORKSPACES))
workspace_writes.add_to(workspaces)
workspaces.add_command(
    listing_command(
        WORKSPACE_MEMBERS,
        name="members",
        reader=read_workspace_members,
        extra=[
            _WORKSPACE,
            click.Option(["--project"], type=ProjectType(), help="Those of this project in it, by id."),
        ],
    )
)
workspaces.add_command(
    Command(
        name="validate",
        callback=_validate,
        params=[click.Argument(["name"], type=NewNameType("workspaces")), ORG],
        help="Ask the server whether a workspace could have this name.",
    )
)
workspaces.add_command(
    Command(
        name="wait",
        callback=_wait,
        params=[
            _WORKSPACE,
            click.Option(
                ["--until"],
                type=click.Choice([waiting.AVAILABLE, waiting.DEACTIVATED, waiting.DELETED]),
                default=waiting.AVAILABLE,
                help="The state to wait for. Default: available.",
            ),
            waiting.timeout_option(),
        ],
        help="Wait until a workspace is available, and show it; fails when the workspace does.",
    )
)
