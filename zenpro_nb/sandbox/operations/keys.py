"""API keys of users and of service accounts, with the same rules for both.

Creating and listing are observed (API facts 3.8). Reading one key, changing, deleting and rotating are inferred from
the workspace API, whose paths and terms they use.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox.authentication import credentials
from zenpro_nb.sandbox.database.access_tables import ApiKey
from zenpro_nb.sandbox.errors import AlreadyThereError, MissingError
from zenpro_nb.sandbox.permissions import queries
from zenpro_nb.sandbox.schemas import auth as schemas


def list_keys(session: Session, owner_id: str) -> list[ApiKey]:
    """Return the keys of an account, oldest first."""
    return list(session.scalars(select(ApiKey).where(ApiKey.owner_id == owner_id).order_by(ApiKey.seq)))


def get(session: Session, owner_id: str, id_or_name: str) -> ApiKey:
    """Return one key of an account, by id or name."""
    has_id_or_name = (ApiKey.id == id_or_name) | (ApiKey.name == id_or_name)
    key = session.scalar(select(ApiKey).where(ApiKey.owner_id == owner_id, has_id_or_name))
    if key is None:
        raise MissingError(f"Unable to find API key {id_or_name}.")
    return key


def create(session: Session, owner_id: str, body: schemas.ApiKeyCreate, now: datetime) -> tuple[ApiKey, str]:
    """Return a new key and its secret, which is shown only this once."""
    _require_free(session, owner_id, body.name)
    key = ApiKey(
        id=queries.new_id(), owner_id=owner_id, name=body.name, description=body.description, active=True,
        retain_period_minutes=0, created=now, updated=now, expires_at=_later(now, body.expires_in_minutes),
        retired_hash=None, retired_until=None, last_login=None, last_rotated=None,
    )  # fmt: skip
    secret = credentials.new_key(key.id)
    key.key_hash = credentials.digest(secret)
    session.add(key)
    return key, secret


def update(session: Session, key: ApiKey, body: schemas.ApiKeyUpdate, now: datetime) -> None:
    """Change the given fields of a key."""
    if body.name is not None and body.name != key.name:
        _require_free(session, key.owner_id, body.name)
    for name, value in body.model_dump(exclude_none=True).items():
        setattr(key, name, value)
    key.updated = now


def rotate(key: ApiKey, body: schemas.ApiKeyRotate, now: datetime) -> str:
    """Return a new secret. The old one works until the end of the retention period."""
    secret = credentials.new_key(key.id)
    key.retired_hash = key.key_hash if body.retain_period_minutes else None
    key.retired_until = _later(now, body.retain_period_minutes or None)
    key.key_hash = credentials.digest(secret)
    key.retain_period_minutes = body.retain_period_minutes
    key.last_rotated = key.updated = now
    if body.expires_in_minutes is not None:
        key.expires_at = _later(now, body.expires_in_minutes)
    return secret


def _later(now: datetime, minutes: int | None) -> datetime | None:
    return None if minutes is None else now + timedelta(minutes=minutes)


def _require_free(session: Session, owner_id: str, name: str) -> None:
    if session.scalar(select(ApiKey.seq).where(ApiKey.owner_id == owner_id, ApiKey.name == name)) is not None:
        raise AlreadyThereError(f"An API key with the name '{name}' already exists.")
