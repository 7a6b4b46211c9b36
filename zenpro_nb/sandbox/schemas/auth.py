"""Tokens, keys and devices."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.schemas.common import Description, Id, Json, Minutes, Name


class Token(BaseModel):
    """A session token (API facts 2.2)."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the OAuth term, not a secret
    expires_in: int
    device_id: str | None = None
    device_metadata: Json | None = None


class OAuthProblem(BaseModel):
    """An error in the format of OAuth (API facts 2.2)."""

    error: str
    error_description: str


class DeviceAuthorization(BaseModel):
    """The codes and addresses to continue the device flow (API facts 2.4)."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class ApiKey(BaseModel):
    """A key without its secret. Inferred by analogy with the workspace API (API facts 4.4)."""

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
    """A key in the only response that contains its secret."""

    key: str


class ApiKeyCreate(BaseModel):
    """The fields of a new key."""

    name: Name
    description: Description | None = None
    expires_in_minutes: Minutes | None = None


class ApiKeyUpdate(BaseModel):
    """The changeable fields of a key."""

    name: Name | None = None
    description: Description | None = None
    active: bool | None = None


class ApiKeyRotate(BaseModel):
    """The options for rotating a key."""

    retain_period_minutes: Annotated[int, Field(ge=0, le=limits.MINUTES_MAX)] = 0
    expires_in_minutes: Minutes | None = None


class Device(BaseModel):
    """An authorized device. Five fields are observed, the others follow the workspace API (API facts 4.11)."""

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
    """A user's approval of the device that shows this code."""

    user_code: Name
    trusted_device: bool = False
    device_metadata: dict[Annotated[str, Field(max_length=limits.NAME_MAX)], Id | None] | None = None


class DeviceUpdate(BaseModel):
    """The changeable fields of a device. Inferred: the workspace API locks and unlocks its devices."""

    name: Name | None = None
    locked: bool | None = None
