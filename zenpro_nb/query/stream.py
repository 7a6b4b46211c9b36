"""Write a list of the control plane to files while it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from zenpro_nb import frames
from zenpro_nb.client import PagePart
from zenpro_nb.query.read import Progress, Query, decoder_of, is_printed, merge, note, read_listing
from zenpro_nb.resources import Paging
from zenpro_nb.session.session import Session

Shape = Callable[["frames.Table"], "frames.Table"]


def stream(
    session: Session, query: Query, files: frames.FrameFiles, shape: Shape, progress: Progress | None = None
) -> frames.Table:
    """Write a list to files while it is read, and return a DataFrame without rows that describes the whole list.

    Names are not cached for Tab: nothing of the list is kept.

    Args:
        session: the session with the control plane.
        query: the list, without a limit.
        files: the open files to write to.
        shape: selects rows and columns.
        progress: called with the number of rows read so far.

    Raises: as `read`; the files must then be discarded.
    """
    decoder = decoder_of(query)
    sink = _Sink(query, files, shape)
    if query.resource.paging is Paging.OFFSET:
        listing = session.client.read_list(
            query.path,
            params=query.sent,
            decode=decoder,
            progress=progress,
            merge=partial(merge, decoder),
            sink=sink,
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
        everywhere=query.everywhere,
        rows=sink.read,
        complete=listing.complete,
        changed=listing.changed,
        lenient=sink.lenient,
        unknown=sink.unknown,
    )
    return frame


class _Sink:
    """Writes the parts of a list as DataFrames, and collects the facts about them."""

    def __init__(self, query: Query, files: frames.FrameFiles, shape: Shape) -> None:
        self._query = query
        self._files = files
        self._shape = shape
        self.begin()

    def begin(self) -> None:
        """Restart at the first row."""
        self.read = self.lenient = 0
        self.unknown: Counter[str] = Counter()
        self._files.begin()

    def take(self, part: PagePart[frames.DecodedPage]) -> None:
        """Write the selected rows."""
        frame = _table(self._query, [(part.page, part.keep)])
        self.read += len(frame)
        self.lenient += part.page.lenient
        self.unknown.update(part.page.unknown)
        self._files.write(self._shape(frame))


def _table(query: Query, parts: list[tuple[frames.DecodedPage, Sequence[int] | None]]) -> frames.Table:
    """Return the rows of these parts, as a DataFrame if they need one."""
    rows = frames.rows_of_pages(query.resource, parts, query.columns) if is_printed(query) else None
    return frames.assemble(query.resource, parts, columns=query.columns) if rows is None else rows
