"""Invitations, for the organization and for invited users (API facts 3.5)."""

from __future__ import annotations

from datetime import datetime

from fastapi import Response
from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.access_tables import Assignment, Invitation, Role, TeamMember
from zenpro_nb.sandbox.database.tables import User
from zenpro_nb.sandbox.errors import AlreadyThereError, BadValueError, ForbiddenError, MissingError
from zenpro_nb.sandbox.http.dependencies import AuthenticatedCall, PersonCall
from zenpro_nb.sandbox.http.routing import router
from zenpro_nb.sandbox.operations import plans
from zenpro_nb.sandbox.permissions import predefined, queries
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import access as schemas
from zenpro_nb.sandbox.schemas.common import Id

routes = router("invitations")


@routes.get("/organizations/{organization_id}/invitations", response_model=list[schemas.Invitation])
def list_invitations(
    call: PersonCall, organization_id: Id, email: str | None = None, only_pending: bool = False
) -> Response:
    """List invitations without paging. The default of ``only_pending`` is unknown, and assumed to be off."""
    with call.reading() as (serializer, rights):
        rights.organization(organization_id)
        rights.require("read", "invitation", organization_id)
        query = select(Invitation).where(Invitation.organization_id == organization_id).order_by(Invitation.seq)
        if email is not None:
            query = query.where(func.lower(Invitation.email) == email.lower())
        if only_pending:
            query = query.where(Invitation.accepted.is_(False), Invitation.expires > call.now())
        return reply(serializer.invitations(serializer.session.scalars(query).all()))


@routes.post("/organizations/{organization_id}/invitations", response_model=schemas.Invitation)
def create_invitation(call: PersonCall, organization_id: Id, body: schemas.InvitationCreate) -> Response:
    """Invite by email. With SSO, a user who has an account becomes a member immediately (API facts 11.9)."""
    with call.writing() as (session, rights):
        organization = rights.organization(organization_id)
        rights.require("create", "invitation", organization_id)
        role = queries.role(session, rights, body.role_id)
        if role.organization_id != organization_id or role.level != predefined.ORGANIZATION:
            raise ForbiddenError("An invitation needs an organization role of the same organization.")
        _require_new(session, organization_id, body.email, call)
        plans.require_room(session, organization, "member")
        invitation = _invite(session, call, organization_id, body)
        account = _account(session, body.email) if organization.name in call.context.options.sso else None
        if account is not None:
            _accept(session, invitation, account, call.now())
    return _show(call, invitation.id, None if account is None else role)


