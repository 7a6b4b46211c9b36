"""roles, assignments, permissions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.commands.getting import get_command
from zenpro_nb.commands.listing import listing
from zenpro_nb.commands.options import Asked, NameType
from zenpro_nb.commands.organizations import principal_kind
from zenpro_nb.commands.runtime import Runtime
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import ASSIGNMENTS, PERMISSIONS, ROLES, WORKSPACES

if TYPE_CHECKING:
    import pandas as pd


def read_assignments(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The assignments of one role, or of every role of the organization at once, with the names of all sides."""
    from zenpro_nb import lookup
    from zenpro_nb.commands import reading
    from zenpro_nb.fetch import Query

    session = runtime.session
    organization = lookup.organization(session, asked.org)
    of_org = {"organization_id": organization.id}
    filters = reading.named_filters(runtime, resource, asked, of_org)
    role = asked.filters.get("role")
    if role:
        role_ids = [lookup.find(session, "roles", role, **of_org).id]
    else:
        role_ids = [str(record["id"]) for record in lookup.records(session, ROLES, of_org)]
    with runtime.face.progress("assignments") as advance:
        calls = [partial(lookup.records, session, resource, {"role_id": role_id}, **filters) for role_id in role_ids]
        rows = [row for found in session.client.fan_out(calls, progress=advance) for row in found]
    if not asked.raw:
        workspaces = lookup.records(session, WORKSPACES, {}, organization_id=organization.id)
        names = {record["id"]: record["name"] for record in workspaces}
        rows = [_described(row, names) for row in rows]
    sent = Query(resource, params=filters).sent
    return reading.made(runtime, resource, rows, asked, route=resource.path, filters=sent)


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


roles = listing(ROLES, org=True)
roles.add_command(get_command(ROLES))
assignments = listing(
    ASSIGNMENTS,
    reader=read_assignments,
    org=True,
    extra=[click.Option(["--role"], type=NameType("roles"), help="Only this role, by name or id.")],
)
permissions = listing(PERMISSIONS)
