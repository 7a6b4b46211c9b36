"""Hints of shell commands: each is a session of its own, so `use` has no effect on later ones."""

from __future__ import annotations

import pytest

from tests.support.sandbox import SandboxProcess
from tests.support.workspace_server import WorkspaceServer
from zenpro_nb.frontends.cli import main


@pytest.fixture(autouse=True)
def signed_in(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign in to the sandbox without selecting an organization or workspace."""
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    for name in ("ZENML_PRO_API_TOKEN", "ZENPRO_ORGANIZATION", "ZENPRO_WORKSPACE", "ZENPRO_PROFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("line", "variable"),
    [
        (["teams"], "ZENPRO_ORGANIZATION"),
        (["stacks", "--org", "acme"], "ZENPRO_WORKSPACE"),
        (["roles", "assign", "Workspace Viewer", "--org", "acme", "--user", "ada@example.com"], "ZENPRO_WORKSPACE"),
    ],
    ids=["organization", "workspaces", "workspace of a role"],
)
def test_hints_recommend_the_variable_instead_of_use(
    line: list[str], variable: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line)
    assert ended.value.code == 2
    output = capsys.readouterr().err
    assert f"set {variable}=NAME" in output
    assert "`use " not in output


def test_use_server_warns_that_it_ends_with_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENML_STORE_API_KEY", "ZENKEY_canary-0001")
    with WorkspaceServer({}) as server, pytest.raises(SystemExit) as ended:
        main(["use", "server", server.url])
    assert ended.value.code == 0
    output = capsys.readouterr().err
    assert "valid for this command only" in output
    assert f'add a profile with url = "{server.url}" and kind = "server"' in output
