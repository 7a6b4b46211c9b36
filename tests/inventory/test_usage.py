"""Usage in captures and queries: the same finest rows, which add up to what `usage` shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources.usage import DAILY_BY, DAILY_COLUMNS
from zenpro_nb.usage.table import DAILY, columns_of


@pytest.fixture
def zen(sandbox: SandboxProcess) -> Iterator[Connection]:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as connection:
        yield connection


def test_captures_and_queries_have_the_columns_of_the_command() -> None:
    assert columns_of(DAILY) == DAILY_COLUMNS
    assert tuple(DAILY.names) == DAILY_BY


def test_a_capture_with_usage_can_be_queried(zen: Connection) -> None:
    zen.run("captures", "create", "plain")
    zen.run("captures", "create", "counted", "--with", "usage")
    total = zen.run("usage", "--since", "90d").attrs["zenpro"]["total"]["runs"]
    frame = zen.run("captures", "get", "counted", "--list", "usage")
    assert [str(dtype) for dtype in frame[["day", "runs", "hours"]].dtypes] == [
        "datetime64[us, UTC]",
        "Int64",
        "float64",
    ]
    # A scheduled run may start between two of these reads.
    assert frame["runs"].sum() == pytest.approx(total, abs=3)
    line = "select capture, count(*) as n, sum(runs) as runs, count(distinct user_id) as people from captures.usage"
    counts = zen.run("sql", f"{line} group by capture")
    assert counts["capture"].tolist() == ["counted"]
    assert counts["runs"].tolist() == [frame["runs"].sum()]
    assert counts["people"].tolist() == [frame["user_id"].nunique()]
    gaps = zen.run("captures", "get", "counted").set_index("list").loc["usage"]
    assert (gaps["complete"], gaps["gap"]) == (False, "unreachable")
    assert "nlp-research" in gaps["message"]
    # A comparison is about access, not about runs.
    assert "usage" not in set(zen.run("diff", "plain", "counted")["list"])


@pytest.mark.slow
def test_the_table_of_queries_is_by_project_pipeline_user_and_day(zen: Connection) -> None:
    by_workspace = zen.run("usage", "--by", "workspace", "--since", "90d", "--metric", "runs,failed")
    frame = zen.run("sql", "select workspace, sum(runs) as runs, sum(failed) as failed from usage group by workspace")
    expected = by_workspace.set_index("workspace")["runs"].sort_index()
    assert frame.set_index("workspace")["runs"].sort_index().tolist() == pytest.approx(expected.tolist(), abs=3)
    with pytest.raises(UsageError, match=r"cannot be read with --at"):
        zen.run("sql", "select * from usage", "--at", "today")
