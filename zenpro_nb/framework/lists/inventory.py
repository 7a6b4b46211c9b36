"""Read the inventory for questions about access, and describe the DataFrames computed from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from zenpro_nb import access, frames, query
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import at_capture
from zenpro_nb.resources.control_plane import USERS

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory
    from zenpro_nb.inventory import ActionOnType


def read_inventory(
    ctx: CommandContext, org: str | None, at: str | None = None, pairs: Collection[ActionOnType] = ()
) -> Inventory:
    """Return the inventory of an organization, current or from a capture; remember account names for Tab.

    Args:
        org: name or id of the organization; by default the one in use.
        at: the name of a capture, or a time; None: the current state.
        pairs: pairs of (action, resource type), for each of which it finds the roles that allow it.
    """
    source = at_capture.inventory_at(ctx, at, org, pairs=pairs)
    if at is None:
        query.remember(ctx.session, USERS, source.users.frame)
    return source


def described(
    ctx: CommandContext, frame: pd.DataFrame, source: Inventory, conditions: Mapping[str, Any], **more_facts: Any
) -> pd.DataFrame:
    """Describe a DataFrame computed from an inventory with the facts about its reading; warn about its gaps.

    Args:
        conditions: the filters that selected the rows.
        more: further facts.
    """
    gaps = access.missing(source)
    if source.permissions.gap is not None and source.permissions.gap.reason != "not asked":
        gaps.append(f"permissions: the principals whose role allows it are unknown. {source.permissions.gap.message}")
    for line in gaps:
        ctx.ui.warn_incomplete(line)
    facts = {**facts_of(source), **more_facts}
    facts["complete"] = more_facts.get("complete", True) and not gaps
    frames.describe(frame, filters={name: value for name, value in conditions.items() if value is not None}, **facts)
    return frame


def facts_of(source: Inventory) -> dict[str, Any]:
    """Return the facts about an inventory's reading, for the `frames.describe` of DataFrames computed from it."""
    return {
        "server": source.server,
        "route": "",
        "time": source.finished or "",
        "complete": not source.gaps,
        "changed": any(list_.changed for _, list_ in source.items()),
        "sandbox": source.sandbox,
        "organization": source.organization_name,
        "requests": source.requests,
    }
