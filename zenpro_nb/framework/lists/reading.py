"""Read listings, and shape and deliver their DataFrames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from zenpro_nb import frames, limits, query
from zenpro_nb.errors import UsageError
from zenpro_nb.framework import lists
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import answers, charts
from zenpro_nb.framework.lists.options import NOTHING, PANDAS, ListOptions, needs_organization
from zenpro_nb.framework.lists.saved_files import say_saved
from zenpro_nb.framework.lists.where import push_down
from zenpro_nb.resources import RESOURCES, Resource, Table
from zenpro_nb.syntax.counts import counted, enumerated

if TYPE_CHECKING:
    import pandas as pd

_IDENTITY = ("email", "name", "username")  # the columns of a person
CHANGED = "the list changed while it was read; every row that existed throughout is included once"


def read_list(ctx: CommandContext, resource: Resource, options: ListOptions) -> frames.Table:
    """Read one list unchanged."""
    return read_query(ctx, query_of(ctx, resource, options), options)


def is_printed(ctx: CommandContext, options: ListOptions) -> bool:
    """Return whether the rows are only printed as they arrive, without a DataFrame.

    Options that sort, filter, draw or save rows need a DataFrame.
    """
    if not ctx.ui.prints_rows or options.where.conditions or options.as_ != PANDAS:
        return False
    return not (options.sort or options.plot or options.save or options.raw or options.grouping)


def query_of(ctx: CommandContext, resource: Resource, options: ListOptions, **ids: str) -> query.Query:
    """Return the query for these options, with names replaced by ids."""
    if needs_organization(resource) and "organization_id" not in ids:
        ids["organization_id"] = query.organization(ctx.session, options.org).id
    printed = is_printed(ctx, options)
    return query.Query(
        resource,
        ids=ids,
        params=named_filters(ctx, resource, options, ids),
        limit=None if options.sort else options.limit,
        columns=_with_identity(ctx, resource, columns_to_read(resource, options)),
        raw=options.raw,
        where=options.where,
        printed=printed,
        labeled=ctx.ui.shows_tables or not printed,  # CSV and JSON contain rows only
    )


def read_query(ctx: CommandContext, query_: query.Query, options: ListOptions) -> frames.Table:
    """Read with a progress bar, and warn if the list changed during the read.

    A list that is written into files while it is read is returned as a DataFrame without rows.
    """
    if query_.limit is not None and query_.limit <= limits.PAGE_SIZE and not options.where.conditions:
        frame = query.read(ctx.session, query_)  # one request, and so no progress
    else:
        with ctx.ui.progress(query_.resource.noun) as advance:
            if options.into is None:
                frame = query.read(ctx.session, query_, advance)
            else:
                frame = query.stream(ctx.session, query_, options.into, partial(select, options), advance)
    if frame.attrs["zenpro"]["changed"]:
        ctx.ui.warn(CHANGED)
    return frame


def select(options: ListOptions, frame: frames.Table) -> frames.Table:
    """Return the rows and columns that the options select."""
    if options.where.conditions:
        frame = frames.as_frame(frame)
        frame = options.where.rows(frame)
    return _with_columns(frame, options.columns) if options.columns else frame


def _with_columns(frame: frames.Table, columns: str) -> frames.Table:
    chosen = frames.choose_columns(frame, columns)
    return frames.with_chosen(frame[chosen], chosen)


def named_filters(
    ctx: CommandContext, resource: Resource, options: ListOptions, ids: Mapping[str, str]
) -> dict[str, Any]:
    """Return the filters under the API's names, and the conditions that they can express.

    A filter that names an object gets its id.
    """
    server_filters: dict[str, Any] = {}
    for filter_ in resource.filters:
        value = options.filters.get(filter_.name)
        if value is not None and filter_.refers_to:
            where = organization_of(ctx, filter_.refers_to, options, ids)
            value = query.find(ctx.session, filter_.refers_to, value, where, remembered=True).id
        server_filters[filter_.name] = value
    if not options.where.conditions:
        return server_filters
    return {**server_filters, **push_down(resource, options.where, options.filters).params}


def organization_of(ctx: CommandContext, noun: str, options: ListOptions, ids: Mapping[str, str]) -> dict[str, str]:
    """Return the ids that a query of this noun needs: the organization's id, if its route contains one."""
    if not needs_organization(RESOURCES[noun]):
        return {}
    return {"organization_id": ids.get("organization_id") or query.organization(ctx.session, options.org).id}


