"""What a query can get wrong without an error: names that several objects have, and missing values after NOT IN."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd


def merged_names(grouped: Collection[str], tables: Iterable[pd.DataFrame]) -> Iterator[str]:
    """Yield a sentence for each column of names by which a query groups although several objects have one of them.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"team": ["ops", "ml", "ops"], "team_id": ["1", "2", "3"]})
    >>> list(merged_names(["team"], [table])), list(merged_names(["team", "team_id"], [table]))
    (["2 teams are named 'ops', and the query adds them up. Group by team_id too: GROUP BY team, team_id."], [])
    """
    for name in sorted(grouped):
        key = f"{name}_id"
        pairs = [table[[name, key]] for table in tables if {name, key} <= {*table.columns}]
        counts = Counter(
            value for value, _ in {pair for part in pairs for pair in part.dropna().itertuples(index=False, name=None)}
        )
        value, count = max(counts.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        if count > 1 and key not in grouped:
            yield (
                f"{counted(count, name)} are named {value!r}, and the query adds them up. "
                f"Group by {key} too: GROUP BY {name}, {key}."
            )


def left_out(count: int, query: str, org: str | None) -> str:
    """Return why the rows are those of another query, which leaves out missing values.

    >>> left_out(1, "FROM users WHERE id NOT IN (SELECT id FROM ids WHERE id IS NOT NULL)", None)[:100]
    "the rows are those of `sql 'FROM users WHERE id NOT IN (SELECT id FROM ids WHERE id IS NOT NULL)'`. "
    """
    command = f"sql {quoted(query)}{f' --org {quoted(org)}' if org else ''}"
    return f"the rows are those of `{command}`. As typed, NOT IN would match no row, because {_returned(count)}."


def about_missing_values(count: int) -> str:
    """Return why NOT IN matches no row.

    >>> about_missing_values(2).partition(". ")[2]
    'To leave them out, add `… IS NOT NULL` to it.'
    """
    return f"NOT IN is true for no row, because {_returned(count)}. To leave them out, add `… IS NOT NULL` to it."


def _returned(count: int) -> str:
    return f"the inner query returns {counted(count, 'missing value')}"
