"""`users impact` on the real server: a schedule, a trigger and a connector of one person, and the gaps."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.zenml.conftest import World
from zenpro_nb.frontends.connection import Connection

WHO = "grace@example.com"


@pytest.fixture(scope="module")
def work(world: World) -> Iterator[dict[str, str]]:
    """The IDs of a schedule, a trigger and a connector that Grace creates, and of those of an administrator."""
    server = world.prod
    password = secrets.token_urlsafe(12)
    project = server.call("GET", "/api/v1/projects/default")["id"]
    pipeline = server.call("GET", "/api/v1/pipelines", project="default", size=1)["items"][0]
    with ExitStack() as stack:
        person = {"name": WHO, "full_name": "Grace", "password": password, "active": True, "is_admin": False}
        server.call("POST", "/api/v1/users", person)  # stays: a user with an archived schedule cannot be deleted
        form = {"username": WHO, "password": password}
        token = (
            httpx.post(f"{server.url}/api/v1/login", data=form, timeout=60).raise_for_status().json()["access_token"]
        )

        def create(path: str, **body: Any) -> str:
            answer = httpx.post(
                f"{server.url}/api/v1/{path}",
                json=body,
                headers={"Authorization": f"Bearer {token}"},
                timeout=60,
            ).raise_for_status()
            key = str(answer.json()["id"])
            stack.callback(server.call, "DELETE", f"/api/v1/{path}/{key}", soft=False)
            return key

        plan = {"project": project, "active": True, "pipeline_id": pipeline["id"], "orchestrator_id": None}
        yield {
            "schedule": create("schedules", name="nightly-of-grace", cron_expression="0 2 * * *", **plan),
            "trigger": create(
                "triggers", project=project, name="hourly-of-grace", active=True, type="schedule",
                flavor="native schedule", interval=3600, start_time="2026-12-01T00:00:00", concurrency="submit",
            ),
            "connector": create(
                "service_connectors", name="docker-of-grace", connector_type="docker", auth_method="password",
                resource_types=["docker-registry"], configuration={"username": "u", "password": "p"},
            ),
        }  # fmt: skip


def test_all_three_are_found_with_the_gaps(acme: Connection, plain: Connection, work: dict[str, str]) -> None:
    frame = acme.run("users", "impact", WHO)
    inside = frame[(frame["workspace"] == "ml-prod") & frame["kind"].isin(list(work))]
    assert dict(zip(inside["kind"], inside["id"], strict=True)) == work
    commands = dict(zip(inside["kind"], inside["command"], strict=True))
    assert commands["schedule"] == f"zenpro schedules pause {work['schedule']} --workspace ml-prod"
    assert commands["trigger"] == f"zenpro triggers pause {work['trigger']} --workspace ml-prod"
    gaps = frame[frame["kind"] == "not visible"]
    assert {"private secrets", "API keys", "personal access tokens"} < set(gaps["name"])
    assert gaps["question"].notna().all()
    asleep = acme.run("workspaces")
    assert set(gaps["workspace"].dropna()) == set(asleep.loc[asleep["status"] != "available", "name"])
    for kind in ("schedule", "trigger"):
        words = commands[kind].removeprefix("zenpro ").split()
        assert len(acme.run(*words, "--dry-run")) == 1
    here = plain.run("users", "impact", WHO)
    assert dict(zip(here["kind"], here["id"], strict=True)).items() >= work.items()
    assert here.loc[here["kind"] == "schedule", "command"].tolist() == [f"zenpro schedules pause {work['schedule']}"]


def test_other_people_have_none_of_it(acme: Connection, plain: Connection, work: dict[str, str]) -> None:
    for connection, name in ((acme, "katherine@example.com"), (plain, "ada")):
        assert not set(connection.run("users", "impact", name)["id"]) & set(work.values())
