"""Choose what `usage --plot` draws: the first number of the result, over time or by category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zenpro_nb.errors import UsageError
from zenpro_nb.frames import facts
from zenpro_nb.pictures.bars import Bars
from zenpro_nb.pictures.stacking import MISSING, joint_labels, plain_values, stacked
from zenpro_nb.usage import question as q
from zenpro_nb.usage.question import UsageQuery
from zenpro_nb.usage.table import dimensions_before

if TYPE_CHECKING:
    import pandas as pd

STATUS = "status"
_ID = 8  # characters of an id that distinguish objects with the same name
_STACKED = (q.RUNS, q.FINISHED, q.FAILED, q.HOURS, q.STEPS, q.DEPLOYMENT_RUNS)
_SHARES = (q.FAILED_SHARE, q.CACHED_SHARE)
_PERCENT = 100.0
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
        series = joint_labels([_labels(timed, name) for name in names], len(timed))
        keys: Sequence[Any] = list(timed[unit])
    else:
        series = joint_labels([_labels(timed, name) for name in names[1:]], len(timed))
        keys = joint_labels([_labels(timed, name) for name in names[:1]], len(timed))
    amounts = [float(value) * factor for value in timed[number]]
    labels, values, cut = stacked(keys, series, amounts, unit=unit)
    notes += [cut] if cut else []
    by = " and ".join([*([unit] if unit else []), *names])
    title = f"{_subject(frame, number)} by {by}{', UTC' if unit else ''}"
    return Bars(
        f"{title} ({', '.join(notes)})" if notes else title,
        labels,
        values,
        _UNITS.get(number, ""),
        is_time=bool(unit),
    )


def _subject(frame: pd.DataFrame, number: str) -> str:
    """Return what the bars count: the number, with the status that all runs have."""
    status = (facts(frame).get("filters") or {}).get(STATUS)
    has_one = number == q.RUNS and isinstance(status, str) and status.isalpha()
    return f"{status} {number}".capitalize() if has_one else number.replace("_", " ").capitalize()


def _labels(frame: pd.DataFrame, name: str) -> list[str]:
    """Return the labels of a column; objects with the same name have their place or the start of their id added."""
    labels = [MISSING if value is None else str(value) for value in plain_values(frame[name])]
    if f"{name}_id" not in frame.columns:
        return labels
    ids = [str(value or "") for value in plain_values(frame[f"{name}_id"])]
    ids_of: dict[str, set[str]] = {}
    for label, key in zip(labels, ids, strict=True):
        ids_of.setdefault(label, set()).add(key)
    places = [
        [str(value) for value in plain_values(frame[place])]
        for place in dimensions_before(name)
        if place in frame.columns
    ]
    where = ["/".join(parts) for parts in zip(*places, strict=True)] if places else [key[:_ID] for key in ids]
    return [
        f"{label} ({place})" if len(ids_of[label]) > 1 and place else label
        for label, place in zip(labels, where, strict=True)
    ]
