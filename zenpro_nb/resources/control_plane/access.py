"""Roles and their assignments; service accounts and keys.

Routes and fields are in API facts 3.6 to 3.14, and 4.3 to 4.9.
"""

from __future__ import annotations

from zenpro_nb.resources.columns import (
    API_KEY_COLUMNS,
    API_KEY_DECIDING,
    API_KEY_SECRETS,
    DESCRIPTION,
    ID,
    LEVELS,
    NAME,
    PRINCIPAL,
    PRINCIPAL_SECRETS,
    USER_SECRETS,
    flag,
)
from zenpro_nb.resources.model import Column, DataType, Filter, Paging, Resource

ROLES = Resource(
    noun="roles",
    sample="Workspace Developer",
    next_command="access --role {}",
    path="/organizations/{organization_id}/roles",
    paging=Paging.OFFSET,
    help="List the roles that can be assigned in the organization.",
    columns=(
        NAME,
        Column("level", DataType.CATEGORY, help="organization, workspace, or project"),
        DESCRIPTION,
        Column("system_managed", DataType.BOOL, help="whether it is predefined by ZenML and cannot be changed"),
        Column("type", DataType.CATEGORY, help="normal, or a role created by sharing"),
        ID,
        Column("organization_id", DataType.ID, help="the organization"),
    ),
    filters=(
        Filter("name", "filter by exact role name"),
        Filter("level", "filter by level", DataType.CATEGORY, LEVELS),
        Filter("user_id", "list only roles of this user", DataType.ID, refers_to="users"),
        Filter("team_id", "list only roles of this team", DataType.ID, refers_to="teams"),
        Filter("resource", "list only roles with permissions on this resource type"),
        Filter("action", "list only roles that allow this action"),
        flag("system_managed", "list only predefined roles, or only custom ones"),
        Filter("type", "filter by type (the server's default: normal)"),
        flag("assigned_to_current_user", "list only your own roles"),
        Filter("workspace_scope", "list only roles assigned in this workspace", DataType.ID, refers_to="workspaces"),
        Filter("project_scope", "list only roles assigned in this project", DataType.ID),
    ),
    deciding=("name", "level", "description"),
    lookup="name",
    detail="/roles/{id}",
    card_fields=("permissions",),  # inferred: only the detail may contain them
    # API facts 3.6 and 4.8.
)

ASSIGNMENTS = Resource(
    noun="assignments",
    path="/roles/{role_id}/assignments",
    paging=Paging.NONE,
    help="List role assignments. Each row is a role of a user, team, or invitation in a scope.",
    columns=(
        Column("kind", DataType.CATEGORY, help="user, service-account, team, or invitation", computed=True),
        PRINCIPAL,
        Column("role", path="role.name", help="name of the role"),
        Column("level", DataType.CATEGORY, "role.level", "organization, workspace, or project"),
        Column("workspace", help="name of the workspace; missing for organization roles", computed=True),
        Column("project_id", DataType.ID, help="the project; only for project roles"),
        Column("user_id", DataType.ID, "user.id", "the user or service account"),
        Column("team_id", DataType.ID, "team.id", "the team"),
        Column("invitation_id", DataType.ID, "invitation.id", "the pending invitation"),
        Column("is_active", DataType.BOOL, "user.is_active", "whether the user can sign in"),
        Column("role_id", DataType.ID, "role.id", "the role"),
        Column("workspace_id", DataType.ID, help="the workspace"),
        Column("organization_id", DataType.ID, help="the organization"),
    ),
    filters=(
        Filter("workspace_id", "filter by workspace", DataType.ID, refers_to="workspaces"),
        Filter("project_id", "filter by project", DataType.ID),
    ),
    secrets=PRINCIPAL_SECRETS,
    key=("user.id", "team.id", "invitation.id", "role.id", "workspace_id", "project_id"),
    label="principal",
    deciding=("principal", "role", "workspace", "project_id", "level"),
    # API facts 3.13 and 4.9.
)

PERMISSIONS = Resource(
    noun="permissions",
    path="/permissions",
    paging=Paging.NONE,
    help="List your own permissions as the server reports them. Use `access --can` for everyone's. The response model "
    "is unknown: all fields become columns.",
    columns=(),
    schemaless=True,
    # API facts 3.14.
    ignored_fields=(
        "action",
        "level",
        "organization_id",
        "project_id",
        "resource",
        "workspace_id",
    ),  # inferred: no response of this route is public
)

SERVICE_ACCOUNTS = Resource(
    noun="service-accounts",
    sample="ci-bot",
    next_command="access bot:{}",
    path="/organizations/{organization_id}/service_accounts",
    # a bare list was observed, its paging is unknown (API facts 3.7); paging parameters do no harm
    paging=Paging.OFFSET,
    help="List the organization's service accounts.",
    # Inferred (API facts 4.3): the model of a user; other fields become columns.
    columns=(
        Column("username", help="name of the service account"),
        DESCRIPTION,
        Column("is_active", DataType.BOOL, help="whether it can sign in"),
        ID,
        Column("organization_id", DataType.ID, help="the organization"),
    ),
    secrets=USER_SECRETS,
    label="username",
    deciding=("username", "is_active", "description"),
    schemaless=True,
    detail="/organizations/{organization_id}/service_accounts/{id}",
    # API facts 3.7 and 4.3.
    ignored_fields=(
        "avatar_url",
        "company",
        "email",
        "is_onboarded",
        "is_service_account",
        "is_superuser",
        "job_title",
        "name",
        "oauth_provider",
        "password_expired",
    ),  # the other fields of a user; API facts 4.2
)

OWN_API_KEYS = Resource(
    noun="api-keys",
    path="/users/me/api_keys",
    paging=Paging.NONE,
    help="List your personal access tokens, or a service account's API keys. Secret values are never shown.",
    columns=API_KEY_COLUMNS,
    secrets=API_KEY_SECRETS,
    deciding=API_KEY_DECIDING,
    schemaless=True,
    # API facts 3.8 and 4.4.
)

SERVICE_ACCOUNT_API_KEYS = Resource(
    noun="service-account-api-keys",
    path="/organizations/{organization_id}/service_accounts/{service_account_id}/api_keys",
    paging=Paging.NONE,
    help="List the keys of one service account. Secret values are never shown.",
    parent="api-keys",
    columns=API_KEY_COLUMNS,
    secrets=API_KEY_SECRETS,
    deciding=API_KEY_DECIDING,
    schemaless=True,
    # API facts 3.8 and 4.4.
)
