"""Read the people for an argument from a file: `invitations create people.csv`, `users offboard leavers.csv`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zenpro_nb import extras
from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.parameters.frame_parameter import frame_of

if TYPE_CHECKING:
    import pandas as pd

_EXCEL = ".xlsx"
SUFFIXES = (".csv", ".json", ".parquet", _EXCEL)
# The column of each noun, and other headings for it.
COLUMNS = {"users": "email", "invitations": "email", "service-accounts": "username", "teams": "team"}
_HEADINGS = {"email": ("email", "e-mail", "email address", "mail"), "username": ("username",), "team": ("team", "name")}


def values_in(text: str, column: str) -> list[str] | None:
    """Return the values of a column if the text names a file; None for any other text.

    Empty cells are skipped.

    Raises:
        UsageError: there is no such file, it has no such column, or the column is empty.
    """
    if "@" in Path(text).name or not text.lower().endswith(SUFFIXES):
        return None
    frame = _frame(text)
    names = {str(name).strip().casefold(): name for name in frame.columns}
    heading = next((names[known] for known in _HEADINGS[column] if known in names), None)
    if heading is None:
        found = f"Its columns are {', '.join(map(str, frame.columns))}." if len(frame.columns) else "It has no columns."
        raise UsageError(f"{text!r} has no column {column!r}", hint=f"{found} Rename the column to {column}.")
    values = [str(value).strip() for value in frame[heading].dropna().tolist()]
    if not any(values):
        raise UsageError(f"The column {heading!r} of {text!r} is empty", hint="Fill it in, or name the people.")
    unique: dict[str, str] = {}
    for value in filter(None, values):
        unique.setdefault(value.casefold(), value)
    return list(unique.values())


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
