"""The inner queries of `NOT IN`: by the rules of SQL, one missing value in their result leaves no row over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

_NOT_IN = re.compile(
    r"(\bNOT\s+IN\s*\(\s*SELECT\s+(?:DISTINCT\s+)?([\w.]+)\s+FROM\s+[\w.]+(?:\s+(?:AS\s+)?(?!WHERE\b)\w+)?)\s*\)",
    re.IGNORECASE,
)


def nodes(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every node of a serialized statement, the outer ones first."""
    if isinstance(tree, Sequence) and not isinstance(tree, str):
        for inner in tree:
            yield from nodes(inner)
    if isinstance(tree, Mapping):
        yield tree
        yield from nodes(list(tree.values()))


def inner_queries(database: duckdb.DuckDBPyConnection, tree: Any) -> Iterator[str]:
    """Yield the inner queries of `NOT IN` and `<> ALL` in a serialized statement, as text."""
    for node in nodes(tree):
        if node.get("type") != "OPERATOR_NOT":
            continue
        for child in node["children"]:
            if child.get("subquery_type") == "ANY" and child.get("comparison_type") == "COMPARE_EQUAL":
                statement = json.dumps({"error": False, "statements": [child["subquery"]]})
                row = database.execute("SELECT json_deserialize_sql($tree::JSON)", {"tree": statement}).fetchone()
                yield from row or ()


def without_missing_values(query: str) -> str:
    """Return the query with a condition in each simple `NOT IN` that leaves out missing values; "" if it has none.

    >>> without_missing_values("SELECT email FROM users WHERE id NOT IN (SELECT user_id FROM team_members)")
    'SELECT email FROM users WHERE id NOT IN (SELECT user_id FROM team_members WHERE user_id IS NOT NULL)'
    >>> without_missing_values("SELECT email FROM users WHERE id NOT IN (SELECT id FROM teams WHERE name = 'A')")
    ''
    """
    changed, count = _NOT_IN.subn(r"\1 WHERE \2 IS NOT NULL)", query)
    return changed if count else ""
