"""Group runs, aggregate their numbers, and keep as many groups as requested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product

from msgspec import Struct, field

from zenpro_nb.sandbox.workspace_api.items.base import Fields
from zenpro_nb.sandbox.workspace_api.items.runs import Run
from zenpro_nb.sandbox.workspace_api.statistics.question import TAG, TIME, Metric, Question
from zenpro_nb.sandbox.workspace_api.statistics.values import Key, decode, keys_of, number_of


class _Group(Struct):
    """The runs of a group, and the numbers that they contribute to each metric."""

    runs: int = 0
    numbers: dict[str, list[float]] = field(default_factory=dict)

    def add(self, numbers: Mapping[str, float | None]) -> None:
        """Add a run."""
        self.runs += 1
        for name, number in numbers.items():
            if number is not None:
                self.numbers.setdefault(name, []).append(number)


def answer(question: Question, runs: Iterable[Run], now: datetime) -> Fields:
    """Return the response to a request about these runs."""
    groups: dict[tuple[Key, ...], _Group] = {}
    for run in runs:
        numbers = {metric.name: number_of(run, metric, now) for metric in question.metrics}
        for keys in dict.fromkeys(_keys(run, question, now)):
            groups.setdefault(keys, _Group()).add(numbers)
    if not question.groupings and not groups:
        groups[()] = _Group()  # an aggregate over nothing is one row too
    group_rows, truncated = _order(question, groups)
    return {"groups": [_group_body(question, keys, groups[keys]) for keys in group_rows], "truncated": truncated}


def _keys(run: Run, question: Question, now: datetime) -> list[tuple[Key, ...]]:
    """Return the groups of a run. Two groupings by tag share one join, so they always show the same tag."""
    per_grouping = [keys_of(run, grouping, now) for grouping in question.groupings]
    tags = [position for position, grouping in enumerate(question.groupings) if grouping.kind == TAG]
    combinations = product(*per_grouping)
    return [keys for keys in combinations if len({keys[position] for position in tags}) <= 1]


def _order(question: Question, groups: Mapping[tuple[Key, ...], _Group]) -> tuple[list[tuple[Key, ...]], bool]:
    """Return the groups that are kept, in order, and whether some were left out.

    With a time, the newest are kept and shown in ascending order; otherwise those with the most runs come first.
    """
    times = [position for position, grouping in enumerate(question.groupings) if grouping.kind == TIME]
    truncated = len(groups) > question.max_groups
    if times:
        newest_first = sorted(groups, key=lambda keys: _sortable((keys[times[0]], *keys)), reverse=True)
        return newest_first[: question.max_groups][::-1], truncated
    by_count = sorted(groups, key=lambda keys: (-groups[keys].runs, _sortable(keys)))
    return by_count[: question.max_groups], truncated


def _sortable(keys: Sequence[Key]) -> list[tuple[bool, str]]:
    """Return keys in a form that can be ordered: null is the smallest, as in SQL."""
    return [(key is not None, key or "") for key in keys]


def _group_body(question: Question, keys: Sequence[Key], group: _Group) -> Fields:
    pairs = zip(question.groupings, keys, strict=True)
    metrics = {metric.name: _aggregate(metric, group.numbers.get(metric.name, [])) for metric in question.metrics}
    return {
        "group_keys": {grouping.name: decode(key, grouping) for grouping, key in pairs},
        "metrics": metrics,
        "run_count": group.runs,
    }


def _aggregate(metric: Metric, numbers: Sequence[float]) -> float | None:
    if not numbers:
        return None
    if metric.aggregation == "avg":
        return sum(numbers) / len(numbers)
    if metric.aggregation == "sum":
        return sum(numbers)
    return min(numbers) if metric.aggregation == "min" else max(numbers)
