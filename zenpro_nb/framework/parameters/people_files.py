"""Read the people for an argument from a file: `invitations create people.csv`, `users offboard leavers.csv`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zenpro_nb import extras
from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.parameters.frame_parameter import frame_of
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

_EXCEL = ".xlsx"
SUFFIXES = (".csv", ".json", ".parquet", _EXCEL)
# The column of each noun, and other headings for it.
COLUMNS = {"users": "email", "invitations": "email", "service-accounts": "username", "teams": "team"}
_HEADINGS = {"email": ("email", "e-mail", "email address", "mail"), "username": ("username",), "team": ("team", "name")}


def values_in(text: str, column: str, options: Mapping[str, str] | None = None) -> list[str] | None:
    """Return the values of a column if the text names a file; None for any other text.

    Empty cells are skipped.

    Args:
        options: by heading, the option that sets the same for everyone, and that the line does not contain.

    Raises:
        UsageError: there is no such file, it has no such column, or the column is empty. Or it has a column with what
            an option sets: if that column were ignored, people would get another role than the file says.
    """
    if "@" in Path(text).name or not text.lower().endswith(SUFFIXES):
        return None
    frame = _frame(text)
    names = {str(name).strip().casefold(): name for name in frame.columns}
    heading = next((names[known] for known in _HEADINGS[column] if known in names), None)
    if heading is None:
        found = f"Its columns are {', '.join(map(str, frame.columns))}." if len(frame.columns) else "It has no columns."
        raise UsageError(f"{text!r} has no column {column!r}", hint=f"{found} Rename the column to {column}.")
    unread = [name for known, name in names.items() if known in (options or {})]
    if options and unread:
        raise _unread(text, frame, unread, options)
    values = [str(value).strip() for value in frame[heading].dropna().tolist()]
    if not any(values):
        raise UsageError(f"The column {heading!r} of {text!r} is empty", hint="Fill it in, or name the people.")
    unique: dict[str, str] = {}
    for value in filter(None, values):
        unique.setdefault(value.casefold(), value)
    return list(unique.values())


def _unread(text: str, frame: pd.DataFrame, unread: Sequence[str], options: Mapping[str, str]) -> UsageError:
    """Return the error for columns with a value per person, where the command has an option for everyone."""
    advice = []
    for name in unread:
        contents = sorted({str(value).strip() for value in frame[name].dropna().tolist()})
        value = quoted(contents[0]) if contents else str(name).upper()
        advice.append(f"{options[str(name).strip().casefold()]} {value}")
    columns = " and ".join(repr(str(name)) for name in unread)
    return UsageError(
        f"{text!r} has the column{'s' if len(unread) > 1 else ''} {columns}, which this command does not read",
        hint=f"Add `{' '.join(advice)}`, which applies to everyone in the file, and use one file per role. "
        "Or describe the access of each person in a file: `docs access-as-code`.",
    )


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
