"""How a listing of workspaces' own servers is read: from options to a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import frames, limits
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import reading, where
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.query import Piece, Query, remember
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.columns import PROJECT, WORKSPACE
from zenpro_nb.syntax.counts import counted
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
# The orders that the server itself can be asked for, so that a limit need not read everything.
_SERVER_ORDERS = {
    sign + name: f"{word}:{name}" for name in ("created", "updated") for sign, word in (("", "asc"), ("-", "desc"))
}


class Reach(Struct, frozen=True):
    """Where a list is read, and how much of each row, as it was typed."""

    workspaces: Sequence[str] = ()
    projects: Sequence[str] = ()
    org: str | None = None
    hydrate: bool = False


def read(ctx: CommandContext, resource: Resource, options: ListOptions, reach: Reach) -> pd.DataFrame:
    """Read the list from every workspace that is meant, into one frame."""
    targets = resolve(ctx.session, reach.workspaces, reach.org)
    return read_from(ctx, targets, ask_of(resource, options, hydrate=reach.hydrate), options, reach.projects)


def read_from(
    ctx: CommandContext, targets: Targets, ask: Query, options: ListOptions, projects: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the frame of what these workspaces give."""
    ask = with_creation(ask)
    label = "workspaces" if len(targets.found) > 1 else ask.resource.noun
    with ctx.ui.progress(label) as advance:
        gathered = gather(ctx.session, targets.found, ask, projects, advance)
    return described(ctx, targets, ask, gathered, options)


def with_creation(ask: Query) -> Query:
    """Return the query that reads when each row was created, too: the rows of several servers are merged by it."""
    if ask.columns is None or _NEWEST in ask.columns:
        return ask
    return replace(ask, columns=[*ask.columns, _NEWEST])


def described(
    ctx: CommandContext,
    targets: Targets,
    ask: Query,
    gathered: GatherResult,
    options: ListOptions,
    labels: Callable[[Sequence[Piece]], dict[str, list[str | None]]] | None = None,
) -> pd.DataFrame:
    """Return one frame of what was gathered, which says where it comes from and what is missing.

    Args:
        labels: returns further columns, with one value per piece.
    """
    frame = frame_of(ask, gathered, labels(gathered.pieces) if labels is not None else {})
    if len(gathered.pieces) > 1 and not options.sort and not options.raw:
        # Each server sends its newest first; so does the whole list, and a limit takes the first rows of all.
        frame = frames.sort(frame, f"-{_NEWEST}")
    describe(ctx.session, frame, ask, gathered, targets.skipped)
    if ask.where is not None:
        # The rest of the conditions was the servers' to look at.
        frames.mark(frame, [str(condition) for condition in options.where.without(ask.where.conditions).conditions])
    remember(ctx.session, ask.resource, frame)
    warn(ctx, gathered.failures, targets)
    if frame.attrs["zenpro"]["changed"]:
        ctx.ui.warn(reading.CHANGED)
    return frame


def ask_of(resource: Resource, options: ListOptions, *, hydrate: bool = False, **ids: str) -> Query:
    """Return what the options ask of each workspace; its `where` is what remains to be looked at here."""
    found = where.push_down(resource, options.where, options.filters)
    # A frame of every field needs no more to be read for it.
    remaining = options.where if hydrate else options.where.without(where.server_only(resource, found))
    wanted = reading.columns_to_read(resource, replace(options, where=remaining))
    hydrate = hydrate or hydration_wanted(resource, wanted or [*remaining.names, *reading.sorting(options)])
    if wanted is None and not options.raw:
        wanted = default_columns(resource, hydrate=hydrate)
    order = _SERVER_ORDERS.get(options.sort or "")
    params = {**filters(resource, options.filters), **found.params, **({"sort_by": order} if order else {})}
    # Where a row comes from is written into it only when all of them are there.
    computed = {column.name for column in resource.columns if column.computed}
    late = {WORKSPACE.name, PROJECT.name, *computed} & set(remaining.names)
    return Query(
        resource,
        params=params,
        limit=None if late or (options.sort and not order) else options.limit,
        columns=wanted,
        raw=options.raw,
        hydrate=hydrate,
        ids=ids,
        where=remaining,
    )


def filters(resource: Resource, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters as the server reads them.

    Raises:
        UsageError: a value cannot be one of its filter's.
    """
    now = datetime.now(UTC)
    found: dict[str, Any] = {}
    for filter_ in resource.filters:
        value = given.get(filter_.name)
        if value is None or value == ():
            continue
        if filter_.operators:
            value = _each(value, lambda text, filter_=filter_: filter_values.sent(filter_, text, now))
        found[filter_.name] = value
    return found


def _each(value: Any, change: Any) -> Any:
    return [change(item) for item in value] if isinstance(value, (list, tuple)) else change(value)


def warn(ctx: CommandContext, failures: Sequence[Failure], targets: Targets) -> None:
    """Name the workspaces whose rows are missing, and those that somebody has stopped.

    Args:
        failures: those that did not answer.
        targets: what was meant, with those that do not run.
    """
    missing = [f"{failure.workspace}: {failure.error.message}" for failure in failures]
    missing += [f"{name} is {targets.skipped[name]}" for name in sorted(targets.unready)]
    if missing:
        named = "; ".join(missing[: limits.FAILED_NAMED]) + (" …" if len(missing) > limits.FAILED_NAMED else "")
        listed = " (attrs['zenpro']['failed'] lists them)" if ctx.ui.is_persistent else ""
        count = f"{counted(len(missing), 'workspace')} {'is' if len(missing) == 1 else 'are'}"
        ctx.ui.warn_incomplete(f"{count} missing in the result. {named}{listed}")
    stopped = [name for name in targets.skipped if name not in targets.unready]
    if stopped and not ctx.ui.is_persistent and not ctx.ui.is_interactive:
        # On a terminal and in a notebook, the line below the table names them.
        ctx.ui.say(f"left out because {'it does' if len(stopped) == 1 else 'they do'} not run: {', '.join(stopped)}")
