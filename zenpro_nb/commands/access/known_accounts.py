"""Accounts without access: an inventory contains only those that members, teams, and assignments name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import access as pure
from zenpro_nb import frames, query
from zenpro_nb.access import Inventory
from zenpro_nb.access.model.columns import BOT_MARK, TEAM_MARK
from zenpro_nb.errors import AmbiguousNameError, ApiError, UnknownNameError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.resources import RESOURCES

if TYPE_CHECKING:
    import pandas as pd


def with_account(ctx: CommandContext, inventory: Inventory, principal: str | None) -> Inventory:
    """Return the inventory with the account of a principal that has no access, if the server knows it.

    Raises:
        UnknownNameError: neither the organization nor the server knows it; the message suggests similar names.
        AmbiguousNameError: several principals have the name.
    """
    if principal is None or principal.startswith((TEAM_MARK, BOT_MARK)):
        return inventory
    try:
        pure.principal_ids(inventory, principal)
    except UnknownNameError as error:
        try:
            found = query.find(ctx.session, "users", principal)
        except (UnknownNameError, AmbiguousNameError, ApiError):  # an ApiError: not everyone can list accounts
            raise error from None
        known = inventory.users
        account = frames.from_records(RESOURCES["users"], [found.record])
        columns = [name for name in known.frame.columns if name in account.columns]
        return inventory.with_lists(replace(known, frame=_joined(known.frame, account[columns])))
    return inventory


def _joined(frame: pd.DataFrame, account: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # heavy: only where a frame is made

    return frames.with_types(pure.LISTS["users"].columns, pd.concat([frame, account], ignore_index=True))
