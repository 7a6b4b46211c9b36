"""Unused snapshots of a workspace: counted and deleted (API facts 12.4), and followed by `snapshots prune`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.sandbox.conftest import Api, Plane
from tests.sandbox.workspaces.conftest import Enter, rows
from zenpro_nb.errors import ConfirmationError, NotReadyError, RateLimitedError, ReadOnlyError, UsageError
from zenpro_nb.frontends.connection import Connection

CHURN = {"project": "churn"}
WORDS = ("snapshots", "prune", "--older-than", "50d", "--workspace", "ml-prod", "--project", "churn")
PATH = "/pipeline_snapshots/prune"


class Clock:
    """The clock of the client. Its sleep moves the clock of the sandbox."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane
        self._slept = 0.0

    def now(self) -> float:
        return self._plane.clock.now().timestamp()

    def monotonic(self) -> float:
        return self._slept

    def sleep(self, seconds: float, cancel: object = None) -> None:
        self._slept += seconds
        self._plane.clock.advance(seconds=seconds)

    def random(self) -> float:
        return 0.5


@pytest.fixture
def zen(plane: Plane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path))
    url, key = plane.running.url, plane.running.key
    with zenpro_nb.connect(url=url, api_key=key, organization="acme") as connection:
        connection._session.clock = Clock(plane)
        yield connection


def body(api: Api, plane: Plane, days: int = 50, **more: Any) -> dict[str, Any]:
    since = plane.clock.now() - timedelta(days=days)
    return {"project": api("GET", "/projects/churn")["id"], "older_than": since.isoformat(), **more}


def test_only_unused_ones_are_counted_and_deleted(plane: Plane, enter: Enter) -> None:
    api = enter()
    total = api("GET", "/pipeline_snapshots", **CHURN)["total"]
    count = api("POST", PATH, body=body(api, plane))["snapshot_count"]
    assert 0 < count < total
    # None is that old, and the count alone deletes nothing.
    assert api("POST", PATH, body=body(api, plane, 300)) == {"snapshot_count": 0, "task_id": None}
    assert api("GET", "/pipeline_snapshots", **CHURN)["total"] == total
    started = api("POST", PATH, body=body(api, plane, apply=True))
    assert (started["snapshot_count"], len(started["task_id"])) == (None, 36)
    refused = api("POST", PATH, expect=429, body=body(api, plane, apply=True))["detail"]
    assert refused[0] == "MaxConcurrentTasksError"
    plane.clock.advance(seconds=10)
    assert api("GET", "/pipeline_snapshots", **CHURN)["total"] == total - count
    assert api("POST", PATH, body=body(api, plane))["snapshot_count"] == 0
    # The runs still have their snapshots.
    assert all(run["resources"]["snapshot"] for run in rows(api, "/runs", **CHURN))


def test_an_invalid_request_is_refused(plane: Plane, enter: Enter) -> None:
    api = enter()
    for wrong in ({"project": "churn"}, {"older_than": "long ago"}, {"apply": "yes"}):
        assert api("POST", PATH, expect=422, body=body(api, plane) | wrong)[0] == "ValueError", wrong


def test_it_needs_its_own_permission(plane: Plane, enter: Enter, session_of: Any) -> None:
    developer = session_of("dev@example.com", "Workspace Developer", workspace_id=plane.workspace("ml-prod"))
    detail = enter("ml-prod", developer)("POST", PATH, expect=403, body=body(enter(), plane))["detail"][1]
    assert detail.startswith("Insufficient permissions to PRUNE resource")


def test_the_server_counts_first_and_the_task_is_followed(zen: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    frame = zen.run(*WORDS, "--dry-run")
    assert frame.target[0].startswith("6 snapshots of project churn from before ")
    with pytest.raises(ConfirmationError, match=r"Delete 6 snapshots .* Type 6 snapshots to confirm"):
        zen.run(*WORDS)
    before = len(zen.run("snapshots", *WORDS[4:]))
    capsys.readouterr()
    done = zen.run(*WORDS, "--yes")
    output = capsys.readouterr().err
    assert "ml-prod: 6 snapshots left\n" in output
    assert "ml-prod: 0 snapshots left after 3 s\n" in output
    assert "done: deleted 6 snapshots of project churn" in output
    assert done.detail[0].startswith("none are left; task ")
    assert len(zen.run("snapshots", *WORDS[4:])) == before - 6
    again = zen.run(*WORDS, "--yes")
    assert (again.outcome[0], again.detail[0]) == ("already", "nothing to delete")


def test_a_task_that_takes_longer_is_reported(zen: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotReadyError, match=r"not finished deleting 6 .*: still 6 snapshots left.*--dry-run"):
        zen.run(*WORDS, "--yes", "--timeout", "0.5")
    with pytest.raises(RateLimitedError, match=r"maintenance task is still running.*Wait a minute, then run"):
        zen.run(*WORDS[:-1], "pricing", "--yes")
    zen._session.clock.sleep(10)
    capsys.readouterr()
    zen.run(*WORDS[:-1], "pricing", "--yes", "--timeout", "0")
    assert "done: started to delete 6 snapshots of project pricing" in capsys.readouterr().err


def test_an_age_and_one_project_are_required(zen: Connection) -> None:
    with pytest.raises(UsageError, match="`--older-than soon` is neither an age nor a date"):
        zen.run("snapshots", "prune", "--older-than", "soon", *WORDS[4:])
    with pytest.raises(UsageError, match="There are 2 projects"):
        zen.run(*WORDS[:-2])
    with pytest.raises(UsageError, match="one project, not all"):
        zen.run(*WORDS[:-1], "all")


def test_a_read_only_session_counts(zen: Connection) -> None:
    with zen._session.lock("test"):
        assert zen.run(*WORDS, "--dry-run").target[0].startswith("6 snapshots")
        with pytest.raises(ReadOnlyError):
            zen.run(*WORDS, "--yes")
