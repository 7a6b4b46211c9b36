"""Objects that runs create and serve: models, artifacts, services, deployments, and the triggers that start runs."""

from __future__ import annotations

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

_LATEST = (
    link("latest_version", "name of its latest version", "latest_version_name"),
    columns.TAGS,
)
_LATEST_ID = link("latest_version_id", "id of its latest version", "latest_version_id", DataType.ID)
_MODEL_FILTER = text("model", "filter by model, by name or ID", "models")

MODELS = workspace_list(
    "models",
    "List models, newest first.",
    sample="churn",
    columns=(
        columns.NAME,
        *_LATEST,
        columns.DESCRIPTION,
        when_hydrated("license", help="free text; may be missing"),
        when_hydrated("audience", help="intended audience"),
        when_hydrated("use_cases", help="intended use"),
        when_hydrated("limitations", help="known limitations"),
        when_hydrated("trade_offs", help="known trade-offs"),
        when_hydrated("ethics", help="ethical considerations"),
        when_hydrated(
            "save_models_to_registry", DataType.BOOL, "whether its artifacts are also saved in the model registry"
        ),
    ),
    ids=(_LATEST_ID,),
    filters=(columns.NAME_FILTER, columns.USER_FILTER, columns.TAGS_FILTER),
)

MODEL_VERSIONS = workspace_list(
    "model-versions",
    "List versions of models, newest first.",
    columns=(
        Column("model", path="body.model.name", help="name of the model"),
        columns.NAME,
        in_body("number", DataType.COUNT, "version number"),
        in_body("stage", DataType.CATEGORY, "staging, production, archived; missing for none"),
        columns.TAGS,
        columns.DESCRIPTION,
        columns.RUN_METADATA,
    ),
    ids=(Column("model_id", DataType.ID, "body.model.id", "the model"),),
    filters=(
        _MODEL_FILTER,
        choice("stage", "filter by stage", enums.STAGES),
        number("number", "filter by version number"),
        columns.NAME_FILTER,
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        columns.RUN_METADATA_FILTER,
    ),
)

ARTIFACTS = workspace_list(
    "artifacts",
    "List artifacts, newest first.",
    sample="churn_scores",
    columns=(columns.NAME, *_LATEST, when_hydrated("has_custom_name", DataType.BOOL, "whether it has a custom name")),
    ids=(_LATEST_ID,),
    filters=(
        columns.NAME_FILTER,
        flag("has_custom_name", "list only artifacts with a custom name, or only those without one"),
        columns.USER_FILTER,
        columns.TAGS_FILTER,
    ),
)

ARTIFACT_VERSIONS = workspace_list(
    "artifact-versions",
    "List versions of artifacts, newest first.",
    columns=(
        Column("artifact", path="body.artifact.name", help="name of the artifact"),
        in_body("version", help="number or name of the version"),
        in_body("type", DataType.CATEGORY, "DataArtifact, ModelArtifact …"),
        Column("data_type", path="body.data_type.attribute", help="Python class of the data"),
        in_body("save_type", DataType.CATEGORY, "step_output, manual, preexisting, external"),
        in_body("item_count", DataType.COUNT, "number of items in it"),
        in_body("content_hash", help="hash of its data, if the store can compute one"),
        in_body("uri", help="storage address"),
        columns.TAGS,
        columns.RUN_METADATA,
    ),
    ids=(
        Column("artifact_id", DataType.ID, "body.artifact.id", "the artifact"),
        in_body("artifact_store_id", DataType.ID, "the component that stores it"),
        link("producer_pipeline_run_id", "the run that created it", "producer_pipeline_run_id", DataType.ID),
        link("producer_step_run_id", "the step that created it", "producer_step_run_id", DataType.ID),
    ),
    filters=(
        text("artifact", "filter by artifact, by name or ID", "artifacts"),
        choice("type", "filter by type", enums.ARTIFACT_TYPES),
        text("version", "filter by version"),
        number("version_number", "filter by version number"),
        text("model", "filter by model, by name or ID", "models"),
        text("pipeline_run", "filter by run, by name or ID"),
        text("uri", "filter by storage address"),
        text("data_type", "filter by Python class of the data"),
        text("materializer", "filter by materializer class"),
        flag("only_unused", "list only versions that are not used by any run or model"),
        flag("has_custom_name", "list only versions with a custom name, or only those without one"),
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        columns.RUN_METADATA_FILTER,
        key("artifact_id", "filter by artifact"),
        key("artifact_store_id", "filter by artifact store"),
        key("model_version_id", "filter by model version"),
    ),
    label="artifact",
)

