"""Paging and sorting (API facts 6.3, observed)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.errors import BadValueError
from zenpro_nb.sandbox.workspace_api.filters import Getter
from zenpro_nb.sandbox.workspace_api.items.base import Item
from zenpro_nb.sandbox.workspace_api.problems import InvalidFilterError, InvalidRequestError

DESCENDING = "desc"
ASCENDING = "asc"


class Page(Struct, frozen=True):
    """The requested rows of a list."""

    number: int
    size: int

    @classmethod
    def of(cls, query: Mapping[str, str], cap: int | None) -> Page:
        """Return the requested page. A server can silently return smaller pages than requested."""
        size = _whole(query, "size", limits.WORKSPACE_PAGE_DEFAULT, limits.WORKSPACE_PAGE_MAX)
        return cls(_whole(query, "page", 1, limits.OFFSET_MAX), size if cap is None else min(size, cap))

    def rows(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return the rows of the page. Raises BadValueError if the list has no such page, as 0.98.0 does."""
        if self.number > self.pages(len(items)):
            raise BadValueError(
                f"Invalid page {self.number}. The requested page size is {self.size} and there are a total of "
                f"{len(items)} items for this query. The maximum page value therefore is {self.pages(len(items))}."
            )
        start = (self.number - 1) * self.size
        return items[start : start + self.size]

    def pages(self, total: int) -> int:
        """Return the number of pages. An empty list has one."""
        return max(1, -(-total // self.size))

    def envelope(self, total: int, rows: Sequence[object]) -> dict[str, object]:
        """Return the page as the API shows it."""
        return {
            "index": self.number,
            "max_size": self.size,
            "total_pages": self.pages(total),
            "total": total,
            "items": rows,
        }


def _whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        message = "Input should be a valid integer, unable to parse string as an integer"
        raise InvalidRequestError("int_parsing", ("query", name), message, text) from None
    if value < 1:
        message = "Input should be greater than or equal to 1"
        raise InvalidRequestError("greater_than_equal", ("query", name), message, text)
    if value > most:
        message = f"Input should be less than or equal to {most}"
        raise InvalidRequestError("less_than_equal", ("query", name), message, text)
    return value


def sort_items(items: list[Item], sort_by: str, sortable: Mapping[str, Getter], now: datetime) -> list[Item]:
    """Sort items by a `sort_by` such as `created` or `desc:created`. Equal items are sorted by id."""
    operator, colon, column = sort_by.partition(":")
    if not colon:
        operator, column = ASCENDING, sort_by
    if column not in sortable:
        raise InvalidFilterError("You can only sort by valid fields of this resource")
    values = sortable[column]

    def key(item: Item) -> tuple[bool, Any, str]:
        value = next(iter(values(item, now)), None)
        # As in SQL's ascending order, null comes first.
        return (value is not None, _order(value), item.id)

    return sorted(items, key=key, reverse=operator == DESCENDING)


def _order(value: object) -> Any:
    return value if isinstance(value, int | float | str | datetime) else str(value) if value is not None else 0
