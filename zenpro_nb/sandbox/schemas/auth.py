"""Tokens, keys and devices."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.schemas.common import Description, Id, Json, Minutes, Name


class Token(BaseModel):
    """Section 2.2."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the OAuth word, not a secret
    expires_in: int
    device_id: str | None = None
    device_metadata: Json | None = None


class OAuthProblem(BaseModel):
    error: str
    error_description: str


class DeviceAuthorization(BaseModel):
    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class ApiKey(BaseModel):
    """Inferred by analogy with the workspace API (section 4)."""

    id: str
    name: str
    description: str | None = None
    active: bool
    created: str
    updated: str
    last_login: str | None = None
    last_rotated: str | None = None
    expires_at: str | None = None
    retain_period_minutes: int


class ApiKeyWithSecret(ApiKey):
    key: str


class ApiKeyCreate(BaseModel):
    name: Name
    description: Description | None = None
    expires_in_minutes: Minutes | None = None


class ApiKeyUpdate(BaseModel):
    name: Name | None = None
    description: Description | None = None
    active: bool | None = None


class ApiKeyRotate(BaseModel):
    retain_period_minutes: Annotated[int, Field(ge=0, le=limits.MINUTES_MAX)] = 0
    expires_in_minutes: Minutes | None = None


class Device(BaseModel):
    """The first five fields are observed, the rest follows the workspace API's device (section 4)."""

    id: str
    name: str | None = None
    created: str
    updated: str
    user_id: str | None = None
    client_id: str
    status: str
    expires: str | None = None
    trusted_device: bool
    os: str | None = None
    ip_address: str | None = None
    hostname: str | None = None
    python_version: str | None = None
    zenml_version: str | None = None
    failed_auth_attempts: int
    last_login: str | None = None
    device_metadata: Json | None = None


class DeviceVerify(BaseModel):
    user_code: Name
    trusted_device: bool = False
    device_metadata: dict[Annotated[str, Field(max_length=limits.NAME_MAX)], Id | None] | None = None


class DeviceUpdate(BaseModel):
    # Inferred by analogy with the workspace API, where a device is locked and unlocked.
    name: Name | None = None
    locked: bool | None = None
