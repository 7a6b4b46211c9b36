"""Objects that runs are created from and wait for: snapshots, run templates, schedules, builds, wait conditions."""

from __future__ import annotations

from msgspec.structs import replace

from zenpro_nb.resources.model import Column, DataType
from zenpro_nb.resources.workspace import columns, enums
from zenpro_nb.resources.workspace.columns import (
    choice,
    flag,
    in_body,
    key,
    link,
    number,
    seconds,
    state,
    text,
    time,
    when_hydrated,
    workspace_list,
)

SCHEDULES = workspace_list(
    "schedules",
    "List schedules of pipelines, newest first.",
    sample="churn_batch_scoring_schedule",
    columns=(
        columns.NAME,
        in_body("active", DataType.BOOL, "whether it starts runs"),
        in_body("cron_expression", help="schedule as a cron expression"),
        seconds(in_body("interval_second", DataType.FLOAT, "interval between two runs in seconds, if it has one")),
        columns.STARTED,
        columns.ENDED,
        in_body("catchup", DataType.BOOL, "whether it catches up on missed runs"),
        in_body("run_once_start_time", DataType.TIME, "start of its only run (UTC)"),
        in_body("is_archived", DataType.BOOL, "whether it is archived"),
    ),
    ids=(
        when_hydrated("pipeline_id", DataType.ID, "the pipeline"),
        when_hydrated("orchestrator_id", DataType.ID, "the orchestrator of its runs"),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("active", "list only active schedules, or only inactive ones"),
        columns.USER_FILTER,
        text("cron_expression", "filter by cron expression"),
        number("interval_second", "filter by interval in seconds"),
        columns.START_FILTER,
        columns.END_FILTER,
        flag("catchup", "list only schedules that catch up on missed runs, or only those that do not"),
        time("run_once_start_time", "filter by start of the only run"),
        flag("is_archived", "list only archived schedules, or only those that are not archived"),
        key("pipeline_id", "filter by pipeline"),
        key("orchestrator_id", "filter by orchestrator"),
    ),
)

# Deprecated upstream, and all that older servers have: `snapshots` lists both.
KIND = Column("kind", DataType.CATEGORY, help="snapshot, or run template on older servers", computed=True)
SNAPSHOTS = workspace_list(
    "snapshots",
    "List pipeline snapshots and run templates, newest first. Runs are started from them; most have no name.",
    path="pipeline_snapshots",
    columns=(
        columns.NAME,
        KIND,
        link("pipeline", "name of the pipeline"),
        link("stack", "name of the stack"),
        in_body("runnable", DataType.BOOL, "whether it can be run from here"),
        in_body("deployable", DataType.BOOL, "whether it can be deployed"),
        in_body("is_dynamic", DataType.BOOL, "whether its steps are decided during the run"),
        columns.LATEST_RUN_STATUS,
        link("deployment", "name of its deployment"),
        link("schedule", "name of its schedule"),
        columns.TAGS,
        columns.DESCRIPTION,
        when_hydrated("client_version", help="client version that created it"),
        when_hydrated("server_version", help="server version at that time"),
        when_hydrated("run_name_template", help="name pattern of its runs"),
    ),
    ids=(
        in_body("pipeline_id", DataType.ID, "the pipeline"),
        link("stack_id", "the stack", "stack.id", DataType.ID),
        link("latest_run_id", "id of its latest run", "latest_run_id", DataType.ID),
        when_hydrated("source_snapshot_id", DataType.ID, "the snapshot that it was created from"),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("named_only", "list only snapshots with a name"),
        columns.PIPELINE_FILTER,
        columns.STACK_FILTER,
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        flag("runnable", "list only snapshots that can be run from here"),
        flag("deployable", "list only snapshots that can be deployed"),
        flag("deployed", "list only deployed snapshots"),
        key("build_id", "filter by build"),
        key("schedule_id", "filter by schedule"),
        key("source_snapshot_id", "filter by the snapshot that it was created from"),
        key("trigger_id", "filter by trigger"),
    ),
)

