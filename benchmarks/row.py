"""Rows of the table of figures, and helpers of the benchmarks: rounds, ratios, child processes."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEY = "of-a-benchmark"
SWITCH = "PYTHONDONTWRITEBYTECODE"  # if set, each process compiles every module again


@dataclass(frozen=True)
class Row:
    """A figure, and its comparison.

    Attributes:
        ratio: the documented ratio, measured within each round; the median of all rounds.
        goal: the goal of the ratio; "" if there is none.
    """

    name: str
    ours: str = ""
    by_hand: str = ""
    raw: str = ""
    ratio: str = ""
    goal: str = ""


@dataclass(frozen=True)
class Settings:
    """The size of a measurement."""

    rounds: int = 3
    quick: bool = False


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def middle(values: Sequence[float], digits: int = 1) -> str:
    """Return the median, with minimum and maximum if there are several values."""
    least, middle, most = (f"{value:.{digits}f}" for value in (min(values), median(values), max(values)))
    return middle if least == most else f"{middle} ({least}-{most})"


def seconds(values: Sequence[float]) -> str:
    """Return the median as seconds."""
    return f"{statistics.median(values):.2f} s"


def times(slow: Sequence[float], fast: Sequence[float]) -> list[float]:
    """Return how many times as long each round took."""
    return [item / other for item, other in zip(slow, fast, strict=True)]


@contextmanager
def served(*arguments: object) -> Iterator[str]:
    """Run `paced_server.py` during the block, and yield its address."""
    command = [sys.executable, str(HERE / "paced_server.py"), *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def child(module: str, url: str, **more: object) -> Any:
    """Run a module of this folder with `--measure` in its own process, and return the JSON that it prints."""
    environment = {name: value for name, value in os.environ.items() if name != SWITCH and not name.startswith("ZEN")}
    environment |= {"ZENML_PRO_API_URL": url, "ZENML_PRO_API_KEY": KEY, "BENCHMARK": json.dumps(more)}
    command = [sys.executable, "-m", f"benchmarks.{module}", "--measure"]
    done = subprocess.run(command, env=environment, cwd=HERE.parent, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{module} {more} failed: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout.splitlines()[-1])


def peak() -> float:
    """Return the peak memory of this process in megabytes.

    `getrusage` is not used, because it includes the memory of the parent process.
    """
    with open("/proc/self/status") as status:
        line = next(item for item in status if item.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def imported() -> None:
    """Import the modules of a command, because imports are not measured on either side."""
    from zenpro_nb.frontends.magic import preload

    preload()


def given() -> dict[str, Any]:
    """Return the arguments of `child`, in the child."""
    found: dict[str, Any] = json.loads(os.environ["BENCHMARK"])
    return found


def by_itself(measure: Callable[[], object], rows: Callable[[Settings], Iterable[Row]], rounds: int = 3) -> None:
    """Run a benchmark alone: print its rows, or, in its child process, the measurement."""
    if "--measure" in sys.argv:
        print(json.dumps(measure()))
        return
    for row in rows(Settings(rounds, quick="--quick" in sys.argv)):
        print(row, flush=True)
