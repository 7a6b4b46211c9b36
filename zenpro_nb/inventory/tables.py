"""The tables that are made from captures: what changed, and since when who has which role."""

from __future__ import annotations

from zenpro_nb.resources import Column, Kind, Paging, Resource, Style

DIFF = Resource(
    noun="diff",
    path="",
    paging=Paging.NONE,
    help="What changed between two captures, or since one: one row a change.",
    columns=(
        Column("list", Kind.CATEGORY, help="in which list: members, assignments …"),
        Column("change", Kind.CATEGORY, help="added, removed, changed, unknown or not comparable", style=Style.STATE),
        Column("name", help="what it is about"),
        Column("column", help="which column changed"),
        Column("before", help="its value before; of what is unknown, why"),
        Column("after", help="its value after; of what is unknown, why"),
        Column("taken_before", Kind.TIME, help="when the first of both was read (UTC)"),
        Column("taken_after", Kind.TIME, help="when the second of both was read (UTC)"),
        Column("key", Kind.ID, help="its id, or the ids that together tell it from all others"),
    ),
    # No route: compared on this machine.
)
