"""Results that are only printed need no DataFrame; what is printed is the same, byte for byte."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tests.support.command_line import Completed, in_process
from tests.support.sandbox import timed_sandbox
from zenpro_nb.frontends.cli import Shell
from zenpro_nb.resources import CONTROL_PLANE
from zenpro_nb.session.session import Session

LISTS = [resource.noun for resource in CONTROL_PLANE if not resource.parent]
LINES = {
    "columns": "users --columns name,is_active,email,organization_id --limit 4",
    "no rows": "roles --name no-such",
    "one column": "users --columns company",
    "of an organization": "users --org acme --limit 3",
    "of a team": "teams members Platform",
    "of a workspace": "workspaces members ml-prod",
    "choosing": "users --where is_active=true --sort -email --limit 3",
    "sorted": "members --sort -email --columns email,kind",
    "raw": "teams --raw",
    "a user": "users get ada@example.com",
    "a team": "teams get Platform",
    "a role": "roles get Workspace_Developer",
    "a workspace": "workspaces get ml-prod",
    "a dry run": "roles assign Workspace_Developer --user linus@example.com --workspace ml-staging --dry-run",
    "a dry run of several": "teams add Platform --user linus@example.com --user grace@example.com --dry-run",
    "a dry run of a plan": "users onboard new@example.com --team Platform --dry-run",
    "a dry run of a long plan": "users offboard linus@example.com --dry-run",
}
FORMATS = ("table", "csv", "json")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Of a sandbox whose clock stands still: two reads of one list see the same."""
    with timed_sandbox(tmp_path_factory.mktemp("sandbox"), users=40) as sandbox:
        yield os.environ | {
            "ZENML_PRO_API_URL": sandbox.url,
            "ZENML_PRO_API_KEY": sandbox.key,
            "ZENPRO_ORGANIZATION": "acme",
            "COLUMNS": "120",
        }


def both(words: Sequence[str], environment: dict[str, str], *, terminal: bool) -> tuple[Completed, Completed]:
    """Run a line as it is, and through pandas."""
    lean = in_process(words, environment, terminal=terminal)
    with mock.patch.object(Shell, "prints_rows", new=False):
        return lean, in_process(words, environment, terminal=terminal)


def formats() -> Iterator[Any]:
    """Each list in each format, because values are written by type; by default each other line in one of them."""
    for line in LISTS:
        yield pytest.param(line, FORMATS, id=line)
    for number, (name, line) in enumerate(LINES.items()):
        kind = FORMATS[number % len(FORMATS)]
        # A plan reads the whole organization.
        yield pytest.param(line, (kind,), id=name, marks=pytest.mark.slow if "offboard" in line else ())
        others = tuple(other for other in FORMATS if other != kind)
        yield pytest.param(line, others, id=f"{name}, other formats", marks=pytest.mark.slow)


@pytest.mark.parametrize(("line", "kinds"), [*formats()])
def test_output_is_the_same_with_and_without_pandas(
    environment: dict[str, str], line: str, kinds: tuple[str, ...]
) -> None:
    words = [word.replace("Workspace_", "Workspace ") for word in line.split()]
    for kind in kinds:
        lean, frame = both([*words, "--format", kind], environment, terminal=False)
        assert (lean.returncode, lean.stdout, lean.stderr) == (frame.returncode, frame.stdout, frame.stderr)
        assert frame.returncode == 0


@pytest.mark.parametrize("line", [*LISTS, "users get ada@example.com", "teams get Platform"])
def test_a_terminal_shows_the_same_with_and_without_pandas(environment: dict[str, str], line: str) -> None:
    lean, frame = both(line.split(), environment, terminal=True)
    assert (lean.returncode, _timeless(lean.stdout), lean.stderr) == (
        frame.returncode,
        _timeless(frame.stdout),
        frame.stderr,
    )
    assert frame.returncode == 0


def _timeless(output: bytes) -> bytes:
    """The output without the minute of reading, which can change between two lines."""
    return re.sub(rb"read \d\d:\d\d", b"read 12:00", output)


@pytest.mark.parametrize(("kind", "requests"), [("table", 1), ("json", 0), ("csv", 0), ("parquet", 1)])
def test_only_results_that_show_it_request_whether_the_server_is_a_sandbox(
    environment: dict[str, str], kind: str, requests: int
) -> None:
    with mock.patch.object(Session, "server_info", return_value={}) as server_info:
        assert in_process(["users", "--limit", "5", "--format", kind], environment).returncode == 0
    assert server_info.call_count == requests


