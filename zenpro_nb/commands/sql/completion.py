"""Tab inside a query: tables behind FROM and JOIN, columns behind the name of a table and a dot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from click.shell_completion import CompletionItem

from zenpro_nb.framework.parameters.types import offered

_WORD = re.compile(r"[\w.]*$")
_BEFORE_TABLE = re.compile(r"\b(FROM|JOIN)\s+$|\bFROM\s+[\w.\s,]+,\s*$", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:FROM|JOIN|,)\s*(?P<table>\w+(?:\.\w+)?)(?:\s+(?:AS\s+)?(?P<alias>\w+))?", re.IGNORECASE)
_NO_ALIAS = {
    "on",
    "using",
    "where",
    "group",
    "order",
    "join",
    "left",
    "right",
    "full",
    "inner",
    "cross",
    "anti",
    "semi",
}


def offers(typed: str, tables: Mapping[str, Sequence[str]], otherwise: Sequence[str] = ()) -> list[CompletionItem]:
    """Return what could stand at the end of a query.

    Args:
        typed: the query as far as it is written.
        tables: the columns of each.
        otherwise: words in the place of a query.

    Example:
        >>> known = {"users": ["id", "email"], "teams": ["id", "name"]}
        >>> [one.value for one in offers("SELECT * FROM us", known)]
        ['SELECT * FROM users']
        >>> [one.value for one in offers("SELECT * FROM users AS u WHERE u.em", known)]
        ['SELECT * FROM users AS u WHERE u.email']
    """
    match = _WORD.search(typed)
    word = match.group() if match else ""
    before = typed[: len(typed) - len(word)]
    if not before:
        return offered(otherwise, word)
    if _BEFORE_TABLE.search(before):
        return offered(tables, word, start=before, kind="table")
    table, dot, column = word.rpartition(".")
    if not dot:
        return []
    named = {found["table"].casefold(): found["table"].casefold() for found in _NAMED.finditer(typed)}
    for found in _NAMED.finditer(typed):
        if found["alias"] and found["alias"].casefold() not in _NO_ALIAS:
            named[found["alias"].casefold()] = found["table"].casefold()
    known = {name.casefold(): columns for name, columns in tables.items()}
    columns = known.get(named.get(table.casefold(), table.casefold()), ())
    return offered(columns, column, start=f"{before}{table}.", kind="table's column")
