"""Compare two inventories of one organization: added, removed, changed and unknown rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from zenpro_nb import frames
from zenpro_nb.access import LISTS, Inventory
from zenpro_nb.errors import UsageError
from zenpro_nb.inventory.tables import DIFF
from zenpro_nb.resources import Column, DataType

ADDED, REMOVED, CHANGED, UNKNOWN, NOT_COMPARABLE = "added", "removed", "changed", "unknown", "not comparable"
_SEPARATOR = "\x1f"

# The own columns of each list. All other columns are keys; copies from other lists, such as an email address in members
# or a role's name in assignments; counts; and volatile values: times of change and use, sizes, remaining seconds. A
# list that is not here does not describe the organization: `me` is the account that read it.
_OWN: Mapping[str, tuple[str, ...]] = {
    "organization": ("name", "description", "has_active_subscription", "trusted_domains", "owner", "logo_url"),
    "users": (
        *("email", "name", "username", "is_active", "is_superuser", "is_onboarded", "company", "job_title"),
        *("oauth_provider", "password_expired", "avatar_url"),
    ),
    "members": (),
    "teams": ("name", "description"),
    "team_members": (),
    "roles": ("name", "level", "description", "system_managed", "type", "permissions"),
    "assignments": (),
    "workspaces": (
        *("name", "display_name", "status", "version", "server_url", "desired_state", "state_reason"),
        *("workspace_type", "is_managed", "description", "owner", "logo_url"),
    ),
    "invitations": ("email", "accepted", "expires"),
    "service_accounts": ("username", "description", "is_active"),
    "api_keys": ("name", "description", "active", "last_rotated", "expires_at", "retain_period_minutes"),
    "permissions": ("known",),
    "workspace_users": ("name", "active", "is_admin"),
    "workspace_service_accounts": ("name", "full_name", "description", "active"),
    "workspace_projects": ("name", "display_name", "description"),
}
# Lists whose rows come from other lists, which report additions and removals.
_DERIVED = ("users",)
# Rows that another list reports: the column with their ids, and the other list.
_ELSEWHERE = {"users": ("id", "service_accounts"), "members": ("invitation_id", "invitations")}


def compare(before: Inventory, after: Inventory, *, all_columns: bool = False) -> pd.DataFrame:
    """Return the differences, one row per change, with the columns of `DIFF`.

    Args:
        before, after: inventories of one organization.
        all_columns: also compare copied, counted and volatile columns.

    Returns:
        One row per added or removed row, and one row per changed column of a row. A list that is incomplete on either
        side has a row "unknown" with its gap, and its rows that are on one side only are "unknown", because they may
        have been missed. A column that only one side has is one row, "not comparable".

    Raises:
        UsageError: the inventories are of different organizations.
    """
    if before.organization_id != after.organization_id:
        raise UsageError(f"{before.organization_name} and {after.organization_name} are different organizations")
    parts = [
        part
        for name in LISTS
        if name in _OWN or all_columns
        for part in _ListPair(before, after, name, all_columns=all_columns).changes()
    ]
    frame = frames.with_types(DIFF.columns, pd.concat(parts, ignore_index=True) if parts else ())
    for column, inventory in (("taken_before", before), ("taken_after", after)):
        frame[column] = _times(inventory.started, len(frame))
    return frame


def _times(time: datetime | None, rows: int) -> Any:
    return frames.with_types([Column("taken", DataType.TIME)], [{"taken": time}])["taken"].repeat(rows).array


class _ListPair:
    """One list of both inventories."""

    def __init__(self, before: Inventory, after: Inventory, name: str, *, all_columns: bool) -> None:
        self.name, self.all_columns = name, all_columns
        self.before, self.after = before[name], after[name]
        left, right = (list_.frame for list_ in (self.before, self.after))
        if name in _ELSEWHERE and not all_columns:
            column, other = _ELSEWHERE[name]
            ids = pd.concat([side[other].frame["id"].dropna() for side in (before, after)])
            left, right = (rows[~rows[column].isin(ids)] for rows in (left, right))
        codes, _ = pd.factorize(pd.concat([_keys(LISTS[name].key, left), _keys(LISTS[name].key, right)]))
        places = [_places(part, len(codes)) for part in (codes[: len(left)], codes[len(left) :])]
        there = [place >= 0 for place in places]
        both = there[0] & there[1]
        self.removed, self.added = left.take(places[0][there[0] & ~both]), right.take(places[1][there[1] & ~both])
        self.left, self.right = left.take(places[0][both]), right.take(places[1][both])

    def changes(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of the list: about the whole list, then removed, added and changed rows."""
        sides = (self.before, self.after)
        if all(side.gap is not None and side.gap.reason == "not asked" for side in sides):
            return
        if not all(side.complete for side in sides):
            yield self._list_row(UNKNOWN, before=self.before.gap_text, after=self.after.gap_text)
        if not all(side.is_known for side in sides):
            return
        yield from self._added_and_removed()
        yield from self._changes()

    def _added_and_removed(self) -> Iterator[pd.DataFrame]:
        if self.name in _DERIVED and not self.all_columns:
            return
        certain = self.before.complete and self.after.complete
        for rows, change in ((self.removed, REMOVED), (self.added, ADDED)):
            if len(rows):
                yield self._change_rows(rows, change if certain else UNKNOWN)

    def _changes(self) -> Iterator[pd.DataFrame]:
        if not len(self.left):
            return
        for column in self._compare():
            knows_column = [list_.knows(column.name) for list_ in (self.before, self.after)]
            if not any(knows_column):
                continue
            if not all(knows_column):
                words = ["" if is_known else "not sent" for is_known in knows_column]
                yield self._list_row(NOT_COMPARABLE, column.name, *words)
                continue
            differs = _differs(column.kind, self.left[column.name].array, self.right[column.name].array)
            if differs.any():
                old, new = (_values_shown(column.kind, rows[column.name][differs]) for rows in (self.left, self.right))
                yield self._change_rows(self.right[differs], CHANGED, column=column.name, before=old, after=new)

    def _compare(self) -> list[Column]:
        own = _OWN.get(self.name, ())
        keys = LISTS[self.name].key
        return [
            column
            for column in LISTS[self.name].columns
            if column.name not in keys and (self.all_columns or column.name in own)
        ]

    def _change_rows(self, rows: pd.DataFrame, change: str, **more: Any) -> pd.DataFrame:
        change_rows = pd.DataFrame({"list": self.name, "change": change, "name": _names(self.name, rows)}, dtype=object)
        change_rows["key"] = _key_texts(LISTS[self.name].key, rows)
        for name, values in more.items():
            change_rows[name] = values
        return change_rows.sort_values("name", kind="stable")

    def _list_row(self, change: str, column: str = "", before: str = "", after: str = "") -> pd.DataFrame:
        values = {"column": column or None, "before": before or None, "after": after or None}
        return pd.DataFrame([{"list": self.name, "change": change, **values}], dtype=object)


