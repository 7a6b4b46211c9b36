"""Rows selected by conditions agree with the equivalent pandas expression."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.frames.examples import COLUMNS
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.frames import Predicate, describe, from_records
from zenpro_nb.resources.model import DataType, Paging, Resource
from zenpro_nb.syntax.conditions import Condition, parse

NOW = datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)
THINGS = Resource(noun="things", path="/things", paging=Paging.NONE, columns=COLUMNS, help="")
OPEN = Resource(noun="things", path="/things", paging=Paging.NONE, columns=(), help="", schemaless=True)

WORDS = st.sampled_from(["ada", "Ada", "a.a", "%", "é", "", "ada@x.io"]) | st.text("aAbé.*%= <>~'", max_size=4)
NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([2**53 + 1, 2**63 - 1, -(2**63)]))
FLOATS = st.sampled_from([0.0, -0.5, 0.1, 1e300, 2.0])
TIMES = st.sampled_from([NOW - timedelta(hours=hours) for hours in (0, 1, 24, 25, 24 * 7, 24 * 8)]) | st.datetimes(
    datetime.fromisoformat("0001-01-02"), datetime.fromisoformat("9999-12-30"), timezones=st.just(UTC)
)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["1", "2", "3"]),
            "name": st.none() | WORDS,
            "created": st.none() | TIMES.map(datetime.isoformat),
            "status": st.none() | st.sampled_from(["ready", "failed", "Failed"]),
            "active": st.none() | st.booleans(),
            "logins": st.none() | NUMBERS,
            "share": st.none() | FLOATS,
            "tags": st.none() | st.lists(WORDS, max_size=3),
        }
    ),
    max_size=12,
)

EXACT = ["=", "!="]
ORDERED = [*EXACT, "<", "<=", ">", ">="]


def _compare(series: pd.Series, sign: str, value: Any) -> pd.Series:
    """The pandas expression: `df[df.x < 3]`, and its negation for `!=`."""
    by_hand: dict[str, Callable[[], Any]] = {
        "=": lambda: series == value,
        "!=": lambda: series != value,
        "<": lambda: series < value,
        "<=": lambda: series <= value,
        ">": lambda: series > value,
        ">=": lambda: series >= value,
        "~": lambda: series.astype(object).fillna("").astype(str).str.lower().str.contains(value.lower(), regex=False),
    }
    return by_hand[sign]().astype("boolean").fillna(sign == "!=").astype(bool)


CASES = st.one_of(
    st.tuples(st.sampled_from(["id", "name", "status"]), st.sampled_from([*EXACT, "~"]), WORDS).map(
        lambda c: (*c, c[2])
    ),
    st.tuples(st.just("active"), st.sampled_from(EXACT), st.booleans()).map(lambda c: (*c, str(c[2]))),
    st.tuples(st.just("logins"), st.sampled_from(ORDERED), NUMBERS).map(lambda c: (*c, str(c[2]))),
    st.tuples(st.just("logins"), st.sampled_from(ORDERED), FLOATS).map(lambda c: (*c, repr(c[2]))),
    st.tuples(st.just("share"), st.sampled_from(ORDERED), FLOATS).map(lambda c: (*c, repr(c[2]))),
    st.tuples(st.just("created"), st.sampled_from(ORDERED), TIMES).map(
        lambda c: (*c, c[2].isoformat(timespec="microseconds"))
    ),
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(RECORDS, st.lists(CASES, min_size=1, max_size=3))
def test_it_agrees_with_pandas(records: list[dict[str, Any]], cases: list[tuple[str, str, Any, str]]) -> None:
    frame = from_records(THINGS, records)
    expected = pd.Series(True, index=frame.index)
    for column, sign, value, _ in cases:
        if sign == "~" and not value:
            continue  # the parser refuses an empty text after ~
        expected &= _compare(frame[column], sign, value)
    conditions = [Condition(column, sign, text) for column, sign, value, text in cases if sign != "~" or value]
    found = Predicate(THINGS, NOW).also(*conditions).rows(frame)
    assert found["id"].tolist() == frame[expected]["id"].tolist()
    assert list(found.index) == list(range(len(found)))
    for name in frame.columns:
        assert isinstance(found[name].dtype, pd.CategoricalDtype) or found[name].dtype == frame[name].dtype


@settings(deadline=None)
@given(RECORDS, st.sampled_from(["name", "created", "status", "active", "logins", "share", "tags"]))
def test_missing_and_present_split_the_rows(records: list[dict[str, Any]], column: str) -> None:
    frame = from_records(THINGS, records)
    missing = Predicate(THINGS, NOW).also(Condition(column, "=", None)).mask(frame)
    present = Predicate(THINGS, NOW).also(Condition(column, "!=", None)).mask(frame)
    by_hand = ~frame[column].map(bool).astype(bool) if column == "tags" else frame[column].isna()
    assert missing.tolist() == by_hand.tolist()
    assert present.tolist() == (~by_hand).tolist()


@settings(deadline=None)
@given(RECORDS, WORDS)
def test_lists_match_an_element_or_part_of_one(records: list[dict[str, Any]], word: str) -> None:
    frame = from_records(THINGS, records)

    def mask(sign: str) -> list[bool]:
        return list(Predicate(THINGS, NOW).also(Condition("tags", sign, word)).mask(frame))

    assert mask("=") == [word in tags for tags in frame.tags]
    assert mask("!=") == [word not in tags for tags in frame.tags]
    assert mask("~") == [any(word.lower() in tag.lower() for tag in tags) for tags in frame.tags]


@pytest.mark.parametrize(
    ("sign", "text", "expected"),
    [
        ("=", "2026-11-23", ["b", "c"]),
        ("!=", "2026-11-23", ["a", "d", "none"]),
        ("<", "2026-11-23", ["a"]),
        ("<=", "2026-11-23", ["a", "b", "c"]),
        (">", "2026-11-23", ["d"]),
        (">=", "2026-11-23", ["b", "c", "d"]),
        ("=", "2026-11-23 23:59", ["c"]),
        (">", "2d", ["b", "c", "d"]),
        ("<", "2d ago", ["a"]),
        (">=", "today", ["d"]),
    ],
)
def test_a_time_has_the_precision_of_its_text(sign: str, text: str, expected: list[str]) -> None:
    times = {
        "a": "2026-11-22T11:59:59Z",
        "b": "2026-11-23T00:00:00Z",
        "c": "2026-11-23T23:59:59.9Z",
        "d": "2026-11-24T00:00:00Z",
        "none": None,
    }
    frame = from_records(THINGS, [{"id": key, "created": value} for key, value in times.items()])
    assert list(Predicate(THINGS, NOW).also(Condition("created", sign, text)).rows(frame)["id"]) == expected


@pytest.mark.parametrize(
    ("column", "sign", "value"),
    [
        ("active", "=", "maybe"),
        ("active", "<", "true"),
        ("active", "~", "t"),
        ("logins", "=", "many"),
        ("logins", ">", "nan"),
        ("logins", ">", "inf"),
        ("logins", "~", "1"),
        ("created", ">", "soon"),
        ("created", "~", "2026"),
        ("name", "<", "m"),
        ("status", ">=", "m"),
        ("tags", "<", "m"),
        ("extra", "<", "m"),
    ],
)
def test_an_invalid_value_is_a_one_line_error(column: str, sign: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"^{column}{sign}{value}: ") as caught:
        Predicate(THINGS, NOW).also(Condition(column, sign, value))
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_an_unknown_column_suggests_the_closest() -> None:
    with pytest.raises(UnknownNameError, match=r"`things` has no column 'nmae'.*Did you mean 'name'"):
        Predicate(THINGS, NOW).also(Condition("nmae", "=", "x"))


def test_undeclared_columns_are_typed_by_their_values() -> None:
    frame = from_records(
        OPEN,
        [
            {"v": "0.9", "when": "2026-11-23T10:00:00Z", "n": 1, "latest": False, "tags": ["a"], "o": [{"x": 1}]},
            {"v": "1.0", "when": "2026-11-24T10:00:00Z", "n": 2, "latest": True, "tags": [], "o": []},
        ],
    )

    def matching_values(column: str, sign: str, value: str | None) -> list[str]:
        return list(Predicate(OPEN, NOW).also(Condition(column, sign, value)).rows(frame)["v"])

    assert matching_values("v", "=", "1.0") == ["1.0"]
    assert matching_values("when", ">=", "today") == ["1.0"]
    assert matching_values("n", "<", "2") == ["0.9"]
    assert matching_values("latest", "=", "yes") == ["1.0"]
    assert matching_values("o", "~", '"X"') == ["0.9"]
    with pytest.raises(UnknownNameError, match=r"no column 'latst'.*'latest'"):
        matching_values("latst", "=", "yes")
    with pytest.raises(UsageError, match="n=few"):
        matching_values("n", "=", "few")


def test_the_attrs_contain_the_conditions() -> None:
    frame = from_records(THINGS, [{"id": "1", "name": "ops"}, {"id": "2"}])
    describe(frame, server="s", route="/things", time=NOW)
    chosen = Predicate(THINGS, NOW).also(Condition("name", "=", "ops"), Condition("id", "!=", None)).rows(frame)
    facts = chosen.attrs["zenpro"]
    assert (facts["where"], facts["complete"], facts["rows"]) == (["name=ops", "id!="], False, 1)
    assert (frame.attrs["zenpro"]["complete"], len(frame)) == (True, 2)
    assert "where" not in frame.attrs["zenpro"]


def test_every_type_has_a_name_and_accepts_equal() -> None:
    kinds = {column.kind for column in COLUMNS}
    assert kinds == set(DataType)


def test_several_values_match_each_of_them_and_the_whole_text() -> None:
    rows = [{"name": name, "tags": [name]} for name in ("ada", "a,b", "a", "b", "c")]
    frame = from_records(THINGS, [*rows, {"name": None, "tags": None}])
    for column in ("name", "tags"):
        either = Predicate(THINGS, NOW).also(parse(f"{column}=a,b"))
        neither = Predicate(THINGS, NOW).also(parse(f"{column}!=a,b"))
        assert either.rows(frame)["name"].tolist() == ["a,b", "a", "b"]
        assert neither.rows(frame)["name"].fillna("").tolist() == ["ada", "c", ""]
