"""Look up a service account for a caller who can manage it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.database.tables import User
from zenpro_nb.sandbox.errors import AlreadyThereError, MissingError
from zenpro_nb.sandbox.permissions.access import Rights


def get(session: Session, rights: Rights, organization_id: str, id_or_username: str, action: str) -> User:
    """Return a service account by id or username, if the caller has this permission."""
    rights.organization(organization_id)
    rights.require(action, "service_account", organization_id)
    has_id_or_name = (User.id == id_or_username) | (User.username == id_or_username)
    found = session.scalar(
        select(User).where(User.organization_id == organization_id, User.is_service_account, has_id_or_name)
    )
    if found is None:
        raise MissingError(f"Unable to find service account {id_or_username}.")
    return found


def require_free(session: Session, organization_id: str, username: str) -> None:
    """Raise AlreadyThereError if the organization has a service account with this name."""
    existing = select(User.seq).where(
        User.organization_id == organization_id, User.is_service_account, User.username == username
    )
    if session.scalar(existing) is not None:
        raise AlreadyThereError(f"A service account with the name '{username}' already exists.")
