"""Users and service accounts."""

from __future__ import annotations

from pydantic import BaseModel

from zenpro_nb.sandbox.schemas.common import Description, Email, Id, Json, Name, Url, Username


class User(BaseModel):
    """A person or a service account. API facts 4.2: no created or updated, but the schema has the password."""

    id: str
    username: str
    email: str | None = None
    name: str | None = None
    password: str | None = None
    password_expired: bool | None = None
    avatar_url: str | None = None
    company: str | None = None
    job_title: str | None = None
    metadata: Json | None = None
    oauth_provider: str | None = None
    oauth_id: str | None = None
    is_active: bool = True
    is_superuser: bool = False
    is_service_account: bool = False
    organization_id: str | None = None
    is_onboarded: bool = False


class ServiceAccount(User):
    """A service account."""

    # Inferred: the request body has a description, so the response is assumed to have one as well.
    description: str | None = None


class MeUpdate(BaseModel):
    """The fields that users can change on their own account (API facts 3.9)."""

    name: Name | None = None
    avatar_url: Url | None = None
    company: Name | None = None
    job_title: Name | None = None
    metadata: Json | None = None
    password: Name | None = None


class UserUpdate(MeUpdate):
    """The fields that a superuser can change on a user."""

    username: Username | None = None
    email: Email | None = None
    is_active: bool | None = None
    is_superuser: bool | None = None
    is_onboarded: bool | None = None


class ServiceAccountCreate(BaseModel):
    """The fields of a new service account."""

    username: Username
    description: Description | None = None
    # Inferred: an initial role is observed (control plane 0.12.6), but not the name of its field.
    role_id: Id | None = None


class ServiceAccountUpdate(BaseModel):
    """The changeable fields of a service account."""

    username: Username | None = None
    name: Name | None = None
    description: Description | None = None
    is_active: bool | None = None