RUN_TEMPLATES = workspace_list(
    "run-templates",
    "List run templates, newest first. Older servers have them in place of named snapshots.",
    parent="snapshots",
    columns=(
        columns.NAME,
        link("pipeline", "name of the pipeline"),
        in_body("runnable", DataType.BOOL, "whether it can be run from here"),
        in_body("hidden", DataType.BOOL, "whether the dashboard hides it"),
        columns.LATEST_RUN_STATUS,
        columns.TAGS,
        columns.DESCRIPTION,
    ),
    ids=(
        link("latest_run_id", "id of its latest run", "latest_run_id", DataType.ID),
        link("source_snapshot_id", "the snapshot that it runs", "source_snapshot.id", DataType.ID),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("hidden", "list only hidden templates, or only visible ones"),
        columns.PIPELINE_FILTER,
        columns.STACK_FILTER,
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        key("pipeline_id", "filter by pipeline"),
        key("stack_id", "filter by stack"),
        key("build_id", "filter by build"),
        key("code_repository_id", "filter by code repository"),
    ),
)
# A run template as a row of `snapshots`: its records have the same fields, and lack some.
_SHARED_FILTERS = {filter_.name for filter_ in RUN_TEMPLATES.filters}
TEMPLATES_AS_SNAPSHOTS = replace(
    RUN_TEMPLATES,
    columns=SNAPSHOTS.columns,
    filters=tuple(filter_ for filter_ in SNAPSHOTS.filters if filter_.name in _SHARED_FILTERS),
)

BUILDS = workspace_list(
    "builds",
    "List container builds of pipelines, newest first.",
    path="pipeline_builds",
    columns=(
        when_hydrated("pipeline", help="name of the pipeline", field="pipeline.name"),
        when_hydrated("stack", help="name of the stack", field="stack.name"),
        when_hydrated("zenml_version", help="ZenML version in the images"),
        when_hydrated("python_version", help="Python version in the images"),
        when_hydrated("is_local", DataType.BOOL, "whether its images are on one machine only"),
        when_hydrated("contains_code", DataType.BOOL, "whether its images contain the code"),
        seconds(when_hydrated("duration", DataType.COUNT, "duration in seconds")),
        when_hydrated("checksum", help="checksum of its inputs"),
    ),
    ids=(
        Column("pipeline_id", DataType.ID, "metadata.pipeline.id", "the pipeline"),
        Column("stack_id", DataType.ID, "metadata.stack.id", "the stack"),
    ),
    filters=(
        columns.USER_FILTER,
        flag("is_local", "list only local builds, or only remote ones"),
        flag("contains_code", "list only builds that contain the code, or only those that do not"),
        text("zenml_version", "filter by version of zenml"),
        text("python_version", "filter by version of Python"),
        number("duration", "filter by duration in seconds"),
        text("checksum", "filter by checksum"),
        text("stack_checksum", "filter by checksum of the stack"),
        key("pipeline_id", "filter by pipeline"),
        key("stack_id", "filter by stack"),
        key("container_registry_id", "filter by container registry"),
    ),
    label="id",
)

WAIT_CONDITIONS = workspace_list(
    "wait-conditions",
    "List the wait conditions of paused runs, newest first.",
    sample_in="recommender",
    path="run_wait_conditions",
    columns=(
        columns.NAME,
        state("status", "pending or resolved"),
        in_body("type", DataType.CATEGORY, "type of the expected answer"),
        link("run", "name of the waiting run"),
        when_hydrated("question", help="question; may be missing"),
        when_hydrated("resolution", DataType.CATEGORY, "continue or abort"),
        in_body("resolved_at", DataType.TIME, "time of the answer (UTC)"),
        in_body("last_polled_at", DataType.TIME, "time when the run last checked for the answer (UTC)"),
    ),
    ids=(
        link("run_id", "the waiting run", "run.id", DataType.ID),
        in_body("resolved_by_user_id", DataType.ID, "the user who answered"),
    ),
    filters=(
        choice("status", "filter by state", enums.CONDITION_STATUS),
        choice("type", "filter by type", enums.CONDITION_TYPES),
        choice("resolution", "filter by answer", enums.CONDITION_RESOLUTION),
        columns.NAME_FILTER,
        columns.USER_FILTER,
        text("pipeline_run", "filter by run, by name or ID"),
        text("resolved_by", "filter by the user who answered, by name or ID", "workspace-users"),
        time("resolved_at", "filter by time of the answer"),
        columns.RUN_METADATA_FILTER,
    ),
)

PLANNING = (SCHEDULES, SNAPSHOTS, RUN_TEMPLATES, BUILDS, WAIT_CONDITIONS)
