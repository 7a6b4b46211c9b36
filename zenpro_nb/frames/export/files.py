"""Saving a frame to a file."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from zenpro_nb import extras
from zenpro_nb.errors import SaveError
from zenpro_nb.files.atomic import replace_file
from zenpro_nb.files.paths import expand_home
from zenpro_nb.frames.export import formats, row_files, spreadsheet
from zenpro_nb.frames.rows import Rows, Table
from zenpro_nb.limits import XLSX_CELL, XLSX_ROWS

if TYPE_CHECKING:
    import pandas as pd

_EXCEL, _PARQUET = ".xlsx", ".parquet"
MARKDOWN = ".md"  # for frames that have a text form
# Characters that Excel files must not contain (openpyxl refuses them).
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Writer = Callable[["pd.DataFrame", Path], None]
Opening = Callable[[Path], AbstractContextManager[row_files.RowFile]]


def save(df: Table, path: str | os.PathLike[str]) -> Path:
    """Write the frame to a .csv, .csv.gz, .parquet, .xlsx or .json file; plans also to a .md file.

    The file is written completely or not at all: an existing file is replaced only after everything is written. A named
    index becomes the first column. Parquet preserves dtypes and attrs. In CSV and XLSX, each line that a spreadsheet
    would run as a formula gets a leading apostrophe, and lists and nested objects are JSON text; XLSX has no time
    zones, so its times are in UTC.

    Returns:
        The path that was written, with `~` expanded.

    Raises:
        SaveError: the suffix is unknown, the folder is missing, or the file cannot be written there.

    Example:
        >>> import pandas as pd
        >>> save(pd.DataFrame({"email": ["ada@example.com"]}), "users.parquet").name
        'users.parquet'
    """
    target = expand_home(path, SaveError)
    if isinstance(df, Rows):
        return _save_rows(df, target)
    text = formats.document(df, target.suffix.lower())
    if text is not None:
        return save_text(text, target)
    write = _writer(target)
    with new_file(target) as temporary:
        write(formats.flat(df), temporary)
    return target


def _save_rows(rows: Rows, target: Path) -> Path:
    opened = stream_of(target)
    if opened is None or target.name.lower().endswith(_PARQUET):
        return save(rows.frame(), target)
    with new_file(target) as temporary, opened(temporary) as file:
        file.write(rows)
        file.end(rows.attrs)
    return target


def save_all(df: pd.DataFrame, paths: Sequence[str | os.PathLike[str]]) -> list[Path]:
    """Write the frame to several files, as `save` does; if one of the names is invalid, none is written.

    Raises:
        SaveError: as `save`.
    """
    return [save(df, target) for target in check_savable(paths, document=formats.document(df, MARKDOWN) is not None)]


def check_savable(paths: Sequence[str | os.PathLike[str]], *, document: bool = False) -> list[Path]:
    """Return the paths of the files, after checking that their names allow a frame to be written.

    Args:
        document: whether the frame also has a text form, for Markdown.

    Raises:
        SaveError: a suffix is unknown, or a folder is missing.
        MissingExtraError: one of them is an Excel file, and openpyxl is not installed.
    """
    targets = [expand_home(path, SaveError) for path in paths]
    for target in targets:
        if not (document and target.name.lower().endswith(MARKDOWN)):
            _writer(target)
        if target.name.lower().endswith(_EXCEL):
            extras.check("excel", "An Excel file")
        _check(target)
    return targets


def save_text(text: str, path: str | os.PathLike[str]) -> Path:
    """Write a text, such as a chart, to a file completely or not at all.

    Returns:
        The path that was written, with `~` expanded.

    Raises:
        SaveError: the folder is missing, or the file cannot be written there.
    """
    target = expand_home(path, SaveError)
    with new_file(target) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return target


def save_bytes(content: bytes, path: str | os.PathLike[str]) -> Path:
    """Write the content of a file, such as a picture; arguments, result and errors are those of `save_text`."""
    target = expand_home(path, SaveError)
    with new_file(target) as temporary:
        temporary.write_bytes(content)
    return target


def stream_of(path: str | os.PathLike[str]) -> Opening | None:
    """Return the function that opens this file for writing in pieces; None if its format must be written at once."""
    return next((opened for suffix, opened in STREAMS.items() if Path(path).name.lower().endswith(suffix)), None)


def _writer(target: Path) -> Writer:
    name = target.name.lower()
    for suffix, write in WRITERS.items():
        if name.endswith(suffix):
            return write
    raise SaveError(
        f"Cannot tell the file format from {target.name!r}", hint=f"Use one of these extensions: {', '.join(WRITERS)}."
    )


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Yield a new file that replaces the target if the block succeeds.

    Raises:
        SaveError: the file cannot be written there.
    """
    try:
        _check(target)
        with replace_file(target) as temporary:
            yield temporary
    except OSError as error:
        reason = error.strerror or str(error)
        raise SaveError(
            f"{str(target)!r} could not be written: {reason}",
            hint="Choose a folder in which you have write permission.",
        ) from None


def _check(target: Path) -> None:
    if not target.parent.is_dir():
        raise SaveError(
            f"The folder {str(target.parent)!r} does not exist", hint="Create it first, or choose another one."
        )
    if target.is_dir():
        raise SaveError(f"{str(target)!r} is a folder", hint="Name a file in it.")


def _parquet(df: pd.DataFrame, path: Path) -> None:
    import pyarrow.parquet as pq  # most commands write none

    pq.write_table(formats.to_arrow(df), path)


def _xlsx(df: pd.DataFrame, path: Path) -> None:
    if len(df) >= XLSX_ROWS:
        raise SaveError(f"An Excel sheet cannot contain {len(df):,} rows", hint="Save it as .csv or .parquet.")
    sheet = spreadsheet.cells(df, spreadsheet.naive, lambda text: spreadsheet.harmless(CONTROL.sub("", text)))
    for name, series in sheet.items():
        if spreadsheet.is_text(series) and (series.str.len() > XLSX_CELL).any():
            raise SaveError(
                f"Column {str(name)!r} contains text that is too long for an Excel cell",
                hint="Choose other columns, or save it as .csv or .parquet.",
            )
    extras.load("excel", "An Excel file")
    # pandas cannot infer the format from the suffix of a temporary name, but does not need it for an open file.
    with path.open("wb") as file:
        sheet.to_excel(file, index=False, engine="openpyxl")


def _whole(opened: Opening) -> Writer:
    """Return the function that writes a frame at once in a format that can also be written in pieces."""

    def write(df: pd.DataFrame, path: Path) -> None:
        with opened(path) as file:
            file.write(df)
            file.end(df.attrs)

    return write


# The formats that can be written in pieces, by suffix.
STREAMS: dict[str, Opening] = {
    ".csv": row_files.csv,
    ".csv.gz": row_files.csv_gz,
    ".parquet": row_files.parquet,
    ".json": row_files.json_list,
}
WRITERS: dict[str, Writer] = {
    ".csv": _whole(row_files.csv),
    ".csv.gz": _whole(row_files.csv_gz),
    ".parquet": _parquet,
    _EXCEL: _xlsx,
    ".json": _whole(row_files.json_list),
}
