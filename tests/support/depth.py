"""Count how many requests of a command depend on one another, without a clock.

Every thread has a level. A request is one level below the thread that sends it, and its response moves the thread
down to that level. A job starts at the level of the thread that submits it, and the thread that collects it moves
down to the level at which the job ended; a further job that it submits for a result starts at the level of this
result. Concurrent requests therefore have the same level, even if they wait in a queue. The deepest level is the
number of sequential round trips of a command.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

from zenpro_nb.client._request_pipeline import RequestPipeline
from zenpro_nb.client._worker_pool import FinishedJob, WorkerPool


@dataclass
class Depth:
    """The requests that were sent, each with its level."""

    requests: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def levels(self) -> int:
        """The number of requests in the longest chain."""
        return max((level for level, _, _ in self.requests), default=0)

    def __str__(self) -> str:
        return "\n".join(f"{level} {method} {path}" for level, method, path in sorted(self.requests))


@contextmanager
def counted_depth() -> Iterator[Depth]:
    """Count while the block runs. This thread starts at level 0."""
    here = threading.local()
    depth = Depth()
    ends: WeakKeyDictionary[WorkerPool[Any], dict[int, int]] = WeakKeyDictionary()
    latest: WeakKeyDictionary[WorkerPool[Any], int] = WeakKeyDictionary()
    perform, submit, collect = RequestPipeline.perform, WorkerPool.submit, WorkerPool.collect

    def level() -> int:
        return getattr(here, "level", 0)

    def note_request(self: RequestPipeline, call: Any, *rest: Any) -> Any:
        mine = level() + 1
        depth.requests.append((mine, call.method, call.path))
        try:
            return perform(self, call, *rest)
        finally:
            here.level = mine

    def submit_at_level(self: WorkerPool[Any], key: int, job: Callable[[], Any]) -> None:
        start = latest.get(self, level())

        def run_at_level() -> Any:
            here.level = start
            try:
                return job()
            finally:
                ends.setdefault(self, {})[key] = level()

        submit(self, key, run_at_level)

    def collect_level(self: WorkerPool[Any], *arguments: Any) -> FinishedJob[Any]:
        done = collect(self, *arguments)
        latest[self] = ends.get(self, {}).get(done.key, 0)
        here.level = max(level(), latest[self])
        return done

    with (
        patch.object(RequestPipeline, "perform", note_request),
        patch.object(WorkerPool, "submit", submit_at_level),
        patch.object(WorkerPool, "collect", collect_level),
    ):
        yield depth
