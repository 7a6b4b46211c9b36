"""Conditions of `--where`, and the forms of times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.conditions import Condition, parse
from zenpro_nb.syntax.line import expand, split
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.timespec import parse_time

NOW = datetime(2026, 11, 24, 12, 30, 15, 700, tzinfo=UTC)


def condition_of(line: str, **namespace: Any) -> Condition:
    """The condition of a line `--where …`, as the command reads it."""
    values = Placeholders()
    _, text = expand(split(f"--where {line}"), namespace, values)
    return parse(text, values.resolve)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("company=Acme", ("company", "=", "Acme")),
        ("company='Analytical Engines'", ("company", "=", "Analytical Engines")),
        ('company!="Analytical Engines"', ("company", "!=", "Analytical Engines")),
        ("company~'al en'", ("company", "~", "al en")),
        ("created>='2026-11-01 12:00'", ("created", ">=", "2026-11-01 12:00")),
        ("'company=Analytical Engines'", ("company", "=", "Analytical Engines")),
        ("'created > 7d ago'", ("created", ">", "7d ago")),
        ("' created<= 3'", ("created", "<=", " 3")),
        ("company=", ("company", "=", None)),
        ("company!=", ("company", "!=", None)),
        ("company=o'neil", ("company", "=", "o'neil")),
        ("url=https://x.io/?a=b", ("url", "=", "https://x.io/?a=b")),
        ("name=a>b", ("name", "=", "a>b")),
    ],
)
def test_parse(line: str, expected: tuple[str, str, str | None]) -> None:
    assert condition_of(line) == Condition(*expected)


def test_a_quote_opens_only_after_the_operator_of_where() -> None:
    assert [token.text for token in split("api -q a='b c'")] == ["api", "-q", "a='b", "c'"]
    assert [token.text for token in split("users --where=company='b c' x")] == ["users", "--where=company=b c", "x"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("kind=schedule,trigger", ("schedule", "trigger")),
        ("company!='Acme Labs, Partner'", ("Acme Labs", "Partner")),
        ("kind=schedule,$c", ("schedule", "a,b")),
        ("kind=$c", ()),
        ("kind=schedule", ()),
        ("kind~a,b", ()),
    ],
)
def test_commas_that_were_typed_separate_values(line: str, words: tuple[str, ...]) -> None:
    assert condition_of(line, c="a,b").words == words


@pytest.mark.parametrize("value", ["=x", "~x", "<5", ">=5", "", " ", "--limit", "a=b", "'", "$x", "{x}", "\0"])
def test_a_value_never_becomes_an_operator(value: str) -> None:
    for operator in ("=", "!=", "<", ">", "<=", ">=", "~"):
        assert condition_of(f"company{operator}$c", c=value) == Condition("company", operator, value)
        assert condition_of(f"company{operator}{{c}}", c=value) == Condition("company", operator, value)
        assert condition_of(f'company{operator}"a $c"', c=value) == Condition("company", operator, f"a {value}")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("company", "is not a condition"),
        ("=x", "is not a condition"),
        ("$c", "A value alone is not a condition"),
        ("company$c", "A value alone is not a condition"),
        ("company==x", "'==' is not an operator"),
        ("company=~x", "'=~' is not an operator"),
        ("n=>5", "'=>' is not an operator"),
        ("n<>5", "'<>' is not an operator"),
        ("n>", "n> is missing a value"),
        ("n~", "n~ is missing a value"),
        ("company={['a', 'b']}", "compares with one value, but 2 were given"),
        ("company={None}", "missing value"),
    ],
)
def test_refused(line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        condition_of(line, c="company=x")
    assert caught.value.hint


def test_values_of_other_types_are_written_as_text() -> None:
    assert condition_of("n>=$n", n=np.int64(5)) == Condition("n", ">=", "5")
    assert condition_of("flag={True}") == Condition("flag", "=", "True")
    assert condition_of("created<$t", t=NOW).value == str(NOW)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("7d", "2026-11-17T12:30:15+00:00", "2026-11-17T12:30:16+00:00"),
        ("-7d", "2026-11-17T12:30:15+00:00", "2026-11-17T12:30:16+00:00"),
        ("7d ago", "2026-11-17T12:30:15+00:00", "2026-11-17T12:30:16+00:00"),
        ("2W", "2026-11-10T12:30:15+00:00", "2026-11-10T12:30:16+00:00"),
        ("today", "2026-11-24T00:00:00+00:00", "2026-11-25T00:00:00+00:00"),
        ("yesterday", "2026-11-23T00:00:00+00:00", "2026-11-24T00:00:00+00:00"),
        ("2026-11-01", "2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00"),
        ("2026-11-01 12", "2026-11-01T12:00:00+00:00", "2026-11-01T13:00:00+00:00"),
        ("2026-11-01T12:00", "2026-11-01T12:00:00+00:00", "2026-11-01T12:01:00+00:00"),
        ("2026-11-01 12:00:30", "2026-11-01T12:00:30+00:00", "2026-11-01T12:00:31+00:00"),
        ("2026-11-01T12:00:30+02:00", "2026-11-01T10:00:30+00:00", "2026-11-01T10:00:31+00:00"),
        ("2026-11-01T12:00-05:30", "2026-11-01T17:30:00+00:00", "2026-11-01T17:31:00+00:00"),
        ("2026-11-01T12:00:30.5Z", "2026-11-01T12:00:30.500000+00:00", "2026-11-01T12:00:30.500001+00:00"),
    ],
)
def test_moments(text: str, start: str, end: str) -> None:
    meant = parse_time(text, NOW)
    assert (meant.start.isoformat(), meant.end.isoformat()) == (start, end)


@pytest.mark.parametrize("text", ["", "soon", "7", "7y", "d", "2026-13-01", "99999999d", "9" * 400 + "d", "9999-12-31"])
def test_no_moments(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|beyond|month|range"):
        parse_time(text, NOW)