def _invite(
    session: Session, call: AuthenticatedCall, organization_id: str, body: schemas.InvitationCreate
) -> Invitation:
    now = call.now()
    invitation = Invitation(
        id=queries.new_id(), organization_id=organization_id, email=body.email, inviter_id=call.caller.id,
        accepted=False, created=now, updated=now, expires=now + limits.INVITATION_LIFE,
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    session.add(Assignment(role_id=body.role_id, invitation_id=invitation.id))
    session.flush()
    return invitation


def _account(session: Session, email: str) -> str | None:
    """Return the id of the user with this address."""
    people = select(User.id).where(func.lower(User.email) == email.lower(), User.is_service_account.is_(False))
    return session.scalar(people.order_by(User.seq))


def _require_new(session: Session, organization_id: str, email: str, call: AuthenticatedCall) -> None:
    waiting = select(Invitation.seq).where(
        Invitation.organization_id == organization_id,
        # API facts 4.10: email addresses match case-insensitively (since 0.13.15).
        func.lower(Invitation.email) == email.lower(),
        Invitation.accepted.is_(False),
        Invitation.expires > call.now(),
    )
    if session.scalar(waiting) is not None:
        raise AlreadyThereError(f"An invitation for '{email}' is pending already.")
    users = session.scalars(select(User.id).where(func.lower(User.email) == email.lower()))
    if any(queries.has_any_role(session, organization_id, user_id) for user_id in users):
        raise AlreadyThereError(f"'{email}' is a member of the organization already.")


def _show(call: AuthenticatedCall, invitation_id: str, joined_as: Role | None = None) -> Response:
    with call.reading() as (serializer, _):
        item = serializer.invitations([queries.by_id(serializer.session, Invitation, invitation_id)])[0]
    if joined_as is not None:
        # Inferred: a direct addition returns an accepted invitation. By then its role is the user's own.
        role = {"role_id": joined_as.id, "name": joined_as.name, "level": joined_as.level}
        item["roles"] = [{**role, "workspace_id": None, "project_id": None}]
    return reply(item)


@routes.delete("/organizations/{organization_id}/invitations/{invitation_id}", response_model=None)
def revoke_invitation(call: PersonCall, organization_id: Id, invitation_id: Id) -> Response:
    """Withdraw an invitation."""
    with call.writing() as (session, rights):
        rights.organization(organization_id)
        rights.require("delete", "invitation", organization_id)
        invitation = queries.by_id(session, Invitation, invitation_id)
        if invitation.organization_id != organization_id:
            raise MissingError(f"Unable to find invitation {invitation_id}.")
        session.delete(invitation)
    return reply(None)


@routes.get("/invitations", response_model=list[schemas.Invitation])
def list_own_invitations(call: PersonCall) -> Response:
    """List the caller's pending invitations."""
    with call.reading() as (serializer, _):
        query = select(Invitation).where(
            func.lower(Invitation.email) == (call.caller.email or "").lower(),
            Invitation.accepted.is_(False),
            Invitation.expires > call.now(),
        )
        return reply(serializer.invitations(serializer.session.scalars(query.order_by(Invitation.seq)).all()))


def _own(session: Session, call: AuthenticatedCall, invitation_id: str) -> Invitation:
    invitation = queries.by_id(session, Invitation, invitation_id)
    if invitation.email.lower() != (call.caller.email or "").lower():
        raise MissingError(f"Unable to find invitation {invitation_id}.")
    return invitation


@routes.get("/invitations/{invitation_id}", response_model=schemas.Invitation)
def get_own_invitation(call: PersonCall, invitation_id: Id) -> Response:
    """Return an invitation of the caller."""
    with call.reading() as (serializer, _):
        return reply(serializer.invitations([_own(serializer.session, call, invitation_id)])[0])


@routes.post("/invitations/{invitation_id}", response_model=schemas.Invitation)
def accept_invitation(call: PersonCall, invitation_id: Id) -> Response:
    """Accept an invitation: its roles and teams become the caller's (API facts 7.2). The method POST is inferred."""
    with call.writing() as (session, _):
        invitation = _own(session, call, invitation_id)
        if invitation.accepted:
            raise AlreadyThereError("The invitation has been accepted already.")
        if invitation.expires <= call.now():
            raise BadValueError("The invitation has expired.")
        _accept(session, invitation, call.caller.id, call.now())
    return _show(call, invitation_id)


def _accept(session: Session, invitation: Invitation, user_id: str, now: datetime) -> None:
    """Transfer the invitation's roles and teams to the user."""
    invitation.accepted = True
    invitation.updated = now
    _transfer(session, invitation.id, user_id)


def _transfer(session: Session, invitation_id: str, user_id: str) -> None:
    for row in session.scalars(select(Assignment).where(Assignment.invitation_id == invitation_id)).all():
        same = exists().where(
            Assignment.role_id == row.role_id,
            Assignment.user_id == user_id,
            Assignment.workspace_id.is_not_distinct_from(row.workspace_id),
            Assignment.project_id.is_not_distinct_from(row.project_id),
        )
        if session.scalar(select(same)):
            session.delete(row)
        else:
            row.invitation_id, row.user_id = None, user_id
    already = select(TeamMember.team_id).where(TeamMember.user_id == user_id)
    session.execute(
        update(TeamMember)
        .where(TeamMember.invitation_id == invitation_id, TeamMember.team_id.not_in(already))
        .values(invitation_id=None, user_id=user_id)
    )
