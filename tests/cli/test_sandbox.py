"""`zenpro sandbox` in a terminal: it runs until it is interrupted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest


@pytest.mark.parametrize("words", [["sandbox"], pytest.param(["sandbox", "run"], marks=pytest.mark.slow)])
def test_sandbox_run_ends_with_ctrl_c(words: list[str]) -> None:
    command = [sys.executable, "-m", "zenpro_nb", *words, "--users", "50"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True)
    assert process.stdout is not None
    try:
        said = ""
        while not (found := re.search(r"ZENML_PRO_API_URL=(http://127\.0\.0\.1:\d+)", said)):
            line = process.stdout.readline()
            assert line, f"it ended: {said}"
            said += line
        with urllib.request.urlopen(f"{found.group(1)}/health") as answer:  # noqa: S310 - loopback
            assert answer.status == 200
    finally:
        os.killpg(process.pid, signal.SIGINT)
        rest = process.communicate()[0]
    assert process.returncode == 0
    assert "Traceback" not in said + rest
