"""Binder's files are found by its builder, and what they describe works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
BINDER = ROOT / "binder"


def test_the_builder_finds_each_file() -> None:
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--no-run", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    for expected in ("binder/requirements.txt", "binder/postBuild", "binder/start", "python=3.12"):
        assert expected in said


def test_the_scripts_may_be_executed_and_start_hands_over() -> None:
    for name in ("postBuild", "start"):
        assert os.access(BINDER / name, os.X_OK)
    assert (BINDER / "start").read_text().rstrip().endswith('exec "$@"')


@pytest.mark.timeout(900)
def test_an_environment_made_from_them_runs_the_quickstart(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "venv")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "ZENPRO_", "JUPYTER"))
    }
    environment |= {"HOME": str(tmp_path), "PATH": f"{python.parent}:{environment['PATH']}"}
    subprocess.run([BINDER / "postBuild"], env=environment, check=True, cwd=ROOT)
    shutil.copy(ROOT / "notebooks" / "00-quickstart.ipynb", tmp_path)
    execute = [python, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", "00-quickstart.ipynb"]
    subprocess.run([BINDER / "start", *execute], env=environment, check=True, cwd=tmp_path, capture_output=True)
    notebook = nbformat.read(tmp_path / "00-quickstart.ipynb", as_version=4)
    assert "sandbox, not ZenML Pro" in nbformat.writes(notebook)
    assert "ZENPROKEY_" not in nbformat.writes(notebook)


def make_environment(folder: Path) -> Path:
    """What the builder does: an environment of its own, and the requirements installed from the repository's root."""
    uv = shutil.which("uv")
    requirements = ["install", "-q", "-r", "binder/requirements.txt"]
    if uv:
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, folder], check=True)
        python = folder / "bin" / "python"
        subprocess.run([uv, "pip", *requirements, "--python", python], check=True, cwd=ROOT)
        return python
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", *requirements], check=True, cwd=ROOT)
    return python
