"""Display who has a role, who is an admin, and which roles a team has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.access.model.columns import (
    ADMIN_ROLES,
    ADMINS,
    ALSO_IN,
    ARROW,
    BY_ORGANIZATION,
    BY_SUPERUSER,
    OWNER,
    PATHS_OF_ROLE,
    SCOPES,
    VIA,
    WORKSPACE,
)
from zenpro_nb.syntax.counts import counted
from zenpro_nb.ui.cells import TableColumn
from zenpro_nb.ui.folding import total_width

if TYPE_CHECKING:
    import pandas as pd

HOLDERS, TEAM, PATHS, ADMINS_VIEW = "access-holders", "access-team", "access-paths", "access-admins"
_REACH = ALSO_IN.name
_OF_HOLDERS = ("principal", "kind", "active", "path", _REACH)
_OF_ADMINS = ("principal", "role", "kind", "active", "path", _REACH)
_ROLE_OF_PRINCIPAL = ("principal", "user_id", "invitation_id", "role")
_OF_TEAM = ("role", "scope", "workspace", "project_id", "via")


def column_values(frame: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """Yield the values of these columns row by row, None where one is missing."""
    columns = [frame[name].astype(object).where(frame[name].notna(), None) for name in names]
    return zip(*columns, strict=True)


def by_holder(frame: pd.DataFrame, matching: pd.DataFrame) -> pd.DataFrame:
    """Return the matching paths. The workspaces that an organization role reaches are counted in its row.

    Args:
        frame: access paths.
        matching: those that match the conditions. A path of a reached workspace stays a row if its role does not match.
    """
    reached: dict[tuple[Any, ...], set[str]] = {}
    for *key, workspace in column_values(frame[_follows(frame)], *_ROLE_OF_PRINCIPAL, "workspace"):
        reached.setdefault(tuple(key), set()).add(workspace)
    follows, keys = _follows(matching).tolist(), list(column_values(matching, *_ROLE_OF_PRINCIPAL))
    counting = {key for is_reached, key in zip(follows, keys, strict=True) if not is_reached}
    kept = [at for at, key in enumerate(keys) if not follows[at] or key not in counting]
    counts = [0 if follows[at] else len(reached.get(keys[at], ())) for at in kept]
    rows = matching.iloc[kept].reset_index(drop=True)
    rows[_REACH] = [counted(count, "workspace") if count else None for count in counts]
    return frames.declare(frames.with_types(PATHS_OF_ROLE.columns, rows), PATHS_OF_ROLE)


def by_reach(frame: pd.DataFrame, matching: pd.DataFrame) -> pd.DataFrame:
    """Return the matching paths of admins as `by_holder` does, those with the widest reach first."""
    rows = by_holder(frame, matching)
    reach = rows["role"].astype(str).map({role: at for at, role in enumerate(ADMIN_ROLES)})
    return frames.declare(rows.iloc[reach.argsort(kind="stable")].reset_index(drop=True), ADMINS)


def admin_summary(rows: pd.DataFrame) -> str:
    """Return how many principals have each admin role, the widest first."""
    numbers = rows.groupby(rows["role"].astype(str))["principal"].nunique()
    names = {role: "workspace owner" if role == OWNER else role for role in ADMIN_ROLES if role in numbers}
    return ", ".join(counted(int(numbers[role]), name) for role, name in names.items())


def _admins(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return the columns that show who is an admin and why; None for a DataFrame without them."""
    return _shown(frame, _OF_ADMINS) if set(frame.columns) >= {*_OF_ADMINS} else None


def _holders(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return the columns that show who has a role and why; None for a DataFrame without them."""
    if not set(frame.columns) >= {*_OF_HOLDERS}:
        return None
    return _shown(frame, _OF_HOLDERS if frame[_REACH].notna().any() else frame.columns.drop(_REACH))


def _shown(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    rows = frame[[*columns]].copy()
    rows.attrs = {**frame.attrs, "zenpro": {**frames.facts(frame), "view": PATHS}}
    return rows


def _paths_in_terminal(columns: Sequence[TableColumn], width: int | None) -> Sequence[TableColumn]:
    """Return the columns for a terminal: if they do not fit, a path does not repeat the principal beside it."""
    by_name = {column.name: column for column in columns}
    if width is None or not {"principal", "path"} <= set(by_name) or total_width(columns) <= width:
        return columns
    principal, path = by_name["principal"], by_name["path"]
    cells = [
        replace(cell, text=cell.text.removeprefix(f"{name.text}{ARROW}"))
        for cell, name in zip(path.cells, principal.cells, strict=True)
    ]
    return [replace(path, cells=cells) if column is path else column for column in columns]


def _team(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return one row per role of a team, with the number of principals who have it through the team.

    None for a DataFrame without the columns.
    """
    if not set(frame.columns) >= {"principal", *_OF_TEAM}:
        return None
    follows = _follows(frame)
    reached = frame[follows].groupby("role", observed=True)["workspace"].nunique()
    own = frame[~follows]
    groups = own.groupby([*_OF_TEAM], observed=True, dropna=False, sort=False)["principal"].nunique().reset_index()
    rows = groups.rename(columns={"principal": "principals"}).drop(columns="via")
    counts = [int(reached.get(role, 0)) for role in rows["role"]]
    rows[_REACH] = [counted(count, "workspace") if count else None for count in counts]
    rows.attrs = {**frame.attrs, "zenpro": {**frames.facts(frame), "view": ""}}
    return rows


def _follows(frame: pd.DataFrame) -> pd.Series:
    """Return which rows are in workspaces that a role of the organization reaches: they are counted, not displayed."""
    return frame["via"].isin([VIA[BY_ORGANIZATION]]) | (
        (frame["via"] == VIA[BY_SUPERUSER]) & (frame["scope"] == SCOPES[WORKSPACE])
    )


frames.register_view(TEAM, frames.View(stand_in=_team))
frames.register_view(HOLDERS, frames.View(stand_in=_holders))
frames.register_view(ADMINS_VIEW, frames.View(stand_in=_admins))
frames.register_view(PATHS, frames.View(in_terminal=_paths_in_terminal))
