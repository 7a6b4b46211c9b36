"""Colors of tables in a terminal."""

from __future__ import annotations

import pytest

from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess


def _workspaces(sandbox: SandboxProcess, *words: str, terminal: bool = True, **more: str) -> str:
    environment = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    environment |= {"COLUMNS": "80", "TERM": "xterm", **more}
    done = in_process(["workspaces", "--columns", "name,status", *words], environment, terminal=terminal)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_states_have_colors(swift_sandbox: SandboxProcess) -> None:
    shown = _workspaces(swift_sandbox)
    assert "\x1b[32mavailable" in shown
    assert "\x1b[31mfailed" in shown
    assert "\x1b[32mname" not in shown


@pytest.mark.parametrize("off", ["--no-color", "NO_COLOR", "TERM", "pipe"])
def test_colors_can_be_turned_off(swift_sandbox: SandboxProcess, off: str) -> None:
    more = {"NO_COLOR": "1"} if off == "NO_COLOR" else {"TERM": "dumb"} if off == "TERM" else {}
    words = ["--no-color"] if off == "--no-color" else []
    shown = _workspaces(swift_sandbox, *words, terminal=off != "pipe", **more)
    assert "available" in shown
    assert "\x1b" not in shown


def test_a_name_with_control_characters_does_not_color_the_terminal(swift_sandbox: SandboxProcess) -> None:
    environment = {"ZENML_PRO_API_URL": swift_sandbox.url, "ZENML_PRO_API_KEY": swift_sandbox.key}
    environment |= {"ZENPRO_ORGANIZATION": "acme", "COLUMNS": "80", "TERM": "xterm"}
    in_process(["teams", "create", "red\x1b[31m", "--yes"], environment)
    shown = in_process(["teams", "--columns", "name"], environment, terminal=True).stdout.decode()
    assert r"red\x1b[31m" in shown
    assert "\x1b" not in shown
