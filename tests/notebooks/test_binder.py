"""Binder's builder finds its files, and the environment that they describe works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import nbformat
import pytest

from tests.support import environments
from zenpro_nb.servers import demo_folder

ROOT = Path(__file__).parents[2]
BINDER = ROOT / "binder"


@pytest.mark.release
def test_the_builder_finds_each_file() -> None:
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--no-run", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    for expected in ("binder/requirements.txt", "binder/postBuild", "binder/start", "python=3.12"):
        assert expected in output


def test_the_scripts_are_executable_and_start_runs_its_arguments() -> None:
    for name in ("postBuild", "start"):
        assert os.access(BINDER / name, os.X_OK)
    assert (BINDER / "start").read_text().rstrip().endswith('exec "$@"')


@pytest.mark.release
@pytest.mark.timeout(900)
def test_an_environment_built_from_them_runs_every_notebook(tmp_path: Path) -> None:
    environments.skip_unless_installing("what binder/requirements.txt lists")
    python = make_environment(tmp_path / "venv")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "ZENPRO_", "JUPYTER"))
    }
    environment |= {"HOME": str(tmp_path), "PATH": f"{python.parent}:{environment['PATH']}"}
    subprocess.run([BINDER / "postBuild"], env=environment, check=True, cwd=ROOT)
    settings = tmp_path / ".jupyter/lab/user-settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings"
    assert "Markdown Preview" in settings.read_text()
    notebooks = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    with demo_folder.copies(tmp_path, print):  # without the outputs that they have in the repository
        execute = [BINDER / "start", python, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
        run = partial(subprocess.run, env=environment, check=True, cwd=tmp_path, capture_output=True)
        with ThreadPoolExecutor(2) as pool:  # each process waits for its kernels half of the time
            list(pool.map(run, [[*execute, *notebooks[::2]], [*execute, *notebooks[1::2]]]))
    shown = {name: nbformat.writes(nbformat.read(tmp_path / name, as_version=4)) for name in notebooks}
    assert "sandbox, not ZenML Pro" in shown["00-quickstart.ipynb"]
    assert "fraud-detection" in shown["02-workspaces.ipynb"]
    assert not any("ZENPROKEY_" in text for text in shown.values())


def make_environment(folder: Path) -> Path:
    """Imitates the builder: a new environment with the requirements installed from the repository's root."""
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
