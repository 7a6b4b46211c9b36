"""Typed filter values, in the form that is sent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from zenpro_nb.errors import UsageError
from zenpro_nb.resources import DataType, Filter
from zenpro_nb.workspaces.filter_values import as_sent

NOW = datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)
STATUS = Filter("status", "", DataType.CATEGORY, ("failed", "stopped"), operators=True)
CREATED = Filter("created", "", DataType.TIME, operators=True)
NAME = Filter("name", "", operators=True)
INDEX = Filter("index", "", DataType.COUNT, operators=True)


@pytest.mark.parametrize(
    ("filter_", "text", "expected"),
    [
        (STATUS, "failed", "failed"),
        (STATUS, "oneof:failed,stopped", 'oneof:["failed", "stopped"]'),
        (STATUS, "notoneof:failed", 'notoneof:["failed"]'),
        (STATUS, 'oneof:["failed"]', 'oneof:["failed"]'),
        (STATUS, "startswith:fa", "startswith:fa"),
        (STATUS, "isnull", "isnull:"),
        (CREATED, "2026-01-31", "2026-01-31 00:00:00"),
        (CREATED, "gte:2026-01-31T10:20", "gte:2026-01-31 10:20:00"),
        (CREATED, "2026-01-31T12:00:00+02:00", "2026-01-31 10:00:00"),
        (CREATED, "gte:-7d", "gte:2026-11-17 12:30:15"),
        (CREATED, "lt:-2h", "lt:2026-11-24 10:30:15"),
        (CREATED, "today", "2026-11-24 00:00:00"),
        (CREATED, "in:2026-01-01,2026-02-01", "in:2026-01-01 00:00:00,2026-02-01 00:00:00"),
        (NAME, "s3://bucket/x", "s3://bucket/x"),
        (NAME, "contains:a:b", "contains:a:b"),
        (NAME, "oneof:ada,öle", 'oneof:["ada", "öle"]'),
        (INDEX, "gt:3", "gt:3"),
    ],
)
def test_sent(filter_: Filter, text: str, expected: str) -> None:
    assert as_sent(filter_, text, NOW) == expected


@pytest.mark.parametrize(
    ("filter_", "text"),
    [
        (STATUS, "nonsense"),
        (STATUS, "oneof:failed,nonsense"),
        (STATUS, "in:failed,stopped"),
        (CREATED, "last week"),
        (CREATED, "gte:-9999999d"),
        (CREATED, "gte:-99999999999999d"),
        (CREATED, "0001-01-01T00:00+02:00"),
        (CREATED, "in:2026-01-01,2026-02-01,2026-03-01"),
        (INDEX, "three"),
        (NAME, "contain:x"),
        (NAME, "startwith:x"),
    ],
)
def test_refused(filter_: Filter, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        as_sent(filter_, text, NOW)
    assert caught.value.hint
