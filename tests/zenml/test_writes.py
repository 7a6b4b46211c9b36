"""Writes inside a workspace, on the real server: service accounts, keys, runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.zenml.conftest import World
from zenpro_nb.errors import ApiError, ConfirmationError, UnknownNameError, UsageError
from zenpro_nb.frontends.connection import Connection

DEV = ("--workspace", "ml-dev")
PROD = ("--workspace", "ml-prod")  # where the credential is an administrator's


@pytest.fixture
def new_runs(world: World) -> Iterator[list[str]]:
    """Three additional runs in `dev`, deleted after the test."""
    server = world.dev
    model = server.call("GET", "/api/v1/runs", project="default", size=1)["items"][0]
    names = [f"made-{number}" for number in range(3)]
    body = {"project": model["body"]["project_id"], "snapshot": model["resources"]["snapshot"]["id"]}
    for name, status in zip(names, ("running", "initializing", "initializing"), strict=True):
        server.call("POST", "/api/v1/runs", {**body, "name": name, "status": status})
    yield names
    for name in names:
        for run in server.call("GET", "/api/v1/runs", project="default", name=name)["items"]:
            server.call("DELETE", f"/api/v1/runs/{run['id']}")


def test_a_service_account_and_its_keys(acme: Connection, world: World, tmp_path: Path) -> None:
    account = acme.run("service-accounts", "create", "deployer", "--description", "ships", *PROD)
    assert (account.name[0], account.workspace[0], account.active[0]) == ("deployer", "ml-prod", True)
    whose = ("--service-account", "deployer", *PROD)
    with pytest.raises(UsageError, match="`--to` is required"):
        acme.run("api-keys", "create", "first", *whose)
    file = tmp_path / "key"
    key = acme.run("api-keys", "create", "first", *whose, "--to", f"file:{file}")
    assert key.name[0] == "first"
    secret = file.read_text()
    assert secret.startswith("ZENKEY_")
    assert secret not in repr(key.to_dict("records"))
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    listed = acme.run("api-keys", *whose)
    assert list(listed.name) == ["first"]
    assert secret not in repr(acme.run("api-keys", *whose, "--raw").to_dict("records"))

    acme.run("api-keys", "rotate", "first", *whose, "--to", "env:ROTATED_KEY", "--retain", "5", "--yes")
    assert os.environ.pop("ROTATED_KEY") not in ("", secret)

    with pytest.raises(ConfirmationError):
        acme.run("service-accounts", "deactivate", "deployer", *PROD)
    acme.run("service-accounts", "deactivate", "deployer", *PROD, "--yes")
    assert acme.run("service-accounts", "get", "deployer", *PROD).active[0] == False  # noqa: E712
    acme.run("api-keys", "delete", "first", *whose, "--yes")
    acme.run("service-accounts", "delete", "deployer", *PROD, "--yes")
    assert "deployer" not in set(acme.run("service-accounts", *PROD).name)
    journal = acme.run("journal")
    assert world.prod.url in set(journal.server)
    assert secret not in repr(journal.to_dict("records"))


def test_runs_are_deleted_by_filter_after_a_count(acme: Connection, new_runs: list[str]) -> None:
    dry = acme.run("runs", "delete", "--name", "startswith:made-", "--status", "initializing", *DEV, "--dry-run")
    assert sorted(dry.target) == ["run made-1 in workspace ml-dev", "run made-2 in workspace ml-dev"]
    with pytest.raises(ConfirmationError, match=r"Delete 2 runs of ml-dev \(2 initializing\)"):
        acme.run("runs", "delete", "--name", "startswith:made-", "--status", "initializing", *DEV)
    assert len(acme.run("runs", *DEV)) == 5
    removals = acme.run("runs", "delete", "--name", "startswith:made-", "--status", "initializing", *DEV, "--yes")
    assert list(removals.outcome) == ["done", "done"]
    assert len(acme.run("runs", *DEV)) == 3
    acme.run("runs", "delete", "made-0", *DEV, "--yes")
    assert len(acme.run("runs", *DEV)) == 2


def test_filters_that_would_delete_everything_are_refused(acme: Connection) -> None:
    with pytest.raises(UsageError, match="RUN or a filter is required"):
        acme.run("runs", "delete", *DEV, "--yes")
    with pytest.raises(UsageError, match="cannot be combined with filters"):
        acme.run("runs", "delete", "made-0", "--status", "failed", *DEV, "--yes")
    with pytest.raises(UsageError, match="No run matches"):
        acme.run("runs", "delete", "--name", "nothing", *DEV, "--yes")
    with pytest.raises(UsageError, match="not one of its values"):
        acme.run("runs", "delete", "--status", "faild", *DEV, "--yes")
    assert len(acme.run("runs", *DEV)) == 2


def test_refusals_of_the_server_are_shown(acme: Connection, new_runs: list[str]) -> None:
    # A local orchestrator cannot stop runs, and an open-source server cannot start any.
    with pytest.raises(ApiError):
        acme.run("runs", "stop", "made-0", *DEV, "--yes")
    snapshot = acme.run("snapshots", *DEV).id[0]
    with pytest.raises(ApiError):
        acme.run("snapshots", "run", snapshot, *DEV)
    with pytest.raises(UnknownNameError):
        acme.run("snapshots", "run", "nothing", *DEV)
