"""Files that rows are written to as they come: as many at a time as there are, never all at once in memory."""

from __future__ import annotations

import base64
import contextlib
import csv as csv_writer
import gzip
import io
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from zenpro_nb.frames.export import formats, spreadsheet
from zenpro_nb.frames.rows import Rows

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq


class RowFile(Protocol):
    """A file that is being written."""

    def write(self, df: pd.DataFrame | Rows) -> None:
        """Write the rows of a frame, whose columns are those of the one before."""

    def end(self, attrs: Mapping[Any, Any]) -> None:
        """Write what belongs behind the rows, and what their frame says about itself."""


class CsvRows:
    """The rows as CSV, each value harmless to a spreadsheet."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._begun = False

    def write(self, df: pd.DataFrame | Rows) -> None:
        """Write the rows, behind the names of the columns at first."""
        if isinstance(df, Rows):
            self._write_rows(spreadsheet.csv_columns(df))
        else:
            cells = spreadsheet.cells(df, spreadsheet.iso, spreadsheet.csv_text)
            cells.to_csv(self._file, index=False, lineterminator="\n", header=not self._begun)
        self._begun = True

    def _write_rows(self, columns: Mapping[str, list[Any]]) -> None:
        """Write what pandas writes of the same columns: it uses the same writer."""
        writer = csv_writer.writer(self._file, lineterminator="\n")
        if not self._begun:
            writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))

    def end(self, attrs: Mapping[Any, Any]) -> None:
        """Do nothing: CSV has no place for what a frame says about itself."""


class JsonRows:
    """The rows as a JSON list of objects, one a line."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._begun = False

    def write(self, df: pd.DataFrame | Rows) -> None:
        """Write the rows, each behind a comma but for the first."""
        for row in formats.to_records(df):
            self._file.write(",\n" if self._begun else "[\n")
            self._file.write(json.dumps(_finite(row), ensure_ascii=False, default=_as_json))
            self._begun = True

    def end(self, attrs: Mapping[Any, Any]) -> None:
        """Close the list."""
        self._file.write("\n]\n" if self._begun else "[]\n")


class ParquetRows:
    """The rows as Parquet, a group of rows for each frame; all have the types of the first one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._schema: Any = None
        self._writer: pq.ParquetWriter | None = None

    def write(self, df: pd.DataFrame | Rows) -> None:
        """Write the rows."""
        table = formats.to_arrow(df.frame() if isinstance(df, Rows) else df)
        if self._writer is None:
            import pyarrow as pa  # most commands write none
            import pyarrow.parquet as pq

            self._schema = pa.schema([_open_ended(field) for field in table.schema], table.schema.metadata)
            self._writer = pq.ParquetWriter(self._path, self._schema, store_schema=False)
        self._writer.write_table(table.cast(self._schema))

    def end(self, attrs: Mapping[Any, Any]) -> None:
        """Write what the frame says about itself, which is not known before all rows are there.

        It belongs to Arrow's schema, which stands behind the rows under a name of Arrow's own.
        """
        if self._writer is None:
            return
        first = {name.decode(): value for name, value in self._schema.metadata.items()}
        metadata = {**first, **formats.metadata_of(attrs)}
        schema = base64.b64encode(self._schema.with_metadata(metadata).serialize().to_pybytes())
        self._writer.add_key_value_metadata({**metadata, "ARROW:schema": schema})

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()


def _open_ended(field: Any) -> Any:
    """Return the field for any number of categories: the first rows may know few of them."""
    import pyarrow as pa

    if not pa.types.is_dictionary(field.type):
        return field
    return field.with_type(pa.dictionary(pa.int32(), field.type.value_type))


def _as_json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row without infinities, for which JSON has no word."""
    return {name: None if isinstance(value, float) and math.isinf(value) else value for name, value in row.items()}


@contextlib.contextmanager
def csv(path: Path) -> Iterator[RowFile]:
    """Open a file of CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        yield CsvRows(file)


@contextlib.contextmanager
def csv_gz(path: Path) -> Iterator[RowFile]:
    """Open a packed file of CSV; without a name and a time of its own in it, the same data makes the same file."""
    with (
        path.open("wb") as packed,
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as unpacked,
        io.TextIOWrapper(unpacked, encoding="utf-8", newline="") as file,
    ):
        yield CsvRows(file)


@contextlib.contextmanager
def json_list(path: Path) -> Iterator[RowFile]:
    """Open a file of JSON."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yield JsonRows(file)


@contextlib.contextmanager
def parquet(path: Path) -> Iterator[RowFile]:
    """Open a Parquet file."""
    with contextlib.closing(ParquetRows(path)) as rows:
        yield rows
