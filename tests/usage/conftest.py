"""A sandbox over HTTP, and its runs as its workspaces list them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

import zenpro_nb
from tests.access.random_organizations import Api
from tests.support.sandbox import SandboxProcess
from zenpro_nb.frames import convert
from zenpro_nb.frontends.connection import Connection

WINDOW = 90  # days


@pytest.fixture
def zen(small_sandbox: SandboxProcess) -> Iterator[Connection]:
    """A superuser in acme, whose workspaces are all running."""
    with zenpro_nb.connect(url=small_sandbox.url, api_key=small_sandbox.key, organization="acme") as connection:
        yield connection


@pytest.fixture
def api(small_sandbox: SandboxProcess) -> Iterator[Api]:
    with Api(small_sandbox.url, small_sandbox.key) as connection:
        yield connection


_STARTED: dict[str, Counter[tuple[str, str]]] = {}


def run_counts(sandbox: SandboxProcess, workspaces: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """The number of runs per account and workspace in the last 90 days, counted run by run; once per sandbox."""
    if sandbox.url not in _STARTED:
        _STARTED[sandbox.url] = _count_runs(sandbox, workspaces)
    return _STARTED[sandbox.url]


def _count_runs(sandbox: SandboxProcess, workspaces: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    since = (datetime.now(UTC) - timedelta(days=WINDOW)).replace(tzinfo=None).isoformat()
    counts: Counter[tuple[str, str]] = Counter()
    for workspace in workspaces:
        address = f"{sandbox.url}/workspace/{workspace['name']}/api/v1"
        login = httpx.post(f"{address}/login", headers=sandbox.headers, data={}, timeout=60).json()
        with httpx.Client(headers={"Authorization": f"Bearer {login['access_token']}"}, timeout=60) as client:
            accounts = {
                item["id"]: item["metadata"].get("external_user_id")
                for kind in ("users", "service_accounts")
                for item in pages(client, f"{address}/{kind}", hydrate=True)
            }
            for project in pages(client, f"{address}/projects"):
                for run in pages(client, f"{address}/runs", project=project["id"]):
                    account = accounts.get(run["body"]["user_id"])
                    if account and run["body"]["created"] >= since:
                        counts[account, workspace["id"]] += 1
    return counts


def pages(client: httpx.Client, url: str, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    page = 1
    while True:
        reply = client.get(url, params={"size": 500, "page": page, **params}).json()
        rows += reply["items"]
        if page >= reply["total_pages"]:
            return rows
        page += 1


def workspaces_of(api: Api) -> list[dict[str, Any]]:
    organization = api.get("/organizations/acme")["id"]
    return api.all("/workspaces", organization_id=organization)


def people_of(api: Api) -> dict[str, str]:
    """The email of each person of acme by id: everyone with a role, or in a team, there."""
    of = f"/organizations/{api.get('/organizations/acme')['id']}"
    rows = [row for role in api.all(f"{of}/roles") for row in api.get(f"/roles/{role['id']}/assignments")]
    rows += [row for team in api.all(f"{of}/teams") for row in api.get(f"/teams/{team['id']}/members")]
    users = [row["user"] for row in rows if row.get("user")]
    return {user["id"]: user["email"] for user in users if not user["is_service_account"]}


def records(frame: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = convert(frame, "records")
    return rows
