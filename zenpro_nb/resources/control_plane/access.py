"""Roles and who has them; service accounts and keys.

Routes and fields are in API facts 3.6 to 3.14, and 4.3 to 4.9.
"""

from __future__ import annotations

from zenpro_nb.resources.columns import (
    API_KEY_COLUMNS,
    API_KEY_SECRETS,
    DESCRIPTION,
    ID,
    LEVELS,
    NAME,
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
    help="The roles that can be assigned in the organization.",
    columns=(
        NAME,
        Column("level", DataType.CATEGORY, help="organization, workspace or project"),
        DESCRIPTION,
        Column("system_managed", DataType.BOOL, help="predefined by ZenML, cannot be changed"),
        Column("type", DataType.CATEGORY, help="normal, or a role made by sharing"),
        ID,
        Column("organization_id", DataType.ID, help="the organization"),
    ),
    filters=(
        Filter("name", "only the role of this name"),
        Filter("level", "only roles of this level", DataType.CATEGORY, LEVELS),
        Filter("user_id", "only roles that this user has", DataType.ID, refers_to="users"),
        Filter("team_id", "only roles that this team has", DataType.ID, refers_to="teams"),
        Filter("resource", "only roles that concern this resource type"),
        Filter("action", "only roles that allow this action"),
        flag("system_managed", "only predefined (or, with no, only custom) roles"),
        Filter("type", "only roles of this type (the server's default: normal)"),
        flag("assigned_to_current_user", "only roles that you have"),
        Filter("workspace_scope", "only roles assigned in this workspace", DataType.ID, refers_to="workspaces"),
        Filter("project_scope", "only roles assigned in this project", DataType.ID),
    ),
    lookup="name",
    detail="/roles/{id}",
    card_fields=("permissions",),  # inferred: only the detail may hold them
    # API facts 3.6 and 4.8.
)

ASSIGNMENTS = Resource(
    noun="assignments",
    path="/roles/{role_id}/assignments",
    paging=Paging.NONE,
    help="Who has which role where: one row per user, team or invitation, role and scope.",
    columns=(
        Column("kind", DataType.CATEGORY, help="user, service-account, team or invitation", computed=True),
        Column("principal", help="e-mail or name of who has the role", computed=True),
        Column("role", path="role.name", help="name of the role"),
        Column("level", DataType.CATEGORY, "role.level", "organization, workspace or project"),
        Column("workspace", help="name of the workspace, missing for roles of the organization", computed=True),
        Column("project_id", DataType.ID, help="the project, only for roles of a project"),
        Column("user_id", DataType.ID, "user.id", "the user or service account"),
        Column("team_id", DataType.ID, "team.id", "the team"),
        Column("invitation_id", DataType.ID, "invitation.id", "the pending invitation"),
        Column("is_active", DataType.BOOL, "user.is_active", "the user may sign in"),
        Column("role_id", DataType.ID, "role.id", "the role"),
        Column("workspace_id", DataType.ID, help="the workspace"),
        Column("organization_id", DataType.ID, help="the organization"),
    ),
    filters=(
        Filter("workspace_id", "only those in this workspace", DataType.ID, refers_to="workspaces"),
        Filter("project_id", "only those in this project", DataType.ID),
    ),
    secrets=PRINCIPAL_SECRETS,
    key=("user.id", "team.id", "invitation.id", "role.id", "workspace_id", "project_id"),
    label="principal",
    # API facts 3.13 and 4.9.
)

PERMISSIONS = Resource(
    noun="permissions",
    path="/permissions",
    paging=Paging.NONE,
    help="What the server says about your own permissions; `access --can` tells of everybody's. Its response model is "
    "unknown: the columns are made from what comes.",
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
    ),  # inferred: no answer of this route is public
)

SERVICE_ACCOUNTS = Resource(
    noun="service-accounts",
    sample="ci-bot",
    next_command="access bot:{}",
    path="/organizations/{organization_id}/service_accounts",
    paging=Paging.OFFSET,  # a bare list was seen, its paging is unknown (API facts 3.7); asking does no harm
    help="The organization's service accounts.",
    # Inferred (API facts 4.3): the shape of a user; whatever else comes becomes a column.
    columns=(
        Column("username", help="name of the bot"),
        DESCRIPTION,
        Column("is_active", DataType.BOOL, help="may sign in"),
        ID,
        Column("organization_id", DataType.ID, help="the organization"),
    ),
    secrets=USER_SECRETS,
    label="username",
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
    ),  # the rest of the model of a user; API facts 4.2
)

OWN_API_KEYS = Resource(
    noun="api-keys",
    path="/users/me/api_keys",
    paging=Paging.NONE,
    help="Your personal access tokens, or the keys of a bot (--service-account). Never the keys themselves.",
    columns=API_KEY_COLUMNS,
    secrets=API_KEY_SECRETS,
    schemaless=True,
    # API facts 3.8 and 4.4.
)

SERVICE_ACCOUNT_API_KEYS = Resource(
    noun="service-account-api-keys",
    path="/organizations/{organization_id}/service_accounts/{service_account_id}/api_keys",
    paging=Paging.NONE,
    help="The keys of one service account. Never the keys themselves.",
    parent="api-keys",
    columns=API_KEY_COLUMNS,
    secrets=API_KEY_SECRETS,
    schemaless=True,
    # API facts 3.8 and 4.4.
)
