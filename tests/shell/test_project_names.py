"""Projects are shown by name, which only the servers of their workspaces know."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import ConnectionFailedError
from zenpro_nb.workspaces.targets import Target

_LINES = ("assignments --where level=project", "access --where scope=project")


def _display_data(shell: Shell, frame: pd.DataFrame) -> dict[str, str]:
    with pd.option_context("display.max_rows", None):
        shown: dict[str, str] = shell.ip.display_formatter.format(frame)[0]
    return shown


@pytest.mark.parametrize("line", _LINES)
def test_a_list_shows_names_and_keeps_ids(shell: Shell, line: str) -> None:
    frame = shell.run(f"%zenpro {line}")
    projects = shell.run("%zenpro projects --workspace all").set_index("id")["name"]
    named = set(frame["project_id"]) & set(projects.index)
    assert named
    for shown in _display_data(shell, frame).values():
        for key in named:
            assert projects[key] in shown
    text = _display_data(shell, frame)["text/plain"]
    assert not [key for key in named if key[:8] in text]


def test_a_terminal_shows_them_too(sandbox: SandboxProcess) -> None:
    environment = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}

    def export(*words: str) -> pd.DataFrame:
        return pd.read_csv(io.BytesIO(in_process([*words, "--format", "csv"], environment).stdout))

    words = ("assignments", "--where", "level=project")
    known = export("projects", "--workspace", "all").set_index("id")["name"]
    named = set(export(*words)["project_id"]) & set(known.index)
    assert named
    shown = in_process(words, environment | {"COLUMNS": "120"}, terminal=True).stdout.decode()
    for key in named:
        assert f" {known[key]} " in shown
        assert key[:8] not in shown


def test_a_workspace_that_does_not_respond_is_tried_once(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def refuse(target: Target, session: object) -> None:
        tried.append(target.url)
        raise ConnectionFailedError("no response")

    monkeypatch.setattr(Target, "client", refuse)
    for _ in range(2):
        frame = shell.run("%zenpro assignments --where level=project")
    assert len(tried) == len(set(tried)) > 1
    key = frame["project_id"].iloc[0]
    assert f"{key[:8]}…" in _display_data(shell, frame)["text/html"]
