"""`usage`: its numbers are those of the list of runs, and what is missing is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

import zenpro_nb
from tests.support import usage_oracle
from tests.support.sandbox import SandboxProcess
from tests.support.usage_oracle import COMBINATIONS, NUMBERS
from tests.support.workspace_server import WorkspaceServer, run
from zenpro_nb import frames, limits
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.usage.chart import chart_of
from zenpro_nb.usage.question import question_of
from zenpro_nb.workspaces.counting import CountScope, read_usage
from zenpro_nb.workspaces.usage import places, window_of

Connect = Callable[..., tuple[Connection, SandboxProcess]]
PLACES = ("--workspace", "recommender", "--workspace", "ml-staging")
TYPICAL = (("pipeline", "status"), ("tag", "team", "status"), ("hour", "user"))
METRICS = ("--metric", ",".join(NUMBERS))


@pytest.fixture(scope="module")
def zen(sandbox: SandboxProcess) -> Connection:
    return zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme")


@pytest.fixture(scope="module")
def runs(zen: Connection) -> pd.DataFrame:
    frame: pd.DataFrame = zen.run("runs", *PLACES, "--project", "all", "--hydrate")
    return frame


@pytest.fixture(scope="module")
def teams(zen: Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for team in zen.run("teams")["id"]:
        for user in zen.run("teams", "members", team)["username"]:
            found.setdefault(user, []).append(team)
    return found


@pytest.mark.parametrize(
    "by",
    [pytest.param(by, marks=[] if by in TYPICAL else [pytest.mark.slow]) for by in COMBINATIONS],
    ids=",".join,
)
def test_numbers_are_those_of_a_groupby_over_runs(
    zen: Connection, runs: pd.DataFrame, teams: dict[str, list[str]], by: tuple[str, ...]
) -> None:
    frame = zen.run("usage", "--by", ",".join(by), "--since", "400d", *PLACES, *METRICS)
    expected = usage_oracle.expected_numbers(runs, by, teams)
    assert len(expected) > 1
    pd.testing.assert_frame_equal(usage_oracle.numbers_of(frame, by), expected, check_names=False, atol=1e-9)
    assert frame.attrs["zenpro"]["total"]["runs"] == len(runs)


def test_the_default_counts_everything_by_week(zen: Connection) -> None:
    frame = zen.run("usage")
    assert list(frame.columns) == ["week", "runs", "failed_share", "hours"]
    assert [str(dtype) for dtype in frame.dtypes] == ["datetime64[us, UTC]", "Int64", "float64", "float64"]
    assert set(frame["week"].dt.day_of_week) == {0}
    facts = frame.attrs["zenpro"]
    assert (facts["method"], facts["by"]) == ("statistics", ["week"])
    assert facts["total"]["runs"] == frame["runs"].sum() > 1000
    # Not the workspace in use, but all: those that are not running are named.
    assert len(facts["workspaces"]) > 5
    assert {"nlp-research", "churn-2023"} <= {gap["workspace"] for gap in facts["gaps"]}
    assert {gap["workspace"] for gap in facts["gaps"]} <= set(re.split("[:;,]? ", frames.foot_line(frame)))
    assert "without a ZenML server: agents" in facts["summary"]
    assert facts["complete"] is False


def test_an_empty_result_says_why(zen: Connection) -> None:
    frame = zen.run("usage", "--status", "cached", *PLACES)
    assert len(frame) == 0
    answer = frame.attrs["zenpro"]["answer"]
    assert answer.startswith("no matching run was created since 20")
    assert answer.endswith("in the 2 workspaces that could be counted")


def test_rows_that_overlap_do_not_add_up_and_the_line_below_says_why(zen: Connection, runs: pd.DataFrame) -> None:
    frame = zen.run("usage", "--by", "tag", "--since", "400d", *PLACES, "--metric", "runs")
    facts = frame.attrs["zenpro"]
    assert frame["runs"].sum() > len(runs) == facts["total"]["runs"]
    assert f"{len(runs):,} runs in total" in facts["summary"]
    assert "a run with several tags counts for each" in facts["summary"]


def test_truncated_answers_are_completed(zen: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    line = ("usage", "--by", "day,user", "--since", "90d", "--workspace", "ml-staging", *METRICS)
    whole = zen.run(*line)
    monkeypatch.setattr(limits, "STATISTICS_GROUPS", 40)
    in_parts = zen.run(*line)
    assert len(whole) > 60
    pd.testing.assert_frame_equal(in_parts, whole)
    assert in_parts.attrs["zenpro"]["complete"] is True
    monkeypatch.setattr(limits, "STATISTICS_GROUPS", 1)
    # One training a night has two tags, which no smaller window separates.
    cut = zen.run("usage", "--by", "tag", "--since", "26h", "--workspace", "ml-staging")
    assert cut.attrs["zenpro"]["complete"] is False
    assert any("too many" in gap["message"] for gap in cut.attrs["zenpro"]["gaps"])


def test_runs_of_deployments_are_counted_separately_and_can_be_left_out(zen: Connection, runs: pd.DataFrame) -> None:
    line = ("usage", "--by", "workspace", "--since", "400d", *PLACES, "--metric", "runs,deployment_runs,hours")
    every = zen.run(*line).set_index("workspace")
    others = zen.run(*line, "--no-deployments").set_index("workspace")
    assert every.loc["recommender", "deployment_runs"] > 10
    assert every.loc["ml-staging", "deployment_runs"] == 0
    left = every["runs"] - every["deployment_runs"]
    assert (others["runs"] == left[others.index]).all()
    assert others.loc["recommender", "hours"] < every.loc["recommender", "hours"]


@pytest.mark.slow
def test_logged_numbers(zen: Connection, runs: pd.DataFrame) -> None:
    metrics = ("cost=metadata:usd:sum", "least=metadata:usd:min", "most=metadata:usd:max")
    found = zen.run("usage", "--by", "project", "--since", "400d", *PLACES, "--metric", ",".join(metrics))
    usd = pd.Series([logged.get("usd") if isinstance(logged, dict) else None for logged in runs["run_metadata"]])
    expected = usd.astype(float).groupby(runs["project_id"].to_numpy()).agg(["sum", "min", "max"])
    found = found.set_index("project_id")[["cost", "least", "most"]].sort_index()
    pd.testing.assert_frame_equal(
        found.astype(float),
        expected.sort_index().set_axis(found.columns, axis=1),
        check_names=False,
        check_index_type=False,
    )


@pytest.mark.slow
def test_people_are_counted_once_and_service_accounts_are_not(zen: Connection, runs: pd.DataFrame) -> None:
    frame = zen.run("usage", "--by", "project", "--since", "400d", *PLACES, "--metric", "people").set_index(
        "project_id"
    )
    people = runs[runs["user"].str.contains("@")]
    expected = people.groupby("project_id")["user"].nunique()
    assert frame["people"].sort_index().tolist() == expected.sort_index().tolist()
    assert frame.attrs["zenpro"]["total"]["people"] == people["user"].nunique() < runs["user"].nunique()


@pytest.mark.slow
def test_filters_are_those_of_runs_and_where_filters_the_result(zen: Connection, runs: pd.DataFrame) -> None:
    line = ("usage", "--by", "pipeline", "--since", "400d", *PLACES, "--metric", "runs")
    failed = zen.run(*line, "--status", "failed")
    assert failed["runs"].sum() == (runs["status"] == "failed").sum()
    large = zen.run(*line, "--where", "runs>50")
    assert set(large["pipeline_id"]) == set(runs["pipeline_id"].value_counts().loc[lambda counts: counts > 50].index)
    one = zen.run(*line, "--project", "churn")
    assert set(one["project"]) == {"churn"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--by", "colour"), "Known: user, team, workspace"),
        (("--by", "wek"), "Did you mean 'week'?"),
        (("--by", "day,week"), "one unit of time"),
        (("--metric", "speed"), "Known: runs, finished"),
        (("--metric", "cost=metadata:usd:avg"), "sum|min|max"),
        (("--since", "soon"), "is not a time"),
        (("--since", "2999-01-01"), "in the future"),
        (("--plot", "--by", "week,status", "--metric", "failed_share"), "cannot stack failed_share"),
        (("--no-deployments", "--metric", "most=metadata:usd:max"), "cannot be combined with most"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_values_are_refused_before_anything_is_read(
    zen: Connection, words: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        zen.run("usage", *words)
    assert message in f"{refused.value.message} {refused.value.hint}"


@pytest.mark.slow
def test_unknown_places_are_refused(zen: Connection) -> None:
    with pytest.raises(UnknownNameError, match="ml-dve"):
        zen.run("usage", "--workspace", "ml-dve")
    with pytest.raises(UnknownNameError, match="nothing"):
        zen.run("usage", "--project", "nothing", *PLACES)
    with pytest.raises(UsageError, match="no ZenML server"):
        zen.run("usage", "--workspace", "agents")


def test_a_named_workspace_that_is_not_running_makes_the_result_incomplete(
    zen: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = zen.run("usage", "--workspace", "churn-2023", "--workspace", "ml-staging")
    assert "runs are missing from the result: churn-2023: it is deactivated" in capsys.readouterr().err
    assert frame.attrs["zenpro"]["complete"] is False
    assert frame["runs"].sum() > 0


def test_the_chart_is_saved_with_a_description(zen: Connection, tmp_path: Path) -> None:
    chart = tmp_path / "chart.svg"
    frame = zen.run("usage", "--by", "week,status", "--metric", "runs", *PLACES, "--plot", "--save", chart)
    root = ElementTree.parse(chart).getroot()  # noqa: S314 - our own
    assert str(root.findtext("{*}title")).startswith("Runs by week and status, UTC")
    failed = frame.loc[frame["status"] == "failed", "runs"].sum()
    assert f"failed {failed:,}" in str(root.findtext("{*}desc"))
    assert len(root.findall("{*}rect")) == len(frame) + frame["status"].nunique()


def test_a_server_without_statistics_is_read_run_by_run(
    connect_servers: Connect, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [run(number, status="failed" if number % 3 == 0 else "completed") for number in range(9)]
    for number, record in enumerate(runs):
        start = f"2026-11-{20 + number % 2}T10:00:00"
        record["metadata"] = {"start_time": start, "end_time": start.replace("10:", "11:"), "run_metadata": {}}
    line = ("usage", "--by", "day", "--since", "400d", "--workspace", "ml-prod")
    with WorkspaceServer({"runs": runs}) as old:
        connection, _ = connect_servers(**{"ml-prod": old})
        frame = connection.run(*line)
        monkeypatch.setattr(limits, "RUNS_COUNTED", 4)
        cut = connection.run(*line)
        counted: list[int] = []
        scope = CountScope(question_of("day", ["runs"]), window_of(timedelta(days=400)))
        read_usage(connection._session, places(connection._session, "acme", ["ml-prod"]), scope, counted.append)
    assert counted[-1] == 1 + 4  # the workspace, and the runs that were read one by one
    assert frame["runs"].tolist() == [5, 4]
    assert frame["failed_share"].tolist() == [2 / 5, 1 / 4]
    assert frame["hours"].tolist() == [5.0, 4.0]
    facts = frame.attrs["zenpro"]
    assert (facts["method"], facts["read_by_runs"], facts["complete"]) == ("runs", ["ml-prod"], True)
    assert "ml-prod has no statistics of runs: its runs were read one by one" in capsys.readouterr().err
    assert (cut["runs"].sum(), cut.attrs["zenpro"]["complete"]) == (4, False)


def test_one_request_per_project_and_one_more_where_rows_overlap(zen: Connection, sandbox: SandboxProcess) -> None:
    sent = []
    client = zen._session.other(f"{sandbox.url}/workspace/ml-staging", lambda: None)  # type: ignore[arg-type,return-value]
    plain = type(client).request

    def counting(self: object, method: str, path: str, **more: object) -> object:
        sent.append(path)
        return plain(self, method, path, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(client), "request", counting)
        zen.run("usage", "--by", "week", "--workspace", "ml-staging")
        zen.run("usage", "--by", "tag", "--workspace", "ml-staging")
    assert sent.count("/api/v1/runs/statistics") == 2 + 4


def test_bars_of_days_count_whole_days_and_name_the_status(zen: Connection) -> None:
    line = ("usage", "--by", "day", "--status", "failed", "--workspace", "recommender")
    frame = zen.run(*line, "--since", "5d")
    assert frame.attrs["zenpro"]["since"].endswith("T00:00:00+00:00")
    assert frame.attrs["zenpro"]["folded"] == ["failed_share"]
    assert chart_of(frame, question_of("day", [])).title == "Failed runs by day, UTC"
    exact = zen.run(*line, "--since", frame.attrs["zenpro"]["since"][:11] + "06:30")
    assert exact.attrs["zenpro"]["since"].endswith("T06:30:00+00:00")


def test_the_example_selects_the_workspace_of_a_condition(zen: Connection) -> None:
    with pytest.raises(UsageError) as caught:
        zen.run("runs", "--where", "workspace=ml-staging")
    assert "--workspace ml-staging`" in caught.value.hint
