"""Count runs one by one, for servers without statistics: the same groups and numbers, from the records of the runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from zenpro_nb.usage.groups import METADATA, TAG, TIME, Grouping, Key, Metric, RunGroup, aggregate

SCHEDULE, DEPLOYMENT = "schedule", "deployment"

_ORIGINS = {SCHEDULE: "resources.schedule.id", DEPLOYMENT: "metadata.trigger_info.deployment_id"}
_BUCKETS = {
    "hour": "%Y-%m-%d %H:00:00",
    "day": "%Y-%m-%d",
    "week": "%Y-%m-%d",
    "month": "%Y-%m-01",
}
# The path of each id in the record of a run, and where older servers have it (API facts 9.5).
_PLACES: Mapping[str, tuple[str, ...]] = {
    "status": ("body.status",),
    "user": ("body.user_id", "resources.user.id", "body.user.id"),
    "pipeline": ("resources.pipeline.id", "body.pipeline_id", "body.pipeline.id"),
    "snapshot": ("resources.snapshot.id", "body.snapshot_id", "body.deployment_id"),
    "source_snapshot": ("resources.source_snapshot.id",),
    "stack": ("resources.stack.id", "body.stack.id"),
    "trigger": ("resources.trigger.id",),
}


def has_origin(record: Mapping[str, Any], origin: str) -> bool:
    """Return whether a run was started by a schedule or a deployment; always true without an origin."""
    return not origin or _at(record, _ORIGINS[origin]) is not None


def tally(
    records: Iterable[Mapping[str, Any]], groupings: Sequence[Grouping], metrics: Sequence[Metric]
) -> list[RunGroup]:
    """Return the groups of these runs, as the statistics of a server would return them.

    Numbers of steps are not in the record of a run, so their metrics are None.
    """
    values: dict[tuple[Any, ...], list[dict[str, float | None]]] = {}
    for record in records:
        numbers = {metric.name: _number(record, metric) for metric in metrics}
        for keys in dict.fromkeys(product(*(_keys(record, grouping) for grouping in groupings))):
            values.setdefault(tuple((type(key), key) for key in keys), []).append(numbers)
    if not groupings and not values:
        values[()] = []
    return [
        RunGroup(
            tuple(key for _, key in identity),
            len(rows),
            {metric.name: aggregate(metric.aggregation, [row[metric.name] for row in rows]) for metric in metrics},
        )
        for identity, rows in values.items()
    ]


def _keys(record: Mapping[str, Any], grouping: Grouping) -> list[Key]:
    if grouping.kind == TAG:
        tags = _at(record, "resources.tags") or _at(record, "body.tags") or []
        return [tag.get("name") if isinstance(tag, dict) else str(tag) for tag in tags] or [None]
    if grouping.kind == TIME:
        started = _time(record, "start_time")
        if started is None:
            return [None]
        monday = timedelta(days=started.weekday() if grouping.key == "week" else 0)
        return [(started - monday).strftime(_BUCKETS[grouping.key])]
    if grouping.kind == METADATA:
        value = _metadata(record, grouping.key)
        return [value if isinstance(value, str | int | float | bool) else None]
    return [next((found for place in _PLACES[grouping.kind] if (found := _at(record, place))), None)]


def _number(record: Mapping[str, Any], metric: Metric) -> float | None:
    if metric.source == METADATA:
        value = _metadata(record, metric.key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if metric.source != "duration":
        return None
    started, ended = _time(record, "start_time"), _time(record, "end_time")
    return None if started is None or ended is None else (ended - started).total_seconds()


def _metadata(record: Mapping[str, Any], key: str) -> Any:
    metadata = _at(record, "metadata.run_metadata")
    return metadata.get(key) if isinstance(metadata, dict) else None


def _time(record: Mapping[str, Any], field: str) -> datetime | None:
    text = _at(record, f"metadata.{field}") or _at(record, f"body.{field}")
    if not isinstance(text, str):
        return None
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def _at(record: Mapping[str, Any], path: str) -> Any:
    value: Any = record
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
