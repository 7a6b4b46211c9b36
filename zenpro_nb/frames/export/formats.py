"""A frame in other forms: an Arrow table, a polars frame, plain Python records."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zenpro_nb import extras
from zenpro_nb.errors import UsageError
from zenpro_nb.frames import coerce, display
from zenpro_nb.frames.attrs import NAME, facts
from zenpro_nb.frames.rows import Rows
from zenpro_nb.ui.cells import Text

if TYPE_CHECKING:
    import pandas as pd

_MISSING = ("NAType", "NaTType")  # the types of pandas' own missing values, without importing pandas
PANDAS_ATTRS = "PANDAS_ATTRS"  # where pandas itself looks for the attrs of a Parquet file

FORMATS = ("pandas", "arrow", "polars", "records")


def convert(df: pd.DataFrame, format: str) -> Any:  # noqa: A002 - the word that people type
    """Return the frame's data in another form.

    Returns:
        `pandas`: the frame itself; `arrow`: a `pyarrow.Table` whose schema metadata `zenpro` contains the attrs as
        JSON;
        `polars`: a `polars.DataFrame`; `records`: a list of dicts of plain Python values, None for missing, times as
        aware `datetime`; `markdown`: a text, for frames that have a text form, such as plans. In Arrow and
        polars, columns of nested objects contain JSON text, because they have no single type. A named index is the
        first column in all forms but `pandas`.

    Raises:
        UsageError: the format does not exist.
        MissingExtraError: the library for it is not installed.

    Example:
        >>> import pandas as pd
        >>> convert(pd.DataFrame({"n": [1]}), "records")
        [{'n': 1}]
    """
    if format == "pandas":
        return df
    if format == "markdown" and (text := document(df, ".md")) is not None:
        return Text(text)
    df = flat(df)
    if format == "arrow":
        return to_arrow(df)
    if format == "polars":
        return _to_polars(df)
    if format == "records":
        return to_records(df)
    raise UsageError(f"{format!r} is not a format for results", hint=f"Choose one of {', '.join(FORMATS)}.")


def check_format(format: str) -> None:  # noqa: A002 - the word that people type
    """Check, before anything is read, that frames can be converted to this form.

    Raises:
        MissingExtraError: the library for it is not installed.
    """
    if format == "polars":
        extras.check("polars", "A polars.DataFrame")


def document(df: pd.DataFrame, suffix: str) -> str | None:
    """Return the frame as a document of this file type; None if it has none. Only some frames with a view do."""
    return display.views.document(df, suffix) if "view" in facts(df) else None


def flat(df: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with a meaningful index as a column: other forms and files have no index."""
    return df if df.index.name is None else df.reset_index()


def to_arrow(df: pd.DataFrame) -> Any:
    """Return the frame as an Arrow table that preserves its pandas dtypes and its attrs."""
    import pandas as pd  # not needed for rows that are printed
    import pyarrow as pa

    plain = df.copy(deep=False)
    plain.columns = pd.Index([str(name) for name in df.columns])
    mixed = {}
    for at, (_, series) in enumerate(df.items()):
        if series.dtype == object:
            mixed[at] = _uniform([None if missing(value) else value for value in series])
            plain.isetitem(at, [None] * len(df))
    table = pa.Table.from_pandas(plain, preserve_index=False)
    for at, array in mixed.items():
        table = table.set_column(at, table.column_names[at], array)
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **metadata_of(df.attrs)})


def metadata_of(attrs: Mapping[Any, Any]) -> dict[str, str]:
    """Return the metadata of a frame in the format of an Arrow schema or a Parquet file."""
    return {NAME: json.dumps(attrs.get(NAME, {}), default=str), PANDAS_ATTRS: json.dumps(attrs, default=str)}


def _uniform(values: list[Any]) -> Any:
    """Return an object column as an Arrow array.

    Lists of text, text and plain values stay as they are, and anything else becomes JSON text.
    """
    import pyarrow as pa

    present = [value for value in values if value is not None]
    if present and all(isinstance(value, list) and all(isinstance(item, str) for item in value) for value in present):
        return pa.array(values, pa.list_(pa.string()))
    if all(isinstance(value, str) for value in present):
        return pa.array(values, pa.string())
    if len({type(value) for value in present}) == 1 and isinstance(present[0], bool | int | float):
        with contextlib.suppress(OverflowError):
            return pa.array(values)
    return pa.array([value if value is None else coerce.encode(value) for value in values], pa.string())


def _to_polars(df: pd.DataFrame) -> Any:
    extras.load("polars", "A polars.DataFrame")
    import polars

    return polars.from_arrow(to_arrow(df))


def to_records(df: pd.DataFrame | Rows) -> list[dict[str, Any]]:
    """Return one dict of plain Python values per row."""
    if isinstance(df, Rows):
        return [dict(zip(df.columns, row, strict=True)) for row in zip(*df.cells, strict=True)]
    names = [str(name) for name in df.columns]
    columns = [_values(series) for _, series in df.items()]
    return (
        [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] if names else [{} for _ in df.index]
    )


def _values(series: pd.Series[Any]) -> list[Any]:
    """Return the values of a column as `plain` does; texts, whole numbers and booleans without a call for each."""
    import pandas as pd

    if isinstance(series.dtype, pd.StringDtype | pd.Int64Dtype | pd.BooleanDtype):
        values: list[Any] = series.array.to_numpy(dtype=object, na_value=None).tolist()
        return values
    return [plain(value) for value in series.array]


def plain(value: Any) -> Any:
    """Return the value as Python's own: None for every kind of missing value, an aware `datetime` for a time."""
    if missing(value):
        return None
    if hasattr(value, "to_pydatetime"):  # a pandas time
        return value.to_pydatetime(warn=False)
    return value.item() if hasattr(value, "item") else value


def missing(value: Any) -> bool:
    """Return whether the value is one of the missing values: None, NaN, NaT, NA."""
    return value is None or type(value).__name__ in _MISSING or (isinstance(value, float) and math.isnan(value))
