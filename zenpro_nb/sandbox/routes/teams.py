"""Teams and their members (API facts 3.11)."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.database.access_tables import Team, TeamMember
from zenpro_nb.sandbox.errors import AlreadyThereError, ForbiddenError, MissingError
from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, PageDep, PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import access as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("teams")


@routes.get("/organizations/{organization_id}/teams", response_model=list[schemas.Team])
def list_teams(call: PersonCall, organization_id: Id, page: PageDep) -> Response:
    """List the organization's teams. Paging is inferred (API facts 3.11)."""
    with call.reading() as (serializer, rights):
        rights.organization(organization_id)
        rights.require("read", "team", organization_id)
        query = select(Team).where(Team.organization_id == organization_id).order_by(Team.seq)
        return reply(serializer.teams(serializer.session.scalars(query.offset(page.offset).limit(page.limit)).all()))


@routes.post("/teams", response_model=schemas.Team)
def create_team(call: PersonCall, body: schemas.TeamCreate) -> Response:
    """Create a team."""
    with call.writing() as (session, rights):
        rights.organization(body.organization_id)
        rights.require("create", "team", body.organization_id)
        _require_free(session, body.organization_id, body.name)
        now = call.now()
        team = Team(
            id=queries.new_id(), organization_id=body.organization_id, name=body.name, description=body.description,
            created=now, updated=now,
        )  # fmt: skip
        session.add(team)
    return _show(call, team.id)


def _require_free(session: Session, organization_id: str, name: str) -> None:
    if session.scalar(select(Team.seq).where(Team.organization_id == organization_id, Team.name == name)) is not None:
        raise AlreadyThereError(f"A team with the name '{name}' already exists in the organization.")


def _show(call: AuthenticatedCall, team_id: str) -> Response:
    with call.reading() as (serializer, _):
        return reply(serializer.teams([queries.by_id(serializer.session, Team, team_id)])[0])


@routes.get("/teams/{team_id}", response_model=schemas.Team)
def get_team(call: PersonCall, team_id: Id) -> Response:
    """Return a team."""
    with call.reading() as (serializer, rights):
        return reply(serializer.teams([queries.team(serializer.session, rights, team_id, "read")])[0])


@routes.patch("/teams/{team_id}", response_model=schemas.Team)
def update_team(call: PersonCall, team_id: Id, body: schemas.TeamUpdate) -> Response:
    """Change the given fields of a team."""
    with call.writing() as (session, rights):
        team = queries.team(session, rights, team_id, "update")
        if body.name is not None and body.name != team.name:
            _require_free(session, team.organization_id, body.name)
        for name, value in body.model_dump(exclude_none=True).items():
            setattr(team, name, value)
        team.updated = call.now()
    return _show(call, team_id)


@routes.delete("/teams/{team_id}", response_model=None)
def delete_team(call: PersonCall, team_id: Id) -> Response:
    """Delete a team. Its members lose the roles they had through it."""
    with call.writing() as (session, rights):
        session.delete(queries.team(session, rights, team_id, "delete"))
    return reply(None)


@routes.get("/teams/{team_id}/members", response_model=list[schemas.TeamMember])
def list_team_members(call: PersonCall, team_id: Id) -> Response:
    """List the members of a team, including invitations."""
    with call.reading() as (serializer, rights):
        queries.team(serializer.session, rights, team_id, "read")
        rows = serializer.session.scalars(
            select(TeamMember).where(TeamMember.team_id == team_id).order_by(TeamMember.seq)
        ).all()
        people = serializer.users(row.user_id for row in rows)
        invitations = serializer.invitations_by_id(row.invitation_id for row in rows)
        return reply(
            [
                {
                    "user": people.get(row.user_id or ""),
                    "team": None,
                    "invitation": invitations.get(row.invitation_id or ""),
                    "roles": [],
                }
                for row in rows
            ]
        )


@routes.post("/teams/{team_id}/members", response_model=None)
def add_team_member(
    call: PersonCall, team_id: Id, user_id: Id | None = None, invitation_id: Id | None = None
) -> Response:
    """Add a user or an invitation to a team. The arguments are query parameters."""
    with call.writing() as (session, rights):
        team = queries.team(session, rights, team_id, "update")
        kind, subject = queries.only_argument(user_id=user_id, invitation_id=invitation_id)
        if not queries.belongs(session, team.organization_id, kind, subject):
            raise ForbiddenError("The team and its new member are of different organizations.")
        column = getattr(TeamMember, kind)
        if session.scalar(select(TeamMember.seq).where(TeamMember.team_id == team_id, column == subject)) is not None:
            raise AlreadyThereError("The user is already a member of the team.")
        session.add(TeamMember(team_id=team_id, **{kind: subject}))
    return reply(None)


@routes.delete("/teams/{team_id}/members", response_model=None)
def remove_team_member(
    call: PersonCall, team_id: Id, user_id: Id | None = None, invitation_id: Id | None = None
) -> Response:
    """Remove a user or an invitation from a team."""
    with call.writing() as (session, rights):
        queries.team(session, rights, team_id, "update")
        kind, subject = queries.only_argument(user_id=user_id, invitation_id=invitation_id)
        removed_rows = session.execute(
            delete(TeamMember)
            .where(TeamMember.team_id == team_id, getattr(TeamMember, kind) == subject)
            .returning(TeamMember.seq)
        )
        if not removed_rows.all():
            raise MissingError("The user is not a member of the team.")
    return reply(None)
