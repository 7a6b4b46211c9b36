"""`--shard 1/2`: one of several parts of a run, with the same tests in it on every machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest


def add_option(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shard",
        metavar="NUMBER/COUNT",
        help="Run one part of the selected tests, for example 1/2. Tests that share fixtures stay together.",
    )


def leave_out(config: pytest.Config, items: list[pytest.Item], group_of: Callable[[pytest.Item], str]) -> None:
    """Deselect the tests of the other parts."""
    options = config.getoption("--shard")
    if not options:
        return
    number, count = _parse(options)
    sizes = Counter(map(group_of, items))
    mine = {group for group, shard in shards_of(sizes, count).items() if shard == number}
    config.hook.pytest_deselected(items=[item for item in items if group_of(item) not in mine])
    items[:] = [item for item in items if group_of(item) in mine]


def shards_of(sizes: dict[str, int], count: int) -> dict[str, int]:
    """Return the shard of each group, from 1. The largest groups come first, each in the shard with the fewest tests.

    >>> shards_of({"a": 5, "b": 3, "c": 2, "d": 1}, 2)
    {'a': 1, 'b': 2, 'c': 2, 'd': 1}
    """
    filled = [0] * count
    found = {}
    for group in sorted(sizes, key=lambda group: (-sizes[group], group)):
        smallest = filled.index(min(filled))
        filled[smallest] += sizes[group]
        found[group] = smallest + 1
    return found


def _parse(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise pytest.UsageError(f"--shard {text} is not NUMBER/COUNT, for example 1/2")
    return int(number), int(count)
