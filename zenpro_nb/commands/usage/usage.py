"""usage: count the runs of all workspaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from zenpro_nb import frames, limits
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.parameters import ThingType
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.declare import ColumnsType, CommandContext, ListOptions, Opt, Org, listing
from zenpro_nb.query import ALL, note
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.runs import RUNS
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.timespec import FORMS, in_days, parse_time, require_days
from zenpro_nb.usage import assemble, chart
from zenpro_nb.usage import question as q
from zenpro_nb.usage.question import UsageQuery, question_of
from zenpro_nb.usage.table import USAGE, columns_of, resource_of
from zenpro_nb.workspaces import counting
from zenpro_nb.workspaces.counting import CountScope
from zenpro_nb.workspaces.statistics import ROUTE, Window
from zenpro_nb.workspaces.targets import AVAILABLE, Target
from zenpro_nb.workspaces.usage import CountedWorkspace, places, window_of

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.pictures.bars import Bars

_WHY_OVERLAP = {"team": "a person in several teams counts in each", "tag": "a run with several tags counts for each"}

By = Annotated[
    str,
    Opt(
        "--by",
        type=ColumnsType([*q.BY, q.METADATA_MARK]),
        help=f"Group by these columns: {', '.join(q.BY)}, {q.METADATA_MARK}KEY. At most one unit of time. Default: "
        f"{q.DEFAULT_BY}.",
    ),
]
Metrics = Annotated[
    tuple[str, ...],
    Opt(
        "--metric",
        type=ColumnsType(q.METRICS),
        help=f"Show these numbers: {', '.join(q.METRICS)}, or NAME=metadata:KEY:{'|'.join(q.AGGREGATIONS)} for logged "
        f"values. Can be repeated. Default: {q.DEFAULT_METRICS}.",
    ),
]
Since = Annotated[
    str,
    Opt("--since", metavar="TIME", help=f"Count runs created since this time: {FORMS}. With --by day, from 00:00 UTC."),
]
NoDeployments = Annotated[bool, Opt("--no-deployments", help="Leave out runs that are invocations of deployments.")]
EveryWorkspace = Annotated[
    tuple[str, ...],
    Opt(
        "--workspace",
        type=ThingType("workspaces", or_all=True),
        help="Select the workspace, by name or ID. Can be repeated. Default: all workspaces of the organization.",
    ),
]
EveryProject = Annotated[
    tuple[str, ...],
    Opt(
        "--project",
        type=ThingType("projects", or_all=True),
        help="Select the project, by name or ID. Can be repeated. Default: all projects that you can read.",
    ),
]


def _columns(ctx: CommandContext, by: str, metric: Sequence[str], **_: Any) -> Resource:
    return resource_of(question_of(by, metric))


def _picture(frame: pd.DataFrame, note: str, by: str, metric: Sequence[str], **_: Any) -> Bars:
    return chart.chart_of(frame, question_of(by, metric), note)


@listing(USAGE, leave_out=("raw", "by"), columns_for=_columns, picture=_picture)
def usage(
    ctx: CommandContext,
    options: ListOptions,
    by: By = q.DEFAULT_BY,
    metric: Metrics = (),
    since: Since = "30d",
    no_deployments: NoDeployments = False,
    workspace: EveryWorkspace = (),
    project: EveryProject = (),
    org: Org = None,
) -> pd.DataFrame:
    """Count the runs of an organization.

    Examples:
        # Count the runs of the last 30 days by week
        usage
        # Compare the teams over 90 days
        usage --by team,week --since 90d
        # Count the runs of each pipeline by status in one workspace
        usage --by pipeline,status --workspace ml-prod
        # Find the projects with the most run hours
        usage --by workspace,project --metric runs,hours --sort -hours
        # Count the failed runs of each pipeline
        usage --by pipeline --status failed --metric runs
        # Also draw a chart
        usage --by week,status --metric runs --plot
    """
    session, question = ctx.session, question_of(by, metric)
    _check(question, options, no_deployments=no_deployments)
    scope = CountScope(
        question,
        _window(since, whole_days=question.unit == "day"),
        _sent_filters(options.filters),
        project,
        deployments=no_deployments or question.has(q.DEPLOYMENT_RUNS),
    )
    found = _places(ctx, question, workspace, org)
    teams = counting.teams_of(session, org) if "team" in question.names else {}
    with ctx.ui.progress("usage", "count") as advance:
        usage_ = counting.read_usage(session, found, scope, advance)
    result = assemble.assemble_table(question, usage_.projects, teams, without_deployments=no_deployments)
    frame = frames.declare(frames.with_types(columns_of(question), result.rows), resource_of(question))
    answer: dict[str, Any] = {} if len(frame) else {frames.ANSWER: _nothing(scope, len(usage_.workspaces))}
    note(
        session,
        frame,
        route=ROUTE,
        filters=scope.filters,
        **_coverage(usage_),
        since=scope.window.since.isoformat(),
        until=scope.window.until.isoformat(),
        by=question.names,
        total=dict(result.total),
        summary=_summary(question, frame, result.total, found, no_deployments=no_deployments),
        **answer,
    )
    if not metric and chart.STATUS in scope.filters:
        frames.with_folded(frame, [q.FAILED_SHARE])  # the same for all runs with one status
    _report(ctx, usage_, names=[place.name for place in found] if workspace and ALL not in workspace else ())
    return frame


def _coverage(usage_: counting.Usage) -> dict[str, Any]:
    """Return the workspaces that were counted, those that were not, and the method."""
    return {
        "workspaces": list(usage_.workspaces),
        "failed": [gap.row for gap in usage_.gaps if not gap.asleep],
        "gaps": [gap.row for gap in usage_.gaps],
        "method": "runs" if usage_.by_runs else "statistics",
        "read_by_runs": list(usage_.by_runs),
    }


def _check(question: UsageQuery, options: ListOptions, *, no_deployments: bool) -> None:
    """Refuse options that contradict each other, before anything is read."""
    if options.plot:
        chart.number_of(question)
    extremes = [number.name for number in question.metrics if number.aggregation in ("min", "max")]
    if no_deployments and extremes:
        raise UsageError(
            f"`--no-deployments` cannot be combined with {extremes[0]}: a minimum or maximum cannot be subtracted",
            hint="Omit one of them.",
        )


def _window(since: str, *, whole_days: bool) -> Window:
    """Return the window; with whole days, one without a time of day begins at midnight, so no day is cut."""
    now = datetime.now(UTC)
    require_days(since)
    try:
        start = parse_time(since, now).start
    except ValueError:
        hint = f"Did you mean {days!r}?" if (days := in_days(since)) else f"Write {FORMS}."
        raise UsageError(f"--since: {since!r} is not a time", hint=hint) from None
    if start > now:
        raise UsageError(f"--since {since} is in the future", hint="Write, for example, --since 30d.")
    if whole_days and ":" not in since:
        start = start.replace(hour=0, minute=0, second=0, microsecond=0)
    return window_of(start, now)


def _sent_filters(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters in the form of the body, in which several values are a list."""
    filters = across_workspaces.filters(RUNS, arguments)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in filters.items()}


