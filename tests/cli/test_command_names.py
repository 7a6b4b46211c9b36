"""Every command that a shell prints in backticks can be pasted: it begins with `zenpro`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb.commands.tree import tree
from zenpro_nb.forms.adapters import FormUI
from zenpro_nb.frontends.cli import Shell

# The commands of a line: a pair of backticks, on one line.
QUOTED = re.compile(r"(?<!\w)`([a-z][^`\n]*)`")
LINES = [
    (("captures",), "captures create"),
    (("captures", "get", "gone"), "captures"),
    (("reviews",), "reviews create NAME"),
    (("undo",), "journal"),
    (("teams", "create", "Harvest", "--dry-run"), ""),
    (("teams", "delete", "Gone"), "teams"),
    (("workspaces", "create", "ml-shell", "--dry-run"), "workspaces delete ml-shell"),
    (("users", "deactivate", "grace@example.com", "--dry-run"), "users offboard"),
    (("invitations", "accept", "gone"), "invitations mine"),
    (("runs", "--workspace", "vision-lab"), "workspaces get vision-lab"),
    pytest.param(("export", "access.yaml"), "plan access.yaml", marks=pytest.mark.slow),
    pytest.param(
        ("users", "offboard", "linus@example.com", "--dry-run"),
        "users impact linus@example.com",
        marks=pytest.mark.slow,
    ),
]


@pytest.mark.parametrize(("words", "command"), LINES, ids=str)
def test_commands_begin_with_the_tool(
    words: tuple[str, ...], command: str, sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    done = in_process(words, {**os.environ, **server})
    printed = (done.stdout + done.stderr).decode()
    assert [quoted for quoted in QUOTED.findall(printed) if quoted.split()[0] in tree.commands] == []
    assert f"`zenpro {command}" in printed or not command, printed


@pytest.mark.parametrize(("key", "code"), [("", 0), ("ZENPROKEY_wrong", 1)])
def test_doctor_exits_with_1_after_a_failed_check(key: str, code: int, sandbox: SandboxProcess) -> None:
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": key or sandbox.key}
    done = in_process(["doctor"], {**os.environ, **server, "ZENPRO_ORGANIZATION": "acme"})
    assert done.returncode == code
    assert ("`export ZENML_PRO_API_KEY=…`" in done.stdout.decode()) == (code == 1)


def test_questions_and_forms_name_complete_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell()
    asked: list[str] = []
    monkeypatch.setattr(Shell, "is_interactive", property(lambda shell: True))
    monkeypatch.setattr(shell, "_input", lambda prompt: asked.append(prompt) or "y")
    assert shell.confirm("Run `undo`?")
    shell.ask("Run `undo` or `nothing`? ")
    form = FormUI(shell)
    form.say("Run `undo`.")
    assert [*asked, *form.words] == [
        "Run `zenpro undo`? [y/N] ",
        "Run `zenpro undo` or `nothing`? ",
        "Run `zenpro undo`.",
    ]
