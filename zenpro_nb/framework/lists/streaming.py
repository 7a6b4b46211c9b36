"""Lists that go into files while they are read, where nobody needs the whole in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from zenpro_nb import frames, query
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import reading
from zenpro_nb.framework.lists.options import NOTHING, PANDAS, ListOptions
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
    """Return the frame of a list; None where its rows went into files while they were read.

    They do with `--as none`, and where the face prints the content of a file.

    Args:
        how: reads the list. One that makes its rows from several lists leaves the files alone, and its frame is
            delivered as always.
        judged: somebody looks at the frame afterwards.

    Raises:
        SaveError: a file cannot be written.
        ZenProError: the list could not be read; then no file is changed.
    """
    with _printed(ctx, options) as printed:
        paths = [*options.save, *([str(printed)] if printed is not None else [])]
        wanted = options.as_ == NOTHING or printed is not None
        if not (wanted and _can(resource, options, paths, needs_frame=needs_frame)):
            return query.cached_then_verify(ctx.session, partial(how, options))
        with frames.FrameFiles(paths) as files:
            frame = query.cached_then_verify(ctx.session, partial(how, replace(options, into=files)))
            if not files.begun:
                return frame
            last = reading.select(options, frame)
            last.attrs["zenpro"] = {**last.attrs["zenpro"], "rows": files.rows}
            files.end(last)
        for path in options.save:
            ctx.ui.say(f"saved {counted(files.rows, 'row')} to {path}")
        if printed is not None:
            ctx.ui.print_file(printed)
    return None


def _can(resource: Resource, options: ListOptions, paths: list[str], *, needs_frame: bool) -> bool:
    """Return whether the rows can be written as they come.

    What orders or counts them needs all, as do a picture, a text and Excel.
    """
    if options.sort or options.limit or options.plot or options.raw or needs_frame:
        return False
    if resource.schemaless or resource.document or resource.paging is not Paging.OFFSET or not paths:
        return False
    names = reading.wanted_columns(resource, options)
    columns = [column for column in resource.columns if names is None or column.name in names]
    return all(frames.streamable(path, columns) for path in paths)


@contextmanager
def _printed(ctx: CommandContext, options: ListOptions) -> Iterator[Path | None]:
    """Give the file whose content the face prints; None where it prints none."""
    if not ctx.ui.output_suffix or options.as_ != PANDAS:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, f"result{ctx.ui.output_suffix}")
