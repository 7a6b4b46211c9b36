"""The life cycle is followed until its end, with a clock that the test moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from zenpro_nb import limits
from zenpro_nb.errors import ConnectionFailedError, NotReadyError
from zenpro_nb.framework.writes import waiting
from zenpro_nb.frontends.connection import Connection


class Clock:
    """Time that passes only in calls of sleep."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        self.time += seconds

    def random(self) -> float:
        return 0.5


def _follow(records: list[Any], timeout: float = 600.0) -> tuple[Mapping[str, Any], list[str], Clock]:
    lines: list[str] = []
    clock = Clock()
    stream: Iterator[Any] = iter(records)

    def look() -> Mapping[str, Any]:
        record = next(stream, records[-1])
        if isinstance(record, BaseException):
            raise record
        return record  # type: ignore[no-any-return]  # a record of the test

    end = waiting.follow(
        look,
        lambda record: record["status"] == "available",
        name="ml",
        say=lines.append,
        timeout=timeout,
        clock=clock,
    )
    return end, lines, clock


def _at(*statuses: str) -> list[dict[str, Any]]:
    return [{"id": "1", "name": "ml", "status": status} for status in statuses]


def test_each_state_is_reported_once() -> None:
    end, lines, clock = _follow(_at("not_initialized", "pending", "pending", "available"))
    assert end["status"] == "available"
    assert lines == ["ml: not_initialized", "ml: pending after 1 s", "ml: available after 7 s"]
    assert clock.time == 1 + 2 + 4


def test_a_failure_is_reported_with_its_reason() -> None:
    records = [*_at("pending"), {"id": "1", "status": "failed", "state_reason": "no quota"}]
    with pytest.raises(NotReadyError, match=r"failed: no quota.*workspaces deploy ml"):
        _follow(records)


def test_a_timeout_shows_how_to_continue() -> None:
    with pytest.raises(NotReadyError, match=r"still pending after 12 s.*workspaces wait ml"):
        _follow(_at("pending"), timeout=12)


def test_pauses_grow_to_what_zenml_itself_does() -> None:
    with pytest.raises(NotReadyError):
        _follow(_at("pending"), timeout=60)
    assert limits.LIFECYCLE_POLL == 5


@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), ConnectionFailedError("not reached")])
def test_an_error_while_waiting_does_not_fail_the_write(trouble: BaseException) -> None:
    with pytest.raises(NotReadyError, match="The operation continues"):
        _follow([*_at("pending"), trouble])


def test_create_and_wait(zen: Connection, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    frame = zen.run("workspaces", "create", name, "--wait")
    assert frame["status"].iloc[0] == "available"
    assert frame["server_url"].notna().all()
    assert f"{name}: available" in capsys.readouterr().err


def test_create_and_fail(zen: Connection, name: str) -> None:
    with pytest.raises(NotReadyError, match="failed"):
        zen.run("workspaces", "create", f"fail-{name}", "--wait")
    with pytest.raises(NotReadyError, match="failed"):
        zen.run("workspaces", "wait", f"fail-{name}")


def test_an_enrolled_workspace_is_awaited_until_the_timeout(zen: Connection, name: str) -> None:
    with pytest.raises(NotReadyError, match=f"workspaces wait {name}"):
        zen.run("workspaces", "create", name, "--enroll", "--reveal", "--wait", "--timeout", "0")


def test_the_life_cycle_of_a_workspace(zen: Connection, name: str) -> None:
    zen.run("workspaces", "create", name, "--version", "0.98.0", "--wait")
    assert zen.run("workspaces", "deactivate", name, "--yes", "--wait")["status"].iloc[0] == "deactivated"
    assert zen.run("workspaces", "deploy", name, "--wait")["status"].iloc[0] == "available"
    older = zen.run("workspaces", "update", name, "--version", "0.97.0", "--force", "--wait")
    assert older["version"].iloc[0] == "0.97.0"
    newer = zen.run("workspaces", "update", name, "--version", "0.98.0", "--wait")
    assert newer["version"].iloc[0] == "0.98.0"
    assert zen.run("workspaces", "wait", name)["status"].iloc[0] == "available"
    assert zen.run("workspaces", "delete", name, "--yes", "--wait")["status"].iloc[0] == "deleted"
