"""A whole list that is paged by offset and limit, read until it stood still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from zenpro_nb import limits
from zenpro_nb.client.chain import Fetched
from zenpro_nb.client.crew import Crew
from zenpro_nb.client.listing import Listing, P, Part, cut, unite
from zenpro_nb.client.memory import Memory
from zenpro_nb.client.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Wanted(Generic[P]):
    """A list to read: `fetch` reads a page, `key` is its route and query, `progress` is told the rows so far."""

    fetch: Callable[[int, int], P]
    key: tuple[str, str]
    limit: int | None
    progress: Callable[[int], None]


def read(wanted: Wanted[P], crew: Crew[Fetched[P] | None], memory: Memory, workers: int) -> Listing[P]:
    """The list; every row that was there all the time is in it once.

    A pass during which nothing moved is the list. After `limits.LIST_PASSES` passes that all saw movement it is what
    they saw together. `changed` says that any saw movement.
    """
    listing: Listing[P] = Listing()
    passes: list[list[Part[P]]] = []
    total = memory.totals.get(wanted.key)
    moved = True
    while moved and len(passes) < limits.LIST_PASSES:
        sweep = Sweep(
            wanted.fetch,
            crew,
            memory.grant(wanted.key[0]),
            workers=workers,
            limit=wanted.limit,
            total=total,
            progress=wanted.progress,
        )
        chain = sweep.run()
        moved, total = chain.moved, chain.rows
        passes.append(chain.parts)
        listing.requests += sweep.requests
        listing.complete = sweep.complete
        listing.changed = listing.changed or moved
    if listing.complete and wanted.limit is None:
        memory.totals[wanted.key] = total or 0
    listing.parts = cut(unite(passes) if moved else passes[-1], wanted.limit)
    return listing
