"""Look up rows by id or name. Missing and invisible rows are both a 404."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.clock import moment
from zenpro_nb.sandbox.database.access_tables import ApiKey, Assignment, Device, Invitation, Role, Team
from zenpro_nb.sandbox.database.tables import Meta, Organization, User, Workspace
from zenpro_nb.sandbox.errors import BadValueError, ForbiddenError, MissingError
from zenpro_nb.sandbox.permissions.access import Rights

Row = TypeVar("Row", Organization, User, Workspace, Team, Role, Invitation, ApiKey, Device)
# Built once: to build a statement takes as long as to execute it.
_BY_ID: dict[type[Any], Select[Any]] = {
    table: select(table).where(table.id == bindparam("id"))
    for table in (Organization, User, Workspace, Team, Role, Invitation, ApiKey, Device)
}


def new_id() -> str:
    """Return a new unique id."""
    return str(uuid4())


def by_id(session: Session, table: type[Row], row_id: str) -> Row:
    """Return the row with this id, or raise MissingError."""
    row: Row | None = session.scalar(_BY_ID[table], {"id": row_id})
    if row is None:
        raise MissingError(f"Unable to find {table.__name__.lower()} {row_id}.")
    return row


def seeded_at(session: Session) -> datetime:
    """Return when the data of this sandbox were seeded."""
    return moment(session.get_one(Meta, Meta.SEEDED).value)


def user(session: Session, id_or_email: str) -> User:
    """Return a user by id, username or email. The path is documented as user_id_or_email."""
    found = session.scalar(
        select(User)
        .where(
            or_(
                User.id == id_or_email,
                func.lower(User.email) == id_or_email.lower(),
                User.username == id_or_email,
            )
        )
        .order_by(User.seq)
    )
    if found is None:
        raise MissingError(f"Unable to find user {id_or_email}.")
    return found


def workspace(session: Session, rights: Rights, id_or_name: str) -> Workspace:
    """Return a visible workspace by id, or by name if it is not deleted."""
    found = session.scalar(
        select(Workspace).where(
            or_(Workspace.id == id_or_name, (Workspace.name == id_or_name) & (Workspace.target_state != "deleted"))
        )
    )
    if found is None or not rights.sees(found):
        raise MissingError(f"Unable to find workspace {id_or_name}.")
    return found


def enterable_workspace(session: Session, rights: Rights, workspace_id: str) -> Workspace:
    """Return a workspace to which the caller can connect. An unknown one is a 404, a forbidden one a 403."""
    found = by_id(session, Workspace, workspace_id)
    if not rights.may_enter(found):
        raise ForbiddenError("You are not authorized to access this workspace.")
    return found


def team(session: Session, rights: Rights, team_id: str, action: str) -> Team:
    """Return a team for which the caller has this permission."""
    found = by_id(session, Team, team_id)
    rights.organization(found.organization_id)
    rights.require(action, "team", found.organization_id)
    return found


def role(session: Session, rights: Rights, role_id: str) -> Role:
    """Return a role of an organization that the caller belongs to."""
    found = by_id(session, Role, role_id)
    rights.organization(found.organization_id)
    return found


def only_argument(**argument: str | None) -> tuple[str, str]:
    """Return the name and value of the only given argument. Any other number is a ValueError (API facts 3.13)."""
    present = [(name, value) for name, value in argument.items() if value is not None]
    if len(present) != 1:
        raise BadValueError(f"Exactly one of {', '.join(argument)} must be given.")
    return present[0]


def belongs(session: Session, organization_id: str, kind: str, subject_id: str) -> bool:
    """Return whether a user, team or invitation belongs to this organization (API facts 3.13)."""
    if kind == "team_id":
        return by_id(session, Team, subject_id).organization_id == organization_id
    if kind == "invitation_id":
        return by_id(session, Invitation, subject_id).organization_id == organization_id
    account = by_id(session, User, subject_id)
    if account.is_service_account:
        return account.organization_id == organization_id
    # API facts 7.3: every role makes its holder a member. Any user can therefore receive a first role.
    return True


def has_any_role(session: Session, organization_id: str, user_id: str) -> bool:
    """Return whether a user has any direct role in the organization."""
    return (
        session.scalar(
            select(Assignment.seq)
            .join(Role, Role.id == Assignment.role_id)
            .where(Assignment.user_id == user_id, Role.organization_id == organization_id)
            .limit(1)
        )
        is not None
    )


def new_user(username: str, email: str | None, name: str | None) -> User:
    """Return a blank active account."""
    return User(
        id=new_id(), username=username, email=email, name=name, password=None, password_expired=None,
        avatar_url=None, company=None, job_title=None, extra=None, oauth_provider=None, oauth_id=None,
        is_active=True, is_superuser=False, is_service_account=False, organization_id=None, is_onboarded=False,
        description=None,
    )  # fmt: skip
