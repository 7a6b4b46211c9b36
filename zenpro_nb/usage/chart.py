"""Choose what `usage --plot` draws: the first number of the result, over time or by category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.frames import facts
from zenpro_nb.pictures.bars import OTHERS, Bars
from zenpro_nb.usage import question as q
from zenpro_nb.usage.question import UsageQuery
from zenpro_nb.usage.table import dimensions_before

if TYPE_CHECKING:
    import pandas as pd

MISSING, STATUS = "none", "status"
_ID = 8  # characters of an id that distinguish objects with the same name
_STACKED = (q.RUNS, q.FINISHED, q.FAILED, q.HOURS, q.STEPS, q.DEPLOYMENT_RUNS)
_SHARES = (q.FAILED_SHARE, q.CACHED_SHARE)
_PERCENT = 100.0
_FORMS = {"hour": "%d %b %H:%M", "day": "%d %b", "week": "%d %b", "month": "%b %Y"}
_FREQUENCIES = {"hour": "h", "day": "D", "week": "7D", "month": "MS"}
_UNITS = {q.HOURS: " h", q.MEAN_HOURS: " h", q.FAILED_SHARE: "%", q.CACHED_SHARE: "%"}


def number_of(question: UsageQuery) -> str:
    """Return the column that is drawn.

    Raises:
        UsageError: it cannot be stacked, and there are several dimensions.
    """
    number = question.metrics[0]
    stacked = number.name in _STACKED or number.aggregation == "sum"
    if not stacked and len(question.by) > 1:
        raise UsageError(
            f"`--plot` cannot stack {number.name}: a share, mean, minimum, or maximum does not add up",
            hint="Name one dimension in --by, or begin --metric with runs or hours.",
        )
    return number.name


def chart_of(frame: pd.DataFrame, question: UsageQuery, note: str = "") -> Bars:
    """Return the chart of a result; rows without a time are left out, and the title mentions them."""
    number, unit = number_of(question), question.unit
    names = [name for name in question.names if name != unit]
    factor = _PERCENT if number in _SHARES else 1.0
    notes = [note] if note else []
    if question.overlaps:
        notes.append("a run can count several times")
    timed = frame[frame[unit].notna()] if unit else frame
    if len(timed) < len(frame):
        notes.append("runs that never started are left out")
    timed = timed[timed[number].notna()]  # a missing number is not zero
    if unit:
        series = _joint_labels(timed, names)
        keys: Sequence[Any] = list(timed[unit])
        labels = _times(keys, unit)
    else:
        series = _joint_labels(timed, names[1:])
        keys = _joint_labels(timed, names[:1])
        labels = {key: key for key in keys}
    amounts = [float(value) * factor for value in timed[number]]
    bars: dict[Any, dict[str, float]] = {key: {} for key in labels}
    for key, name, amount in zip(keys, _few(series, amounts), amounts, strict=True):
        bars[key][name] = bars[key].get(name, 0.0) + amount
    bars_shown = list(bars)[-limits.PLOT_DAYS :] if unit else _largest(bars)
    if len(bars_shown) < len(bars):
        notes.append(f"the {'last' if unit else 'largest'} {len(bars_shown)} of {len(bars):,}")
    by = " and ".join([*([unit] if unit else []), *names])
    title = f"{_subject(frame, number)} by {by}{', UTC' if unit else ''}"
    return Bars(
        f"{title} ({', '.join(notes)})" if notes else title,
        [labels[key] for key in bars_shown],
        [bars[key] for key in bars_shown],
        _UNITS.get(number, ""),
        is_time=bool(unit),
    )


def _subject(frame: pd.DataFrame, number: str) -> str:
    """Return what the bars count: the number, with the status that all runs have."""
    status = (facts(frame).get("filters") or {}).get(STATUS)
    has_one = number == q.RUNS and isinstance(status, str) and status.isalpha()
    return f"{status} {number}".capitalize() if has_one else number.replace("_", " ").capitalize()


def _plain(column: pd.Series) -> list[Any]:
    values = column.astype(object)
    return list(values.where(column.notna(), None))


def _joint_labels(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Return the names of each row in these columns, as one text."""
    columns = [_labels(frame, name) for name in names]
    rows = zip(*columns, strict=True) if columns else ([] for _ in range(len(frame)))
    return [" · ".join(row) for row in rows]


def _labels(frame: pd.DataFrame, name: str) -> list[str]:
    """Return the labels of a column; objects with the same name have their place or the start of their id added."""
    labels = [MISSING if value is None else str(value) for value in _plain(frame[name])]
    if f"{name}_id" not in frame.columns:
        return labels
    ids = [str(value or "") for value in _plain(frame[f"{name}_id"])]
    ids_of: dict[str, set[str]] = {}
    for label, key in zip(labels, ids, strict=True):
        ids_of.setdefault(label, set()).add(key)
    places = [
        [str(value) for value in _plain(frame[place])] for place in dimensions_before(name) if place in frame.columns
    ]
    where = ["/".join(parts) for parts in zip(*places, strict=True)] if places else [key[:_ID] for key in ids]
    return [
        f"{label} ({place})" if len(ids_of[label]) > 1 and place else label
        for label, place in zip(labels, where, strict=True)
    ]


def _times(keys: Sequence[datetime], unit: str) -> dict[Any, str]:
    """Return every bucket from the first to the last, also those without runs, with its label."""
    import pandas as pd  # heavy: only where a chart is drawn

    if not keys:
        return {}
    every = pd.date_range(min(keys), max(keys), freq=_FREQUENCIES[unit])
    return {time: f"{time:{_FORMS[unit]}}".lstrip("0") for time in every}


def _few(series: Sequence[str], amounts: Sequence[float]) -> list[str]:
    """Return the series of each row; the small ones together, if there are too many to distinguish."""
    totals: dict[str, float] = {}
    for name, amount in zip(series, amounts, strict=True):
        totals[name] = totals.get(name, 0.0) + amount
    if len(totals) <= limits.PLOT_SERIES:
        return list(series)
    names_kept = set(sorted(totals, key=lambda name: -totals[name])[: limits.PLOT_SERIES - 1])
    return [name if name in names_kept else OTHERS for name in series]


def _largest(bars: Mapping[Any, Mapping[str, float]]) -> list[Any]:
    ordered = sorted(bars, key=lambda key: -sum(bars[key].values()))
    return ordered[: limits.PLOT_ROWS]
