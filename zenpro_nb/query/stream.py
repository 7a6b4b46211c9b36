"""A list of the control plane into files while it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from zenpro_nb import frames
from zenpro_nb.client import Part
from zenpro_nb.query.read import Progress, Query, merged, note, read_listing
from zenpro_nb.resources import Paging
from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    import pandas as pd

Shape = Callable[["pd.DataFrame"], "pd.DataFrame"]


def stream(
    session: Session, query: Query, files: frames.FrameFiles, shape: Shape, progress: Progress | None = None
) -> pd.DataFrame:
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
    decoder = frames.Decoder(query.resource, query.columns)
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
    frame = frames.assemble(query.resource, [], columns=query.columns)
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

    def take(self, part: Part[frames.Page]) -> None:
        """Write the rows that are wanted."""
        frame = frames.assemble(self._query.resource, [(part.page, part.keep)], columns=self._query.columns)
        self.read += len(frame)
        self.lenient += part.page.lenient
        self.unknown.update(part.page.unknown)
        self._files.write(self._shape(frame))
