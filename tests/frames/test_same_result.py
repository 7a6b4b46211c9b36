"""The fast and the lenient path give the same frame, and a row's values do not depend on its neighbours."""

from __future__ import annotations

import os
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.frames.examples import DTYPES, THINGS, body, dtypes
from zenpro_nb.frames import Decoder, assemble, from_records

EXAMPLES = int(os.environ.get("ZENPRO_EXAMPLES", "100"))  # the nightly workflow takes 1000

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
whole = st.integers(-(2**63), 2**63 - 1)
real = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | whole | real | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
moments = st.datetimes().map(lambda moment: moment.isoformat())
times = (
    moments
    | moments.map(lambda text: text + "Z")
    | moments.map(lambda text: text + "+05:30")
    | st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%d %H:%M"))
    | st.dates().map(lambda day: day.isoformat())
    | st.just("2025-01-01T00:00:00.1234567Z")
    | texts
)


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects in which every field may be missing or null, and other fields may occur."""
    return st.fixed_dictionaries(
        {}, optional={**{name: st.none() | value for name, value in fields.items()}, "zz": whole}
    )


records = objects(
    id=texts,
    name=texts,
    created=times,
    status=st.sampled_from(["pending", "available", ""]),
    active=st.booleans(),
    logins=whole,
    share=real | whole,
    tags=st.lists(texts, max_size=3),
    roles=st.lists(st.none() | objects(role_id=texts), max_size=3),
    extra=json_values,
    organization=objects(name=texts),
    service=objects(status=objects(url=texts, size=whole)),
)
odd_records = st.dictionaries(st.sampled_from([*DTYPES, "service", "organization", "roles"]), json_values)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(records, max_size=6))
def test_fast_and_lenient_agree(items):
    page = Decoder(THINGS)(body(items))
    fast = assemble(THINGS, [(page, None)])
    slow = from_records(THINGS, items)
    pd.testing.assert_frame_equal(fast, slow)
    assert dtypes(fast) == dtypes(slow) == DTYPES
    assert [type(value) for value in fast["tags"]] == [list] * len(items)


@settings(max_examples=EXAMPLES * 2 // 3, deadline=None)
@given(st.lists(records, max_size=4), st.lists(odd_records | json_values, min_size=1, max_size=3))
def test_neighbours_do_not_change_a_row(items, odd):
    alone = Decoder(THINGS)(body(items))
    beside = Decoder(THINGS)(body(items + odd))
    assert len(beside) == len(items) + len(odd)
    assert len(set(beside.ids[: len(items)])) == len(set(alone.ids))
    here = assemble(THINGS, [(alone, None)])
    there = assemble(THINGS, [(beside, range(len(items)))])
    pd.testing.assert_frame_equal(here, there)
    assert dtypes(assemble(THINGS, [(beside, None)])) == DTYPES


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(st.lists(st.lists(records, max_size=3), max_size=4))
def test_pages_do_not_change_a_row(pages):
    decode = Decoder(THINGS)
    parts = [(decode(body(page)), None) for page in pages]
    flat = [record for page in pages for record in page]
    whole_list = assemble(THINGS, parts)
    assert len(whole_list) == len(flat)
    pd.testing.assert_frame_equal(whole_list, from_records(THINGS, flat))
