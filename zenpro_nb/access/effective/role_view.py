"""Display who has a role, and why: one row per principal and path. The workspaces that it reaches are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import frames
from zenpro_nb.access.model.columns import BY_ORGANIZATION, BY_SUPERUSER, SCOPES, VIA, WORKSPACE
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

HOLDERS = "access-holders"
_SHOWN = ("principal", "kind", "active", "path")
_NEEDED = {*_SHOWN, "via", "scope", "role", "workspace"}
_REACH = "also_in"


def _holders(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Return one row per principal and path, without the workspaces that a role of the organization reaches.

    None for a DataFrame without the columns.
    """
    if not set(frame.columns) >= _NEEDED:
        return None
    follows = frame["via"].isin([VIA[BY_ORGANIZATION]]) | (
        (frame["via"] == VIA[BY_SUPERUSER]) & (frame["scope"] == SCOPES[WORKSPACE])
    )
    if not follows.any() or follows.all():
        return None
    reached = frame[follows].groupby(["principal", "role"], observed=True)["workspace"].nunique()
    shown = frame.loc[~follows, list(_SHOWN)].reset_index(drop=True)
    keys = zip(frame.loc[~follows, "principal"], frame.loc[~follows, "role"], strict=True)
    counts = [int(reached.get(key, 0)) for key in keys]
    shown[_REACH] = [counted(count, "workspace") if count else None for count in counts]
    shown.attrs = {**frame.attrs, "zenpro": {**frames.facts(frame), "view": ""}}
    return shown


frames.register_view(HOLDERS, frames.View(stand_in=_holders))
