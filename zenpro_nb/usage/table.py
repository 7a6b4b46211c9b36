"""The columns of `usage`, by what the runs are grouped by and by what is counted."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from zenpro_nb.resources import Column, DataType, Display, Resource, Table
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.resources.workspace.runs import RUNS
from zenpro_nb.usage.question import METADATA_MARK, Question, question_of

# With `or`, the condition on the time would not restrict the other filters.
FILTERS = tuple(filter_ for filter_ in RUNS.filters if filter_.name != "logical_operator")

_TIMES = {unit: f"start of the {unit} in which the runs began (UTC)" for unit in ("hour", "day", "week", "month")}
DIMENSIONS: Mapping[str, Column] = {
    column.name: column
    for column in (
        WORKSPACE,
        PROJECT,
        Column("user", help="person or service account that started the runs"),
        Column("team", DataType.CATEGORY, help="team of that person; a person in two teams counts in both"),
        Column("pipeline", help="name of the pipeline"),
        Column("stack", help="name of the stack"),
        Column("snapshot", help="name of the snapshot; most have none"),
        Column("trigger", help="name of the trigger"),
        Column("tag", DataType.CATEGORY, help="tag; a run with two tags counts for both"),
        Column("status", DataType.CATEGORY, help="state of the runs", display=Display.STATE),
        *(Column(unit, DataType.TIME, help=text) for unit, text in _TIMES.items()),
    )
}
IDS: Mapping[str, Column] = {
    name: Column(f"{name}_id", DataType.ID, help=text)
    for name, text in (
        ("workspace", "the workspace"),
        ("project", "the project"),
        ("user", "the account in the control plane; missing if the workspace alone knows it"),
        ("team", "the team"),
        ("pipeline", "the pipeline"),
        ("stack", "the stack"),
        ("snapshot", "the snapshot"),
        ("trigger", "the trigger"),
    )
}
METRICS: Mapping[str, Column] = {
    column.name: column
    for column in (
        Column("runs", DataType.COUNT, help="number of runs"),
        Column("finished", DataType.COUNT, help="number of failed, completed, cached and stopped runs"),
        Column("failed", DataType.COUNT, help="number of failed runs"),
        Column("failed_share", DataType.FLOAT, help="failed runs divided by finished runs"),
        Column("hours", DataType.FLOAT, help="total duration of the finished runs, in hours"),
        Column("mean_hours", DataType.FLOAT, help="mean duration of the finished runs, in hours"),
        Column("steps", DataType.COUNT, help="number of steps"),
        Column("cached_share", DataType.FLOAT, help="steps that were found in the cache, divided by all steps"),
        Column("deployment_runs", DataType.COUNT, help="number of runs that are invocations of deployments"),
    )
}
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
    help="Count runs by who started them, where and when.\n\nCounts the runs of the last 30 days by week, in all "
    "workspaces and projects that you can read. The servers count them, so a large history takes seconds.",
    columns=(*DIMENSIONS.values(), *METRICS.values(), *IDS.values()),
    filters=FILTERS,
    plotted="runs",
    plot_help="Also draw the first number as a chart: over time (UTC), or by the first column of --by.",
)


def dimensions_of(question: Question) -> list[str]:
    """Return the columns that identify a row: those of `--by`, each after the place where its objects are."""
    names: list[str] = []
    for dimension in question.by:
        names += [*dimensions_before(dimension.name), dimension.name]
    return list(dict.fromkeys(names))


def dimensions_before(name: str) -> tuple[str, ...]:
    """Return the columns that say where the objects of a dimension are."""
    return _PLACES.get(name, ())


def columns_of(question: Question) -> tuple[Column, ...]:
    """Return the columns of the result, with ids last."""
    names = dimensions_of(question)
    dimensions = [DIMENSIONS.get(name) or _of_metadata(name) for name in names]
    metrics = [METRICS.get(metric.name) or _logged(metric.name, metric.key) for metric in question.metrics]
    return (*dimensions, *metrics, *(IDS[name] for name in names if name in IDS))


def resource_of(question: Question) -> Resource:
    """Return the declaration of the result."""
    return replace(USAGE, columns=columns_of(question))


def _of_metadata(name: str) -> Column:
    return Column(name, help=f"logged value of {name.removeprefix(METADATA_MARK)}")


def _logged(name: str, key: str) -> Column:
    return Column(name, DataType.FLOAT, help=f"logged values of {key}")


# The finest rows that are kept: the table `usage` of queries, and the usage in captures.
DAILY_BY = ("project", "pipeline", "user", "day")
DAILY_METRICS = ("runs", "finished", "failed", "hours")
DAILY_SINCE = "90d"
DAILY = resource_of(question_of(",".join(DAILY_BY), DAILY_METRICS))
