"""Read listings, and shape and deliver their DataFrames."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from zenpro_nb import frames, query
from zenpro_nb.errors import SaveError, UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import answers
from zenpro_nb.framework.lists.options import NOTHING, PANDAS, ListOptions, needs_organization
from zenpro_nb.framework.lists.where import push_down
from zenpro_nb.resources import RESOURCES, Resource, Table
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

Picture = Callable[["pd.DataFrame", str], Any]  # (DataFrame, note) -> a picture with `svg`

_TIME = "created"  # a picture counts by this column: every page has it, unlike the times of a run
_IDENTITY = ("email", "name", "username")  # the columns of a person
_PICTURE = ".svg"
_OTHER_PICTURES = (".png", ".pdf", ".jpg", ".jpeg", ".gif", ".webp")  # formats that charts are not saved in
CHANGED = "the list changed while it was read; every row that existed throughout is included once"


def read_list(ctx: CommandContext, resource: Resource, options: ListOptions) -> frames.Table:
    """Read one list unchanged."""
    return read_query(ctx, query_of(ctx, resource, options), options)


def is_printed(ctx: CommandContext, options: ListOptions) -> bool:
    """Return whether the rows are only printed as they arrive, without a DataFrame.

    Options that sort, filter, draw or save rows need a DataFrame.
    """
    needs_frame = options.where or options.sort or options.plot or options.save or options.raw or options.as_ != PANDAS
    return ctx.ui.prints_rows and not needs_frame


def query_of(ctx: CommandContext, resource: Resource, options: ListOptions, **ids: str) -> query.Query:
    """Return the query for these options, with names replaced by ids."""
    if needs_organization(resource) and "organization_id" not in ids:
        ids["organization_id"] = query.organization(ctx.session, options.org).id
    return query.Query(
        resource,
        ids=ids,
        params=named_filters(ctx, resource, options, ids),
        limit=None if options.sort else options.limit,
        columns=_with_identity(ctx, resource, columns_to_read(resource, options)),
        raw=options.raw,
        where=options.where,
        printed=is_printed(ctx, options),
    )


def read_query(ctx: CommandContext, query_: query.Query, options: ListOptions) -> frames.Table:
    """Read with a progress bar, and warn if the list changed during the read.

    A list that is written into files while it is read is returned as a DataFrame without rows.
    """
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
    if options.where:
        frame = frames.as_frame(frame)
        frame = options.where.rows(frame)
    return frame[frames.choose_columns(frame, options.columns)] if options.columns else frame


def of_all_organizations(ctx: CommandContext, frame: frames.Table) -> frames.Table:
    """Return the list, marked as one of all organizations, with the option for a single one."""
    name = ctx.session.settings.organization
    option = f"--org {quoted(name) if name else 'NAME'}"
    return frames.with_scope(frame, f"all organizations that you can see; {option} for one")


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
    frames.check_columns(resource, [*_split(options.columns), *sorting(options)])
    if not options.columns:
        return None
    plot_columns = [_TIME, resource.plotted] if options.plot else []
    return list(dict.fromkeys([*_split(options.columns), *sorting(options), *options.where.names, *plot_columns]))


def _with_identity(ctx: CommandContext, resource: Resource, columns: list[str] | None) -> list[str] | None:
    """Return the columns to decode, and with pseudonyms also those that tell whose address and name belong together.

    A person would otherwise get one pseudonym for `users --columns name` and another for `users --columns email`.
    """
    own = {column.name for column in resource.columns}
    if ctx.pseudonyms is None or columns is None or "email" not in own:
        return columns
    return list(dict.fromkeys([*columns, *(name for name in _IDENTITY if name in own)]))


def sorting(options: ListOptions) -> list[str]:
    """Return the columns that the rows are sorted by."""
    return [name.removeprefix("-") for name in _split(options.sort)]


def check_files(resource: Resource, options: ListOptions) -> None:
    """Refuse a picture, a file or a result format that is impossible, before anything is read.

    Raises:
        MissingExtraError: the result format, or a file format, needs a package that is not installed.
        UsageError: a picture would need columns that `--raw` does not have, or no server sends the rows of the list.
        SaveError: a picture file was named without `--plot`, or the file name is not writable.
    """
    frames.check_format(options.as_)
    if isinstance(resource, Table):
        refuse_raw(options)
    if options.plot and options.raw:
        raise UsageError(
            "`--plot` cannot be combined with `--raw`: a chart needs fixed columns", hint="Omit one of them."
        )
    if resource.plotted:
        _check_pictures(options)
    if tables := _tables(options):
        frames.check_savable(tables, document=resource.document)


def refuse_raw(options: ListOptions) -> None:
    """Raise UsageError if `--raw` was given for a table that zenpro computes."""
    if options.raw:
        raise UsageError(
            "`--raw` is not available here: zenpro computes this table, so there is no server response",
            hint="Omit --raw.",
        )


def _check_pictures(options: ListOptions) -> None:
    """Raise SaveError for a picture file without `--plot`, or in a format other than SVG; its hint has the whole line.

    The hint of the error itself is for a file name that comes from a variable.
    """
    for path in options.save:
        if other := path.lower().endswith(_OTHER_PICTURES):
            error = SaveError(
                f"{path!r}: charts are saved as SVG only", hint="Use --plot with --save FILE.svg, or save a table."
            )
        elif is_picture(path) and not options.plot:
            error = SaveError(f"{path!r} is a picture file", hint="Add --plot, or save a table.")
        else:
            continue
        right = f"{path.rpartition('.')[0]}{_PICTURE}" if other else path
        error.replaced = path, quoted(right) if options.plot else f"{quoted(right)} --plot"
        raise error


def is_picture(path: str) -> bool:
    """Return whether this is the file name of a picture."""
    return path.lower().endswith(_PICTURE)


def deliver(
    ctx: CommandContext,
    frame: frames.Table,
    options: ListOptions,
    resource: Resource | None = None,
    picture: Picture | None = None,
    compared: frames.Table | None = None,
) -> Any:
    """Filter, sort, cut, draw, save and convert a DataFrame by the options.

    A list without rows gets a sentence that says why, unless its command has answered already.

    Args:
        resource: how to draw it.
        picture: returns its chart, if that is not the number of rows per day.
        compared: the rows that the server has compared with the condition.
    """
    before = frame
    if ctx.pseudonyms is not None:
        ctx.pseudonyms.learn_from(frame)
    if options.where:
        frame = options.where.rows(frames.as_frame(frame))
    if not len(frame) and not (frames.answer_of(before) and not len(before)):
        frame = frames.with_answer(frame, answers.of_empty(before if compared is None else compared, options, resource))
    if options.sort:
        frame = frames.sort(frames.as_frame(frame), options.sort)
    if options.limit is not None:
        frame = head(frame, options.limit)
    if options.plot and resource is not None:
        draw(ctx, frames.as_frame(frame), resource, options, picture)
    if options.columns:
        frame = frame[frames.choose_columns(frame, options.columns)]
    if files := _tables(options):
        for path in frames.save_all(frames.as_frame(frame), files):
            ctx.ui.say(f"saved {counted(len(frame), 'row')} to {path}")
        ctx.ui.abridge(f" in {files[0]}")
    return hand_over(ctx, frame, options)


def _tables(options: ListOptions) -> list[str]:
    """Return the files that the rows themselves are written to."""
    return [path for path in options.save if not (options.plot and is_picture(path))]


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


def draw(
    ctx: CommandContext,
    frame: pd.DataFrame,
    resource: Resource,
    options: ListOptions,
    picture: Picture | None = None,
) -> None:
    """Show how many objects per day a DataFrame contains, by state, and save the drawing to the picture files.

    Args:
        picture: returns another chart of the DataFrame, with a note in its title.
    """
    facts = frame.attrs["zenpro"]
    # Filtered rows are never the complete list, but they can be all rows that match.
    is_incomplete = facts.get("failed") or not (facts["complete"] or (options.where and len(frame) != options.limit))
    from zenpro_nb.pictures.timeline import Timeline  # imported here, because few commands draw a picture

    note = "not complete" if is_incomplete else ""
    if picture is None:
        drawing: Any = Timeline.of(frame, resource.noun, _TIME, resource.plotted, note)
    else:
        drawing = picture(frame, note)
    ctx.ui.picture(drawing)
    for name in filter(is_picture, options.save):
        path = frames.save_text(drawing.svg(for_file=True), name)
        ctx.ui.say(f"saved the picture to {path}")


def head(frame: frames.Table, limit: int) -> frames.Table:
    """Return the first rows, with attrs that mark them as incomplete; the same DataFrame if it has no more."""
    first = frame if len(frame) <= limit else frames.first_rows(frame, limit)
    if len(first) == len(frame):
        return frame
    first.attrs["zenpro"] = {**frame.attrs["zenpro"], "rows": len(first), "complete": False}
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


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]
