"""Organizations, workspaces, and the versions that can run in them.

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
    help="The organizations that you are a member of.",
    columns=(
        NAME,
        DESCRIPTION,
        CREATED,
        UPDATED,
        Column("has_active_subscription", DataType.BOOL, help="in trial or billed"),
        Column(
            "trial_expiry",
            DataType.COUNT,
            help="seconds until the trial ends; missing: not in trial",
            display=Display.SECONDS,
        ),
        Column(
            "trusted_domains",
            DataType.LIST,
            help="email domains: an invitation to one completes itself at the SSO login",
        ),
        Column("owner", path="owner.email", help="e-mail of the owner, older servers only"),
        ID,
        Column("owner_id", DataType.ID, "owner.id", "the owner, older servers only"),
        Column("logo_url", help="address of the logo"),
    ),
    filters=(
        Filter("name", "only the organization of this name"),
        Filter("owner_id", "only those of this owner", DataType.ID),
        Filter("owner_username", "only those of this owner (newer servers)"),
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
    help="The workspaces that you may see.",
    columns=(
        NAME,
        Column("display_name", help="name shown in the dashboard"),
        Column("status", DataType.CATEGORY, help="pending, available, failed, deactivated …", display=Display.STATE),
        Column("version", path="zenml_service.status.version", help="version of the running ZenML server"),
        Column(
            "server_url",
            path="zenml_service.status.server_url",
            fallback_paths=("kitaru_service.status.server_url",),
            help="address of the ZenML (or Kitaru) server",
        ),
        Column("organization", path="organization.name", help="name of the organization"),
        Column("desired_state", DataType.CATEGORY, help="what the control plane works towards", display=Display.STATE),
        Column("state_reason", help="why it is in this state"),
        Column(
            "storage_size",
            DataType.COUNT,
            "zenml_service.status.storage_size",
            "as the server reports it; shown as bytes (inferred)",
            display=Display.BYTES,
        ),
        Column("workspace_type", DataType.CATEGORY, help="zenml, kitaru … (newer servers)"),
        Column("is_managed", DataType.BOOL, help="false: enrolled, runs on your own infrastructure"),
        CREATED,
        UPDATED,
        DESCRIPTION,
        Column("owner", path="owner.email", help="e-mail of the owner, older servers only"),
        ID,
        Column("organization_id", DataType.ID, "organization.id", "the organization"),
        Column("owner_id", DataType.ID, "owner.id", "the owner, older servers only"),
        Column("logo_url", help="address of the logo"),
    ),
    filters=(
        Filter("workspace_id", "only this workspace", DataType.ID, column="id"),
        Filter("workspace_name", "only the workspace of this name", column="name"),
        Filter("url", "only the workspace whose server has this address", column="server_url"),
        Filter("status", "only those in this state", DataType.CATEGORY, WORKSPACE_STATUS),
        flag("is_managed", "only managed (or, with no, only enrolled) ones"),
        Filter("owner_id", "only those of this owner", DataType.ID),
        # API facts 11.3: an administrator enters without being a member.
        flag("member_only", "only those that you may enter"),
    ),
    secrets=(
        "enrollment_key",
        "mlflow_service",
        # API facts 11.6 and 11.7: whatever somebody gave the server's container.
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
    ),  # what runs a Kitaru workspace; API facts 4.5 and 11.2
)

RELEASES = Resource(
    noun="releases",
    path="/releases",
    paging=Paging.NONE,
    help="The versions that can be deployed. The response model is unknown: the columns are made from what comes.",
    columns=(),
    schemaless=True,
    label="version",
    # API facts 3.20.
    ignored_fields=("created", "is_latest", "service", "version"),  # inferred: no field of a release is public
)
