"""Commands that worked at commit 7500b52, which wrote `written/commands.json`, still work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.compatibility.surface import Parameters, commands_of
from zenpro_nb.commands.tree import tree

BEFORE: dict[str, dict[str, Parameters]] = json.loads(
    (Path(__file__).parent / "written" / "commands.json").read_text(encoding="utf-8")
)
NOW = commands_of(tree)
NO_PARAMETER = ""


def accepts(now: str, before: str) -> bool:
    """Return whether a parameter still accepts everything that it accepted, and is not required more often."""
    required = now.endswith("!") and not before.endswith("!")
    now, before = now.rstrip("!"), before.rstrip("!")
    if not now:
        return False
    if before == "flag" or now == "flag":
        same = now == before
    elif "|" in now:
        same = set(before.split("|")) <= set(now.split("|"))
    elif "|" in before:
        same = now in ("value", "values")
    else:
        same = (before, now) != ("values", "value")
    return same and not required


def test_commands_accept_what_they_accepted() -> None:
    assert BEFORE.keys() - NOW.keys() == set()
    changes = {command: list(refused(BEFORE[command], NOW[command])) for command in BEFORE}
    assert {command: found for command, found in changes.items() if found} == {}


def refused(before: dict[str, Parameters], now: dict[str, Parameters]) -> Iterator[str]:
    """Describe each parameter that no longer accepts what it accepted."""
    for option, kind in before["options"].items():
        if not accepts(now["options"].get(option, NO_PARAMETER), kind):
            yield f"{option}: {kind}, now {now['options'].get(option)}"
    for option in now["options"].keys() - before["options"].keys():
        if now["options"][option].endswith("!"):
            yield f"{option} is new, and has to be given"
    # The name of an argument is visible only in the help.
    places = zip_longest(before["arguments"].values(), now["arguments"].values(), fillvalue=NO_PARAMETER)
    for was, is_now in places:
        if was == NO_PARAMETER:
            if is_now.endswith("!"):
                yield "an argument is new, and has to be given"
        elif not accepts(is_now, was):
            yield f"argument: {was}, now {is_now}"


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("flag", "value"),
        ("value", "flag"),
        ("a|b", "a|b|c"),
        ("a|b", "value"),
        ("value", "values"),
        ("value!", "value"),
        ("flag!", "flag"),
        ("", "value"),
    ],
)
def test_fewer_accepted_values_are_detected(now: str, before: str) -> None:
    assert not accepts(now, before)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("values", "value"),
        ("value", "value!"),
        ("a|b|c", "a|b"),
        ("value", "a|b"),
        ("flag", "flag"),
        ("values", "values"),
    ],
)
def test_more_accepted_values_are_allowed(now: str, before: str) -> None:
    assert accepts(now, before)
