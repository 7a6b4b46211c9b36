"""The pre-commit hook: its output, and that it runs with the few packages that it installs."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tests.sharing.canaries import SECRET, code, notebook, stream, write

ROOT = Path(__file__).parents[2]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
REQUIREMENTS = ROOT / ".ci" / "requirements"
# The large dependencies of the package, which the hook does without.
LEFT_OUT = {"ipywidgets", "pandas", "pyarrow", "tqdm"}
RUN_WITHOUT_THEM = f"""
import runpy, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {LEFT_OUT | {"numpy"}}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
module = sys.argv.pop(1)
runpy.run_module(module, run_name="__main__")
"""


def run_hook(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the hook's entry in an interpreter that has none of the packages that the hook leaves out."""
    interpreter, option, module = HOOK["entry"].split()
    assert (interpreter, option) == ("python", "-m")
    command = [sys.executable, "-c", RUN_WITHOUT_THEM, module, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def lines_of(name: str) -> list[str]:
    """The lines of a file of requirements without comments."""
    lines = (REQUIREMENTS / name).read_text(encoding="utf-8").splitlines()
    return [text for line in lines if (text := line.partition("#")[0].strip())]


def test_the_most_severe_finding_is_the_last_line(tmp_path: Path) -> None:
    write(notebook(code(f'key = "{SECRET}"'), stream("grace@corp.org left")), tmp_path / "bad.ipynb")
    write(notebook(), tmp_path / "good.ipynb")
    done = run_hook(tmp_path / "good.ipynb", tmp_path / "bad.ipynb")
    assert done.returncode == 3, done.stderr
    *_, before, last = done.stdout.splitlines()
    assert "bad.ipynb:cell 3: high secret (source): key ZENPROKEY_***." in last
    assert "grace@corp.org" in before
    assert SECRET not in done.stdout + done.stderr
    assert "good.ipynb" not in done.stdout


@pytest.mark.slow
def test_options_of_the_hook(tmp_path: Path) -> None:
    write(notebook(stream("grace@corp.org left")), tmp_path / "n.ipynb")
    assert run_hook(tmp_path / "n.ipynb", "--fail-on", "high").returncode == 0
    allowed = run_hook(tmp_path / "n.ipynb", "--allow", "corp.org")
    assert (allowed.returncode, allowed.stdout, allowed.stderr) == (0, "", "")


def test_a_file_that_is_not_a_notebook_is_one_line(tmp_path: Path) -> None:
    done = run_hook(tmp_path / "missing.ipynb")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "missing.ipynb" in line


def test_the_hook_requires_the_dependencies_of_the_package_without_the_large_ones() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = {line for line in project["dependencies"] if Requirement(line).name not in LEFT_OUT}
    assert set(lines_of("hook.in")) == requirements


@pytest.mark.parametrize("requirement", lines_of("hook.in"))
def test_the_list_that_the_hook_installs_has_each_of_them(requirement: str) -> None:
    requirements = Requirement(requirement)
    pinned = {pin.name: str(pin.specifier).removeprefix("==") for pin in map(Requirement, lines_of("hook.txt"))}
    assert requirements.specifier.contains(pinned[requirements.name])


def test_the_hook_installs_that_list_and_nothing_else() -> None:
    assert HOOK["language"] == "python"
    assert HOOK["types"] == ["jupyter"]
    assert HOOK["additional_dependencies"] == ["--no-deps", "--requirement=.ci/requirements/hook.txt"]
