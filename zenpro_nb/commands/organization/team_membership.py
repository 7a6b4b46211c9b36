"""Users who belong to an organization only through teams that have a role in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from zenpro_nb import limits, query
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.resources.control_plane import ASSIGNMENTS, TEAM_MEMBERS
from zenpro_nb.syntax.counts import named
from zenpro_nb.syntax.unparse import quoted

Record = Mapping[str, Any]


def refuse(
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
    members = [_users(records) for records in query.gather_all(ctx.session, calls)] if calls else []
    by_user = {key: [name for name, team in zip(teams.values(), members, strict=True) if key in team] for key in users}
    through = {users[key]: names for key, names in by_user.items() if names}
    if not through:
        return
    (first, first_teams), *_ = through.items()
    rest = f", like {len(through) - 1:,} others of the list" if len(through) > 1 else ""
    lines = [f"`teams remove {quoted(team)} --user {quoted(first)}`" for team in first_teams[: limits.SUGGESTIONS]]
    what = "the team" if len(first_teams) == 1 else "the teams"
    raise UsageError(
        f"{first} is a member of {organization} only through {what} {named(first_teams, limits.LISTED)}{rest}; "
        "nothing was sent",
        hint=f"Remove the user from there: {' and '.join(lines)}. Or remove all access: `users offboard {first}`.",
    )


def _users(members: Sequence[Record]) -> set[str]:
    return {str(user["id"]) for member in members if isinstance(user := member.get("user"), Mapping) and user.get("id")}
