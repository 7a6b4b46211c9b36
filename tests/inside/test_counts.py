"""`--by`: the numbers of a list, which agree with counts of its rows."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

import zenpro_nb
from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb import frames
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.frontends.connection import Connection

RUNS = ("runs", "--workspace", "ml-prod", "--project", "all")


@pytest.fixture
def acme(sandbox: SandboxProcess) -> Iterator[Connection]:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as connection:
        yield connection


def _counter(frame: pd.DataFrame, *names: str) -> Counter[Any]:
    records = frame[list(names)].astype(object).where(frame[list(names)].notna(), None)
    return Counter(records.itertuples(index=False, name=None))


def _counts(frame: pd.DataFrame, *names: str) -> Mapping[Any, int]:
    return {
        tuple(None if pd.isna(value) else value for value in key): count
        for *key, count in frame[[*names, "count"]].astype(object).itertuples(index=False, name=None)
    }


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (("users",), ("company",)),
        (("users", "--inactive"), ("company", "is_superuser")),
        (("assignments",), ("workspace", "role")),  # roles of the organization have no workspace
        (("access", "linus@example.com"), ("via",)),
        (("audit", "--min-severity", "medium"), ("check", "severity")),
        (RUNS, ("status",)),
        ((*RUNS, "--where", "status!=completed"), ("pipeline", "status")),
    ],
    ids=" ".join,
)
def test_the_counts_are_those_of_the_rows(acme: Connection, line: tuple[str, ...], names: tuple[str, ...]) -> None:
    rows, counts = acme.run(*line), acme.run(*line, "--by", ",".join(names))
    assert _counts(counts, *names) == _counter(rows, *names)
    assert list(counts["count"]) == sorted(counts["count"], reverse=True)
    assert counts["count"].dtype == "Int64"
    for name in names:
        assert counts[name].dtype.kind == rows[name].dtype.kind


@pytest.mark.parametrize("period", ["day", "week", "month", "created"])
def test_times_are_counted_by_period(acme: Connection, period: str) -> None:
    def start(time: datetime) -> str:
        day = time - timedelta(days=time.weekday() if period == "week" else 0)
        return f"{day:%Y-%m-01}" if period == "month" else f"{day:%Y-%m-%d}"

    rows, counts = acme.run(*RUNS), acme.run(*RUNS, "--by", period)
    starts = [f"{time:%Y-%m-%d}" for time in counts[period]]
    assert dict(zip(starts, counts["count"], strict=True)) == Counter(map(start, rows["created"]))
    assert counts[period].dtype == rows["created"].dtype
    if period != "created":
        assert starts == sorted(starts)


def test_a_row_with_several_values_counts_for_each_and_is_named_in_each(acme: Connection) -> None:
    members, counts = acme.run("members"), acme.run("members", "--by", "roles")
    expected: dict[str, list[str]] = {}
    for roles, username in zip(members["roles"], members["username"], strict=True):
        for role in roles:
            expected.setdefault(role, []).append(username)
    names = dict(zip(counts["roles"], counts["username"], strict=True))
    assert {role: sorted(people) for role, people in names.items()} == {
        role: sorted({name for name in people if isinstance(name, str)}) for role, people in expected.items()
    }
    assert _counts(counts, "roles") == {(role,): len(people) for role, people in expected.items()}


def test_the_other_options_apply_to_the_table_of_counts(acme: Connection, tmp_path: Path) -> None:
    whole = acme.run("users", "--by", "company")
    line = ("--sort", "company", "--limit", "1", "--columns", "count,company", "--save", tmp_path / "counts.csv")
    first = acme.run("users", "--by", "company", *line)
    assert list(first.columns) == ["count", "company"]
    assert first["company"].tolist() == [min(whole["company"])]
    assert (tmp_path / "counts.csv").read_text().splitlines()[0] == "count,company"
    facts = frames.facts(whole)
    assert (facts["rows"], facts["summary"]) == (len(whole), f"{whole['count'].sum():,} users counted")
    assert facts["complete"]


def test_a_condition_that_nothing_matches_is_answered(acme: Connection) -> None:
    counts = acme.run("users", "--where", "company=Acme", "--by", "is_active")
    assert counts.empty
    assert list(counts.columns) == ["is_active", "count", "email"]
    assert frames.answer_of(counts).startswith("no user matches company = Acme; 240 users have 3 different values")


@pytest.mark.parametrize(
    ("by", "title"),
    [
        ("day", "Runs per day by state"),
        ("status", "Runs by status"),
        ("week,status", "Runs by week and status, UTC"),
    ],
)
def test_the_chart_shows_the_counts(acme: Connection, by: str, title: str, tmp_path: Path) -> None:
    chart = tmp_path / "chart.svg"
    counts = acme.run(*RUNS, "--by", by, "--plot", "--save", chart)
    root = ElementTree.parse(chart).getroot()  # noqa: S314 - our own
    assert str(root.findtext("{*}title")).startswith(title)
    if by == "day":
        expected = f"{counts['count'].sum():,} in total"
    elif by == "status":
        expected = f"Highest: completed with {counts['count'].max()}."
    else:
        expected = f"failed {counts['count'].where(counts['status'] == 'failed').sum()}"
    assert expected in str(root.findtext("{*}desc"))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("users", "--by", "day"), "--by day: `users` has no column with a time"),
        (("users", "--by", "compny"), "`users` has no column 'compny'"),
        (("users", "--by", "company", "--sort", "name"), "has no column 'name'"),
        (("users", "--by", "company", "--raw"), "`--by` cannot be combined with `--raw`"),
        (("access", "--matrix", "--by", "role"), "--matrix cannot be combined with --by"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_counted_is_refused(acme: Connection, line: tuple[str, ...], problem: str) -> None:
    with pytest.raises((UnknownNameError, UsageError), match=problem.replace("--", "-?-?")):
        acme.run(*line)


def test_a_shell_prints_the_counts_in_every_format(sandbox: SandboxProcess) -> None:
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    line = ["users", "--inactive", "--by", "company"]
    printed = in_process([*line, "--format", "json"], {**os.environ, **server}).stdout
    (row,) = json.loads(printed)
    assert (row["company"], row["count"], len(row["email"])) == ("Acme Corp", 16, 16)
    table = in_process([*line], {**os.environ, **server}).stdout.decode()
    assert table.split()[:3] == ["company", "count", "email"]
    assert all(address in table for address in row["email"])
