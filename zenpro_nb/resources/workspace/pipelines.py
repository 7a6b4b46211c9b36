"""What runs are made of and wait for: snapshots, run templates, schedules, builds, wait conditions."""

from __future__ import annotations

from msgspec.structs import replace

from zenpro_nb.resources.model import Column, DataType
from zenpro_nb.resources.workspace import columns, enums
from zenpro_nb.resources.workspace.columns import (
    choice,
    flag,
    hydrated,
    in_body,
    key,
    linked,
    listed,
    number,
    seconds,
    state,
    text,
    time,
)

SCHEDULES = listed(
    "schedules",
    "Schedules of pipelines, the newest first.",
    sample="churn_batch_scoring_schedule",
    columns=(
        columns.NAME,
        in_body("active", DataType.BOOL, "starts runs"),
        in_body("cron_expression", help="when it starts runs, as cron writes it"),
        seconds(in_body("interval_second", DataType.FLOAT, "seconds between two runs, where it counts them")),
        columns.STARTED,
        columns.ENDED,
        in_body("catchup", DataType.BOOL, "makes up for runs that it missed"),
        in_body("run_once_start_time", DataType.TIME, "when its only run begins (UTC)"),
        in_body("is_archived", DataType.BOOL, "kept for the record only"),
    ),
    ids=(
        hydrated("pipeline_id", DataType.ID, "the pipeline"),
        hydrated("orchestrator_id", DataType.ID, "the orchestrator that runs it"),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("active", "only those that start runs (or, with no, do not)"),
        columns.USER_FILTER,
        text("cron_expression", "only those with this expression"),
        number("interval_second", "only those with so many seconds between two runs"),
        columns.START_FILTER,
        columns.END_FILTER,
        flag("catchup", "only those that make up for missed runs"),
        time("run_once_start_time", "only those whose only run begins then"),
        flag("is_archived", "only archived ones (or, with no, others)"),
        key("pipeline_id", "only those of this pipeline"),
        key("orchestrator_id", "only those of this orchestrator"),
    ),
)

# Deprecated upstream, and all that older servers have: `snapshots` lists both.
KIND = Column("kind", DataType.CATEGORY, help="snapshot, or run template on older servers", computed=True)
SNAPSHOTS = listed(
    "snapshots",
    "Snapshots of pipelines and run templates, from which runs are started. The newest first; most have no name.",
    path="pipeline_snapshots",
    columns=(
        columns.NAME,
        KIND,
        linked("pipeline", "name of the pipeline"),
        linked("stack", "name of the stack"),
        in_body("runnable", DataType.BOOL, "can be run from here"),
        in_body("deployable", DataType.BOOL, "can be deployed"),
        in_body("is_dynamic", DataType.BOOL, "its steps are decided while it runs"),
        columns.LATEST_RUN_STATUS,
        linked("deployment", "name of its deployment"),
        linked("schedule", "name of its schedule"),
        columns.TAGS,
        columns.DESCRIPTION,
        hydrated("client_version", help="version of the client that made it"),
        hydrated("server_version", help="version of the server then"),
        hydrated("run_name_template", help="how its runs are named"),
    ),
    ids=(
        in_body("pipeline_id", DataType.ID, "the pipeline"),
        linked("stack_id", "the stack", "stack.id", DataType.ID),
        linked("latest_run_id", "its latest run", "latest_run_id", DataType.ID),
        hydrated("source_snapshot_id", DataType.ID, "the snapshot that it comes from"),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("named_only", "only those with a name"),
        columns.PIPELINE_FILTER,
        columns.STACK_FILTER,
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        flag("runnable", "only those that can be run from here"),
        flag("deployable", "only those that can be deployed"),
        flag("deployed", "only those that are deployed"),
        key("build_id", "only those with this build"),
        key("schedule_id", "only those of this schedule"),
        key("source_snapshot_id", "only those that come from this one"),
        key("trigger_id", "only those of this trigger"),
    ),
)

