"""The test of one condition on a column, interpreted by the type of the column."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zenpro_nb.errors import UsageError
from zenpro_nb.frames import coerce
from zenpro_nb.resources.model import DataType
from zenpro_nb.syntax.conditions import ORDER, Condition
from zenpro_nb.syntax.timespec import FORMS, TimeSpan, parse_time

if TYPE_CHECKING:
    import pandas as pd

Test = Callable[["pd.Series"], Any]  # returns a bool for each row; a missing value is not true

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
NUMBERS = (DataType.COUNT, DataType.FLOAT)
_ORDERED = (*NUMBERS, DataType.TIME)
_WORDS = {
    DataType.TEXT: "text",
    DataType.ID: "an ID",
    DataType.CATEGORY: "a word",
    DataType.BOOL: "yes or no",
    DataType.COUNT: "a number",
    DataType.FLOAT: "a number",
    DataType.TIME: "a time",
    DataType.LIST: "a list",
    DataType.JSON: "an object",
}


def numpy_bools(fits: Any) -> Any:
    """Return numpy bools; missing ones are False."""
    import pandas as pd

    series = fits if isinstance(fits, pd.Series) else pd.Series(fits)
    return series.to_numpy(dtype=bool, na_value=False)


def condition_test(kind: DataType, condition: Condition, now: datetime) -> Test:
    """Return the test of a condition on a column of this type.

    Raises:
        UsageError: the value does not fit the type, or the operator is not defined for it.
    """
    if condition.value is None:
        positive = _missing(kind)
    elif condition.operator == "~":
        positive = _containing(kind, condition, condition.value)
    elif kind is DataType.TIME:
        return _of_time(condition.operator, time_of(condition, now))
    elif condition.operator in ORDER:
        return _order(kind, condition)
    else:
        positive = _equal(kind, condition, condition.value)
    return (lambda series: ~numpy_bools(positive(series))) if condition.operator == "!=" else positive


def _missing(kind: DataType) -> Test:
    if kind is DataType.LIST:
        return lambda series: series.map(lambda items: items is None or len(items) == 0).astype(bool)
    return lambda series: series.isna()


def _equal(kind: DataType, condition: Condition, text: str) -> Test:
    if kind is DataType.BOOL:
        flag = coerce.boolean(text)
        if flag is None:
            raise _wrong(kind, condition, f"Write {condition.column}=true or {condition.column}=false.")
        return lambda series: series == flag
    if kind in NUMBERS:
        number = number_of(kind, condition)
        return lambda series: series == number
    if kind is DataType.LIST:
        alternatives = set(condition.alternatives)
        return lambda series: series.map(lambda items: not alternatives.isdisjoint(items or ())).astype(bool)
    if kind is DataType.JSON:
        return lambda series: series.map(lambda value: coerce.text(value) == text).astype(bool)
    if condition.words:
        return lambda series: series.isin(condition.alternatives)
    return lambda series: series == text


def _order(kind: DataType, condition: Condition) -> Test:
    if kind not in _ORDERED:
        raise UsageError(
            f"{condition}: {condition.column} is {_WORDS[kind]}, which {condition.operator} cannot compare",
            hint=f"Use = or !={'' if kind is DataType.BOOL else ' or ~'}. To sort by this column, use --sort.",
        )
    compare, number = _COMPARE[condition.operator], number_of(kind, condition)
    return lambda series: compare(series, number)


def _containing(kind: DataType, condition: Condition, text: str) -> Test:
    if kind in (*_ORDERED, DataType.BOOL):
        more = "" if kind is DataType.BOOL else " < > <= >="
        raise UsageError(
            f"{condition}: {condition.column} is {_WORDS[kind]}, but ~ is only for text",
            hint=f"Use one of: = !={more}.",
        )
    part = text.casefold()
    if kind is DataType.LIST:
        return lambda series: series.map(
            lambda items: any(part in str(item).casefold() for item in items or ())
        ).astype(bool)
    if kind is DataType.JSON:
        return lambda series: series.map(lambda value: part in (coerce.text(value) or "").casefold()).astype(bool)
    return lambda series: _holding(series, part)


def _holding(series: pd.Series, part: str) -> Any:
    """Return which texts contain a part, ignoring case; each category is examined once."""
    import numpy as np
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        words = [place for place, word in enumerate(series.cat.categories) if part in str(word).casefold()]
        return series.cat.codes.isin(words)
    texts = series.to_numpy(dtype=object)
    return np.fromiter((isinstance(text, str) and part in text.casefold() for text in texts), bool, len(texts))


def _of_time(operator_: str, span: TimeSpan) -> Test:
    import pandas as pd

    start, end = pd.Timestamp(span.start), pd.Timestamp(span.end)
    tests: dict[str, Test] = {
        "=": lambda series: (series >= start) & (series < end),
        "!=": lambda series: ~((series >= start) & (series < end)),
        "<": lambda series: series < start,
        "<=": lambda series: series < end,
        ">": lambda series: series >= end,
        ">=": lambda series: series >= start,
    }
    return tests[operator_]


def time_of(condition: Condition, now: datetime) -> TimeSpan:
    """Return the time that a condition compares with, in the precision in which it is written."""
    try:
        return parse_time(condition.value or "", now)
    except ValueError:
        raise _wrong(DataType.TIME, condition, f"Write {FORMS}.") from None


def number_of(kind: DataType, condition: Condition) -> int | float:
    """Return the number that a condition compares with."""
    text = (condition.value or "").strip()
    for make in (int, float):
        try:
            number: int | float = make(text)
        except ValueError:
            continue
        if math.isfinite(number):
            return number
    raise _wrong(kind, condition, f"Write {condition.column}{condition.operator}3.")


def _wrong(kind: DataType, condition: Condition, hint: str) -> UsageError:
    return UsageError(f"{condition}: {condition.column} is {_WORDS[kind]}, but {condition.value!r} is not", hint=hint)


def kind_of(series: pd.Series) -> DataType:
    """Return the type of an undeclared column, by its dtype."""
    import pandas as pd
    from pandas.api import types

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return DataType.CATEGORY
    if isinstance(dtype, pd.DatetimeTZDtype):
        return DataType.TIME
    if types.is_bool_dtype(dtype):
        return DataType.BOOL
    if types.is_integer_dtype(dtype):
        return DataType.COUNT
    if types.is_float_dtype(dtype):
        return DataType.FLOAT
    if isinstance(dtype, pd.StringDtype):
        return DataType.TEXT
    present = series.dropna()
    texts = all(isinstance(value, list) and all(isinstance(item, str) for item in value) for value in present)
    return DataType.LIST if len(present) and texts else DataType.JSON
