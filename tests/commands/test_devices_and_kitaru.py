"""The workspace of an authorized device; workspaces of Kitaru."""

from __future__ import annotations

import pytest

from tests.commands.cases import device_code
from zenpro_nb.errors import UsageError
from zenpro_nb.frontends.connection import Connection


def test_the_device_gets_the_workspace(zen: Connection) -> None:
    workspaces = zen.run("workspaces")
    chosen = workspaces.set_index("name").id["ml-dev"]
    device = zen.run("devices", "verify", device_code(zen), "--workspace", "ml-dev", "--yes").iloc[0]
    assert (device.status, device.device_metadata_tenant_id) == ("active", chosen)
    without = zen.run("devices", "verify", device_code(zen), "--yes").iloc[0]
    assert "device_metadata_tenant_id" not in without


def test_a_workspace_for_kitaru(zen: Connection, name: str) -> None:
    frame = zen.run("workspaces", "create", name, "--type", "kitaru", "--wait").iloc[0]
    assert (frame.workspace_type, frame.status) == ("kitaru", "available")
    assert frame.server_url.startswith(f"https://{name}-kitaru")
    zen.run("workspaces", "delete", name, "--yes")


def test_kitaru_workspaces_have_no_zenml_version(zen: Connection, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be combined with --type kitaru"):
        zen.run("workspaces", "create", name, "--type", "kitaru", "--version", "0.98.0")


def test_variables_of_a_servers_container_are_not_shown(zen: Connection, name: str) -> None:
    zen.run("workspaces", "create", name)
    admin = {"environment_vars": {"LICENCE": "canary-in-a-variable"}, "image_tag": "dev"}
    body = {"zenml_service": {"configuration": {"admin": admin}}}
    zen.client.request("PATCH", f"/workspaces/{zen.run('workspaces', 'get', name).id[0]}", json=body)
    frame = zen.run("workspaces", "--workspace-name", name, "--raw")
    text = str(frame.to_dict("records"))
    assert "dev" in text
    assert "canary-in-a-variable" not in text
    zen.run("workspaces", "delete", name, "--yes")
