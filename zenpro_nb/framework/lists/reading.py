"""How listings are read, and how their frames are shaped and handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from zenpro_nb import frames, query
from zenpro_nb.errors import SaveError, UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.options import NOTHING, PANDAS, ListOptions, needs_organization
from zenpro_nb.framework.lists.where import push_down
from zenpro_nb.resources import RESOURCES, Resource
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

_TIME = "created"  # what a picture counts by; every page has it, which is not so of the times of a run
_PICTURE = ".svg"
CHANGED = "the list changed while it was read; every row that stayed is here once"


def read_list(ctx: CommandContext, resource: Resource, options: ListOptions) -> frames.Table:
    """Read one list as it is."""
    return read_query(ctx, query_of(ctx, resource, options), options)


def is_printed(ctx: CommandContext, options: ListOptions) -> bool:
    """Return whether the rows are only printed, as they come: then they need no DataFrame.

    Options that order or choose rows, draw them or write them into files work on a DataFrame.
    """
    needs_frame = options.where or options.sort or options.plot or options.save or options.raw or options.as_ != PANDAS
    return ctx.ui.prints_rows and not needs_frame


def query_of(ctx: CommandContext, resource: Resource, options: ListOptions, **ids: str) -> query.Query:
    """Return the query that the options ask for, with names exchanged for ids."""
    if needs_organization(resource) and "organization_id" not in ids:
        ids["organization_id"] = query.organization(ctx.session, options.org).id
    return query.Query(
        resource,
        ids=ids,
        params=named_filters(ctx, resource, options, ids),
        limit=None if options.sort else options.limit,
        columns=wanted_columns(resource, options),
        raw=options.raw,
        where=options.where,
        printed=is_printed(ctx, options),
    )


def read_query(ctx: CommandContext, wanted: query.Query, options: ListOptions) -> frames.Table:
    """Read with a progress bar, and say so when the list changed meanwhile.

    What goes into files while it is read comes back as a frame without rows.
    """
    with ctx.ui.progress(wanted.resource.noun) as advance:
        if options.into is None:
            frame = query.read(ctx.session, wanted, advance)
        else:
            frame = query.stream(ctx.session, wanted, options.into, partial(select, options), advance)
    if frame.attrs["zenpro"]["changed"]:
        ctx.ui.warn(CHANGED)
    return frame


def select(options: ListOptions, frame: frames.Table) -> frames.Table:
    """Return the rows and columns that are wanted of some rows."""
    if options.where:
        frame = frames.as_frame(frame)
        frame = options.where.rows(frame)
    return frame[frames.choose_columns(frame, options.columns)] if options.columns else frame


def named_filters(
    ctx: CommandContext, resource: Resource, options: ListOptions, ids: Mapping[str, str]
) -> dict[str, Any]:
    """Return the filters under the API's names, and the conditions that they can say.

    A filter that names a thing gets its id.
    """
    found: dict[str, Any] = {}
    for filter_ in resource.filters:
        value = options.filters.get(filter_.name)
        if value is not None and filter_.refers_to:
            where = organization_of(ctx, filter_.refers_to, options, ids)
            value = query.find(ctx.session, filter_.refers_to, value, where, remembered=True).id
        found[filter_.name] = value
    return {**found, **push_down(resource, options.where, options.filters).params}


def organization_of(ctx: CommandContext, noun: str, options: ListOptions, ids: Mapping[str, str]) -> dict[str, str]:
    """Return what a query of this noun needs: the organization's id, where its route names one."""
    if not needs_organization(RESOURCES[noun]):
        return {}
    return {"organization_id": ids.get("organization_id") or query.organization(ctx.session, options.org).id}


def wanted_columns(resource: Resource, options: ListOptions) -> list[str] | None:
    """Return the columns to decode: those asked for, those that sort, and those that choose rows; None for all.

    Raises:
        UnknownNameError: the resource has no such column.
    """
    if options.raw or resource.schemaless:
        return None
    frames.check_columns(resource, [*_split(options.columns), *sorting(options)])
    if not options.columns:
        return None
    drawn = [_TIME, resource.plotted] if options.plot else []
    return list(dict.fromkeys([*_split(options.columns), *sorting(options), *options.where.names, *drawn]))


def sorting(options: ListOptions) -> list[str]:
    """Return the columns that the rows are ordered by."""
    return [name.removeprefix("-") for name in _split(options.sort)]


