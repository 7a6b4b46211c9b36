"""Zenpro's table of a workspace's lists against the server's own document: every difference has a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.zenml.conftest import World
from zenpro_nb.resources import WORKSPACE_LISTS, Resource

# Parameters of the server that are not filters of zenpro, with the reason.
NOT_OFFERED = {
    "page": "paging",
    "size": "paging",
    "sort_by": "--sort",
    "hydrate": "--hydrate",
    "project": "--project",
    "project_name_or_id": "the older name of project",
    "model_name_or_id": "the older name of model",
    "scope_user": "set by the server itself",
    "scope_type": "set by the server itself",
    "service_account": "stands in the route",
    "service_account_id": "stands in the route",
    "include_full_metadata": "makes rows heavier, adds no column",
    "expand_secrets": "always no: a list shows no secrets",
    "config": "matches raw configuration, which may hold secrets",
    "labels_str": "the client's own encoding of labels",
}
# Fields of the server that are not columns of zenpro, with the reason. Everything else must be a column.
SECRET = "may hold secrets"
HEAVY = "too heavy or too deep for a cell; --raw has it"
NOT_SHOWN = {
    "configuration": SECRET,
    "environment": SECRET,
    "client_environment": HEAVY,
    "orchestrator_environment": HEAVY,
    "config": SECRET,
    "values": SECRET,
    "key": SECRET,
    "auth_key": SECRET,
    "activation_token": SECRET,
    "deployment_metadata": SECRET,
    "user_metadata": SECRET,
    "oidc_claims": SECRET,
    "component_settings": SECRET,
    "endpoint": SECRET,
    "secrets": SECRET,
    "labels": SECRET,
    "pipeline_configuration": HEAVY,
    "step_configurations": HEAVY,
    "pipeline_spec": HEAVY,
    "config_template": HEAVY,
    "config_schema": HEAVY,
    "spec": HEAVY,
    "source_code": HEAVY,
    "images": HEAVY,
    "project_metadata": HEAVY,
    "data_schema": HEAVY,
    "result": HEAVY,
    "visualizations": HEAVY,
    "log_collection": "`logs` shows them",
    "outputs": "`dag` shows them",
    "inputs": "`dag` shows them",
    "services": HEAVY,
    "resource_request": HEAVY,
    "allocations": HEAVY,
    "queue_entries": HEAVY,
    "pool_selector": HEAVY,
    "preemption_group": HEAVY,
}

# Fields without a column, by list: administrators rarely need them, and find them with --raw.
LEFT: dict[str, list[str]] = {
    "runs": [
        "body.child_key",
        "body.root_run_id",
        "metadata.code_path",
        "metadata.enable_heartbeat",
        "metadata.is_templatable",
        "metadata.template_id",
        "metadata.trigger_execution_info",
        "metadata.trigger_info",
        "resources.active_wait_condition",
        "resources.build",
        "resources.original_run",
        "resources.source_snapshot",
        "resources.trigger",
    ],
    "steps": ["body.heartbeat_threshold", "body.resource_request_id", "body.substitutions", "resources.model_version"],
    "schedules": ["metadata.run_metadata"],
    "snapshots": [
        "metadata.code_path",
        "metadata.pipeline_version_hash",
        "metadata.template_id",
        "resources.build",
        "resources.code_reference",
        "resources.latest_run_user",
    ],
    "run-templates": ["resources.build", "resources.code_reference"],
    "builds": ["metadata.stack_checksum"],
    "wait-conditions": ["body.poller_instance_id", "body.poller_lease_expires_at", "metadata.run_metadata"],
    "stacks": ["metadata.stack_spec_path"],
    "components": ["body.logo_url"],
    "flavors": ["body.logo_url", "metadata.connector_resource_id_attr", "metadata.sdk_docs_url"],
    "connectors": ["body.expires_skew_tolerance"],
    "code-repositories": ["body.logo_url"],
    "artifact-versions": ["body.materializer"],
    "services": ["metadata.service_source", "metadata.status"],
    "triggers": [
        "body.webhook_id",
        "resources.executable_snapshots",
        "resources.latest_run",
        "resources.snapshot_dispatch_states",
        "resources.snapshots",
        "resources.webhook",
    ],
    "workspace-users": ["body.avatar_url"],
    "resource-requests": [
        "body.allocation_deadline",
        "body.component_ids",
        "body.pool_scope",
        "body.preemption_initiated_by_id",
        "body.renewed_at",
    ],
    "workspace-devices": ["metadata.region"],
    "workspace-service-accounts": ["body.avatar_url"],
}


@pytest.fixture(scope="module")
def document(world: World) -> dict[str, Any]:
    return dict(httpx.get(f"{world.prod.url}/openapi.json", timeout=60).json())


class Schema:
    """Follows paths through the schemas of a document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._all = document["components"]["schemas"]

    def options(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The schema, or each of its alternatives, without references."""
        if "$ref" in schema:
            yield from self.options(self._all[schema["$ref"].rpartition("/")[2]])
        elif "anyOf" in schema or "oneOf" in schema:
            for item in schema.get("anyOf") or schema.get("oneOf"):
                yield from self.options(item)
        else:
            yield schema

    def fields(self, schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for option in self.options(schema):
            found.update(option.get("properties", {}))
        return found

    def has(self, schema: dict[str, Any], steps: list[str]) -> bool:
        if not steps:
            return True
        for option in self.options(schema):
            if option.get("type") == "array" and self.has(option["items"], steps):
                return True
            step = steps[0].removesuffix("[]")
            if step in option.get("properties", {}) and self.has(option["properties"][step], steps[1:]):
                return True
            further = option.get("additionalProperties")
            if isinstance(further, dict) and self.has(further, steps[1:]):
                return True
            if further is True:
                return True
        return False


def item_of(document: dict[str, Any], resource: Resource) -> tuple[list[str], dict[str, Any]]:
    """The names of the parameters, and the schema of an item."""
    operation = document["paths"][resource.path]["get"]
    page = operation["responses"]["200"]["content"]["application/json"]["schema"]
    items = Schema(document).fields(page)["items"]["items"]
    return [parameter["name"] for parameter in operation["parameters"]], items


@pytest.mark.parametrize("resource", WORKSPACE_LISTS, ids=lambda item: item.noun)
def test_filters(document: dict[str, Any], resource: Resource) -> None:
    theirs, _ = item_of(document, resource)
    ours = {filter_.name for filter_ in resource.filters}
    assert ours - set(theirs) == set(), "the server would ignore these"
    assert set(theirs) - ours - set(NOT_OFFERED) == set(), "the server has these too"


@pytest.mark.parametrize("resource", WORKSPACE_LISTS, ids=lambda item: item.noun)
def test_columns(document: dict[str, Any], resource: Resource) -> None:
    _, item = item_of(document, resource)
    schema = Schema(document)
    paths = [(column.path or column.name).split(".") for column in resource.columns if not column.computed]
    places = [path for path in paths if path not in (["workspace"], ["project"])]
    assert [path for path in places if not schema.has(item, path)] == [], "no such field"
    top = schema.fields(item)
    theirs = {
        (section, name)
        for section in ("body", "metadata", "resources")
        if section in top
        for name in schema.fields(top[section])
        if name not in NOT_SHOWN
    }
    shown = {(path[0], path[1].removesuffix("[]")) for path in places if len(path) > 1}
    missing = sorted(f"{section}.{name}" for section, name in theirs - shown)
    print(f"{resource.noun}: {len(missing)} fields without a column: {', '.join(missing)}")
    assert missing == LEFT.get(resource.noun, [])
