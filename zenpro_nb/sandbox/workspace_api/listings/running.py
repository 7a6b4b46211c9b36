"""Lists of runs, steps, and the resources that they use or wait for (API facts 9.4)."""

from __future__ import annotations

from datetime import datetime

from zenpro_nb.sandbox.workspace_api.filters import Values, at
from zenpro_nb.sandbox.workspace_api.items.base import Item
from zenpro_nb.sandbox.workspace_api.items.pipelines import (
    BUILD,
    PIPELINE,
    RUN_TEMPLATE,
    SCHEDULE,
    SNAPSHOT,
)
from zenpro_nb.sandbox.workspace_api.items.runs import RETRIED, RUN, STEP
from zenpro_nb.sandbox.workspace_api.items.waiting import WAIT_CONDITION
from zenpro_nb.sandbox.workspace_api.listings.listing import (
    ABSENT,
    NAME,
    RUN_METADATA,
    TAGS,
    USER,
    Listing,
    absent,
    flag,
    joined_field,
    key,
    moment,
    number,
    only,
    text,
)


def _not_retried(item: Item, now: datetime) -> Values:
    return (item.body(now)["status"] != RETRIED,)


# The filters of runs, snapshots and templates. Snapshots do not have the second part.
_OF_A_PIPELINE = {
    "name": NAME,
    "user": USER,
    "tags": TAGS,
    "pipeline": text(at("resources.pipeline")),
    "stack": text(at("made_of.stack")),
    "build_id": key(at("resources.build")),
}
_BY_ID = {
    "pipeline_id": key(at("resources.pipeline")),
    "stack_id": key(at("made_of.stack")),
    "code_repository_id": key(at("made_of.code_repository")),
}

RUNS = Listing(
    "runs",
    RUN,
    {
        **_OF_A_PIPELINE,
        **_BY_ID,
        "pipeline_name": text(at("resources.pipeline")),
        "status": text(at("body.status")),
        "index": number(at("body.index")),
        "in_progress": flag(at("body.in_progress")),
        "start_time": moment(at("metadata.start_time")),
        "end_time": moment(at("metadata.end_time")),
        "orchestrator_run_id": text(at("metadata.orchestrator_run_id")),
        "code_repository": text(at("made_of.code_repository")),
        "schedule_id": joined_field(at("resources.schedule")),
        "snapshot_id": key(at("resources.snapshot")),
        "source_snapshot_id": key(at("resources.source_snapshot")),
        "template_id": key(at("metadata.template_id")),
        "model": text(at("model")),
        "model_version_id": key(at("resources.model_version")),
        "linked_to_model_version_id": key(at("resources.model_version")),
        "stack_component": text(at("made_of.components")),
        "templatable": flag(at("metadata.is_templatable")),
        "trigger_id": joined_field(at("resources.trigger")),
        "triggered_by_step_run_id": joined_field(absent),
        "triggered_by_deployment_id": joined_field(at("invoked_deployment")),
        "parent_run_id": ABSENT,
        "root_runs_only": only(lambda item, now: (True,)),
        "run_metadata": RUN_METADATA,
    },
)
STEPS = Listing(
    "steps",
    STEP,
    {
        "name": NAME,
        "user": USER,
        "status": text(at("body.status")),
        "start_time": moment(at("body.start_time")),
        "end_time": moment(at("body.end_time")),
        "version": number(at("body.version")),
        "pipeline_run_id": key(at("metadata.pipeline_run_id")),
        "snapshot_id": key(at("metadata.snapshot_id")),
        "original_step_run_id": key(at("metadata.original_step_run_id")),
        "model": text(at("model")),
        "model_version_id": key(at("body.model_version_id")),
        "code_hash": text(at("metadata.code_hash")),
        "cache_key": text(at("metadata.cache_key")),
        "cache_expires_at": moment(at("metadata.cache_expires_at")),
        "cache_expired": flag(lambda item, now: (False,)),
        "exclude_retried": only(_not_retried),
        "run_metadata": RUN_METADATA,
    },
)
PIPELINES = Listing(
    "pipelines",
    PIPELINE,
    {
        "name": NAME,
        "user": USER,
        "tags": TAGS,
        "latest_run_status": text(at("resources.latest_run_status")),
        "latest_run_user": text(at("resources.latest_run_user")),
    },
)
SCHEDULES = Listing(
    "schedules",
    SCHEDULE,
    {
        "name": NAME,
        "user": USER,
        "active": flag(at("body.active")),
        "cron_expression": text(at("body.cron_expression")),
        "interval_second": number(at("body.interval_second")),
        "start_time": moment(at("body.start_time")),
        "end_time": moment(at("body.end_time")),
        "catchup": flag(at("body.catchup")),
        "run_once_start_time": moment(at("body.run_once_start_time")),
        "is_archived": flag(at("body.is_archived")),
        "pipeline_id": key(at("metadata.pipeline_id")),
        "orchestrator_id": key(at("metadata.orchestrator_id")),
    },
)
SNAPSHOTS = Listing(
    "pipeline_snapshots",
    SNAPSHOT,
    {
        **_OF_A_PIPELINE,
        "named_only": only(lambda item, now: (item.name is not None,)),
        "runnable": flag(at("body.runnable")),
        "deployable": flag(at("body.deployable")),
        "deployed": flag(at("deployed")),
        "schedule_id": key(at("resources.schedule")),
        "source_snapshot_id": key(at("metadata.source_snapshot_id")),
        "trigger_id": key(at("started_by")),
    },
)
BUILDS = Listing(
    "pipeline_builds",
    BUILD,
    {
        "user": USER,
        "pipeline_id": key(at("metadata.pipeline")),
        "stack_id": key(at("metadata.stack")),
        "container_registry_id": key(at("registry")),
        "is_local": flag(at("metadata.is_local")),
        "contains_code": flag(at("metadata.contains_code")),
        "zenml_version": text(at("metadata.zenml_version")),
        "python_version": text(at("metadata.python_version")),
        "checksum": text(at("metadata.checksum")),
        "stack_checksum": text(at("metadata.stack_checksum")),
        "duration": number(at("metadata.duration")),
    },
)
RUN_TEMPLATES = Listing("run_templates", RUN_TEMPLATE, {**_OF_A_PIPELINE, **_BY_ID, "hidden": flag(at("body.hidden"))})
WAIT_CONDITIONS = Listing(
    "run_wait_conditions",
    WAIT_CONDITION,
    {
        "name": NAME,
        "user": USER,
        "pipeline_run": text(at("resources.run")),
        "type": text(at("body.type")),
        "status": text(at("body.status")),
        "resolved_by": text(at("body.resolved_by_user_id")),
        "resolved_at": moment(at("body.resolved_at")),
        "resolution": text(at("metadata.resolution")),
        "run_metadata": RUN_METADATA,
    },
)

RUNNING = (RUNS, STEPS, PIPELINES, SCHEDULES, SNAPSHOTS, BUILDS, RUN_TEMPLATES, WAIT_CONDITIONS)
