"""Frames as Arrow tables, polars frames and records."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.frames.examples import FULL, THINGS, read
from zenpro_nb.errors import UsageError
from zenpro_nb.frames import convert, describe, empty
from zenpro_nb.frames.export import formats


@pytest.fixture
def df():
    frame = read(THINGS, [FULL, {}])
    describe(frame, server="https://s", route="/things", time=datetime(2026, 1, 1, tzinfo=UTC))
    return frame


def test_pandas_is_the_frame_itself(df):
    assert convert(df, "pandas") is df


def test_arrow_has_arrow_types_and_the_attrs(df):
    table = convert(df, "arrow")
    assert table.schema.field("created").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("tags").type == pa.list_(pa.string())
    assert table.schema.field("logins").type == pa.int64()
    assert pa.types.is_dictionary(table.schema.field("status").type)
    assert table.column_names == list(df.columns)
    assert json.loads(table.schema.metadata[b"zenpro"]) == df.attrs["zenpro"]
    assert json.loads(table.schema.metadata[b"PANDAS_ATTRS"]) == df.attrs


def test_polars_has_polars_types(df):
    frame = convert(df, "polars")
    assert frame.schema["created"] == pl.Datetime("us", "UTC")
    assert frame.schema["tags"] == pl.List(pl.String)
    assert frame["logins"].to_list() == [7, None]
    assert frame["name"].to_list() == [FULL["name"], None]


def test_records_are_plain_python(df):
    first, second = convert(df, "records")
    assert first["created"] == datetime(2025, 7, 19, 14, 26, 5, 721000, UTC)
    assert {name: type(value) for name, value in first.items()} == {
        "id": str,
        "name": str,
        "created": datetime,
        "status": str,
        "active": bool,
        "logins": int,
        "share": float,
        "tags": list,
        "role_ids": list,
        "extra": dict,
        "organization": str,
        "url": str,
        "size": int,
    }
    assert second == {**dict.fromkeys(df.columns), "tags": [], "role_ids": []}
    assert json.dumps(convert(df.drop(columns="created"), "records"))


@pytest.mark.parametrize("storage", ["pyarrow", "python"])
@pytest.mark.parametrize("missing", [pd.NA, float("nan")])
def test_columns_of_texts_numbers_and_booleans_are_converted_whole(
    storage: str, missing: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame(
        {
            "name": pd.array(["ada", None, ""], dtype=pd.StringDtype(storage, na_value=missing)),
            "logins": pd.array([0, None, 2**60 + 1], dtype="Int64"),
            "active": pd.array([True, None, False], dtype="boolean"),
        }
    )
    single = [[formats.plain(value) for value in column.array] for _, column in frame.items()]
    monkeypatch.setattr(formats, "plain", pytest.fail)
    whole = [list(column) for column in zip(*(row.values() for row in convert(frame, "records")), strict=True)]
    assert whole == single == [["ada", None, ""], [0, None, 2**60 + 1], [True, None, False]]
    assert [type(value) for column in whole for value in column] == [
        type(value) for column in single for value in column
    ]


@pytest.mark.parametrize("form", ["arrow", "polars", "records"])
def test_empty_frames_are_converted(form):
    assert len(convert(empty(THINGS), form)) == 0


def test_an_unknown_format_lists_the_known_ones(df):
    with pytest.raises(UsageError, match=r"'excel'.*pandas, arrow, polars, records"):
        convert(df, "excel")


def test_without_polars_the_error_names_the_extra(df, monkeypatch):
    # the entry that Python makes for a package that cannot be imported
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(UsageError, match=r'pip install "zenpro-nb\[polars\]"'):
        convert(df, "polars")
