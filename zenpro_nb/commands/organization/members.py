"""The noun `members`: who belongs to the organization, and in which way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zenpro_nb import query
from zenpro_nb.commands.core import reading
from zenpro_nb.commands.core.noun import noun
from zenpro_nb.commands.core.options import Asked
from zenpro_nb.commands.core.parameters import Org, UserNames
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.verification import listed
from zenpro_nb.commands.core.write import Look, Record, Write
from zenpro_nb.commands.organization.remaining import remaining
from zenpro_nb.resources.control_plane import MEMBERS, ROLES

if TYPE_CHECKING:
    import pandas as pd


def _read(run: Runtime, asked: Asked) -> pd.DataFrame:
    """Read the members, with their kind, and the names of the roles of which the API gives the ids only.

    Examples:
        members
        members --include-teams --columns kind,email,name,roles
    """
    wanted = reading.query_of(run, MEMBERS, asked)
    rows, facts = query.read_records(run.session, MEMBERS, wanted.ids, wanted.sent, raw=asked.raw)
    if not asked.raw:
        names = query.names_by_id(run.session, ROLES, wanted.ids)
        rows = [{**row, "kind": principal_kind(row), "roles": with_role_names(row.get("roles"), names)} for row in rows]
    return reading.made(run, MEMBERS, rows, asked, route=wanted.path, filters=wanted.sent, **facts)


members = noun(MEMBERS, read=_read)


@members.write(asks="Remove {target}? All roles at the organization's level go.", several=True)
def remove(run: Runtime, members: UserNames, org: Org = None) -> list[Write]:
    """Remove users from the organization: all their roles at its level go, roles in workspaces and teams stay.

    `users offboard` takes those back too, and deactivates the account.

    Examples:
        members remove alex.morgan2@example.com
    """
    organization = query.organization(run.session, org)
    found = query.find_all(run.session, "users", members)
    stays = remaining(run, organization.id, [user.id for user in found], all_levels=False)
    return [replace(removal(run, organization, user.id, user.name), stays=stays.get(user.id, "")) for user in found]


def removal(run: Runtime, organization: query.Found, user_id: str, name: str) -> Write:
    """Return the write that takes all roles of the organization's level from a user."""
    return Write(
        "DELETE",
        f"/organizations/{organization.id}/members",
        target=f"{name} in {organization.name}",
        name=name,
        params={"user_id": user_id},
        happened=_left(run, {"organization_id": organization.id}, user_id),
        absent="is not a member",
    )


def principal_kind(row: Mapping[str, Any]) -> str:
    """Return which of user, service account, team and invitation a member or an assignment is about."""
    user = row.get("user")
    if isinstance(user, Mapping) and user:
        return "service account" if user.get("is_service_account") else "user"
    return "team" if row.get("team") else "invitation"


def with_role_names(roles: Any, names: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """Return the roles that a member holds, each with its name; its id where the name is not known."""
    held = [role for role in (roles if isinstance(roles, list) else ()) if isinstance(role, dict)]
    ids = [key if isinstance(key := role.get("role_id"), str) else None for role in held]
    return [{**role, "name": names.get(key, key)} for role, key in zip(held, ids, strict=True)]


def _left(run: Runtime, ids: dict[str, str], user_id: str) -> Look:
    def fits(record: Record) -> bool:
        user = record.get("user")
        return isinstance(user, dict) and user.get("id") == user_id

    return listed(run.session, MEMBERS, ids, fits, {"include_teams": False}, expected=False)
