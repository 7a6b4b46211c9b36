"""Servers that are old, slow, broken or restrictive."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.support.sandbox import SandboxProcess
from tests.support.workspace_server import WorkspaceServer, run
from zenpro_nb import limits
from zenpro_nb.errors import RouteNotFoundError
from zenpro_nb.frontends.connection import Connection

PATIENCE = 60  # seconds until a request that waits for another counts as alone
Connected = Callable[..., tuple[Connection, SandboxProcess]]


def test_an_unreadable_object_keeps_its_id_and_name(connect_servers: Connected) -> None:
    hidden = {**run(1), "permission_denied": True, "body": None, "metadata": None, "resources": None}
    half = run(2)
    half["resources"]["pipeline"] = {"id": "p", "name": "secret", "permission_denied": True, "body": None}
    with WorkspaceServer({"runs": [hidden, half]}) as item:
        zen, _ = connect_servers(one=item)
        runs = zen.run("runs", "--workspace", "one")
    assert list(runs.name) == ["run-1", "run-2"]
    assert list(runs.permission_denied) == [True, False]
    assert runs.status.isna().tolist() == [True, False]
    assert runs.pipeline[1] == "secret"
    assert runs.attrs["zenpro"]["lenient"] == 0


def test_an_older_server_has_no_projects_and_other_places(connect_servers: Connected) -> None:
    # As zenml 0.75.0 declares its models: user, pipeline and stack in body, and the scope called workspace.
    old = {
        "id": "00000000-0000-4000-8000-000000000001",
        "name": "run-1",
        "permission_denied": False,
        "body": {
            "created": "2025-01-01T10:00:00",
            "updated": "2025-01-01T10:00:00",
            "status": "failed",
            "user": {"id": "u", "name": "ada", "body": {"is_service_account": False}},
            "pipeline": {"id": "p", "name": "good"},
            "stack": {"id": "s", "name": "gcp"},
        },
        "metadata": {"start_time": "2025-01-01T10:00:01", "workspace": {"name": "default"}},
        "resources": {"model_version": None, "tags": []},
    }
    with WorkspaceServer({"runs": [old]}, old=True) as item:
        zen, _ = connect_servers(one=item)
        runs = zen.run("runs", "--workspace", "one", "--hydrate")
        assert not any("project=" in path for path in item.requests if "/runs" in path)
        with pytest.raises(RouteNotFoundError):
            zen.run("snapshots", "--workspace", "one")
    first = runs.iloc[0]
    assert (first.pipeline, first.stack, first.user, first.user_id, first.status) == (
        "good",
        "gcp",
        "ada",
        "u",
        "failed",
    )
    assert str(first.start_time) == "2025-01-01 10:00:01+00:00"
    assert runs.project.isna().all()


def test_a_server_that_fails_in_the_middle(
    connect_servers: Connected, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "WORKSPACE_PAGE", 10)
    monkeypatch.setattr(limits, "RETRY_BASE", 0.01)
    rows = [run(number) for number in range(100)]
    with WorkspaceServer({"runs": rows}) as item, WorkspaceServer({"runs": rows}) as two:
        zen, _ = connect_servers(one=item, two=two)
        two.fail_after = 4
        runs = zen.run("runs", "--workspace", "one", "--workspace", "two")
    assert set(runs.workspace) == {"one"}
    assert len(runs) == 100
    failed = runs.attrs["zenpro"]["failed"]
    assert [row["workspace"] for row in failed] == ["two"]
    assert failed[0]["error"] == "ConnectionFailedError"
    output = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning")]
    assert len(output) == 1
    assert "two" in output[0]


def test_several_are_read_in_parallel(connect_servers: Connected) -> None:
    # Runs are returned only in pairs: reading one server after the other would wait forever.
    pair = threading.Barrier(2, timeout=PATIENCE)
    names = [f"w{number}" for number in range(8)]
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(
                WorkspaceServer({"runs": [run(number)]}, before_answer=lambda asked: asked != "runs" or pair.wait())
            )
            for number, name in enumerate(names)
        }
        zen, _ = connect_servers(**servers)
        runs = zen.run("runs", *(word for name in names for word in ("--workspace", name)))
    assert sorted(runs.workspace) == names
