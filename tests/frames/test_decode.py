"""Pages to frames: columns, dtypes, values."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from tests.frames.examples import CANARY, COLUMNS, DTYPES, FULL, THINGS, body, dtypes, everything, read, resource
from zenpro_nb import limits
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.frames import Decoder, assemble, dtype_of, empty
from zenpro_nb.frames.decode import generic_decoder
from zenpro_nb.resources import RESOURCES, Column, DataType, Paging


def test_a_full_record_has_every_value_in_its_type():
    df = read(THINGS, [FULL])
    assert dtypes(df) == DTYPES
    row = df.iloc[0]
    assert row["name"] == FULL["name"]
    assert row["created"] == datetime(2025, 7, 19, 14, 26, 5, 721000, UTC)
    assert row["tags"] == ["x", "y"]
    assert row["role_ids"] == ["r1", "r2"]
    assert row["extra"] == {"a": [1, {}]}
    assert (row["organization"], row["url"], row["size"]) == ("acme", "https://x", 3)
    assert isinstance(row["tags"], list)


@pytest.mark.parametrize(
    "pages",
    [[], [[]], [[{}]], [[{"id": "1"}]], [[dict.fromkeys(FULL)]], [[FULL], [], [{}]], [[{"service": {"status": None}}]]],
    ids=["no page", "empty page", "empty record", "only an id", "nulls", "several", "half a nest"],
)
def test_columns_and_dtypes_do_not_depend_on_the_response(pages):
    df = read(THINGS, *pages)
    assert dtypes(df) == DTYPES
    assert list(df.columns) == [column.name for column in COLUMNS]
    assert len(df) == sum(map(len, pages))
    assert isinstance(df.index, pd.RangeIndex)


def test_missing_values_have_the_missing_value_of_their_type():
    row = read(THINGS, [{}]).iloc[0]
    assert row.drop(["tags", "role_ids"]).isna().all()
    assert row["tags"] == []
    assert row["role_ids"] == []


@pytest.mark.parametrize("noun", sorted(RESOURCES))
def test_every_declared_resource_has_its_columns_when_empty(noun):
    df = empty(RESOURCES[noun])
    assert list(df.columns) == [column.name for column in RESOURCES[noun].columns]
    for column in RESOURCES[noun].columns:
        assert df[column.name].dtype.name == pd.Series(dtype=dtype_of(column.kind)).dtype.name
    assert list(read(RESOURCES[noun], []).columns) == list(df.columns)


def test_text_has_the_dtype_of_pandas_strings():
    if int(pd.__version__.split(".")[0]) >= 3:
        assert empty(THINGS)["name"].dtype == pd.Series(["a"]).dtype
    assert dtype_of(DataType.TEXT) == dtype_of(DataType.ID)


def test_columns_come_in_the_requested_order():
    assert list(read(THINGS, [FULL], columns=["url", "id"]).columns) == ["url", "id"]
    assert list(empty(THINGS, ["url", "id"]).columns) == ["url", "id"]


def test_ids_do_not_depend_on_the_requested_columns():
    page = Decoder(THINGS, ["name"])(body([FULL, {"id": "b2"}]))
    assert page.ids == ["a1", "b2"]
    assert page.table.column_names == ["name"]


def test_a_key_of_several_parts_distinguishes_rows():
    kind = resource(key=("user.id", "team.id"))
    page = Decoder(kind)(
        body([{"user": {"id": "1"}}, {"team": {"id": "1"}}, {"user": {"id": "1"}, "team": {"id": "1"}}])
    )
    assert len(set(page.ids)) == 3


def test_rows_without_a_key_get_different_ids():
    page = Decoder(THINGS)(body([{"name": "a"}, {"name": "b"}, {"name": "a"}, {"id": ""}]))
    assert len(set(page.ids)) == 4
    assert page.ids == Decoder(THINGS)(body([{"name": "a"}, {"name": "b"}, {"name": "a"}, {"id": ""}])).ids


@pytest.mark.parametrize("raw", [False, True])
def test_the_rows_of_a_list_without_pages_are_identified_by_their_positions(raw, monkeypatch):
    """Their ids are compared with no other page, so neither the parts of a key nor digests are computed."""
    monkeypatch.setattr(generic_decoder, "join", None)
    monkeypatch.setattr(generic_decoder, "_digest", None)
    kind = resource(key=("user.id", "team.id"), paging=Paging.NONE)
    page = Decoder(kind, raw=raw)(body([{"user": {"id": "1"}}, {"name": "a"}, {"name": "a"}]))
    assert page.ids == ["0", "1", "2"]


def test_only_kept_rows_are_in_the_frame():
    decode = Decoder(THINGS)
    first, second = decode(body([{"id": "1"}, {"id": "2"}, {"id": "3"}])), decode(body([{"id": "3"}, {"id": "4"}]))
    df = assemble(THINGS, [(first, [2, 0]), (second, [1]), (second, [])])
    assert df["id"].tolist() == ["3", "1", "4"]


@pytest.mark.parametrize("columns", [None, ["name", "created"], ["status", "id"]])
def test_merged_pages_give_the_same_frame_and_the_same_ids(columns):
    decode = Decoder(THINGS, columns)
    words = [None, "b", "a", "gone", "ü"]
    pages = [
        decode(body([{**FULL, "id": f"{at}-{row}", "status": words[(at + row) % 5], "name": None} for row in range(4)]))
        for at in range(6)
    ]
    pages.append(decode(body([{**FULL, "id": 7, "logins": "9", "created": "soon"}])))
    keeps = [None, range(1, 4), [3, 0], None, range(1), None, None]
    parts = list(zip(pages, keeps, strict=True))
    item = decode.merge(parts)
    assert item is not None
    expected = [page.ids[at] for page, keep in parts for at in (range(len(page)) if keep is None else keep)]
    assert (list(item.ids), len(item), item.lenient) == (expected, len(expected), 1)
    pd.testing.assert_frame_equal(assemble(THINGS, [(item, None)], columns), assemble(THINGS, parts, columns))
    released = [(item, range(2, 9))]
    cut = assemble(THINGS, released, columns, release=True)
    assert released == []
    whole = assemble(THINGS, parts, columns)[2:9].reset_index(drop=True)
    pd.testing.assert_frame_equal(cut, whole, check_categorical=False)  # a limited list does not use all of these


def test_only_small_pages_for_merging_keep_their_rows_as_python_objects():
    inside = body({"total": 1, "items": [{"id": "1", "body": {}}]})
    rows = [{"id": str(at)} for at in range(limits.SMALL_PAGE + 1)]
    assert Decoder(RESOURCES["runs"])(inside).cells is None
    assert Decoder(THINGS)(body(rows)).cells is None
    assert Decoder(THINGS)(body(rows[1:])).cells is not None


@pytest.mark.parametrize("missing", [{0}, {3}, {5, 6}, set(range(7)), set()])
def test_rows_are_transposed_in_blocks(monkeypatch, missing):
    rows = [
        {**FULL, "id": str(at), **({"organization": None, "service": None} if at in missing else {})} for at in range(7)
    ]
    whole = read(THINGS, rows)
    monkeypatch.setattr(limits, "ROWS_TURNED", 3)
    monkeypatch.setattr(limits, "SMALL_PAGE", 2)
    pd.testing.assert_frame_equal(read(THINGS, rows), whole)
    assert whole["organization"].isna().tolist() == [at in missing for at in range(7)]


def test_raw_records_and_pages_with_gaps_are_not_merged():
    raw = Decoder(THINGS, raw=True)
    assert raw.merge([(raw(body([FULL])), None)]) is None


def test_categories_are_shared_by_all_pages_sorted_and_without_unused_ones():
    decode = Decoder(THINGS)
    pages = [decode(body([{"id": str(at), "status": word}])) for at, word in enumerate(["b", "a", None, "b", "gone"])]
    df = assemble(THINGS, [(page, None) for page in pages[:4]] + [(pages[4], [])])
    assert df["status"].tolist()[:2] == ["b", "a"]
    assert df["status"].isna().tolist() == [False, False, True, False]
    assert df["status"].cat.categories.tolist() == ["a", "b"]
    assert df["status"].cat.categories.dtype == dtype_of(DataType.TEXT)


def test_different_spellings_of_times_in_one_page():
    spellings = [
        "2025-07-19T14:26:05Z",
        "2025-07-19T14:26:05",
        "2025-07-19T16:26:05+02:00",
        "2025-07-19 14:26:05.000000",
        "2025-07-19T14:26:05.000000123Z",
    ]
    moment = datetime(2025, 7, 19, 14, 26, 5, tzinfo=UTC)
    df = read(THINGS, [{"created": text} for text in spellings])
    assert df["created"].tolist() == [moment] * len(spellings)
    for text in spellings:
        assert read(THINGS, [{"created": text}])["created"].tolist() == [moment]
    assert read(THINGS, [{"created": "9999-12-31T00:00:00Z"}, {"created": "2025-01-01"}])[
        "created"
    ].dt.year.tolist() == [
        9999,
        2025,
    ]


def test_a_page_of_the_workspace_api():
    kind = resource(paging=Paging.PAGE)
    decode = Decoder(kind)
    page = decode(body({"index": 1, "max_size": 20, "total_pages": 3, "total": 41, "items": [FULL]}))
    assert (page.total, page.total_pages, len(page), page.lenient) == (41, 3, 1, False)
    odd = decode(body({"index": 1, "max_size": 20, "total_pages": 3, "total": 41, "items": [{"id": 1}]}))
    assert (odd.total, odd.total_pages, odd.ids, odd.lenient) == (41, 3, ["1"], True)
    bare = decode(body([FULL]))
    assert (bare.total, bare.ids) == (None, ["a1"])
    assert dtypes(assemble(kind, [(page, None), (odd, None), (bare, None)])) == DTYPES


def test_a_single_object_from_a_route_for_one():
    kind = resource(paging=Paging.NONE)
    page = Decoder(kind)(body(FULL))
    assert (len(page), page.lenient) == (1, False)
    assert assemble(kind, [(page, None)])["id"].tolist() == ["a1"]


def test_the_record_inside_each_item_is_read():
    kind = resource(
        record="user",
        columns=(Column("id", DataType.ID), Column("metadata", DataType.JSON), Column("city", path="home.city")),
        secrets=("user.metadata",),
    )
    users = [{"user": {"id": "1", "home": {"city": "Oslo"}, "metadata": CANARY}}, {"user": None, "team": {"id": "t"}}]
    for items in (users, [*users, {"user": {"id": 7}}]):
        page = Decoder(kind)(body(items))
        assert len(page) == len(items)
        df = assemble(kind, [(page, None)])
        assert df["id"].tolist() == [str(item["user"]["id"]) for item in items if item["user"]]
        assert df["city"].tolist()[0] == "Oslo"
        assert CANARY not in everything(df)
        assert df["metadata"].isna().all()


def test_a_field_requested_whole_and_in_part():
    kind = resource(
        columns=(
            Column("id", DataType.ID),
            Column("roles", DataType.LIST),
            Column("role_ids", DataType.LIST, "roles[].role_id"),
            Column("owner", DataType.JSON),
            Column("owner_id", DataType.ID, "owner.id"),
        )
    )
    record = {"id": "1", "roles": [{"role_id": "r", "key": CANARY}], "owner": {"id": "o", "password": CANARY}}
    page = Decoder(kind)(body([record]))
    row = assemble(kind, [(page, None)]).iloc[0]
    assert not page.lenient
    assert (row["role_ids"], row["owner_id"], row["owner"]) == (["r"], "o", {"id": "o"})
    assert row["roles"] == ['{"role_id":"r"}']


def test_nested_lists_are_flattened():
    kind = resource(columns=(Column("id", DataType.ID), Column("names", DataType.LIST, "groups[].users[].name")))
    record = {"id": "1", "groups": [{"users": [{"name": "a"}, {}]}, {"users": None}, None, {"users": [{"name": "b"}]}]}
    fast = Decoder(kind)(body([record]))
    slow = Decoder(kind)(body([record, {"id": 2}]))
    assert (fast.lenient, slow.lenient) == (False, True)
    assert assemble(kind, [(fast, None)])["names"][0] == assemble(kind, [(slow, None)])["names"][0] == ["a", "b"]


def test_undeclared_fields_are_counted_by_name():
    decode = Decoder(THINGS)
    record = {
        **FULL,
        "new": 1,
        "organization": {"name": "acme", "plan": "pro"},
        "roles": [{"role_id": "r", "since": 1}],
    }
    first, second = decode(body([record, record])), decode(body([record]))
    assert first.unknown == {"new": 2, "organization.plan": 2, "roles.since": 2}
    assert second.unknown == {}


def test_unknown_columns_are_refused_with_the_closest_and_all_of_them():
    with pytest.raises(
        UnknownNameError, match=r"`things` has no column 'names'.*Did you mean 'name'.*Columns: id, name"
    ):
        Decoder(THINGS, ["names"])


def test_the_repr_of_a_page_shows_no_content():
    assert repr(Decoder(THINGS)(body([FULL]))) == "<Page of 1 row>"


def test_a_field_that_moved_between_versions_is_found() -> None:
    columns = (
        Column("id", DataType.ID),
        Column("user", path="resources.user.name", fallback_paths=("body.user.name",)),
        Column("tags", DataType.LIST, "resources.tags[].name", fallback_paths=("body.tags[].name",)),
        Column("note", path="resources.key", fallback_paths=("body.note",)),
    )
    new = {"id": "1", "body": {"note": "hidden"}, "resources": {"user": {"name": "ada"}, "tags": [{"name": "a"}]}}
    old = {"id": "2", "body": {"user": {"name": "bert"}, "tags": [{"name": "b"}]}, "resources": None}
    kind = resource(columns=columns, secrets=())
    for odd in ([], [{"id": 3, "body": "no object"}]):
        df = read(kind, [new, old, *odd])
        assert df.user.tolist()[:2] == ["ada", "bert"]
        assert df.tags.tolist()[:2] == [["a"], ["b"]]
        # A column whose main path is secret stays empty, even if a fallback path has a value.
        assert df.note.isna().all()
