"""`workspaces update --owner`: hand a workspace over, undo it, and redo it."""

from __future__ import annotations

import pytest

from tests.commands.conftest import Requests
from tests.support.cutting import cutting
from tests.support.sandbox import SandboxProcess
from zenpro_nb import connect
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.frontends.connection import Connection

WHO = "grace@example.com"


def owner(zen: Connection, name: str) -> str:
    return str(zen.run("workspaces", "get", name)["owner"][0])


def test_a_workspace_is_handed_over_and_back(
    zen: Connection, name: str, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("workspaces", "create", name)
    before = owner(zen, name)
    assert before != WHO
    zen.run("workspaces", "update", name, "--owner", WHO, "--description", "Playground")
    assert "changed description, owner of workspace" in capsys.readouterr().err
    assert owner(zen, name) == WHO
    sent = len(requests.writes())
    zen.run("workspaces", "update", name, "--owner", "grace@example.com")
    assert "already has this owner" in capsys.readouterr().err
    assert len(requests.writes()) == sent
    changes = list(zen.run("journal")["command_id"])
    zen.run("undo", changes[1], "--yes")
    assert owner(zen, name) == before
    assert zen.run("workspaces", "get", name)["description"].fillna("")[0] == ""
    zen.run("undo", str(zen.run("journal")["command_id"].iloc[0]), "--yes")
    assert owner(zen, name) == WHO
    with pytest.raises(UnknownNameError):
        zen.run("workspaces", "update", name, "--owner", "nobody-at-all@example.com")


def test_a_lost_answer_is_checked_by_the_owner(plane: SandboxProcess, zen: Connection, name: str) -> None:
    zen.run("workspaces", "create", name)
    with (
        cutting(plane.url) as cutter,
        connect(url=cutter.url, api_key=plane.key, organization="acme") as far,
    ):
        cutter.lose("PATCH", "", "answer")
        far.run("workspaces", "update", name, "--owner", WHO)
    assert cutter.cut
    assert owner(zen, name) == WHO