RUN_TEMPLATES = listed(
    "run-templates",
    "Run templates, which older servers have in place of named snapshots. The newest first.",
    parent="snapshots",
    columns=(
        columns.NAME,
        linked("pipeline", "name of the pipeline"),
        in_body("runnable", DataType.BOOL, "can be run from here"),
        in_body("hidden", DataType.BOOL, "not shown in the dashboard"),
        columns.LATEST_RUN_STATUS,
        columns.TAGS,
        columns.DESCRIPTION,
    ),
    ids=(
        linked("latest_run_id", "its latest run", "latest_run_id", DataType.ID),
        linked("source_snapshot_id", "the snapshot that it runs", "source_snapshot.id", DataType.ID),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("hidden", "only hidden ones (or, with no, others)"),
        columns.PIPELINE_FILTER,
        columns.STACK_FILTER,
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        key("pipeline_id", "only those of this pipeline"),
        key("stack_id", "only those on this stack"),
        key("build_id", "only those with this build"),
        key("code_repository_id", "only those with code of this repository"),
    ),
)
# A run template as a row of `snapshots`: its records have the same fields, and lack some.
_SHARED_FILTERS = {filter_.name for filter_ in RUN_TEMPLATES.filters}
TEMPLATES_AS_SNAPSHOTS = replace(
    RUN_TEMPLATES,
    columns=SNAPSHOTS.columns,
    filters=tuple(filter_ for filter_ in SNAPSHOTS.filters if filter_.name in _SHARED_FILTERS),
)

BUILDS = listed(
    "builds",
    "Container builds of pipelines, the newest first.",
    path="pipeline_builds",
    columns=(
        hydrated("pipeline", help="name of the pipeline", field="pipeline.name"),
        hydrated("stack", help="name of the stack", field="stack.name"),
        hydrated("zenml_version", help="version of zenml in it"),
        hydrated("python_version", help="version of Python in it"),
        hydrated("is_local", DataType.BOOL, "its images are on one machine only"),
        hydrated("contains_code", DataType.BOOL, "its images hold the code"),
        seconds(hydrated("duration", DataType.COUNT, "seconds that it took")),
        hydrated("checksum", help="of what it was built from"),
    ),
    ids=(
        Column("pipeline_id", DataType.ID, "metadata.pipeline.id", "the pipeline"),
        Column("stack_id", DataType.ID, "metadata.stack.id", "the stack"),
    ),
    filters=(
        columns.USER_FILTER,
        flag("is_local", "only those on one machine (or, with no, others)"),
        flag("contains_code", "only those that hold the code"),
        text("zenml_version", "only those with this version of zenml"),
        text("python_version", "only those with this version of Python"),
        number("duration", "only those that took so many seconds"),
        text("checksum", "only those with this checksum"),
        text("stack_checksum", "only those for a stack with this checksum"),
        key("pipeline_id", "only those of this pipeline"),
        key("stack_id", "only those for this stack"),
        key("container_registry_id", "only those in this registry"),
    ),
    label="id",
)

WAIT_CONDITIONS = listed(
    "wait-conditions",
    "What paused runs wait for, the newest first.",
    sample_in="recommender",
    path="run_wait_conditions",
    columns=(
        columns.NAME,
        state("status", "pending or resolved"),
        in_body("type", DataType.CATEGORY, "what kind of answer is waited for"),
        linked("run", "name of the run that waits"),
        hydrated("question", help="what is asked, may be missing"),
        hydrated("resolution", DataType.CATEGORY, "continue or abort"),
        in_body("resolved_at", DataType.TIME, "when it was answered (UTC)"),
        in_body("last_polled_at", DataType.TIME, "when the run last looked for the answer (UTC)"),
    ),
    ids=(
        linked("run_id", "the run that waits", "run.id", DataType.ID),
        in_body("resolved_by_user_id", DataType.ID, "who answered"),
    ),
    filters=(
        choice("status", "only those in this state", enums.CONDITION_STATUS),
        choice("type", "only those of this kind", enums.CONDITION_TYPES),
        choice("resolution", "only those answered so", enums.CONDITION_RESOLUTION),
        columns.NAME_FILTER,
        columns.USER_FILTER,
        text("pipeline_run", "only those of this run, by name or id"),
        text("resolved_by", "only those answered by this user, by name or id", "workspace-users"),
        time("resolved_at", "only those answered then"),
        columns.RUN_METADATA_FILTER,
    ),
)

PLANNING = (SCHEDULES, SNAPSHOTS, RUN_TEMPLATES, BUILDS, WAIT_CONDITIONS)
