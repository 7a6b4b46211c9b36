"""`zenpro sandbox` in a terminal: it runs until it is interrupted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from tests.support.command_line import as_process, in_process
from tests.support.sandbox import SandboxProcess


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


@pytest.mark.slow
def test_a_sandbox_in_a_terminal_has_a_history_for_another_terminal() -> None:
    command = [sys.executable, "-m", "zenpro_nb", "sandbox", "run", "--users", "50"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True
    )
    assert process.stdout is not None
    try:
        said = ""
        while "are sample history: try `zenpro diff 30d` there." not in said:
            line = process.stdout.readline()
            assert line, f"it ended: {said}"
            said += line
        exported = dict(re.findall(r"export (\w+)=(\S+)", said))
        changes = in_process(["diff", "30d", "--format", "csv"], {**os.environ, **exported}).stdout.decode()
        assert "removed" in changes
        assert "added" in changes
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate()
    assert process.returncode == 0
    assert not os.path.exists(exported["ZENPRO_CAPTURES_DIR"])


def test_a_shell_shows_whether_a_sandbox_of_another_terminal_is_in_use(sandbox: SandboxProcess) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")}
    connected = {**environment, "ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key}
    output = in_process(["sandbox", "status"], connected).stderr.decode()
    assert output.startswith(f"a sandbox is running at {sandbox.url}, and the next commands use it")
    output = in_process(["sandbox", "status"], environment).stderr.decode()
    assert output.startswith("no sandbox is in use. Run `zenpro sandbox run` in another terminal")


def test_a_shell_is_offered_only_what_works_there() -> None:
    examples = in_process(["sandbox", "--help"], os.environ).stdout.decode().partition("Commands:")[0]
    assert "zenpro sandbox run --port 8000" in examples
    assert "zenpro demo" in examples
    assert "sandbox start" not in examples


def test_a_sandbox_runs_no_other_command() -> None:
    done = in_process(["sandbox", "run", "--", "bash", "-c", "true"], os.environ)
    assert (done.returncode, done.stdout) == (2, b"")
    assert (
        b"`zenpro sandbox run` runs a sandbox, not a command such as 'bash'. Run `zenpro sandbox run` in" in done.stderr
    )


def test_a_wrong_option_of_the_sandbox_shows_the_command_as_typed() -> None:
    done = as_process(["sandbox", "run", "--prt", "8000"], os.environ)
    output = done.stderr.decode()
    assert output.startswith("Usage: zenpro sandbox run [OPTIONS]")
    assert "UsageError: The sandbox did not start. See the reason above" in output
    assert "zenpro_nb.sandbox" not in output
