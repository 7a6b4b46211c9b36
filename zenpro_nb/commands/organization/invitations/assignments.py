"""The further roles and team memberships of an open invitation, in addition to its first role.

They are lost when the invitation is withdrawn. Undoing the withdrawal assigns them to the new invitation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from zenpro_nb import limits, query
from zenpro_nb.commands.organization import teams
from zenpro_nb.commands.organization.role_assignments import undo_assignment
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import CommandContext, Principal, Scope, Undo
from zenpro_nb.resources.control_plane import TEAM_MEMBERS, TEAMS

Record = Mapping[str, Any]


def inverses(invitation_id: str, email: str, scopes: Sequence[Scope], team_ids: Sequence[str]) -> list[Undo]:
    """Return the requests that assign roles and team memberships to an invitation."""
    holder = Principal(invitation_id, email, "invitation_id")
    of_roles = [undo_assignment("POST", scope, holder, expected_now=None, restores={}) for scope in scopes]
    of_teams = [teams.membership("POST", team_id, holder, expected_now=None, restores={}) for team_id in team_ids]
    return [*of_roles, *of_teams]


def first_role(record: Record) -> str:
    """Return the ID of the organization role of an invitation; empty if it is not shown."""
    roles = _visible_roles(record)
    of_organization = [record for record in roles if record.get("level") in (None, "organization")]
    found = (
        [_key(record) for record in of_organization]
        if roles
        else [record.get("role_id"), _key(record.get("role") or {})]
    )
    return next((str(key) for key in found if key), "")


class Holdings(Struct, frozen=True):
    """The roles and teams of an invitation in addition to its first role.

    Attributes:
        inverses: the requests that assign them to a new invitation.
        unreadable: what an undo cannot restore, for example "the teams"; empty if nothing is lost.
    """

    inverses: Sequence[Undo] = ()
    unreadable: str = ""


UNKNOWN = Holdings(unreadable="the other roles and teams")


def read(ctx: CommandContext, organization_id: str, found: Sequence[query.Found]) -> dict[str, Holdings]:
    """Return the further roles and teams by invitation; invitations whose roles are not shown are left out.

    The members of each team are read. For many invitations and many teams, this would take more requests than the rest
    of the command, so the teams stay unknown then.
    """
    scopes = {invitation.id: _scopes(invitation.record) for invitation in found}
    if all(scope_roles is None for scope_roles in scopes.values()):
        return {}
    most = limits.STAYS_REQUESTS if len(found) <= limits.NAMES_LOOKED_UP else limits.TEAMS_FOR_MANY_NAMES
    of_teams = _teams(ctx, organization_id, most)
    unreadable = "the teams" if of_teams is None else ""
    return {
        invitation.id: Holdings(
            inverses(invitation.id, invitation.name, scope_roles, (of_teams or {}).get(invitation.id, [])), unreadable
        )
        for invitation in found
        if (scope_roles := scopes[invitation.id]) is not None
    }


def _scopes(record: Record) -> list[Scope] | None:
    """Return the further roles of an invitation, each with its scope; None if they are not shown."""
    if not isinstance(record.get("roles"), list):
        return None
    first, scopes = first_role(record), []
    for role in _visible_roles(record):
        params = {name: str(role[name]) for name in ("workspace_id", "project_id") if role.get(name)}
        id_count = {"workspace": 1, "project": 2}.get(str(role.get("level")), 0)
        if len(params) != id_count or not _key(role):
            return None
        if params or _key(role) != first:
            scopes.append(Scope(str(_key(role)), str(role.get("name") or _key(role)), params))
    return scopes


def _teams(ctx: CommandContext, organization_id: str, most: int) -> dict[str, list[str]] | None:
    """Return the IDs of the teams by invitation; None if there are too many teams to read them all."""
    team_names: dict[str, list[str]] = {}
    try:
        every = query.records(ctx.session, TEAMS, {"organization_id": organization_id})
        keys = [query.id_of(TEAMS, team) for team in every if team.get("member_count") != 0]
        if len(keys) > most:
            return None
        calls = [partial(query.records, ctx.session, TEAM_MEMBERS, {"team_id": key}) for key in keys]
        for key, members in zip(keys, ctx.session.client.fan_out(calls), strict=True):
            for member in members:
                invitation = member.get("invitation")
                if isinstance(invitation, Mapping) and invitation.get("id"):
                    team_names.setdefault(str(invitation["id"]), []).append(key)
    except ZenProError:
        return None
    return team_names


def _visible_roles(record: Record) -> list[Record]:
    return [record for record in record.get("roles") or () if isinstance(record, Mapping)]


def _key(record: Record) -> Any:
    return record.get("role_id") or record.get("id")
