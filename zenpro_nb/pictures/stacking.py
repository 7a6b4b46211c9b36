"""Add up amounts into the bars of a chart: over time, or the largest ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zenpro_nb import limits
from zenpro_nb.pictures.bars import OTHERS

if TYPE_CHECKING:
    import pandas as pd

MISSING = "none"
_FORMS = {"hour": "%d %b %H:%M", "day": "%d %b", "week": "%d %b", "month": "%b %Y"}
_FREQUENCIES = {"hour": "h", "day": "D", "week": "7D", "month": "MS"}


def stacked(
    keys: Sequence[Any], series: Sequence[str], amounts: Sequence[float], *, unit: str | None
) -> tuple[list[str], list[Mapping[str, float]], str]:
    """Return the labels of the bars, their parts by series, and a note if some bars are left out.

    Args:
        keys: the bar of each amount: a time if there is a unit, otherwise a label.
        series: the part of the bar that each amount belongs to.
        unit: `hour`, `day`, `week`, or `month`; without one, the largest bars come first.
    """
    labels = _times(keys, unit) if unit else {key: key for key in keys}
    bars: dict[Any, dict[str, float]] = {key: {} for key in labels}
    for key, name, amount in zip(keys, _few(series, amounts), amounts, strict=True):
        bars[key][name] = bars[key].get(name, 0.0) + amount
    shown = list(bars)[-limits.PLOT_DAYS :] if unit else _largest(bars)
    note = f"the {'last' if unit else 'largest'} {len(shown)} of {len(bars):,}" if len(shown) < len(bars) else ""
    return [labels[key] for key in shown], [bars[key] for key in shown], note


def joint_labels(columns: Sequence[Sequence[str]], rows: int) -> list[str]:
    """Return the labels of each row in these columns, as one text.

    >>> joint_labels([["ml-prod", "ml-dev"], ["failed", "failed"]], 2), joint_labels([], 1)
    (['ml-prod · failed', 'ml-dev · failed'], [''])
    """
    return [" · ".join(row) for row in zip(*columns, strict=True)] if columns else [""] * rows


def plain_values(column: pd.Series) -> list[Any]:
    """Return the values of a column, with None for missing ones."""
    values = column.astype(object)
    return list(values.where(column.notna(), None))


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
