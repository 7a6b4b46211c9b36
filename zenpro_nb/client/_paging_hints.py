"""What a client has learned about lists, so that the next reading asks for less."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from msgspec import Struct, field

from zenpro_nb import limits
from zenpro_nb.errors import BadRequestError

_ID = re.compile(r"/[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}(?=/|$)")
_BRACES = re.compile(r"\\{.*?\\}")  # in an escaped route


class ServerPageCap(Struct):
    """How large a page of any route of one server was granted; lists of one server are paged by one rule."""

    largest: int = 0


class RoutePageCap(Struct):
    """How a route answers. Written by one reading and read by others; a lost update costs one request."""

    size: int = limits.PAGE_SIZE  # what is asked for: the server's cap where it showed that it caps lower
    largest: int = 0  # the most rows it ever sent: a shorter page is the end
    unpaged: bool = False  # it sends everything, whatever is asked for
    maximum: int = sys.maxsize  # the largest page that it lets be asked for
    declared: int = 0  # the largest page by the server's own description
    server: ServerPageCap = field(default_factory=ServerPageCap)

    def is_known(self, size: int) -> bool:
        """Return whether a page of this size is known to be granted, be it on another route."""
        return max(self.largest, self.declared, self.server.largest) >= size

    def is_last_page(self, rows: int, requested: int) -> bool:
        """Return whether a page of so many rows is surely the last one, being shorter than what the server sends.

        What another route was granted counts here too, unless the page is as long as somebody would cap pages: then
        this route may have a cap of its own.
        """
        known = self.largest
        if not _looks_like_a_cap(rows):
            known = max(known, self.declared, self.server.largest)
        return rows == 0 or rows < min(requested, known)

    def learn(self, rows: int, requested: int) -> None:
        """Note how many rows came."""
        self.largest = max(self.largest, rows)
        if rows <= requested:
            self.server.largest = max(self.server.largest, rows)

    def shrink(self, error: BadRequestError, parameter: str, requested: int) -> int:
        """Learn from a refusal how large a page may be, and return it; raise the refusal where it does not tell.

        The control plane allows 100, and a workspace whose ZENML_PAGINATION_DEFAULT_LIMIT is set allows that many (fact
        sheet section 6); that a refusal tells the number is observed of workspaces and inferred of the control plane.
        """
        maximum = error.greatest.get(parameter, requested)
        if not 0 < maximum < requested:
            raise error
        self.limit_to(maximum)
        return maximum

    def limit_to(self, maximum: int) -> None:
        """Ask for pages of at most so many rows from now on."""
        self.maximum = min(self.maximum, maximum)
        self.size = min(self.size, maximum)


def _looks_like_a_cap(rows: int) -> bool:
    """Return whether a page may have been cut to this length: people choose round numbers.

    >>> [rows for rows in range(30) if _looks_like_a_cap(rows)]
    [10, 15, 16, 20, 25]
    """
    return rows >= limits.SMALLEST_CAP and (rows % 5 == 0 or rows & (rows - 1) == 0)


class PagingHints(Struct):
    """Grants by route, the last total by route and query, and the largest pages that the server has told in advance.

    The ids in a path are no part of its route: what one team's members taught is known of every team's.
    """

    caps: dict[str, RoutePageCap] = field(default_factory=dict)
    totals: dict[tuple[str, str], int] = field(default_factory=dict)
    declared_sizes: list[tuple[re.Pattern[str], int]] = field(default_factory=list)
    server: ServerPageCap = field(default_factory=ServerPageCap)

    def cap_of(self, path: str) -> RoutePageCap:
        """Return what is known about the route, to be written on."""
        if len(self.caps) >= limits.PAGING_HINTS:
            self.caps.clear()
        cap = self.caps.setdefault(_ID.sub("/{}", path), RoutePageCap())
        cap.server = self.server
        for pattern, maximum in self.declared_sizes:
            if pattern.fullmatch(path):
                cap.limit_to(maximum)
                cap.declared = min(maximum, limits.PAGE_SIZE)
        return cap

    def declare(self, largest: Mapping[str, int]) -> None:
        """Learn the largest pages of routes, whose variable parts stand in braces."""
        self.declared_sizes = [
            (re.compile(_BRACES.sub("[^/]+", re.escape(path))), maximum) for path, maximum in largest.items()
        ]

    def remember_total(self, key: tuple[str, str], total: int) -> None:
        """Keep how many rows the list of this route and query had."""
        if len(self.totals) >= limits.PAGING_HINTS:
            self.totals.clear()
        self.totals[key] = total
