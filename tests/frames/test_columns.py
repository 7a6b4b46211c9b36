"""Selecting columns, sorting rows."""

from __future__ import annotations

import pytest

from tests.frames.examples import THINGS, read, resource
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.frames import check_columns, choose_columns, dtype_of, from_records, sort, with_types
from zenpro_nb.resources.columns import Column, DataType

ROWS = [
    {"id": "1", "status": "pending", "logins": 2, "tags": ["b"], "extra": {"a": 2}, "name": "Ada"},
    {"id": "2", "status": "available", "logins": None, "tags": ["a"], "extra": 5},
    {"id": "3", "status": None, "logins": 1, "tags": [], "extra": "x", "name": "Bob"},
    {"id": "4", "status": "available", "logins": 2, "tags": ["a", "b"]},
]


def order(spec):
    return "".join(sort(from_records(THINGS, ROWS), spec)["id"])


@pytest.mark.parametrize("source", [THINGS, read(THINGS, [])], ids=["resource", "frame"])
def test_names_are_split_checked_and_deduplicated(source):
    assert choose_columns(source, " name, id,name,") == ["name", "id"]
    assert choose_columns(source, ["id"]) == ["id"]
    with pytest.raises(UnknownNameError, match=r"'stats'.*Did you mean 'status'.*Columns: id, name, created"):
        choose_columns(source, "id,stats")
    with pytest.raises(UnknownNameError, match=r"'qqqq'\. Columns: id"):
        choose_columns(source, "qqqq")
    with pytest.raises(UsageError, match="No columns were named"):
        choose_columns(source, " , ")


def test_a_schemaless_resource_accepts_any_column():
    assert check_columns(resource(schemaless=True), ["what", "id", "what"]) == ["what", "id"]


@pytest.mark.parametrize(
    ("spec", "ids"),
    [
        ("logins", "3142"),
        ("-logins", "1432"),
        ("status", "2413"),
        ("-status", "1243"),
        ("status,-id", "4213"),
        ("-logins,status", "4132"),
        ("tags", "4213"),
        ("name", "1324"),
        ("extra", "2314"),
    ],
)
def test_rows_are_sorted_with_missing_values_last(spec, ids):
    assert order(spec) == ids


def test_sorting_keeps_dtypes_and_attrs_and_renumbers():
    df = from_records(THINGS, ROWS)
    df.attrs["zenpro"] = {"rows": 4}
    done = sort(df, "-status")
    assert done.dtypes.equals(df.dtypes)
    assert done.attrs == df.attrs
    assert done.index.tolist() == [0, 1, 2, 3]


def test_raw_numbers_are_sorted_as_numbers():
    df = sort(read(THINGS, [{"n": 10}, {"n": 9}, {}, {"n": 2.5}], raw=True), "-n")
    assert df["n"].tolist() == [10, 9, 2.5, None]


def test_sorting_by_an_unknown_column():
    with pytest.raises(UnknownNameError, match=r"no column 'login'.*Did you mean 'logins'"):
        sort(from_records(THINGS, ROWS), "-login")
    with pytest.raises(UsageError, match="No columns were named"):
        sort(from_records(THINGS, ROWS), "")


def test_an_empty_frame_can_be_sorted():
    assert sort(read(THINGS, []), "-created,status,tags").empty


@pytest.mark.parametrize("rows", [0, 2])
@pytest.mark.parametrize("kind", DataType)
def test_a_missing_column_has_its_dtype_and_no_values(kind, rows):
    frame = with_types([Column("there", DataType.TEXT), Column("missing", kind)], [{"there": "a"}] * rows)
    assert str(frame["missing"].dtype) == str(dtype_of(kind))
    if kind is DataType.LIST:
        assert frame["missing"].tolist() == [[]] * rows
    else:
        assert frame["missing"].isna().tolist() == [True] * rows
