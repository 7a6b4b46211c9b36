"""List the members of an organization, workspace or project, with their roles, direct or through a team."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import select

from zenpro_nb.sandbox.database.access_tables import Assignment, Invitation, Role, Team, TeamMember
from zenpro_nb.sandbox.database.tables import User
from zenpro_nb.sandbox.responses.serializers import JsonObject, Serializer


class Scope(Struct, frozen=True):
    """The organization, workspace or project whose members are listed."""

    organization_id: str
    level: str
    workspace_id: str | None = None
    project_id: str | None = None


class MemberKinds(Struct, frozen=True):
    """The kinds of members to include."""

    users: bool = True
    service_accounts: bool = True
    teams: bool = True
    invitations: bool = True


RolesByPrincipal = dict[str, list[JsonObject]]


def members_of(
    serializer: Serializer, scope: Scope, kinds: MemberKinds, role_id: str | None = None
) -> list[JsonObject]:
    """Return the members with a role at exactly this scope. Roles from teams are marked ``via_team``."""
    people, teams, invitations = _holders(serializer, scope, role_id)
    items: list[JsonObject] = []
    if kinds.users or kinds.service_accounts:
        items += _people(serializer, people, kinds)
    if kinds.teams:
        rows = serializer.session.scalars(select(Team).where(Team.id.in_(teams)).order_by(Team.seq)).all()
        items += [
            _member(teams[team.id], team=shown_team)
            for team, shown_team in zip(rows, serializer.teams(rows), strict=True)
        ]
    if kinds.invitations:
        pending = select(Invitation).where(Invitation.id.in_(invitations), Invitation.accepted.is_(False))
        found = serializer.session.scalars(pending.order_by(Invitation.seq)).all()
        items += [
            _member(invitations[invitation.id], invitation=shown_invitation)
            for invitation, shown_invitation in zip(found, serializer.invitations(found), strict=True)
        ]
    return items


def _holders(
    serializer: Serializer, scope: Scope, role_id: str | None
) -> tuple[RolesByPrincipal, RolesByPrincipal, RolesByPrincipal]:
    """Return the roles at the scope by user, by team and by invitation."""
    query = (
        select(Assignment.user_id, Assignment.team_id, Assignment.invitation_id, Role.id, Role.level)
        .join(Role, Role.id == Assignment.role_id)
        .where(
            Role.organization_id == scope.organization_id,
            Role.level == scope.level,
            Assignment.workspace_id.is_(scope.workspace_id)
            if scope.workspace_id is None
            else Assignment.workspace_id == scope.workspace_id,
        )
        .order_by(Assignment.seq)
    )
    if scope.project_id is not None:
        query = query.where(Assignment.project_id == scope.project_id)
    if role_id is not None:
        query = query.where(Role.id == role_id)
    people: RolesByPrincipal = {}
    teams: RolesByPrincipal = {}
    invitations: RolesByPrincipal = {}
    for user_id, team_id, invitation_id, assigned, level in serializer.session.execute(query):
        principal_id, roles = next(
            (principal_id, roles)
            for principal_id, roles in ((user_id, people), (team_id, teams), (invitation_id, invitations))
            if principal_id is not None
        )
        roles.setdefault(principal_id, []).append({"role_id": assigned, "level": level, "via_team": False})
    _spread(serializer, teams, people)
    return people, teams, invitations


def _spread(serializer: Serializer, teams: RolesByPrincipal, people: RolesByPrincipal) -> None:
    """Add each team's roles to its members."""
    query = select(TeamMember.team_id, TeamMember.user_id).where(
        TeamMember.team_id.in_(teams), TeamMember.user_id.is_not(None)
    )
    for team_id, user_id in serializer.session.execute(query.order_by(TeamMember.seq)):
        if user_id is not None:
            derived: Iterable[JsonObject] = ({**role, "via_team": True} for role in teams[team_id])
            people.setdefault(user_id, []).extend(derived)


def _people(serializer: Serializer, people: RolesByPrincipal, kinds: MemberKinds) -> list[JsonObject]:
    encoded = serializer.users(people)
    bots = set(serializer.session.scalars(select(User.id).where(User.is_service_account)))
    return [
        _member(roles, user=encoded[person])
        for person, roles in people.items()
        if person in encoded and (kinds.service_accounts if person in bots else kinds.users)
    ]


def _member(roles: list[JsonObject], **subject: object) -> JsonObject:
    return {"user": None, "team": None, "invitation": None, **subject, "roles": roles}
