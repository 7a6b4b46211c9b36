"""Behavior of all routes: paging, prefix, request ids, rate limit, errors, and a cache that is never stale."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Thread

import httpx
import pytest

from tests.sandbox.conftest import Plane, Start
from tests.support.sandbox_pool import SandboxPool


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "limit=-1", "offset=-1", "limit=x", f"offset={2**70}"])
def test_bad_paging_is_a_422_that_names_the_parameter(plane: Plane, query: str) -> None:
    reply = plane.admin.send("GET", f"/users?{query}")
    assert reply.status_code == 422
    (problem,) = reply.json()["detail"]
    assert problem["loc"] == ["query", query.partition("=")[0]]


def test_a_page_cap_shortens_pages_silently(start: Start) -> None:
    plane = start(page_cap=7)
    assert len(plane.admin("GET", "/users", limit=100)) == 7
    assert len(plane.admin("GET", "/users", limit=3)) == 3
    assert len(plane.admin("GET", "/workspaces")) == 7


def test_the_same_routes_exist_below_api_v1(plane: Plane) -> None:
    assert plane.admin("GET", "/api/v1/users/me") == plane.admin("GET", "/users/me")
    assert plane.admin("GET", "/api/v1/nothing", expect=404) == {"detail": "Not Found"}
    assert plane.admin.send("GET", "/api/v1").status_code == 200


def test_request_ids(plane: Plane) -> None:
    assert plane.admin.send("GET", "/users/me", headers={"X-Request-ID": "mine"}).headers["X-Request-ID"] == "mine"
    assert plane.admin.send("GET", "/nothing").headers["X-Request-ID"]


@pytest.mark.parametrize("notation", ["seconds", "date"])
def test_rate_limit(start: Start, notation: str) -> None:
    plane = start(rate_limit=2, retry_after=notation)
    statuses = [plane.admin.send("GET", "/health").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    refused = plane.admin.send("GET", "/health")
    after = refused.headers["Retry-After"]
    if notation == "seconds":
        assert int(after) == 1
    else:
        assert parsedate_to_datetime(after) > plane.clock.now() > datetime(2026, 1, 1, tzinfo=UTC)
    plane.clock.advance(seconds=1)
    assert plane.admin.send("GET", "/health").status_code == 200


def test_server_info_identifies_the_sandbox(plane: Plane) -> None:
    info = plane.caller(None)("GET", "/server/info")
    assert info["metadata"]["sandbox"] is True
    index = plane.admin.send("GET", "/")
    assert "sandbox" in index.text
    assert "/organizations/{organization_id}/members" in index.text
    assert plane.admin("GET", "/releases/zenml")[0]["version"] == "0.98.0"
    plane.admin("GET", "/releases/other", expect=404)


def test_a_cached_page_shows_every_change_immediately(plane: Plane) -> None:
    ada = plane.user("ada@example.com")
    for title in ("One", "Two"):
        plane.admin("PATCH", f"/users/{ada}", body={"job_title": title})
        assert plane.admin("GET", "/users", limit=1)[0]["job_title"] == title


def test_concurrent_writers_lose_nothing(sandboxes: SandboxPool) -> None:
    with sandboxes.lend(users=40) as running:

        def write(prefix: str) -> None:
            with httpx.Client(base_url=running.url, headers=running.headers, timeout=60) as client:
                for number in range(20):
                    reply = client.post("/users", params={"username": f"{prefix}{number}", "password": "x"})
                    assert reply.status_code == 200, reply.text

        threads = [Thread(target=write, args=(prefix,)) for prefix in ("a", "b", "c", "d")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(httpx.get(f"{running.url}/users", headers=running.headers, timeout=60).json()) == 100
        assert len(httpx.get(f"{running.url}/users?offset=100", headers=running.headers, timeout=60).json()) == 20
