"""Files for rows that arrive in batches, without all of them in memory."""

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
        """Write the rows of a frame, with the same columns as the previous one."""

    def end(self, attrs: Mapping[Any, Any]) -> None:
        """Write the end of the file, including the metadata of the frame."""


class CsvRows:
    """Rows as CSV, with every value harmless to a spreadsheet."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._has_rows = False

    def write(self, df: pd.DataFrame | Rows) -> None:
        """Write the rows, preceded by the column names the first time."""
        if isinstance(df, Rows):
            self._write_rows(spreadsheet.csv_columns(df))
        else:
            cells = spreadsheet.cells(df, spreadsheet.iso, spreadsheet.csv_text)
            cells.to_csv(self._file, index=False, lineterminator="\n", header=not self._has_rows)
        self._has_rows = True

    def _write_rows(self, columns: Mapping[str, list[Any]]) -> None:
        """Write the same as pandas for these columns, with the same csv writer."""
        writer = csv_writer.writer(self._file, lineterminator="\n")
        if not self._has_rows:
            writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))

    def end(self, attrs: Mapping[Any, Any]) -> None:
        """Do nothing: CSV has no place for metadata."""


class JsonRows:
    """Rows as a JSON list of objects, one per line."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._has_rows = False

    def write(self, df: pd.DataFrame | Rows) -> None:
        """Write the rows, with a comma before each but the first."""
        for row in formats.to_records(df):
            self._file.write(",\n" if self._has_rows else "[\n")
            self._file.write(json.dumps(_finite(row), ensure_ascii=False, default=_as_json))
            self._has_rows = True

    def end(self, attrs: Mapping[Any, Any]) -> None:
        """Close the list."""
        self._file.write("\n]\n" if self._has_rows else "[]\n")


class ParquetRows:
    """Rows as Parquet, one row group per frame; all have the types of the first one."""

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
        """Write the metadata of the frame, which is complete only after the last row.

        It belongs to Arrow's schema, which comes after the rows under Arrow's own key.
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
    """Return the field for any number of categories: the first rows may contain few of them."""
    import pyarrow as pa

    if not pa.types.is_dictionary(field.type):
        return field
    return field.with_type(pa.dictionary(pa.int32(), field.type.value_type))


def _as_json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row without infinities, which JSON cannot represent."""
    return {name: None if isinstance(value, float) and math.isinf(value) else value for name, value in row.items()}


@contextlib.contextmanager
def csv(path: Path) -> Iterator[RowFile]:
    """Open a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        yield CsvRows(file)


@contextlib.contextmanager
def csv_gz(path: Path) -> Iterator[RowFile]:
    """Open a compressed CSV file; it contains no name or time of its own, so the same data produces the same file."""
    with (
        path.open("wb") as packed,
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as unpacked,
        io.TextIOWrapper(unpacked, encoding="utf-8", newline="") as file,
    ):
        yield CsvRows(file)


@contextlib.contextmanager
def json_list(path: Path) -> Iterator[RowFile]:
    """Open a JSON file."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        yield JsonRows(file)


@contextlib.contextmanager
def parquet(path: Path) -> Iterator[RowFile]:
    """Open a Parquet file."""
    with contextlib.closing(ParquetRows(path)) as rows:
        yield rows
