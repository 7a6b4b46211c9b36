"""What somebody keeps who is removed or deactivated: roles below the organization, and teams.

It is read with few requests and says so where it stops; `access` and offboarding answer the whole question.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from zenpro_nb import limits, query
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.errors import ZenProError
from zenpro_nb.resources.control_plane import ASSIGNMENTS, INVITATIONS, ROLES, TEAM_MEMBERS, TEAMS, WORKSPACES

Record = Mapping[str, Any]


def remaining(run: Runtime, organization_id: str, user_ids: Sequence[str], *, all_levels: bool) -> dict[str, str]:
    """Return by user what stays, in words: "keeps: Workspace Developer in ml-prod, team data-science".

    Args:
        run: the runtime of the call.
        organization_id: whose roles and teams.
        user_ids: who is removed or deactivated; of many, nothing is said, since each costs several requests.
        all_levels: roles of the organization stay as well, as they do for an account that is only deactivated.
    """
    if len(user_ids) > limits.STAYS_PEOPLE:
        return {}
    ids = {"organization_id": organization_id}
    found = run.session.client.fan_out([partial(_of, run, ids, one, all_levels) for one in user_ids], errors="return")
    return {one: words for one, words in zip(user_ids, found, strict=True) if isinstance(words, str) and words}


def left_behind(run: Runtime, organization_id: str, user: query.Found) -> str:
    """Return what a deletion of an account leaves: "leaves: an open invitation, workspace ml-dev".

    Its roles and teams go with it. What cannot be read is not told.
    """
    ids = {"organization_id": organization_id}
    waiting = partial(query.records, run.session, INVITATIONS, ids, {"email": user.name, "only_pending": True})
    owned = partial(query.records, run.session, WORKSPACES, {}, {**ids, "owner_id": user.id})
    invited, places = run.session.client.fan_out([waiting, owned], errors="return")
    left = ["an open invitation"] if isinstance(invited, list) and invited else []
    if isinstance(places, list):
        # A server that does not know the filter sends them all.
        mine = [one for one in places if isinstance(owner := one.get("owner"), dict) and owner.get("id") == user.id]
        left += [f"workspace {one.get('name')}" for one in mine[: limits.STAYS_REQUESTS]]
    return f"leaves: {', '.join(left)} (`users offboard` shows all that they have)" if left else ""


def _of(run: Runtime, ids: Mapping[str, str], user_id: str, all_levels: bool) -> str:
    kept = [*_roles(run, ids, user_id, all_levels), *_teams(run, ids, user_id)]
    return f"keeps: {', '.join(kept)} (`users offboard` takes it all back)" if kept else ""


def _roles(run: Runtime, ids: Mapping[str, str], user_id: str, all_levels: bool) -> list[str]:
    """Return the roles and where they are held. The filter `user_id` is observed (fact sheet, section 3)."""
    levels: Collection[str] = ("organization", "workspace", "project") if all_levels else ("workspace", "project")
    roles = [one for one in query.records(run.session, ROLES, ids, {"user_id": user_id}) if one.get("level") in levels]
    calls = [partial(_places, run, role, user_id) for role in roles[: limits.STAYS_REQUESTS]]
    kept = [words for places in run.session.client.fan_out(calls) for words in places]
    return [*kept, "more roles"] if len(roles) > limits.STAYS_REQUESTS else kept


def _places(run: Runtime, role: Record, user_id: str) -> list[str]:
    name = str(role.get("name"))
    if role.get("level") == "organization":
        return [name]
    records = query.records(run.session, ASSIGNMENTS, {"role_id": query.id_of(ROLES, role)})
    # A role that comes through a team shows no assignment of one's own; the team is named instead.
    mine = [one for one in records if _user_id(one) == user_id]
    return [f"{name} in {_workspace(run, str(one.get('workspace_id')))}" for one in mine]


def _workspace(run: Runtime, key: str) -> str:
    known = run.session.names.by_id("workspaces")
    if key in known:
        return known[key]
    try:
        return str(query.record_of(run.session.client.get(f"/workspaces/{key}")).get("name") or key)
    except ZenProError:
        return key


def _teams(run: Runtime, ids: Mapping[str, str], user_id: str) -> list[str]:
    teams = query.records(run.session, TEAMS, ids)
    calls = [partial(_is_in, run, team, user_id) for team in teams[: limits.STAYS_REQUESTS]]
    held = run.session.client.fan_out(calls)
    kept = [f"team {team.get('name')}" for team, found in zip(teams, held, strict=False) if found]
    more = "perhaps more teams" if kept else f"perhaps teams, beyond the first {limits.STAYS_REQUESTS}"
    return [*kept, more] if len(teams) > limits.STAYS_REQUESTS else kept


def _is_in(run: Runtime, team: Record, user_id: str) -> bool:
    members = query.records(run.session, TEAM_MEMBERS, {"team_id": query.id_of(TEAMS, team)})
    return any(_user_id(one) == user_id for one in members)


def _user_id(record: Record) -> object:
    user = record.get("user")
    return user.get("id") if isinstance(user, dict) else None
