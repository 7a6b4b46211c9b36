"""Pages with unexpected content: what can be read is kept, and nothing ends with a traceback."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.frames.examples import DTYPES, FULL, THINGS, body, dtypes, read
from zenpro_nb.errors import UnexpectedAnswerError
from zenpro_nb.frames import Decoder, assemble
from zenpro_nb.limits import JSON_DEPTH


def test_an_unreadable_time_is_missing_and_the_page_is_counted():
    page = Decoder(THINGS)(body([{"id": "1", "created": "soon"}, {"id": "2", "created": "2025-01-01T00:00:00Z"}]))
    assert page.lenient
    assert assemble(THINGS, [(page, None)])["created"].isna().tolist() == [True, False]


def test_an_unexpected_page_changes_only_its_unexpected_values():
    decode = Decoder(THINGS)
    good = decode(body([FULL]))
    odd = decode(
        body([{**FULL, "id": 5, "logins": "9", "active": "yes", "tags": "x", "organization": [], "share": {}}])
    )
    assert (good.lenient, odd.lenient) == (False, True)
    df = assemble(THINGS, [(good, None), (odd, None)])
    assert dtypes(df) == DTYPES
    row = df.iloc[1]
    assert (row["id"], row["logins"], row["active"], row["tags"]) == ("5", 9, True, ["x"])
    assert pd.isna(row["organization"])
    assert pd.isna(row["share"])
    assert df["name"].tolist() == [FULL["name"]] * 2


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30, "1e999", 1.5])
def test_numbers_beyond_64_bits_are_missing(number):
    df = read(THINGS, [{"id": "1", "logins": number, "size": 1}])
    assert df["logins"].isna().all()
    assert dtypes(df) == DTYPES


@pytest.mark.parametrize(
    "content",
    [
        b'[{"id": "1", "name": "\\ud800x"}]',
        b'[{"id": "1", "name": "\xff"}]',
        b'\xef\xbb\xbf[{"id": "1", "share": NaN}]',
        b'[{"id": "1", "share": 1e999}]',
    ],
)
def test_broken_text_and_numbers_are_read_as_far_as_possible(content):
    page = Decoder(THINGS)(content)
    assert page.lenient
    assert assemble(THINGS, [(page, None)])["id"].tolist() == ["1"]


def test_a_lone_surrogate_in_a_nested_value_does_not_lose_the_list():
    value = {"a": ["\ud800", 1, None, "é", float("nan")]}
    df = read(THINGS, [{"id": "1", "name": value, "tags": [value], "extra": value}, {"id": "2", "name": "fine"}])
    assert df["id"].tolist() == ["1", "2"]
    written = '{"a":["?",1,null,"é",null]}'
    assert df["name"].tolist() == [written, "fine"]
    assert df["tags"][0] == [written]
    assert df["extra"][0] == {"a": ["?", 1, None, "é", None]}


@pytest.mark.parametrize("content", [b"", b"<html>", b"[1,", b'{"detail": "no"}', b"3", b"null", b"[" * 100_000])
def test_a_response_without_a_list_is_an_unexpected_answer(content):
    with pytest.raises(UnexpectedAnswerError):
        Decoder(THINGS)(content)


def nested_json(field, levels):
    return b'[{"id": "1", "' + field + b'": ' + b"[" * levels + b"]" * levels + b"}]"


@pytest.mark.parametrize(("field", "raw"), [(b"extra", False), (b"zz", True)])
@pytest.mark.parametrize("levels", [JSON_DEPTH + 1, 700, 10_000, 100_000])
def test_endless_nesting_is_an_unexpected_answer(field, raw, levels):
    """The limit is zenpro's own, not the interpreter's."""
    decode = Decoder(THINGS, raw=raw)
    for _ in range(2):  # the first page of a list, which is searched for unknown fields, and the next
        with pytest.raises(UnexpectedAnswerError, match="nested too deeply"):
            decode(nested_json(field, levels))


def test_the_maximum_depth_is_read():
    page = Decoder(THINGS)(nested_json(b"extra", JSON_DEPTH - 2))
    assert assemble(THINGS, [(page, None)])["id"].tolist() == ["1"]


@pytest.mark.parametrize("levels", [10_000, 1_000_000])
def test_skipped_fields_can_be_nested_without_end(levels):
    decode = Decoder(THINGS)
    decode(body([FULL]))
    try:
        ids = decode(nested_json(b"zz", levels)).ids
    except UnexpectedAnswerError:  # interpreters differ in how deep they skip; none of them crashes
        ids = ["1"]
    assert ids == ["1"]


def test_items_that_are_not_objects_are_still_rows():
    page = Decoder(THINGS)(body([None, 3, "x", {"id": "1"}]))
    assert len(page) == len(page.ids) == 4
    assert len(assemble(THINGS, [(page, None)])) == 4
