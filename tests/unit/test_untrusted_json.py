"""JSON from servers: its depth is checked before parsing, and incomplete characters are removed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenpro_nb import limits
from zenpro_nb.security import untrusted_json

TEXT = st.text(alphabet='[]{}"\\,: \u00e9a\n', max_size=8)
VALUES = st.recursive(
    st.none() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=30,
)


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(value=VALUES, most=st.integers(0, 6), ascii_only=st.booleans())
@settings(max_examples=500, deadline=None)
def test_the_depth_is_counted_before_and_after_parsing(value: object, most: int, ascii_only: bool) -> None:
    before = limits.JSON_DEPTH
    limits.JSON_DEPTH = most
    try:
        content = json.dumps(value, ensure_ascii=ascii_only).encode()
        assert untrusted_json.too_deep(content) == (depth(value) > most)
        assert untrusted_json.holds_too_deep(value) == (depth(value) > most)
    finally:
        limits.JSON_DEPTH = before


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 1_000_000,
        b'["]", ' * 5_000 + b"1" + b"]" * 5_000,  # closed in its strings only
        b'["\\"]", ' * 5_000 + b"1" + b"]" * 5_000,
    ],
)
def test_endless_nesting_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="nested deeper than 100 levels"):
        untrusted_json.loads(content)


@pytest.mark.parametrize(
    ("content", "data"),
    [
        (b'{"\\ud800": ["\\udfff", "\\u0000", "\\ud83d\\ude00"]}', {"?": ["?", "\0", "\U0001f600"]}),
        (b"\xef\xbb\xbf[1]", [1]),
        (b'["\xff"]', ["\ufffd"]),
        (b"[NaN]", None),
        (b'"' + b"[" * 500 + b'"', "[" * 500),
    ],
)
def test_odd_texts_are_read(content: bytes, data: object) -> None:
    found = untrusted_json.loads(content)
    assert str(found).encode()
    assert data is None or found == data


@pytest.mark.parametrize("make", [lambda: b"1" * 5_000, lambda: b"", lambda: b"<html>", lambda: b'["\x00"]'])
def test_other_text_is_a_value_error(make: Callable[[], bytes]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the parsers' own words
        untrusted_json.loads(make())
