"""Which conditions of --where, --since and --until the server filters by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from zenpro_nb.framework.lists.where import predicate_of, push_down
from zenpro_nb.resources import RESOURCES
from zenpro_nb.syntax.conditions import parse

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
RUNS = RESOURCES["runs"]


def sent_parameters(
    *where: str, since: str | None = None, until: str | None = None, **arguments: Any
) -> dict[str, object]:
    """The parameters that a list of runs sends for these options."""
    predicate = predicate_of(RUNS, [parse(text) for text in where], since, until, NOW)
    return push_down(RUNS, predicate, arguments).params


def test_an_equal_value_is_filtered_by_the_server() -> None:
    assert sent_parameters("status=failed") == {"status": "equals:failed"}


def test_several_known_values_are_filtered_by_the_server() -> None:
    assert sent_parameters("status=failed,stopped") == {"status": "oneof:failed,stopped"}


@pytest.mark.parametrize(
    "where", ["status!=failed", "status~fail", "status!=failed,stopped", "status=failed,gone", "pipeline=a,b"]
)
def test_conditions_the_server_cannot_express_are_filtered_here(where: str) -> None:
    assert sent_parameters(where) == {}


def test_nothing_is_added_to_filters_that_the_server_combines_with_or() -> None:
    assert sent_parameters("status=failed", logical_operator="or", pipeline="x") == {}
    assert sent_parameters("status=failed", logical_operator="and", pipeline="x") == {"status": "equals:failed"}


def test_an_option_stays_as_it_was_typed() -> None:
    assert sent_parameters("status=failed", status="completed") == {}


def test_until_a_date_includes_that_day() -> None:
    assert sent_parameters(until="2026-11-20") == {"start_time": "lt:2026-11-21 00:00:00"}
    assert sent_parameters(since="2026-11-20") == {"start_time": "gte:2026-11-20 00:00:00"}
    assert sent_parameters(since="2026-11-20", until="2026-11-20") == {
        "start_time": ["gte:2026-11-20 00:00:00", "lt:2026-11-21 00:00:00"]
    }
