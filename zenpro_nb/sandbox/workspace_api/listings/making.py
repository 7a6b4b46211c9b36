"""Lists of outputs, services and triggers of runs (API facts 9.4)."""

from __future__ import annotations

from datetime import datetime

from zenpro_nb.sandbox.workspace_api.filters import Values, at
from zenpro_nb.sandbox.workspace_api.items.artifacts import ARTIFACT, ARTIFACT_VERSION
from zenpro_nb.sandbox.workspace_api.items.base import Item
from zenpro_nb.sandbox.workspace_api.items.models import MODEL, MODEL_VERSION
from zenpro_nb.sandbox.workspace_api.items.serving import (
    DEPLOYMENT,
    POOLS,
    RESOURCE_REQUEST,
    SERVICE,
    TRIGGER,
    WEBHOOK,
)
from zenpro_nb.sandbox.workspace_api.listings.listing import (
    ABSENT,
    NAME,
    RUN_METADATA,
    TAGS,
    USER,
    Listing,
    flag,
    key,
    moment,
    number,
    only,
    text,
)


def _parent(item: Item, now: datetime) -> Values:
    """Return the name and id of the model or artifact of a version."""
    return (item.guard().name, item.guard().id)


def _class(path: str, item: Item, now: datetime) -> Values:
    source = item.body(now)[path]
    return (source["attribute"], f"{source['module']}.{source['attribute']}")


MODELS = Listing("models", MODEL, {"name": NAME, "user": USER, "tags": TAGS}, by_name=True)
MODEL_VERSIONS = Listing(
    "model_versions",
    MODEL_VERSION,
    {
        "name": NAME,
        "user": USER,
        "tags": TAGS,
        "number": number(at("body.number")),
        "stage": text(at("body.stage")),
        "model": text(_parent),
        "model_name_or_id": text(_parent),
        "run_metadata": RUN_METADATA,
    },
)
ARTIFACTS = Listing(
    "artifacts",
    ARTIFACT,
    {"name": NAME, "user": USER, "tags": TAGS, "has_custom_name": flag(at("metadata.has_custom_name"))},
)
ARTIFACT_VERSIONS = Listing(
    "artifact_versions",
    ARTIFACT_VERSION,
    {
        "user": USER,
        "tags": TAGS,
        "artifact": text(_parent),
        "artifact_id": key(_parent),
        "version": text(at("body.version")),
        "version_number": number(at("body.version")),
        "uri": text(at("body.uri")),
        "type": text(at("body.type")),
        "materializer": text(lambda item, now: _class("materializer", item, now)),
        "data_type": text(lambda item, now: _class("data_type", item, now)),
        "artifact_store_id": key(at("body.artifact_store_id")),
        "model_version_id": key(at("producer.model_version")),
        "model": text(at("producer.model")),
        "pipeline_run": text(at("producer.run")),
        "only_unused": only(at("unused")),
        "has_custom_name": flag(lambda item, now: (True,)),
        "run_metadata": RUN_METADATA,
    },
)
SERVICES = Listing(
    "services",
    SERVICE,
    {
        "name": NAME,
        "user": USER,
        "running": flag(lambda item, now: (item.body(now)["state"] == "active",)),
        "type": text(lambda item, now: (item.body(now)["service_type"]["type"],)),
        "flavor": text(lambda item, now: (item.body(now)["service_type"]["flavor"],)),
        "pipeline_name": text(lambda item, now: (item.body(now)["labels"]["pipeline_name"],)),
        "pipeline_step_name": text(lambda item, now: (item.body(now)["labels"]["pipeline_step_name"],)),
        "model_version_id": key(at("resources.model_version")),
        "pipeline_run_id": key(at("resources.pipeline_run")),
    },
)
DEPLOYMENTS = Listing(
    "deployments",
    DEPLOYMENT,
    {
        "name": NAME,
        "user": USER,
        "tags": TAGS,
        "url": text(at("body.url")),
        "status": text(at("body.status")),
        "pipeline": text(at("resources.pipeline")),
        "snapshot_id": key(at("resources.snapshot")),
        "deployer_id": key(at("resources.deployer")),
    },
)
TRIGGERS = Listing(
    "triggers",
    TRIGGER,
    {
        "name": text(at("body.name")),
        "user": USER,
        "active": flag(at("body.active")),
        "is_archived": flag(at("body.is_archived")),
        "flavor": text(at("body.flavor")),
        "type": text(at("body.type")),
        "next_occurrence": moment(at("body.next_occurrence")),
        "concurrency": text(at("body.concurrency")),
        "webhook_id": ABSENT,
        "pipeline_id": key(at("pipelines")),
        "snapshot_id": key(at("resources.snapshots")),
    },
    # Archived triggers are shown only on request (0.98.0, observed).
    defaults={"is_archived": "false"},
)
WEBHOOKS = Listing(
    "webhooks",
    WEBHOOK,
    {
        "name": NAME,
        "user": USER,
        "webhook_type": text(at("body.webhook_type")),
        "active": flag(at("body.active")),
    },
)
RESOURCE_REQUESTS = Listing(
    "resource_requests",
    RESOURCE_REQUEST,
    {
        "user": USER,
        "status": text(at("body.status")),
        "reclaim_tolerance": text(at("body.reclaim_tolerance")),
        "pipeline_run_id": key(at("body.pipeline_run_id")),
        "step_run_id": key(at("body.step_run_id")),
        "pool_id": key(at("body.pool_id")),
        "component_id": ABSENT,
        "preemption_initiated_by_id": key(at("body.preemption_initiated_by_id")),
    },
    feature=POOLS,
)

MAKING = (
    MODELS, MODEL_VERSIONS, ARTIFACTS, ARTIFACT_VERSIONS, SERVICES, DEPLOYMENTS, TRIGGERS, WEBHOOKS, RESOURCE_REQUESTS,
)  # fmt: skip
