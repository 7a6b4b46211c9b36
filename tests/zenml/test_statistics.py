"""Statistics of runs: the same thousand runs on a real server and in the sandbox, and `usage` on both."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pandas as pd
import pytest

import zenpro_nb
from tests.support import thousand_runs, usage_oracle
from tests.support.environments import zenml_python
from tests.support.sandbox import TimedSandbox, timed_sandbox
from tests.support.thousand_runs_sandbox import world_of
from tests.support.usage_oracle import COMBINATIONS, NUMBERS
from tests.support.zenml_server import WORLD, ZenmlServer
from zenpro_nb.errors import UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.sandbox.workspace_api import sample_data

REQUESTS = 60
SIMPLE = ("status", "pipeline", "snapshot", "source_snapshot", "stack", "trigger", "user", "tag")
GROUPINGS: tuple[dict[str, str], ...] = (
    *({"type": kind} for kind in SIMPLE),
    *({"type": "time", "granularity": unit} for unit in ("hour", "day", "week", "month")),
    *({"type": "metadata", "metadata_key": key} for key in ("mixed", "usd", "nothing")),
)
SOURCES: tuple[dict[str, str], ...] = (
    *({"source": name} for name in ("duration", "step_count", "cached_step_count", "output_artifact_count")),
    *({"source": "metadata", "metadata_key": key} for key in ("mixed", "usd", "nothing")),
)
FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"status": "failed"},
    {"status": 'oneof:["failed", "stopped"]'},
    {"status": "notequals:completed"},
    {"created": ["gte:2026-02-05 00:00:00", "lt:2026-02-20 00:00:00"]},
    {"created": "in:2026-02-05 00:00:00,2026-02-06 00:00:00"},
    {"start_time": "isnull:"},
    {"end_time": "isnotnull:"},
    {"in_progress": True},
    {"in_progress": False, "index": "gte:20"},
    {"tags": ["nightly", "gpu"]},
    {"tags": "startswith:n"},
    {"pipeline_name": "endswith:-1"},
    {"stack": "stack-0"},
    {"user": "person-1"},
    {"schedule_id": "isnotnull:"},
    {"schedule_id": "isnull:"},
    {"triggered_by_deployment_id": "isnotnull:"},
    {"triggered_by_deployment_id": "isnull:"},
    {"trigger_id": "isnotnull:"},
    {"run_metadata": ["usd:gt:10"]},
    {"status": "failed", "index": "lt:5", "logical_operator": "or"},
)  # fmt: skip


class Both:
    """The two servers with the same runs."""

    def __init__(self, spec: dict[str, Any], real: ZenmlServer, made_up: TimedSandbox) -> None:
        self.spec = spec
        self.real = real
        self.made_up = made_up
        place = f"{made_up.url}/workspace/ml-prod"
        token = httpx.post(f"{place}/api/v1/login", data={"password": made_up.key}, timeout=60).json()["access_token"]
        self.tokens = {"real": real.token(), "sandbox": str(token)}
        self.urls = {"real": real.url, "sandbox": place}

    def ask(self, where: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[where]}"}
        return httpx.post(f"{self.urls[where]}/api/v1/runs/statistics", json=body, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("thousand")
    server = ZenmlServer(folder / "server")
    spec: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sample_data, "build_world", lambda session, workspace, seed, now: world_of(spec))
        try:
            server.start()
            with timed_sandbox(folder, users=60) as made_up:
                spec |= thousand_runs.generate([*_people_in_teams(made_up), None])
                (folder / "spec.json").write_text(json.dumps(spec))
                server.wait()
                script = [str(zenml_python()), str(WORLD / "thousand_runs.py")]
                database = server.folder / "db" / "zenml.db"
                seeding = [*script, str(database), str(folder / "spec.json")]
                written = subprocess.run(seeding, env=server.common(), capture_output=True, text=True, check=False)
                assert written.returncode == 0, written.stderr[-4000:]
                yield Both(spec, server, made_up)
        finally:
            server.stop()


def _people_in_teams(made_up: TimedSandbox) -> list[str]:
    """Return the accounts of four people, those in the most teams."""
    with httpx.Client(base_url=made_up.url, headers=made_up.headers, timeout=60) as client:
        organization = client.get("/organizations/acme").json()["id"]
        teams = client.get(f"/organizations/{organization}/teams").json()
        members = [member for team in teams for member in client.get(f"/teams/{team['id']}/members").json()]
    counts = Counter(member["user"]["id"] for member in members if member.get("user"))
    assert counts.most_common(1)[0][1] > 1
    return [key for key, _ in counts.most_common(thousand_runs.PEOPLE - 1)]


def requests_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return requests that contain each filter, each grouping and each metric several times."""
    random = Random(28)
    found = []
    for number in range(REQUESTS):
        groupings = random.sample(GROUPINGS, random.randint(0, 3))
        times = [grouping for grouping in groupings if grouping["type"] == "time"]
        groupings = [grouping for grouping in groupings if grouping not in times[1:]]
        sources = random.sample(SOURCES, random.randint(0, 4))
        project = spec["projects"][number % thousand_runs.PROJECTS]["id"]
        found.append(
            {
                "filter": {**FILTERS[number % len(FILTERS)], "project": project},
                "groupings": [{"name": f"g{at}", **grouping} for at, grouping in enumerate(groupings)],
                "metrics": [
                    {"name": f"m{at}", "aggregation": random.choice(("avg", "sum", "min", "max")), **source}
                    for at, source in enumerate(sources)
                ],
                "max_groups": random.choice((1_000, 1_000, 7, 1)),
            }
        )
    return found


