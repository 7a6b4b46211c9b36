"""The workspaces of a sandbox have no servers, and that is said instead of looked for."""

from __future__ import annotations

import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import UsageError


@pytest.mark.parametrize("workspace", ["ml-prod", "all"])
def test_a_made_up_workspace_is_not_looked_for(sandbox: SandboxProcess, workspace: str) -> None:
    connection = zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme")
    with connection as zen, pytest.raises(UsageError, match="is made up, and has no server"):
        zen.run("runs", "--workspace", workspace)


@pytest.mark.parametrize("words", [(), ("--logical-operator", "or"), ("some-run", "--status", "failed")])
def test_runs_are_never_deleted_without_saying_which(sandbox: SandboxProcess, words: tuple[str, ...]) -> None:
    connection = zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme")
    with connection as zen, pytest.raises(UsageError, match=r"Say which runs|Runs were named"):
        zen.run("runs", "delete", *words, "--workspace", "ml-prod", "--yes")
