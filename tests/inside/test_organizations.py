"""`--org` together with a workspace in use, or a named one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from tests.support.workspace_server import WorkspaceServer, run
from zenpro_nb.errors import UnknownNameError, ZenProError
from zenpro_nb.frontends.connection import Connection


@pytest.fixture
def zen(fresh_sandbox: Callable[..., SandboxProcess]) -> Iterator[tuple[Connection, str]]:
    """The workspace `one` of acme, in use, and the name of another organization, which has no `one`."""
    with WorkspaceServer({"runs": [run(1)]}) as server:
        plane = fresh_sandbox(users=60, workspace=[f"one={server.url}"])
        with zenpro_nb.connect(url=plane.url, organization="acme", api_key=plane.key) as connection:
            connection.run("use", "workspace", "one")
            others = [name for name in connection.run("organizations").name if name != "acme"]
            yield connection, others[0]


def test_the_workspace_in_use_is_that_of_the_organization_in_use(zen: tuple[Connection, str]) -> None:
    connection, other = zen
    acme = connection.run("organizations").set_index("name").id["acme"]
    for org in ([], ["--org", "acme"], ["--org", acme]):
        assert connection.run("runs", *org).workspace.tolist() == ["one"]
    with pytest.raises(ZenProError, match=r"workspaces are running|made up|No workspace that you can see"):
        connection.run("runs", "--org", other)


def test_a_named_workspace_is_found_in_the_named_organization(zen: tuple[Connection, str]) -> None:
    connection, other = zen
    key = connection.run("workspaces", "get", "one").id[0]
    for name in ("one", "ONE", key):
        assert connection.run("runs", "--org", "acme", "--workspace", name).workspace.tolist() == ["one"]
        with pytest.raises(UnknownNameError, match=f"in the organization {other}"):
            connection.run("runs", "--org", other, "--workspace", name)
    both = connection.run("runs", "--org", "acme", "--workspace", "one", "--workspace", key)
    assert len(both) == 1
