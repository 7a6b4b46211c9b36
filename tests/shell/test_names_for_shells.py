"""Texts in a shell name the commands and options that work in a shell."""

from __future__ import annotations

import os

import pytest

from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("access team:Platform --org acme", "`--format csv` prints each path"),
        ("sandbox start --help", "in a shell: `sandbox run`"),
        ("users --help", "a table, which is shortened after changes and below charts"),
    ],
)
def test_a_shell_names_what_works_there(sandbox: SandboxProcess, line: str, text: str) -> None:
    environment = {**os.environ, "ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "COLUMNS": "200"}
    command = in_process(line.split(), environment, terminal=True)
    output = " ".join((command.stdout + command.stderr).decode().split())
    assert text.replace("`", "") in output.replace("`", "")
