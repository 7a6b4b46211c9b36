"""Lists whose rows move during the read: nothing is lost and nothing duplicated."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.client.changing_list import Change, World, as_one, asking, changes, read
from tests.client.support import Ids, ReceivedRequest, Response, Server, ids_of
from zenpro_nb import limits
from zenpro_nb.client import Client
from zenpro_nb.client._listing import PagePart

Serve = Callable[[Callable[[ReceivedRequest], Response]], Server]
Connect = Callable[..., Client]

pytestmark = pytest.mark.usefixtures("no_thread_left")


@given(
    rows=st.integers(0, 100),
    cap=st.integers(2, 30),
    size=st.integers(2, 30),
    workers=st.integers(1, 6),
    moves=changes("insert", "delete"),
    urgent=st.booleans(),
)
@settings(max_examples=1000, deadline=None)
def test_no_row_is_lost_or_duplicated_while_rows_come_and_go(
    rows: int, cap: int, size: int, workers: int, moves: dict[int, list[Change]], urgent: bool
) -> None:
    world = World(rows, cap, moves)
    ids = ids_of(read(world, workers=workers, hints=asking(size), urgent=urgent).parts)
    assert len(ids) == len(set(ids))
    assert world.always <= set(ids) <= world.ever


@given(
    rows=st.integers(0, 100),
    cap=st.integers(2, 30),
    size=st.integers(2, 30),
    workers=st.integers(1, 6),
    moves=changes("insert", "first"),
    urgent=st.booleans(),
)
@settings(max_examples=500, deadline=None)
def test_a_row_that_moves_to_the_front_is_found_by_the_next_pass(
    rows: int, cap: int, size: int, workers: int, moves: dict[int, list[Change]], urgent: bool
) -> None:
    """A list ordered by its last changes. It moves only once, so the second pass sees no movement."""
    world = World(rows, cap, dict(list(moves.items())[:1]))
    ids = ids_of(read(world, workers=workers, hints=asking(size), urgent=urgent).parts)
    assert len(ids) == len(set(ids))
    assert world.always <= set(ids) <= world.ever


def test_a_row_deleted_between_two_pages_loses_no_other_row() -> None:
    world = World(500, 100, {1: [("delete", 10)]})
    listing = read(world, workers=1)
    assert listing.changed
    assert set(ids_of(listing.parts)) >= world.always
    assert listing.complete


def test_a_list_that_always_moves_is_the_union_of_all_passes() -> None:
    world = World(300, 100, {number: [("insert", 0)] for number in range(100)})
    listing = read(world, workers=4)
    assert listing.changed
    ids = ids_of(listing.parts)
    assert world.always <= set(ids)
    assert len(ids) == len(set(ids))


@given(
    rows=st.integers(0, 100),
    cap=st.integers(2, 30),
    workers=st.integers(1, 6),
    limit=st.none() | st.integers(0, 120),
    moves=changes("insert", "delete"),
    maximum=st.integers(1, 5),
)
@settings(max_examples=400, deadline=None)
def test_merged_pages_lose_and_duplicate_no_row(
    rows: int, cap: int, workers: int, limit: int | None, moves: dict[int, list[Change]], maximum: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "PAGES_MERGED", maximum)
        world = World(rows, cap, moves)
        ids = ids_of(read(world, workers=workers, limit=limit, hints=asking(30), merge=as_one).parts)
        still = World(rows, cap, {})
        assert (
            ids_of(read(still, workers=workers, limit=limit, hints=asking(30), merge=as_one).parts)
            == still.rows[:limit]
        )
    assert len(ids) == len(set(ids))
    assert set(ids) <= world.ever
    assert limit is not None or world.always <= set(ids)


def test_only_the_pages_of_one_merge_stay_in_memory() -> None:
    held: list[int] = []

    def merge(parts: Sequence[PagePart[Ids]]) -> Ids:
        held.append(len(parts))
        return as_one(parts)

    listing = read(World(50_000, 100, {}), workers=8, merge=merge)
    assert (listing.rows, max(held)) == (50_000, limits.PAGES_MERGED)
    assert len(listing.parts) <= 50_000 / 99 / limits.PAGES_MERGED + limits.PAGES_MERGED
