"""Compare a file with the organization: entries whose deadline has passed, and names under `protect`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from zenpro_nb.access.desired.state import DesiredState
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.bindings import Binding
from zenpro_nb.access.plans.lookup import Lookup
from zenpro_nb.access.plans.model import DesiredRow
from zenpro_nb.access.plans.resolve import resolve_rows
from zenpro_nb.access.plans.state import State
from zenpro_nb.errors import UnknownNameError, UsageError


def without_vanished(rows: Sequence[DesiredRow], inventory: Inventory) -> tuple[list[DesiredRow], list[str]]:
    """Return the rows without expired ones that name an object that does not exist, and a line about each of those.

    Nothing is left to remove: the person has left, or the role or the workspace is deleted. An error would stop a
    scheduled plan, and every other removal in it, until the entry is deleted.
    """
    if not any(row.expired for row in rows):
        return list(rows), []
    lookup = Lookup(inventory, State.of(inventory))
    remaining_rows, lines = [], []
    for row in rows:
        line = _vanished_line(row, lookup) if row.expired else ""
        if line:
            lines.append(line)
        else:
            remaining_rows.append(row)
    return remaining_rows, lines


def _vanished_line(row: DesiredRow, lookup: Lookup) -> str:
    try:
        lookup.principal(row.principal, row.source)
        if row.workspace:
            lookup.workspace(row.workspace, row.source)
    except UnknownNameError as error:
        return f"{error.message}; the entry has {row.why} and can be deleted"
    return ""


def expired_access(desired: DesiredState, inventory: Inventory, now: datetime) -> Iterator[tuple[Binding, DesiredRow]]:
    """Yield the roles and memberships that still exist although their deadline in the file has passed.

    Raises:
        UnknownNameError: an object in the file does not exist.
    """
    state = State.of(inventory)
    rows, _ = without_vanished(desired.rows(now), inventory)
    resolved = resolve_rows(rows, (), state, Lookup(inventory, state))
    for binding, row in resolved.bindings.items():
        if row.expired and binding in state.bindings:
            yield binding, row


def require_protected(desired: DesiredState, inventory: Inventory) -> None:
    """Require that each user under `protect` exists: a misspelled name would protect no one.

    Raises:
        UnknownNameError: one does not; the message names the line and the most similar name.
        UsageError: one is a team.
    """
    if not desired.protect_users:
        return
    lookup = Lookup(inventory, State.of(inventory))
    for user in desired.protect_users:
        place = desired.at(user)
        kind, _ = lookup.principal(user.text, place)
        if kind == "team_id":
            raise UsageError(
                f"{place}: {user.text!r} is a team, but `protect` accepts only users",
                hint="List the users of the team.",
            )
