"""ZenML's own client reads the sample data inside the sandbox's workspaces, and finds the same as zenpro."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from tests.third_party.clients import ZenmlHome
from zenpro_nb.frontends.connection import Connection

WORKSPACE, PROJECT = "ml-prod", "churn"
# The methods of ZenML's client by zenpro's nouns; each returns ZenML's models, which refuse unknown fields.
METHODS = {
    "runs": "list_pipeline_runs",
    "steps": "list_run_steps",
    "pipelines": "list_pipelines",
    "schedules": "list_schedules",
    "builds": "list_builds",
    "models": "list_models",
    "model-versions": "list_model_versions",
    "artifacts": "list_artifacts",
    "artifact-versions": "list_artifact_versions",
    "services": "list_services",
    "deployments": "list_deployments",
    "code-repositories": "list_code_repositories",
    "stacks": "list_stacks",
    "components": "list_stack_components",
    "flavors": "list_flavors",
    "connectors": "list_service_connectors",
    "secrets": "list_secrets",
    "projects": "list_projects",
    "tags": "list_tags",
    "users": "list_users",
    "service-accounts": "list_service_accounts",
}
OUTSIDE_OF_PROJECTS = {
    "stacks", "components", "flavors", "connectors", "secrets", "projects", "tags", "users",
    "service-accounts",
}  # fmt: skip

# Runs in ZenML's environment, which does not contain this project.
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
def connection(plane: SandboxProcess) -> Iterator[Connection]:
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as opened:
        yield opened


def _count(connection: Connection, noun: str) -> int:
    words = [noun, "--workspace", WORKSPACE]
    if noun not in OUTSIDE_OF_PROJECTS:
        words += ["--project", PROJECT]
    return len(connection.run(*words))


@pytest.fixture(scope="module")
def before(connection: Connection) -> dict[str, int]:
    """The counts of objects that zenpro finds before ZenML's client runs."""
    return {noun: _count(connection, noun) for noun in METHODS}


@pytest.fixture(scope="module")
def object_counts(
    plane: SandboxProcess, connection: Connection, before: object, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, int]:
    """The counts of objects that ZenML's client finds."""
    url = connection.run("workspaces", "get", WORKSPACE).server_url[0]
    store = {"ZENML_STORE_URL": url, "ZENML_STORE_API_KEY": plane.key}
    home = ZenmlHome(tmp_path_factory.mktemp("zenml"), plane.url, store)
    told: dict[str, int] = json.loads(home.python(PROGRAM, PROJECT, *METHODS.values()).splitlines()[-1])
    return told


@pytest.mark.parametrize("noun", METHODS)
def test_it_finds_the_same_objects(
    connection: Connection, before: dict[str, int], object_counts: dict[str, int], noun: str
) -> None:
    # Time passes inside a workspace: running pipelines create more objects.
    assert 0 < before[noun] <= object_counts[METHODS[noun]] <= _count(connection, noun)
