"""The tables of organizations, users and workspaces. Permissions are in :mod:`.access_tables`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Dialect, ForeignKey, Index, String, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from zenpro_nb.sandbox.clock import STAMP_LENGTH, moment, stamp


class Moment(TypeDecorator[datetime]):
    """A time stored as text in the API's notation, which sorts correctly and is readable in the database."""

    impl = String(STAMP_LENGTH)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Return the text to store."""
        return None if value is None else stamp(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Return the time, with the UTC zone."""
        return None if value is None else moment(value)


class Base(DeclarativeBase):
    """The base class of all tables."""

    type_annotation_map = {datetime: Moment}  # noqa: RUF012


class Meta(Base):
    """Facts about the database itself, such as its signing secret and when it was seeded."""

    __tablename__ = "meta"
    JWT_SECRET = "jwt_secret"  # noqa: S105 - the name of a fact
    SEEDED = "seeded"
    # The last seeded user. Users created later have no history in the workspaces.
    LAST_SEEDED_USER = "last_seeded_user"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Organization(Base):
    """An organization. Its plan sets its limits."""

    __tablename__ = "organizations"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str | None]
    logo_url: Mapped[str | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    plan: Mapped[str]
    trial_ends: Mapped[datetime | None]
    trusted_domains: Mapped[list[str]] = mapped_column(JSON)
    usage: Mapped[dict[str, Any]] = mapped_column(JSON)


class User(Base):
    """A person or a service account: the API has one model for both (API facts 4.2)."""

    __tablename__ = "users"
    __table_args__ = (
        Index("users_by_email", text("lower(email)")),
        Index("users_by_username", "username"),
        # Two organizations can each have a "ci-bot", but two users never share a username.
        Index("one_username", "username", unique=True, sqlite_where=text("is_service_account = 0")),
        Index("one_bot_name", "organization_id", "username", unique=True, sqlite_where=text("is_service_account = 1")),
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str]
    email: Mapped[str | None]
    name: Mapped[str | None]
    password: Mapped[str | None]
    password_expired: Mapped[bool | None]
    avatar_url: Mapped[str | None]
    company: Mapped[str | None]
    job_title: Mapped[str | None]
    extra: Mapped[dict[str, Any] | None] = mapped_column("metadata", JSON)
    oauth_provider: Mapped[str | None]
    oauth_id: Mapped[str | None]
    is_active: Mapped[bool]
    is_superuser: Mapped[bool]
    is_service_account: Mapped[bool]
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    is_onboarded: Mapped[bool]
    description: Mapped[str | None]


class Workspace(Base):
    """A workspace. Its status is not stored but computed from the target state, the time it was set, and the clock."""

    __tablename__ = "workspaces"
    # A deleted workspace keeps its row and frees its name.
    __table_args__ = (Index("one_workspace_name", "name", unique=True, sqlite_where=text("target_state != 'deleted'")),)
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    display_name: Mapped[str]
    description: Mapped[str | None]
    logo_url: Mapped[str | None]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    is_managed: Mapped[bool]
    enrollment_hash: Mapped[str | None]
    workspace_type: Mapped[str]
    version: Mapped[str | None]
    admin: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    server_url: Mapped[str]
    mlflow: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    usage_counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    target_state: Mapped[str]
    target_since: Mapped[datetime]
    target_reason: Mapped[str]
    is_new: Mapped[bool]
    created: Mapped[datetime]
    updated: Mapped[datetime]