def columns_to_read(resource: Resource, options: ListOptions) -> list[str] | None:
    """Return the columns to decode: those selected, those used for sorting, and those used in conditions; None for all.

    Raises:
        UnknownNameError: the resource has no such column.
    """
    if options.raw or resource.schemaless:
        return None
    if options.columns or options.sort:
        frames.check_columns(resource, [*frames.split_columns(options.columns), *sorting(options)])
    if not options.columns:
        return None
    plot_columns = [charts.TIME, resource.plotted] if options.plot else []
    return list(
        dict.fromkeys([*frames.split_columns(options.columns), *sorting(options), *options.where.names, *plot_columns])
    )


def _with_identity(ctx: CommandContext, resource: Resource, columns: list[str] | None) -> list[str] | None:
    """Return the columns to decode, and with pseudonyms also those that tell whose address and name belong together.

    A person would otherwise get one pseudonym for `users --columns name` and another for `users --columns email`.
    """
    if ctx.pseudonyms is None or columns is None:
        return columns
    own = {column.name for column in resource.columns}
    if "email" not in own:
        return columns
    return list(dict.fromkeys([*columns, *(name for name in _IDENTITY if name in own)]))


def sorting(options: ListOptions) -> list[str]:
    """Return the columns that the rows are sorted by."""
    return [name.removeprefix("-") for name in frames.split_columns(options.sort)]


def check_files(resource: Resource, options: ListOptions) -> None:
    """Refuse a picture, a file or a result format that is impossible, before anything is read.

    Raises:
        MissingExtraError: the result format, or a file format, needs a package that is not installed.
        UsageError: a picture would need columns that `--raw` does not have, or no server sends the rows of the list.
        SaveError: a picture file was named without `--plot`, or the file name is not writable.
    """
    if options.as_ != PANDAS:
        frames.check_format(options.as_)
    if isinstance(resource, Table):
        refuse_raw(options)
    if options.plot and options.raw:
        raise UsageError(
            "`--plot` cannot be combined with `--raw`: a chart needs fixed columns", hint="Omit one of them."
        )
    if resource.plotted and options.save:
        charts.check_files(options)
    if tables := _tables(options):
        frames.check_savable(tables, document=resource.document)


def refuse_raw(options: ListOptions) -> None:
    """Raise UsageError if `--raw` was given for a table that zenpro computes."""
    if options.raw:
        raise UsageError(
            "`--raw` is not available here: zenpro computes this table, so there is no server response",
            hint="Omit --raw.",
        )


