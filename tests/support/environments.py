"""Programs from PyPI, each in its own virtual environment that is created once and cached.

Their environments and that of the tests share no packages: the programs are clients as any user has them.
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
    """An installed program, the name of its folder, and the variable that overrides the location."""

    requirement: str
    name: str
    variable: str

    @property
    def home(self) -> Path:
        variables = os.environ.get(self.variable)
        if variables:
            return Path(variables)
        python = f"py{sys.version_info.major}.{sys.version_info.minor}"
        return Path(platformdirs.user_cache_dir("zenpro-nb-tests")) / f"{self.name}-{python}"


ZENML_VERSION = "0.98.0"
ZENML = Environment(f"zenml[server]=={ZENML_VERSION}", f"zenml-{ZENML_VERSION}", "ZENPRO_ZENML_ENV")
KITARU = Environment("kitaru==0.27.2", "kitaru-0.27.2", "ZENPRO_KITARU_ENV")


_installing = False


def allow_installing(allowed: bool) -> None:
    """Allow tests to download programs. Otherwise tests with missing programs are skipped."""
    global _installing
    _installing = allowed


def skip_unless_installing(needed: str) -> None:
    """Skip the test unless this run is allowed to download programs."""
    if not _installing:
        pytest.skip(f"{needed} is not installed: `pytest --all` or CI=1 installs it")


def zenml_python() -> Path:
    """Return the interpreter of an environment with ZenML, including its server."""
    return python_of(ZENML)


def kitaru_python() -> Path:
    """Return the interpreter of an environment with kitaru's client."""
    return python_of(KITARU)


@functools.cache
def python_of(environment: Environment) -> Path:
    """Return the environment's interpreter. Skip the test if it cannot be installed, or installing is not allowed.

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
            # Move it only when it is complete: an interrupted or simultaneous run never leaves a partial environment.
            if not home.exists():
                made.rename(home)
    return _python(home)


def _python(environment: Path) -> Path:
    windows = os.name == "nt"
    return environment / ("Scripts" if windows else "bin") / ("python.exe" if windows else "python")


def _make(made: Path, requirement: str) -> str | None:
    """Create the environment. Return the reason if this fails."""
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
