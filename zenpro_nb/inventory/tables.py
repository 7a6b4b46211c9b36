"""The tables that are made from captures: what changed, and since when who has which role."""

from __future__ import annotations

from zenpro_nb.resources import Column, DataType, Display, Table

DIFF = Table(
    noun="diff",
    help="What changed between two captures, or since one: one row a change.",
    columns=(
        Column("list", DataType.CATEGORY, help="in which list: members, assignments …"),
        Column(
            "change",
            DataType.CATEGORY,
            help="added, removed, changed, unknown or not comparable",
            display=Display.STATE,
        ),
        Column("name", help="what it is about"),
        Column("column", help="which column changed"),
        Column("before", help="its value before; of what is unknown, why"),
        Column("after", help="its value after; of what is unknown, why"),
        Column("taken_before", DataType.TIME, help="when the first of both was read (UTC)"),
        Column("taken_after", DataType.TIME, help="when the second of both was read (UTC)"),
        Column("key", help="its id, or the ids that together tell it from all others"),
    ),
    # No route: compared on this machine.
)
HISTORY = Table(
    noun="history",
    help="Since when somebody has which role, as far as captures tell: one row for each stretch in which it was there.",
    columns=(
        Column("role", DataType.CATEGORY, help="name of the role; superuser and owner are no roles"),
        Column("scope", DataType.CATEGORY, help="where it holds: organization, workspace or project"),
        Column("workspace", DataType.CATEGORY, help="name of the workspace"),
        Column("via", DataType.CATEGORY, help="direct, team, organization-role, superuser or owner"),
        Column(
            "first_seen", DataType.TIME, help="the first moment in which it was there (UTC); it may be older than that"
        ),
        Column("last_seen", DataType.TIME, help="the last such moment (UTC)"),
        Column("current", DataType.BOOL, help="it is there now; missing where that is not known"),
        Column("principal", help="who has it"),
        Column("path", help="how it comes about", display=Display.PROSE),
        Column("project_id", DataType.ID, help="the project"),
        Column("role_id", DataType.ID, help="the role"),
        Column("workspace_id", DataType.ID, help="the workspace"),
        Column("team_id", DataType.ID, help="the team that it comes through"),
    ),
    label="role",
    # No route: folded from captures on this machine, and what is read now.
)
