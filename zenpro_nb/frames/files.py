"""A frame to a file."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
import pyarrow.parquet as pq

from zenpro_nb.errors import SaveError
from zenpro_nb.files.atomic import replacing
from zenpro_nb.files.paths import expanded
from zenpro_nb.frames import coerce, formats
from zenpro_nb.frames.display import views
from zenpro_nb.limits import XLSX_CELL, XLSX_ROWS

# A spreadsheet takes a cell for a formula that begins so, with wide and small forms too, and behind what is not seen.
FORMULA = re.compile(
    r"[\t\r]|[\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]*[=+\-@＝＋－＠﹦﹢﹣﹫]"
)
# Characters that no Excel file may hold (openpyxl refuses them).
MARKDOWN = ".md"  # for what has a text of its own
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Convert = Callable[[pd.Series], pd.Series]


def save(df: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write the frame to a file whose suffix says how: .csv, .csv.gz, .parquet, .xlsx or .json; plans also as .md.

    The file is there whole or not at all: what stood there before is replaced only when everything is written.
    An index that has a name is the first column. Parquet keeps dtypes and attrs. In CSV and XLSX, each line that a
    spreadsheet would run as a formula gets a leading apostrophe, and lists and nested objects are JSON text; XLSX has
    no time zones, its times are UTC.

    Returns:
        The path that was written, `~` expanded.

    Raises:
        SaveError: the suffix is unknown, the directory is missing, or the file cannot be written there.

    Example:
        >>> save(pd.DataFrame({"email": ["ada@example.com"]}), "users.parquet").name
        'users.parquet'
    """
    target = expanded(path, SaveError)
    text = views.document(df, target.suffix.lower())
    if text is not None:
        return save_text(text, target)
    write = _writer(target)
    with _replacing(target) as temporary:
        write(formats.flat(df), temporary)
    return target


def save_all(df: pd.DataFrame, paths: Sequence[str | os.PathLike[str]]) -> list[Path]:
    """Write the frame to several files, as `save` does; none is written where one of them could not be named so.

    Raises:
        SaveError: as `save`.
    """
    return [save(df, target) for target in savable(paths, document=views.document(df, MARKDOWN) is not None)]


def savable(paths: Sequence[str | os.PathLike[str]], *, document: bool = False) -> list[Path]:
    """Return the paths of files that a frame could be written to, as far as their names tell.

    Args:
        document: the frame is a text too, which Markdown holds.

    Raises:
        SaveError: the suffix of one is unknown, or its directory is missing.
    """
    targets = [expanded(path, SaveError) for path in paths]
    for target in targets:
        if not (document and target.name.lower().endswith(MARKDOWN)):
            _writer(target)
        _check(target)
    return targets


def save_text(text: str, path: str | os.PathLike[str]) -> Path:
    """Write a text, such as a drawing, to a file, which is there whole or not at all.

    Returns:
        The path that was written, `~` expanded.

    Raises:
        SaveError: the directory is missing, or the file cannot be written there.
    """
    target = expanded(path, SaveError)
    with _replacing(target) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return target


def _writer(target: Path) -> Callable[[pd.DataFrame, Path], None]:
    name = target.name.lower()
    for suffix, write in WRITERS.items():
        if name.endswith(suffix):
            return write
    raise SaveError(
        f"{target.name!r} does not say in which format to save", hint=f"End the name with {', '.join(WRITERS)}."
    )


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Give a new file that takes the target's place when the block ends well."""
    try:
        _check(target)
        with replacing(target) as temporary:
            yield temporary
    except OSError as error:
        reason = error.strerror or str(error)
        raise SaveError(
            f"{str(target)!r} could not be written: {reason}", hint="Choose a place where you may write."
        ) from None


def _check(target: Path) -> None:
    if not target.parent.is_dir():
        raise SaveError(f"There is no directory {str(target.parent)!r}", hint="Create it first, or choose another one.")
    if target.is_dir():
        raise SaveError(f"{str(target)!r} is a directory", hint="Name a file in it.")


