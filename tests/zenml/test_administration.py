"""Projects, schedules, triggers, webhooks and unused snapshots on the real server."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.zenml.conftest import World
from zenpro_nb.errors import ConflictError, UnknownNameError
from zenpro_nb.frontends.connection import Connection

PROD = ("--workspace", "ml-prod")
SCOPED = (*PROD, "--project", "default")
Create = Callable[..., dict[str, Any]]


@pytest.fixture
def create(world: World) -> Iterator[Create]:
    """``create("schedules", cron_expression=…)`` returns an object of the project default, deleted after the test."""
    server = world.prod
    project = server.call("GET", "/api/v1/projects/default")["id"]
    with ExitStack() as stack:

        def run(kind: str, **fields: Any) -> dict[str, Any]:
            body = {"project": project, "name": f"{kind}-{uuid.uuid4().hex[:8]}", "active": True, **fields}
            made: dict[str, Any] = server.call("POST", f"/api/v1/{kind}", body)
            # Triggers cannot be deleted once they are archived, except for good.
            stack.callback(server.call, "DELETE", f"/api/v1/{kind}/{made['id']}", soft=False)
            return made

        yield run


@pytest.fixture
def pipeline(world: World) -> dict[str, Any]:
    """A pipeline of the project default."""
    found: dict[str, Any] = world.prod.call("GET", "/api/v1/pipelines", project="default", size=1)["items"][0]
    return found


def state(world: World, kind: str, made: dict[str, Any]) -> dict[str, Any]:
    """Return the object as the server has it, without the time of its last change."""
    record: dict[str, Any] = world.prod.call("GET", f"/api/v1/{kind}/{made['id']}")
    for name in ("updated", "next_occurrence"):
        record["body"].pop(name, None)
    return record


def last(acme: Connection) -> str:
    return str(acme.run("journal").command_id[0])


def test_a_project(acme: Connection) -> None:
    name = f"p-{uuid.uuid4().hex[:8]}"
    frame = acme.run("projects", "create", name, "--description", "new", *PROD)
    assert (frame.name[0], frame.display_name[0]) == (name, name)
    with pytest.raises(ConflictError, match=name):
        acme.run("projects", "create", name, *PROD)
    acme.run("projects", "update", name, "--display-name", "Other", "--description", "changed", *PROD)
    acme.run("undo", last(acme), "--yes")
    restored = acme.run("projects", "get", name, *PROD)
    assert (restored.display_name[0], restored.description[0]) == (name, "new")
    acme.run("projects", "delete", name, *PROD, "--yes")
    with pytest.raises(UnknownNameError):
        acme.run("projects", "get", name, *PROD)


def test_a_schedule(acme: Connection, world: World, create: Create, pipeline: dict[str, Any]) -> None:
    record = create("schedules", cron_expression="0 2 * * *", pipeline_id=pipeline["id"], orchestrator_id=None)
    before = state(world, "schedules", record)
    name = record["name"]
    acme.run("schedules", "pause", name, *PROD, "--yes")
    assert state(world, "schedules", record)["body"]["active"] is False
    acme.run("schedules", "resume", name, *PROD)
    assert state(world, "schedules", record) == before
    acme.run("schedules", "pause", "--pipeline", pipeline["name"], *SCOPED, "--yes")
    assert state(world, "schedules", record)["body"]["active"] is False
    acme.run("undo", last(acme), "--yes")
    assert state(world, "schedules", record) == before
    acme.run("schedules", "update", name, "--cron", "0 3 * * *", "--name", f"{name}-b", *PROD)
    acme.run("undo", last(acme), "--yes")
    assert state(world, "schedules", record) == before
    assert name in "".join(acme.run("schedules", "pause", "--user", "admin", *SCOPED, "--dry-run").target)
    acme.run("schedules", "delete", name, *PROD, "--yes")
    archived = state(world, "schedules", record)["body"]
    assert (archived["is_archived"], archived["active"]) == (True, False)


def test_undo_on_a_plain_server(plain: Connection, world: World, create: Create, pipeline: dict[str, Any]) -> None:
    """Without a control plane, the commands are the same, without --workspace."""
    record = create("schedules", cron_expression="0 2 * * *", pipeline_id=pipeline["id"], orchestrator_id=None)
    before = state(world, "schedules", record)
    plain.run("schedules", "pause", record["name"], "--yes")
    assert state(world, "schedules", record)["body"]["active"] is False
    assert list(plain.run("undo", "--yes").outcome) == ["done"]
    assert state(world, "schedules", record) == before


def triggers(create: Create, pipeline: dict[str, Any]) -> dict[str, Callable[[], dict[str, Any]]]:
    webhook = lambda: create("webhooks", webhook_type="github")["id"]  # noqa: E731
    source = {"type": "pipeline", "id": pipeline["id"]}
    return {
        "schedule": lambda: create(
            "triggers", type="schedule", flavor="native schedule", interval=3600, start_time="2026-12-01T00:00:00",
            max_runs=5, concurrency="submit",
        ),
        "platform_event": lambda: create(
            "triggers", type="platform_event", flavor="platform event", source_entity=source,
            target_events=["run_completed"],
        ),
        "webhook": lambda: create(
            "triggers", type="webhook", flavor="webhook", webhook_id=webhook(),
            configuration={"target_events": [{"type": "push"}]},
        ),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["schedule", "platform_event", "webhook"])
def test_a_trigger_of_each_type(
    acme: Connection, world: World, create: Create, pipeline: dict[str, Any], kind: str
) -> None:
    trigger = triggers(create, pipeline)[kind]()
    before = state(world, "triggers", trigger)
    name = trigger["body"]["name"]
    acme.run("triggers", "pause", name, *PROD, "--yes")
    paused = state(world, "triggers", trigger)
    assert paused["body"] == {**before["body"], "active": False}
    acme.run("undo", last(acme), "--yes")
    assert state(world, "triggers", trigger) == before
    acme.run("triggers", "pause", name, *PROD, "--yes")
    acme.run("triggers", "resume", name, *PROD)
    assert state(world, "triggers", trigger) == before
    acme.run("triggers", "delete", name, *PROD, "--yes")
    assert state(world, "triggers", trigger)["body"]["is_archived"] is True


def test_the_secret_of_a_webhook(acme: Connection, world: World, create: Create, tmp_path: Path) -> None:
    record = create("webhooks", webhook_type="github")
    assert record["secret"]
    file = tmp_path / "secret"
    frame = acme.run("webhooks", "rotate-secret", record["name"], *PROD, "--to", f"file:{file}", "--yes")
    assert frame.outcome[0] == "done"
    secret = file.read_text()

    def status(key: str) -> int:
        """Return the status of the server's response to an event signed with this secret."""
        body = b'{"zen": "x"}'
        signature = hmac.new(key.encode(), body, "sha256").hexdigest()
        headers = {
            "X-Hub-Signature-256": f"sha256={signature}", "X-GitHub-Event": "push", "X-GitHub-Delivery": "1",
            "Content-Type": "application/json",
        }  # fmt: skip
        url = f"{world.prod.url}/api/v1/webhooks/github/{record['id']}/events"
        return httpx.post(url, content=body, headers=headers, timeout=60).status_code

    assert status(record["secret"]) == 401
    assert status(secret) != 401
    assert secret not in repr(acme.run("journal").to_dict("records"))