# What each of these lines may not import: it takes longer than everything else that they do.
HEAVY = ("pandas", "pyarrow", "numpy", "IPython", "ipywidgets")
LEAN = [
    *(f"users --limit 5 --format {kind}" for kind in FORMATS),
    "users --format csv",
    "users --columns email,name",
    "users get ada@example.com",
    "teams get Platform --format json",
    "workspaces",
    "members --format json",
    "assignments",
    "teams add Platform --user linus@example.com --dry-run",
    "workspaces create ml-newer --dry-run --format json",
    # The guards read who administers the organization.
    "roles revoke Organization_Admin --user ada@example.com --dry-run",
    "teams remove Platform --user grace@example.com --dry-run",
    "teams delete Interns --dry-run",
    "members remove linus@example.com --dry-run --format json",
    "users deactivate linus@example.com --dry-run",
    "users delete orphan@example.com --dry-run",
]


# Runs lines one after the other in a process of its own, and writes for each line what was imported until then.
PROGRAM = """
import json, pathlib, sys
from zenpro_nb.frontends.cli import _main
modules = []
for words in json.loads(sys.argv[2]):
    try:
        code = _main(words)
    except SystemExit as end:
        code = end.code
    modules.append([code or 0, *sys.modules])
    pathlib.Path(sys.argv[1]).write_text(json.dumps(modules))
"""


def modules_after(lines: Sequence[str], environment: dict[str, str], folder: Path) -> dict[str, list[Any]]:
    """Return by line the exit code of the line, and the modules that are imported after it."""
    file = folder / "modules.json"
    calls = [[word.replace("Organization_", "Organization ") for word in line.split()] for line in lines]
    subprocess.run([sys.executable, "-c", PROGRAM, file, json.dumps(calls)], env=environment, check=True)
    return dict(zip(lines, json.loads(file.read_text()), strict=True))


@pytest.mark.parametrize(
    ("line", "completed"),
    [("--help", ""), ("users --help", ""), ("", "zenpro us"), ("", "zenpro users --li"), ("", "zenpro doct")],
)
def test_help_and_completion_import_no_http_library(
    environment: dict[str, str], line: str, completed: str, tmp_path: Path
) -> None:
    tab = {"_ZENPRO_COMPLETE": "bash_complete", "COMP_WORDS": completed, "COMP_CWORD": str(len(completed.split()) - 1)}
    code, *modules = modules_after([line], environment | (tab if completed else {}), tmp_path)[line]
    assert code == 0
    assert "zenpro_nb.commands.tree" in modules
    assert {"httpx", "httpcore", *HEAVY}.isdisjoint(modules)


@pytest.fixture(scope="module")
def imported_after(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    return modules_after(LEAN, environment, tmp_path_factory.mktemp("imported"))


@pytest.mark.parametrize("line", LEAN)
def test_a_small_command_imports_nothing_heavy(imported_after: dict[str, list[Any]], line: str) -> None:
    code, *modules = imported_after[line]
    assert code == 0
    assert "zenpro_nb.commands.tree" in modules
    assert set(HEAVY).isdisjoint(modules)


# The most of our modules that a process may import for a line, or for Tab after it: two or three more than today. Each
# takes a fifth of a millisecond.
FEW = {
    "users --limit 5 --format json": 185,
    "teams create Compliance --dry-run": 215,
    "--help": 100,
    "zenpro us": 26,
    "zenpro users of": 26,
    "zenpro users --li": 146,
}
ENTRY = """
import atexit, sys
atexit.register(lambda: print(*(name for name in sys.modules if name.startswith("zenpro_nb")), file=sys.stderr))
from zenpro_nb.__main__ import main
main()
"""
NOT_FOR_LISTS = re.compile(r"zenpro_nb\.(framework\.writes|forms|journal|commands\.plans|access\.plans)\.")


@pytest.mark.parametrize("line", FEW)
def test_a_process_imports_few_modules(environment: dict[str, str], line: str) -> None:
    completed = line.startswith("zenpro")
    tab = {"_ZENPRO_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    words = [] if completed else line.split()
    done = subprocess.run(
        [sys.executable, "-c", ENTRY, *words],
        env=environment | (tab if completed else {}),
        check=True,
        capture_output=True,
        text=True,
    )
    ours = done.stderr.splitlines()[-1].split()
    assert len(ours) <= FEW[line], ours
    if line.startswith("users"):
        assert not list(filter(NOT_FOR_LISTS.match, ours))