def deliver(
    ctx: CommandContext,
    frame: frames.Table,
    options: ListOptions,
    resource: Resource | None = None,
    picture: charts.Picture | None = None,
    compared: frames.Table | None = None,
) -> Any:
    """Filter, sort, cut, draw, save and convert a DataFrame by the options.

    A list without rows gets a sentence that says why, unless its command has answered already.

    Args:
        resource: how to draw it.
        picture: returns its chart, if that is not the number of rows per day.
        compared: the rows that the server has compared with the condition.
    """
    before, asked = frame, options
    if ctx.pseudonyms is not None:
        ctx.pseudonyms.learn_from(frame)
    if options.grouping is not None:
        frame, options, picture = lists.counting.counts_of(options.grouping, frame, options, resource)
    elif options.where.conditions:
        frame = options.where.rows(frames.as_frame(frame))
    if not len(frame) and not (frames.answer_of(before) and not len(before)):
        frame = frames.with_answer(frame, answers.of_empty(before if compared is None else compared, asked, resource))
    if options.sort:
        frame = frames.sort(frames.as_frame(frame), options.sort)
    if options.limit is not None:
        frame = head(frame, options.limit)
    if options.plot and resource is not None:
        charts.draw(ctx, frames.as_frame(frame), resource, options, picture)
    if options.columns:
        frame = _with_columns(frame, options.columns)
    if files := _tables(options):
        for path in frames.save_all(frames.as_frame(frame), files):
            say_saved(ctx, counted(len(frame), "row"), path, frame)
        ctx.ui.abridge(f" in {enumerated(files, limits.NAMES_IN_MESSAGE)}")
    return hand_over(ctx, frame, options)


def _tables(options: ListOptions) -> list[str]:
    """Return the files that the rows themselves are written to."""
    return [path for path in options.save if not (options.plot and charts.is_picture(path))]


def hand_over(ctx: CommandContext, frame: frames.Table, options: ListOptions) -> Any:
    """Convert a DataFrame, and assign it to the named variable; return None if nothing is to be kept in memory."""
    if options.as_ == NOTHING:
        return None
    result = frame if options.as_ == PANDAS else frames.convert(frames.as_frame(frame), options.as_)
    if options.as_ != PANDAS and not len(frame):
        ctx.ui.say(frames.answer_of(frame))  # other types have no attrs
    if options.out:
        ctx.ui.assign(options.out, result)
    return result


def head(frame: frames.Table, limit: int) -> frames.Table:
    """Return the first rows, with attrs that mark them as incomplete; the same DataFrame if it has no more.

    If all rows were known, the attrs contain their number.
    """
    if len(frame) <= limit:
        return frame
    first = frame.head(limit)
    facts = frame.attrs["zenpro"]
    first.attrs["zenpro"] = {**facts, "rows": len(first), "complete": False}
    if frames.is_whole(facts):
        first.attrs["zenpro"][frames.MATCHING] = len(frame)
    if frames.ALL_MATCHING in facts:
        first.attrs["zenpro"][frames.ALL_MATCHING] = False
    return first


def frame_of_records(
    ctx: CommandContext,
    resource: Resource,
    records: Sequence[Mapping[str, Any]],
    options: ListOptions,
    *,
    route: str = "",
    filters: Mapping[str, Any] | None = None,
    **facts: Any,
) -> frames.Table:
    """Return a DataFrame of records that a command built itself, or `Rows` if they are only printed.

    Args:
        route: the route that was read; "" for a `Table`, which has none.
        filters: the query parameters that were sent.
        facts: those of `query.read_records` or `query.read_lists`, and further facts of `frames.describe`.
    """
    columns = _with_identity(ctx, resource, columns_to_read(resource, options))
    rows = frames.rows_of_records(resource, records, columns) if is_printed(ctx, options) else None
    frame = frames.from_records(resource, records, columns, raw=options.raw) if rows is None else rows
    query.note(ctx.session, frame, route=route, filters=filters, **facts)
    if facts.get("changed"):
        ctx.ui.warn(CHANGED)
    return frame


def computed_frame(resource: Resource, frame: pd.DataFrame, options: ListOptions, **facts: Any) -> pd.DataFrame:
    """Return a DataFrame computed by zenpro, with the facts about it in its attrs.

    Args:
        facts: those of `frames.describe`.

    Raises:
        UsageError: `--raw` was given, but no server sent these rows.
        UnknownNameError: the resource has no such column.
    """
    refuse_raw(options)
    columns_to_read(resource, options)
    frames.declare(frame, resource)
    frames.describe(frame, **{"server": "", "route": "", "time": datetime.now(UTC), **facts})
    return frame
