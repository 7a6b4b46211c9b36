"""Writing a list to files during the read, to keep only part of it in memory."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from zenpro_nb.frames.export.files import Opening, check_savable, new_file, stream_of
from zenpro_nb.frames.export.row_files import RowFile
from zenpro_nb.resources.model import Column, DataType

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames.rows import Rows


def streamable(path: str | os.PathLike[str], columns: Sequence[Column]) -> bool:
    """Return whether a file of this name, for a list of these columns, can be written during the read.

    Not for Excel. Not for Parquet if a column contains arbitrary objects, whose type is known only at the end.
    """
    if stream_of(path) is None:
        return False
    return not Path(path).name.lower().endswith(".parquet") or all(
        column.kind is not DataType.JSON for column in columns
    )


class FrameFiles:
    """Files to which frames with the same columns are written one after the other; a context manager.

    The files replace their targets if the block succeeds; if it fails, or if nothing was begun, the targets stay
    unchanged.

    Args:
        paths: their names, each of which can be streamed.

    Raises:
        SaveError: one of them cannot be written.

    Example:
        >>> import pandas as pd
        >>> with FrameFiles(["users.csv"]) as files:
        ...     files.begin()
        ...     files.write(pd.DataFrame({"email": ["ada@example.com"]}))
        ...     files.end(pd.DataFrame({"email": []}))
        >>> pd.read_csv("users.csv")["email"].tolist()
        ['ada@example.com']
    """

    def __init__(self, paths: Sequence[str | os.PathLike[str]]) -> None:
        self.paths = check_savable(paths)
        self.rows = 0
        self.has_begun = False
        self._places = contextlib.ExitStack()
        self._open = contextlib.ExitStack()
        self._temporary: list[tuple[Opening, Path]] = []
        self._files: list[RowFile] = []

    def begin(self) -> None:
        """Start again with the first row, even if rows were written before."""
        self._open.close()
        if not self.has_begun:
            self._place()
        self.rows, self.has_begun = 0, True
        self._files = [self._open.enter_context(opening(path)) for opening, path in self._temporary]

    def write(self, df: pd.DataFrame | Rows) -> None:
        """Append the rows."""
        self.rows += len(df)
        if len(df):
            self._to_all(df)

    def end(self, df: pd.DataFrame | Rows) -> None:
        """Finish with a frame without rows: its columns if there were no rows, and its metadata."""
        if not self.rows:
            self._to_all(df)
        for file in self._files:
            file.end(df.attrs)
        self._open.close()

    def _to_all(self, df: pd.DataFrame | Rows) -> None:
        for file in self._files:
            file.write(df)

    def _place(self) -> None:
        for path in self.paths:
            opening = stream_of(path)
            assert opening is not None  # noqa: S101 - callers have checked `streamable`
            self._temporary.append((opening, self._places.enter_context(new_file(path))))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._open.close()
        return self._places.__exit__(kind, error, trace)
