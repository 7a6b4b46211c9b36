"""Deliver the counts of a list instead of its rows (`--by`)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.framework.lists import charts
from zenpro_nb.framework.lists.grouping import COUNT, Grouping
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.resources import Resource
from zenpro_nb.resources.nouns import singular, words
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.pictures.bars import Bars
    from zenpro_nb.pictures.timeline import Timeline


def counts_of(
    grouping: Grouping,
    frame: frames.Table,
    options: ListOptions,
    resource: Resource | None,
) -> tuple[pd.DataFrame, ListOptions, charts.Picture]:
    """Return the table of counts, the options for it, and its chart.

    Args:
        grouping: what is counted.
        frame: the rows of the list, with the columns that are needed.
        resource: how to draw the list.
    """
    rows = options.where.rows(frames.as_frame(frame))
    counts = frames.declare(grouping.count(rows), grouping.resource)
    facts = frames.facts(rows)
    noun = str(facts.get("noun") or "")
    what = counted(len(rows), singular(noun) if noun.endswith("s") else "row")
    counts.attrs["zenpro"] = {**facts, **frames.facts(counts), "rows": len(counts), "summary": f"{what} counted"}
    options = replace(
        options,
        grouping=None,
        columns=grouping.columns,
        sort=grouping.sort,
        limit=grouping.limit,
        where=options.where.without(options.where.conditions),
    )
    return counts, options, partial(_chart_of, grouping, rows, resource)


def _chart_of(
    grouping: Grouping, rows: pd.DataFrame, resource: Resource | None, counts: pd.DataFrame, note: str
) -> Timeline | Bars:
    """Return the usual chart of a list by day, or bars for other counts."""
    from zenpro_nb.pictures.bars import Bars  # as in `charts`
    from zenpro_nb.pictures.stacking import MISSING, joint_labels, plain_values, stacked
    from zenpro_nb.pictures.timeline import Timeline

    noun = str(frames.facts(rows).get("noun") or "rows")
    if grouping.by == ("day",) and resource is not None and grouping.time == charts.TIME:
        return Timeline.of(rows, noun, charts.TIME, resource.plotted, note)
    unit = next((name for name in grouping.by if name in grouping.periods), None)
    timed = counts[counts[unit].notna()] if unit else counts
    labels = [
        [MISSING if value is None else str(value) for value in plain_values(timed[name])]
        for name in grouping.by
        if name != unit
    ]
    keys = plain_values(timed[unit]) if unit else joint_labels(labels[:1], len(timed))
    series = joint_labels(labels if unit else labels[1:], len(timed))
    names, values, cut = stacked(keys, series, [float(count) for count in timed[COUNT]], unit=unit)
    notes = ", ".join(filter(None, [note, cut]))
    title = f"{words(noun).capitalize()} by {' and '.join(grouping.by)}{', UTC' if unit else ''}"
    return Bars(f"{title} ({notes})" if notes else title, names, values, is_time=bool(unit))
