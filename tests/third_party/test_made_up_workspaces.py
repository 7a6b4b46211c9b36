"""ZenML's own client reads what the sandbox makes up inside its workspaces, and finds the same there as we do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from tests.third_party.clients import ZenmlHome

WORKSPACE, PROJECT = "ml-prod", "churn"
# The methods of ZenML's client by our nouns; each gives models of ZenML's, which refuse what they don't understand.
METHODS = {
    "runs": "list_pipeline_runs",
    "steps": "list_run_steps",
    "pipelines": "list_pipelines",
    "schedules": "list_schedules",
    "models": "list_models",
    "model-versions": "list_model_versions",
    "artifacts": "list_artifacts",
    "artifact-versions": "list_artifact_versions",
    "stacks": "list_stacks",
    "components": "list_stack_components",
    "connectors": "list_service_connectors",
    "secrets": "list_secrets",
    "projects": "list_projects",
    "tags": "list_tags",
    "workspace-users": "list_users",
}
OUTSIDE_OF_PROJECTS = {"stacks", "components", "connectors", "secrets", "projects", "tags", "workspace-users"}

# Runs in ZenML's environment, which knows nothing of this project.
PROGRAM = """
import json, sys
from zenml.client import Client

project, *methods = sys.argv[1:]
client = Client()
client.set_active_project(project)
found = {}
for method in methods:
    page = getattr(client, method)(size=2)
    for one in page.items:
        assert one.get_hydrated_version().id == one.id
    found[method] = page.total
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(plane: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many of each ZenML's client finds."""
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as connection:
        url = connection.run("workspaces", "get", WORKSPACE).server_url[0]
    folder: Path = tmp_path_factory.mktemp("zenml")
    store = {"ZENML_STORE_URL": url, "ZENML_STORE_API_KEY": plane.key}
    printed = ZenmlHome(folder, plane.url, store).python(PROGRAM, PROJECT, *METHODS.values())
    told: dict[str, int] = json.loads(printed.splitlines()[-1])
    return told


@pytest.mark.parametrize("noun", METHODS)
def test_it_finds_what_we_find(plane: SandboxProcess, found: dict[str, Any], noun: str) -> None:
    words = [noun, "--workspace", WORKSPACE]
    if noun not in OUTSIDE_OF_PROJECTS:
        words += ["--project", PROJECT]
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as connection:
        ours = len(connection.run(*words))
    assert found[METHODS[noun]] == ours > 0
