"""The command of a Jupyter kernel that has already imported what most cells need: pandas, Matplotlib and the package.

A forked kernel calls `main` (see `forked_kernels`).
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

# Matplotlib reads it when it is imported. A kernel sets it before a cell imports Matplotlib.
os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")

import matplotlib.pyplot  # noqa: F401
import pandas  # noqa: F401
from ipykernel import kernelapp

import zenpro_nb.commands.tree
import zenpro_nb.frontends.magic  # noqa: F401

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Run a kernel in a session of its own until it is shut down, or until its standard input ends."""
    os.setsid()
    _end_with_standard_input()
    _use_own_path()
    parent = str(os.getppid())
    os.environ["JPY_PARENT_PID"] = parent
    # Without the warning of each kernel that its messages are not encrypted.
    options = (f"--IPKernelApp.parent_handle={parent}", "--log-level=ERROR")
    kernelapp.launch_new_instance(argv=[*sys.argv[1:], *options])


def _end_with_standard_input() -> None:
    """Exit when the other end of the pipe closes: the process that started this kernel has ended."""
    pipe = os.dup(0)
    with open(os.devnull) as nothing:  # what cells read, and the programs that they start
        os.dup2(nothing.fileno(), 0)

    def wait() -> None:
        os.read(pipe, 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _use_own_path() -> None:
    """Search modules where a kernel that is not forked searches them."""
    paths = [path for path in sys.path if Path(path).resolve() != ROOT]
    sys.path[:] = [*filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)), *paths]
