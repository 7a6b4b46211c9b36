"""The access that a removed or deactivated user keeps: workspace and project roles, and teams.

It is read with few requests while the users are being looked up, and the message shows where it is incomplete. `access`
and `users offboard` give the full picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from zenpro_nb import limits, query
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.resources.control_plane import ASSIGNMENTS, INVITATIONS, ROLES, TEAM_MEMBERS, TEAMS, WORKSPACES

Record = Mapping[str, Any]


class _Holdings(Struct, frozen=True):
    """The roles and teams of an organization with their assignments and members.

    Attributes:
        roles: the relevant roles with their assignments; None if there are too many roles to read all of them.
        teams: teams with their members, up to the limit of requests.
        more: whether there are more teams.
        workspaces: names of workspaces by ID.
    """

    roles: list[tuple[Record, list[dict[str, Any]]]] | None
    teams: list[tuple[Record, list[dict[str, Any]]]]
    more: bool
    workspaces: Mapping[str, str]


def remaining(
    ctx: CommandContext, organization_id: str, find: Callable[[], list[query.Found]], *, several: int, all_levels: bool
) -> tuple[list[query.Found], dict[str, str]]:
    """Return the users, and by user a note such as "keeps: Workspace Developer in ml-prod, team data-science".

    Args:
        ctx: the context of the command.
        organization_id: the organization whose roles and teams are read.
        find: looks up the users who are removed or deactivated.
        several: how many users were named; for many, nothing is read.
        all_levels: whether organization roles stay too, as they do for an account that is only deactivated.
    """
    if several > limits.STAYS_PEOPLE:
        return find(), {}
    ids = {"organization_id": organization_id}
    levels = {"organization", "workspace", "project"} if all_levels else {"workspace", "project"}
    users, holdings = query.gather(ctx.session, find, partial(_holdings, ctx, ids, levels))
    if holdings is None:
        return users, {}
    calls = [partial(_of, ctx, ids, user.id, levels, holdings) for user in users]
    texts = ctx.session.client.fan_out(calls, errors="return")
    return users, {user.id: text for user, text in zip(users, texts, strict=True) if isinstance(text, str) and text}


def left_behind(ctx: CommandContext, organization_id: str, user: query.Found) -> str:
    """Return a note on what remains after an account is deleted: "leaves: an open invitation, workspace ml-dev".

    Its roles and team memberships are deleted with it. Anything that cannot be read is not mentioned.
    """
    ids = {"organization_id": organization_id}
    waiting = partial(query.records, ctx.session, INVITATIONS, ids, {"email": user.name, "only_pending": True})
    owned = partial(query.records, ctx.session, WORKSPACES, {}, {**ids, "owner_id": user.id})
    invited, places = ctx.session.client.fan_out([waiting, owned], errors="return")
    left = ["an open invitation"] if isinstance(invited, list) and invited else []
    if isinstance(places, list):
        # A server that does not support the filter sends all workspaces.
        mine = [
            place for place in places if isinstance(owner := place.get("owner"), dict) and owner.get("id") == user.id
        ]
        left += [f"workspace {record.get('name')}" for record in mine[: limits.STAYS_REQUESTS]]
    return f"leaves: {', '.join(left)} (`users offboard` shows everything)" if left else ""


def _holdings(ctx: CommandContext, ids: Mapping[str, str], levels: set[str]) -> _Holdings | None:
    """Return the roles and teams with their holders; None if they cannot all be read, and nothing is reported."""
    session, most = ctx.session, limits.STAYS_REQUESTS
    try:
        roles, teams, workspaces = query.gather_all(
            session,
            [
                partial(query.records, session, ROLES, ids),
                partial(query.records, session, TEAMS, ids),
                partial(query.names_by_id, session, WORKSPACES, params=ids),
            ],
        )
        queried_roles = [role for role in roles if role.get("level") in levels]
        few = queried_roles if len(queried_roles) <= most else []
        of_roles = [partial(query.records, session, ASSIGNMENTS, {"role_id": query.id_of(ROLES, role)}) for role in few]
        of_teams = [
            partial(query.records, session, TEAM_MEMBERS, {"team_id": query.id_of(TEAMS, team)})
            for team in teams[:most]
        ]
        read = query.gather_all(session, [*of_roles, *of_teams])
    except ZenProError:
        return None
    return _Holdings(
        roles=list(zip(few, read, strict=False)) if len(queried_roles) <= most else None,
        teams=list(zip(teams, read[len(few) :], strict=False)),
        more=len(teams) > most,
        workspaces=workspaces,
    )


def _of(ctx: CommandContext, ids: Mapping[str, str], user_id: str, levels: set[str], holdings: _Holdings) -> str:
    roles = _own(ctx, ids, user_id, levels) if holdings.roles is None else holdings.roles
    texts = [words for role, rows in roles for words in _places(role, rows, user_id, holdings.workspaces)]
    texts += ["more roles"] if holdings.roles is None and len(roles) > limits.STAYS_REQUESTS else []
    teams = [
        f"team {team.get('name')}" for team, rows in holdings.teams if any(_user_id(row) == user_id for row in rows)
    ]
    if holdings.more:
        teams.append("perhaps more teams" if teams else f"perhaps teams, beyond the first {limits.STAYS_REQUESTS}")
    texts += teams
    return f"keeps: {', '.join(texts)} (`users offboard` revokes everything)" if texts else ""


def _own(
    ctx: CommandContext, ids: Mapping[str, str], user_id: str, levels: set[str]
) -> list[tuple[Record, list[dict[str, Any]]]]:
    """Return the roles of a user with their assignments, up to the limit of requests, plus one.

    The filter `user_id` is observed (API facts 3.6).
    """
    session, most = ctx.session, limits.STAYS_REQUESTS
    roles = [
        record for record in query.records(session, ROLES, ids, {"user_id": user_id}) if record.get("level") in levels
    ]
    calls = [
        partial(query.records, session, ASSIGNMENTS, {"role_id": query.id_of(ROLES, role)}) for role in roles[:most]
    ]
    lists: list[list[dict[str, Any]]] = session.client.fan_out(calls)
    return [*zip(roles, lists, strict=False), *((role, []) for role in roles[most : most + 1])]


def _places(role: Record, records: Sequence[Record], user_id: str, workspaces: Mapping[str, str]) -> list[str]:
    # A role that comes from a team has no assignment to the user; the team is named instead.
    mine = [record for record in records if _user_id(record) == user_id]
    name = str(role.get("name"))
    if role.get("level") == "organization":
        return [name] if mine else []
    keys = [str(record.get("workspace_id")) for record in mine]
    return [f"{name} in {workspaces.get(key, key)}" for key in keys]


def _user_id(record: Record) -> object:
    user = record.get("user")
    return user.get("id") if isinstance(user, dict) else None