def _places(
    ctx: CommandContext, question: UsageQuery, workspaces: Sequence[str], org: str | None
) -> list[CountedWorkspace]:
    """Return the selected workspaces, or the plain server in use.

    Raises:
        UnknownNameError: a workspace does not exist.
        UsageError: an option needs a control plane.
    """
    settings = ctx.session.settings
    if settings.plain:
        wrong = [
            option
            for option, is_set in (("--workspace", workspaces), ("--org", org), ("--by team", "team" in question.names))
            if is_set
        ]
        if wrong:
            raise UsageError(
                f"{wrong[0]} needs an organization, and {settings.url} is a plain ZenML server",
                hint=f"Omit {wrong[0]}.",
            )
        name = urlsplit(settings.url).netloc
        return [CountedWorkspace(name, Target(name, settings.url, plain=True))]
    if not workspaces or ALL in workspaces:
        return places(ctx.session, org)
    found = places(ctx.session, org)
    names = {text for place in found for text in (place.id, place.name)}
    for text in workspaces:
        if text not in names:
            raise UnknownNameError(
                f"The workspace {text!r} does not exist, or you cannot see it",
                hint=did_you_mean(text, [place.name for place in found], "List them with `workspaces`."),
            )
    matching = [place for place in found if {place.id, place.name} & set(workspaces)]
    for place in matching:
        if not place.target.url and place.target.status == AVAILABLE:
            raise UsageError(
                f"The workspace {place.name} has no ZenML server, so it has no runs", hint="Omit it from --workspace."
            )
    return matching


def _summary(
    question: UsageQuery,
    frame: pd.DataFrame,
    total: Mapping[str, float | None],
    found: Sequence[CountedWorkspace],
    *,
    no_deployments: bool,
) -> str:
    """Return the words below the table: the total, and why the rows do not add up to it."""
    parts = []
    if q.RUNS in frame.columns:
        runs = int(total[q.RUNS] or 0)
        parts.append(f"{counted(runs, 'run')} in total{' without deployments' * no_deployments}")
        added = int(frame[q.RUNS].sum())
        if added != runs and question.overlaps:
            why = " and ".join(_WHY_OVERLAP[name] for name in question.overlaps)
            parts.append(f"the rows add up to {added:,}, because {why}")
    serverless = [place.name for place in found if place.target.is_serverless]
    if serverless:
        parts.append(f"{frames.SERVERLESS}: {name_list(serverless, limits.NAMES_IN_MESSAGE)}")
    return "; ".join(parts)


def _nothing(scope: CountScope, workspaces: int) -> str:
    """Return why there are no rows, in one sentence."""
    matching = "matching run" if scope.filters else "run"
    since = f"{scope.window.since:%Y-%m-%d %H:%M} UTC"
    return f"no {matching} was created since {since} in the {counted(workspaces, 'workspace')} that could be counted"


def _report(ctx: CommandContext, usage_: counting.Usage, names: Sequence[str]) -> None:
    """Report what is missing, and the servers that were read run by run.

    Args:
        names: the workspaces that were named. If one of them is not running, the result is incomplete.
    """
    for name in usage_.by_runs:
        ctx.ui.say(f"{name} has no statistics of runs: its runs were read one by one")
    missing = [gap for gap in usage_.gaps if not gap.asleep or gap.workspace in names]
    if missing:
        lines = [f"{gap.workspace}{f'/{gap.project}' if gap.project else ''}: {gap.reason}" for gap in missing]
        more = f"; and {len(lines) - limits.NAMES_IN_MESSAGE:,} more" if len(lines) > limits.NAMES_IN_MESSAGE else ""
        lines = lines[: limits.NAMES_IN_MESSAGE]
        failed = list(dict.fromkeys(gap.workspace for gap in missing if not gap.asleep))
        step = across_workspaces.next_step(ctx, failed, [gap.workspace for gap in missing])
        ctx.ui.warn_incomplete(f"runs are missing from the result: {'; '.join(lines)}{more}. {step}")
    asleep = [gap.workspace for gap in usage_.gaps if gap.asleep and gap.workspace not in names]
    if asleep and not ctx.ui.is_persistent and not ctx.ui.is_interactive:
        # In a terminal or a notebook, the line below the table names them.
        ctx.ui.say(f"not counted because they are not running: {', '.join(asleep)}")