def test_sixty_requests_are_answered_in_the_same_way(both: Both) -> None:
    seen = {"truncated": 0, "null": 0, "groups": 0}
    for body in requests_of(both.spec):
        real, ours = (both.ask(where, body) for where in ("real", "sandbox"))
        assert (real.status_code, ours.status_code) == (200, 200), f"{body}\n{real.text}\n{ours.text}"
        expected, found = real.json(), ours.json()
        assert found["truncated"] == expected["truncated"], body
        assert [group["group_keys"] for group in found["groups"]] == [
            group["group_keys"] for group in expected["groups"]
        ], body
        for mine, theirs in zip(found["groups"], expected["groups"], strict=True):
            assert mine["run_count"] == theirs["run_count"], body
            # SQLite computes durations in days, which have a precision of about 40 microseconds.
            assert mine["metrics"] == pytest.approx(theirs["metrics"], abs=1e-2), body
        seen["truncated"] += found["truncated"]
        seen["groups"] += len(found["groups"])
        seen["null"] += sum(None in group["group_keys"].values() for group in found["groups"])
    assert min(seen.values()) >= 5, seen


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"filter": []},
        {"filter": {}, "max_groups": 0},
        {"filter": {}, "max_groups": 10_001},
        {"filter": {}, "max_groups": 7.5},
        {"filter": {}, "groupings": [{"name": "x", "type": "team"}]},
        {"filter": {}, "groupings": [{"name": "x", "type": "time", "granularity": "year"}]},
        {"filter": {}, "groupings": [{"name": "x", "type": "metadata"}]},
        {"filter": {}, "groupings": [{"name": "x", "type": "tag"}, {"name": "x", "type": "user"}]},
        {"filter": {}, "metrics": [{"name": "x", "source": "duration", "aggregation": "median"}]},
        {"filter": {"created": "gte:yesterday"}},
        {"filter": {"colour": "red"}},
        {"filter": {"project": "00000000-0000-4000-8000-000000000000"}},
    ],
    ids=str,
)
def test_wrong_requests_have_the_same_status(both: Both, wrong: dict[str, Any]) -> None:
    body = dict(wrong)
    if isinstance(body.get("filter"), dict):
        body["filter"] = {"project": both.spec["projects"][0]["id"], **body["filter"]}
    real, ours = (both.ask(where, body) for where in ("real", "sandbox"))
    assert ours.status_code == real.status_code, (real.text, ours.text)


