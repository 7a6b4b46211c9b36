"""The inner queries of `NOT IN`: by the rules of SQL, one missing value in their result leaves no row over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

# Texts, quoted names, and comments, in which nothing is a part of the query; the beginning of a NOT IN; a parenthesis.
_PARTS = re.compile(
    r"""'[^']*'|"[^"]*"|--[^\n]*|/\*.*?\*/|(?P<start>\bNOT\s+IN\s*\(\s*(?=(?:SELECT|FROM|WITH)\b))|(?P<paren>[()])""",
    re.IGNORECASE | re.DOTALL,
)
_ONE_COLUMN = re.compile(
    r"SELECT\s+(?:DISTINCT\s+)?([\w.]+)\s+FROM\s+[\w.]+(?:\s+(?:AS\s+)?(?!WHERE\b)\w+)?", re.IGNORECASE
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
        if _is_exclusion(node):
            statement = json.dumps({"error": False, "statements": [node["children"][0]["subquery"]]})
            row = database.execute("SELECT json_deserialize_sql($tree::JSON)", {"tree": statement}).fetchone()
            yield from row or ()


def are_filters(tree: Any, count: int) -> bool:
    """Return whether this number of `NOT IN`, all of a statement, are conditions of a WHERE, joined by AND and OR.

    With a missing value, such a condition is never true; elsewhere, a query can tell that it is neither true nor false.
    """
    wheres = [node["where_clause"] for node in nodes(tree) if node.get("where_clause")]
    return count == sum(map(_is_exclusion, _joined(wheres)))


def _is_exclusion(node: Mapping[str, Any]) -> bool:
    inner = node["children"][0] if node.get("type") == "OPERATOR_NOT" else {}
    return inner.get("subquery_type") == "ANY" and inner.get("comparison_type") == "COMPARE_EQUAL"


def _joined(conditions: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for condition in conditions:
        if condition.get("class") == "CONJUNCTION":
            yield from _joined(condition["children"])
        else:
            yield condition


def without_missing_values(query: str) -> tuple[str, int]:
    """Return the query with a condition in each `NOT IN` that leaves out missing values, and their number.

    >>> without_missing_values("SELECT email FROM users WHERE id NOT IN (SELECT user_id FROM team_members)")
    ('SELECT email FROM users WHERE id NOT IN (SELECT user_id FROM team_members WHERE user_id IS NOT NULL)', 1)
    >>> without_missing_values("FROM users WHERE id NOT IN (FROM ids WHERE x = ')')")
    ("FROM users WHERE id NOT IN (SELECT x FROM (FROM ids WHERE x = ')') t(x) WHERE x IS NOT NULL)", 1)
    """
    pieces, done, count = [], 0, 0
    for start in _PARTS.finditer(query):
        if not start["start"] or start.start() < done:
            continue
        end = _end(query, start.end())
        inner, inner_count = without_missing_values(query[start.end() : end].strip())
        column = _ONE_COLUMN.fullmatch(inner)
        if column:
            inner += f" WHERE {column[1]} IS NOT NULL"
        else:
            end_of_comment = "\n" if "--" in inner else ""
            inner = f"SELECT x FROM ({inner}{end_of_comment}) t(x) WHERE x IS NOT NULL"  # noqa: S608 - the user's query
        pieces += [query[done : start.end()], inner]
        done, count = end, count + 1 + inner_count
    return "".join([*pieces, query[done:]]), count


def _end(query: str, start: int) -> int:
    """Return the place of the parenthesis that closes an inner query."""
    depth = 1
    for part in _PARTS.finditer(query, start):
        depth += 1 if part["start"] or part["paren"] == "(" else -1 if part["paren"] else 0
        if not depth:
            return part.start()
    return len(query)
