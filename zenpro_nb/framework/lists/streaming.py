"""Lists that go into files while they are read, where nobody needs the whole in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from zenpro_nb import frames, query
from zenpro_nb.framework.cli.context import Runtime
from zenpro_nb.framework.lists import reading
from zenpro_nb.framework.lists.options import NOTHING, PANDAS, Asked
from zenpro_nb.resources import Paging, Resource
from zenpro_nb.syntax.counts import counted


def read(
    run: Runtime, resource: Resource, asked: Asked, how: Callable[[Asked], frames.Table], *, judged: bool
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
    with _printed(run, asked) as printed:
        paths = [*asked.save, *([str(printed)] if printed is not None else [])]
        wanted = asked.as_ == NOTHING or printed is not None
        if not (wanted and _can(resource, asked, paths, judged=judged)):
            return query.looked_up(run.session, partial(how, asked))
        with frames.FrameFiles(paths) as files:
            frame = query.looked_up(run.session, partial(how, replace(asked, into=files)))
            if not files.begun:
                return frame
            last = reading.chosen(asked, frame)
            last.attrs["zenpro"] = {**last.attrs["zenpro"], "rows": files.rows}
            files.end(last)
        for path in asked.save:
            run.face.say(f"saved {counted(files.rows, 'row')} to {path}")
        if printed is not None:
            run.face.pour(printed)
    return None


def _can(resource: Resource, asked: Asked, paths: list[str], *, judged: bool) -> bool:
    """Return whether the rows can be written as they come.

    What orders or counts them needs all, as do a picture, a text and Excel.
    """
    if asked.sort or asked.limit or asked.plot or asked.raw or judged:
        return False
    if resource.open or resource.document or resource.paging is not Paging.OFFSET or not paths:
        return False
    names = reading.wanted_columns(resource, asked)
    columns = [one for one in resource.columns if names is None or one.name in names]
    return all(frames.streamable(path, columns) for path in paths)


@contextmanager
def _printed(run: Runtime, asked: Asked) -> Iterator[Path | None]:
    """Give the file whose content the face prints; None where it prints none."""
    if not run.face.prints or asked.as_ != PANDAS:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, f"result{run.face.prints}")
