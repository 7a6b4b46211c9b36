"""Completion inside a query: tables after FROM and JOIN, columns after a table name and a dot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from click.shell_completion import CompletionItem

from zenpro_nb.framework.declare import completions

_WORD = re.compile(r"[\w.]*$")
_BEFORE_TABLE = re.compile(r"\b(FROM|JOIN)\s+$|\bFROM\s+[\w.\s,]+,\s*$", re.IGNORECASE)
_TABLE_MENTION = re.compile(
    r"\b(?:FROM|JOIN|,)\s*(?P<table>\w+(?:\.\w+)?)(?:\s+(?:AS\s+)?(?P<alias>\w+))?", re.IGNORECASE
)
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


def offers(text: str, tables: Mapping[str, Sequence[str]], otherwise: Sequence[str] = ()) -> list[CompletionItem]:
    """Return completions for the end of a query.

    Args:
        text: the query as typed so far.
        tables: the columns of each table, by its name.
        otherwise: words that can replace a query.

    Example:
        >>> known = {"users": ["id", "email"], "teams": ["id", "name"]}
        >>> [item.value for item in offers("SELECT * FROM us", known)]
        ['SELECT * FROM users']
        >>> [item.value for item in offers("SELECT * FROM users AS u WHERE u.em", known)]
        ['SELECT * FROM users AS u WHERE u.email']
    """
    match = _WORD.search(text)
    word = match.group() if match else ""
    before = text[: len(text) - len(word)]
    if not before:
        return completions(otherwise, word)
    if _BEFORE_TABLE.search(before):
        return completions(tables, word, start=before, kind="table")
    table, dot, column = word.rpartition(".")
    if not dot:
        return []
    aliases: dict[str, str] = {}
    for mention in _TABLE_MENTION.finditer(text):
        aliases[mention["table"].casefold()] = mention["table"].casefold()
    for mention in _TABLE_MENTION.finditer(text):
        if mention["alias"] and mention["alias"].casefold() not in _NO_ALIAS:
            aliases[mention["alias"].casefold()] = mention["table"].casefold()
    columns_by_table = {name.casefold(): columns for name, columns in tables.items()}
    columns = columns_by_table.get(aliases.get(table.casefold(), table.casefold()), ())
    return completions(columns, column, start=f"{before}{table}.", kind="table's column")
