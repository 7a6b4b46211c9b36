"""The values of one run by which statistics group, and the numbers that they aggregate."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from zenpro_nb.sandbox.workspace_api.items.base import Item
from zenpro_nb.sandbox.workspace_api.items.runs import CACHED, Run
from zenpro_nb.sandbox.workspace_api.statistics.question import METADATA, TAG, TIME, Grouping, Metric

# As in a database, an absent value is null, which is a group of its own.
Key = str | None


def keys_of(run: Run, grouping: Grouping, now: datetime) -> list[Key]:
    """Return the groups that a run belongs to: several for several tags, otherwise one."""
    if grouping.kind == TAG:
        return [str(tag.name) for tag in run.tags] or [None]
    if grouping.kind == TIME:
        return [None if run.start_time is None else _BUCKETS[grouping.key](run.start_time)]
    if grouping.kind == METADATA:
        # The database groups by the stored text, in which 1, 1.0 and "1" differ.
        found = run.logged_metadata(now).get(grouping.key)
        return [None if found is None else json.dumps(found)]
    return [_PLAIN[grouping.kind](run, now)]


def decode(key: Key, grouping: Grouping) -> object:
    """Return a key as the response contains it. Metadata that is not a scalar is shown as null."""
    if key is None or grouping.kind != METADATA:
        return key
    value = json.loads(key)
    return value if isinstance(value, str | int | float | bool) else None


def number_of(run: Run, metric: Metric, now: datetime) -> float | None:
    """Return the number that a run contributes to a metric, or None."""
    if metric.source == METADATA:
        found = run.logged_metadata(now).get(metric.key)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None
    return _NUMBERS[metric.source](run, now)


def _id(item: Item | None) -> Key:
    return None if item is None else item.id


def _duration(run: Run, now: datetime) -> float | None:
    """Return the duration in seconds, null while the run is in progress or if it never started."""
    ended = run.ended(now)
    return None if run.start_time is None or ended is None else (ended - run.start_time).total_seconds()


def _steps(run: Run, now: datetime) -> float:
    return len({step.name for step in run.steps if step.exists(now)})


def _cached_steps(run: Run, now: datetime) -> float:
    return len({step.name for step in run.steps if step.exists(now) and step.status(now) == CACHED})


def _outputs(run: Run, now: datetime) -> float:
    outputs = (step.output(now) for step in run.steps if step.exists(now))
    return len({output.id for output in outputs if output is not None})


_PLAIN: Mapping[str, Callable[[Run, datetime], Key]] = {
    "status": lambda run, now: run.status(now),
    "pipeline": lambda run, now: run.snapshot.pipeline.id,
    "snapshot": lambda run, now: run.snapshot.id,
    "source_snapshot": lambda run, now: _id(run.snapshot.source),
    "stack": lambda run, now: run.snapshot.stack.id,
    "trigger": lambda run, now: _id(run.trigger),
    "user": lambda run, now: _id(run.owner),
}
_BUCKETS: Mapping[str, Callable[[datetime], str]] = {
    "hour": lambda time: time.strftime("%Y-%m-%d %H:00:00"),
    "day": lambda time: time.strftime("%Y-%m-%d"),
    "week": lambda time: (time - timedelta(days=time.weekday())).strftime("%Y-%m-%d"),
    "month": lambda time: time.strftime("%Y-%m-01"),
}
_NUMBERS: Mapping[str, Callable[[Run, datetime], float | None]] = {
    "duration": _duration,
    "step_count": _steps,
    "cached_step_count": _cached_steps,
    "output_artifact_count": _outputs,
}
