"""What runs in a workspace: pipelines, runs, steps."""

from __future__ import annotations

from zenpro_nb.resources.model import Kind
from zenpro_nb.resources.workspace import parts, words
from zenpro_nb.resources.workspace.parts import choice, flag, hydrated, in_body, key, linked, listed, number, text, time

_STATUS_FILTER = choice("status", "only those in this state", words.RUN_STATUS)

RUNS = listed(
    "runs",
    "Runs of pipelines, the newest first.",
    columns=(
        parts.NAME,
        in_body("status", Kind.CATEGORY, "initializing, running, completed, failed, cached, stopped …"),
        linked("pipeline", "name of the pipeline"),
        in_body("index", Kind.COUNT, "number of the run among those of its pipeline"),
        linked("stack", "name of the stack that it ran on"),
        in_body("in_progress", Kind.BOOL, "has not ended"),
        in_body("status_reason", help="why it is in this state, may be missing"),
        hydrated("start_time", Kind.TIME, "when it began (UTC)"),
        hydrated("end_time", Kind.TIME, "when it ended (UTC)"),
        hydrated("error", help="message of the error that ended it, may be missing", field="exception_info.message"),
        linked("model", "name of the model that it worked on", "model_version.body.model.name"),
        linked("model_version", "version of this model"),
        linked("schedule", "name of the schedule that started it"),
        parts.TAGS,
        linked("commit", "commit of the code", "code_reference.body.commit"),
        hydrated("orchestrator_run_id", help="its id in the orchestrator"),
        parts.RUN_METADATA,
    ),
    ids=(
        in_body("pipeline_id", Kind.ID, "the pipeline"),
        linked("stack_id", "the stack", "stack.id", Kind.ID),
        linked("snapshot_id", "the snapshot that was run", "snapshot.id", Kind.ID),
        linked("parent_run_id", "the run that started it", "parent_run.id", Kind.ID),
    ),
    filters=(
        _STATUS_FILTER,
        parts.PIPELINE_FILTER,
        text("pipeline_name", "only those of pipelines with this name"),
        parts.STACK_FILTER,
        parts.USER_FILTER,
        parts.NAME_FILTER,
        parts.START_FILTER,
        parts.END_FILTER,
        flag("in_progress", "only those that have not ended (or, with no, have)"),
        parts.TAGS_FILTER,
        text("model", "only those that worked on this model, by name or id", "models"),
        text("code_repository", "only those with code of this repository, by name or id", "code-repositories"),
        text("stack_component", "only those with this component in their stack, by name or id", "components"),
        number("index", "only the run of this number"),
        text("orchestrator_run_id", "only the one with this id in the orchestrator"),
        parts.RUN_METADATA_FILTER,
        flag("templatable", "only those that a run template can be made of"),
        flag("root_runs_only", "only those that no other run started"),
        key("pipeline_id", "only those of this pipeline"),
        key("stack_id", "only those on this stack"),
        key("schedule_id", "only those of this schedule"),
        key("build_id", "only those with this build"),
        key("snapshot_id", "only those of this snapshot"),
        key("source_snapshot_id", "only those whose snapshot comes from this one"),
        key("code_repository_id", "only those with code of this repository"),
        key("template_id", "only those of this run template"),
        key("model_version_id", "only those that worked on this version of a model"),
        key("linked_to_model_version_id", "only those linked to this version of a model"),
        key("triggered_by_step_run_id", "only those that this step started"),
        key("triggered_by_deployment_id", "only those that this deployment started"),
        key("trigger_id", "only those that this trigger started"),
        key("parent_run_id", "only those that this run started"),
    ),
)

PIPELINES = listed(
    "pipelines",
    "Pipelines, the newest first.",
    sample="churn_batch_scoring",
    columns=(
        parts.NAME,
        linked("latest_run_status", "state of its latest run", "latest_run_status", Kind.CATEGORY),
        linked("latest_run_user", "name of who ran it last"),
        parts.TAGS,
        parts.DESCRIPTION,
    ),
    ids=(linked("latest_run_id", "its latest run", "latest_run_id", Kind.ID),),
    filters=(
        parts.NAME_FILTER,
        choice("latest_run_status", "only those whose latest run is in this state", words.RUN_STATUS),
        text("latest_run_user", "only those that this user ran last, by name or id", "workspace-users"),
        parts.USER_FILTER,
        parts.TAGS_FILTER,
    ),
)

STEPS = listed(
    "steps",
    "Steps of runs, the newest first.",
    columns=(
        parts.NAME,
        in_body("status", Kind.CATEGORY, "running, completed, failed, cached …"),
        parts.STARTED,
        parts.ENDED,
        in_body("version", Kind.COUNT, "1, and one more for each time that it was tried again"),
        in_body("is_retriable", Kind.BOOL, "can be tried again"),
        in_body("type", Kind.CATEGORY, "tool_call, llm_call, memory_call; missing for an ordinary step"),
        hydrated("error", help="message of the error that ended it, may be missing", field="exception_info.message"),
        hydrated("code_hash", help="of its code"),
        hydrated("cache_key", help="under which its result is found again"),
        hydrated("cache_expires_at", Kind.TIME, "end of its result's life (UTC)"),
        hydrated("docstring", help="what it says of itself"),
        parts.RUN_METADATA,
    ),
    ids=(
        hydrated("pipeline_run_id", Kind.ID, "the run"),
        hydrated("snapshot_id", Kind.ID, "the snapshot that was run"),
        hydrated("original_step_run_id", Kind.ID, "the step whose cached result was used"),
        hydrated("parent_step_ids", Kind.LIST, "the steps before it"),
        in_body("model_version_id", Kind.ID, "the version of a model that it worked on"),
        in_body("latest_heartbeat", Kind.TIME, "its last sign of life (UTC)"),
    ),
    filters=(
        _STATUS_FILTER,
        parts.NAME_FILTER,
        parts.USER_FILTER,
        parts.START_FILTER,
        parts.END_FILTER,
        key("pipeline_run_id", "only those of this run"),
        text("model", "only those that worked on this model, by name or id", "models"),
        number("version", "only the try of this number"),
        flag("exclude_retried", "leave out those that were tried again"),
        text("code_hash", "only those with this code"),
        text("cache_key", "only those with this cache key"),
        time("cache_expires_at", "only those whose result's life ends then"),
        flag("cache_expired", "only those whose result has ended its life"),
        parts.RUN_METADATA_FILTER,
        key("snapshot_id", "only those of this snapshot"),
        key("original_step_run_id", "only those that used the cached result of this step"),
        key("model_version_id", "only those that worked on this version of a model"),
    ),
)

RUNNING = (RUNS, PIPELINES, STEPS)
