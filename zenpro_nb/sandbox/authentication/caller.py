"""Turn the Authorization header into a :class:`Caller`, or a 401 (API facts 2.1)."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.database.access_tables import ApiKey, Device, EndedToken
from zenpro_nb.sandbox.database.tables import User, Workspace
from zenpro_nb.sandbox.errors import NotSignedInError

DEVICE = "device_code"
SESSION = "session"
API = "api"
KEY = "api_key"
WORKSPACE = "workspace"
# Built once: to build a statement takes as long as to execute it.
_KEY = select(ApiKey).where(ApiKey.id == bindparam("id"))
_USER = select(User).where(User.id == bindparam("id"))


class Caller(Struct, frozen=True):
    """An authenticated user, service account or workspace server."""

    id: str
    kind: str
    expires: datetime | None
    token_id: str | None = None
    key_id: str | None = None
    username: str = ""
    email: str | None = None
    organization_id: str | None = None
    is_superuser: bool = False
    is_service_account: bool = False


def identify(session: Session, token: str, jwt_secret: str, now: datetime) -> Caller:
    """Return the caller of a bearer credential, which is a session token or a key used directly (API facts 2.1)."""
    # Every JWT starts with the base64 of {" and contains two dots.
    looks_like_jwt = token.startswith("eyJ") and token.count(".") == 2
    return _from_token(session, token, jwt_secret, now) if looks_like_jwt else _from_key(session, token, now)


def key_for(session: Session, secret: str, now: datetime) -> tuple[ApiKey, datetime | None]:
    """Return the active key with this secret, and when the secret stops working."""
    hashed = credentials.digest(secret)
    key = session.scalar(select(ApiKey).where(or_(ApiKey.key_hash == hashed, ApiKey.retired_hash == hashed)))
    if key is None or not key.active:
        raise NotSignedInError("Invalid API key.")
    ends = [moment for moment in (key.expires_at,) if moment is not None]
    if key.key_hash != hashed:
        # The secret from before the last rotation works until the end of its retention period.
        ends.append(key.retired_until or now)
    expires = min(ends, default=None)
    if expires is not None and expires <= now:
        raise NotSignedInError("The API key has expired.")
    return key, expires


def _from_key(session: Session, secret: str, now: datetime) -> Caller:
    key, expires = key_for(session, secret, now)
    return person(session, key.owner_id, KEY, expires, key_id=key.id)


def _from_token(session: Session, token: str, jwt_secret: str, now: datetime) -> Caller:
    claims = credentials.read(jwt_secret, token, now)
    if session.get(EndedToken, claims.token_id) is not None:
        raise NotSignedInError("The session has been logged out.")
    if claims.kind == WORKSPACE:
        return _workspace(session, claims)
    if claims.key_id is not None:
        _require_live_key(session, claims.key_id, now)
    if claims.device_id is not None:
        _require_live_device(session, claims.device_id)
    return person(session, claims.subject, claims.kind, claims.expires, claims.token_id, claims.key_id)


def _require_live_key(session: Session, key_id: str, now: datetime) -> None:
    # API facts 2.6: deactivating a key takes effect immediately on the control plane, also for sessions it opened.
    key = session.scalar(_KEY, {"id": key_id})
    if key is None or not key.active or (key.expires_at is not None and key.expires_at <= now):
        raise NotSignedInError("The API key of this session is no longer active.")


def _require_live_device(session: Session, device_id: str) -> None:
    device = session.scalar(select(Device).where(Device.id == device_id))
    if device is None or device.status != "active":
        raise NotSignedInError("The device of this session is no longer authorized.")


def _workspace(session: Session, claims: credentials.Claims) -> Caller:
    workspace = session.scalar(
        select(Workspace).where(Workspace.id == claims.subject, Workspace.target_state != "deleted")
    )
    if workspace is None:
        raise NotSignedInError("The workspace of this session does not exist anymore.")
    return Caller(workspace.id, WORKSPACE, claims.expires, claims.token_id, organization_id=workspace.organization_id)


def person(
    session: Session,
    user_id: str,
    kind: str,
    expires: datetime | None,
    token_id: str | None = None,
    key_id: str | None = None,
) -> Caller:
    """Return the active user or service account with this id as a caller."""
    user = session.scalar(_USER, {"id": user_id})
    if user is None or not user.is_active:
        raise NotSignedInError("The user account is not active.")
    return Caller(
        user.id,
        kind,
        expires,
        token_id,
        key_id,
        user.username,
        user.email,
        user.organization_id,
        user.is_superuser,
        user.is_service_account,
    )
