"""Declare the tables computed from captures: changes, and the history of roles."""

from __future__ import annotations

from zenpro_nb.resources import Column, DataType, Display, Table

DIFF = Table(
    noun="diff",
    help="List the changes between two captures, or since a capture: one row per change.",
    columns=(
        Column("list", DataType.CATEGORY, help="name of the list: members, assignments …"),
        Column(
            "change",
            DataType.CATEGORY,
            help="added, removed, changed, unknown, or not comparable",
            display=Display.STATE,
        ),
        Column("name", help="name of the object"),
        Column("column", help="name of the changed column"),
        Column("before", help="earlier value; for unknown rows, the reason"),
        Column("after", help="later value; for unknown rows, the reason"),
        Column("taken_before", DataType.TIME, help="when the earlier state was read (UTC)"),
        Column("taken_after", DataType.TIME, help="when the later state was read (UTC)"),
        Column("key", DataType.ID, help="id of the row, or the ids that together identify it"),
    ),
    deciding=("change", "list", "name", "before", "after", "column"),
    # No route: compared on this machine.
)
HISTORY = Table(
    noun="history",
    help="Show when a principal had each role, according to the captures: one row per period.",
    columns=(
        Column("role", DataType.CATEGORY, help="name of the role, or superuser or owner"),
        Column("scope", DataType.CATEGORY, help="scope of the role: organization, workspace, or project"),
        Column("workspace", DataType.CATEGORY, help="name of the workspace"),
        Column("via", DataType.CATEGORY, help="direct, team, organization-role, superuser, or owner"),
        Column(
            "first_seen", DataType.TIME, help="time of the first capture with the role (UTC); the role may be older"
        ),
        Column("last_seen", DataType.TIME, help="time of the last capture with the role (UTC)"),
        Column("current", DataType.BOOL, help="whether the role exists now; empty if unknown"),
        Column("principal", help="email address, bot:NAME or team:NAME"),
        Column("path", help="path from the principal to the scope", display=Display.PROSE),
        Column("project_id", DataType.ID, help="id of the project"),
        Column("role_id", DataType.ID, help="id of the role"),
        Column("workspace_id", DataType.ID, help="id of the workspace"),
        Column("team_id", DataType.ID, help="id of the team that grants the role"),
    ),
    label="role",
    deciding=("role", "workspace", "first_seen", "last_seen", "current", "principal"),
    # No route: merged from captures on this machine and the current state.
)
