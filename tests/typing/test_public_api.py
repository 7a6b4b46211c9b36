"""Users' type checkers find the package typed: both checkers are run on the installed package."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("public_api.py")
# pyright's own rules. basedpyright is pyright with its own Node, so the run downloads nothing.
RULES = {"typeCheckingMode": "strict", "reportUnnecessaryTypeIgnoreComment": "error", "enableTypeIgnoreComments": False}
Checker = Callable[[Path, Path], list[str]]


def mypy(program: Path, cache: Path) -> list[str]:
    # Without the project's own settings, as in other projects.
    options = ["--strict", "--config-file=", "--cache-dir", str(cache)]
    return [sys.executable, "-m", "mypy", *options, str(program)]


def pyright(program: Path, cache: Path) -> list[str]:
    settings = program.with_name("pyrightconfig.json")
    settings.write_text(json.dumps({**RULES, "include": [program.name]}))
    return [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--project", str(settings)]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_programs_can_rely_on_the_types(checker: Checker, tmp_path: Path, cache: Path) -> None:
    copy = tmp_path / PROGRAM.name
    copy.write_text(PROGRAM.read_text())
    done = subprocess.run(checker(copy, cache), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_a_changed_type_is_found(checker: Checker, tmp_path: Path, cache: Path) -> None:
    copy = tmp_path / PROGRAM.name
    copy.write_text(PROGRAM.read_text().replace("(error.status, int)", "(error.status, str)"))
    done = subprocess.run(checker(copy, cache), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "1 error" in done.stdout
    assert re.search("assert[-_]type", done.stdout, re.IGNORECASE)  # mypy's rule name, and pyright's
