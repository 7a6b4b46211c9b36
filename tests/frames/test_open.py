"""Frames without declared columns: schemaless resources, undeclared routes, raw records."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.frames.examples import FULL, THINGS, body, dtypes, read, resource
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.frames import Decoder, assemble, empty, from_records
from zenpro_nb.limits import FLATTEN_COLUMNS
from zenpro_nb.resources import Column, DataType

COLUMNS = (Column("id", DataType.ID), Column("status", DataType.CATEGORY), Column("who", path="user.name"))
OPEN = resource(schemaless=True, columns=COLUMNS)
UNDECLARED = resource(schemaless=True, columns=())


def test_declared_columns_come_before_undeclared_ones():
    df = read(
        OPEN, [{"zeta": 1, "user": {"name": "Ada", "age": 3}, "id": "1"}, {"alpha": {"b": {"c": True}}, "id": "2"}]
    )
    assert dtypes(df) == {
        "id": "str",
        "status": "category",
        "who": "str",
        "zeta": "Int64",
        "user_age": "Int64",
        "alpha_b_c": "boolean",
    }
    assert df["who"].tolist()[0] == "Ada"


def test_pages_with_different_fields_make_one_frame():
    decode = Decoder(OPEN)
    parts = [(decode(body([{"id": "1", "x": 1}])), None), (decode(body([{"id": "2", "x": 2.5, "y": "a"}])), None)]
    df = assemble(OPEN, parts)
    assert df["x"].tolist() == [1.0, 2.5]
    assert pd.isna(df["y"][0])
    assert parts[0][0].unknown == {"x": 1}


def test_an_undeclared_column_can_be_selected():
    items = [{"id": "1", "x": 1}]
    assert list(read(OPEN, items, columns=["x", "id"]).columns) == ["x", "id"]
    with pytest.raises(UnknownNameError, match=r"no column 'y'.*Columns: id, status, who, x"):
        read(OPEN, items, columns=["y"])
    assert dtypes(read(OPEN, [], columns=["y", "status"])) == {"y": "str", "status": "category"}
    assert dtypes(empty(OPEN)) == {"id": "str", "status": "category", "who": "str"}


def test_a_repeated_name_gets_a_number():
    df = read(OPEN, [{"who": 3, "user": {"name": "Ada"}, "a_b": 1, "a": {"b": 2}}])
    assert (df["who"][0], df["who_2"][0]) == ("Ada", 3)
    assert (df["a_b"][0], df["a_b_2"][0]) == (1, 2)


def test_columns_are_typed_only_if_every_value_agrees():
    rows = [
        {
            "t": "2025-07-19T14:26:05.721Z",
            "d": "2025-07-19",
            "n": 1,
            "f": 1,
            "m": 1,
            "l": ["a"],
            "b": True,
            "o": {},
            "e": None,
        },
        {"t": "2025-07-19T14:26:05", "d": "2025-07-20", "n": None, "f": 0.5, "m": "x", "l": [], "b": None, "o": [1]},
    ]
    df = from_records(UNDECLARED, rows)
    assert dtypes(df) == {
        "t": "datetime64[us, UTC]",
        "d": "str",
        "n": "Int64",
        "f": "float64",
        "m": "object",
        "l": "object",
        "b": "boolean",
        "o": "object",
        "e": "str",
    }
    assert df["m"].tolist() == [1, "x"]
    assert df["o"].tolist() == [{}, [1]]
    assert df["l"].tolist() == [["a"], []]


@pytest.mark.parametrize(
    ("records", "rows"),
    [
        ([], []),
        ([{}], [{"value": {}}]),
        (["a", "b"], [{"value": "a"}, {"value": "b"}]),
        ([{"days": 3}], [{"days": 3}]),
        ([{"items": [{"id": "1"}]}], [{"items": [{"id": "1"}]}]),
        ([[1, 2]], [{"value": [1, 2]}]),
        ([{"id": "1"}, 3], [{"id": "1", "value": None}, {"id": None, "value": 3}]),
    ],
)
def test_records_of_any_shape(records, rows):
    df = from_records(UNDECLARED, records)
    assert df.astype(object).where(df.notna(), None).to_dict("records") == rows


def test_maps_with_hundreds_of_names_stay_whole():
    usage = {f"id-{at}": at for at in range(FLATTEN_COLUMNS + 1)}
    df = from_records(UNDECLARED, [{"id": "1", "usage": usage}])
    assert list(df.columns) == ["id", "usage"]
    assert df["usage"][0] == usage


def test_raw_is_the_response_without_secrets():
    record = {"z": {"deep": [1]}, "id": 5, "new": None}
    df = read(THINGS, [record, FULL], raw=True)
    assert list(df.columns)[:3] == ["z", "id", "new"]
    assert all(str(dtype) == "object" for dtype in df.dtypes)
    assert df.iloc[0][["z", "id", "new"]].tolist() == [{"deep": [1]}, 5, None]
    assert df["roles"][1] == FULL["roles"]
    assert {"password", "private"}.isdisjoint(df.columns)
    pd.testing.assert_frame_equal(df, from_records(THINGS, [record, FULL], raw=True))


def test_raw_columns_are_the_fields_of_the_response():
    assert list(read(THINGS, [FULL], raw=True, columns=["service", "id"]).columns) == ["service", "id"]
    with pytest.raises(UnknownNameError, match="The raw response has no column 'url'"):
        read(THINGS, [FULL], raw=True, columns=["url"])
    assert list(read(THINGS, [], raw=True).columns)[-2:] == ["organization", "service"]


def test_raw_keeps_the_whole_item_around_a_record():
    kind = resource(record="user")
    df = read(kind, [{"user": {"id": "1"}, "roles": []}, {"user": None, "team": {}}], raw=True)
    assert df.to_dict("records") == [{"user": {"id": "1"}, "roles": []}]


def test_records_of_either_shape():
    kind = resource(record="user")
    df = from_records(kind, [{"user": {"id": "1"}}, {"id": "2"}, {"user": None}])
    assert df["id"].tolist() == ["1", "2"]
