"""`usage` of 200,000 runs on a real ZenML server: `python -m benchmarks.usage`.

By hand is what people do today: read all runs with `hydrate`, page by page, and group them with pandas. Both read the
same server, in the same round. It needs the environment of the tests with ZenML (`ZENPRO_ZENML_ENV`), and some minutes.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.row import Row, Settings, imported, middle, times
from tests.support import environments, thousand_runs
from tests.support.zenml_server import WORLD, ZenmlServer
from zenpro_nb import connect
from zenpro_nb.client import _transport

COPIES = 200  # of a thousand runs
PAGE = 1_000  # rows; larger pages time out
LINE = ("usage", "--by", "week,status", "--since", "2020-01-01", "--metric", "runs,hours")
TIMEOUT = 600


def rows(settings: Settings) -> Iterator[Row]:
    """Measure `usage`, and reading all runs by hand, on the same server."""
    imported()
    copies = 2 if settings.quick else COPIES
    with server(copies) as (zenml, names):
        ours, hand = [], []
        for _ in range(settings.rounds):
            ours.append(counted(zenml, names))
            hand.append(read(zenml, names))
            assert ours[-1]["runs"] == hand[-1]["runs"] == copies * thousand_runs.RUNS
        fast, slow = ([each["seconds"] for each in side] for side in (ours, hand))
        yield Row(
            f"usage --by week,status, {copies * thousand_runs.RUNS:,} runs in three projects",
            f"{middle(fast)} s, {ours[-1]['bytes'] / 1e3:,.0f} kB",
            f"{middle(slow)} s, {hand[-1]['bytes'] / 1e6:,.0f} MB",
            ratio=f"{middle(times(slow, fast))} times",
            goal="≥ 20 times",
        )


@contextmanager
def server(copies: int) -> Iterator[tuple[ZenmlServer, list[str]]]:
    """Run a server with this many copies of a thousand runs, and yield it with the names of its projects."""
    environments.allow_installing(True)
    with tempfile.TemporaryDirectory(prefix="zenpro-usage-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        zenml = ZenmlServer(folder / "server")
        try:
            zenml.start()
            spec = thousand_runs.generate([None] * thousand_runs.PEOPLE)
            (folder / "spec.json").write_text(json.dumps(spec))
            zenml.wait()
            database = zenml.folder / "db" / "zenml.db"
            script = [str(environments.zenml_python()), str(WORLD / "thousand_runs.py")]
            subprocess.run([*script, str(database), str(folder / "spec.json")], env=zenml.common(), check=True)
            multiply(database, copies)
            yield zenml, [project["name"] for project in spec["projects"]]
        finally:
            zenml.stop()


def multiply(database: Path, copies: int) -> None:
    """Copy the runs, each time some days earlier."""
    with sqlite3.connect(database) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(pipeline_run)")]
        changed = {
            "id": "lower(hex(randomblob(16)))",
            "name": "name || '-' || :copy",
            "orchestrator_run_id": "orchestrator_run_id || '-' || :copy",
            '"index"': '"index" + 1000 * :copy',
            **{name: f"strftime('%Y-%m-%d %H:%M:%f000', {name}, '-' || (:copy * 5) || ' days')"
               for name in ("created", "updated", "start_time", "end_time")},
        }  # fmt: skip
        names = [f'"{name}"' if name == "index" else name for name in columns]
        originals = "SELECT id FROM pipeline_run"
        connection.execute(f"CREATE TEMP TABLE originals AS {originals}")
        select = ", ".join(changed.get(name, name) for name in names)
        for copy in range(1, copies):
            connection.execute(
                f"INSERT INTO pipeline_run ({', '.join(names)}) SELECT {select} FROM pipeline_run "  # noqa: S608 - our own
                "WHERE id IN (SELECT id FROM originals)",
                {"copy": copy},
            )


def counted(zenml: ZenmlServer, names: list[str]) -> dict[str, Any]:
    """Run `usage` in a session of its own; the bytes are those of all responses."""
    received: list[int] = []
    plain = _transport.Transport.send

    def sent(self: Any, call: Any, bearer: Any) -> Any:
        reply = plain(self, call, bearer)
        received.append(len(getattr(reply, "content", b"") or b""))
        return reply

    os.environ["ZENPRO_CONFIG_DIR"] = str(zenml.folder)
    profile = f'[profiles.plain]\nurl = "{zenml.url}"\nkind = "server"\ncredential = "env:BENCHMARK_TOKEN"\n'
    (zenml.folder / "profiles.toml").write_text(profile)
    os.environ["BENCHMARK_TOKEN"] = zenml.token()
    _transport.Transport.send = sent  # type: ignore[method-assign]
    try:
        with connect(profile="plain") as zen:
            started = time.perf_counter()
            frame = zen.run(*LINE, *(word for name in names for word in ("--project", name)))
            elapsed = time.perf_counter() - started
    finally:
        _transport.Transport.send = plain  # type: ignore[method-assign]
    return {"seconds": elapsed, "bytes": sum(received), "runs": int(frame["runs"].sum())}


def read(zenml: ZenmlServer, names: list[str]) -> dict[str, Any]:
    """Read all runs page by page, and group them by week and status with pandas."""
    import pandas as pd

    size = 0
    parts = []
    with httpx.Client(
        base_url=zenml.url, headers={"Authorization": f"Bearer {zenml.token()}"}, timeout=TIMEOUT
    ) as client:
        started = time.perf_counter()
        for name in names:
            page, pages = 1, 1
            while page <= pages:
                params: dict[str, Any] = {"project": name, "page": page, "size": PAGE, "hydrate": True}
                reply = client.get("/api/v1/runs", params=params).raise_for_status()
                size += len(reply.content)
                answer = reply.json()
                pages, page = answer["total_pages"], page + 1
                parts += [
                    (item["body"]["status"], item["metadata"]["start_time"], item["metadata"]["end_time"])
                    for item in answer["items"]
                ]
        frame = pd.DataFrame(parts, columns=["status", "start", "end"])
        starts, ends = (pd.to_datetime(frame[column], format="ISO8601") for column in ("start", "end"))
        frame["week"] = (starts - pd.to_timedelta(starts.dt.day_of_week, unit="D")).dt.floor("D")
        frame["hours"] = (ends - starts).dt.total_seconds() / 3600
        grouped = frame.groupby(["week", "status"], dropna=False).agg(runs=("hours", "size"), hours=("hours", "sum"))
        elapsed = time.perf_counter() - started
    return {"seconds": elapsed, "bytes": size, "runs": int(grouped["runs"].sum())}


if __name__ == "__main__":
    for row in rows(Settings(1, quick="--quick" in sys.argv)):
        print(row, flush=True)
