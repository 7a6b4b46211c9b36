"""A statement as DuckDB itself takes it apart: which tables and parameters it names, and whether it only reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb.errors import UsageError
from zenpro_nb.sql.database import connect
from zenpro_nb.sql.interruptible import passing_on_interrupts
from zenpro_nb.sql.mistakes import explained, pointed

_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?", re.IGNORECASE)
# What makes rows out of nothing but its arguments; every other table function reads files, settings or the catalogue.
_HARMLESS = {"generate_series", "generate_subscripts", "range", "repeat", "repeat_row", "unnest"}
_NOWHERE = 2**64 - 1  # the place of what was not written
_READS = "SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE and EXPLAIN"

Node = Mapping[str, Any]


class TableName(Struct, frozen=True):
    """A table where a statement names it; `schema` is empty where none was written, `place` counts bytes."""

    name: str
    schema: str = ""
    place: int = -1

    @property
    def key(self) -> tuple[str, str]:
        """Return what tells it from other tables: names of tables match whatever their case."""
        return self.schema.casefold(), self.name.casefold()

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


class Statement(Struct, frozen=True):
    """One statement that only reads."""

    text: str
    tables: tuple[TableName, ...]
    parameters: frozenset[str]

    @property
    def explains(self) -> bool:
        """Return whether it asks how a query would be carried out, and not for its rows."""
        return bool(_EXPLAIN.match(self.text))


@passing_on_interrupts()
def parse(text: str) -> Statement:
    """Return what a statement names; nothing is read, and nothing it names need be there.

    Raises:
        UsageError: it is no SQL, several statements, one that does not only read, or one that reaches outside.

    Example:
        >>> found = parse("SELECT u.email FROM users u JOIN captures.assignments USING (id) WHERE role = $role")
        >>> [str(one) for one in found.tables], sorted(found.parameters)
        (['users', 'captures.assignments'], ['role'])
    """
    database = connect()
    import duckdb  # after `connect`, which reports that it is missing

    try:
        statements = database.extract_statements(text)
    except duckdb.Error as error:
        raise explained(error) from None
    if len(statements) != 1:
        raise UsageError(
            "There is no statement" if not statements else f"These are {len(statements)} statements",
            hint="Write one query.",
        )
    bare = _EXPLAIN.sub("", text, count=1) if _EXPLAIN.match(text) else text
    offset = len(text.encode()) - len(bare.encode())
    row = database.execute("SELECT json_serialize_sql($text::VARCHAR)", {"text": bare}).fetchone()
    tree = json.loads(row[0]) if row else {}
    if tree.get("error"):
        raise UsageError(
            "Only what reads is carried out here",
            hint=f"Begin with one of {_READS}; a PIVOT stands in brackets behind FROM.",
        )
    found = [
        table if table.place < 0 else TableName(table.name, table.schema, table.place + offset)
        for table in _tables(tree)
    ]
    _refuse_functions(tree, text, offset)
    return Statement(text, tuple(found), frozenset(statements[0].named_parameters))


def _tables(node: Any, own: frozenset[str] = frozenset()) -> Iterator[TableName]:
    """Yield the tables below a node; names that a WITH gives are no tables where they hold."""
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
    """Return the name of the table that a node is; empty where it is none."""
    if node.get("type") == "BASE_TABLE":
        return str(node.get("table_name") or "")
    if node.get("type") == "SHOW_REF" and not node.get("query"):
        # SHOW TABLES and its like are no names; DESCRIBE users was one, in quotes, before DuckDB 1.4.
        name = str(node.get("table_name") or "").strip('"')
        return "" if name.casefold() in ("", "tables", "databases", "__show_tables_expanded", "variables") else name
    return ""


def _refuse_functions(node: Any, text: str, offset: int) -> None:
    """Refuse table functions that reach outside of the tables.

    Raises:
        UsageError: there is one.
    """
    if isinstance(node, Sequence) and not isinstance(node, str):
        for inner in node:
            _refuse_functions(inner, text, offset)
    if not isinstance(node, Mapping):
        return
    if node.get("type") == "TABLE_FUNCTION":
        name = str((node.get("function") or {}).get("function_name") or "")
        if name.casefold() not in _HARMLESS:
            place = int(node.get("query_location", _NOWHERE))
            raise UsageError(
                f"{name}() is not available here: a query reads tables, and no files or settings",
                hint="`sql tables` lists the tables; a file is read in Python, and its DataFrame named in the query.",
            ).at(*pointed(text, place + offset if place != _NOWHERE else -1, name))
    for inner in node.values():
        _refuse_functions(inner, text, offset)
