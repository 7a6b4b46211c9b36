"""The line below a DataFrame: its source, the time of reading, and how much of it is visible."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from zenpro_nb import limits
from zenpro_nb.frames.attrs import BLOCKED, CONFIRMATION, ENDED, MATCHING, SERVERLESS, UNSENT, is_whole, lacking
from zenpro_nb.frames.attrs import facts as frame_facts
from zenpro_nb.frames.display.values import any_value
from zenpro_nb.frames.rows import Rows
from zenpro_nb.resources.nouns import singular, words
from zenpro_nb.security import printable
from zenpro_nb.syntax.counts import name_list

if TYPE_CHECKING:
    import pandas as pd

SANDBOX, COMPLETE = "sandbox", "complete"
_ID = "_id"
_TIME = re.compile(r"([<>]=?|!?=)(\d{4}-\d\d-\d\dT\S+)")  # a time at the end of a condition, as `--since` writes it
_OPERATOR = re.compile(r"[a-z]+:")
# Parameters that do not select rows: the order of a list, its paging, and its location.
_NO_FILTERS = {"sort_by", "hydrate", "organization_id", "project", "size", "offset", "limit", "page"}


def parts(facts: Mapping[str, Any], *, rows: int, total: int, folded_columns: Sequence[str] = ()) -> list[str]:
    """Return the parts of the line, printable.

    They describe the list that was read, according to the attrs. A DataFrame derived from it is not the whole list.

    Args:
        facts: `attrs["zenpro"]` of the DataFrame.
        rows: the number of visible rows.
        total: the number of all rows.
        folded_columns: the names of hidden columns.

    >>> facts = {"noun": "users", "rows": 250, "server": "https://pro.example.com", "time": "2026-11-26T09:00:00+00:00",
    ...          "complete": True}
    >>> " · ".join(parts(facts, rows=5, total=5))
    '5 rows of 250 users · read 2026-11-26 09:00 UTC from pro.example.com · complete'
    >>> " · ".join(parts({**facts, "rows": 5, "complete": False, "matching": 250}, rows=5, total=5))
    '5 of 250 users · read 2026-11-26 09:00 UTC from pro.example.com'
    """
    return [printable.cell(part) for part in _parts(facts, rows, total, folded_columns)]


def named_filters(table: pd.DataFrame | Rows, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the facts of a table whose filters by ID have the name of the object.

    The name is in the facts if it was known when the list was read. Otherwise, a column of the table can have it.

    >>> from zenpro_nb.frames.rows import Rows
    >>> from zenpro_nb.resources.model import Column
    >>> rows = Rows([Column("workspace")], [["ml-prod", "ml-prod"]], 2, {})
    >>> named_filters(rows, {"filters": {"workspace_id": "d7a0b70c", "team_id": "5b0c"}})["filters"]
    {'workspace': 'ml-prod', 'team_id': '5b0c'}
    >>> named_filters(rows, {"filters": {"team_id": "5b0c"}, "filter_names": {"team_id": "Platform"}})["filters"]
    {'team': 'Platform'}
    """
    filters = facts.get("filters")
    if not isinstance(filters, Mapping) or not (
        "filter_names" in facts or any(str(name).endswith(_ID) for name in filters)
    ):
        return facts
    names = facts.get("filter_names") or {}
    named = (
        (name.removesuffix(_ID), names[name]) if name in names else _fact(table, name, value)
        for name, value in filters.items()
    )
    return {**facts, "filters": dict(named)}


def _fact(table: pd.DataFrame | Rows, name: str, value: Any) -> tuple[str, Any]:
    column = name.removesuffix(_ID)
    if column == name or name in _NO_FILTERS or list(table.columns).count(column) != 1:
        return name, value
    values = set(table.values(column)) if isinstance(table, Rows) else set(table[column].unique())
    return (column, values.pop()) if len(values) == 1 else (name, value)


def _parts(facts: Mapping[str, Any], rows: int, total: int, folded_columns: Sequence[str]) -> Iterator[str]:
    scope = str(facts.get("scope") or "")
    of_tables = "tables" in facts  # the result of a query: its scope begins with the tables that have it
    yield f"{_row_count(facts, rows, total)}{f' from {scope}' if scope and not of_tables else ''}"
    if scope and of_tables:
        yield scope
    if facts.get("summary"):
        yield str(facts["summary"])
    if facts.get(CONFIRMATION):
        yield UNSENT
    elif facts.get(BLOCKED):
        yield "blocked: nothing was sent"
    elif facts.get("dry_run"):
        yield "dry run: nothing was sent"
    elif facts.get("server") and facts.get("time"):
        yield _reading(facts)
    if facts.get("sandbox"):
        yield SANDBOX
    if facts.get("badge"):
        yield str(facts["badge"])
    yield from _conditions(facts)
    if folded_columns:
        yield more(folded_columns)


