"""Ids that were seen are recognized, packed or not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenpro_nb import limits
from zenpro_nb.client._listing import SeenIds


@given(batches=st.lists(st.sets(st.text(max_size=8), max_size=20), max_size=8), lookups=st.lists(st.text(max_size=8)))
@settings(max_examples=200, deadline=None)
def test_seen_ids_behave_like_a_set(batches: list[set[str]], lookups: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "IDS_PACKED", 5)
        seen, known = SeenIds(), set[str]()
        for batch in batches:
            fresh = batch - known
            assert seen.isdisjoint(batch) == known.isdisjoint(batch)
            assert seen.isdisjoint(fresh)
            seen.update(fresh)
            known |= fresh
            seen.pack()
            assert len(seen) == len(known)
        for name in [*lookups, *known]:
            assert (name in seen) == (name in known)
            assert seen.isdisjoint([name]) == (name not in known)


def test_packed_ids_leave_the_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IDS_PACKED", 1_000)
    seen = SeenIds()
    largest = 0
    for start in range(0, 20_000, 100):
        seen.update([f"row-{number}" for number in range(start, start + 100)])
        seen.pack()
        largest = max(largest, len(seen._recent))
    assert len(seen) == 20_000
    assert largest < 1_000
