"""The function of a list command: read, shape, and deliver the rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import click
from msgspec.structs import replace

from zenpro_nb import frames, query
from zenpro_nb.errors import SaveError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.framework.cli.context import CommandContext, pass_ctx
from zenpro_nb.framework.cli.signature import collect_options, parameters_of
from zenpro_nb.framework.lists import answers, at_capture, reading, streaming
from zenpro_nb.framework.lists.options import NOTHING, ListOptions, options_from
from zenpro_nb.framework.lists.row_options import RowOptions
from zenpro_nb.resources import Resource
from zenpro_nb.syntax.conditions import Condition

Reader = Callable[..., Any]  # (context, options, **own) -> DataFrame
AfterRead = Callable[..., None]  # (context, result, DataFrame, own values)
ColumnsFor = Callable[..., Resource]  # (context, **own) -> the resource whose columns are shown
PASSED = ("options",)  # parameters of a reader that are not parameters of the line


def list_callback(
    resource: Resource,
    rows: RowOptions,
    read: Reader | None,
    stream_to: Reader | None = None,
    leave_out: Collection[str] = (),
    after_read: AfterRead | None = None,
    columns_for: ColumnsFor | None = None,
    picture: Callable[..., Any] | None = None,
) -> Callable[..., Any]:
    """Return the function of a list command."""
    params = parameters_of(read, (*PASSED, *leave_out)) if read is not None else []
    read = collect_options(read) if read is not None else None
    own = [param.name or "" for param in params if param.expose_value]

    @click.pass_context
    @pass_ctx
    def call(ctx: CommandContext, click_ctx: click.Context, **values: Any) -> Any:
        if click_ctx.invoked_subcommand is not None:
            _refuse_options(click_ctx)
            return None
        selecting: Mapping[str, list[Condition]] = {}
        if rows.aliases:
            values, selecting = rows.split(values)
        own_values = {name: values[name] for name in own}
        arguments = {name: value for name, value in values.items() if name == "org" or name not in own_values}
        resource_shown = columns_for(ctx, **own_values) if columns_for is not None else resource
        options = options_from(arguments, resource_shown, ctx.session.clock.now())
        for typed, conditions in selecting.items():
            options = options.also(*conditions, option=typed)
        if options.at is not None:
            reading.check_files(resource, options)
            return reading.deliver(
                ctx, at_capture.read_list(ctx, resource, options, click_ctx.command.params, own_values), options
            )
        if stream_to is not None and (folders := [path for path in options.save if _is_folder(path)]):
            streamed = [stream_to(ctx, replace(options, save=(folder,)), **own_values) for folder in folders]
            options = replace(options, save=tuple(path for path in options.save if path not in folders))
            if not options.save:
                return reading.hand_over(ctx, streamed[-1], options)
        reading.check_files(resource, options)
        own_read = partial(_call, read, ctx, own_values) if read is not None else None
        call_read = own_read or partial(reading.read_list, ctx, resource)
        frame = _rows(ctx, options, call_read, needs_frame=after_read is not None)
        if frame is None:
            return None
        options = options.with_added()
        picture_of_frame = partial(picture, **own_values) if picture is not None else None
        compared = None if len(frame) else answers.rows_to_compare(frame, options, resource_shown, call_read)
        result = reading.deliver(ctx, frame, options, resource_shown, picture_of_frame, compared)
        if after_read is not None:
            matching = options.where.rows(frames.as_frame(frame)) if options.where.conditions else frame
            after_read(ctx, result, matching, own_values)
        return result

    return call


def columns_by_option(
    resource: Resource, shows: Mapping[str, Resource], elsewhere: Resource | None = None
) -> ColumnsFor | None:
    """Return a function that returns the resource whose columns a list shows; None if these are always its own.

    Args:
        shows: the resource that each of these options shows, by the name of its parameter; the first given one counts.
        elsewhere: the resource that the list shows at a plain server.
    """

    def columns_for(ctx: CommandContext, **own: Any) -> Resource:
        for name, shown in shows.items():
            if own[name]:
                return shown
        return elsewhere if elsewhere is not None and ctx.session.settings.plain else resource

    return columns_for if shows or elsewhere is not None else None


def _rows(
    ctx: CommandContext, options: ListOptions, read: Callable[[ListOptions], frames.Table], *, needs_frame: bool
) -> frames.Table | None:
    """Return the rows of a list; None if they went into files while they were read."""
    if options.as_ == NOTHING or ctx.ui.output_suffix:
        return streaming.read(ctx, options.resource, options, read, needs_frame=needs_frame)
    if not ctx.session.names.remembers:
        return read(options)
    return query.cached_then_verify(ctx.session, partial(read, options))


def _call(read: Reader, ctx: CommandContext, own_values: Mapping[str, Any], options: ListOptions) -> frames.Table:
    """Return the rows that a listing's own function reads.

    Raises:
        TypeError: its DataFrame does not say what it contains.
    """
    rows: frames.Table = read(ctx, options, **own_values)
    if "rows" not in rows.attrs.get("zenpro", ()):
        raise TypeError(
            f"{read.__module__}.{read.__name__} returns a DataFrame without facts about it: "
            "return reading.frame_of_records(…), reading.read_list(…), or reading.read_query(…)."
        )
    return rows


def _is_folder(path: str) -> bool:
    """Return whether the path names a folder: it ends with a slash, or the folder exists."""
    return path.endswith(("/", os.sep)) or expand_home(path, SaveError).is_dir()


def _refuse_options(ctx: click.Context) -> None:
    """Refuse an option of the list before a verb: it would be ignored silently."""
    for param in ctx.command.params:
        source = ctx.get_parameter_source(param.name or "")
        if source is click.core.ParameterSource.COMMANDLINE:
            ctx.fail(f"{param.opts[0]} is an option of the list and does not apply to {ctx.invoked_subcommand!r}")
