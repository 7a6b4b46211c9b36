"""Continuing a dataset folder: only with the same query, and after the files that are there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zenpro_nb.errors import SaveError, UsageError
from zenpro_nb.query import Query
from zenpro_nb.resources import RESOURCES
from zenpro_nb.workspaces.dataset import FACTS, Dataset, _Files

PLANE = "https://pro.example.com"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def begin(
    folder: Path, noun: str = "runs", server: str = PLANE, columns: tuple[str, ...] = ("name",), **filters: Any
) -> Dataset:
    return Dataset(str(folder), Query(RESOURCES[noun], params=filters, columns=columns), filters, server)


def test_the_same_command_continues(tmp_path: Path) -> None:
    for _ in range(2):
        begin(tmp_path / "d", status=("failed", "completed"), created="-7d", name=None)
    held = json.loads((tmp_path / "d" / FACTS).read_text())
    assert held["filters"] == {"status": ["failed", "completed"], "created": "-7d"}
    assert held["server"] == PLANE


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "completed"}, r'other filters: {"status": "failed"}, not {"status": "completed"}'),
        ({"status": None}, "other filters"),
        ({"server": "https://other.example.com"}, f"another server: {PLANE}"),
        ({"columns": ("status",)}, "other columns"),
        ({"noun": "pipelines"}, "contains a different list"),
    ],
)
def test_another_query_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    begin(tmp_path / "d", status="failed")
    with pytest.raises(UsageError, match=words):
        begin(tmp_path / "d", **{"status": "failed", **change})


@pytest.mark.parametrize("held", ["[]", "null", "3", '{"list": "runs", "filters": ["status"]}'])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, held: str) -> None:
    (tmp_path / FACTS).write_text(held)
    with pytest.raises((SaveError, UsageError)):
        begin(tmp_path)


def part(*rows: tuple[str, datetime | None]) -> Any:
    return pa.table(
        {
            "id": pa.array([key for key, _ in rows], pa.string()),
            "created": pa.array([time for _, time in rows], pa.timestamp("us", "UTC")),
        }
    )


def test_a_removed_file_does_not_affect_others(tmp_path: Path) -> None:
    files = _Files(tmp_path, "default")
    for number in range(3):
        files.add(part((str(number), NOON)))
    (tmp_path / "default-00001.parquet").unlink()
    again = _Files(tmp_path, "default")
    again.add(part(("3", NOON)))
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"default-{number:05d}.parquet" for number in (0, 2, 3)]
    assert pq.read_table(tmp_path / "default-00002.parquet").column("id").to_pylist() == ["2"]


def test_rows_without_a_time_are_passed_over_and_known(tmp_path: Path) -> None:
    files = _Files(tmp_path, "default")
    files.add(part(("old", NOON.replace(hour=1)), ("new", NOON)))
    files.add(part(("timeless", None)))
    assert _Files(tmp_path, "default").end() == ("2026-01-31 12:00:00", {"new", "timeless"})


def test_without_times_it_restarts_and_knows_every_row(tmp_path: Path) -> None:
    files = _Files(tmp_path, "default")
    assert files.end() == (None, set())
    files.add(part(("a", None)))
    files.add(part(("b", None)))
    assert _Files(tmp_path, "default").end() == (None, {"a", "b"})
