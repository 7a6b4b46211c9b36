"""ZenML's own client, unchanged and from PyPI, reads the sandbox as if it were ZenML Pro."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.sandbox import SandboxProcess
from tests.support.zenml_env import zenml_python

pytestmark = pytest.mark.zenml

# Runs in ZenML's environment, which knows nothing of this project.
PROGRAM = """
import asyncio, json, sys
from zenml.login.credentials_store import get_credentials_store
from zenml.login.pro.client import ZenMLProClient

url, key = sys.argv[1:]
get_credentials_store().set_api_key(url, key)
client = ZenMLProClient(url)
organizations = asyncio.run(client.organization.list())
workspaces = client.workspace.list(limit=100)
one = client.workspace.list(workspace_name="ml-prod", organization_id=organizations[0].id, status="available")[0]
try:
    client.workspace.get("not-there")
except Exception as error:
    missing = f"{type(error).__name__}: {error}"
print(json.dumps({
    "organizations": [each.name for each in organizations],
    "same": client.organization.get("acme").id == organizations[0].id,
    "workspaces": {each.name: each.status for each in workspaces},
    "url": one.url,
    "version": one.version,
    "again": client.workspace.get(one.id).name,
    "missing": missing,
}))
"""


def test_zenmls_own_client_lists_organizations_and_workspaces(sandbox: SandboxProcess, tmp_path: Path) -> None:
    told = _run(sandbox.url, sandbox.key, tmp_path)
    assert told["organizations"] == ["acme", "acme-labs"]
    assert told["same"] is True
    listed = httpx.get(f"{sandbox.url}/workspaces", headers=sandbox.headers).json()
    assert told["workspaces"] == {one["name"]: one["status"] for one in listed}
    assert {"available", "failed", "deactivated", "pending"} <= set(told["workspaces"].values())
    assert told["url"].startswith("https://ml-prod")
    assert (told["version"], told["again"]) == ("0.98.0", "ml-prod")
    assert told["missing"].startswith("KeyError: ")
    assert "Unable to find workspace not-there." in told["missing"]


def test_zenmls_own_client_below_api_v1(sandbox: SandboxProcess, tmp_path: Path) -> None:
    assert _run(f"{sandbox.url}/api/v1", sandbox.key, tmp_path)["organizations"] == ["acme", "acme-labs"]


def _run(url: str, key: str, folder: Path) -> dict[str, Any]:
    environment = {
        **os.environ,
        "ZENML_CONFIG_PATH": str(folder),
        "ZENML_ANALYTICS_OPT_IN": "false",
        "ZENML_LOGGING_VERBOSITY": "ERROR",
        "ZENML_PRO_API_URL": url,
    }
    done = subprocess.run(
        [str(zenml_python()), "-c", PROGRAM, url, key],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))
