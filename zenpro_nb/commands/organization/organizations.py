"""organizations, members, invitations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zenpro_nb.commands.core.get import get_command
from zenpro_nb.commands.core.listing import listing
from zenpro_nb.commands.core.options import Asked
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.organization import invitation_writes, organization_writes
from zenpro_nb.resources.control_plane import INVITATIONS, MEMBERS, ORGANIZATIONS, ROLES

if TYPE_CHECKING:
    import pandas as pd


def read_members(runtime: Runtime, resource: Any, asked: Asked) -> pd.DataFrame:
    """Members, with their kind, and the names of the roles of which the API gives the ids only."""
    from zenpro_nb import query
    from zenpro_nb.commands.core import reading

    wanted = reading.query_of(runtime, resource, asked)
    rows, facts = query.read_records(runtime.session, resource, wanted.ids, wanted.sent)
    if not asked.raw:
        named = query.records(runtime.session, ROLES, wanted.ids)
        names = {role["id"]: role["name"] for role in named}
        rows = [{**row, "kind": principal_kind(row), "roles": with_role_names(row.get("roles"), names)} for row in rows]
    return reading.made(runtime, resource, rows, asked, route=wanted.path, filters=wanted.sent, **facts)


def principal_kind(row: Mapping[str, Any]) -> str:
    """Which of user, service account, team and invitation a member or an assignment is about."""
    user = row.get("user")
    if user:
        return "service account" if user.get("is_service_account") else "user"
    return "team" if row.get("team") else "invitation"


def with_role_names(roles: Any, names: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """The roles that a member holds, each with its name; its id where the name is not known."""
    held = [role for role in roles or () if isinstance(role, dict)]
    return [{**role, "name": names.get(role.get("role_id"), role.get("role_id"))} for role in held]


organizations = listing(ORGANIZATIONS)
organizations.add_command(get_command(ORGANIZATIONS))
organization_writes.add_to(organizations)
members = listing(MEMBERS, reader=read_members, org=True)
invitations = listing(INVITATIONS, org=True)
invitation_writes.add_to(invitations, members)
