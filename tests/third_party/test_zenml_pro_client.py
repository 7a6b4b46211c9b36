"""``ZenMLProClient``: each of its public methods reads and changes the sandbox as if it were ZenML Pro."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.sandbox import SandboxProcess
from tests.third_party.clients import ZenmlHome

# Runs in ZenML's environment, which does not contain this project.
PROGRAM = """
import asyncio, json, sys
from uuid import UUID
import requests
from zenml.login.credentials_store import get_credentials_store
from zenml.login.pro.client import ZenMLProClient
from zenml.login.pro.models import BaseRestAPIModel

url, key = sys.argv[1:]

class TeamBody(BaseRestAPIModel):
    name: str
    organization_id: UUID | None = None
    description: str | None = None

class Verification(BaseRestAPIModel):
    user_code: str
    trusted_device: bool
    device_metadata: dict[str, UUID]

def refusal(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

get_credentials_store().set_api_key(url, key, is_zenml_pro=True)
client = ZenMLProClient(url)

def organizations():
    listed = asyncio.run(client.organization.list())
    first = listed[0]
    return {
        "names": [each.name for each in listed],
        "same": client.organization.get("acme") == client.organization.get(first.id) == first,
        "second": [each.name for each in asyncio.run(client.organization.list(offset=1, limit=1))],
        "missing": refusal(lambda: client.organization.get("not-there")),
    }

def workspaces():
    every = client.workspace.list(limit=100)
    pages = [client.workspace.list(offset=offset, limit=5) for offset in range(0, 100, 5)]
    acme = client.organization.get("acme").id
    one = client.workspace.list(workspace_name="ml-prod", organization_id=acme, status="available", member_only=True)[0]
    return {
        "statuses": {each.name: each.status for each in every},
        "paged": [each.id for page in pages for each in page] == [each.id for each in every],
        "member_only": len(client.workspace.list(limit=100, member_only=True)) == len(every),
        "by_url": [each.name for each in client.workspace.list(url=one.url)],
        "same": client.workspace.get(one.id) == one,
        "read": [one.version, one.organization_name, one.organization_id == acme, one.dashboard_url],
        "missing": refusal(lambda: client.workspace.get("not-there")),
        "url": one.url,
    }

def verbs():
    acme = client.organization.get("acme").id
    made = client.post("/teams", body=TeamBody(name="zenml-made", organization_id=acme))
    twice = refusal(lambda: client.post("/teams", body=TeamBody(name="zenml-made", organization_id=acme)))
    path = f"/teams/{made['id']}"
    changed = client.patch(path, body=TeamBody(name="zenml-changed"))
    read = client.get(path)
    code = requests.post(url + "/auth/device_authorization", data={"client_id": made["id"]}).json()["user_code"]
    workspace = client.workspace.list(workspace_name="ml-prod")[0].id
    device = client.put("/devices/verify", body=Verification(
        user_code=code, trusted_device=False, device_metadata={"tenant_id": workspace}))
    client.delete(path)
    return {"same": changed == read, "name": read["name"], "twice": twice, "device": device["status"],
            "chosen": device["device_metadata"] == {"tenant_id": str(workspace)},
            "gone": refusal(lambda: client.get(path))}

def tokens():
    exchanged = ZenMLProClient.fetch_api_token(url, key)
    return {"kind": [exchanged.token_type, exchanged.expires_in],
            "valid": client.authenticate().access_token == client.api_token,
            "session": client.session.get(url + "/users/me").json()["username"],
            "refused": refusal(lambda: ZenMLProClient.fetch_api_token(url, "ZENPROKEY_wrong"))}

print(json.dumps({"organizations": organizations(), "workspaces": workspaces(), "verbs": verbs(), "tokens": tokens()}))
"""


@pytest.fixture(scope="module", params=["", "/api/v1"], ids=["as in the cloud", "as self-hosted"])
def results(request: pytest.FixtureRequest, plane: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The results of the client with the URL of either kind of control plane."""
    folder: Path = tmp_path_factory.mktemp("zenml")
    printed = ZenmlHome(folder, plane.url).python(PROGRAM, plane.url + request.param, plane.key)
    return json.loads(printed.splitlines()[-1])


def test_organizations(results: Any) -> None:
    found = results["organizations"]
    assert (found["names"], found["second"], found["same"]) == (["acme", "acme-labs"], ["acme-labs"], True)
    assert found["missing"].startswith("KeyError: ")
    assert "Unable to find organization not-there." in found["missing"]


def test_workspaces(results: Any, plane: SandboxProcess) -> None:
    found = results["workspaces"]
    listed = httpx.get(f"{plane.url}/workspaces", headers=plane.headers, timeout=60).json()
    assert found["statuses"] == {item["name"]: item["status"] for item in listed}
    assert {"available", "failed", "deactivated", "pending"} <= set(found["statuses"].values())
    assert [found[name] for name in ("paged", "member_only", "same")] == [True, True, True]
    prod = next(item for item in listed if item["name"] == "ml-prod")
    assert (found["by_url"], found["url"]) == (["ml-prod"], prod["zenml_service"]["status"]["server_url"])
    assert found["read"] == ["0.98.0", "acme", True, f"{plane.url}/workspaces/ml-prod"]
    assert "Unable to find workspace not-there." in found["missing"]


def test_every_verb(results: Any) -> None:
    found = results["verbs"]
    assert (found["same"], found["name"]) == (True, "zenml-changed")
    assert found["twice"].startswith("EntityExistsError: ")
    assert (found["device"], found["chosen"]) == ("active", True)
    assert found["gone"].startswith("KeyError: ")


def test_tokens(results: Any) -> None:
    found = results["tokens"]
    assert (found["kind"], found["valid"], found["session"]) == (["bearer", 3600], True, "ada@example.com")
    assert found["refused"].startswith("CredentialsNotValid: ")