def more(folded_columns: Sequence[str]) -> str:
    """Return the part of the line about columns that are folded away; "" if there are none.

    >>> more(["id"]), more([])
    ('1 more column: id', '')
    """
    if not folded_columns:
        return ""
    names = ", ".join(folded_columns[: limits.FOLDED_NAMED]) + (
        " …" if len(folded_columns) > limits.FOLDED_NAMED else ""
    )
    return f"{len(folded_columns)} more column{'s' * (len(folded_columns) > 1)}: {names}"


def _row_count(facts: Mapping[str, Any], rows: int, total: int) -> str:
    read = facts.get(MATCHING, facts.get("rows", total))
    prefix = f"{rows:,} of " if rows < total else ""
    if MATCHING in facts and not prefix:
        return f"{total:,} of {_several(facts, read)}"
    if read == total:
        return f"{prefix}{_several(facts, total)}{' shown' * bool(prefix)}"
    return f"{prefix}{total:,} row{'s' * (total != 1)}{' shown' * bool(prefix)} of {_several(facts, read)}"


def _several(facts: Mapping[str, Any], count: int) -> str:
    noun = str(facts.get("noun", ""))
    if not noun.endswith("s"):
        return f"{count:,} row{'s' * (count != 1)}"
    return f"{count:,} {singular(noun) if count == 1 else words(noun)}"


def _reading(facts: Mapping[str, Any]) -> str:
    verb = str(facts.get(ENDED) or "done") if facts.get("written") else "read"
    capture = f", capture {facts['capture']}" if facts.get("capture") else ""
    return f"{verb} {_minute(str(facts['time']))}{_place(facts)}{capture}"


def _minute(time: str) -> str:
    try:
        return f"{datetime.fromisoformat(time).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return time


def _place(facts: Mapping[str, Any]) -> str:
    names, preposition = facts.get("workspaces") or (), "in" if facts.get("written") else "from"
    if names:
        return f" {preposition} {names[0] if len(names) == 1 else f'{len(names)} workspaces'}"
    if facts.get("organization"):
        return f" {preposition} {facts['organization']}"
    server = urlsplit(str(facts["server"])).hostname or facts["server"]
    return "" if facts.get("sandbox") else f" {'on' if facts.get('written') else 'from'} {server}"


def selection(table: pd.DataFrame | Rows) -> str:
    """Return the filters and conditions of a list, printable, such as `only status=failed`; "" if there are none."""
    return printable.cell(_only(named_filters(table, frame_facts(table))))


def _only(facts: Mapping[str, Any]) -> str:
    """Return the filters and conditions in words.

    >>> _only({"where": ["start_time>=2026-11-18T20:27:11+00:00", "name~T1"]})
    'only start_time >= 2026-11-18 20:27 UTC, name~T1'
    """
    where = list(facts.get("where") or ())
    # The server filters by some conditions too, in its own syntax; these are not named twice.
    filters = [
        f"{name}={_value(value)}"
        for name, value in facts.get("filters", {}).items()
        if _is_filter(name) and not (_OPERATOR.match(_value(value)) and any(_is_about(text, name) for text in where))
    ]
    # A condition that the server has under the same name is in both.
    conditions = [_TIME.sub(lambda match: f" {match[1]} {_minute(match[2])}", text) for text in where]
    return f"only {', '.join(dict.fromkeys([*filters, *conditions]))}" if filters or where else ""


def _conditions(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the filters of the list, and whether it is complete."""
    if only := _only(facts):
        yield only
    missing = lacking(facts)
    if missing:
        yield missing
    if serverless := [name for name, status in (facts.get("skipped") or {}).items() if status == SERVERLESS]:
        yield f"{SERVERLESS}: {name_list(serverless, limits.NAMES_IN_MESSAGE)}"
    if facts.get("changed"):
        yield "changed while it was read"
    if facts.get("server") and not facts.get("dry_run") and not facts.get("written"):
        if is_whole(facts):
            yield COMPLETE
        elif not missing and MATCHING not in facts:
            yield "there may be more"


def _is_about(condition: str, column: str) -> bool:
    return condition.startswith(column) and condition[len(column) : len(column) + 1] in tuple("=!<>~")


def _is_filter(name: str) -> bool:
    return name not in _NO_FILTERS and not name.startswith("include_")


def _value(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return ",".join(any_value(value).display for value in values)
