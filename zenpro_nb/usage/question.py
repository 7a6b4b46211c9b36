"""What `usage` is asked: the dimensions of `--by` and the numbers of `--metric`, checked and translated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.usage.groups import METADATA, TAG, TIME, Grouping, Metric

UNITS = ("hour", "day", "week", "month")
BY = ("user", "team", "workspace", "project", "pipeline", "stack", "snapshot", "trigger", TAG, "status", *UNITS)
METADATA_MARK = "metadata:"
DEFAULT_BY, DEFAULT_METRICS = "week", "runs,failed_share,hours"

RUNS, FINISHED, FAILED, FAILED_SHARE = "runs", "finished", "failed", "failed_share"
HOURS, MEAN_HOURS, STEPS, CACHED_SHARE, DEPLOYMENT_RUNS = (
    "hours",
    "mean_hours",
    "steps",
    "cached_share",
    "deployment_runs",
)
PEOPLE = "people"
METRICS = (RUNS, FINISHED, FAILED, FAILED_SHARE, HOURS, MEAN_HOURS, STEPS, CACHED_SHARE, PEOPLE, DEPLOYMENT_RUNS)
AGGREGATIONS = ("sum", "min", "max")
# The numbers for which runs are counted by their state.
_OF_STATES = frozenset({FINISHED, FAILED, FAILED_SHARE, HOURS, MEAN_HOURS})

STATUS = Grouping("status", "status")
USER = Grouping("user", "user")
SECONDS = Metric("seconds", "sum", "duration")
ALL_STEPS = Metric("steps", "sum", "step_count")
CACHED_STEPS = Metric("cached_steps", "sum", "cached_step_count")


class Dimension(Struct, frozen=True):
    """One dimension of `--by`.

    Attributes:
        name: the column.
        grouping: how the server is asked for it; None if each server or project has one value.
    """

    name: str
    grouping: Grouping | None


class Number(Struct, frozen=True):
    """One number of `--metric`.

    Attributes:
        name: the column.
        key: the key of metadata; "" for the numbers in `METRICS`.
        aggregation: sum, min or max of metadata.
    """

    name: str
    key: str = ""
    aggregation: str = ""

    @property
    def sent(self) -> Metric:
        """Return the metric of metadata in the form that is sent."""
        return Metric(f"logged:{self.name}", self.aggregation, METADATA, self.key)


class UsageQuery(Struct, frozen=True):
    """The dimensions and numbers of one `usage`."""

    by: Sequence[Dimension]
    metrics: Sequence[Number]

    @property
    def names(self) -> list[str]:
        """Return the names of the dimensions."""
        return [dimension.name for dimension in self.by]

    @property
    def unit(self) -> str:
        """Return the unit of time; "" without one."""
        return next((name for name in self.names if name in UNITS), "")

    @property
    def overlaps(self) -> list[str]:
        """Return the dimensions in which a run can count several times: its rows do not add up."""
        return [name for name in self.names if name in ("team", TAG)]

    def has(self, *names: str) -> bool:
        """Return whether one of these numbers is wanted."""
        return any(metric.name in names for metric in self.metrics)

    @property
    def groupings(self) -> list[Grouping]:
        """Return the groupings that are sent: users for teams and people, and states for numbers of states."""
        sent = [dimension.grouping for dimension in self.by if dimension.grouping is not None]
        sent += [USER] if self.has(PEOPLE) else []
        return list(dict.fromkeys([*sent, *self.total_groupings]))

    @property
    def total_groupings(self) -> list[Grouping]:
        """Return the groupings of the total."""
        return [STATUS] if self.has(*_OF_STATES) else []

    @property
    def sent_metrics(self) -> list[Metric]:
        """Return the metrics that are sent."""
        sent = [SECONDS] if self.has(HOURS, MEAN_HOURS) else []
        sent += [ALL_STEPS] if self.has(STEPS, CACHED_SHARE) else []
        sent += [CACHED_STEPS] if self.has(CACHED_SHARE) else []
        return [*sent, *(metric.sent for metric in self.metrics if metric.key)]


def question_of(by: str | None, metrics: Sequence[str]) -> UsageQuery:
    """Return the question of the typed options.

    Raises:
        UsageError: a value is unknown, is given twice, or there are two units of time.

    >>> question_of("team,week", ["runs", "cost=metadata:usd:sum"]).names
    ['team', 'week']
    """
    dimensions = [_dimension(text) for text in _split([by or DEFAULT_BY])]
    if not dimensions:
        raise UsageError("--by is empty", hint=f"Name at least one of: {', '.join(BY)}, {METADATA_MARK}KEY.")
    units = [dimension.name for dimension in dimensions if dimension.name in UNITS]
    if len(units) > 1:
        raise UsageError(f"--by can contain one unit of time, not {' and '.join(units)}", hint="Omit one of them.")
    numbers = [_number(text) for text in _split(metrics or [DEFAULT_METRICS])]
    for name in (number.name for number in numbers):
        if name in {dimension.name for dimension in dimensions} or (name in BY):
            raise UsageError(f"--metric {name}: a column of --by has this name", hint="Choose another name.")
    return UsageQuery(list(dict.fromkeys(dimensions)), list({number.name: number for number in numbers}.values()))


def _split(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from (part.strip() for part in text.split(",") if part.strip())


def _dimension(text: str) -> Dimension:
    if text.startswith(METADATA_MARK) and (key := text.removeprefix(METADATA_MARK)):
        return Dimension(text, Grouping(text, METADATA, key))
    if text not in BY:
        hint = f"Known: {', '.join(BY)}, {METADATA_MARK}KEY."
        raise UsageError(f"--by {text!r} is unknown", hint=f"{did_you_mean(text, BY)} {hint}".strip())
    if text in UNITS:
        return Dimension(text, Grouping("time", TIME, text))
    if text in ("workspace", "project"):
        return Dimension(text, None)
    return Dimension(text, USER if text == "team" else Grouping(text, text))


def _number(text: str) -> Number:
    name, equals, source = text.partition("=")
    if not equals:
        if text not in METRICS:
            hint = f"Known: {', '.join(METRICS)}, NAME=metadata:KEY:{'|'.join(AGGREGATIONS)}."
            raise UsageError(f"--metric {text!r} is unknown", hint=f"{did_you_mean(text, METRICS)} {hint}".strip())
        return Number(text)
    key, _, aggregation = source.removeprefix(METADATA_MARK).rpartition(":")
    if not name or not source.startswith(METADATA_MARK) or not key or aggregation not in AGGREGATIONS:
        example = "cost=metadata:usd:sum"
        raise UsageError(
            f"--metric {text!r} is not NAME=metadata:KEY:{'|'.join(AGGREGATIONS)}",
            hint=f"Write for example {example}. For a mean, divide the sum by a count in pandas.",
        )
    if name in METRICS:
        raise UsageError(f"--metric {name}: zenpro already has a metric of this name", hint="Choose another name.")
    return Number(name, key, aggregation)
