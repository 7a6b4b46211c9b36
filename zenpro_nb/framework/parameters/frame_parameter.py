"""Define parameters of type FRAME: the table that `$name` refers to, or a saved table file."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.cli.parsing import ObjectType
from zenpro_nb.framework.parameters import table_rows
from zenpro_nb.framework.parameters.table_rows import TableRows
from zenpro_nb.security import untrusted_json
from zenpro_nb.syntax.placeholders import BoundValue

if TYPE_CHECKING:
    import pandas as pd


class FrameType(ObjectType):
    """A DataFrame that `$name` refers to, or a file that contains one.

    Args:
        metavar: the placeholder that the help shows.
        also: suffixes of further files, which the command reads itself.
    """

    def __init__(self, metavar: str = "FILE|$frame", *, also: Collection[str] = ()) -> None:
        self.name = metavar
        self.suffixes = (*also, *_READERS)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | BoundValue:
        """Return the object with a DataFrame, or the name of the file; fail if it is neither."""
        if not isinstance(value, BoundValue):
            if not str(value).lower().endswith(self.suffixes):
                self.fail(f"{str(value)!r} is not a file of a supported type: {', '.join(self.suffixes)}", param, ctx)
            return str(value)
        frame = as_frame(value.value)
        if frame is None:
            what = "a missing value" if value.value is None else f"of type {type(value.value).__name__}"
            self.fail(f"{value.source} is {what}, not a DataFrame", param, ctx)
        return BoundValue(frame, value.source)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return that the word is a file; shells then complete its name."""
        return [CompletionItem(incomplete, type="file")]


def frame_of(value: str | BoundValue) -> pd.DataFrame:
    """Return the DataFrame that a parameter of type FRAME names.

    Raises:
        UsageError: no such file exists, or it does not contain a table.
    """
    if isinstance(value, BoundValue):
        frame: pd.DataFrame = value.value  # type: ignore[assignment]  # `FrameType` has checked it
        return frame
    table = rows_of(value)
    if table.problems:
        raise table_rows.refusal(repr(value), [*table.problems.items()])
    return table.frame


def rows_of(value: str) -> TableRows:
    """Return the rows of a table file, and what is wrong with the broken ones.

    Raises:
        UsageError: no such file exists, or it does not contain a table.
    """
    path = expand_home(value, UsageError)
    read = next((read for suffix, read in _READERS.items() if path.name.lower().endswith(suffix)), None)
    if read is None:
        raise UsageError(f"{value!r} is not a table file", hint=f"Supported: {', '.join(_READERS)}.")
    if not path.is_file():
        raise UsageError(f"There is no file {value!r}", hint="Check the name and the current folder.")
    try:
        return read(path)
    except OSError as error:
        raise UsageError(f"{value!r} cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # raised by the readers, pyarrow and json if the content does not match the suffix
        first_line = str(error).partition("\n")[0]
        raise UsageError(f"{value!r} does not contain a table: {first_line}", hint="Save it again.") from None


def as_frame(value: object) -> pd.DataFrame | None:
    """Return a table of pandas, pyarrow or Polars as a DataFrame; None for any other object."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return value
    convert = getattr(value, "to_pandas", None)  # pyarrow and Polars tables
    frame = convert() if callable(convert) and hasattr(value, "columns") else None
    return frame if isinstance(frame, pd.DataFrame) else None


def _parquet(path: Path) -> TableRows:
    import pandas as pd

    return table_rows.of_frame(pd.read_parquet(path))


def _json(path: Path) -> TableRows:
    import pandas as pd

    rows = untrusted_json.loads(path.read_bytes())
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("it is not a list of objects")
    return table_rows.of_frame(pd.DataFrame(rows))


_READERS: dict[str, Callable[[Path], TableRows]] = {".parquet": _parquet, ".json": _json, ".csv": table_rows.of_csv}
