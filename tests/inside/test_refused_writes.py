"""Writes inside a workspace by a user who can only read: each is refused at the write itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import click
import pytest

import zenpro_nb
from tests.support.sandbox_pool import SandboxPool
from tests.support.workspace_server import REFUSAL, WorkspaceServer, run
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import PermissionDeniedError, SwitchedOffError
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal

ACCOUNT, RUN = str(uuid.UUID(int=5)), run(0)["id"]
RESTING = str(uuid.UUID(int=6))
ACCOUNTS = "/api/v1/service_accounts"
PROJECTS, PROJECT = "/api/v1/projects", str(uuid.uuid5(uuid.NAMESPACE_DNS, "default"))
KEYS = f"{ACCOUNTS}/{ACCOUNT}/api_keys"
WHOSE = ("--service-account", "deployer")
TO = ("--to", "env:ZENPRO_TEST_WORKSPACE_KEY")
# Commands with separate accounts in a workspace.
WITH_ACCOUNTS = ("service-accounts", "api-keys")
CASES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "service-accounts create": (("other",), "POST", ACCOUNTS),
    "service-accounts activate": (("resting",), "PUT", f"{ACCOUNTS}/{RESTING}"),
    "service-accounts deactivate": (("deployer",), "PUT", f"{ACCOUNTS}/{ACCOUNT}"),
    "service-accounts delete": (("deployer",), "DELETE", f"{ACCOUNTS}/{ACCOUNT}"),
    "api-keys create": (("k", *WHOSE, *TO), "POST", KEYS),
    "api-keys rotate": (("k", *WHOSE, *TO), "PUT", f"{KEYS}/k/rotate"),
    "api-keys delete": (("k", *WHOSE), "DELETE", f"{KEYS}/k"),
    "runs stop": (("run-0",), "POST", f"/api/v1/runs/{RUN}/stop"),
    "runs delete": (("run-0",), "DELETE", f"/api/v1/runs/{RUN}"),
    "projects create": (("other",), "POST", PROJECTS),
    "projects update": (("default", "--description", "x"), "PUT", f"{PROJECTS}/{PROJECT}"),
    "projects delete": (("default",), "DELETE", f"{PROJECTS}/{PROJECT}"),
    "schedules pause": (("nightly",), "PUT", f"/api/v1/schedules/{ACCOUNT}"),
    "schedules resume": (("weekly",), "PUT", f"/api/v1/schedules/{RESTING}"),
    "schedules update": (("nightly", "--cron", "0 3 * * *"), "PUT", f"/api/v1/schedules/{ACCOUNT}"),
    "schedules delete": (("nightly",), "DELETE", f"/api/v1/schedules/{ACCOUNT}"),
    "triggers pause": (("nightly",), "PUT", f"/api/v1/triggers/{ACCOUNT}"),
    "triggers resume": (("weekly",), "PUT", f"/api/v1/triggers/{RESTING}"),
    "triggers delete": (("nightly",), "DELETE", f"/api/v1/triggers/{ACCOUNT}"),
    "webhooks rotate-secret": (("pushes", *TO), "PUT", f"/api/v1/webhooks/{ACCOUNT}/secret"),
    "snapshots prune": (("--older-than", "60d"), "POST", "/api/v1/pipeline_snapshots/prune"),
    "snapshots run": (("nightly",), "POST", f"/api/v1/pipeline_snapshots/{ACCOUNT}/runs"),
}


def test_each_write_inside_workspaces_has_a_case() -> None:
    found = {
        f"{noun} {verb}"
        for noun, group in tree.commands.items()
        if isinstance(group, click.Group)
        for verb, command in group.commands.items()
        if isinstance(command, WriteCommand)
        and (noun in WITH_ACCOUNTS or ".commands.workspaces." in command.prepare.__module__)
        and any(param.name == "workspace" for param in command.params)
    }
    assert set(CASES) == found


@pytest.fixture(scope="module")
def server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer(_lists()) as running:
        yield running


@pytest.fixture(scope="module")
def zen(server: WorkspaceServer, sandboxes: SandboxPool) -> Iterator[Connection]:
    with (
        sandboxes.lend("zen", users=60, workspace=[f"one={server.url}"]) as plane,
        zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as connection,
    ):
        yield connection


@pytest.mark.parametrize("command", CASES)
def test_the_write_itself_is_refused(zen: Connection, server: WorkspaceServer, command: str) -> None:
    words, method, path = CASES[command]
    server.refused.clear()
    with pytest.raises(PermissionDeniedError, match=REFUSAL):
        zen.run(*command.split(), *words, "--workspace", "one", "--yes")
    assert server.refused == [(method, path)]
    (entry,) = Journal().entries()
    assert (entry["outcome"], entry["method"], entry["route"]) == ("refused", method, path)


@pytest.mark.parametrize("command", ["snapshots run", "projects update", "schedules delete", "runs stop"])
@pytest.mark.parametrize(
    ("status", "detail"),
    [(405, "Method Not Allowed"), (501, ["NotImplementedError", "Resource pool functionality is not enabled"])],
    ids=["405", "501"],
)
def test_a_feature_that_is_switched_off_is_a_refusal(
    zen: Connection, server: WorkspaceServer, monkeypatch: pytest.MonkeyPatch, status: int, detail: object, command: str
) -> None:
    """The route needs a workload manager, for example: nothing was changed, and trying again does not help."""
    monkeypatch.setattr(server, "refusal", (status, {"detail": detail}))
    words, _, _ = CASES[command]
    with pytest.raises(SwitchedOffError, match="This feature is switched off on this server"):
        zen.run(*command.split(), *words, "--workspace", "one", "--yes")
    (entry,) = Journal().entries()
    assert entry["outcome"] == "refused"


def _lists() -> dict[str, list[dict[str, Any]]]:
    nightly = {"id": ACCOUNT, "name": "nightly", "body": {}, "metadata": None}
    account = {"id": ACCOUNT, "name": "deployer", "body": {"active": True}, "metadata": None}
    resting = {"id": RESTING, "name": "resting", "body": {"active": False}, "metadata": None}
    starting = {"active": True, "cron_expression": "0 2 * * *"}
    starters = [
        {"id": ACCOUNT, "name": "nightly", "body": {"name": "nightly", **starting}, "metadata": None},
        {"id": RESTING, "name": "weekly", "body": {"name": "weekly", **starting, "active": False}, "metadata": None},
    ]
    return {
        "schedules": starters,
        "triggers": starters,
        "webhooks": [{"id": ACCOUNT, "name": "pushes", "body": {"active": True}, "metadata": None}],
        "service_accounts": [account, resting],
        "runs": [run(0, status="running")],
        "pipeline_snapshots": [nightly],
        "run_templates": [nightly],
    }
