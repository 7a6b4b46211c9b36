"""The organizations that a table of a query covers, and the users that a query of one organization gets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from zenpro_nb import frames, query
from zenpro_nb.commands.sql.tables import EVERY, IN_USE, ONE, SqlTable
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.resources import DataType

if TYPE_CHECKING:
    import pandas as pd


def shared_organization(ctx: CommandContext, tables: Collection[SqlTable], org: str | None) -> str | None:
    """Return the organization to which a query limits its tables of every organization; None if it does not.

    Users of other organizations, joined with a list of this one, would appear as people who have nothing.
    """
    coverages = {table.coverage for table in tables}
    if EVERY in coverages and (ONE in coverages or (ctx.session.settings.organization and IN_USE in coverages)):
        return query.organization(ctx.session, org).name
    return None


def limited(everyone: pd.DataFrame, members: pd.DataFrame, others: Mapping[SqlTable, pd.DataFrame]) -> pd.DataFrame:
    """Return the members of an organization, and the people without membership whom its other lists name by ID.

    Args:
        everyone: the users of every organization.
        members: those of the organization.
        others: the other tables of the query.
    """
    ids = set(members["id"])
    for table, frame in others.items():
        for column in table.columns:
            if column.kind is DataType.ID and column.name in frame.columns:
                ids.update(frame[column.name].dropna())
    users = everyone[everyone["id"].isin(ids)].reset_index(drop=True)
    facts = frames.facts(everyone)
    frames.describe(users, **{name: value for name, value in facts.items() if name not in ("scope", "rows")})
    return users


def limited_text(tables: Collection[SqlTable], organization: str | None) -> str:
    """Return the tables that are limited to an organization, for the line below the result; "" if there are none."""
    names = [table.name for table in tables if organization and table.coverage == EVERY]
    return (
        f"{' and '.join(names)} only from {organization}, not from all organizations that you can see" if names else ""
    )
