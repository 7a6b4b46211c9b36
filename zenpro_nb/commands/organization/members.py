"""The noun `members`: who belongs to the organization, and in which way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.commands.organization.residual_access import remaining
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.cli.context import Runtime
from zenpro_nb.framework.lists import reading
from zenpro_nb.framework.lists.noun import noun
from zenpro_nb.framework.lists.options import Asked
from zenpro_nb.framework.parameters.aliases import Org, UserNames
from zenpro_nb.framework.writes.checks import listed
from zenpro_nb.framework.writes.undo import Inverse, Sight
from zenpro_nb.framework.writes.write import Look, Record, Write
from zenpro_nb.resources.control_plane import ASSIGNMENTS, MEMBERS, ROLES

if TYPE_CHECKING:
    from zenpro_nb.frames import Table


def _read(run: Runtime, asked: Asked) -> Table:
    """Read the members, with their kind, and the names of the roles of which the API gives the ids only.

    Examples:
        members
        members --include-teams --columns kind,email,name,roles
    """
    wanted = reading.query_of(run, MEMBERS, asked)
    read = partial(query.read_records, run.session, MEMBERS, wanted.ids, wanted.sent, raw=asked.raw)
    if asked.raw:
        rows, facts = read()
    else:
        (rows, facts), names = query.together(
            run.session, read, partial(query.names_by_id, run.session, ROLES, wanted.ids)
        )
        rows = [{**row, "kind": principal_kind(row), "roles": with_role_names(row.get("roles"), names)} for row in rows]
    return reading.made(run, MEMBERS, rows, asked, route=wanted.path, filters=wanted.sent, **facts)


members = noun(MEMBERS, read=_read)


@members.write(asks="Remove {target}? All roles at the organization's level go.", several=True, guarded=True)
def remove(run: Runtime, members: UserNames, org: Org = None) -> list[Write]:
    """Remove users from the organization: all their roles at its level go, roles in workspaces and teams stay.

    `users offboard` takes those back too, and deactivates the account.

    Examples:
        members remove alex.morgan2@example.com
    """
    organization = query.organization(run.session, org)
    find = partial(query.find_all, run.session, "users", members, member_of=organization.id)
    (found, stays), held = query.together(
        run.session,
        partial(remaining, run, organization.id, find, several=len(members), all_levels=False),
        partial(_held, run, organization.id),
    )
    return [
        replace(
            removal(run, organization, user.id, user.name, (held or {}).get(user.id, ())),
            stays=stays.get(user.id, ""),
            noop="" if held is None or user.id in held else "has no role of the organization that could be removed",
        )
        for user in found
    ]


def removal(run: Runtime, organization: query.Found, user_id: str, name: str, role_ids: Sequence[str]) -> Write:
    """Return the write that takes all roles of the organization's level from a user.

    Args:
        role_ids: those roles, which come back when this is taken back.
    """
    return Write(
        "DELETE",
        f"/organizations/{organization.id}/members",
        target=f"{name} in {organization.name}",
        name=name,
        params={"user_id": user_id},
        happened=_left(run, {"organization_id": organization.id}, user_id),
        absent="is not a member",
        before={"roles": list(role_ids)} if role_ids else None,
        inverse=tuple(_returned(role_id, user_id) for role_id in role_ids),
        irreversible="" if role_ids else "the roles that go cannot be seen",
    )


def _returned(role_id: str, user_id: str) -> Inverse:
    """Return what gives back one of the roles that went with a membership."""
    sight = Sight(noun=ASSIGNMENTS.noun, ids={"role_id": role_id}, match={"user.id": user_id})
    path, params = f"/roles/{role_id}/assignments", {"user_id": user_id}
    return Inverse("POST", path, sight, left=None, was={}, params=params)


def _held(run: Runtime, organization_id: str) -> dict[str, list[str]] | None:
    """Return by user the roles of the organization's level that they hold directly; None if that cannot be read."""
    held: dict[str, list[str]] = {}
    try:
        roles = query.records(run.session, ROLES, {"organization_id": organization_id}, {"level": "organization"})
        ids = [query.id_of(ROLES, one) for one in roles if one.get("level") in (None, "organization")]
        calls = [partial(query.records, run.session, ASSIGNMENTS, {"role_id": one}) for one in ids]
        found = run.session.client.fan_out(calls)
    except ZenProError:
        return None
    for role_id, assignments in zip(ids, found, strict=True):
        for one in assignments:
            user = one.get("user")
            if isinstance(user, Mapping) and user.get("id"):
                held.setdefault(str(user["id"]), []).append(role_id)
    return held


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
