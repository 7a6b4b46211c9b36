"""The principal of a row: user, service account, team or invitation, and its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zenpro_nb import frames
from zenpro_nb.resources.model import Column, DataType

if TYPE_CHECKING:
    import pandas as pd

USER, BOT, TEAM, INVITATION = "user", "service-account", "team", "invitation"


def kind_of(rows: pd.DataFrame, bot: pd.Series, *, teams: bool) -> pd.Series:
    """Return the kind of principal of each row: user, service-account, team or invitation.

    Args:
        rows: with `user_id`, and `team_id` if teams are among the principals.
        bot: whether the user of the row is a service account.
        teams: whether the principal can be a team. In a list of team members, `team_id` is the team of the member.
    """
    import pandas as pd  # heavy: only where a frame is made

    kinds = pd.Series(INVITATION, index=rows.index, dtype=object)
    if teams and "team_id" in rows.columns:
        kinds[rows["team_id"].notna()] = TEAM
    user = rows["user_id"].notna()
    kinds[user] = USER
    kinds[user & bot] = BOT
    return _with_type(Column("kind", DataType.CATEGORY), kinds)


def name_of(rows: pd.DataFrame, *columns: str) -> pd.Series:
    """Return the first of these text columns that is not empty, row by row."""
    names = rows[columns[0]]
    for column in columns[1:]:
        names = names.where(names.notna() & (names != ""), rows[column])
    return names


def names_of(ids: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Return the name of each id, or the id if its name is unknown."""
    return _with_type(Column("name"), ids.map(names).where(ids.isin(list(names)), ids))


def _with_type(column: Column, values: pd.Series) -> pd.Series:
    return frames.with_types([column], values.rename(column.name).to_frame())[column.name].set_axis(values.index)