def _keys(names: Sequence[str], rows: pd.DataFrame) -> pd.Series:
    """Return a unique text for each row."""
    key, *more = (rows[name].astype(frames.dtype_of(DataType.TEXT)).fillna("") for name in names)
    for part in more:
        key = key + _SEPARATOR + part
    return key


def _places(codes: np.ndarray[Any, Any], size: int) -> np.ndarray[Any, Any]:
    """Return the first row of each key; -1 if there is none."""
    places = np.full(size, -1)
    places[codes[::-1]] = np.arange(len(codes))[::-1]
    return places


def _differs(kind: DataType, left: Any, right: Any) -> np.ndarray[Any, Any]:
    """Return where two columns of the same rows differ; values missing on both sides are equal."""
    if kind in (DataType.LIST, DataType.JSON):
        plain = _sort if kind is DataType.LIST else _plain  # a list may come in any order
        return np.array([plain(old) != plain(new) for old, new in zip(left, right, strict=True)], dtype=bool)
    if kind is DataType.CATEGORY:
        left, right = (side.astype(frames.dtype_of(DataType.TEXT)) for side in (left, right))
    is_missing, new = np.asarray(pd.isna(left)), np.asarray(pd.isna(right))
    unequal = pd.Series(left != right).fillna(False).to_numpy(dtype=bool)
    differs: np.ndarray[Any, Any] = (unequal & ~is_missing & ~new) | (is_missing ^ new)
    return differs


def _plain(value: Any) -> Any:
    return None if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)) else value


def _sort(value: Any) -> Any:
    plain = _plain(value)
    return plain if plain is None else sorted(plain)


def _values_shown(kind: DataType, values: pd.Series) -> list[Any]:
    """Return the displayed values of times and lists; other values are left to `frames.with_types`."""
    plain = [None if value is pd.NaT else _plain(value) for value in values]
    if kind is DataType.TIME:
        return [value and value.isoformat() for value in plain]
    return [", ".join(_sort(value)) if kind is DataType.LIST and value is not None else value for value in plain]


# The displayed name of rows without a name: the first of these columns with a value, and its container.
_WHO = ("principal", "email", "username", "team", "invited_email", "user_id", "team_id", "invitation_id")
_CALLED: Mapping[str, tuple[Sequence[str], str]] = {
    "users": (("email", "username", "id"), ""),
    "members": (_WHO[1:], ""),
    "team_members": (("email", "username", "invited_email", "user_id", "invitation_id"), " in {team}"),
    "assignments": (_WHO, ": {role}{place}"),
    "invitations": (("email", "id"), ""),
    "service_accounts": (("username", "id"), ""),
    "api_keys": (("name", "id"), " of {service_account}"),
    "permissions": (("role", "role_id"), ": {action} {resource}"),
}
_INSIDE = (("name", "id"), " in {workspace}")


def _names(name: str, rows: pd.DataFrame) -> list[str | None]:
    columns, form = _CALLED.get(name) or (_INSIDE if "workspace" in rows.columns else (("name", "id"), ""))
    found, *others = (rows[column].astype(object) for column in columns if column in rows.columns)
    for other in others:
        found = found.where(found.notna() & (found != ""), other)
    if "kind" in rows.columns:
        found = found.where(rows["kind"] != "invitation", found + " (invited)")
    if not form:
        return [_plain(name) for name in found]
    records = [{str(key): _plain(value) for key, value in row.items()} for row in rows.to_dict("records")]
    return [f"{_plain(who)}{form.format(**row, place=_place(row))}" for who, row in zip(found, records, strict=True)]


def _place(row: Mapping[str, Any]) -> str:
    project = f", project {row['project_id']}" if row.get("project_id") else ""
    return f" in {row['workspace']}{project}" if row.get("workspace") else project


def _key_texts(names: Sequence[str], rows: pd.DataFrame) -> list[str]:
    if len(names) == 1:
        return rows[names[0]].tolist()
    columns = [rows[name].tolist() for name in names]
    return [
        " ".join(f"{name}={value}" for name, value in zip(names, values, strict=True) if isinstance(value, str))
        for values in zip(*columns, strict=True)
    ]
