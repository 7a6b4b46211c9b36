"""Workspaces."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.schemas.common import Description, Id, Json, Name, Slug, Url
from zenpro_nb.sandbox.schemas.control_plane import Organization
from zenpro_nb.sandbox.schemas.people import User

Type = Literal["zenml", "kitaru"]


class Feature(BaseModel):
    """A feature of a server, enabled or disabled."""

    enabled: bool


class Admin(BaseModel):
    """The deployment of a service. Fields sent: API facts 8, 11.6 and 11.7; fields shown: API facts 11.2."""

    image_repository: Description | None = None
    image_tag: Description | None = None
    helm_chart_version: Name | None = None
    environment_vars: Annotated[dict[Description, Url], Field(max_length=limits.SETTINGS_MAX)] | None = None
    features: Annotated[dict[Name, Feature], Field(max_length=limits.SETTINGS_MAX)] | None = None
    provider_type: Name | None = None
    service_tier: Name | None = None
    resources: Json | None = None


class SecretsStore(BaseModel):
    """The secrets store of a server."""

    type: Name


class Configuration(BaseModel):
    """The configuration of a workspace's server (API facts 4.5 and 11.2)."""

    version: Name | None = None
    analytics_enabled: bool | None = None
    secrets_store: SecretsStore | None = None
    backup_secrets_store: SecretsStore | None = None
    admin: Admin | None = None


class ServiceStatus(BaseModel):
    """The address and version of a ZenML server.

    API facts 4.5 also lists ``storage_size``. The real response of API facts 11.2 omits it, and so does the sandbox.
    """

    server_url: str
    version: str | None = None
    storage_size: int | None = None


class ZenmlService(BaseModel):
    """The ZenML server of a workspace."""

    configuration: Configuration | None = None
    status: ServiceStatus | None = None


class MlflowStatus(BaseModel):
    """The address and credentials of an MLflow server."""

    server_url: str
    username: str
    password: str


class MlflowConfiguration(BaseModel):
    """The configuration of an MLflow server."""

    version: str


class MlflowService(BaseModel):
    """The MLflow server of a workspace."""

    configuration: MlflowConfiguration
    status: MlflowStatus | None = None


class KitaruStatus(BaseModel):
    """The address of a Kitaru server."""

    server_url: str


class KitaruService(BaseModel):
    """The Kitaru server of a workspace."""

    # Inferred: API facts 11.6 documents it for the request.
    configuration: Configuration | None = None
    status: KitaruStatus | None = None


class Workspace(BaseModel):
    """A workspace (API facts 4.5). ``enrollment_key`` is present only in the response to an enrollment."""

    id: str
    name: str
    display_name: str
    description: str | None = None
    logo_url: str | None = None
    organization: Organization
    owner: User | None = None
    is_managed: bool = True
    enrollment_key: str | None = None
    zenml_service: ZenmlService
    mlflow_service: MlflowService | None = None
    workspace_type: str
    kitaru_service: KitaruService | None = None
    usage_counts: dict[str, int]
    desired_state: str
    status: str
    state_reason: str
    created: str
    updated: str
    status_updated: str


class ServiceRequest(BaseModel):
    """The requested configuration of a workspace's server."""

    configuration: Configuration | None = None


class WorkspaceUpdate(BaseModel):
    """The changeable fields of a workspace."""

    # API facts 3.16: renaming is possible since 0.12.8, perhaps only of the display name.
    name: Slug | None = None
    display_name: Name | None = None
    description: Description | None = None
    logo_url: Url | None = None
    owner_id: Id | None = None
    desired_state: Literal["available", "deactivated", "deleted"] | None = None
    state_reason: Description | None = None
    zenml_service: ServiceRequest | None = None
    kitaru_service: ServiceRequest | None = None


class WorkspaceCreate(BaseModel):
    """The fields of a new workspace."""

    id: Id | None = None
    name: Slug
    display_name: Name | None = None
    organization_id: Id
    owner_id: Id | None = None
    description: Description | None = None
    logo_url: Url | None = None
    is_managed: bool = True
    workspace_type: Type = "zenml"
    zenml_service: ServiceRequest | None = None
    kitaru_service: ServiceRequest | None = None
