"""An administrator's changes on a real ZenML server in Pro mode, with the sandbox as its control plane."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.support.pro_server import ProServer
from tests.support.sandbox import SandboxProcess
from tests.third_party.clients import ZenmlHome
from tests.third_party.conftest import PROJECT, WORKSPACE
from zenpro_nb.errors import SwitchedOffError, UnknownNameError
from zenpro_nb.frontends.connection import Connection

PLACE = ("--workspace", WORKSPACE)
SCOPED = (*PLACE, "--project", PROJECT)
# Runs in ZenML's environment, which does not contain this project.
SCHEDULE = f"""
from zenml.client import Client
from zenml.models import ScheduleRequest, WebhookRequest

client = Client()
project = client.get_project({PROJECT!r}).id
pipeline = client.list_pipelines(project=project).items[0].id
store = client.zen_store
store.create_schedule(ScheduleRequest(
    project=project, name="every-night", active=True, cron_expression="0 3 * * *", orchestrator_id=None,
    pipeline_id=pipeline,
))
store.create_webhook(WebhookRequest(project=project, name="pushes", webhook_type="github"))
"""


@pytest.fixture
def acme(
    plane: SandboxProcess, server: ProServer, signed_in: ZenmlHome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Connection]:
    """The organization, as its administrator, after a pipeline has run in the workspace."""
    for name in ("ZENML_PRO_API_TOKEN", "ZENPRO_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as connection:
        yield connection


def _schedule(acme: Connection) -> dict[str, Any]:
    row = dict(acme.run("schedules", "get", "every-night", *SCOPED).iloc[0])
    return {name: str(value) for name, value in row.items() if name != "updated"}


def test_projects(acme: Connection) -> None:
    name = f"p-{uuid.uuid4().hex[:8]}"
    assert acme.run("projects", "create", name, "--display-name", "New", *PLACE).display_name[0] == "New"
    acme.run("projects", "update", name, "--display-name", "Newer", *PLACE)
    acme.run("undo", "--yes")
    assert acme.run("projects", "get", name, *PLACE).display_name[0] == "New"
    acme.run("projects", "delete", name, *PLACE, "--yes")
    with pytest.raises(UnknownNameError):
        acme.run("projects", "get", name, *PLACE)


def test_schedules_webhooks_and_snapshots(acme: Connection, signed_in: ZenmlHome, tmp_path: Path) -> None:
    signed_in.python(SCHEDULE)
    before = _schedule(acme)
    # Found by the account in the control plane: the server knows Ada by her sign-in name.
    impact = acme.run("users", "impact", "ada@example.com")
    schedule = impact[(impact["kind"] == "schedule") & (impact["workspace"] == WORKSPACE)]
    assert list(schedule["name"]) == ["every-night"]
    assert schedule["command"].iloc[0] == f"zenpro schedules pause {before['id']} --workspace {WORKSPACE}"
    acme.run("schedules", "pause", "--user", "ada@example.com", *SCOPED, "--yes")
    assert _schedule(acme)["active"] == "False"
    acme.run("schedules", "resume", "every-night", *PLACE)
    assert _schedule(acme) == before
    acme.run("undo", "--yes")
    assert _schedule(acme)["active"] == "False"
    acme.run("undo", acme.run("journal").command_id[0], "--yes")
    assert _schedule(acme) == before

    file = tmp_path / "secret"
    acme.run("webhooks", "rotate-secret", "pushes", *PLACE, "--to", f"file:{file}", "--yes")
    assert len(file.read_text()) > 30
    counted = acme.run("snapshots", "prune", "--older-than", "1d", *SCOPED, "--dry-run")
    assert counted.target[0].startswith(f"0 snapshots of project {PROJECT}")


def test_this_server_has_no_workload_manager(acme: Connection) -> None:
    snapshot = acme.run("snapshots", *SCOPED, "--limit", "1").id[0]
    with pytest.raises(SwitchedOffError, match="This feature is switched off on this server"):
        acme.run("snapshots", "run", snapshot, *PLACE)
