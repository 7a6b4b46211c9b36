"""Bytes of a page to typed rows for printed lists; a few rows need neither pandas nor Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from zenpro_nb import limits
from zenpro_nb.frames.columns import select
from zenpro_nb.frames.decode import envelope, generic_decoder
from zenpro_nb.frames.decode.build_rows import cells_of
from zenpro_nb.frames.decode.page import DecodedPage
from zenpro_nb.frames.decode.record_decoder import census_of, parse_record
from zenpro_nb.frames.rows import Rows
from zenpro_nb.resources.model import Resource

if TYPE_CHECKING:
    from zenpro_nb.frames.decode.decoder import Decoder


class RowDecoder:
    """Decodes the first pages of a list to rows, and every page after many rows as `Decoder` does.

    It also uses `Decoder` for a page that requires Arrow. Thread-safe.

    Args:
        resource: the resource to read; not a schemaless one, whose columns come with the records.
        columns: the names of the columns, in order; defaults to all.

    Raises:
        UnknownNameError: the resource has no such column.

    Example:
        >>> from zenpro_nb.resources import RESOURCES
        >>> page = RowDecoder(RESOURCES["teams"], ["name"])(b'[{"id": "1", "name": "ops", "token": "x"}]')
        >>> page.rows.cells, page.ids
        ([['ops']], ['1'])
    """

    def __init__(self, resource: Resource, columns: Sequence[str] | None = None) -> None:
        self._resource = resource
        self._names = columns
        self._columns = select(resource, columns)
        self._census = census_of(resource)
        self._first = iter((True,))  # assigned once, however many threads ask
        self._decoded = 0  # approximate number of rows: two threads may count as one

    @cached_property
    def _decoder(self) -> Decoder:
        from zenpro_nb.frames.decode.decoder import Decoder  # imports pandas and Arrow

        return Decoder(self._resource, self._names)

    def __call__(self, content: bytes) -> DecodedPage:
        """Return the page that these bytes contain.

        Raises:
            UnexpectedAnswerError: the bytes are not JSON, or JSON without a list.
        """
        page = self._of_rows(content) if self._decoded < limits.ROWS_PRINTED_LEAN else None
        return self._decoder(content) if page is None else page

    def _of_rows(self, content: bytes) -> DecodedPage | None:
        try:
            parsed_items, records = parse_record(self._resource, content)
            cells = cells_of(self._resource, self._columns, records)
            if cells is None:
                return None
            self._decoded += len(records)
            return DecodedPage(
                ids=generic_decoder.ids(self._resource, records),
                rows=Rows(self._columns, cells, len(records), {}),
                total=parsed_items.total,
                total_pages=parsed_items.total_pages,
                unknown=self._census.count(parsed_items.items) if next(self._first, False) else {},
                absent=generic_decoder.absent(self._resource, records),
            )
        except RecursionError:
            raise envelope.too_deep() from None

    def merge(self, parts: Sequence[tuple[DecodedPage, Sequence[int] | None]]) -> DecodedPage | None:
        """Return one page for several, with the kept rows of each; None if they stay as they are."""
        return None if any(page.rows is not None for page, _ in parts) else self._decoder.merge(parts)
