"""Tests started by `nohup` or a shell's `&` can still be interrupted, and so can their child processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

HEARS = """
import signal, subprocess, sys
from tests.support.world import receive_signals
receive_signals()
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("interrupted")
signal.raise_signal(signal.SIGHUP)
print("still there")
child = "import os, signal; os.kill(os.getpid(), signal.%s)"
for name in ("SIGINT", "SIGHUP"):
    print(-subprocess.run([sys.executable, "-c", child % name], stderr=subprocess.DEVNULL).returncode)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither of these signals")
def test_ignored_signals_are_heard_again() -> None:
    begun = f"trap '' INT HUP; exec {sys.executable} -c '{HEARS}'"
    done = subprocess.run(["sh", "-c", begun], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:-1] == [
        "interrupted",
        "still there",
        str(int(signal.SIGINT)),
        str(int(signal.SIGHUP)),
    ]
