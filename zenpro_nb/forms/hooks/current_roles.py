"""The current roles in one scope: assigned directly or through a team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.client import segment
from zenpro_nb.forms.choices import Choice
from zenpro_nb.resources.control_plane import ASSIGNMENTS, ROLES, TEAM_MEMBERS, TEAMS
from zenpro_nb.session.session import Session

Record = Mapping[str, Any]


class HeldRole(Struct, frozen=True):
    """A role of a principal."""

    role_id: str
    name: str
    team: str = ""  # the team that has it; empty for a direct assignment

    def __str__(self) -> str:
        return f"{self.name} (through team {self.team})" if self.team else self.name


class RolesScope(Struct, frozen=True):
    """The scope of roles: an organization, or one of its workspaces or projects."""

    organization_id: str
    workspace_id: str = ""
    project_id: str = ""


CurrentRoles = Mapping[str, Sequence[HeldRole]]  # by the id of the user, team or invitation
Teams = dict[str, tuple[str, list[Record]]]  # the name and the roles of each team, by its id


def read(session: Session, scope: RolesScope, roles: Sequence[Choice], people: Sequence[Choice]) -> CurrentRoles:
    """Return the current roles of these users, teams and invitations in the scope.

    Raises:
        ZenProError: the server refuses the request.
    """
    if scope.workspace_id:
        return _in_workspace(session, scope, roles)
    return _in_organization(session, scope, people)


def _in_workspace(session: Session, scope: RolesScope, roles: Sequence[Choice]) -> CurrentRoles:
    """Read the assignments of every role of this level; a workspace has few."""
    level = "project" if scope.project_id else "workspace"
    narrowing = {"workspace_id": scope.workspace_id, **({"project_id": scope.project_id} if scope.project_id else {})}
    fitting = [role for role in roles if role.record.get("level") == level]
    calls = [partial(query.records, session, ASSIGNMENTS, {"role_id": role.id}, narrowing) for role in fitting]
    direct_roles: dict[str, list[HeldRole]] = defaultdict(list)
    teams: Teams = {}
    for row in (row for rows in session.client.fan_out(calls) for row in rows):
        role = _part(row, "role")
        for part in ("user", "team", "invitation"):
            holder = _part(row, part)
            if holder.get("id"):
                direct_roles[str(holder["id"])].append(_held_role(role))
                if part == "team":
                    teams.setdefault(str(holder["id"]), (str(holder.get("name")), []))[1].append(role)
    for key, team_roles in _through_teams(session, teams).items():
        direct_roles[key] += team_roles
    return direct_roles


def _in_organization(session: Session, scope: RolesScope, people: Sequence[Choice]) -> CurrentRoles:
    """Read the roles of each principal: an organization can have as many assignments as people."""
    of_org = {"organization_id": scope.organization_id}
    holders = {
        person.id: "team_id" if _is_team(person) else "user_id" for person in people if not _is_invitation(person)
    }
    names = query.names_by_id(session, TEAMS, of_org) if holders else {}
    parameters = holders | dict.fromkeys(names, "team_id")
    calls = [
        partial(query.records, session, ROLES, of_org, {"level": "organization", parameter: key})
        for key, parameter in parameters.items()
    ]
    answers = dict(zip(parameters, session.client.fan_out(calls), strict=True))
    through = _through_teams(session, {key: (names[key], list(answers[key])) for key in names if answers[key]})
    roles: dict[str, list[HeldRole]] = {}
    for key in holders:
        by_team = through.get(key, [])
        # The server lists roles of teams among the user's own. A role through a team is not repeated.
        team_role_ids = {role.role_id for role in by_team}
        roles[key] = [*(_held_role(role) for role in answers[key] if role.get("id") not in team_role_ids), *by_team]
    return roles


def _through_teams(session: Session, teams: Teams) -> dict[str, list[HeldRole]]:
    """Return the roles that members of these teams have through them."""
    calls = [partial(query.records, session, TEAM_MEMBERS, {"team_id": segment(key)}) for key in teams]
    team_roles: dict[str, list[HeldRole]] = defaultdict(list)
    for (team, roles), members in zip(teams.values(), session.client.fan_out(calls), strict=True):
        for member in members:
            key = _part(member, "user").get("id") or _part(member, "invitation").get("id")
            team_roles[str(key)] += [_held_role(role, team) for role in roles]
    return team_roles


def _held_role(role: Record, team: str = "") -> HeldRole:
    return HeldRole(str(role.get("id")), str(role.get("name")), team)


def _part(row: Record, name: str) -> Record:
    part = row.get(name)
    return part if isinstance(part, Mapping) else {}


def _is_team(choice: Choice) -> bool:
    return "member_count" in choice.record


def _is_invitation(choice: Choice) -> bool:
    return "username" not in choice.record and not _is_team(choice)
