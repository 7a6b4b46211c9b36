"""Read the inventory and the runs for questions about access, and describe the DataFrames computed from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import access, frames, limits, query, usage, workspaces
from zenpro_nb.access.model.columns import BOT_MARK, TEAM_MARK
from zenpro_nb.errors import AmbiguousNameError, ApiError, UnknownNameError
from zenpro_nb.framework import lists
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import at_capture
from zenpro_nb.framework.lists.gaps import ZENML
from zenpro_nb.framework.parameters.window import start_of
from zenpro_nb.resources.control_plane import USERS
from zenpro_nb.resources.nouns import words
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.workspaces.targets import AVAILABLE

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory
    from zenpro_nb.access.model.role_usage import RoleUsage
    from zenpro_nb.inventory import ActionOnType
    from zenpro_nb.usage.activity import Activity


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


def with_account(ctx: CommandContext, inventory: Inventory, principal: str | None) -> Inventory:
    """Return the inventory with the account of a principal that has no access, if the server knows it.

    An inventory contains only the accounts that members, teams, and assignments name.

    Raises:
        UnknownNameError: neither the organization nor the server knows it; the message suggests similar names.
        AmbiguousNameError: several principals have the name.
    """
    if principal is None or principal.startswith((TEAM_MARK, BOT_MARK)):
        return inventory
    try:
        access.principal_ids(inventory, principal)
    except UnknownNameError as error:
        try:
            found = query.find(ctx.session, "users", principal)
        except (UnknownNameError, AmbiguousNameError, ApiError):  # an ApiError: not everyone can list accounts
            raise error from None
        known = inventory.users
        account = frames.from_records(USERS, [found.record])
        columns = [name for name in known.frame.columns if name in account.columns]
        return inventory.with_lists(replace(known, frame=_joined(known.frame, account[columns])))
    return inventory


def _joined(frame: pd.DataFrame, account: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # heavy: only where a frame is made

    return frames.with_types(access.LISTS["users"].columns, pd.concat([frame, account], ignore_index=True))


def describe(
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
    # Only the lists that effective access needs are missing here.
    unread = {frames.UNREAD: [line.partition(":")[0] for line in gaps]} if gaps else {}
    facts = {**_read_facts(source), "complete": True, **unread, **more_facts}
    frames.describe(frame, filters={name: value for name, value in conditions.items() if value is not None}, **facts)
    return frame


def facts_of(source: Inventory) -> dict[str, Any]:
    """Return the facts about an inventory's reading, for the `frames.describe` of DataFrames computed from it."""
    return {**_read_facts(source), "complete": not source.gaps, **_unread(source)}


def _read_facts(source: Inventory) -> dict[str, Any]:
    return {
        "server": source.server,
        "route": "",
        "time": source.finished or "",
        "changed": any(list_.changed for _, list_ in source.items()),
        "sandbox": source.sandbox,
        "organization": source.organization_name,
        "requests": source.requests,
    }


def _unread(source: Inventory) -> dict[str, Any]:
    """Return the lists, and the workspaces of lists inside workspaces, that could not be read; empty if none."""
    parts = {name: gap.parts if access.LISTS[name].part == "workspace_id" else {} for name, gap in source.gaps.items()}
    lists = [words(name) for name in source.gaps if not parts[name]]
    places = _unread_workspaces(source, {workspace_id for ids in parts.values() for workspace_id in ids})
    return {**({frames.UNREAD: lists} if lists else {}), **places}


def gaps_of(source: Inventory, activity: Activity) -> dict[str, Any]:
    """Return the workspaces whose runs could not be counted, for `describe`; empty if there are none."""
    return _unread_workspaces(source, {gap.workspace_id for gap in activity.gaps})


def _unread_workspaces(source: Inventory, ids: Collection[str]) -> dict[str, Any]:
    """Return the facts about workspaces that were not read: those without a ZenML server have nothing to read."""
    rows = source.workspaces.frame
    is_other = rows["workspace_type"].ne(ZENML).fillna(False) | rows["server_url"].isna()
    is_serverless = rows["status"].eq(AVAILABLE).fillna(False) & is_other
    serverless = set(rows.loc[is_serverless.astype(bool), "id"]) & set(ids)
    failed = workspaces_of(source, set(ids) - serverless)
    skipped = {place["workspace"]: frames.SERVERLESS for place in workspaces_of(source, serverless)}
    return {**({"failed": failed} if failed else {}), **({"skipped": skipped} if skipped else {})}


def workspaces_of(source: Inventory, ids: Collection[str]) -> list[dict[str, str]]:
    """Return the workspaces with these ids by name, in the form of the fact `failed`."""
    names = source.workspaces.frame.set_index("id")["name"].to_dict()
    return [{"workspace": name} for name in sorted(str(names.get(key, key)) for key in ids)]


def read_activity(ctx: CommandContext, inventory: Inventory, window: str, subject: str) -> Activity:
    """Return the runs of an organization in a window until now; warn about the workspaces that could not be counted.

    Args:
        inventory: the organization, read with `permissions.USAGE_PAIRS`.
        window: its beginning, as typed.
        subject: what is unknown because of a gap, for the warning: "verdicts".

    Raises:
        ZenProError: the control plane could not be read.
    """
    with ctx.ui.progress("runs", "workspace") as advance:
        start = start_of(ctx, window)
        activity = workspaces.read_activity(ctx.session, inventory.organization_id, start, progress=advance)
    activity = usage.with_blind_spots(inventory, activity)
    if activity.gaps:
        places = [record["workspace"] for record in gaps_of(inventory, activity)["failed"]]
        lists.gaps.warn_without(
            ctx,
            {gap.workspace_id for gap in activity.gaps},
            inventory.workspaces,
            f"{subject} are unknown where runs could not be counted, in {counted(len(places), 'workspace')}: "
            f"{name_list(places, limits.NAMES_IN_MESSAGE)}",
        )
    return activity


def read_role_usage(ctx: CommandContext, inventory: Inventory, window: str) -> RoleUsage:
    """Return which roles of an organization were used to start runs in a window until now.

    Args:
        inventory: the organization, read with `permissions.USAGE_PAIRS`.
        window: its beginning, as typed.
    """
    return usage.role_usage(inventory, read_activity(ctx, inventory, window, "verdicts on unused roles"), window)


def describe_window(activity: Activity) -> str:
    """Return the window of an activity in words."""
    return f"{activity.since:%Y-%m-%d} to {activity.until:%Y-%m-%d}"
