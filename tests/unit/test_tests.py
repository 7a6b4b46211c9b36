"""Rules of the tests themselves: an assertion in each, no sleep in any, no import of one from another."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# Calls that are an assertion: pytest's, Playwright's, pandas'.
ASSERTIONS = {"raises", "warns", "fail", "expect", "assert_frame_equal", "assert_series_equal"}
# Of time and asyncio, an event that nobody can set, and Playwright's page.
SLEEPS = {"time.sleep", "asyncio.sleep", "threading.Event().wait", "Event().wait"}
SLEEPING_METHODS = {"wait_for_timeout"}

Rule = Callable[[ast.Module], Iterator[str]]


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the tests, by its name below `tests`."""
    return {
        path.relative_to(TESTS).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in TESTS.rglob("*.py")
    }


def name_of(call: ast.Call) -> str:
    """The last part of the name of a call."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def has_assertion(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and name_of(node) in ASSERTIONS)
        for node in ast.walk(function)
    )


def without_assertion(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not has_assertion(node):
            yield f"{node.name} (line {node.lineno})"


def sleeps(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and (
                name_of(node) in SLEEPING_METHODS
                or (name_of(node) in {"sleep", "wait"} and ast.unparse(node.func) in SLEEPS)
            )
        ):
            yield f"line {node.lineno}"
        if isinstance(node, ast.ImportFrom) and {f"{node.module}.{name.name}" for name in node.names} & SLEEPS:
            yield f"line {node.lineno}"


def imports_of_tests(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module or ''}.{name.name}" for name in node.names]
        ours = getattr(node, "level", 0) > 0 or any(name.split(".")[0] == "tests" for name in names)
        for name in names:
            if ours and any(part.startswith("test_") for part in name.split(".")):
                yield f"{name} (line {node.lineno})"


@pytest.mark.parametrize("rule", [without_assertion, sleeps, imports_of_tests])
def test_every_test_keeps_to_the_rules(rule: Rule) -> None:
    broken = {name: found for name, tree in trees().items() if (found := [*rule(tree)])}
    assert broken == {}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (without_assertion, "def test_x():\n    holds(1)\n"),
        (without_assertion, "class TestX:\n    def test_x(self):\n        self.check()\n"),
        (sleeps, "import time\ntime.sleep(0.1)\n"),
        (sleeps, "from time import sleep\n"),
        (sleeps, "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n"),
        (sleeps, "page.wait_for_timeout(100)\n"),
        (sleeps, "threading.Event().wait(0.3)\n"),
        (imports_of_tests, "from tests.unit.test_x import helper\n"),
        (imports_of_tests, "from tests.unit import test_x\n"),
        (imports_of_tests, "import tests.unit.test_x\n"),
        (imports_of_tests, "from .test_x import helper\n"),
    ],
)
def test_violations_are_found(rule: Rule, code: str) -> None:
    assert len([*rule(ast.parse(code))]) == 1


@pytest.mark.parametrize(
    "code",
    [
        "def test_x():\n    assert f()\n",
        "def test_x():\n    with pytest.raises(ValueError):\n        f()\n",
        "def test_x(page):\n    expect(page).to_be_visible()\n",
        "clock.sleep(1)\n",
        "arrived = threading.Event()\nassert arrived.wait(30)\n",
        "from tests.support.killed import run_and_kill\n",
    ],
)
def test_valid_tests_pass(code: str) -> None:
    tree = ast.parse(code)
    assert [*without_assertion(tree), *sleeps(tree), *imports_of_tests(tree)] == []
