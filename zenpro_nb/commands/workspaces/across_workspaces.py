"""Read a list from the servers of workspaces: from the options to a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import frames, limits
from zenpro_nb.commands.workspaces.parameters import Reach
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import CommandContext, ListOptions, reading, where, with_values
from zenpro_nb.query import ALL, Piece, Query, remember
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.workspaces import filter_values
from zenpro_nb.workspaces.many import (
    Failure,
    GatherResult,
    default_columns,
    describe,
    frame_of,
    gather,
    hydration_wanted,
)
from zenpro_nb.workspaces.targets import Targets, resolve

if TYPE_CHECKING:
    import pandas as pd

_NEWEST = "created"
# Sort orders that the server supports. With them, a limit does not require reading every row.
_SERVER_ORDERS = {
    sign + name: f"{word}:{name}" for name in ("created", "updated") for sign, word in (("", "asc"), ("-", "desc"))
}


def read(ctx: CommandContext, resource: Resource, options: ListOptions, reach: Reach) -> pd.DataFrame:
    """Read the list from every selected workspace into one frame."""
    try:
        targets = resolve(ctx.session, reach.workspaces, reach.org)
    except UsageError as error:
        if error.adds and not reach.workspaces:
            error.adds = f"--workspace {quoted(_named_workspace(options) or ALL)}"
        raise
    return read_from(ctx, targets, ask_of(resource, options, hydrate=reach.hydrate), options, reach.projects)


def _named_workspace(options: ListOptions) -> str | None:
    """Return the workspace that a condition names, as in `--where workspace=ml-prod`."""
    values = (
        condition.value
        for condition in options.where.conditions
        if condition.column == WORKSPACE.name and condition.operator == "=" and not condition.words
    )
    return next(values, None)


def read_from(
    ctx: CommandContext, targets: Targets, ask: Query, options: ListOptions, projects: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the rows of these workspaces as one frame."""
    ask = with_creation(ask)
    several = len(targets.found) > 1
    label, unit = ("workspaces", "workspace") if several else (ask.resource.noun, "row")
    with ctx.ui.progress(label, unit) as advance:
        result = gather(ctx.session, targets.found, ask, projects, advance)
    return describe_result(ctx, targets, ask, result, options)


def with_creation(ask: Query) -> Query:
    """Return the query with the creation time as an additional column: rows of several servers are merged by it."""
    if ask.columns is None or _NEWEST in ask.columns:
        return ask
    return replace(ask, columns=[*ask.columns, _NEWEST])


def describe_result(
    ctx: CommandContext,
    targets: Targets,
    ask: Query,
    result: GatherResult,
    options: ListOptions,
    labels: Callable[[Sequence[Piece]], dict[str, list[str | None]]] | None = None,
) -> pd.DataFrame:
    """Return the gathered rows as one frame, with their origin and gaps in its attrs.

    Args:
        labels: returns additional columns, with one value per piece.
    """
    frame = frame_of(ask, result, labels(result.pieces) if labels is not None else {})
    if len(result.pieces) > 1 and not options.sort and not options.raw:
        # Each server sends its newest rows first. The combined list does the same, so a limit selects the newest of
        # all.
        frame = frames.sort(frame, f"-{_NEWEST}")
    describe(ctx.session, frame, ask, result, targets.skipped)
    if ask.where is not None:
        # The servers have checked the other conditions.
        frames.mark(frame, [str(condition) for condition in options.where.without(ask.where.conditions).conditions])
    remember(ctx.session, ask.resource, frame)
    warn(ctx, result.failures, targets)
    if frame.attrs["zenpro"]["changed"]:
        ctx.ui.warn(reading.CHANGED)
    return frame


def ask_of(resource: Resource, options: ListOptions, *, hydrate: bool = False, **ids: str) -> Query:
    """Return the query for each workspace; its `where` contains the conditions that the server does not check."""
    pushed = where.push_down(resource, options.where, options.filters)
    # With --hydrate every field is read anyway, so all conditions can be checked here.
    remaining = options.where if hydrate else options.where.without(where.server_only(resource, pushed))
    columns = reading.columns_to_read(resource, replace(options, where=remaining))
    hydrate = hydrate or hydration_wanted(resource, columns or [*remaining.names, *reading.sorting(options)])
    if columns is None and not options.raw:
        columns = default_columns(resource, hydrate=hydrate)
    order = _SERVER_ORDERS.get(options.sort or "")
    params = {**filters(resource, options.filters), **pushed.params, **({"sort_by": order} if order else {})}
    # Computed columns and those for the origin of a row are filled in only after all rows are read.
    computed = {column.name for column in resource.columns if column.computed}
    filled_late = {WORKSPACE.name, PROJECT.name, *computed} & set(remaining.names)
    return Query(
        resource,
        params=params,
        limit=None if filled_late or (options.sort and not order) else options.limit,
        columns=columns,
        raw=options.raw,
        hydrate=hydrate,
        ids=ids,
        where=remaining,
    )


def filters(resource: Resource, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters in the form that the server expects.

    Raises:
        UsageError: a value is not valid for its filter.
    """
    now = datetime.now(UTC)
    params: dict[str, Any] = {}
    for filter_ in resource.filters:
        value = arguments.get(filter_.name)
        if value is None or value == ():
            continue
        if filter_.operators:
            value = _each(value, lambda text, filter_=filter_: filter_values.as_sent(filter_, text, now))
        params[filter_.name] = value
    return params


def _each(value: Any, change: Any) -> Any:
    return [change(element) for element in value] if isinstance(value, (list, tuple)) else change(value)


def next_step(ctx: CommandContext, running: Sequence[str], asleep: Sequence[str]) -> str:
    """Return what to do about missing workspaces: repeat the command for those that run, or look at the others."""
    if running:
        line = with_values(ctx, "--workspace", running)
        return f"Repeat the command for {'it' if len(running) == 1 else 'them'}: `{line}`"
    return f"See `{ctx.ui.name} workspaces get {quoted(asleep[0])}`"


def warn(ctx: CommandContext, failures: Sequence[Failure], targets: Targets) -> None:
    """Report the workspaces whose rows are missing and the workspaces that are stopped.

    Args:
        failures: the workspaces that did not respond.
        targets: the selected workspaces, including those that are not running.
    """
    missing = [f"{failure.workspace}: {failure.error.message}" for failure in failures]
    missing += [f"{name} is {targets.skipped[name]}" for name in sorted(targets.unready)]
    if missing:
        more = len(missing) - limits.NAMES_IN_MESSAGE
        names = "; ".join(missing[: limits.NAMES_IN_MESSAGE]) + (f"; and {more:,} more" if more > 0 else "")
        pointer = " (attrs['zenpro']['failed'] lists them)" if ctx.ui.is_persistent else ""
        count = f"{counted(len(missing), 'workspace')} {'is' if len(missing) == 1 else 'are'}"
        running = [failure.workspace for failure in failures if not isinstance(failure.error, UsageError)]
        asleep = [*(failure.workspace for failure in failures), *sorted(targets.unready)]
        step = next_step(ctx, running, asleep)
        ctx.ui.warn_incomplete(f"{count} missing from the result: {names}{pointer}. {step}")
    stopped = [name for name in targets.skipped if name not in targets.unready]
    if stopped and not ctx.ui.is_persistent and not ctx.ui.is_interactive:
        # In a terminal or a notebook, the line below the table names them.
        ctx.ui.say(f"skipped because {'it is' if len(stopped) == 1 else 'they are'} not running: {', '.join(stopped)}")
