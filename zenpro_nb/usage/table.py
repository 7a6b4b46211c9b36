"""The columns of `usage`, by what the runs are grouped by and by what is counted."""

from __future__ import annotations

from msgspec.structs import replace

from zenpro_nb.resources import Column, DataType, Resource, Table
from zenpro_nb.resources.usage import DAILY_BY, DIMENSIONS, IDS, METRICS
from zenpro_nb.resources.workspace.runs import RUNS
from zenpro_nb.usage.question import METADATA_MARK, UsageQuery, question_of

# With `or`, the condition on the time would not restrict the other filters.
FILTERS = tuple(filter_ for filter_ in RUNS.filters if filter_.name != "logical_operator")

# The columns that say where an object is, because its name can occur in several workspaces and projects.
_PLACES = {
    "project": ("workspace",),
    "stack": ("workspace",),
    "pipeline": ("workspace", "project"),
    "snapshot": ("workspace", "project"),
    "trigger": ("workspace", "project"),
}

USAGE = Table(
    noun="usage",
    help="Count runs by who started them, where, and when.\n\nBy default, counts the runs of the last 30 days by "
    "week, in all workspaces and projects that you can read. The servers count them, so even a large history "
    "takes seconds.",
    columns=(*DIMENSIONS.values(), *METRICS.values(), *IDS.values()),
    filters=FILTERS,
    plotted="runs",
    plot_help="Also draw the first number as a chart: over time (UTC), or by the first column of --by.",
)


def dimensions_of(question: UsageQuery) -> list[str]:
    """Return the columns that identify a row: those of `--by`, each after the place where its objects are."""
    names: list[str] = []
    for dimension in question.by:
        names += [*dimensions_before(dimension.name), dimension.name]
    return list(dict.fromkeys(names))


def dimensions_before(name: str) -> tuple[str, ...]:
    """Return the columns that say where the objects of a dimension are."""
    return _PLACES.get(name, ())


def columns_of(question: UsageQuery) -> tuple[Column, ...]:
    """Return the columns of the result, with ids last."""
    names = dimensions_of(question)
    dimensions = [DIMENSIONS.get(name) or _of_metadata(name) for name in names]
    metrics = [METRICS.get(metric.name) or _logged_sum(metric.name, metric.key) for metric in question.metrics]
    return (*dimensions, *metrics, *(IDS[name] for name in names if name in IDS))


def resource_of(question: UsageQuery) -> Resource:
    """Return the declaration of the result."""
    return replace(USAGE, columns=columns_of(question), deciding=_deciding(question))


def _deciding(question: UsageQuery) -> tuple[str, ...]:
    """Return the first number beside what the runs are grouped by, the other numbers, and the places of the objects."""
    first, *others = [metric.name for metric in question.metrics]
    names = [*question.names[:1], first, *question.names[1:], *others]
    return tuple(dict.fromkeys([*names, *dimensions_of(question)]))


def _of_metadata(name: str) -> Column:
    return Column(name, help=f"logged value of {name.removeprefix(METADATA_MARK)}")


def _logged_sum(name: str, key: str) -> Column:
    return Column(name, DataType.FLOAT, help=f"logged values of {key}")


# The finest rows: the table `usage` of queries, and the usage in captures.
DAILY_METRICS = ("runs", "finished", "failed", "hours")
DAILY_SINCE = "90d"
DAILY = question_of(",".join(DAILY_BY), DAILY_METRICS)
