"""Bytes of a page to the records in it, for callers that inspect them; needs neither pandas nor Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from zenpro_nb import limits
from zenpro_nb.frames.decode import envelope, generic_decoder
from zenpro_nb.frames.decode.page import DecodedPage
from zenpro_nb.frames.decode.records import as_record
from zenpro_nb.resources.model import Resource


class RecordDecoder:
    """Decodes the pages of one read of a list, and applies `as_record` to each record; thread-safe.

    Example:
        >>> from zenpro_nb.resources import RESOURCES
        >>> page = RecordDecoder(RESOURCES["teams"])(b'[{"id": "1", "name": "ops", "token": "x"}]')
        >>> page.records, page.ids
        ([{'id': '1', 'name': 'ops'}], ['1'])
    """

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._census = census_of(resource)

    def __call__(self, content: bytes) -> DecodedPage:
        """Return the page that these bytes contain.

        Raises:
            UnexpectedAnswerError: the bytes are not JSON, JSON without a list, or contain an invalid record.
        """
        try:
            parsed_items, inner = parse_record(self._resource, content)
            return DecodedPage(
                records=[as_record(item, self._resource) for item in parsed_items.items],
                ids=generic_decoder.ids(self._resource, inner),
                total=parsed_items.total,
                total_pages=parsed_items.total_pages,
                unknown=self._census.count(parsed_items.items),
                absent=generic_decoder.absent(self._resource, inner),
            )
        except RecursionError:
            raise envelope.too_deep() from None

    def merge(self, parts: Sequence[tuple[DecodedPage, Sequence[int] | None]]) -> DecodedPage | None:
        """Return None: records stay as they are."""
        return None


def parse_record(resource: Resource, content: bytes) -> tuple[envelope.Items, list[Any]]:
    """Return the items without their secrets, and the records in them.

    Raises:
        UnexpectedAnswerError: the bytes are not JSON, or JSON without a list.
    """
    parsed_items = envelope.items_of(envelope.parse(content), resource.paging)
    parsed_items = parsed_items._replace(items=generic_decoder.without_secrets(resource, parsed_items.items))
    return parsed_items, [generic_decoder.record_of(resource, item) for item in parsed_items.items]


@lru_cache(maxsize=limits.COLUMN_CHOICES)
def census_of(resource: Resource) -> envelope.Census:
    """Return the counter of the fields that the resource does not declare."""
    return envelope.Census(resource)
