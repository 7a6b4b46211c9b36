"""Write lists to files while they are read, if the whole list is not needed in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from zenpro_nb import frames, query
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import answers, reading
from zenpro_nb.framework.lists.options import NOTHING, PANDAS, ListOptions
from zenpro_nb.framework.lists.saved_files import say_saved
from zenpro_nb.resources import Paging, Resource
from zenpro_nb.syntax.counts import counted


def read(
    ctx: CommandContext,
    resource: Resource,
    options: ListOptions,
    how: Callable[[ListOptions], frames.Table],
    *,
    needs_frame: bool,
) -> frames.Table | None:
    """Return the DataFrame of a list; None if its rows went into files while they were read.

    This happens with `--as none`, and if the UI prints the content of a file.

    Args:
        how: reads the list. A reader that combines several lists does not write the files itself; its DataFrame is then
            delivered as usual.
        needs_frame: the caller uses the DataFrame afterwards.

    Raises:
        SaveError: a file cannot be written.
        ZenProError: the list could not be read; in this case no file is changed.
    """
    with _output_file(ctx, options) as output:
        paths = [*options.save, *([str(output)] if output is not None else [])]
        is_streamed = options.as_ == NOTHING or output is not None
        if not (is_streamed and _can_stream(resource, options, paths, needs_frame=needs_frame)):
            return query.cached_then_verify(ctx.session, partial(how, options))
        with frames.FrameFiles(paths) as files:
            frame = query.cached_then_verify(ctx.session, partial(how, replace(options, into=files)))
            if not files.has_begun:
                return frame
            options = options.with_added()
            closing = reading.select(options, frame)
            closing.attrs["zenpro"] = {**closing.attrs["zenpro"], "rows": files.rows}
            files.end(closing)
        if not files.rows:
            ctx.ui.say(answers.of_empty(frame, options, resource))
        for path in options.save:
            say_saved(ctx, counted(files.rows, "row"), path, frame)
        if output is not None:
            ctx.ui.print_file(output)
    return None


def _can_stream(resource: Resource, options: ListOptions, paths: list[str], *, needs_frame: bool) -> bool:
    """Return whether the rows can be written as they arrive.

    Sorting and limiting need all rows, and so do a picture, a text document and Excel.
    """
    if options.sort or options.limit or options.plot or options.raw or options.grouping or needs_frame:
        return False
    if resource.schemaless or resource.document or resource.paging is not Paging.OFFSET or not paths:
        return False
    names = reading.columns_to_read(resource, options)
    columns = [column for column in resource.columns if names is None or column.name in names]
    return all(frames.streamable(path, columns) for path in paths)


@contextmanager
def _output_file(ctx: CommandContext, options: ListOptions) -> Iterator[Path | None]:
    """Yield the file whose content the UI prints; None if it prints none."""
    if not ctx.ui.output_suffix or options.as_ != PANDAS:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, f"result{ctx.ui.output_suffix}")
