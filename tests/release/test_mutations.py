"""The list of mutations matches the code, and the script that applies them distinguishes caught ones from survivors."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
AREAS = {
    *("retries", "paging", "query", "frames", "sending", "guards", "undo", "access", "journal", "sharing", "masking"),
    *("forms", "sandbox permissions"),
}
ENTRY = """\
[[mutation]]
name = "{name}"
area = "adding"
breakage = "The sum is wrong"
file = "adder.py"
old = "{old}"
new = "{new}"
tests = ["test_adder.py::{test}"]
"""


@pytest.fixture(scope="module")
def mutations() -> Any:
    spec = importlib.util.spec_from_file_location("mutations", ROOT / ".ci" / "mutations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two functions, whose tests catch the mutation of one."""
    (tmp_path / "adder.py").write_text("def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return 2 * a\n")
    (tmp_path / "test_adder.py").write_text(
        "import adder\n\n\ndef test_add():\n    assert adder.add(2, 3) == 5\n\n\n"
        "def test_double():\n    assert adder.double(0) == 0\n\n\ndef test_broken():\n    assert adder.add(1, 1) == 3\n"
    )
    (tmp_path / ".ci").mkdir()
    return tmp_path


def write_entries(project: Path, *entries: dict[str, str]) -> None:
    (project / ".ci" / "mutations.toml").write_text("\n".join(ENTRY.format(**entry) for entry in entries))


MINUS = {"name": "minus", "old": "a + b", "new": "a - b", "test": "test_add"}
TRIPLE = {"name": "triple", "old": "2 * a", "new": "3 * a", "test": "test_double"}


def test_every_entry_applies_to_the_code_and_names_existing_tests(mutations: Any) -> None:
    entries = mutations.read(ROOT)
    assert list(mutations.problems(ROOT, entries)) == []
    each = [entry.area for entry in entries]
    assert {area for area in AREAS if each.count(area) < 2} == set()


def test_the_table_in_the_documentation_is_current(mutations: Any) -> None:
    text = (ROOT / "docs/contributing/mutations.md").read_text(encoding="utf-8")
    assert mutations.page(text, mutations.read(ROOT)) == text, "Run `python .ci/mutations.py --markdown`."


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"old": "a * b"}, "minus: `old` occurs 0 times in adder.py, and must occur once."),
        ({"old": "return"}, "minus: `old` occurs 2 times in adder.py, and must occur once."),
        ({"old": "a + b", "new": "a + b"}, "minus: `old` and `new` are the same."),
        ({"test": "test_sum"}, "minus: test_adder.py has no test test_sum."),
    ],
)
def test_an_entry_that_no_longer_applies_is_named(
    mutations: Any, project: Path, change: dict[str, str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_entries(project, {**MINUS, **change}, TRIPLE)
    for words in ([], ["--list"]):
        assert mutations.main(["--project", str(project), *words]) == 2
        assert capsys.readouterr().err.startswith(problem)


def test_an_unknown_name_lists_the_known_ones(
    mutations: Any, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_entries(project, MINUS, TRIPLE)
    assert mutations.main(["--project", str(project), "--only", "plus"]) == 2
    assert "--only: plus is not in .ci/mutations.toml. Known: minus, triple" in capsys.readouterr().err


def test_a_sample_is_the_same_for_the_same_seed(mutations: Any, project: Path) -> None:
    write_entries(project, *({**MINUS, "name": f"minus-{number}"} for number in range(20)))
    entries = mutations.read(project)

    def sample(seed: str) -> list[str]:
        options = mutations.parser().parse_args(["--sample", "3", "--seed", seed])
        return [entry.name for entry in mutations.chosen(entries, options)]

    assert len(sample("1")) == 3
    assert sample("1") == sample("1")
    assert len({tuple(sample(str(seed))) for seed in range(5)}) > 1


@pytest.mark.slow
def test_a_caught_mutation_is_distinguished_from_a_survivor(
    mutations: Any, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name: path.read_text() for path in project.glob("*.py")}
    write_entries(project, MINUS, TRIPLE)
    assert mutations.main(["--project", str(project)]) == 1
    output = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [row[1:3] for row in output[:2]] == [["minus", "caught"], ["triple", "SURVIVED"]]
    assert output[0][-1] == "test_adder.py::test_add"
    assert mutations.main(["--project", str(project), "--only", "minus"]) == 0
    assert {path.name: path.read_text() for path in project.glob("*.py")} == before


@pytest.mark.slow
def test_a_test_that_fails_without_a_mutation_proves_nothing(
    mutations: Any, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_entries(project, {**MINUS, "test": "test_broken"})
    assert mutations.main(["--project", str(project)]) == 2
    assert "The tests fail without any mutation" in capsys.readouterr().err
