"""`workspaces members`: list the members of a workspace, or of a project in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb import frames, query
from zenpro_nb.commands.organization.members import principal_kind, with_role_names
from zenpro_nb.framework.declare import (
    CommandContext,
    ListOptions,
    NameType,
    Opt,
    ProjectType,
    WorkspaceName,
    reading,
)
from zenpro_nb.resources.control_plane import MEMBERS, ROLES, WORKSPACES

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

# Observed under /tenants (API facts 3.17); the shape is that of all members (API facts 4.7).
WORKSPACE_MEMBERS = replace(
    MEMBERS,
    noun="workspace-members",
    path="/workspaces/{workspace_id}/members",
    filters=(),
    help="List the members of a workspace or, with --project, of a project.",
    # API facts 3.17 and 4.7.
)
PROJECT_MEMBERS = replace(
    WORKSPACE_MEMBERS, noun="project-members", path="/workspaces/{workspace_id}/projects/{project_id}/members"
)

Project = Annotated[
    str | None, Opt(type=ProjectType(), help="Show the members of this project in the workspace, by ID.")
]
HeldRole = Annotated[
    str | None, Opt("--role", type=NameType("roles"), help="Show only members with this role, by name or ID.")
]


def members(
    ctx: CommandContext, options: ListOptions, workspace: WorkspaceName, project: Project = None, role: HeldRole = None
) -> Table:
    """Read the members of a workspace or project, with their kind and the names of their roles.

    Examples:
        # List the admins of a workspace
        workspaces members ml-prod --role "Workspace Admin"
    """
    found = query.find(ctx.session, "workspaces", workspace, remembered=True)
    resource, ids = WORKSPACE_MEMBERS, {"workspace_id": found.id}
    if project:
        resource, ids = PROJECT_MEMBERS, {**ids, "project_id": project}
    read = partial(query.read_records, ctx.session, resource, ids, raw=options.raw and not role)
    if role or not options.raw:
        (rows, facts), names = query.gather(ctx.session, read, partial(_role_names, ctx, found))
    else:
        (rows, facts), names = read(), {}
    if role:
        # The route has no such parameter (API facts 3.17).
        role_found = query.pick("roles", role, [{"id": key, "name": name} for key, name in names.items()])
        rows = [
            row
            for row in rows
            if any(name.get("role_id") == role_found.id for name in with_role_names(row.get("roles"), {}))
        ]
    if not options.raw:
        rows = [{**row, "kind": principal_kind(row), "roles": with_role_names(row.get("roles"), names)} for row in rows]
    frame = reading.frame_of_records(ctx, resource, rows, options, route=query.fill(resource.path, ids), **facts)
    frames.mark(frame, [f"role={role_found.name}"] if role else [])
    return frame


def _role_names(ctx: CommandContext, workspace: query.Found) -> dict[str, str]:
    """Return the names of roles by ID, in the organization of the workspace."""
    record: Mapping[str, Any] = workspace.record
    if "organization" not in record:
        record = query.record_of(ctx.session.client.get(f"/workspaces/{workspace.id}"), WORKSPACES)
    organization = (record.get("organization") or {}).get("id")
    return query.names_by_id(ctx.session, ROLES, {"organization_id": organization}) if organization else {}
