"""The history of roles: effective access at successive times, merged into periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import access, frames
from zenpro_nb.inventory.tables import HISTORY

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory

# The columns that identify an access path, independent of renames.
_KEY = ("user_id", "invitation_id", "role_id", "role", "workspace_id", "project_id", "via", "team_id")


class _Interval(Struct):
    first: datetime
    last: datetime
    row: Mapping[Any, Any]


def history(moments: Iterable[Inventory], ids: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the periods in which principals had each role, with the columns of `HISTORY`.

    Args:
        moments: inventories of the organization, oldest first.
        ids: the ids of the principals; see `access.principal_ids`.

    Returns:
        One row for each access path and each period in which it existed, newest first. A capture with incomplete
        lists ends no period. If the last one is incomplete, `current` is missing for the paths that it lacks.
    """
    intervals: list[_Interval] = []
    open_: dict[tuple[Any, ...], _Interval] = {}
    certain, last = True, None
    for moment in moments:
        last, certain = moment.started, not access.missing(moment)
        rows = {_key(row): row for row in _rows(moment, ids)}
        if last is None:
            continue
        if certain:
            intervals += [open_.pop(key) for key in [key for key in open_ if key not in rows]]
        for key, row in rows.items():
            interval = open_.setdefault(key, _Interval(last, last, row))
            interval.last, interval.row = last, row
    every = sorted([*open_.values(), *intervals], key=lambda interval: (interval.last, interval.first), reverse=True)
    ended = {id(interval) for interval in intervals}
    return frames.with_types(
        HISTORY.columns,
        [
            {
                **interval.row,
                "first_seen": interval.first.isoformat(),
                "last_seen": interval.last.isoformat(),
                "current": False if id(interval) in ended else True if interval.last == last else None,
            }
            for interval in every
        ],
    )


def _rows(moment: Inventory, ids: Mapping[str, Sequence[str]]) -> list[dict[Any, Any]]:
    paths = access.effective_access(moment)
    fits = [paths[column].isin(list(values)).to_numpy() for column, values in ids.items()]
    mine = paths[[any(row) for row in zip(*fits, strict=True)]].astype(object)
    return mine.where(mine.notna(), None).to_dict("records")


def _key(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    # A renamed role is the same role. Superuser and owner have no id.
    return tuple(row[name] for name in _KEY if name != "role" or row["role_id"] is None)
