"""A sandbox whose organization acme has few teams, workspaces and roles, for tests that read all of it often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool

PEOPLE = 40  # the minimum of the sandbox
TEAMS = {"Platform", "Data Science", "MLOps", "Interns", "Vision"}
WORKSPACES = {"ml-prod", "ml-staging", "ml-dev", "recommender"}


@contextmanager
def small_acme(sandboxes: SandboxPool, fixture: str) -> Iterator[SandboxProcess]:
    """Start one whose workspaces change their state immediately, and whose acme-labs uses SSO."""
    with sandboxes.lend(fixture, users=PEOPLE, lifecycle_seconds=0, sso="acme-labs") as running:
        cut_down(running)
        running.keep()
        yield running


def cut_down(sandbox: SandboxProcess) -> None:
    """Delete most teams and workspaces of acme, and its custom roles."""
    with httpx.Client(base_url=sandbox.url, headers=sandbox.headers, timeout=60) as client:
        _delete_surplus(client)


def _delete_surplus(client: httpx.Client) -> None:
    acme = f"/organizations/{client.get('/organizations/acme').json()['id']}"
    surplus = [
        *(f"/teams/{team['id']}" for team in client.get(f"{acme}/teams").json() if team["name"] not in TEAMS),
        *(f"/roles/{role['id']}" for role in client.get(f"{acme}/roles").json() if not role["system_managed"]),
        *(
            f"/workspaces/{workspace['id']}"
            for workspace in client.get("/workspaces", params={"organization_id": acme.rpartition("/")[2]}).json()
            if workspace["name"] not in WORKSPACES
        ),
    ]
    for path in surplus:
        client.delete(path).raise_for_status()
