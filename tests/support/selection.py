"""Select the tests to run: the default suite, and the parts requested with ``--all``, ``-m`` or by name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
# The markers of tests outside the default suite, with their meanings. CONTRIBUTING has a table with durations.
PARTS = {
    "slow": "takes long, or repeats a shorter test with every value",
    "browser": "needs Chromium",
    "kernel": "runs a notebook or cells in a Jupyter kernel",
    "third_party": "runs other people's programs against the sandbox",
    "real_server": "runs a real ZenML server",
    "docs": "builds pages of the documentation",
    "release": "builds environments from published packages",
}
# Everything in these folders belongs to the part.
FOLDERS = {
    "browser": "browser",
    "kernel": "kernel",
    "third_party": "third_party",
    "typing": "slow",
    "zenml": "real_server",
}
# Folders whose names also select a part, although only some of their files belong to it.
NAMED = {*FOLDERS, "docs", "notebooks", "release"}
REPRESENTATIVE = "representative"
HELP = f"""\
Without this option, tests with a marker of a part ({", ".join(PARTS)}) run only if they are \
marked as the representative of their part, if -m is given (the expression alone decides), or if an argument names \
them: by id, by file, or by a folder of that part (pytest tests/browser). Only this option and CI=1 let tests \
install programs from PyPI."""


def mark_folders(items: Iterable[pytest.Item]) -> None:
    """Add the marker of a part to each test in the folder of that part."""
    for item in items:
        part = _part_of(item.path, TESTS)
        if part is not None:
            item.add_marker(part)


@cache
def _part_of(path: Path, tests: Path) -> str | None:
    return FOLDERS.get(path.relative_to(tests).parts[0])


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests that belong to a part, unless they are requested."""
    if config.getoption("--all") or config.getoption("markexpr"):
        return
    arguments = [_Argument(text, config.invocation_params.dir) for text in config.args]
    chosen = [item for item in items if _in_default(item) or any(argument.names(item) for argument in arguments)]
    if len(chosen) < len(items):
        kept = {*chosen}
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = chosen


def is_narrow(config: pytest.Config) -> bool:
    """Return whether the arguments name only single tests or one file, which run faster without workers."""
    arguments = [_Argument(text, config.invocation_params.dir) for text in config.args]
    return all(argument.test for argument in arguments) or (len(arguments) == 1 and arguments[0].path.is_file())


def _in_default(item: pytest.Item) -> bool:
    markers = {marker.name for marker in item.iter_markers()}
    return REPRESENTATIVE in markers or markers.isdisjoint(PARTS)


class _Argument:
    """One argument of the command line: a folder, a file, or the id of a test."""

    def __init__(self, text: str, folder: Path) -> None:
        path, _, self.test = text.partition("::")
        self.path = (folder / path).resolve()

    def names(self, item: pytest.Item) -> bool:
        """Return whether this names the test, rather than a folder with tests of several parts."""
        if self.test:
            own = item.nodeid.partition("::")[2]
            return item.path == self.path and (own == self.test or own.startswith((f"{self.test}[", f"{self.test}::")))
        if self.path.is_dir():
            return self._is_part() and item.path.is_relative_to(self.path)
        return item.path == self.path

    def _is_part(self) -> bool:
        return self.path.is_relative_to(TESTS) and not NAMED.isdisjoint(self.path.relative_to(TESTS).parts[:1])
