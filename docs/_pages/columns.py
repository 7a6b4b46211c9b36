"""The columns of a frame as a table: names, types and what they say, from the declaration that fills them."""

from __future__ import annotations

from zenpro_nb.resources import Column, DataType, Resource
from zenpro_nb.resources.workspace import needs_hydration

# As pandas 3 calls them, whichever pandas makes the pages.
DTYPES = {
    DataType.TEXT: "str",
    DataType.ID: "str",
    DataType.TIME: "datetime64[us, UTC]",
    DataType.CATEGORY: "category",
    DataType.BOOL: "boolean",
    DataType.COUNT: "Int64",
    DataType.FLOAT: "float64",
    DataType.LIST: "object: a list of strings",
    DataType.JSON: "object: as the server sends it",
}


def table_of(resource: Resource) -> str:
    """Return the table of a resource's columns."""
    rows = [f"| `{column.name}` | {DTYPES[column.kind]} | {_cell(_meaning(column))} |" for column in resource.columns]
    table = "| column | type | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    more = "\nAny other fields that the server sends become additional columns.\n"
    return f"{table}{more}" if resource.schemaless else table


def _meaning(column: Column) -> str:
    return f"{column.help}{' (only with `--hydrate`, or if `--columns` names it)' * needs_hydration(column)}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
