"""The columns of runs that were counted: what they are grouped by, and the numbers."""

from __future__ import annotations

from collections.abc import Mapping

from zenpro_nb.resources.model import PERIODS, Column, DataType, Display
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE

_START = "start of the {} in which the runs began (UTC)"
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
        Column("hour", DataType.TIME, help=_START.format("hour")),
        *(Column(unit, DataType.TIME, help=_START.format(unit), display=Display.DAY) for unit in PERIODS),
    )
}
IDS: Mapping[str, Column] = {
    name: Column(f"{name}_id", DataType.ID, help=text)
    for name, text in (
        ("workspace", "the workspace"),
        ("project", "the project"),
        ("user", "the account in the control plane; missing if only the workspace knows the user"),
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
        Column("finished", DataType.COUNT, help="number of failed, completed, cached, and stopped runs"),
        Column("failed", DataType.COUNT, help="number of failed runs"),
        Column("failed_share", DataType.FLOAT, help="failed runs divided by finished runs", display=Display.SHARE),
        Column("hours", DataType.FLOAT, help="total duration of the finished runs, in hours", display=Display.HOURS),
        Column(
            "mean_hours", DataType.FLOAT, help="mean duration of the finished runs, in hours", display=Display.HOURS
        ),
        Column("steps", DataType.COUNT, help="number of steps"),
        Column(
            "cached_share",
            DataType.FLOAT,
            help="steps that were found in the cache, divided by all steps",
            display=Display.SHARE,
        ),
        Column("people", DataType.COUNT, help="number of people who started the runs, without service accounts"),
        Column("deployment_runs", DataType.COUNT, help="number of runs that are invocations of deployments"),
    )
}

# The dimensions of the finest rows that are kept, in captures and as a table of queries, and their columns.
DAILY_BY = ("project", "pipeline", "user", "day")
DAILY_COLUMNS = (
    *(DIMENSIONS[name] for name in ("workspace", *DAILY_BY)),
    *(METRICS[name] for name in ("runs", "finished", "failed", "hours")),
    *(IDS[name] for name in ("workspace", "project", "pipeline", "user")),
)
