"""What a client has learned about lists, so that the next reading asks for less."""

from __future__ import annotations

from dataclasses import dataclass, field

from zenpro_nb import limits


@dataclass(slots=True)
class Grant:
    """How a route answers. Written by one reading and read by others; a lost update costs one request."""

    size: int = limits.PAGE_SIZE  # what is asked for: the server's cap where it showed that it caps lower
    largest: int = 0  # the most rows it ever sent: a shorter page is the end
    unpaged: bool = False  # it sends everything, whatever is asked for


@dataclass(slots=True)
class PagingHints:
    """Grants by route, and the last total by route and query."""

    grants: dict[str, Grant] = field(default_factory=dict)
    totals: dict[tuple[str, str], int] = field(default_factory=dict)

    def grant(self, path: str) -> Grant:
        """What is known about the route, to be written on."""
        return self.grants.setdefault(path, Grant())
