"""Where the questions about access have their inventory from, and what their frames say about it."""

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
    """Return the inventory of an organization, as it is or as a capture has it; keep the names of accounts for Tab.

    Args:
        org: name or id of the organization; the one in use when left out.
        at: name of a capture, or a time; None: as it is.
        pairs: of each (action, type of resource) it is asked which roles allow it.
    """
    found = at_capture.inventory_at(ctx, at, org, pairs=pairs)
    if at is None:
        query.remember(ctx.session, USERS, found.users.frame)
    return found


def described(
    ctx: CommandContext, frame: pd.DataFrame, found: Inventory, wanted: Mapping[str, Any], **more: Any
) -> pd.DataFrame:
    """Return a frame that was computed from an inventory with the facts of its reading; tell its gaps.

    Args:
        wanted: what the rows were chosen by.
        more: further facts.
    """
    gaps = access.missing(found)
    if found.permissions.gap is not None and found.permissions.gap.reason != "not asked":
        gaps.append(f"permissions: who may do it by a role is not known. {found.permissions.gap.message}")
    for line in gaps:
        ctx.ui.warn_incomplete(line)
    facts = {**facts_of(found), **more}
    facts["complete"] = more.get("complete", True) and not gaps
    frames.describe(frame, filters={name: value for name, value in wanted.items() if value is not None}, **facts)
    return frame


def facts_of(found: Inventory) -> dict[str, Any]:
    """Return what a frame that was computed from an inventory says about its reading, for `frames.describe`."""
    return {
        "server": found.server,
        "route": "",
        "time": found.finished or "",
        "complete": not found.gaps,
        "changed": any(list_.changed for _, list_ in found.items()),
        "sandbox": found.sandbox,
        "organization": found.organization_name,
        "requests": found.requests,
    }
