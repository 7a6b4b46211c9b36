"""Who has which role in one scope today, directly or through a team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from zenpro_nb import query
from zenpro_nb.client import segment
from zenpro_nb.forms.choices import Choice
from zenpro_nb.resources.control_plane import ASSIGNMENTS, ROLES, TEAM_MEMBERS, TEAMS
from zenpro_nb.session.session import Session

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Held:
    """A role that somebody has."""

    role_id: str
    role: str
    team: str = ""  # the team that brings it; empty: directly

    def __str__(self) -> str:
        return f"{self.role} (through team {self.team})" if self.team else self.role


@dataclass(frozen=True)
class RolesScope:
    """Where roles are held: in an organization, or in a workspace or project of it."""

    organization_id: str
    workspace_id: str = ""
    project_id: str = ""


Standing = Mapping[str, Sequence[Held]]  # by the id of the user, team or invitation


def read(session: Session, scope: RolesScope, roles: Sequence[Choice], people: Sequence[Choice]) -> Standing:
    """What these users, teams and invitations have today in the scope.

    Raises:
        ZenProError: the server refuses to say.
    """
    if scope.workspace_id:
        return _in_workspace(session, scope, roles)
    return _in_organization(session, scope, people)


def _in_workspace(session: Session, scope: RolesScope, roles: Sequence[Choice]) -> Standing:
    """From the assignments of every role that fits; a workspace has few."""
    level = "project" if scope.project_id else "workspace"
    place = {"workspace_id": scope.workspace_id, **({"project_id": scope.project_id} if scope.project_id else {})}
    fitting = [role for role in roles if role.record.get("level") == level]
    calls = [partial(query.records, session, ASSIGNMENTS, {"role_id": role.id}, place) for role in fitting]
    rows = [row for found in session.client.fan_out(calls) for row in found]
    held: dict[str, list[Held]] = {}
    teams: dict[str, tuple[str, list[Record]]] = {}
    for row in rows:
        role = _part(row, "role")
        for part in ("user", "team", "invitation"):
            holder = _part(row, part)
            if holder.get("id"):
                held.setdefault(str(holder["id"]), []).append(Held(str(role.get("id")), str(role.get("name"))))
                if part == "team":
                    teams.setdefault(str(holder["id"]), (str(holder.get("name")), []))[1].append(role)
    _through_teams(session, teams, held)
    return held


def _in_organization(session: Session, scope: RolesScope, people: Sequence[Choice]) -> Standing:
    """By asking for each of them: the assignments of an organization's roles may be as many as its people."""
    of_org = {"organization_id": scope.organization_id}
    holders = [(one, "team_id" if _is_team(one) else "user_id") for one in people if not _is_invitation(one)]
    all_teams = query.records(session, TEAMS, of_org) if holders else []
    asked = [(one.id, name) for one, name in holders] + [(str(team["id"]), "team_id") for team in all_teams]
    calls = [
        partial(query.records, session, ROLES, of_org, {"level": "organization", name: key})
        for key, name in dict.fromkeys(asked)
    ]
    answers = dict(zip([key for key, _ in dict.fromkeys(asked)], session.client.fan_out(calls), strict=True))
    names = {str(team["id"]): str(team.get("name")) for team in all_teams}
    teams: dict[str, tuple[str, list[Record]]] = {
        key: (names[key], list(answers[key])) for key in names if answers[key]
    }
    through: dict[str, list[Held]] = {}
    _through_teams(session, teams, through)
    held: dict[str, list[Held]] = {}
    for one, _ in holders:
        by_team = through.get(one.id, [])
        # The server counts roles of teams as the user's own, too: what a team brings is not said twice.
        brought = {role.role_id for role in by_team}
        direct = [Held(str(role["id"]), str(role["name"])) for role in answers[one.id] if role["id"] not in brought]
        held[one.id] = [*direct, *by_team]
    return held


def _through_teams(
    session: Session, teams: Mapping[str, tuple[str, list[Record]]], held: dict[str, list[Held]]
) -> None:
    calls = [partial(query.records, session, TEAM_MEMBERS, {"team_id": segment(key)}) for key in teams]
    for (name, roles), members in zip(teams.values(), session.client.fan_out(calls), strict=True):
        for member in members:
            key = str(_part(member, "user").get("id") or _part(member, "invitation").get("id"))
            held.setdefault(key, []).extend(Held(str(role.get("id")), str(role.get("name")), name) for role in roles)


def _part(row: Record, name: str) -> Record:
    part = row.get(name)
    return part if isinstance(part, Mapping) else {}


def _is_team(one: Choice) -> bool:
    return "member_count" in one.record


def _is_invitation(one: Choice) -> bool:
    return "username" not in one.record and not _is_team(one)
