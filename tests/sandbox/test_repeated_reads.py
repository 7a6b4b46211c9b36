"""Sandboxes that tests share repeat their responses to reads: never those of another state or another caller."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import httpx
from fastapi import FastAPI

from tests.support.repeated_reads import RepeatedReads
from tests.support.sandbox import SandboxProcess
from zenpro_nb.sandbox.authentication.caller import Caller


def names(sandbox: SandboxProcess, path: str, key: str | None = None) -> list[str]:
    headers = sandbox.headers if key is None else {"Authorization": f"Bearer {key}"}
    reply = httpx.get(f"{sandbox.url}{path}", headers=headers, timeout=60)
    reply.raise_for_status()
    return [item["name"] for item in reply.json()]


def test_a_read_shows_the_current_state(small_sandbox: SandboxProcess) -> None:
    acme = httpx.get(f"{small_sandbox.url}/organizations/acme", headers=small_sandbox.headers, timeout=60).json()["id"]
    path = f"/organizations/{acme}/teams"
    with httpx.Client(base_url=small_sandbox.url, headers=small_sandbox.headers, timeout=60) as client:
        first = names(small_sandbox, path)
        assert names(small_sandbox, path) == first
        client.post("/teams", json={"name": "added", "organization_id": acme}).raise_for_status()
        assert sorted(names(small_sandbox, path)) == sorted([*first, "added"])
        small_sandbox.restore()
        assert names(small_sandbox, path) == first
        client.post("/teams", json={"name": "kept", "organization_id": acme}).raise_for_status()
        small_sandbox.keep()
        assert "kept" in names(small_sandbox, path)
        small_sandbox.drop()
        assert names(small_sandbox, path) == first


def test_each_caller_and_each_request_has_its_own_response(small_sandbox: SandboxProcess) -> None:
    url, path = small_sandbox.url, "/users/me"
    first = httpx.get(f"{url}{path}", headers=small_sandbox.headers | {"X-Request-ID": "one"}, timeout=60)
    again = httpx.get(f"{url}{path}", headers=small_sandbox.headers | {"X-Request-ID": "two"}, timeout=60)
    assert (first.headers["X-Request-ID"], again.headers["X-Request-ID"]) == ("one", "two")
    assert first.json() == again.json()
    assert httpx.get(f"{url}{path}", timeout=60).status_code == 401
    assert httpx.get(f"{url}{path}", headers={"Authorization": "Bearer ZENPROKEY_wrong"}, timeout=60).status_code == 401


def test_only_reads_of_the_saved_state_are_repeated() -> None:
    app, computed = FastAPI(), []
    saved = SimpleNamespace(epoch=1, restored=0, changed=False)

    def identify(token: str) -> Caller:
        return Caller(token, "api_key", None)

    app.state.context = SimpleNamespace(store=SimpleNamespace(saved=saved), identify=identify)

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    def answer(path: str) -> str:
        computed.append(path)
        return "pending" if path == "new" else path

    server = httpx.ASGITransport(app=RepeatedReads(app))

    async def ask(method: str, path: str, callers: tuple[str, ...]) -> list[int]:
        async with httpx.AsyncClient(transport=server, base_url="http://localhost") as client:
            headers = [{"Authorization": f"Bearer {caller}"} for caller in callers]
            return [(await client.request(method, path, headers=header)).status_code for header in headers]

    def times(path: str, *callers: str, method: str = "GET") -> int:
        """How often the response was computed."""
        computed.clear()
        assert asyncio.run(ask(method, path, callers)) == [200] * len(callers)
        return len(computed)

    assert times("/teams", "a", "a") == 1
    assert times("/teams?page=2", "a", "a") == 1
    assert times("/teams", "b", "b") == 1
    assert times("/teams", "a", "a", method="POST") == 2
    assert times("/auth/api_token", "a", "a") == 2
    assert times("/new", "a", "a") == 2
    saved.changed = True
    assert times("/teams", "a", "a") == 2
    saved.changed, saved.restored = False, 1
    assert times("/teams", "a", "a") == 0
    saved.epoch = 2
    assert times("/teams", "a", "a") == 1
