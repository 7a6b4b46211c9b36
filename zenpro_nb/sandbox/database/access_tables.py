"""The tables of access: teams, roles, assignments, invitations, keys, devices, shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from zenpro_nb.sandbox.database.tables import Base


class Team(Base):
    """A team of an organization."""

    __tablename__ = "teams"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    description: Mapped[str | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class TeamMember(Base):
    """A user or an invitation in a team. On acceptance, the invitation's membership becomes the user's."""

    __tablename__ = "team_members"
    __table_args__ = (
        Index("one_membership", "team_id", text("coalesce(user_id, invitation_id)"), unique=True),
        Index("memberships_of_user", "user_id"),
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))


class Role(Base):
    """A predefined or custom role of an organization. Each organization has its own copies."""

    __tablename__ = "roles"
    __table_args__ = (Index("one_role_name", "organization_id", "level", "name", unique=True),)
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    name: Mapped[str]
    description: Mapped[str | None]
    level: Mapped[str]
    system_managed: Mapped[bool]
    type: Mapped[str]
    permissions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Assignment(Base):
    """A role assigned to a principal at a scope. It has no id in the API (API facts 4.9)."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "one_assignment",
            "role_id",
            text("coalesce(user_id, team_id, invitation_id)"),
            text("coalesce(workspace_id, '')"),
            text("coalesce(project_id, '')"),
            unique=True,
        ),
        Index("assignments_of_user", "user_id"),
        Index("assignments_of_team", "team_id"),
        Index("assignments_of_invitation", "invitation_id"),
        Index("assignments_in_workspace", "workspace_id"),
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    invitation_id: Mapped[str | None] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    workspace_id: Mapped[str | None] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    project_id: Mapped[str | None]


class Invitation(Base):
    """An invitation to an organization. Its roles are assignments."""

    __tablename__ = "invitations"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(index=True)
    inviter_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    accepted: Mapped[bool]
    created: Mapped[datetime]
    updated: Mapped[datetime]
    expires: Mapped[datetime]


class ApiKey(Base):
    """A personal access token or a service account's key. Only hashes of the secret are stored."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("one_key_name", "owner_id", "name", unique=True),)
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    description: Mapped[str | None]
    active: Mapped[bool]
    key_hash: Mapped[str] = mapped_column(index=True)
    retired_hash: Mapped[str | None] = mapped_column(index=True)
    retired_until: Mapped[datetime | None]
    retain_period_minutes: Mapped[int]
    expires_at: Mapped[datetime | None]
    last_login: Mapped[datetime | None]
    last_rotated: Mapped[datetime | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Device(Base):
    """A device that requested authorization. It belongs to the user who approves it."""

    __tablename__ = "devices"
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    client_id: Mapped[str]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    status: Mapped[str]
    user_code: Mapped[str] = mapped_column(index=True)
    device_code_hash: Mapped[str] = mapped_column(index=True)
    code_expires: Mapped[datetime]
    expires: Mapped[datetime | None]
    trusted_device: Mapped[bool]
    device_metadata: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    interval: Mapped[int]
    last_poll: Mapped[datetime | None]
    failed_auth_attempts: Mapped[int]
    hostname: Mapped[str | None]
    os: Mapped[str | None]
    ip_address: Mapped[str | None]
    python_version: Mapped[str | None]
    zenml_version: Mapped[str | None]
    last_login: Mapped[datetime | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Share(Base):
    """One resource of a workspace shared with a user or a team (API facts 3.14)."""

    __tablename__ = "shares"
    __table_args__ = (Index("one_share", "workspace_id", "resource", text("coalesce(user_id, team_id)"), unique=True),)
    seq: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    resource: Mapped[str]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    team_id: Mapped[str | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    actions: Mapped[list[str]] = mapped_column(JSON)


class EndedToken(Base):
    """A session token that was logged out before it expired."""

    __tablename__ = "ended_tokens"
    token_id: Mapped[str] = mapped_column(primary_key=True)
    expires: Mapped[datetime]
