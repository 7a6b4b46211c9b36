"""DuckDB's error messages in zenpro's words: what is wrong, where, and what might have been intended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.syntax.suggestions import did_you_mean

_COLUMN = re.compile(r'Referenced column "(?P<name>[^"]+)" not found')
_OF_TABLE = re.compile(r'"(?P<table>[^"]+)" does not have a column named "(?P<name>[^"]+)"')
_FUNCTION = re.compile(r"Function with name (?P<name>\S+) does not exist")
_PLACE = re.compile(r"^LINE (?P<line>\d+): (?P<text>.*)\n(?P<mark>\s*\^+)\s*$", re.MULTILINE)
_KIND = re.compile(r"^(\w+ ){0,2}Error: ")


def explained(error: Exception, columns: Mapping[str, Sequence[str]] | None = None) -> UsageError:
    """Return the error for a mistake in a query, pointing to its position.

    Args:
        error: the exception that DuckDB raised.
        columns: the columns of each table that the query names.
    """
    said = str(error)
    return _worded(said, columns or {}).at(*_place(said))


def _worded(said: str, columns: Mapping[str, Sequence[str]]) -> UsageError:
    if found := _COLUMN.search(said) or _OF_TABLE.search(said):
        name, known = found["name"], [name for names in columns.values() for name in names]
        hint = did_you_mean(name, known, "`sql tables` lists the columns of each table.")
        return UnknownNameError(f"{', '.join(columns) or 'The query'} has no column {name!r}", hint=hint)
    if found := _FUNCTION.search(said):
        hint = "DuckDB's documentation lists all functions."
        return UnknownNameError(f"DuckDB has no function {found['name']!r}", hint=hint)
    first = _KIND.sub("", said.split("\n", 1)[0]).strip().rstrip(".")
    return UsageError(f"{first[:1].upper()}{first[1:]}")


def pointed(text: str, place: int, name: str) -> tuple[str, ...]:
    r"""Return the line of a query that contains this byte, and a caret below it; nothing if the position is unknown.

    Example:
        >>> pointed("SELECT *\nFROM usrs", 14, "usrs")
        ('  FROM usrs', '       ^^^^')
    """
    if place < 0:
        return ()
    before = text.encode()[:place].decode(errors="replace")
    start = before.rfind("\n") + 1
    line = text[start:].split("\n", 1)[0].replace("\t", " ")
    return f"  {line}", f"  {' ' * (len(before) - start)}{'^' * len(name)}"


def _place(said: str) -> tuple[str, ...]:
    """Return the line and the caret that DuckDB shows, without its line number."""
    found = _PLACE.search(said)
    if found is None:
        return ()
    lead = len(f"LINE {found['line']}: ")
    mark = found["mark"][lead:] or "^"
    wrong = _COLUMN.search(said)
    if wrong and found["text"].startswith(wrong["name"], len(mark) - 1):
        mark += "^" * (len(wrong["name"]) - 1)  # older versions only point at the beginning
    return f"  {found['text']}", f"  {mark}"
