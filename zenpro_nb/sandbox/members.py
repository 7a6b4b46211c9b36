"""Who belongs to an organization, a workspace or a project, with which roles, and whether through a team."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import select

from zenpro_nb.sandbox.access_tables import Assignment, Invitation, Role, Team, TeamMember
from zenpro_nb.sandbox.serializers import Serializer, Shown
from zenpro_nb.sandbox.tables import User


class Scope(Struct, frozen=True):
    """The place that somebody may be a member of."""

    organization_id: str
    level: str
    workspace_id: str | None = None
    project_id: str | None = None


class Wanted(Struct, frozen=True):
    """The kinds of members that a list is to have."""

    users: bool = True
    service_accounts: bool = True
    teams: bool = True
    invitations: bool = True


Held = dict[str, list[Shown]]


def members_of(serializer: Serializer, scope: Scope, wanted: Wanted, role_id: str | None = None) -> list[Shown]:
    """Return everybody with a role at exactly this scope; one that comes from a team is marked ``via_team``."""
    people, teams, invitations = _holders(serializer, scope, role_id)
    shown: list[Shown] = []
    if wanted.users or wanted.service_accounts:
        shown += _people(serializer, people, wanted)
    if wanted.teams:
        rows = serializer.session.scalars(select(Team).where(Team.id.in_(teams)).order_by(Team.seq)).all()
        shown += [_member(teams[team.id], team=it) for team, it in zip(rows, serializer.teams(rows), strict=True)]
    if wanted.invitations:
        pending = select(Invitation).where(Invitation.id.in_(invitations), Invitation.accepted.is_(False))
        found = serializer.session.scalars(pending.order_by(Invitation.seq)).all()
        shown += [
            _member(invitations[invitation.id], invitation=it)
            for invitation, it in zip(found, serializer.invitations(found), strict=True)
        ]
    return shown


def _holders(serializer: Serializer, scope: Scope, role_id: str | None) -> tuple[Held, Held, Held]:
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
    people: Held = {}
    teams: Held = {}
    invitations: Held = {}
    for user_id, team_id, invitation_id, role, level in serializer.session.execute(query):
        holder, held = next(
            (text, held)
            for text, held in ((user_id, people), (team_id, teams), (invitation_id, invitations))
            if text is not None
        )
        held.setdefault(holder, []).append({"role_id": role, "level": level, "via_team": False})
    _spread(serializer, teams, people)
    return people, teams, invitations


def _spread(serializer: Serializer, teams: Held, people: Held) -> None:
    """Give the members of each team the team's roles."""
    query = select(TeamMember.team_id, TeamMember.user_id).where(
        TeamMember.team_id.in_(teams), TeamMember.user_id.is_not(None)
    )
    for team_id, user_id in serializer.session.execute(query.order_by(TeamMember.seq)):
        if user_id is not None:
            derived: Iterable[Shown] = ({**role, "via_team": True} for role in teams[team_id])
            people.setdefault(user_id, []).extend(derived)


def _people(serializer: Serializer, people: Held, wanted: Wanted) -> list[Shown]:
    encoded = serializer.users(people)
    bots = set(serializer.session.scalars(select(User.id).where(User.is_service_account)))
    return [
        _member(roles, user=encoded[person])
        for person, roles in people.items()
        if person in encoded and (wanted.service_accounts if person in bots else wanted.users)
    ]


def _member(roles: list[Shown], **subject: object) -> Shown:
    return {"user": None, "team": None, "invitation": None, **subject, "roles": roles}
