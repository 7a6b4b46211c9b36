"""Independent calls made at once: against one server, or one for each of several."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from zenpro_nb import limits
from zenpro_nb.client._cancellation import CancelScope
from zenpro_nb.client._progress import Counter, interruptible
from zenpro_nb.client._worker_pool import WorkerPool
from zenpro_nb.syntax.counts import counted

T = TypeVar("T")
Progress = Callable[[int], None]


def at_once(
    calls: Sequence[Callable[[], T]], workers: int, progress: Progress | None, *, keep: bool
) -> list[T | Exception]:
    """Make the calls with as many workers as one server is given; see `Client.fan_out`."""
    counter = Counter(progress)
    with interruptible(lambda: _how_far(counter, calls, "request"), counter) as scope:
        size = max(1, min(scope.share(workers), len(calls)))
        # Times what the scope has from the work around it: only then do fan-outs in fan-outs share the workers.
        scope.width *= size
        return _made(calls, size, scope, counter, keep=keep)


def across_servers(calls: Sequence[Callable[[], T]], progress: Progress | None = None) -> list[T | Exception]:
    """Make one call for each of several servers at once; an error stands in the place of a call that failed.

    How many servers are asked at once has nothing to do with how many requests one of them is sent, for which each has
    a throttle of its own. One that is dead is given up after `limits.SERVER_PATIENCE`, and holds up no other.

    Raises:
        InterruptedReadError: Ctrl-C.
    """
    counter = Counter(progress)
    with interruptible(lambda: _how_far(counter, calls, "server"), counter) as scope:
        size = max(1, min(limits.SERVERS_AT_ONCE // scope.width, len(calls)))
        scope.width = math.ceil(scope.width * size * limits.MAX_WORKERS / limits.WORKERS_ACROSS)
        scope.patience = limits.SERVER_PATIENCE
        return _made(calls, size, scope, counter, keep=True)


def _made(
    calls: Sequence[Callable[[], T]], size: int, scope: CancelScope, counter: Counter, *, keep: bool
) -> list[T | Exception]:
    with WorkerPool[T](size, scope) as pool:
        return pool.gather(calls, counter, keep=keep)


def _how_far(counter: Counter, calls: Sequence[object], what: str) -> str:
    return f"{counter.rows:,} of {counted(len(calls), what)}"
