"""Execution in a workspace: pipelines, runs, steps."""

from __future__ import annotations

from zenpro_nb.resources.model import DataType
from zenpro_nb.resources.workspace import columns, enums
from zenpro_nb.resources.workspace.columns import (
    choice,
    flag,
    in_body,
    key,
    link,
    number,
    state,
    text,
    time,
    when_hydrated,
    workspace_list,
)

_STATUS_FILTER = choice("status", "filter by state", enums.RUN_STATUS)

RUNS = workspace_list(
    "runs",
    "List runs of pipelines, newest first.",
    plotted="status",
    columns=(
        columns.NAME,
        state("status", "initializing, running, completed, failed, cached, stopped …"),
        link("pipeline", "name of the pipeline"),
        in_body("index", DataType.COUNT, "number of the run within its pipeline"),
        link("stack", "name of its stack"),
        in_body("in_progress", DataType.BOOL, "whether it is still in progress"),
        in_body("status_reason", help="reason for the state; may be missing"),
        when_hydrated("start_time", DataType.TIME, "start time (UTC)"),
        when_hydrated("end_time", DataType.TIME, "end time (UTC)"),
        when_hydrated(
            "error", help="message of the error that ended it; may be missing", field="exception_info.message"
        ),
        link("model", "name of its model", "model_version.body.model.name"),
        link("model_version", "version of its model"),
        link("schedule", "name of the schedule that started it"),
        columns.TAGS,
        link("commit", "commit of the code", "code_reference.body.commit"),
        when_hydrated("orchestrator_run_id", help="id of the run in the orchestrator"),
        columns.RUN_METADATA,
    ),
    ids=(
        in_body("pipeline_id", DataType.ID, "the pipeline"),
        link("stack_id", "the stack", "stack.id", DataType.ID),
        link("snapshot_id", "the snapshot that was run", "snapshot.id", DataType.ID),
        link("parent_run_id", "the run that started it", "parent_run.id", DataType.ID),
    ),
    filters=(
        _STATUS_FILTER,
        columns.PIPELINE_FILTER,
        text("pipeline_name", "filter by pipeline name"),
        columns.STACK_FILTER,
        columns.USER_FILTER,
        columns.NAME_FILTER,
        columns.START_FILTER,
        columns.END_FILTER,
        flag("in_progress", "list only runs in progress, or only finished ones"),
        columns.TAGS_FILTER,
        text("model", "filter by model, by name or ID", "models"),
        text("code_repository", "filter by code repository, by name or ID", "code-repositories"),
        text("stack_component", "filter by stack component, by name or ID", "components"),
        number("index", "filter by run number"),
        text("orchestrator_run_id", "filter by run ID in the orchestrator"),
        columns.RUN_METADATA_FILTER,
        flag("templatable", "list only runs from which a run template can be created"),
        flag("root_runs_only", "list only runs that were not started by another run"),
        key("pipeline_id", "filter by pipeline"),
        key("stack_id", "filter by stack"),
        key("schedule_id", "filter by schedule"),
        key("build_id", "filter by build"),
        key("snapshot_id", "filter by snapshot"),
        key("source_snapshot_id", "filter by the source of the snapshot"),
        key("code_repository_id", "filter by code repository"),
        key("template_id", "filter by run template"),
        key("model_version_id", "filter by model version"),
        key("linked_to_model_version_id", "filter by linked model version"),
        key("triggered_by_step_run_id", "filter by the step that started the run"),
        key("triggered_by_deployment_id", "filter by the deployment that started the run"),
        key("trigger_id", "filter by the trigger that started the run"),
        key("parent_run_id", "filter by parent run"),
    ),
)

PIPELINES = workspace_list(
    "pipelines",
    "List pipelines, newest first.",
    sample="churn_batch_scoring",
    columns=(
        columns.NAME,
        columns.LATEST_RUN_STATUS,
        link("latest_run_user", "name of the user of its latest run"),
        columns.TAGS,
        columns.DESCRIPTION,
    ),
    ids=(link("latest_run_id", "id of its latest run", "latest_run_id", DataType.ID),),
    filters=(
        columns.NAME_FILTER,
        choice("latest_run_status", "filter by state of the latest run", enums.RUN_STATUS),
        text("latest_run_user", "filter by the user of the latest run, by name or ID", "workspace-users"),
        columns.USER_FILTER,
        columns.TAGS_FILTER,
    ),
)

STEPS = workspace_list(
    "steps",
    "List steps of runs, newest first.",
    plotted="status",
    columns=(
        columns.NAME,
        state("status", "running, completed, failed, cached …"),
        columns.STARTED,
        columns.ENDED,
        in_body("version", DataType.COUNT, "number of the attempt, from 1"),
        in_body("is_retriable", DataType.BOOL, "whether it can be retried"),
        in_body("type", DataType.CATEGORY, "tool_call, llm_call, memory_call; missing for an ordinary step"),
        when_hydrated(
            "error", help="message of the error that ended it; may be missing", field="exception_info.message"
        ),
        when_hydrated("code_hash", help="hash of its code"),
        when_hydrated("cache_key", help="key under which its result is cached"),
        when_hydrated("cache_expires_at", DataType.TIME, "expiry of its cached result (UTC)"),
        when_hydrated("docstring", help="docstring of the step"),
        columns.RUN_METADATA,
    ),
    ids=(
        when_hydrated("pipeline_run_id", DataType.ID, "the run"),
        when_hydrated("snapshot_id", DataType.ID, "the snapshot that was run"),
        when_hydrated("original_step_run_id", DataType.ID, "the step whose cached result was used"),
        when_hydrated("parent_step_ids", DataType.LIST, "the previous steps"),
        in_body("model_version_id", DataType.ID, "the model version of the step"),
        in_body("latest_heartbeat", DataType.TIME, "time of its last heartbeat (UTC)"),
    ),
    filters=(
        _STATUS_FILTER,
        columns.NAME_FILTER,
        columns.USER_FILTER,
        columns.START_FILTER,
        columns.END_FILTER,
        key("pipeline_run_id", "filter by run"),
        text("model", "filter by model, by name or ID", "models"),
        number("version", "filter by number of the attempt"),
        flag("exclude_retried", "exclude steps that were retried"),
        text("code_hash", "filter by hash of the code"),
        text("cache_key", "filter by cache key"),
        time("cache_expires_at", "filter by expiry of the cached result"),
        flag("cache_expired", "list only steps whose cached result has expired"),
        columns.RUN_METADATA_FILTER,
        key("snapshot_id", "filter by snapshot"),
        key("original_step_run_id", "filter by the step whose cached result was used"),
        key("model_version_id", "filter by model version"),
    ),
)

RUNNING = (RUNS, PIPELINES, STEPS)
