"""Programs from PyPI, each in a virtual environment of its own that is made once and kept in a cache.

Nothing of theirs is in the tests' own environment, and nothing of ours in theirs: they are clients as anybody has them.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pytest

# A slow connection and a cold cache: some 200 MB of wheels.
INSTALL_TIMEOUT = 900.0


@dataclass(frozen=True)
class Environment:
    """What is installed, where it is kept, and the variable that names another place."""

    requirement: str
    name: str
    variable: str

    @property
    def home(self) -> Path:
        given = os.environ.get(self.variable)
        if given:
            return Path(given)
        python = f"py{sys.version_info.major}.{sys.version_info.minor}"
        return Path(platformdirs.user_cache_dir("zenpro-nb-tests")) / f"{self.name}-{python}"


ZENML_VERSION = "0.98.0"
ZENML = Environment(f"zenml[server]=={ZENML_VERSION}", f"zenml-{ZENML_VERSION}", "ZENPRO_ZENML_ENV")
KITARU = Environment("kitaru==0.27.2", "kitaru-0.27.2", "ZENPRO_KITARU_ENV")


_installing = False


def allow_installing(allowed: bool) -> None:
    """Let tests download programs, or skip them where the programs are not there yet."""
    global _installing
    _installing = allowed


def skip_unless_installing(needed: str) -> None:
    """Skip the test unless this run may download what it needs."""
    if not _installing:
        pytest.skip(f"{needed} is not installed: `pytest --all` or CI=1 installs it")


def zenml_python() -> Path:
    """Return the interpreter of an environment that has ZenML, its server included."""
    return python_of(ZENML)


def kitaru_python() -> Path:
    """Return the interpreter of an environment that has kitaru's client."""
    return python_of(KITARU)


@functools.cache
def python_of(environment: Environment) -> Path:
    """Return the environment's interpreter, and skip the test where it cannot be had, or may not be installed.

    Run things with ``python -m`` or ``python -c``: the environment was moved into place, so the scripts in it don't
    start.
    """
    home = environment.home
    if not _python(home).exists():
        skip_unless_installing(environment.requirement)
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=".making-") as folder:
            made = Path(folder) / "env"
            reason = _make(made, environment.requirement)
            if reason is not None:
                pytest.skip(f"{environment.requirement} cannot be installed: {reason}")
            # Moved when complete: an interrupted or simultaneous run never leaves half an environment behind.
            if not home.exists():
                made.rename(home)
    return _python(home)


def _python(environment: Path) -> Path:
    windows = os.name == "nt"
    return environment / ("Scripts" if windows else "bin") / ("python.exe" if windows else "python")


def _make(made: Path, requirement: str) -> str | None:
    """Make the environment; return why it was not possible."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is not None:
        steps = [
            [uv, "venv", "--quiet", "--python", sys.executable, str(made)],
            [uv, "pip", "install", "--quiet", "--python", str(_python(made)), requirement],
        ]
    else:
        steps = [
            [sys.executable, "-m", "venv", str(made)],
            [str(_python(made)), "-m", "pip", "install", "--quiet", requirement],
        ]
    for step in steps:
        try:
            done = subprocess.run(step, capture_output=True, text=True, timeout=INSTALL_TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            return f"{step[0]} took longer than {INSTALL_TIMEOUT:.0f} s"
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return None
