"""Warnings about data that could not be read: which of them make a result incomplete (exit code 4)."""

from __future__ import annotations

from collections.abc import Collection

from zenpro_nb import frames
from zenpro_nb.access import InventoryList
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.workspaces.targets import AVAILABLE, should_respond

ZENML = "zenml"  # the type of workspaces with a ZenML server; older servers send no type


def warn_unread(ctx: CommandContext, list_: InventoryList, workspaces: InventoryList, line: str) -> None:
    """Warn about a list that is not whole; see `warn_without`.

    Args:
        workspaces: the workspaces of the same inventory.
    """
    parts = list_.gap.parts if list_.gap is not None and list_.type.part == "workspace_id" else ()
    warn_without(ctx, parts, workspaces, line)


def warn_without(ctx: CommandContext, missing: Collection[str], workspaces: InventoryList, line: str) -> None:
    """Warn about missing data. The result is incomplete, except if it lacks only workspaces that cannot respond.

    Args:
        missing: the ids of the workspaces whose data is missing; empty if other data is.
        workspaces: the workspaces of the same inventory.
    """
    rows = frames.convert(workspaces.frame[["id", "server_url", "status", "workspace_type"]], "records")
    resting = {
        row["id"]
        for row in rows
        if (row["workspace_type"] or ZENML) != ZENML
        or not should_respond(row["server_url"] or "", row["status"] or AVAILABLE)
    }
    warn = ctx.ui.warn if missing and resting.issuperset(missing) else ctx.ui.warn_incomplete
    warn(line)
