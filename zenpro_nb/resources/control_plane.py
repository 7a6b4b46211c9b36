"""The listings of the ZenML Pro control plane. Facts: the fact sheet's sections 3 (routes) and 4 (fields)."""

from __future__ import annotations

from zenpro_nb.resources.columns import (
    API_KEY_COLUMNS,
    API_KEY_SECRETS,
    CREATED,
    DESCRIPTION,
    ID,
    LEVELS,
    NAME,
    PRINCIPAL_SECRETS,
    UPDATED,
    USER_COLUMNS,
    USER_SECRETS,
    flag,
    principal_columns,
)
from zenpro_nb.resources.model import Column, Filter, Kind, Paging, Resource

WORKSPACE_STATUS = ("not_initialized", "pending", "available", "failed", "deactivated", "deleted")

ORGANIZATIONS = Resource(
    noun="organizations",
    path="/organizations",
    paging=Paging.OFFSET,
    help="The organizations that you are a member of.",
    columns=(
        NAME,
        DESCRIPTION,
        CREATED,
        UPDATED,
        Column("has_active_subscription", Kind.BOOL, help="in trial or billed"),
        Column("trial_expiry", Kind.COUNT, help="seconds until the trial ends; missing: not in trial"),
        Column("trusted_domains", Kind.LIST, help="e-mail domains whose people may join by themselves"),
        Column("owner", path="owner.email", help="e-mail of the owner, older servers only"),
        ID,
        Column("owner_id", Kind.ID, "owner.id", "the owner, older servers only"),
        Column("logo_url", help="address of the logo"),
    ),
    filters=(
        Filter("name", "only the organization of this name"),
        Filter("owner_id", "only those of this owner", Kind.ID),
        Filter("owner_username", "only those of this owner (newer servers)"),
    ),
    secrets=tuple(f"owner.{name}" for name in USER_SECRETS),
    lookup="name",
    detail="/organizations/{id}",
    source="3 Organizations, 4 Organization",
)

WORKSPACES = Resource(
    noun="workspaces",
    path="/workspaces",
    paging=Paging.OFFSET,
    help="The workspaces that you may see.",
    columns=(
        NAME,
        Column("display_name", help="name shown in the dashboard"),
        Column("status", Kind.CATEGORY, help="pending, available, failed, deactivated …"),
        Column("version", path="zenml_service.status.version", help="version of the running ZenML server"),
        Column("server_url", path="zenml_service.status.server_url", help="address of the ZenML server"),
        Column("organization", path="organization.name", help="name of the organization"),
        Column("desired_state", Kind.CATEGORY, help="what the control plane works towards"),
        Column("state_reason", help="why it is in this state"),
        Column("storage_size", Kind.COUNT, "zenml_service.status.storage_size", "as the server reports it"),
        Column("workspace_type", Kind.CATEGORY, help="zenml, kitaru … (newer servers)"),
        Column("is_managed", Kind.BOOL, help="false: enrolled, runs on your own infrastructure"),
        CREATED,
        UPDATED,
        DESCRIPTION,
        Column("owner", path="owner.email", help="e-mail of the owner, older servers only"),
        ID,
        Column("organization_id", Kind.ID, "organization.id", "the organization"),
        Column("owner_id", Kind.ID, "owner.id", "the owner, older servers only"),
        Column("logo_url", help="address of the logo"),
    ),
    filters=(
        Filter("workspace_id", "only this workspace", Kind.ID),
        Filter("workspace_name", "only the workspace of this name"),
        Filter("url", "only the workspace whose server has this address"),
        Filter("status", "only those in this state", Kind.CATEGORY, WORKSPACE_STATUS),
        flag("is_managed", "only managed (or, with no, only enrolled) ones"),
        Filter("owner_id", "only those of this owner", Kind.ID),
        flag("member_only", "only those that you are a member of"),
    ),
    secrets=(
        "enrollment_key",
        "mlflow_service",
        *(f"owner.{name}" for name in USER_SECRETS),
        *(f"organization.owner.{name}" for name in USER_SECRETS),
    ),
    lookup="workspace_name",
    aliases=("display_name",),
    detail="/workspaces/{id}",
    source="3 Workspaces, 4 Workspace",
)

USERS = Resource(
    noun="users",
    path="/users",
    paging=Paging.OFFSET,
    help="The users that you may see: yourself and those who share an organization with you; superusers see all.",
    columns=USER_COLUMNS,
    # Only `email` is observed; fact sheet section 3 presumes username.
    filters=(Filter("email", "only the user with this e-mail"), Filter("username", "only the user of this name")),
    secrets=USER_SECRETS,
    label="email",
    lookup="email",
    aliases=("username", "name"),
    detail="/users/{id}",
    source="3 Users and own keys, 4 User",
)