SERVICES = workspace_list(
    "services",
    "List services that serve models, newest first. Their configuration is never shown, because it may "
    "contain credentials.",
    sample="churn-api",
    columns=(
        columns.NAME,
        state("state", "active, inactive, error …"),
        Column("type", DataType.CATEGORY, "body.service_type.type", "model-serving …"),
        Column("flavor", DataType.CATEGORY, "body.service_type.flavor", "mlflow, bentoml …"),
        link("pipeline_run", "name of the run that started it"),
        link("model_version", "version of the served model"),
        when_hydrated("admin_state", DataType.CATEGORY, "requested state"),
        when_hydrated("prediction_url", help="address for predictions"),
        when_hydrated("health_check_url", help="address for health checks"),
    ),
    ids=(
        link("pipeline_run_id", "the run that started it", "pipeline_run.id", DataType.ID),
        link("model_version_id", "the served model version", "model_version.id", DataType.ID),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("running", "list only running services, or only stopped ones"),
        text("type", "filter by type"),
        text("flavor", "filter by flavor"),
        text("pipeline_name", "filter by pipeline", "pipelines"),
        text("pipeline_step_name", "filter by step"),
        columns.USER_FILTER,
        key("model_version_id", "filter by served model version"),
        key("pipeline_run_id", "filter by the run that started it"),
    ),
    secrets=(
        "metadata.config",
        "metadata.status",
        "metadata.endpoint",
    ),
)

DEPLOYMENTS = workspace_list(
    "deployments",
    "List deployments of pipelines, newest first. Their keys are never shown.",
    sample="churn_batch_scoring-live",
    columns=(
        columns.NAME,
        state("status", "running, pending, absent, error, unknown"),
        in_body("url", help="address of the deployment"),
        link("pipeline", "name of the pipeline"),
        link("stack", "name of the stack"),
        link("deployer", "name of the component that deploys it"),
        columns.TAGS,
    ),
    ids=(
        link("snapshot_id", "the deployed snapshot", "snapshot.id", DataType.ID),
        link("pipeline_id", "the pipeline", "pipeline.id", DataType.ID),
    ),
    filters=(
        columns.NAME_FILTER,
        choice("status", "filter by state", enums.DEPLOYMENT_STATUS),
        text("url", "filter by address"),
        columns.PIPELINE_FILTER,
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        key("snapshot_id", "filter by snapshot"),
        key("deployer_id", "filter by deployer"),
    ),
    secrets=("auth_key",),
)

TRIGGERS = workspace_list(
    "triggers",
    "List triggers, which start runs automatically. Archived triggers are listed only with --is-archived.",
    sample="churn_drift_report_daily",
    columns=(
        in_body("name", help="name"),
        in_body("type", DataType.CATEGORY, "schedule, platform_event, webhook"),
        in_body("flavor", DataType.CATEGORY, "native schedule, platform event, webhook"),
        in_body("active", DataType.BOOL, "whether it starts runs"),
        in_body("concurrency", DataType.CATEGORY, "action if a run is already in progress: skip or submit"),
        in_body("cron_expression", help="schedule as a cron expression"),
        seconds(in_body("interval", DataType.COUNT, "interval between two runs in seconds, if it has one")),
        columns.STARTED,
        columns.ENDED,
        in_body("run_once_start_time", DataType.TIME, "start of its only run (UTC)"),
        in_body("next_occurrence", DataType.TIME, "time of the next run (UTC)"),
        in_body("max_runs", DataType.COUNT, "maximum number of runs"),
        in_body("is_archived", DataType.BOOL, "whether it is archived"),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("active", "list only active triggers, or only inactive ones"),
        flag("is_archived", "list only archived triggers (the server's default: no)"),
        choice("type", "filter by type", enums.TRIGGER_TYPES),
        choice("flavor", "filter by flavor", enums.TRIGGER_FLAVORS),
        choice("concurrency", "filter by what happens if a run is already in progress", enums.TRIGGER_CONCURRENCY),
        time("next_occurrence", "filter by time of the next run"),
        columns.USER_FILTER,
        key("pipeline_id", "filter by pipeline"),
        key("snapshot_id", "filter by snapshot"),
        key("webhook_id", "filter by webhook"),
    ),
)

MAKING = (MODELS, MODEL_VERSIONS, ARTIFACTS, ARTIFACT_VERSIONS, SERVICES, DEPLOYMENTS, TRIGGERS)
