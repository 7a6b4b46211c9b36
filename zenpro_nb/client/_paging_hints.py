"""The page sizes and totals that a client has learned, to need fewer requests at the next read."""

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
    """The largest page that any route of one server has sent. All lists of a server follow the same rule."""

    largest: int = 0


class RoutePageCap(Struct):
    """The known page sizes of a route.

    One read writes it while others use it; a lost update costs one request.
    """

    size: int = limits.PAGE_SIZE  # the requested size, lowered to the cap of the server if it has one
    largest: int = 0  # the largest page received; a shorter page is the last one
    unpaged: bool = False  # the route always sends the whole list
    maximum: int = sys.maxsize  # the largest size that can be requested
    documented: int = 0  # the largest size in the server's own description
    server: ServerPageCap = field(default_factory=ServerPageCap)

    def is_known(self, size: int) -> bool:
        """Return whether the server is known to send pages of this size, on this route or another."""
        return max(self.largest, self.documented, self.server.largest) >= size

    def is_last_page(self, rows: int, requested: int) -> bool:
        """Return whether a page with this number of rows is certainly the last one, being shorter than a full page.

        Page sizes of other routes count too, unless this number of rows looks like a cap. This route could then have
        its own cap.
        """
        cap = self.largest
        if not _looks_like_a_cap(rows):
            cap = max(cap, self.documented, self.server.largest)
        return rows == 0 or rows < min(requested, cap)

    def learn(self, rows: int, requested: int) -> None:
        """Record the number of rows received."""
        self.largest = max(self.largest, rows)
        if rows <= requested:
            self.server.largest = max(self.server.largest, rows)

    def shrink(self, error: BadRequestError, parameter: str, requested: int) -> int:
        """Use the page size that a refusal allows from now on, and return it. Re-raises a refusal without a size.

        The control plane allows 100. A workspace with ZENML_PAGINATION_DEFAULT_LIMIT allows that number
        (API facts 6.5). That a refusal contains the number is observed for workspaces, and inferred for the control
        plane.
        """
        maximum = error.greatest.get(parameter, requested)
        if not 0 < maximum < requested:
            raise error
        self.limit_to(maximum)
        return maximum

    def limit_to(self, maximum: int) -> None:
        """Request at most this number of rows per page from now on."""
        self.maximum = min(self.maximum, maximum)
        self.size = min(self.size, maximum)


def _looks_like_a_cap(rows: int) -> bool:
    """Return whether a page could have been capped at this length: caps are usually round numbers.

    >>> [rows for rows in range(30) if _looks_like_a_cap(rows)]
    [10, 15, 16, 20, 25]
    """
    return rows >= limits.SMALLEST_CAP and (rows % 5 == 0 or rows & (rows - 1) == 0)


class PagingHints(Struct):
    """The page caps by route, the last totals by route and query, and the page sizes that the server declares.

    Ids in a path do not count for its route: a cap learned from one team's members applies to every team.
    """

    caps: dict[str, RoutePageCap] = field(default_factory=dict)
    totals: dict[tuple[str, str], int] = field(default_factory=dict)
    declared_sizes: list[tuple[re.Pattern[str], int]] = field(default_factory=list)
    server: ServerPageCap = field(default_factory=ServerPageCap)

    def cap_of(self, path: str) -> RoutePageCap:
        """Return the page cap of the route, for reading and updating."""
        if len(self.caps) >= limits.PAGING_HINTS:
            self.caps.clear()
        cap = self.caps.setdefault(_ID.sub("/{}", path), RoutePageCap())
        cap.server = self.server
        for pattern, maximum in self.declared_sizes:
            if pattern.fullmatch(path):
                cap.limit_to(maximum)
                cap.documented = min(maximum, limits.PAGE_SIZE)
        return cap

    def declare(self, largest: Mapping[str, int]) -> None:
        """Set the largest page sizes of routes. Variable parts of a route are in braces."""
        self.declared_sizes = [
            (re.compile(_BRACES.sub("[^/]+", re.escape(path))), maximum) for path, maximum in largest.items()
        ]

    def remember_total(self, key: tuple[str, str], total: int) -> None:
        """Store the number of rows in the list of this route and query."""
        if len(self.totals) >= limits.PAGING_HINTS:
            self.totals.clear()
        self.totals[key] = total
