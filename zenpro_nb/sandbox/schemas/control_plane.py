"""Organizations, plans and the control plane's own description."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.schemas.common import Description, Id, Json, Name, Url
from zenpro_nb.sandbox.schemas.people import User

Domains = Annotated[list[Name], Field(max_length=limits.DOMAINS_MAX)]


class Organization(BaseModel):
    """An organization (API facts 4.1). ``trial_expiry``: seconds until the trial ends, null outside of a trial."""

    id: str
    name: str
    description: str | None = None
    logo_url: str | None = None
    created: str
    updated: str
    owner: User | None = None
    has_active_subscription: bool | None = None
    trial_expiry: int | None = None
    trusted_domains: list[str] = []


class OrganizationUpdate(BaseModel):
    """The changeable fields of an organization."""

    name: Name | None = None
    description: Description | None = None
    logo_url: Url | None = None
    owner_id: Id | None = None
    # API facts 3.3: a list replaces all domains, [] clears them, and an absent field changes nothing.
    trusted_domains: Domains | None = None


class OrganizationCreate(OrganizationUpdate):
    """The fields of a new organization."""

    id: Id | None = None
    name: Name


class Trial(BaseModel):
    """A trial. Inferred: none of its fields is documented anywhere (API facts 4.12)."""

    organization_id: str
    active: bool
    ends: str | None = None
    seconds_left: int | None = None


class Entitlement(BaseModel):
    """The limit of a plan. Inferred: zenml ignores the body and uses only the status (200 or 402)."""

    feature: str
    has_access: bool
    usage: int | None = None
    limit: int | None = None


class Validation(BaseModel):
    """Whether a name is valid and available. Inferred: the response of the validation routes is unknown."""

    name: str
    valid: bool
    available: bool
    reason: str | None = None


class Release(BaseModel):
    """A version. Inferred: none of its fields is documented anywhere (API facts 4.12)."""

    service: str
    version: str
    created: str
    is_latest: bool


class ServerInfo(BaseModel):
    """The server's own description (API facts 4.12, unreliable). ``metadata.sandbox`` marks the sandbox."""

    id: str
    name: str
    version: str
    url: str
    status: str
    metadata: Json


class UsageEvent(BaseModel):
    """The creation or deletion of a metered object."""

    organization_id: Id
    feature: Name
    total: Annotated[int, Field(ge=-1, le=1)]
    metadata: Json | None = None


class UsageBatch(BaseModel):
    """Several usage events. Inferred: only the path is observed."""

    events: Annotated[list[UsageEvent], Field(max_length=limits.LOOKUP_MAX)]
