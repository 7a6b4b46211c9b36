"""The columns of a frame as a table: names, types and what they say, from the declaration that fills them."""

from __future__ import annotations

from zenpro_nb.resources import Kind, Resource

# As pandas 3 calls them, whichever pandas makes the pages.
DTYPES = {
    Kind.TEXT: "str",
    Kind.ID: "str",
    Kind.TIME: "datetime64[us, UTC]",
    Kind.CATEGORY: "category",
    Kind.BOOL: "boolean",
    Kind.COUNT: "Int64",
    Kind.FLOAT: "float64",
    Kind.LIST: "object: a list of texts",
    Kind.JSON: "object: as the server sends it",
}


def table_of(resource: Resource) -> str:
    """Return the table of a resource's columns."""
    rows = [f"| `{one.name}` | {DTYPES[one.kind]} | {_cell(one.help)} |" for one in resource.columns]
    table = "| column | type | |\n|---|---|---|\n" + "\n".join(rows) + "\n"
    return f"{table}\nFurther columns are made from what the server sends.\n" if resource.open else table


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
