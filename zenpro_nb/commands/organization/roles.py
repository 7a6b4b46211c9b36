"""roles, assignments, permissions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.get import get_command
from zenpro_nb.commands.core.listing import listing
from zenpro_nb.commands.core.options import Asked, NameType
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.organization import role_writes
from zenpro_nb.commands.organization.organizations import principal_kind
from zenpro_nb.errors import NotFoundError, PermissionDeniedError
from zenpro_nb.resources import Column, Kind, Paging, Resource
from zenpro_nb.resources.control_plane import ASSIGNMENTS, PERMISSIONS, ROLES, WORKSPACES

if TYPE_CHECKING:
    import pandas as pd

# Fact sheet, section 3: 200 says yes, 403 no, 404 that there is no such workspace for you.
ENTRIES = Resource(
    noun="entries",
    path="/users/authorize_server",
    paging=Paging.NONE,
    help="Whether you may enter a workspace.",
    columns=(
        Column("workspace", help="name of the workspace"),
        Column("allowed", Kind.BOOL, help="you may enter it"),
        Column("reason", help="why not, in the server's words"),
        Column("workspace_id", Kind.ID, help="the workspace"),
    ),
    source="3 Users and own keys",
)


def read_assignments(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The assignments of one role, or of every role of the organization at once, with the names of all sides."""
    from zenpro_nb import query
    from zenpro_nb.commands.core import reading
    from zenpro_nb.query import Query

    session = runtime.session
    organization = query.organization(session, asked.org)
    of_org = {"organization_id": organization.id}
    filters = reading.named_filters(runtime, resource, asked, of_org)
    role = asked.filters.get("role")
    facts: dict[str, Any] = {}
    if role:
        role_ids = [query.find(session, "roles", role, of_org).id]
    else:
        # A role that came or went meanwhile is a change of the assignments too.
        roles, facts = query.read_records(session, ROLES, of_org)
        role_ids = [str(record["id"]) for record in roles]
    with runtime.face.progress("assignments") as advance:
        calls = [partial(query.records, session, resource, {"role_id": role_id}, filters) for role_id in role_ids]
        rows = [row for found in session.client.fan_out(calls, progress=advance) for row in found]
    if not asked.raw:
        workspaces = query.records(session, WORKSPACES, params=of_org)
        names = {record["id"]: record["name"] for record in workspaces}
        rows = [_described(row, names) for row in rows]
    sent = Query(resource, params=filters).sent
    return reading.made(runtime, resource, rows, asked, route=resource.path, filters=sent, **facts)


def _described(row: Mapping[str, Any], workspaces: Mapping[Any, Any]) -> dict[str, Any]:
    workspace_id = row.get("workspace_id")
    return {
        **row,
        "kind": principal_kind(row),
        "principal": _principal_name(row),
        # A role may outlive its workspace; then the id says more than nothing.
        "workspace": workspaces.get(workspace_id, workspace_id),
    }


def _principal_name(row: Mapping[str, Any]) -> str | None:
    user, team, invitation = row.get("user") or {}, row.get("team") or {}, row.get("invitation") or {}
    name = user.get("email") or user.get("username") or team.get("name") or invitation.get("email")
    return name if isinstance(name, str) else None


@pass_runtime
def _check(runtime: Runtime, workspace: str) -> pd.DataFrame:
    from zenpro_nb import frames, query
    from zenpro_nb.query import note

    found = query.find(runtime.session, "workspaces", workspace)
    reason = None
    try:
        runtime.session.client.get(ENTRIES.path, server_id=found.id)
    except (PermissionDeniedError, NotFoundError) as error:
        reason = error.detail or error.message
    row = {"workspace": found.name, "workspace_id": found.id, "allowed": reason is None, "reason": reason}
    frame = frames.from_records(ENTRIES, [row])
    note(runtime.session, frame, route=ENTRIES.path)
    return frame


roles = listing(ROLES, org=True)
roles.add_command(get_command(ROLES))
role_writes.add_to(roles)
assignments = listing(
    ASSIGNMENTS,
    reader=read_assignments,
    org=True,
    extra=[click.Option(["--role"], type=NameType("roles"), help="Only this role, by name or id.")],
)
permissions = listing(PERMISSIONS)
permissions.add_command(
    Command(
        name="check",
        callback=_check,
        params=[click.Argument(["workspace"], type=NameType("workspaces"))],
        help="Ask whether you may enter a workspace.",
    )
)