def test_unused_snapshots_are_counted_and_deleted(acme: Connection, world: World, pipeline: dict[str, Any]) -> None:
    """A snapshot without a run is unused; those of the runs are kept."""
    server = world.prod
    before = acme.run("snapshots", *SCOPED)
    run = server.call("GET", "/api/v1/runs", project="default", size=1)["items"][0]
    source = server.call("GET", f"/api/v1/pipeline_snapshots/{run['resources']['snapshot']['id']}")
    copied = ("run_name_template", "pipeline_configuration", "client_environment", "client_version", "server_version")
    body = {name: source["metadata"][name] for name in copied} | {
        "project": run["body"]["project_id"], "stack": source["resources"]["stack"]["id"],
        "pipeline": source["resources"]["pipeline"]["id"], "is_dynamic": False, "step_configurations": {},
    }  # fmt: skip
    unused = server.call("POST", "/api/v1/pipeline_snapshots", body)
    since = datetime.fromisoformat(unused["body"]["created"]) + timedelta(microseconds=1)
    words = ("snapshots", "prune", "--older-than", since.isoformat(), *SCOPED)
    assert acme.run(*words, "--dry-run").target[0].startswith("1 snapshot of project default")
    done = acme.run(*words, "--yes")
    assert done.detail[0].startswith("none are left; task ")
    assert list(acme.run("snapshots", *SCOPED).id) == list(before.id)
    assert acme.run(*words, "--yes").outcome[0] == "already"