def check_files(resource: Resource, options: ListOptions) -> None:
    """Refuse a picture, a file or a form of the result that cannot be made, before anything is read.

    Raises:
        MissingExtraError: the form of the result, or of a file, needs a package that is not installed.
        UsageError: a picture would be drawn of columns that `--raw` does not have.
        SaveError: a file is meant for a picture, and none was asked for, or one could not be written by its name.
    """
    frames.check_format(options.as_)
    if options.plot and options.raw:
        raise UsageError("--raw has no fixed columns, and a picture needs them", hint="Leave one of them out.")
    pictures = [path for path in options.save if is_picture(path)]
    if resource.plotted and not options.plot and pictures:
        raise SaveError(f"{pictures[0]!r} is a file for a picture", hint="Add --plot, or save a table.")
    if tables := _tables(options):
        frames.savable(tables, document=resource.document)


def is_picture(path: str) -> bool:
    """Return whether the name of a file is that of a picture."""
    return path.lower().endswith(_PICTURE)


def deliver(ctx: CommandContext, frame: frames.Table, options: ListOptions, resource: Resource | None = None) -> Any:
    """Choose rows, sort, cut, draw, save and convert a frame, as the options say; `resource` says how it is drawn."""
    if options.where:
        frame = options.where.rows(frames.as_frame(frame))
    if options.sort:
        frame = frames.sort(frames.as_frame(frame), options.sort)
    if options.limit is not None and len(frame) > options.limit:
        frame = head(frame, options.limit)
    if options.plot and resource is not None:
        draw(ctx, frames.as_frame(frame), resource, options)
    if options.columns:
        frame = frame[frames.choose_columns(frame, options.columns)]
    if files := _tables(options):
        for path in frames.save_all(frames.as_frame(frame), files):
            ctx.ui.say(f"saved {counted(len(frame), 'row')} to {path}")
    return hand_over(ctx, frame, options)


def _tables(options: ListOptions) -> list[str]:
    """Return the files that the rows themselves are written to."""
    return [path for path in options.save if not (options.plot and is_picture(path))]


def hand_over(ctx: CommandContext, frame: frames.Table, options: ListOptions) -> Any:
    """Convert a frame, and put it into the variable that was named; return nothing where nothing is to be kept."""
    if options.as_ == NOTHING:
        return None
    result = frame if options.as_ == PANDAS else frames.convert(frames.as_frame(frame), options.as_)
    if options.out:
        ctx.ui.assign(options.out, result)
    return result


def draw(ctx: CommandContext, frame: pd.DataFrame, resource: Resource, options: ListOptions) -> None:
    """Show how many a day there are in a frame, by state, and save the drawing into the files that are meant for it."""
    facts = frame.attrs["zenpro"]
    # Rows that were chosen are never the complete list, and may still be all of those that fit.
    lacking = facts.get("failed") or not (facts["complete"] or (options.where and len(frame) != options.limit))
    from zenpro_nb.pictures.timeline import Timeline  # as seldom as somebody wants a picture

    drawing = Timeline.of(frame, resource.noun, _TIME, resource.plotted, "not complete" if lacking else "")
    ctx.ui.picture(drawing)
    for name in filter(is_picture, options.save):
        path = frames.save_text(drawing.svg(saved=True), name)
        ctx.ui.say(f"saved the picture to {path}")


def head(frame: frames.Table, limit: int) -> frames.Table:
    """Return the first rows, with attrs that say that there are more."""
    first = frame.head(limit)
    first.attrs["zenpro"] = {**frame.attrs["zenpro"], "rows": limit, "complete": False}
    return first


def frame_of_records(
    ctx: CommandContext,
    resource: Resource,
    records: Sequence[Mapping[str, Any]],
    options: ListOptions,
    *,
    route: str,
    filters: Mapping[str, Any] | None = None,
    **facts: Any,
) -> frames.Table:
    """Return a frame of records that a command has put together itself, or `Rows` where they are only printed.

    `facts` are those of `query.read_records`.
    """
    columns = wanted_columns(resource, options)
    rows = frames.rows_of_records(resource, records, columns) if is_printed(ctx, options) else None
    frame = frames.from_records(resource, records, columns, raw=options.raw) if rows is None else rows
    query.note(ctx.session, frame, route=route, filters=filters, **facts)
    if facts.get("changed"):
        ctx.ui.warn(CHANGED)
    return frame


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]
