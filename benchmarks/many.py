"""Many writes in one command: `python -m benchmarks.many [--quick] [WORD …]`.

With words, only the rows whose names contain all of them are measured: `python -m benchmarks.many undo "20 ms"`.

By hand is a loop that sends the same requests one after the other and looks nothing up: it knows every id. The ceiling
is eight bare threads that send them. zenpro looks the names up, judges the guards, records each write in the journal
before and after it is sent, and verifies the responses. Each run begins with the same organization.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import requests
from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.row import Row, Settings, imported, middle, seconds, times
from tests.support.sandbox import SandboxProcess
from zenpro_nb import connect

USERS = 700
NAMES, STEPS, PEOPLE = 200, 500, 50
NEAR, FAR = 20, 80  # milliseconds
THREADS = 8
GOALS = {NEAR: "≥ 3 times the loop, ≥ 75 % of the ceiling", FAR: "≥ 5 times the loop, ≥ 75 % of the ceiling"}


class Request(Struct, frozen=True):
    """A request as the dry run of the command shows it."""

    method: str
    path: str
    params: dict[str, Any]
    body: dict[str, Any] | None


class World(Struct):
    """A sandbox, and the folder of the journal."""

    plane: SandboxProcess
    folder: Path

    def run(self, *words: str) -> Any:
        """Run one command in a session of its own."""
        with connect(url=self.plane.url, api_key=self.plane.key, organization="acme") as zen:
            return zen.run(*words)


def rows(settings: Settings, words: Sequence[str] = ()) -> Iterator[Row]:
    """Measure each command at both distances, or those whose names contain all of these words."""
    imported()
    size = 10 if settings.quick else 1
    for latency in (NEAR, FAR):
        with world(latency) as here:
            for case, line in _cases(here, size):
                name = f"{case}, {latency} ms"
                if all(word in name for word in words):
                    yield measured(here, name, line, settings.rounds, GOALS[latency])


@contextmanager
def world(latency: int) -> Iterator[World]:
    """Run a sandbox at this distance, with a journal of its own."""
    folder = Path(tempfile.mkdtemp())
    os.environ["ZENPRO_STATE_DIR"] = str(folder / "state")
    try:
        with SandboxProcess(users=USERS, latency_ms=latency) as plane:
            yield World(plane, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop("ZENPRO_STATE_DIR", None)


def _cases(here: World, size: int) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands; what a command needs is prepared just before it."""
    emails = [
        str(email) for email in here.run("users", "--org", "acme", "--active", "--where", "is_superuser=false")["email"]
    ]
    names, steps, people = NAMES // size, STEPS // size, PEOPLE // size
    invited = [f"many.{number}@example.com" for number in range(names)]
    yield f"{names} invitations", ["invitations", "create", *invited, "--role", "Organization Member", "--yes"]
    users = [word for email in emails[:names] for word in ("--user", email)]
    assign = ["roles", "assign", "Workspace Viewer", "--workspace", "ml-dev", "--yes"]
    yield f"{names} role assignments", [*assign, *users]
    yield f"offboarding {people} people", ["users", "offboard", *emails[-people:], "--yes"]
    file = str(here.folder / "access.yaml")
    here.plane.keep()
    more = [word for email in emails[:steps] for word in ("--user", email)]
    here.run("roles", "assign", "Workspace Viewer", "--workspace", "ml-staging", "--yes", *more)
    here.run("export", file)
    here.plane.restore()
    yield f"an apply of {steps} steps", ["apply", file, "--yes"]
    here.run("apply", file, "--yes")
    here.plane.keep()
    yield f"an undo of {steps} steps", ["undo", "--yes"]


def measured(here: World, name: str, words: list[str], rounds: int, goal: str) -> Row:
    """Return the figures of one command; the methods take turns."""
    here.plane.keep()
    state = Path(os.environ["ZENPRO_STATE_DIR"])
    kept = here.folder / "kept"
    if state.exists():
        shutil.copytree(state, kept, dirs_exist_ok=True)
    sent = _requests(here.run(*words, "--dry-run"))
    headers = here.plane.headers
    took: dict[str, list[float]] = {"ours": [], "by hand": [], "raw": []}
    for _ in range(rounds):
        for method, call in (
            ("by hand", lambda: _loop(here.plane.url, headers, sent)),
            ("raw", lambda: _threads(here.plane.url, headers, sent)),
            ("ours", lambda: here.run(*words)),
        ):
            start = time.perf_counter()
            call()
            took[method].append(time.perf_counter() - start)
            here.plane.restore()
            shutil.rmtree(state, ignore_errors=True)
            if kept.exists():
                shutil.copytree(kept, state)
    ceiling = [100 * share for share in times(took["raw"], took["ours"])]
    ratio = f"{middle(times(took['by hand'], took['ours']))}; {middle(ceiling, 0)} %"
    return Row(
        f"{name}, {len(sent)} writes: times as fast; of the ceiling",
        seconds(took["ours"]),
        seconds(took["by hand"]),
        seconds(took["raw"]),
        ratio,
        goal,
    )


def _requests(frame: Any) -> list[Request]:
    found = []
    for row in frame.to_dict("records"):
        if isinstance(row["method"], str) and row["method"]:
            params, body = _json(row["parameters"]), _json(row["body"])
            found.append(Request(row["method"], row["route"], params or {}, body))
    return found


def _json(value: Any) -> Any:
    if isinstance(value, str):
        return json.loads(value)
    return value if isinstance(value, dict) else None


def _loop(url: str, headers: dict[str, str], sent: Sequence[Request]) -> None:
    with requests.Session() as session:
        session.headers.update(headers)
        for item in sent:
            session.request(item.method, url + item.path, params=item.params, json=item.body).raise_for_status()


def _threads(url: str, headers: dict[str, str], sent: Sequence[Request]) -> None:
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client, ThreadPoolExecutor(THREADS) as pool:

        def send(request: Request) -> None:
            client.request(request.method, request.path, params=request.params, json=request.body).raise_for_status()

        list(pool.map(send, sent))


if __name__ == "__main__":
    wanted = [word for word in sys.argv[1:] if not word.startswith("-")]
    for row in rows(Settings(1 if "--quick" in sys.argv else 3, quick="--quick" in sys.argv), wanted):
        print(row, flush=True)
