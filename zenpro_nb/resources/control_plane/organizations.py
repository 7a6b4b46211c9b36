"""Organizations, workspaces, and the versions available for them.

Routes and fields are in API facts 3.3, 3.15, 4.1 and 4.5.
"""

from __future__ import annotations

from zenpro_nb.resources.columns import CREATED, DESCRIPTION, ID, NAME, UPDATED, USER_SECRETS, flag
from zenpro_nb.resources.model import Column, DataType, Display, Filter, Paging, Resource

ORGANIZATIONS = Resource(
    noun="organizations",
    sample="acme",
    path="/organizations",
    paging=Paging.OFFSET,
    help="List the organizations that you are a member of.",
    columns=(
        NAME,
        DESCRIPTION,
        CREATED,
        UPDATED,
        Column("has_active_subscription", DataType.BOOL, help="whether it has a subscription or a trial"),
        Column(
            "trial_expiry",
            DataType.COUNT,
            help="seconds until the trial ends; missing if there is none",
            display=Display.SECONDS,
        ),
        Column(
            "trusted_domains",
            DataType.LIST,
            help="email domains whose invitations are accepted automatically at SSO login",
        ),
        Column("owner", path="owner.email", help="email of the owner; older servers only"),
        ID,
        Column("owner_id", DataType.ID, "owner.id", "the owner; older servers only"),
        Column("logo_url", help="address of the logo"),
    ),
    filters=(
        Filter("name", "filter by exact name"),
        Filter("owner_id", "filter by owner", DataType.ID),
        Filter("owner_username", "filter by owner (newer servers)"),
    ),
    secrets=tuple(f"owner.{name}" for name in USER_SECRETS),
    lookup="name",
    detail="/organizations/{id}",
    # API facts 3.3 and 4.1.
)

WORKSPACE_STATUS = ("not_initialized", "pending", "available", "failed", "deactivated", "deleted")

WORKSPACES = Resource(
    noun="workspaces",
    sample="ml-prod",
    next_command="access --workspace {}",
    path="/workspaces",
    paging=Paging.OFFSET,
    help="List the workspaces that you can see.",
    columns=(
        NAME,
        Column("display_name", help="display name in the dashboard"),
        Column("status", DataType.CATEGORY, help="pending, available, failed, deactivated …", display=Display.STATE),
        Column("version", path="zenml_service.status.version", help="version of the running ZenML server"),
        Column(
            "server_url",
            path="zenml_service.status.server_url",
            fallback_paths=("kitaru_service.status.server_url",),
            help="address of the ZenML (or Kitaru) server",
        ),
        Column("organization", path="organization.name", help="name of the organization"),
        Column(
            "desired_state",
            DataType.CATEGORY,
            help="state that the control plane is working towards",
            display=Display.STATE,
        ),
        Column("state_reason", help="reason for the state"),
        Column(
            "storage_size",
            DataType.COUNT,
            "zenml_service.status.storage_size",
            "storage usage as the server reports it; shown as bytes (inferred)",
            display=Display.BYTES,
        ),
        Column("workspace_type", DataType.CATEGORY, help="zenml, kitaru … (newer servers)"),
        Column("is_managed", DataType.BOOL, help="false: enrolled, on your own infrastructure"),
        CREATED,
        UPDATED,
        DESCRIPTION,
        Column("owner", path="owner.email", help="email of the owner; older servers only"),
        ID,
        Column("organization_id", DataType.ID, "organization.id", "the organization"),
        Column("owner_id", DataType.ID, "owner.id", "the owner; older servers only"),
        Column("logo_url", help="address of the logo"),
    ),
    filters=(
        Filter("workspace_id", "filter by workspace", DataType.ID, column="id"),
        Filter("workspace_name", "filter by exact name", column="name"),
        Filter("url", "filter by server address", column="server_url"),
        Filter("status", "filter by state", DataType.CATEGORY, WORKSPACE_STATUS),
        flag("is_managed", "list only managed workspaces, or only enrolled ones"),
        Filter("owner_id", "filter by owner", DataType.ID),
        # API facts 11.3: an administrator can enter without being a member.
        flag("member_only", "list only workspaces that you have access to"),
    ),
    secrets=(
        "enrollment_key",
        "mlflow_service",
        # API facts 11.6 and 11.7: anything that was passed to the server's container.
        "zenml_service.configuration.admin.environment_vars",
        "kitaru_service.configuration.admin.environment_vars",
        *(f"owner.{name}" for name in USER_SECRETS),
        *(f"organization.owner.{name}" for name in USER_SECRETS),
    ),
    lookup="workspace_name",
    aliases=("display_name",),
    detail="/workspaces/{id}",
    # API facts 3.15 and 4.5.
    ignored_fields=(
        "kitaru_service",
        "status_updated",
        "usage_counts",
    ),  # the service of a Kitaru workspace; API facts 4.5 and 11.2
)

RELEASES = Resource(
    noun="releases",
    path="/releases",
    paging=Paging.NONE,
    help="List the versions that can be deployed. The response model is unknown: all fields become columns.",
    columns=(),
    schemaless=True,
    label="version",
    # API facts 3.20.
    ignored_fields=("created", "is_latest", "service", "version"),  # inferred: no field of a release is public
)
