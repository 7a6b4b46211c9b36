"""Groups of runs as a workspace counts them: what is requested, and how partial results are combined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb.errors import UnexpectedAnswerError

Key = str | int | float | bool | None

TIME, METADATA, TAG = "time", "metadata", "tag"


class Grouping(Struct, frozen=True):
    """One dimension of a request (API facts 12.1).

    Attributes:
        name: the name of its values in the response.
        kind: status, pipeline, snapshot, stack, trigger, user, tag, time or metadata.
        key: the unit of a time, or the key of metadata.
    """

    name: str
    kind: str
    key: str = ""

    @property
    def sent(self) -> dict[str, str]:
        """Return the grouping in the form that is sent."""
        extra = {TIME: "granularity", METADATA: "metadata_key"}.get(self.kind)
        return {"name": self.name, "type": self.kind, **({extra: self.key} if extra else {})}


class Metric(Struct, frozen=True):
    """One number per group. Means are not requested: they cannot be combined (see `combined`).

    Attributes:
        name: the name of its value in the response.
        aggregation: sum, min or max.
        source: duration, step_count, cached_step_count, output_artifact_count or metadata.
        key: the key of metadata.
    """

    name: str
    aggregation: str
    source: str
    key: str = ""

    @property
    def sent(self) -> dict[str, str]:
        """Return the metric in the form that is sent."""
        extra = {"metadata_key": self.key} if self.source == METADATA else {}
        return {"name": self.name, "aggregation": self.aggregation, "source": self.source, **extra}


class RunGroup(Struct, frozen=True):
    """The number of runs of a group, and its metrics; a metric without any value is None."""

    keys: tuple[Key, ...]
    runs: int
    metrics: Mapping[str, float | None] = {}


def parse_row(answer: Mapping[str, Any], groupings: Sequence[Grouping]) -> tuple[list[RunGroup], bool]:
    """Return the groups of a response, and whether the server left some out.

    Raises:
        UnexpectedAnswerError: the response does not contain groups.
    """
    entries = answer.get("groups")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnexpectedAnswerError("The server did not return statistics of runs", hint="Its version may be too new.")
    groups = [
        RunGroup(
            tuple((entry.get("group_keys") or {}).get(grouping.name) for grouping in groupings),
            int(entry.get("run_count") or 0),
            entry.get("metrics") or {},
        )
        for entry in entries
    ]
    return groups, bool(answer.get("truncated"))


def combine(parts: Iterable[Sequence[RunGroup]], metrics: Sequence[Metric]) -> list[RunGroup]:
    """Return the groups of several sets of runs that have no run in common: counts and sums are added.

    >>> parts = [RunGroup(("a",), 2, {"s": 3.0})], [RunGroup(("a",), 1, {"s": None})]
    >>> combine(parts, [Metric("s", "sum", "duration")])
    [RunGroup(keys=('a',), runs=3, metrics={'s': 3.0})]
    """
    aggregations = {metric.name: metric.aggregation for metric in metrics}
    groups: dict[tuple[Any, ...], RunGroup] = {}
    for group in (group for part in parts for group in part):
        # 1, 1.0 and True are equal in Python, but are different values of metadata.
        identity = tuple((type(key), key) for key in group.keys)
        other = groups.get(identity)
        groups[identity] = group if other is None else _sum_of(other, group, aggregations)
    return list(groups.values())


def _sum_of(first: RunGroup, other: RunGroup, aggregations: Mapping[str, str]) -> RunGroup:
    metrics = {
        name: aggregate(aggregation, [first.metrics.get(name), other.metrics.get(name)])
        for name, aggregation in aggregations.items()
    }
    return RunGroup(first.keys, first.runs + other.runs, metrics)


def aggregate(aggregation: str, values: Iterable[float | None]) -> float | None:
    """Return the sum, the minimum or the maximum of the values that exist; None without any.

    >>> aggregate("sum", [1, None, 2]), aggregate("max", [None])
    (3, None)
    """
    numbers = [value for value in values if value is not None]
    if not numbers:
        return None
    if aggregation == "sum":
        return sum(numbers)
    return min(numbers) if aggregation == "min" else max(numbers)
