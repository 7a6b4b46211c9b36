"""What a client has learned about lists, so that the next reading asks for less."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from zenpro_nb import limits
from zenpro_nb.errors import BadRequestError

_BRACES = re.compile(r"\\{.*?\\}")  # in an escaped route


@dataclass(slots=True)
class Grant:
    """How a route answers. Written by one reading and read by others; a lost update costs one request."""

    size: int = limits.PAGE_SIZE  # what is asked for: the server's cap where it showed that it caps lower
    largest: int = 0  # the most rows it ever sent: a shorter page is the end
    unpaged: bool = False  # it sends everything, whatever is asked for
    most: int = sys.maxsize  # the largest page that it lets be asked for

    def shrink(self, error: BadRequestError, parameter: str, asked: int) -> int:
        """Learn from a refusal how large a page may be, and return it; raise the refusal where it does not tell.

        The control plane allows 100, and a workspace whose ZENML_PAGINATION_DEFAULT_LIMIT is set allows that many (fact
        sheet section 6); that a refusal tells the number is observed of workspaces and inferred of the control plane.
        """
        most = error.greatest.get(parameter, asked)
        if not 0 < most < asked:
            raise error
        self.bound(most)
        return most

    def bound(self, most: int) -> None:
        """Ask for pages of at most so many rows from now on."""
        self.most = min(self.most, most)
        self.size = min(self.size, most)


@dataclass(slots=True)
class PagingHints:
    """Grants by route, the last total by route and query, and the largest pages that the server has told in advance."""

    grants: dict[str, Grant] = field(default_factory=dict)
    totals: dict[tuple[str, str], int] = field(default_factory=dict)
    told: list[tuple[re.Pattern[str], int]] = field(default_factory=list)

    def grant(self, path: str) -> Grant:
        """Return what is known about the route, to be written on."""
        if len(self.grants) >= limits.PAGING_HINTS:
            self.grants.clear()
        grant = self.grants.setdefault(path, Grant())
        for pattern, most in self.told:
            if pattern.fullmatch(path):
                grant.bound(most)
        return grant

    def tell(self, largest: Mapping[str, int]) -> None:
        """Learn the largest pages of routes, whose variable parts stand in braces."""
        self.told = [(re.compile(_BRACES.sub("[^/]+", re.escape(path))), most) for path, most in largest.items()]

    def remember(self, key: tuple[str, str], total: int) -> None:
        """Keep how many rows the list of this route and query had."""
        if len(self.totals) >= limits.PAGING_HINTS:
            self.totals.clear()
        self.totals[key] = total
