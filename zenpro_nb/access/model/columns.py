"""Declare the tables of effective access: their columns and values."""

from __future__ import annotations

from msgspec.structs import replace

from zenpro_nb.resources.model import Column, DataType, Display, Table

USER, BOT, INVITATION = KINDS = ("user", "service-account", "invitation")
ORGANIZATION, WORKSPACE, PROJECT = range(3)  # the scopes, from the widest to the narrowest
SCOPES = ("organization", "workspace", "project")
DIRECT, TEAM, BY_ORGANIZATION, BY_SUPERUSER, BY_OWNER = range(5)
VIA = ("direct", "team", "organization-role", "superuser", "owner")
# Read from an assignment; documented for a predefined role or superusers; inferred from owners.
BASIS_OF = ("assignment", "assignment", "documented", "documented", "inferred")
ARROW = " → "
BOT_MARK = "bot:"  # prefix of the name of a service account
SUPERUSER, OWNER = VIA[BY_SUPERUSER], VIA[BY_OWNER]
# Predefined roles (API facts 7.7): the admins of each level have every permission there.
ORGANIZATION_ADMIN, WORKSPACE_ADMIN, PROJECT_ADMIN = "Organization Admin", "Workspace Admin", "Project Admin"
# Every source of all permissions in its scope, the widest scope first.
ADMIN_ROLES = (SUPERUSER, ORGANIZATION_ADMIN, WORKSPACE_ADMIN, OWNER, PROJECT_ADMIN)
ORGANIZATION_MEMBER = "Organization Member"
TEAM_MARK = "team:"  # prefix of the name of a team

PRINCIPAL_COLUMNS = (
    Column("principal", help="email address or sign-in name; bot:NAME for a service account"),
    Column("kind", DataType.CATEGORY, help=", ".join(KINDS)),
    Column("active", DataType.BOOL, help="whether the account can sign in; empty for an invitation"),
    Column("user_id", DataType.ID, help="id of the user or service account"),
    Column("invitation_id", DataType.ID, help="id of the open invitation"),
)
PATH_COLUMNS = (
    Column("role", DataType.CATEGORY, help="name of the role, or superuser or owner"),
    Column("level", DataType.CATEGORY, help="level of the role: organization, workspace, or project"),
    Column("scope", DataType.CATEGORY, help="scope of the role: organization, workspace, or project"),
    Column("workspace", DataType.CATEGORY, help="name of the workspace"),
    Column("project_id", DataType.ID, help="id of the project"),
    Column("via", DataType.CATEGORY, help=", ".join(VIA)),
    Column("path", help="path from the principal to the scope", display=Display.PROSE),
    Column("basis", DataType.CATEGORY, help="source of this information: assignment, documented, queried, or inferred"),
    Column("team_id", DataType.ID, help="id of the team that grants the role"),
    Column("role_id", DataType.ID, help="id of the role"),
    Column("workspace_id", DataType.ID, help="id of the workspace"),
)
_COVERED_BY = Column("covered_by", help="path of a stronger role that includes this one", display=Display.PROSE)
_BY_NAME = {column.name: column for column in (*PRINCIPAL_COLUMNS, *PATH_COLUMNS, _COVERED_BY)}
_ORDER = (
    "principal", "kind", "active", "role", "level", "scope", "workspace", "project_id", "via", "path", "covered_by",
    "basis", "user_id", "invitation_id", "team_id", "role_id", "workspace_id",
)  # fmt: skip

ACCESS = Table(
    noun="paths",
    columns=tuple(_BY_NAME[name] for name in _ORDER),
    help="List who has which role where, and why: one row per principal, scope, role, and path.",
    label="principal",
    deciding=("principal", "role", "workspace", "path", "active", "scope"),
    # No route: computed from an inventory.
)

ALSO_IN = Column("also_in", help="number of workspaces where the organization role also applies")
PATHS_OF_ROLE = Table(
    noun="paths",
    columns=(*ACCESS.columns, ALSO_IN),
    help="List who has a role, and why. `also_in` counts the workspaces that an organization role reaches.",
    label="principal",
    deciding=("principal", "path", "also_in", "active", "kind"),
    # No route: computed from an inventory.
)

ADMINS = replace(
    PATHS_OF_ROLE,
    help="List the admins, and why they are admins: superusers and Organization Admins first, then Workspace Admins, "
    "workspace owners, and Project Admins.",
    deciding=("principal", "role", "active", "path", "also_in", "kind"),
)

YES, NO, UNKNOWN = VERDICT_WORDS = ("yes", "no", "unknown")
VERDICTS = Table(
    noun="verdicts",
    columns=(
        *(_BY_NAME[name] for name in ("principal", "kind", "active")),
        Column("verdict", DataType.CATEGORY, help=", ".join(VERDICT_WORDS), display=Display.STATE),
        Column("reason", help="reason for the verdict", display=Display.PROSE),
        Column("action", DataType.CATEGORY, help="action that was checked"),
        Column("resource", DataType.CATEGORY, help="resource type that was checked"),
        *(_BY_NAME[name] for name in ("scope", "workspace", "project_id", "basis", "user_id", "invitation_id")),
        _BY_NAME["workspace_id"],
    ),
    help="List who is allowed to perform an action, and why.",
    label="principal",
    deciding=("principal", "verdict", "workspace", "reason"),
    # No route: computed from an inventory, and from which roles the server says allow it.
)
