"""Values as cells of a spreadsheet, none of which it would run as a formula."""

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

# A spreadsheet takes a cell for a formula that begins so, with wide and small forms too, and behind what is not seen.
FORMULA = re.compile(
    r"[\t\r]|[\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]*[=+\-@＝＋－＠﹦﹢﹣﹫]"
)

Convert = Callable[["pd.Series"], "pd.Series"]


def cells(df: pd.DataFrame, times: Convert, text: Callable[[str], str]) -> pd.DataFrame:
    """Return the frame with numbers as they are, times as `times` gives them, and all else as harmless text."""
    import pandas as pd  # rows that are printed do without

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
    """Return the columns of rows as `cells` gives those of a frame for CSV; a missing value is None."""
    return {
        csv_text(column.name): [_csv_cell(column.kind, value) for value in values]
        for column, values in zip(rows.declared, rows.cells, strict=True)
    }


def _csv_cell(kind: DataType, value: Any) -> Any:
    if kind is DataType.TIME:
        return None if value is None else f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"
    return _cell(value, csv_text)


def _cell(value: Any, text: Callable[[str], str]) -> Any:
    # Numbers and truth values stay what they are, so that -1 is still a number.
    if formats.missing(value):
        return None
    if isinstance(value, bool | int | float):
        return value
    return text(value if isinstance(value, str) else coerce.encode(value))


def harmless(text: str) -> str:
    """Return the text with an apostrophe before each line that would be a formula."""
    # Each line: pasted, or imported once more, it may become a cell of its own.
    return "".join(f"'{line}" if FORMULA.match(line) else line for line in text.splitlines(keepends=True))


def is_text(series: pd.Series) -> bool:
    """Return whether a column holds nothing but texts."""
    import pandas as pd

    return isinstance(series.dtype, pd.StringDtype) or (
        series.dtype == object and all(value is None or isinstance(value, str) for value in series)
    )


def iso(series: pd.Series) -> pd.Series:
    """Return the times as ISO 8601 texts in UTC."""
    import pandas as pd

    return pd.Series(series.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def naive(series: pd.Series) -> pd.Series:
    """Return the times in UTC without a zone."""
    import pandas as pd

    return pd.Series(series.dt.tz_convert("UTC").dt.tz_localize(None))


def csv_text(text: str) -> str:
    """Return the text as it may stand in CSV."""
    # A carriage return is quoted by no csv writer whose lines end otherwise: it would begin a new row, unneutralised.
    return harmless(text).replace("\r\n", "\n").replace("\r", "\n")
