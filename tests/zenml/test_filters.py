"""Filters with their operators, as the real server interprets them."""

from __future__ import annotations

import pytest

from zenpro_nb.errors import UsageError
from zenpro_nb.frontends.connection import Connection


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        (["--status", "failed"], 1),
        (["--status", "oneof:failed,stopped"], 1),
        (["--status", 'oneof:["failed", "completed"]'], 3),
        (["--status", "notequals:failed"], 2),
        (["--status", "notoneof:failed,stopped"], 2),
        (["--created", "gte:2020-01-01"], 3),
        (["--created", "lt:2020-01-01"], 0),
        (["--created", "gte:-1d"], 3),
        (["--created", "in:2020-01-01,-1w"], 0),
        (["--created", "gte:today", "--status", "failed"], 1),
        (["--pipeline", "good"], 2),
        (["--pipeline", "oneof:good,bad"], 3),
        (["--name", "startswith:bad-"], 1),
        (["--tags", "nightly"], 2),
        (["--tags", "nightly", "--tags", "absent"], 0),
        (["--user", "ci"], 3),
        (["--stack", "shared"], 3),
        (["--model", "churn"], 2),
        (["--index", "gte:2"], 1),
        (["--no-in-progress"], 3),
        (["--in-progress"], 0),
        (["--end-time", "isnotnull:"], 3),
        (["--end-time", "isnull"], 0),
        (["--status", "failed", "--pipeline", "good"], 0),
        (["--status", "failed", "--pipeline", "good", "--logical-operator", "or"], 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_server_accepts_operators(plain: Connection, options: list[str], rows: int) -> None:
    assert len(plain.run("runs", "--project", "default", *options)) == rows


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--status", "faild"], "Did you mean failed"),
        (["--status", "oneof:failed,stoped"], "stopped"),
        (["--created", "gte:someday"], "not a time"),
        (["--created", "in:2026-01-01"], "two times"),
        (["--index", "gte:many"], "not a number"),
        (["--status", "onof:failed"], "Did you mean oneof"),
        (["--statu", "failed"], "--status"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_filters_that_the_server_would_ignore_are_refused(plain: Connection, options: list[str], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        plain.run("runs", "--project", "default", *options)
    assert words in str(caught.value)


def test_filters_on_logged_metadata(plain: Connection) -> None:
    assert len(plain.run("steps", "--project", "default", "--run-metadata", "accuracy:gte:0.5")) >= 1
    assert len(plain.run("steps", "--project", "default", "--run-metadata", "accuracy:gte:0.95")) == 0
