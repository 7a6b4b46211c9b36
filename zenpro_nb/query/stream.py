"""A list of the control plane into files while it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from zenpro_nb import frames
from zenpro_nb.client import PagePart
from zenpro_nb.query.read import Progress, Query, decoder_of, is_printed, merged, note, read_listing
from zenpro_nb.resources import Paging
from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    pass

Shape = Callable[["frames.Table"], "frames.Table"]


def stream(
    session: Session, query: Query, files: frames.FrameFiles, shape: Shape, progress: Progress | None = None
) -> frames.Table:
    """Write a list into files while it is read, and return a frame without rows that says what the whole would.

    Names are not remembered for Tab: nothing of the list is kept.

    Args:
        session: whose control plane is asked.
        query: the list, without a limit.
        files: what it is written to; they are open.
        shape: chooses rows and columns.
        progress: told how many rows were read so far.

    Raises: as `read`; the files are then not to be kept.
    """
    decoder = decoder_of(query)
    sink = _Written(query, files, shape)
    if query.resource.paging is Paging.OFFSET:
        listing = session.client.stream_list(
            query.path, sink, params=query.sent, decode=decoder, progress=progress, merge=partial(merged, decoder)
        )
    else:
        listing = read_listing(session.client, query, progress, decoder)
        sink.begin()
        for part in listing.parts:
            sink.take(part)
    frame = _table(query, [])
    note(
        session,
        frame,
        route=listing.path,
        filters=query.sent,
        rows=sink.read,
        complete=listing.complete,
        changed=listing.changed,
        lenient=sink.lenient,
        unknown=sink.unknown,
    )
    return frame


class _Written:
    """Makes frames of the parts of a list, writes them, and keeps what is told about them."""

    def __init__(self, query: Query, files: frames.FrameFiles, shape: Shape) -> None:
        self._query = query
        self._files = files
        self._shape = shape
        self.begin()

    def begin(self) -> None:
        """Begin with the first row."""
        self.read = self.lenient = 0
        self.unknown: Counter[str] = Counter()
        self._files.begin()

    def take(self, part: PagePart[frames.Page]) -> None:
        """Write the rows that are wanted."""
        frame = _table(self._query, [(part.page, part.keep)])
        self.read += len(frame)
        self.lenient += part.page.lenient
        self.unknown.update(part.page.unknown)
        self._files.write(self._shape(frame))


def _table(query: Query, parts: list[tuple[frames.Page, Sequence[int] | None]]) -> frames.Table:
    """Return the rows of these parts, as a frame where they need one."""
    rows = frames.rows_of_pages(query.resource, parts, query.columns) if is_printed(query) else None
    return frames.assemble(query.resource, parts, columns=query.columns) if rows is None else rows