ME = Resource(
    noun="me",
    path="/users/me",
    paging=Paging.NONE,
    help="The user or service account that the credential belongs to.",
    columns=USER_COLUMNS,
    secrets=USER_SECRETS,
    label="email",
    source="3 Users and own keys, 4 User",
)

MEMBERS = Resource(
    noun="members",
    path="/organizations/{organization_id}/members",
    paging=Paging.NONE,
    help="Who belongs to the organization: users, service accounts, teams and pending invitations.",
    columns=(
        Column("kind", Kind.CATEGORY, help="user, service account, team or invitation", made=True),
        *principal_columns(roles=True)[:-2],
        Column("roles", Kind.LIST, "roles[].name", "names of the organization's roles held", made=True),
        *principal_columns(roles=True)[-2:],
    ),
    filters=(
        Filter("role_id", "only those with this role", Kind.ID, names="roles"),
        flag("include_users", "list users (yes by default)"),
        flag("include_service_accounts", "list service accounts (yes by default)"),
        flag("include_teams", "list teams (yes by default)"),
    ),
    secrets=PRINCIPAL_SECRETS,
    key=("user.id", "team.id", "invitation.id"),
    label="username",
    source="3 Organizations, 4 TeamMember",
)

INVITATIONS = Resource(
    noun="invitations",
    path="/organizations/{organization_id}/invitations",
    paging=Paging.NONE,
    help="The organization's invitations.",
    # Only id and email are observed (fact sheet, section 4); the rest is inferred, so further fields become columns.
    columns=(
        Column("email", help="whom it is for"),
        Column("roles", Kind.LIST, "roles[].name", "names of the roles that it brings"),
        Column("accepted", Kind.BOOL, help="has been accepted"),
        CREATED,
        UPDATED,
        Column("expires", Kind.TIME, help="end of its life (UTC)"),
        Column("inviter", path="inviter.email", help="e-mail of who sent it"),
        ID,
        Column("organization_id", Kind.ID, help="the organization"),
    ),
    filters=(
        Filter("email", "only those for this e-mail"),
        flag("only_pending", "only those that nobody has accepted yet"),
    ),
    secrets=("token", *(f"inviter.{name}" for name in USER_SECRETS)),
    label="email",
    open=True,
    source="3 Organizations, 4 Invitation",
)

TEAMS = Resource(
    noun="teams",
    path="/organizations/{organization_id}/teams",
    paging=Paging.OFFSET,  # inferred (fact sheet, section 3); a server that does not page answers the same once
    help="The organization's teams.",
    columns=(
        NAME,
        DESCRIPTION,
        Column("member_count", Kind.COUNT, help="number of members"),
        CREATED,
        UPDATED,
        ID,
    ),
    detail="/teams/{id}",
    source="3 Organizations, 4 Team",
)

TEAM_MEMBERS = Resource(
    noun="team-members",
    path="/teams/{team_id}/members",
    paging=Paging.NONE,
    help="The members of one team.",
    columns=tuple(column for column in principal_columns(roles=False) if not column.name.startswith("team")),
    secrets=PRINCIPAL_SECRETS,
    key=("user.id", "invitation.id"),
    label="username",
    source="3 Teams, 4 TeamMember",
)

ROLES = Resource(
    noun="roles",
    path="/organizations/{organization_id}/roles",
    paging=Paging.OFFSET,
    help="The roles that can be assigned in the organization.",
    columns=(
        NAME,
        Column("level", Kind.CATEGORY, help="organization, workspace or project"),
        DESCRIPTION,
        Column("system_managed", Kind.BOOL, help="predefined by ZenML, cannot be changed"),
        Column("type", Kind.CATEGORY, help="normal, or a role made by sharing"),
        ID,
        Column("organization_id", Kind.ID, help="the organization"),
    ),
    filters=(
        Filter("name", "only the role of this name"),
        Filter("level", "only roles of this level", Kind.CATEGORY, LEVELS),
        Filter("user_id", "only roles that this user has", Kind.ID, names="users"),
        Filter("team_id", "only roles that this team has", Kind.ID, names="teams"),
        Filter("resource", "only roles that concern this resource type"),
        Filter("action", "only roles that allow this action"),
        flag("system_managed", "only predefined (or, with no, only custom) roles"),
        Filter("type", "only roles of this type (the server's default: normal)"),
        flag("assigned_to_current_user", "only roles that you have"),
        Filter("workspace_scope", "only roles assigned in this workspace", Kind.ID, names="workspaces"),
        Filter("project_scope", "only roles assigned in this project", Kind.ID),
    ),
    lookup="name",
    detail="/roles/{id}",
    source="3 Organizations, 4 Role",
)

