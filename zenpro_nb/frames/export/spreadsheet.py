"""Values as spreadsheet cells, none of which runs as a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zenpro_nb.frames import coerce
from zenpro_nb.frames.export import formats
from zenpro_nb.resources.model import DataType

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames.rows import Rows

# A spreadsheet treats a cell with this beginning as a formula, also in full-width and small forms, and after invisible
# characters.
FORMULA = re.compile(
    r"[\t\r]|[\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]*[=+\-@＝＋－＠﹦﹢﹣﹫]"
)

Convert = Callable[["pd.Series"], "pd.Series"]


def cells(df: pd.DataFrame, times: Convert, text: Callable[[str], str]) -> pd.DataFrame:
    """Return the frame with numbers unchanged, times converted by `times`, and everything else as harmless text."""
    import pandas as pd  # not needed for rows that are printed

    columns = {text(str(name)): _column(series, times, text) for name, series in df.items()}
    return pd.DataFrame(columns, index=df.index)


def _column(series: pd.Series, times: Convert, text: Callable[[str], str]) -> pd.Series:
    import pandas as pd

    if isinstance(series.dtype, pd.DatetimeTZDtype):
        return times(series)
    if isinstance(series.dtype, pd.CategoricalDtype) or series.dtype == object or is_text(series):
        return pd.Series([_cell(value, text) for value in series], index=series.index, dtype=object)
    return series


def csv_columns(rows: Rows) -> dict[str, list[Any]]:
    """Return the columns of rows as `cells` returns those of a frame for CSV; a missing value is None."""
    return {
        csv_text(column.name): [_csv_cell(column.kind, value) for value in values]
        for column, values in zip(rows.column_types, rows.cells, strict=True)
    }


def _csv_cell(kind: DataType, value: Any) -> Any:
    if kind is DataType.TIME:
        return None if value is None else f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"
    return _cell(value, csv_text)


def _cell(value: Any, text: Callable[[str], str]) -> Any:
    # Numbers and bools stay unchanged, so -1 remains a number.
    if formats.missing(value):
        return None
    if isinstance(value, bool | int | float):
        return value
    return text(value if isinstance(value, str) else coerce.encode(value))


def harmless(text: str) -> str:
    """Return the text with an apostrophe before each line that would be a formula."""
    # Every line: after pasting or another import it can become a cell of its own.
    return "".join(f"'{line}" if FORMULA.match(line) else line for line in text.splitlines(keepends=True))


def is_text(series: pd.Series) -> bool:
    """Return whether a column contains only texts."""
    import pandas as pd

    return isinstance(series.dtype, pd.StringDtype) or (
        series.dtype == object and all(value is None or isinstance(value, str) for value in series)
    )


def iso(series: pd.Series) -> pd.Series:
    """Return the times as ISO 8601 texts in UTC."""
    import pandas as pd

    return pd.Series(series.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def naive(series: pd.Series) -> pd.Series:
    """Return the times in UTC without a time zone."""
    import pandas as pd

    return pd.Series(series.dt.tz_convert("UTC").dt.tz_localize(None))


def csv_text(text: str) -> str:
    """Return the text in a form that is safe in CSV."""
    # No csv writer with other line endings quotes a carriage return: it would begin a new row, which is not
    # neutralized.
    return harmless(text).replace("\r\n", "\n").replace("\r", "\n")
