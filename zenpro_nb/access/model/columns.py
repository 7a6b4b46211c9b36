"""The tables of effective access, as they are declared: their columns, and the words that stand in them."""

from __future__ import annotations

from zenpro_nb.resources.model import Column, DataType, Display, Table

USER, BOT, INVITATION = KINDS = ("user", "service-account", "invitation")
ORGANIZATION, WORKSPACE, PROJECT = range(3)  # the scopes, from the widest to the narrowest
SCOPES = ("organization", "workspace", "project")
DIRECT, TEAM, BY_ORGANIZATION, BY_SUPERUSER, BY_OWNER = range(5)
VIA = ("direct", "team", "organization-role", "superuser", "owner")
# Read from an assignment; the documented text of a predefined role or of superusers; put together from owners.
BASIS_OF = ("assignment", "assignment", "documented", "documented", "inferred")
ARROW = " → "
BOT_MARK = "bot:"  # stands before the name of a service account
SUPERUSER, OWNER = VIA[BY_SUPERUSER], VIA[BY_OWNER]
# Predefined roles (API facts 7.7): the admins of each level may do everything there.
ORGANIZATION_ADMIN, WORKSPACE_ADMIN, PROJECT_ADMIN = "Organization Admin", "Workspace Admin", "Project Admin"
ORGANIZATION_MEMBER = "Organization Member"
TEAM_MARK = "team:"  # stands before the name of a team, which is no principal itself

OF_HOLDERS = (
    Column("principal", help="e-mail or sign-in name; bot:NAME for a service account"),
    Column("kind", DataType.CATEGORY, help=", ".join(KINDS)),
    Column("active", DataType.BOOL, help="may sign in; missing for an invitation"),
    Column("user_id", DataType.ID, help="the user or service account"),
    Column("invitation_id", DataType.ID, help="the open invitation"),
)
OF_WAYS = (
    Column("role", DataType.CATEGORY, help="name of the role; superuser and owner are no roles"),
    Column("level", DataType.CATEGORY, help="level of the role: organization, workspace or project"),
    Column("scope", DataType.CATEGORY, help="where it holds: organization, workspace or project"),
    Column("workspace", DataType.CATEGORY, help="name of the workspace"),
    Column("project_id", DataType.ID, help="the project"),
    Column("via", DataType.CATEGORY, help=", ".join(VIA)),
    Column("path", help="how it comes about, from the principal to the scope", display=Display.PROSE),
    Column("basis", DataType.CATEGORY, help="how it is known: assignment, documented, queried or inferred"),
    Column("team_id", DataType.ID, help="the team that it comes through"),
    Column("role_id", DataType.ID, help="the role"),
    Column("workspace_id", DataType.ID, help="the workspace"),
)
_COVERED_BY = Column("covered_by", help="the path of a role that includes this one there", display=Display.PROSE)
_BY_NAME = {column.name: column for column in (*OF_HOLDERS, *OF_WAYS, _COVERED_BY)}
_ORDER = (
    "principal", "kind", "active", "role", "level", "scope", "workspace", "project_id", "via", "path", "covered_by",
    "basis", "user_id", "invitation_id", "team_id", "role_id", "workspace_id",
)  # fmt: skip

ACCESS = Table(
    noun="paths",
    columns=tuple(_BY_NAME[name] for name in _ORDER),
    help="Who has which role where, and why: one row for each principal, scope, role and path.",
    label="principal",
    # No route: computed from an inventory.
)

YES, NO, UNKNOWN = VERDICT_WORDS = ("yes", "no", "unknown")
VERDICTS = Table(
    noun="verdicts",
    columns=(
        *(_BY_NAME[name] for name in ("principal", "kind", "active")),
        Column("verdict", DataType.CATEGORY, help=", ".join(VERDICT_WORDS), display=Display.STATE),
        Column("reason", help="why, in one sentence", display=Display.PROSE),
        Column("action", DataType.CATEGORY, help="what was asked: the action"),
        Column("resource", DataType.CATEGORY, help="what was asked: the type of resource"),
        *(_BY_NAME[name] for name in ("scope", "workspace", "project_id", "basis", "user_id", "invitation_id")),
        _BY_NAME["workspace_id"],
    ),
    help="Who may do this, and why.",
    label="principal",
    # No route: computed from an inventory, and from which roles the server says allow it.
)