PROFILES = """
[profiles.both]
url = "{url}"
organization = "acme"
credential = "env:PLANE_KEY"
{override}
"""
OVERRIDE = """
[profiles.both.workspaces.ml-prod]
url = "{url}"
credential = "env:REAL_TOKEN"
"""


@pytest.fixture(params=["real", "sandbox"])
def zen(both: Both, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Connection:
    """The organization, whose workspace ml-prod has the runs: on the real server, or in the sandbox itself."""
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN", "ZENPRO_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PLANE_KEY", both.made_up.key)
    monkeypatch.setenv("REAL_TOKEN", both.tokens["real"])
    override = OVERRIDE.format(url=both.real.url) if request.param == "real" else ""
    (tmp_path / "profiles.toml").write_text(PROFILES.format(url=both.made_up.url, override=override))
    return zenpro_nb.connect(profile="both")


def test_usage_equals_a_groupby_of_pandas_over_runs(zen: Connection, both: Both) -> None:
    place = ("--workspace", "ml-prod", "--project")
    projects = [project["name"] for project in both.spec["projects"]]
    runs = pd.concat([zen.run("runs", *place, name, "--hydrate") for name in projects], ignore_index=True)
    assert len(runs) == thousand_runs.RUNS
    teams: dict[str, list[str]] = {}
    names = {person["external"]: person["name"] for person in both.spec["people"]}
    for team in zen.run("teams")["id"]:
        for key in zen.run("teams", "members", team)["user_id"].dropna():
            teams.setdefault(names.get(key, ""), []).append(team)
    assert len(set(names.values()) & teams.keys()) >= 2
    for by in COMBINATIONS:
        line = ("usage", "--by", ",".join(by), "--since", "2026-01-01", *place[:2], "--metric", ",".join(NUMBERS))
        words = [word for name in projects for word in ("--project", name)]
        frame = zen.run(*line, *words)
        expected = usage_oracle.expected_numbers(runs, by, teams)
        pd.testing.assert_frame_equal(
            usage_oracle.numbers_of(frame, by), expected, check_names=False, atol=1e-6, rtol=1e-6, obj=str(by)
        )
        assert frame.attrs["zenpro"]["total"]["runs"] == thousand_runs.RUNS


def test_a_plain_server_is_counted_without_an_organization(
    both: Both, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("REAL_TOKEN", both.tokens["real"])
    profile = f'[profiles.plain]\nurl = "{both.real.url}"\nkind = "server"\ncredential = "env:REAL_TOKEN"\n'
    (tmp_path / "profiles.toml").write_text(profile)
    with zenpro_nb.connect(profile="plain") as plain:
        found = plain.run("usage", "--by", "user", "--since", "2026-01-01", "--metric", "runs,people")
        expected = Counter(run["user"] for run in both.spec["runs"])
        names = {person["id"]: person["name"] for person in both.spec["people"]}
        assert dict(zip(found["user"].fillna(""), found["runs"], strict=True)) == {
            names.get(key, ""): number for key, number in expected.items()
        }
        assert found.attrs["zenpro"]["total"] == {"runs": thousand_runs.RUNS, "people": thousand_runs.PEOPLE}
        snapshots = plain.run("usage", "--by", "snapshot", "--since", "2026-01-01", "--metric", "runs")
        named = {entry["name"] for project in both.spec["projects"] for entry in project["snapshots"] if entry["name"]}
        assert set(snapshots["snapshot"].dropna()) == named
        with pytest.raises(UsageError, match="--by team needs an organization"):
            plain.run("usage", "--by", "team")
