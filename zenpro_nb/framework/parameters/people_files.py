"""Read the people for an argument from a table: `users onboard people.csv`, `users offboard leavers.csv`.

Some commands also read what the row of a person sets for that person alone: a role, teams, grants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenpro_nb import extras
from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.parameters.frame_parameter import as_frame, frame_of
from zenpro_nb.framework.parameters.person_in_table import PersonInTable, headings_of
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

_EXCEL = ".xlsx"
SUFFIXES = (".csv", ".json", ".parquet", _EXCEL)
# The column of each noun, and other headings for it.
COLUMNS = {"users": "email", "invitations": "email", "service-accounts": "username", "teams": "team"}
_HEADINGS = {"email": ("email", "e-mail", "email address", "mail"), "username": ("username",), "team": ("team", "name")}
_BETWEEN = ";"  # between several teams or grants in a cell: their names can contain commas


def values_in(
    source: str | BoundValue, column: str, reads: Sequence[str] = (), options: Sequence[str] = (), instead: str = ""
) -> list[str] | None:
    """Return the values of a column if the text names a file; None for any other text.

    Empty cells are skipped.

    Args:
        source: a text, or a DataFrame: that is read only with `reads`.
        reads: what the command reads from the row of each person: `role`, `team`, `grant`.
        options: those of them that the line sets for everyone, which then replaces the column.
        instead: the command that reads the columns that this one does not read.

    Raises:
        UsageError: there is no such file, it has no such column, or the column is empty. Or it has a column that this
            command would ignore, and people would get other access than the file says.
    """
    if isinstance(source, BoundValue):
        found = as_frame(source.value) if reads else None
        if found is None:
            return None
        text, frame, name_of_table = source.source, found, source.source
    elif "@" in Path(source).name or not source.lower().endswith(SUFFIXES):
        return None
    else:
        text, frame, name_of_table = quoted(source), _frame(source), repr(source)
    names = {str(name).strip().casefold(): name for name in frame.columns}
    heading = next((names[heading_name] for heading_name in _HEADINGS[column] if heading_name in names), None)
    if heading is None:
        found_names = f"Its columns are {', '.join(map(str, frame.columns))}." if len(names) else "It has no columns."
        raise UsageError(
            f"{name_of_table} has no column {column!r}", hint=f"{found_names} Rename the column to {column}."
        )
    own = headings_of(name_of_table, text, names, reads, instead) if reads else {}
    own = {kind: heading for kind, heading in own.items() if kind not in options}
    values = _people(frame, heading, own, name_of_table, text) if own else _plain(frame, heading, text)
    if not values:
        raise UsageError(f"The column {heading!r} of {name_of_table} is empty", hint="Fill it in, or name the people.")
    return values


def _plain(frame: pd.DataFrame, heading: Any, source: str) -> list[str]:
    """Return the people of a table, each once. They carry its name, so the journal shows the line as typed."""
    unique: dict[str, str] = {}
    for value in _texts(frame[heading].tolist()):
        unique.setdefault(value.casefold(), value)
    return [PersonInTable(value, source, {}) for value in unique.values() if value]


def _people(frame: pd.DataFrame, heading: Any, own: Mapping[str, Any], table: str, source: str) -> list[str]:
    """Return the people with the values of their rows. Several rows of a person are joined."""
    people: dict[str, PersonInTable] = {}
    columns = {kind: frame[name].tolist() for kind, name in own.items()}
    for at, value in enumerate(_texts(frame[heading].tolist())):
        if value:
            cells = {kind: _members(column[at]) for kind, column in columns.items()}
            person = PersonInTable(value, source, cells)
            heading_name = people.get(value.casefold())
            people[value.casefold()] = person if heading_name is None else heading_name.with_other(person)
    for person in people.values():
        person.require_one_role(table)
    return list(people.values())


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


def _frame(text: str) -> pd.DataFrame:
    if not text.lower().endswith(_EXCEL):
        return frame_of(text)
    import pandas as pd

    path = expand_home(text, UsageError)
    if not path.is_file():
        raise UsageError(f"There is no file {text!r}", hint="Check the name and the current folder.")
    extras.load("excel", "An Excel file")
    try:
        return pd.read_excel(path, dtype=str, engine="openpyxl")
    except Exception as error:  # openpyxl, zipfile and the XML parser raise different errors
        problem = str(error).partition("\n")[0]
        raise UsageError(f"{text!r} does not contain a table: {problem}", hint="Save it as CSV.") from None
