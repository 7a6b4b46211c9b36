"""A field that the server does not show can have changed, so undo leaves it alone."""

from __future__ import annotations

import pytest

import zenpro_nb
from tests.commands.conftest import Requests
from tests.support.editing import editing, without
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import BlockedError
from zenpro_nb.frontends.connection import Connection


def test_undo_sends_nothing_while_a_changed_field_is_not_shown(
    plane: SandboxProcess, zen: Connection, name: str, requests: Requests
) -> None:
    with (
        editing(plane.url) as editor,
        zenpro_nb.connect(url=editor.url, api_key=plane.key, organization="acme") as far,
    ):
        far.run("teams", "create", name, "--description", "before")
        far.run("teams", "update", name, "--description", "after")
        key = zen.run("teams", "get", name)["id"].iloc[0]
        zen.client.request("PATCH", f"/teams/{key}", json={"description": "of somebody else"})
        editor.edits[f"/teams/{key}"] = without("description")
        sent = len(requests.writes())
        with pytest.raises(BlockedError, match="description is not visible"):
            far.run("undo", "--yes")
        assert len(requests.writes()) == sent
        assert zen.run("teams", "get", name)["description"].iloc[0] == "of somebody else"
        # Once it is shown, and as the command left it, undo restores it.
        zen.client.request("PATCH", f"/teams/{key}", json={"description": "after"})
        editor.edits.clear()
        assert far.run("undo", "--yes")["outcome"].tolist() == ["done"]
    assert zen.run("teams", "get", name)["description"].iloc[0] == "before"
