"""DuckDB's error messages in zenpro's words: what is wrong, where, and what might have been intended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.resources import RESOURCES
from zenpro_nb.syntax.suggestions import did_you_mean

_COLUMN = re.compile(r'Referenced column "(?P<name>[^"]+)" not found')
_OF_TABLE = re.compile(r'"(?P<table>[^"]+)" does not have a column named "(?P<name>[^"]+)"')
_FUNCTION = re.compile(r"Function with name (?P<name>\S+) does not exist")
_PLACE = re.compile(r"^LINE (?P<line>\d+): (?P<text>.*)\n(?P<mark>\s*\^+)\s*$", re.MULTILINE)
_KIND = re.compile(r"^(\w+ ){0,2}Error: ")


def explain_error(error: Exception, columns: Mapping[str, Sequence[str]] | None = None) -> UsageError:
    """Return the error for a mistake in a query, pointing to its position.

    Args:
        error: the exception that DuckDB raised.
        columns: the columns of each table that the query names.
    """
    message = str(error)
    return _translate(message, columns or {}).at(*_excerpt(message))


def _translate(message: str, columns: Mapping[str, Sequence[str]]) -> UsageError:
    if match := _COLUMN.search(message) or _OF_TABLE.search(message):
        name, column_names = match["name"], [column for names in columns.values() for column in names]
        if name.endswith("_id"):  # a query with a name in place of an ID would find nothing
            column_names = [column for column in column_names if column.endswith("_id")]
        hint = _absent(name, columns) or f"{did_you_mean(name, column_names)} {_columns_of(columns)}".strip()
        return UnknownNameError(f"{', '.join(columns) or 'The query'} has no column {name!r}", hint=hint)
    if match := _FUNCTION.search(message):
        hint = "DuckDB's documentation lists all functions."
        return UnknownNameError(f"DuckDB has no function {match['name']!r}", hint=hint)
    first = _KIND.sub("", message.split("\n", 1)[0]).strip().rstrip(".")
    return UsageError(f"{first[:1].upper()}{first[1:]}")


def _columns_of(columns: Mapping[str, Sequence[str]]) -> str:
    """Return the columns of each table that a query names.

    >>> _columns_of({"teams": ["name", "id"]}), _columns_of({"teams": ["name"], "users": ["email"]}), _columns_of({})
    ('Columns: name, id.', 'Columns of teams: name. Columns of users: email.', '`sql tables` lists all columns.')
    """
    several = len(columns) > 1
    lists = [f"Columns{f' of {table}' * several}: {', '.join(names)}." for table, names in columns.items()]
    return " ".join(lists) or "`sql tables` lists all columns."


def _absent(name: str, columns: Mapping[str, Sequence[str]]) -> str:
    """Return why one of the tables has no such column, although people expect it; "" if nothing is known."""
    resources = (RESOURCES.get(table.replace("_", "-")) for table in columns)
    return next((resource.absent[name] for resource in resources if resource and name in resource.absent), "")


def caret_lines(text: str, place: int, name: str) -> tuple[str, ...]:
    r"""Return the line of a query that contains this byte, and a caret below it; nothing if the position is unknown.

    Example:
        >>> caret_lines("SELECT *\nFROM usrs", 14, "usrs")
        ('  FROM usrs', '       ^^^^')
    """
    if place < 0:
        return ()
    before = text.encode()[:place].decode(errors="replace")
    start = before.rfind("\n") + 1
    line = text[start:].split("\n", 1)[0].replace("\t", " ")
    return f"  {line}", f"  {' ' * (len(before) - start)}{'^' * len(name)}"


def _excerpt(message: str) -> tuple[str, ...]:
    """Return the line and the caret that DuckDB shows, without its line number."""
    match = _PLACE.search(message)
    if match is None:
        return ()
    lead = len(f"LINE {match['line']}: ")
    mark = match["mark"][lead:] or "^"
    wrong = _COLUMN.search(message)
    if wrong and match["text"].startswith(wrong["name"], len(mark) - 1):
        mark += "^" * (len(wrong["name"]) - 1)  # older versions only point at the beginning
    return f"  {match['text']}", f"  {mark}"
