"""One object of a workspace by name or id: the requests and the result."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.support.sandbox import SandboxProcess
from tests.support.workspace_server import WorkspaceServer, run
from zenpro_nb.errors import AmbiguousNameError, UnknownNameError
from zenpro_nb.frontends.connection import Connection

Connected = Callable[..., tuple[Connection, SandboxProcess]]

ONE = ("--workspace", "one")


def lists(server: WorkspaceServer, name: str) -> list[str]:
    """The requests for this list and its objects."""
    return [path for path in server.requests if path.startswith(f"/api/v1/{name}")]


def new_object(name: str, number: int = 1, **body: Any) -> dict[str, Any]:
    return {"id": str(uuid.UUID(int=number)), "name": name, "body": body, "metadata": {}, "resources": {}}


def test_a_name_is_requested_once_and_the_row_names_its_project(connect_servers: Connected) -> None:
    with WorkspaceServer({"runs": [run(1), run(2)]}) as item:
        zen, _ = connect_servers(one=item)
        frame = zen.run("runs", "get", "run-2", *ONE)
        assert len(lists(item, "runs")) == 1
        assert "name=equals" in lists(item, "runs")[0]
        raw = zen.run("runs", "get", "run-2", *ONE, "--raw")
    assert (frame.workspace[0], frame.project[0], frame.pipeline[0]) == ("one", "default", "good")
    assert frame.attrs["zenpro"]["workspaces"] == ["one"]
    assert list(raw.columns[:3]) == ["workspace", "project", "id"]


def test_an_id_is_requested_once_and_the_row_names_its_project(connect_servers: Connected) -> None:
    with WorkspaceServer({"runs": [run(1), run(2)]}) as item:
        zen, _ = connect_servers(one=item)
        project = item.lists["projects"][0]["id"]
        item.lists["runs"] = [run(1, project_id=project)]
        key = item.lists["runs"][0]["id"]
        frame = zen.run("runs", "get", key, *ONE)
        assert lists(item, "runs") == [f"/api/v1/runs/{key}"]
        # Names are cached for the whole session, without the workspace of the object.
        zen.run("runs", *ONE)
        item.lists["runs"] = []
        with pytest.raises(UnknownNameError, match=rf"The run with the ID {key} in one does not exist"):
            zen.run("runs", "get", key, *ONE)
    assert (frame.name[0], frame.project[0]) == ("run-1", "default")


def test_names_are_looked_for_in_every_project_that_was_named(connect_servers: Connected) -> None:
    with WorkspaceServer({"runs": [run(1)]}, projects=["default", "vision"]) as item:
        zen, _ = connect_servers(one=item)
        assert zen.run("runs", "get", "run-1", *ONE, "--project", "vision").project[0] == "vision"
        with pytest.raises(AmbiguousNameError, match="2 runs are called 'run-1'"):
            zen.run("runs", "get", "run-1", *ONE, "--project", "all")
        # Logs search all projects automatically.
        with pytest.raises(AmbiguousNameError):
            zen.run("logs", "run-1", *ONE)


def test_a_misspelled_name_gets_similar_cached_names(connect_servers: Connected) -> None:
    with WorkspaceServer({"pipelines": [new_object("nightly_export")]}) as item:
        zen, _ = connect_servers(one=item)
        zen.run("pipelines", *ONE)
        item.requests.clear()
        with pytest.raises(UnknownNameError, match=r"'nightly_exprot' does not exist.*Did you mean 'nightly_export'\?"):
            zen.run("pipelines", "get", "nightly_exprot", *ONE)
        assert len(lists(item, "pipelines")) == 1, "a list of any length is not read for the sake of a suggestion"


def test_an_object_without_a_name_is_found_only_by_id(connect_servers: Connected) -> None:
    """The server ignores unknown filters, and would return all objects."""
    build = new_object("", 7)
    with WorkspaceServer({"pipeline_builds": [build]}) as item:
        zen, _ = connect_servers(one=item)
        with pytest.raises(UnknownNameError, match="The build 'nightly' does not exist"):
            zen.run("builds", "get", "nightly", *ONE)
        assert lists(item, "pipeline_builds") == []
        assert zen.run("builds", "get", build["id"], *ONE).id[0] == build["id"]


def test_an_object_named_by_another_field_is_found_by_it(connect_servers: Connected) -> None:
    version = {**new_object("", 8), "body": {"artifact": {"id": "a", "name": "model"}, "version": "3"}}
    device = new_object("", 9, hostname="laptop")
    with WorkspaceServer(
        {"artifact_versions": [version], "devices": [device, new_object("", 10, hostname="x")]}
    ) as item:
        zen, _ = connect_servers(one=item)
        assert zen.run("artifact-versions", "get", "model", *ONE).version[0] == "3"
        assert "artifact=equals%3Amodel" in lists(item, "artifact_versions")[0]
        with pytest.raises(UnknownNameError):
            zen.run("artifact-versions", "get", "data", *ONE)
        assert zen.run("workspace-devices", "get", "laptop", *ONE).id[0] == device["id"]


def test_the_result_is_shaped_and_saved_like_that_of_every_get(connect_servers: Connected, tmp_path: Path) -> None:
    with WorkspaceServer({"runs": [run(1)]}) as item:
        zen, _ = connect_servers(one=item)
        file = tmp_path / "run.csv"
        frame = zen.run("runs", "get", "run-1", *ONE, "--columns", "name,workspace", "--save", str(file))
        records = zen.run("runs", "get", "run-1", *ONE, "--columns", "name", "--as", "records")
        with pytest.raises(UnknownNameError, match="nmae"):
            zen.run("runs", "get", "run-1", *ONE, "--columns", "nmae")
    assert list(frame.columns) == ["name", "workspace"]
    assert records == [{"name": "run-1"}]
    assert list(pd.read_csv(file).workspace) == ["one"]