ASSIGNMENTS = Resource(
    noun="assignments",
    path="/roles/{role_id}/assignments",
    paging=Paging.NONE,
    help="Who has which role where: one row per user, team or invitation, role and scope.",
    columns=(
        Column("kind", Kind.CATEGORY, help="user, service account, team or invitation", made=True),
        Column("principal", help="e-mail or name of who has the role", made=True),
        Column("role", path="role.name", help="name of the role"),
        Column("level", Kind.CATEGORY, "role.level", "organization, workspace or project"),
        Column("workspace", help="name of the workspace, missing for roles of the organization", made=True),
        Column("project_id", Kind.ID, help="the project, only for roles of a project"),
        Column("user_id", Kind.ID, "user.id", "the user or service account"),
        Column("team_id", Kind.ID, "team.id", "the team"),
        Column("invitation_id", Kind.ID, "invitation.id", "the pending invitation"),
        Column("is_active", Kind.BOOL, "user.is_active", "the user may sign in"),
        Column("role_id", Kind.ID, "role.id", "the role"),
        Column("workspace_id", Kind.ID, help="the workspace"),
        Column("organization_id", Kind.ID, help="the organization"),
    ),
    filters=(
        Filter("workspace_id", "only those in this workspace", Kind.ID, names="workspaces"),
        Filter("project_id", "only those in this project", Kind.ID),
    ),
    secrets=PRINCIPAL_SECRETS,
    key=("user.id", "team.id", "invitation.id", "role.id", "workspace_id", "project_id"),
    label="principal",
    source="3 Roles, 4 RoleAssignment",
)

SERVICE_ACCOUNTS = Resource(
    noun="service-accounts",
    path="/organizations/{organization_id}/service_accounts",
    paging=Paging.OFFSET,  # a bare list was seen, its paging is unknown (fact sheet, section 3); asking does no harm
    help="The organization's service accounts.",
    # Inferred (fact sheet, section 4): the shape of a user; whatever else comes becomes a column.
    columns=(
        Column("username", help="name of the bot"),
        DESCRIPTION,
        Column("is_active", Kind.BOOL, help="may sign in"),
        ID,
        Column("organization_id", Kind.ID, help="the organization"),
    ),
    secrets=USER_SECRETS,
    label="username",
    open=True,
    source="3 Organizations, 4 ServiceAccount",
)

OWN_API_KEYS = Resource(
    noun="api-keys",
    path="/users/me/api_keys",
    paging=Paging.NONE,
    help="Your personal access tokens, or with --service-account the keys of a bot. Never the keys themselves.",
    columns=API_KEY_COLUMNS,
    secrets=API_KEY_SECRETS,
    open=True,
    source="3 Users and own keys, 4 APIKey",
)

SERVICE_ACCOUNT_API_KEYS = Resource(
    noun="service-account-api-keys",
    path="/organizations/{organization_id}/service_accounts/{service_account_id}/api_keys",
    paging=Paging.NONE,
    help="The keys of one service account. Never the keys themselves.",
    columns=API_KEY_COLUMNS,
    secrets=API_KEY_SECRETS,
    open=True,
    source="3 Organizations, 4 APIKey",
)

PERMISSIONS = Resource(
    noun="permissions",
    path="/permissions",
    paging=Paging.NONE,
    help="What the server says about permissions. Its response model is unknown: the columns are made from what comes.",
    columns=(),
    open=True,
    source="3 Roles, assignments, permissions, rbac",
)

RELEASES = Resource(
    noun="releases",
    path="/releases",
    paging=Paging.NONE,
    help="The versions that can be deployed. The response model is unknown: the columns are made from what comes.",
    columns=(),
    open=True,
    label="version",
    source="3 Auth, devices, misc",
)

DEVICES = Resource(
    noun="devices",
    path="/devices",
    paging=Paging.NONE,
    help="The devices that you have authorized.",
    # The schema is known only in part (fact sheet, section 4): further fields become columns.
    columns=(
        Column("hostname", help="name of the machine (inferred from the workspace API)"),
        Column("os", Kind.CATEGORY, help="its system (inferred likewise)"),
        Column("status", Kind.CATEGORY, help="verified, pending … (inferred likewise)"),
        Column("trusted_device", Kind.BOOL, help="stays signed in for longer (inferred likewise)"),
        Column("expires", Kind.TIME, help="end of its sign-in (UTC; inferred likewise)"),
        CREATED,
        UPDATED,
        NAME,
        ID,
        Column("user_id", Kind.ID, help="whose device it is"),
    ),
    secrets=("user_code", "device_code"),
    open=True,
    detail="/devices/{id}",
    source="3 Auth, devices, misc, 4 Device",
)

CONTROL_PLANE = (
    ORGANIZATIONS,
    WORKSPACES,
    USERS,
    ME,
    MEMBERS,
    INVITATIONS,
    TEAMS,
    TEAM_MEMBERS,
    ROLES,
    ASSIGNMENTS,
    SERVICE_ACCOUNTS,
    OWN_API_KEYS,
    SERVICE_ACCOUNT_API_KEYS,
    PERMISSIONS,
    RELEASES,
    DEVICES,
)
