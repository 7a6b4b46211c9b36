"""Bytes of a page to a `DecodedPage`: fast if the page is as declared, lenient if it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from zenpro_nb import limits
from zenpro_nb.errors import UnexpectedAnswerError
from zenpro_nb.frames.decode import build, envelope, field_paths, generic_decoder
from zenpro_nb.frames.decode.cells import Cells
from zenpro_nb.frames.decode.page import DecodedPage
from zenpro_nb.frames.decode.plan import plan_of
from zenpro_nb.frames.decode.record_decoder import parse_record
from zenpro_nb.resources.model import Paging, Resource


class Decoder:
    """Decodes the pages of one read of a list; thread-safe.

    Args:
        resource: the resource that is read.
        columns: the names of the columns, in order; defaults to all.
        raw: keep the records as they arrive (without secrets) instead of a typed table.
        track: record which fields occur at all; see `fields`.

    Raises:
        UnknownNameError: the resource has no such column.

    Example:
        >>> from zenpro_nb.resources import RESOURCES
        >>> decode = Decoder(RESOURCES["users"], ["email", "is_active"])
        >>> decode(b'[{"id": "1", "email": "ada@example.com", "is_active": true}]').table.to_pylist()
        [{'email': 'ada@example.com', 'is_active': True}]
    """

    def __init__(
        self,
        resource: Resource,
        columns: Sequence[str] | None = None,
        *,
        raw: bool = False,
        track: bool = False,
    ) -> None:
        self._plan = plan_of(resource, None if columns is None else tuple(columns), raw)
        self._first = iter((True,))  # assigned once, however many threads ask; a lock would have to survive a fork
        tracked = [column for column in self._plan.columns if not column.computed] if track else []
        self._names = frozenset(column.name for column in tracked)
        # The fields not seen yet. Most servers send every field with every row, so one page usually ends the search.
        self._unseen = {column.name: field_paths.readable_paths(resource, column) for column in tracked}

    @property
    def fields(self) -> frozenset[str]:
        """Return the columns whose field has occurred in any row, even as null; empty if fields are not tracked."""
        return self._names - set(self._unseen)

    def __call__(self, content: bytes) -> DecodedPage:
        """Return the page that these bytes contain.

        Raises:
            UnexpectedAnswerError: the bytes are not JSON, or JSON without a list.
        """
        try:
            page = self._records(content) if self._plan.whole else self._decode_typed(content)
            if self._unseen:
                self._look(content)
            return page
        except RecursionError:
            raise UnexpectedAnswerError("The server's response is nested too deeply", hint=envelope.HINT) from None

    def merge(self, parts: Sequence[tuple[DecodedPage, Sequence[int] | None]]) -> DecodedPage | None:
        """Return one page for several, with the kept rows of each; None if they stay as they are."""
        return None if self._plan.whole else build.merge_pages(parts, self._plan.schema, self._plan.shared)

    def _look(self, content: bytes) -> None:
        # Consists of field names alone, so no secrets have to be removed first.
        items = envelope.items_of(envelope.parse(content), self._plan.resource.paging).items
        records = [generic_decoder.record_of(self._plan.resource, item) for item in items]
        for name, places in list(self._unseen.items()):
            if any(field_paths.is_present(record, steps) for record in records for steps in places):
                self._unseen.pop(name, None)  # another thread may have seen it as well

    def _decode_typed(self, content: bytes) -> DecodedPage:
        try:
            items, total, total_pages = self._plan.reader.decode(content)
            cells, keys, certain = self._read(items)
        # Anything unexpected: a type other than the declared one, broken text, a number beyond 64 bits.
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
            return self._lenient(content)
        return DecodedPage(
            ids=self._digests(content) if keys is None else keys,
            **({"cells": cells} if self._will_be_merged(len(items)) else {"arrow_table": cells.table()}),
            total=total,
            total_pages=total_pages,
            lenient=not certain,
            unknown=self._unknown(content),
            absent=self._plan.reader.absent(items) if self._plan.resource.record else (),
        )

    def _will_be_merged(self, rows: int) -> bool:
        """Return whether the page will be merged with others: this happens only in long lists by offset."""
        return self._plan.resource.paging is Paging.OFFSET and rows <= limits.SMALL_PAGE

    def _read(self, items: list[Any]) -> tuple[Cells, Sequence[str] | None, bool]:
        """Return the cells, the ids (None if a row has none), and whether every value could be read."""
        arrays, certain = self._plan.arrays(items, self._plan.unsure) if self._plan.unsure else ({}, True)
        return Cells(items, arrays, self._plan), self._keys(items), certain

    def _keys(self, items: list[Any]) -> Sequence[str] | None:
        if self._plan.resource.paging is Paging.NONE:
            return generic_decoder.positions(len(items))
        if not self._plan.key:
            return None
        parts = self._plan.reader.values(items, self._plan.key)
        keys = parts[0] if len(parts) == 1 else [generic_decoder.join(part) for part in zip(*parts, strict=True)]
        return None if None in keys or "" in keys else keys

    def _digests(self, content: bytes) -> list[str]:
        return generic_decoder.ids(self._plan.resource, self._parse(content)[1])

    def _parse(self, content: bytes) -> tuple[envelope.Items, list[Any]]:
        return parse_record(self._plan.resource, content)

    def _lenient(self, content: bytes) -> DecodedPage:
        parsed_items, records = self._parse(content)
        table = generic_decoder.table(self._plan.resource, self._plan.columns, records)
        return self._page(parsed_items, records, arrow_table=table, lenient=not parsed_items.single)

    def _records(self, content: bytes) -> DecodedPage:
        parsed_items, records = self._parse(content)
        return self._page(parsed_items, records, records=parsed_items.items if self._plan.raw else records)

    def _page(self, parsed_items: envelope.Items, inner: list[Any], **rest: Any) -> DecodedPage:
        return DecodedPage(
            ids=generic_decoder.ids(self._plan.resource, inner),
            total=parsed_items.total,
            total_pages=parsed_items.total_pages,
            unknown=self._plan.census.count(parsed_items.items),
            absent=generic_decoder.absent(self._plan.resource, inner),
            **rest,
        )

    def _unknown(self, content: bytes) -> dict[str, int]:
        """Return how often each undeclared field occurs, for the first page only.

        Examining the fields that the fast path skips costs several times as much as the fast path.
        """
        if not next(self._first, False):
            return {}
        return self._plan.census.count(envelope.items_of(envelope.parse(content), self._plan.resource.paging).items)
