"""Read the people for an argument from a table: `users onboard people.csv`, `users offboard leavers.csv`.

Some commands also read what the row of a person sets for that person alone: a role, teams, grants.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from zenpro_nb import extras
from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.parameters.frame_parameter import as_frame, rows_of
from zenpro_nb.framework.parameters.person_in_table import (
    GRANT,
    TEAM,
    PeopleTable,
    PersonInTable,
    headings_of,
    is_email,
    own_values,
)
from zenpro_nb.framework.parameters.table_rows import TableRows, numbers, of_cells, refusal
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.syntax.sentences import capitalized
from zenpro_nb.syntax.unparse import quoted

_EXCEL = ".xlsx"
SUFFIXES = (".csv", ".json", ".parquet", _EXCEL)
# Other headings for a column.
_HEADINGS = {"email": ("email", "e-mail", "email address", "mail"), "username": ("username",), "team": ("team", "name")}
_VALUES = {"email": "an email address", "username": "a username", "team": "a team"}
_BETWEEN = ";"  # between several teams or grants in a cell: their names can contain commas


def values_in(
    source: str | BoundValue,
    column: str,
    reads: Sequence[str] = (),
    options: Sequence[str] = (),
    instead: str = "",
    *,
    ids: bool = True,
) -> list[str] | None:
    """Return the values of a column if the text names a file; None for any other text.

    Empty cells and duplicates are skipped, with a note.

    Args:
        source: a text, or a DataFrame: that is read only with `reads`.
        reads: what the command reads from the row of each person: `role`, `team`, `grant`.
        options: those of them that the line sets for everyone, which then replaces the column.
        instead: the command that reads the columns that this one does not read.
        ids: a column of emails can contain IDs as well.

    Raises:
        UsageError: there is no such file, it has no such column, or the column is empty. Or it has a column that this
            command would ignore, and people would get other access than the file says. Or rows are broken: the error
            names all of them.
    """
    if isinstance(source, BoundValue):
        found = as_frame(source.value) if reads else None
        if found is None:
            return None
        text, name_of_table = source.source, source.source
        table = TableRows(found, [f"row {label}" for label in found.index])
    elif "@" in Path(source).name or not source.lower().endswith(SUFFIXES):
        return None
    else:
        text, name_of_table = quoted(source), repr(source)
        table = _excel(source) if source.lower().endswith(_EXCEL) else rows_of(source)
    names = {str(name).strip().casefold(): name for name in table.frame.columns}
    heading = next((names[heading_name] for heading_name in _HEADINGS[column] if heading_name in names), None)
    if heading is None:
        found_names = f"Its columns are {', '.join(map(str, names.values()))}." if names else "It has no columns."
        raise UsageError(
            f"{name_of_table} has no column {column!r}", hint=f"{found_names} Rename the column to {column}."
        )
    own = headings_of(name_of_table, text, names, reads, instead) if reads else {}
    own = {kind: heading for kind, heading in own.items() if kind not in options}
    texts = _texts(table.frame[heading].tolist())
    problems = {
        place: f"{text!r} is not an email address"
        for place, text in zip(table.places, texts, strict=True)
        if text and column == "email" and not is_email(text) and not (ids and is_id(text))
    }
    problems = {**table.problems, **problems}
    # With `reads`, the command refuses these rows together with those whose names it does not find.
    people, places, duplicates = _people(table, texts, own, text, problems)
    if problems and not (reads and people):
        raise refusal(name_of_table, [*problems.items()])
    if not people:
        raise UsageError(f"The column {heading!r} of {name_of_table} is empty", hint="Fill it in, or name the people.")
    empty = [*table.blank, *(place for place, value in zip(table.places, texts, strict=True) if not value)]
    rows = counted(len(texts) + len(table.blank), table.places[0].split()[0])
    note = _note(f"{text} has {rows}", empty, duplicates, column)
    verb = "has" if len(empty) == 1 else "have"
    lacking = f"{capitalized(numbers(empty))} {verb} no {_VALUES[column].partition(' ')[2]}." if empty else ""
    read = PeopleTable(name_of_table, note, lacking, problems, places)
    for person in people:
        person.require_one_role(name_of_table)
        person.table = read
    return [*people]


def sets_access(source: str) -> bool:
    """Return whether a text names a file of people with a column for teams or grants."""
    if not source.lower().endswith(SUFFIXES):
        return False
    try:
        table = _excel(source) if source.lower().endswith(_EXCEL) else rows_of(source)
    except UsageError:
        return False
    names = {str(name).strip().casefold() for name in table.frame.columns}
    return not names.isdisjoint((TEAM, f"{TEAM}s", GRANT, f"{GRANT}s"))


def _people(
    table: TableRows, texts: Sequence[str], own: Mapping[str, Any], source: str, broken: Collection[str]
) -> tuple[list[PersonInTable], dict[tuple[str, str], list[str]], list[str]]:
    """Return the people with the values of their rows, the positions of each value by its kind, and the duplicates.

    The rows of a person are joined; one that adds nothing is a duplicate. People carry the name of the table, and the
    journal shows the line as typed. Broken rows name nobody.
    """
    people: dict[str, PersonInTable] = {}
    places: dict[tuple[str, str], list[str]] = {}
    duplicates = []
    columns = {kind: table.frame[name].tolist() for kind, name in own.items()}
    for at, value in enumerate(texts):
        if not value:
            continue
        values = {kind: _members(column[at]) for kind, column in columns.items()}
        for key in ((kind, member) for kind, members in values.items() for member in dict.fromkeys(members)):
            places.setdefault(key, []).append(table.places[at])
        if table.places[at] in broken:
            continue
        person = PersonInTable(value, source, values, table.places[at])
        first = people.setdefault(value.casefold(), person)
        if first is not person:
            joined = people[value.casefold()] = first.with_other(person)
            if all(own_values(joined, kind) == own_values(first, kind) for kind in columns):
                duplicates.append(table.places[at])
    return list(people.values()), places, duplicates


def _note(start: str, empty: Sequence[str], duplicates: Sequence[str], column: str) -> str:
    """Return the remark about rows that name nobody new; empty without any.

    >>> _note("people.csv has 198 lines", ["line 7", "line 9"], ["line 12"], "email")
    'people.csv has 198 lines: 2 without an email address (lines 7 and 9), 1 duplicate (line 12)'
    """
    counts = [f"{len(empty):,} without {_VALUES[column]} ({numbers(empty)})"] if empty else []
    counts += [f"{counted(len(duplicates), 'duplicate')} ({numbers(duplicates)})"] if duplicates else []
    return f"{start}: {', '.join(counts)}" if counts else ""


def _texts(cells: Sequence[Any]) -> list[str]:
    """Return the cells as texts, empty for a missing value."""
    return ["" if _is_missing(cell) else str(cell).strip() for cell in cells]


def _is_missing(cell: Any) -> bool:
    import pandas as pd

    return cell is None or (not isinstance(cell, list | tuple) and bool(pd.isna(cell)))


def _members(cell: Any) -> tuple[str, ...]:
    """Return the values in a cell: a list of a DataFrame, or a text with `;` between them."""
    parts = cell if isinstance(cell, list | tuple) else "" if _is_missing(cell) else str(cell)
    parts = parts.split(_BETWEEN) if isinstance(parts, str) else [str(part) for part in parts]
    return tuple(part.strip() for part in parts if part.strip())


def _excel(text: str) -> TableRows:
    path = expand_home(text, UsageError)
    if not path.is_file():
        raise UsageError(f"There is no file {text!r}", hint="Check the name and the current folder.")
    extras.load("excel", "An Excel file")
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
        sheet.reset_dimensions()  # some programs write wrong ones
        rows = enumerate(sheet.iter_rows(values_only=True), 1)
        return of_cells(((number, _excel_cells(cells)) for number, cells in rows), "row", {})
    except Exception as error:  # openpyxl, zipfile and the XML parser raise different errors
        problem = str(error).partition("\n")[0]
        raise UsageError(f"{text!r} does not contain a table: {problem}", hint="Save it as CSV.") from None


def _excel_cells(cells: Sequence[Any]) -> list[str]:
    """Return the cells as texts, without empty ones at the end, which a spreadsheet stores for formatted cells."""
    texts = ["" if cell is None else str(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts
