"""Measure small shell commands next to a ten-line script with httpx, and the `zenml` command.

    python -m benchmarks.shell [--quick]

Each command is a separate process against one sandbox, imports included on all sides. Methods alternate, so a busy
machine slows all of them. The ratio is of processor time, which other programs hardly increase; the seconds next to it
are wall time. All processes find compiled modules, as after an installation. The script does without rich, which httpx
imports if it is installed. `zenml` runs against its local database if ZENPRO_ZENML_ENV names an environment that has
it, such as `uv venv FOLDER` and `uv pip install --python FOLDER "zenml[server]"`; its processor time is divided by
ours.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.row import SWITCH, Row, Settings, middle, seconds, times

RUNS = 5  # of each method in a round; the fastest counts

_SCRIPT = """
import json, os, sys
sys.modules["rich"] = None
import httpx
url, key = os.environ["ZENML_PRO_API_URL"], os.environ["ZENML_PRO_API_KEY"]
with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as client:
    for path in sys.argv[1:]:
        answer = client.get(path)
        answer.raise_for_status()
        json.dump(answer.json(), sys.stdout, indent=1)
"""
_USERS = "/users?offset=0&limit=5"


class Line(NamedTuple):
    """A shell command, the paths that the script requests for the same result, and the similar `zenml` command."""

    words: Sequence[str]
    paths: Sequence[str] = ()
    zenml: Sequence[str] = ()
    goal: str = ""
    variables: Mapping[str, str] = {}


def _tab(typed: str) -> Line:
    """Return a line for which Tab is pressed in bash."""
    variables = {"_ZENPRO_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    return Line((), goal="ours ≤ 0.15 s", variables=variables)


LINES = {
    "users --limit 5 --format json": Line(
        ("users", "--limit", "5", "--format", "json"), (_USERS,), ("user", "list", "--size", "5"), "≤ 2.0"
    ),
    "users --limit 5": Line(("users", "--limit", "5"), (_USERS,), ("user", "list", "--size", "5"), "≤ 2.0"),
    "users get NAME --format csv": Line(
        ("users", "get", "ada@example.com", "--format", "csv"), ("/users?username=ada@example.com",), goal="≤ 2.0"
    ),
    "teams create NAME --dry-run": Line(
        ("teams", "create", "Compliance", "--dry-run"), ("/organizations",), (), "≤ 2.0"
    ),
    "--help": Line(("--help",), (), ("--help",), goal="ours ≤ 0.2 s"),
    "us, and Tab": _tab("zenpro us"),
    "users of, and Tab": _tab("zenpro users of"),
    "users --li, and Tab": _tab("zenpro users --li"),
}


class Taken(NamedTuple):
    """The time of a process in seconds."""

    wall: float
    processor: float


def run(command: Sequence[str], environment: Mapping[str, str]) -> Taken:
    """Run a command, and return its time."""
    before, start = _processor_time(), time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return Taken(time.perf_counter() - start, _processor_time() - before)


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(ways: Mapping[str, tuple[Sequence[str], Mapping[str, str]]], rounds: int) -> dict[str, list[Taken]]:
    """Return the fastest of several runs per method and round; methods alternate."""
    found: dict[str, list[Taken]] = {name: [] for name in ways}
    for _ in range(rounds):
        taken: dict[str, list[Taken]] = {name: [] for name in ways}
        for _ in range(RUNS):
            for name, (command, environment) in ways.items():
                taken[name].append(run(command, environment))
        for name, several in taken.items():
            found[name].append(Taken(*(min(part) for part in zip(*several, strict=True))))
    return found


def zenml() -> list[str]:
    """Return the `zenml` command; nothing if it is not installed."""
    folder = os.environ.get("ZENPRO_ZENML_ENV")
    command = Path(folder, "bin", "zenml") if folder else None
    return [str(command)] if command is not None and command.exists() else []


def rows(settings: Settings) -> Iterator[Row]:
    """Return the rows of the table."""
    from tests.support.sandbox import SandboxProcess

    rounds = 1 if settings.quick else settings.rounds
    theirs = zenml()
    with SandboxProcess() as plane, tempfile.TemporaryDirectory() as folder:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in (SWITCH, "PYTHONDONTWRITEBYTECODE") and not name.startswith("ZEN")
        }
        environment = {
            **kept,
            "PYTHONPYCACHEPREFIX": str(Path(folder, "compiled")),
            "ZENML_PRO_API_URL": plane.url,
            "ZENML_PRO_API_KEY": plane.key,
            "ZENPRO_ORGANIZATION": "acme",
            "ZENPRO_STATE_DIR": folder,
            "ZENPRO_CONFIG_DIR": folder,
            "ZENML_CONFIG_PATH": folder,
            "ZENML_ANALYTICS_OPT_IN": "false",
        }
        for name, line in LINES.items():
            ways = {
                "ours": ([sys.executable, "-m", "zenpro_nb", *line.words], environment | line.variables),
                "by hand": ([sys.executable, "-c", _SCRIPT, *line.paths], environment),
            }
            if theirs and line.zenml:
                ways["zenml"] = ([*theirs, *line.zenml], environment)
            for command, variables in ways.values():
                run(command, variables)  # compiles the modules
            yield _row(name, line, measured(ways, rounds))


def _row(name: str, line: Line, found: Mapping[str, Sequence[Taken]]) -> Row:
    processor = {way: [item.processor for item in taken] for way, taken in found.items()}
    wall = {way: seconds([item.wall for item in taken]) for way, taken in found.items()}
    other = ""
    if "zenml" in found:
        other = f"; zenml {wall['zenml']}, {middle(times(processor['zenml'], processor['ours']))} times ours"
    return Row(
        f"zenpro {name}: processor time over the script's{other}",
        wall["ours"],
        wall["by hand"],
        ratio=middle(times(processor["ours"], processor["by hand"])),
        goal=line.goal,
    )


if __name__ == "__main__":
    for row in rows(Settings(3, quick="--quick" in sys.argv)):
        print(row, flush=True)
