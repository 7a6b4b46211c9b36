"""A statement as DuckDB parses it: the tables and parameters that it names, and whether it only reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb.errors import UsageError
from zenpro_nb.sql.database import connect
from zenpro_nb.sql.exclusions import are_filters, inner_queries, nodes, without_missing_values
from zenpro_nb.sql.interruptible import convert_interrupts
from zenpro_nb.sql.mistakes import caret_lines, explain_error

_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?", re.IGNORECASE)
# Functions that create rows only from their arguments; all other table functions read files, settings or the catalog.
_HARMLESS = {"generate_series", "generate_subscripts", "range", "repeat", "repeat_row", "unnest"}
_NOWHERE = 2**64 - 1  # DuckDB's position of anything that was not written in the query
_READS = "SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, and EXPLAIN"

Node = Mapping[str, Any]


class TableName(Struct, frozen=True):
    """A table as a statement names it; `schema` is empty if none was written, and `place` counts bytes."""

    name: str
    schema: str = ""
    place: int = -1

    @property
    def key(self) -> tuple[str, str]:
        """Return the key that distinguishes it from other tables: table names are case-insensitive."""
        return self.schema.casefold(), self.name.casefold()

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


class Statement(Struct, frozen=True):
    """One read-only statement.

    Attributes:
        grouped: the columns by which it or a part of it groups rows.
        exclusions: its inner queries after NOT IN.
        corrected: its text with missing values left out of these; "" if that could change more than its conditions.
    """

    text: str
    tables: tuple[TableName, ...]
    parameters: frozenset[str]
    grouped: frozenset[str] = frozenset()
    exclusions: tuple[str, ...] = ()
    corrected: str = ""

    @property
    def explains(self) -> bool:
        """Return whether it requests the plan of a query instead of its rows."""
        return bool(_EXPLAIN.match(self.text))


@convert_interrupts()
def parse(text: str) -> Statement:
    """Parse a statement; nothing is read, and the tables that it names do not have to exist.

    Raises:
        UsageError: it is not SQL, contains several statements, does more than read, or reaches outside the tables.

    Example:
        >>> statement = parse("SELECT u.email FROM users u JOIN captures.assignments USING (id) WHERE role = $role")
        >>> [str(table) for table in statement.tables], sorted(statement.parameters)
        (['users', 'captures.assignments'], ['role'])
    """
    database = connect()
    import duckdb  # after `connect`, which reports a missing package

    try:
        statements = database.extract_statements(text)
    except duckdb.Error as error:
        raise explain_error(error) from None
    if len(statements) != 1:
        raise UsageError(
            "The query is empty" if not statements else f"Expected one query, but found {len(statements)} statements",
            hint="Write exactly one query.",
        )
    bare = _EXPLAIN.sub("", text, count=1) if _EXPLAIN.match(text) else text
    offset = len(text.encode()) - len(bare.encode())
    row = database.execute("SELECT json_serialize_sql($text::VARCHAR)", {"text": bare}).fetchone()
    tree = json.loads(row[0]) if row else {}
    if tree.get("error"):
        raise UsageError(
            "Only read-only statements are allowed",
            hint=f"Begin with one of {_READS}. Put a PIVOT in parentheses after FROM.",
        )
    tables = [
        table if table.place < 0 else TableName(table.name, table.schema, table.place + offset)
        for table in _tables(tree)
    ]
    _refuse_functions(tree, text, offset)
    exclusions = tuple(inner_queries(database, tree))
    corrected, count = without_missing_values(text)
    return Statement(
        text,
        tuple(tables),
        frozenset(statements[0].named_parameters),
        frozenset(_grouped(tree)),
        exclusions,
        corrected if count == len(exclusions) > 0 and are_filters(tree, count) else "",
    )


def _grouped(tree: Any) -> Iterator[str]:
    """Yield the columns by which queries group rows: GROUP BY a name, an alias, a position, or ALL."""
    for node in nodes(tree):
        if node.get("type") != "SELECT_NODE":
            continue
        selected = node["select_list"]
        by_alias = {column["alias"]: column for column in selected if column.get("alias")}
        groups_all = node.get("aggregate_handling") == "FORCE_AGGREGATES"
        by_position = {str(place): column for place, column in enumerate(selected, start=1)}
        for key in selected if groups_all else node["group_expressions"]:
            # DuckDB 2 serializes a position as text, and DuckDB 1 as a number.
            place = str((key.get("literal") or {}).get("text") or (key.get("value") or {}).get("value"))
            name = (key.get("column_names") or [""])[-1]
            column = by_position.get(place) or by_alias.get(name) or key
            yield from map(str, (column.get("column_names") or [])[-1:])


def _tables(node: Any, own: frozenset[str] = frozenset()) -> Iterator[TableName]:
    """Yield the tables below a node; names defined by a WITH are not tables within its scope."""
    if isinstance(node, Sequence) and not isinstance(node, str):
        for inner in node:
            yield from _tables(inner, own)
    if not isinstance(node, Mapping):
        return
    own = own | {str(entry["key"]).casefold() for entry in (node.get("cte_map") or {}).get("map") or ()}
    name, schema = _name_of(node), str(node.get("schema_name") or "")
    if name and (schema or name.casefold() not in own):
        place = int(node.get("query_location", _NOWHERE))
        yield TableName(name, schema, -1 if place == _NOWHERE else place)
    for inner in node.values():
        yield from _tables(inner, own)


def _name_of(node: Node) -> str:
    """Return the name of the table that a node represents; empty if it is not a table."""
    if node.get("type") == "BASE_TABLE":
        return str(node.get("table_name") or "")
    if node.get("type") == "SHOW_REF" and not node.get("query"):
        # SHOW TABLES and similar statements name no table; DESCRIBE users named one, in quotes, before DuckDB 1.4.
        name = str(node.get("table_name") or "").strip('"')
        return "" if name.casefold() in ("", "tables", "databases", "__show_tables_expanded", "variables") else name
    return ""


def _refuse_functions(tree: Any, text: str, offset: int) -> None:
    """Refuse table functions that reach outside the tables.

    Raises:
        UsageError: the query calls one.
    """
    for node in nodes(tree):
        name = str((node.get("function") or {}).get("function_name") or "")
        if node.get("type") == "TABLE_FUNCTION" and name.casefold() not in _HARMLESS:
            place = int(node.get("query_location", _NOWHERE))
            raise UsageError(
                f"{name}() is not available here: a query can only read tables, not files or settings",
                hint="`sql tables` lists the tables. To query a file, read it in Python, and name its DataFrame "
                "in the query.",
            ).at(*caret_lines(text, place + offset if place != _NOWHERE else -1, name))
