"""A real ZenML server in Pro mode uses the sandbox as its control plane, and zenpro reads through both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

import zenpro_nb
from tests.shell.conftest import Shell
from tests.support.pro_server import ProServer
from tests.support.sandbox import SandboxProcess
from tests.support.workspace_lists import SHOWN, noun_of
from tests.third_party.clients import ZenmlHome
from tests.third_party.conftest import PROJECT, WORKSPACE
from zenpro_nb.errors import SwitchedOffError, UnknownNameError

PASSWORD = "correct horse battery"


@dataclass
class Person:
    """A user with an account in the sandbox, and a key."""

    email: str
    key: str
    server: str

    def makes_a_project(self) -> int:
        """Request something from the real server that requires a permission; return the status of its response."""
        body = {"name": f"p-{uuid4().hex[:8]}", "display_name": "", "description": ""}
        headers = {"Authorization": f"Bearer {self.key}"}
        with httpx.Client(base_url=f"{self.server}/api/v1", headers=headers, timeout=60) as client:
            made = client.post("/projects", json=body)
            if made.status_code == 200:
                # Other tests list the objects.
                client.delete(f"/projects/{made.json()['id']}").raise_for_status()
        return made.status_code


@pytest.fixture
def person(plane: SandboxProcess, server: ProServer) -> Person:
    """A user without any role."""
    email = f"guest-{uuid4().hex[:8]}@example.com"
    account = {"username": email, "password": PASSWORD}
    made = httpx.post(f"{plane.url}/users", params=account, headers=plane.headers, timeout=60)
    assert made.status_code == 200, made.text
    token = httpx.post(f"{plane.url}/auth/login", data=account, timeout=60).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    key = httpx.post(f"{plane.url}/users/me/api_keys", json={"name": "k"}, headers=headers, timeout=60).json()["key"]
    return Person(email, key, server.url)


@pytest.fixture
def shell(plane: SandboxProcess, server: ProServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A notebook of the sandbox's administrator."""
    for name in ("ZENML_PRO_API_TOKEN", "ZENPRO_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZENML_PRO_API_URL", plane.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", plane.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    shell = Shell()
    shell.run("%load_ext zenpro_nb")
    yield shell
    shell.run("%unload_ext zenpro_nb")


def _rows(shell: Shell, line: str) -> list[dict[str, Any]]:
    shell.run(f"frame = %zenpro {line} --workspace {WORKSPACE}")
    return list(shell.value("frame").to_dict("records"))


def test_the_server_signs_in_and_reports_its_address(plane: SandboxProcess, server: ProServer, shell: Shell) -> None:
    shell.run(f"frame = %zenpro workspaces get {WORKSPACE}")
    row = shell.value("frame").iloc[0]
    assert (row.status, row.server_url, row.version) == ("available", server.url, "0.98.0")
    info = httpx.get(f"{server.url}/api/v1/info", timeout=60).json()
    assert (info["id"], info["pro_api_url"]) == (server.enrolled["id"], plane.url)


def test_runs_stacks_and_projects_are_read_through_it(signed_in: ZenmlHome, shell: Shell) -> None:
    (run,) = _rows(shell, f"runs --project {PROJECT}")
    assert (run["pipeline"], run["status"], run["user"]) == ("nightly", "completed", "ada@example.com")
    assert [row["name"] for row in _rows(shell, "stacks")] == ["default"]
    assert PROJECT in [row["name"] for row in _rows(shell, "projects")]


@pytest.mark.parametrize("noun", [noun_of(listing) for listing in SHOWN if listing.noun != "workspace-api-keys"])
def test_every_list_is_read_through_it(signed_in: ZenmlHome, shell: Shell, noun: str) -> None:
    if noun == "resource-requests":
        assert isinstance(shell.error(f"%zenpro {noun} --workspace {WORKSPACE}"), SwitchedOffError)
    else:
        shell.run(f"%zenpro {noun} --workspace {WORKSPACE}")


def test_the_server_queries_the_sandbox_for_permissions(plane: SandboxProcess, person: Person, shell: Shell) -> None:
    assign = f'%zenpro roles assign "{{role}}" --user {person.email} --workspace {WORKSPACE}'
    stacks = ("stacks", "--workspace", WORKSPACE)
    with zenpro_nb.connect(url=plane.url, api_key=person.key) as connection:
        with pytest.raises(UnknownNameError):
            connection.run(*stacks)
        assert person.makes_a_project() == 401
        shell.run(assign.format(role="Workspace Viewer"))
        assert list(connection.run(*stacks).name) == ["default"]
    assert person.makes_a_project() == 403
    shell.run(assign.format(role="Workspace Admin"))
    assert person.makes_a_project() == 200


def test_a_wrong_enrollment_key_is_refused(plane: SandboxProcess, server: ProServer) -> None:
    form = {"client_id": server.enrolled["id"], "client_secret": "wrong", "grant_type": "client_credentials"}
    assert httpx.post(f"{plane.url}/auth/login", data=form, timeout=60).status_code == 401
