"""Which tests a command line runs: the default suite, all of them, or what it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import selection

pytest_plugins = ["pytester"]

CONFTEST = """
import pytest
from tests.support import selection

def pytest_addoption(parser):
    parser.addoption("--all", action="store_true")

def pytest_configure(config):
    for name in (*selection.PARTS, selection.REPRESENTATIVE):
        config.addinivalue_line("markers", f"{name}: a part")

@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    selection.mark_folders(items)
    selection.leave_out(config, items)
"""
PLAIN = """
import pytest

def test_plain(): pass

@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2])
def test_slow(number): pass
"""
PAGES = """
import pytest

def test_page(): pass

@pytest.mark.representative
def test_one_page(): pass
"""
PAGE, ONE_PAGE, OTHER = "test_page", "test_one_page", "test_notebook"
SLOW = {"test_slow[1]", "test_slow[2]"}
DEFAULT = {"test_plain", ONE_PAGE}


@pytest.fixture
def tree(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Three files of tests: one without a part, one in the folder of a part, one in a folder with a few of a part."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # loading them takes most of the time
    monkeypatch.setattr(selection, "TESTS", pytester.path / "tests")
    files = {"conftest": CONFTEST, "unit/test_unit": PLAIN, "browser/test_pages": PAGES}
    files["notebooks/test_notebooks"] = "import pytest\n\n@pytest.mark.kernel\ndef test_notebook(): pass\n"
    for name, text in files.items():
        path = Path(pytester.path, "tests", f"{name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return pytester


COMMAND_LINES = {
    "": DEFAULT,
    "tests": DEFAULT,
    "--all": DEFAULT | SLOW | {PAGE, OTHER},
    "tests/unit": {"test_plain"},
    "tests/unit/test_unit.py": {"test_plain"} | SLOW,
    "tests/unit/test_unit.py::test_slow": SLOW,
    "tests/unit/test_unit.py::test_slow[2]": {"test_slow[2]"},
    "tests/browser": {PAGE, ONE_PAGE},
    "tests/browser tests/unit": {PAGE, ONE_PAGE, "test_plain"},
    "tests/notebooks": {OTHER},
    "-m browser": {PAGE, ONE_PAGE},
    "-m slow": SLOW,
    "-m not(slow)": DEFAULT | {PAGE, OTHER},
}


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_a_command_line_runs_its_tests(tree: pytest.Pytester, line: str) -> None:
    run = tree.inline_run(*line.split(), "-p", "no:randomly", "-p", "no:xdist")
    assert {report.nodeid.rpartition("::")[2] for report in run.listoutcomes()[0]} == COMMAND_LINES[line]