def _csv(df: pd.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        _write_csv(df, file)


def _csv_gz(df: pd.DataFrame, path: Path) -> None:
    # Without a name and a time of its own in it, the same data makes the same file.
    with (
        path.open("wb") as packed,
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as unpacked,
        io.TextIOWrapper(unpacked, encoding="utf-8", newline="") as file,
    ):
        _write_csv(df, file)


def _write_csv(df: pd.DataFrame, file: TextIO) -> None:
    _for_spreadsheets(df, _iso, _csv_text).to_csv(file, index=False, lineterminator="\n")


def _csv_text(text: str) -> str:
    # A carriage return is quoted by no csv writer whose lines end otherwise: it would begin a new row, unneutralised.
    return _harmless(text).replace("\r\n", "\n").replace("\r", "\n")


def _parquet(df: pd.DataFrame, path: Path) -> None:
    pq.write_table(formats.to_arrow(df), path)


def _json(df: pd.DataFrame, path: Path) -> None:
    rows = (json.dumps(_finite(row), ensure_ascii=False, default=_as_json) for row in formats.to_records(df))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("[\n" + ",\n".join(rows) + "\n]\n" if len(df) else "[]\n")


def _as_json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row without infinities, for which JSON has no word."""
    return {name: None if isinstance(value, float) and math.isinf(value) else value for name, value in row.items()}


def _xlsx(df: pd.DataFrame, path: Path) -> None:
    if len(df) >= XLSX_ROWS:
        raise SaveError(f"An Excel sheet cannot hold {len(df):,} rows", hint="Save it as .csv or .parquet.")
    sheet = _for_spreadsheets(df, _naive, lambda text: _harmless(CONTROL.sub("", text)))
    for name, series in sheet.items():
        if _is_text(series) and (series.str.len() > XLSX_CELL).any():
            raise SaveError(
                f"Column {str(name)!r} has texts longer than an Excel cell can hold",
                hint="Choose other columns, or save it as .csv or .parquet.",
            )
    try:
        # The suffix of a temporary name says nothing to pandas, an open file asks nothing.
        with path.open("wb") as file:
            sheet.to_excel(file, index=False, engine="openpyxl")
    except ImportError:
        raise SaveError("Excel files need openpyxl", hint="Install it: pip install openpyxl.") from None


def _for_spreadsheets(df: pd.DataFrame, times: Convert, text: Callable[[str], str]) -> pd.DataFrame:
    """Return the frame with numbers as they are, times as `times` gives them, and all else as harmless text."""
    columns = {text(str(name)): _cells(series, times, text) for name, series in df.items()}
    return pd.DataFrame(columns, index=df.index)


def _cells(series: pd.Series, times: Convert, text: Callable[[str], str]) -> pd.Series:
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        return times(series)
    if isinstance(series.dtype, pd.CategoricalDtype) or series.dtype == object or _is_text(series):
        return pd.Series([_cell(value, text) for value in series], index=series.index, dtype=object)
    return series


def _cell(value: Any, text: Callable[[str], str]) -> Any:
    # Numbers and truth values stay what they are, so that -1 is still a number.
    if formats.missing(value):
        return None
    if isinstance(value, bool | int | float):
        return value
    return text(value if isinstance(value, str) else coerce.encode(value))


def _harmless(text: str) -> str:
    # Each line: pasted, or imported once more, it may become a cell of its own.
    return "".join(f"'{line}" if FORMULA.match(line) else line for line in text.splitlines(keepends=True))


def _is_text(series: pd.Series) -> bool:
    return isinstance(series.dtype, pd.StringDtype) or (
        series.dtype == object and all(value is None or isinstance(value, str) for value in series)
    )


def _iso(series: pd.Series) -> pd.Series:
    return pd.Series(series.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _naive(series: pd.Series) -> pd.Series:
    return pd.Series(series.dt.tz_convert("UTC").dt.tz_localize(None))


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": _csv,
    ".csv.gz": _csv_gz,
    ".parquet": _parquet,
    ".xlsx": _xlsx,
    ".json": _json,
}
