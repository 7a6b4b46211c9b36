"""The real ZenML from PyPI in a virtual environment of its own, made once and kept in a cache.

``ZENPRO_ZENML_ENV`` names the directory; without it one in the user's cache is used.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import platformdirs
import pytest

VERSION = "0.98.0"
REQUIREMENT = f"zenml[server]=={VERSION}"
# A slow connection and a cold cache: some 200 MB of wheels.
INSTALL_TIMEOUT = 900.0


def _home() -> Path:
    given = os.environ.get("ZENPRO_ZENML_ENV")
    if given:
        return Path(given)
    name = f"zenml-{VERSION}-py{sys.version_info.major}.{sys.version_info.minor}"
    return Path(platformdirs.user_cache_dir("zenpro-nb-tests")) / name


def _python(environment: Path) -> Path:
    windows = os.name == "nt"
    return environment / ("Scripts" if windows else "bin") / ("python.exe" if windows else "python")


@functools.cache
def zenml_python() -> Path:
    """The interpreter of an environment that has ``zenml[server]``; skips the test where it can't be had.

    Run things with ``python -m``: the environment was moved into place, so the scripts in it don't start.
    """
    home = _home()
    if not _python(home).exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=".making-") as folder:
            made = Path(folder) / "env"
            reason = _make(made)
            if reason is not None:
                pytest.skip(f"{REQUIREMENT} cannot be installed: {reason}")
            # Moved when complete: an interrupted or simultaneous run never leaves half an environment behind.
            if not home.exists():
                made.rename(home)
    return _python(home)


def _make(made: Path) -> str | None:
    """Make the environment; returns why it was not possible."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is not None:
        steps = [
            [uv, "venv", "--quiet", "--python", sys.executable, str(made)],
            [uv, "pip", "install", "--quiet", "--python", str(_python(made)), REQUIREMENT],
        ]
    else:
        steps = [
            [sys.executable, "-m", "venv", str(made)],
            [str(_python(made)), "-m", "pip", "install", "--quiet", REQUIREMENT],
        ]
    for step in steps:
        try:
            done = subprocess.run(step, capture_output=True, text=True, timeout=INSTALL_TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            return f"{step[0]} took longer than {INSTALL_TIMEOUT:.0f} s"
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    return None
