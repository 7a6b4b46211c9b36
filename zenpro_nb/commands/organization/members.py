"""The noun `members`: list and remove the members of an organization."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.commands.organization.residual_access import remaining
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.declare import (
    CommandContext,
    ListOptions,
    Observation,
    Org,
    Record,
    Undo,
    UserNames,
    Verifier,
    Write,
    is_listed,
    noun,
    reading,
)
from zenpro_nb.resources.control_plane import ASSIGNMENTS, MEMBERS, ROLES, TEAM_MEMBERS
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.frames import Table


def _read(ctx: CommandContext, options: ListOptions) -> Table:
    """Read the members with their kind and the names of their roles; the API sends only role IDs.

    Examples:
        # List all members
        members
        # List all members, including teams
        members --include-teams --columns kind,email,name,roles
    """
    members_query = reading.query_of(ctx, MEMBERS, options)
    read = partial(query.read_records, ctx.session, MEMBERS, members_query.ids, members_query.sent, raw=options.raw)
    if options.raw:
        rows, facts = read()
    else:
        (rows, facts), names = query.gather(
            ctx.session, read, partial(query.names_by_id, ctx.session, ROLES, members_query.ids)
        )
        rows = [{**row, "kind": principal_kind(row), "roles": with_role_names(row.get("roles"), names)} for row in rows]
    return reading.frame_of_records(
        ctx, MEMBERS, rows, options, route=members_query.path, filters=members_query.sent, **facts
    )


members = noun(MEMBERS, read=_read)


@members.write(asks="Remove {target}? All organization roles are revoked.", several=True, guarded=True)
def remove(ctx: CommandContext, members: UserNames, org: Org = None) -> list[Write]:
    """Remove users from the organization: revoke all their organization roles.

    The users keep their workspace roles and team memberships. To remove these too and deactivate the account, run
    `users offboard`. A user who is a member only through a team must be removed from the team: the error names it.

    Examples:
        # Remove one member
        members remove alex.morgan2@example.com
    """
    organization = query.organization(ctx.session, org)
    read = query.Once(partial(query.members_of, ctx.session, organization.id))
    find = partial(query.find_all, ctx.session, "users", members, member_of=organization.id, members=read)
    (found, stays), roles_by_user = query.gather(
        ctx.session,
        partial(remaining, ctx, organization.id, find, several=len(members), all_levels=False),
        partial(_roles_by_user, ctx, organization.id, read),
    )
    if roles_by_user is not None:
        role_ids = {user_id: [role.id for role in roles] for user_id, roles in roles_by_user.items()}
        roles_by_user = _certain(ctx, roles_by_user, [user.id for user in found])
        others = {user.id: user.name for user in found if roles_by_user is not None and user.id not in roles_by_user}
        _refuse_team_members(ctx, organization.name, others, role_ids)
    return [
        replace(
            removal(ctx, organization, user.id, user.name, _direct(roles_by_user, user.id)),
            keeps_note=stays.get(user.id, ""),
            noop="" if roles_by_user is None or user.id in roles_by_user else "has no organization role to remove",
        )
        for user in found
    ]


def removal(ctx: CommandContext, organization: query.Found, user_id: str, name: str, role_ids: Sequence[str]) -> Write:
    """Return the write that revokes all organization roles of a user.

    Args:
        role_ids: those roles; undoing the write assigns them again.
    """
    return Write(
        "DELETE",
        f"/organizations/{organization.id}/members",
        target=f"{name} in {organization.name}",
        name=name,
        sentence=("removed ", f" from {organization.name}"),
        params={"user_id": user_id},
        verify=_is_no_member(ctx, {"organization_id": organization.id}, user_id),
        on_404="is not a member",
        before={"roles": list(role_ids)} if role_ids else None,
        inverse=tuple(_returned_ids(role_id, user_id) for role_id in role_ids),
        irreversible="" if role_ids else "the roles that are revoked could not be read",
    )


def _returned_ids(role_id: str, user_id: str) -> Undo:
    """Return the undo that assigns one of the revoked roles again."""
    observation = Observation(noun=ASSIGNMENTS.noun, ids={"role_id": role_id}, match={"user.id": user_id})
    path, params = f"/roles/{role_id}/assignments", {"user_id": user_id}
    return Undo("POST", path, observation, expected_now=None, restores={}, params=params)


class _Role(Struct, frozen=True):
    """An organization role that a user has.

    Attributes:
        via_team: whether the list of members shows it only as a role of a team.
    """

    id: str
    via_team: bool


RolesByUser = Mapping[str, Sequence[_Role]]


def _direct(roles_by_user: RolesByUser | None, user_id: str) -> list[str]:
    return [role.id for role in (roles_by_user or {}).get(user_id, ()) if not role.via_team]


def _roles_by_user(
    ctx: CommandContext, organization_id: str, read: Callable[[], Sequence[Record]]
) -> RolesByUser | None:
    """Return the organization roles by user; None if they cannot be read.

    The list of members shows them in one response (API facts 4.7). If a server does not show them there, the
    assignments of each role are read.
    """
    try:
        members = read()
        if any(not isinstance(member.get("roles"), list) for member in members):
            return _held_by_assignments(ctx, organization_id)
    except ZenProError:
        return None
    roles_by_user = {}
    for member in members:
        user = member.get("user")
        if isinstance(user, Mapping) and user.get("id"):
            roles_by_user[str(user["id"])] = list(_roles_of(member))
    return roles_by_user


def _roles_of(member: Record) -> Iterator[_Role]:
    """Yield the organization roles of a member, each once."""
    roles_shown = [
        role
        for role in member.get("roles") or ()
        if isinstance(role, Mapping) and role.get("role_id") and role.get("level") in (None, "organization")
    ]
    direct = {str(role["role_id"]) for role in roles_shown if not role.get("via_team")}
    for role_id in dict.fromkeys(str(role["role_id"]) for role in roles_shown):
        yield _Role(role_id, via_team=role_id not in direct)


def _certain(ctx: CommandContext, roles_by_user: RolesByUser, user_ids: Sequence[str]) -> RolesByUser | None:
    """Return the roles that these users have directly; None if they cannot be read.

    Only its assignments show whether a role that is listed as a team's is also assigned directly.
    """
    uncertain = sorted({role.id for user_id in user_ids for role in roles_by_user.get(user_id, ()) if role.via_team})
    calls = [partial(query.records, ctx.session, ASSIGNMENTS, {"role_id": role_id}) for role_id in uncertain]
    try:
        read = ctx.session.client.fan_out(calls) if calls else []
    except ZenProError:
        return None
    holders = {role_id: _user_ids(assignments) for role_id, assignments in zip(uncertain, read, strict=True)}
    direct = {
        user_id: [
            _Role(role.id, via_team=False)
            for role in roles_by_user[user_id]
            if not role.via_team or user_id in holders[role.id]
        ]
        for user_id in user_ids
        if user_id in roles_by_user
    }
    return {user_id: roles for user_id, roles in direct.items() if roles}


def _held_by_assignments(ctx: CommandContext, organization_id: str) -> RolesByUser:
    roles_by_user: dict[str, list[_Role]] = {}
    roles = query.records(ctx.session, ROLES, {"organization_id": organization_id}, {"level": "organization"})
    ids = [query.id_of(ROLES, role) for role in roles if role.get("level") in (None, "organization")]
    calls = [partial(query.records, ctx.session, ASSIGNMENTS, {"role_id": role_id}) for role_id in ids]
    for role_id, assignments in zip(ids, ctx.session.client.fan_out(calls), strict=True):
        for user_id in _user_ids(assignments):
            roles_by_user.setdefault(user_id, []).append(_Role(role_id, via_team=False))
    return roles_by_user


def _user_ids(rows: Sequence[Record]) -> set[str]:
    """Return the IDs of the users in assignments of a role, or among the members of a team."""
    users = [row.get("user") for row in rows]
    return {str(user["id"]) for user in users if isinstance(user, Mapping) and user.get("id")}


def principal_kind(row: Mapping[str, Any]) -> str:
    """Return the kind of the principal of a member or an assignment: user, service-account, team or invitation."""
    user = row.get("user")
    if isinstance(user, Mapping) and user:
        return "service-account" if user.get("is_service_account") else "user"
    return "team" if row.get("team") else "invitation"


def with_role_names(roles: Any, names: Mapping[Any, Any]) -> list[dict[str, Any]]:
    """Return the roles of a member, each with its name, or with its ID if the name is unknown."""
    role_records = [role for role in (roles if isinstance(roles, list) else ()) if isinstance(role, dict)]
    ids = [key if isinstance(key := role.get("role_id"), str) else None for role in role_records]
    return [{**role, "name": names.get(key, key)} for role, key in zip(role_records, ids, strict=True)]


def _is_no_member(ctx: CommandContext, ids: dict[str, str], user_id: str) -> Verifier:
    def fits(record: Record) -> bool:
        user = record.get("user")
        return isinstance(user, dict) and user.get("id") == user_id

    return is_listed(ctx.session, MEMBERS, ids, fits, {"include_teams": False}, expected=False)


def _refuse_team_members(
    ctx: CommandContext, organization: str, users: Mapping[str, str], roles: Mapping[str, Sequence[str]]
) -> None:
    """Refuse to remove users who would stay members, because only teams give them a role in the organization.

    Args:
        organization: its name.
        users: the names of the users who have no role of their own, by ID.
        roles: the IDs of the roles that teams give them, by the ID of the user.

    Raises:
        UsageError: there are such users; the message names the teams, and the commands that remove the users from them.
    """
    role_ids = sorted({role for key in users for role in roles.get(key, ())})
    calls: list[Callable[[], Any]] = [
        partial(query.records, ctx.session, ASSIGNMENTS, {"role_id": role}) for role in role_ids
    ]
    assignments = [record for records in query.gather_all(ctx.session, calls) for record in records] if calls else []
    teams = {str(team["id"]): str(team.get("name")) for record in assignments if (team := record.get("team"))}
    calls = [partial(query.records, ctx.session, TEAM_MEMBERS, {"team_id": key}) for key in teams]
    members = [_user_ids(records) for records in query.gather_all(ctx.session, calls)] if calls else []
    by_user = {key: [name for name, team in zip(teams.values(), members, strict=True) if key in team] for key in users}
    through = {users[key]: names for key, names in by_user.items() if names}
    if not through:
        return
    (first, first_teams), *_ = through.items()
    rest = f", like {counted(len(through) - 1, 'other')} in the list" if len(through) > 1 else ""
    lines = [f"`teams remove {quoted(team)} --user {quoted(first)}`" for team in first_teams[: limits.SUGGESTIONS]]
    what = "the team" if len(first_teams) == 1 else "the teams"
    team_names = name_list(first_teams, limits.NAMES_IN_MESSAGE)
    raise UsageError(
        f"{first} is a member of {organization} only through {what} {team_names}{rest}; nothing was sent",
        hint=f"Remove the user from {what}: {' and '.join(lines)}. Or remove all access: `users offboard {first}`.",
    )
