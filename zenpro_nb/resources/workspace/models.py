"""What runs make and serve: models, artifacts, services, deployments, and what starts runs by itself."""

from __future__ import annotations

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

_LATEST = (
    linked("latest_version", "its latest version", "latest_version_name"),
    columns.TAGS,
)
_LATEST_ID = linked("latest_version_id", "its latest version", "latest_version_id", DataType.ID)
_MODEL_FILTER = text("model", "only those of this model, by name or id", "models")

MODELS = listed(
    "models",
    "Models, the newest first.",
    sample="churn",
    columns=(
        columns.NAME,
        *_LATEST,
        columns.DESCRIPTION,
        hydrated("license", help="may be missing"),
        hydrated("audience", help="whom it is for"),
        hydrated("use_cases", help="what it is for"),
        hydrated("limitations", help="what it cannot do"),
        hydrated("trade_offs", help="what was weighed against what"),
        hydrated("ethics", help="what it may do to people"),
        hydrated("save_models_to_registry", DataType.BOOL, "its artifacts go to the model registry too"),
    ),
    ids=(_LATEST_ID,),
    filters=(columns.NAME_FILTER, columns.USER_FILTER, columns.TAGS_FILTER),
)

MODEL_VERSIONS = listed(
    "model-versions",
    "Versions of models, the newest first.",
    columns=(
        Column("model", path="body.model.name", help="name of the model"),
        columns.NAME,
        in_body("number", DataType.COUNT, "number of the version"),
        in_body("stage", DataType.CATEGORY, "staging, production, archived; missing for none"),
        columns.TAGS,
        columns.DESCRIPTION,
        columns.RUN_METADATA,
    ),
    ids=(Column("model_id", DataType.ID, "body.model.id", "the model"),),
    filters=(
        _MODEL_FILTER,
        choice("stage", "only those in this stage", enums.STAGES),
        number("number", "only the version of this number"),
        columns.NAME_FILTER,
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        columns.RUN_METADATA_FILTER,
    ),
)

ARTIFACTS = listed(
    "artifacts",
    "Artifacts, the newest first.",
    sample="churn_scores",
    columns=(columns.NAME, *_LATEST, hydrated("has_custom_name", DataType.BOOL, "somebody has named it")),
    ids=(_LATEST_ID,),
    filters=(
        columns.NAME_FILTER,
        flag("has_custom_name", "only those that somebody has named (or, with no, others)"),
        columns.USER_FILTER,
        columns.TAGS_FILTER,
    ),
)

ARTIFACT_VERSIONS = listed(
    "artifact-versions",
    "Versions of artifacts, the newest first.",
    columns=(
        Column("artifact", path="body.artifact.name", help="name of the artifact"),
        in_body("version", help="number or name of the version"),
        in_body("type", DataType.CATEGORY, "DataArtifact, ModelArtifact …"),
        Column("data_type", path="body.data_type.attribute", help="Python class of the data"),
        in_body("save_type", DataType.CATEGORY, "step_output, manual, preexisting, external"),
        in_body("item_count", DataType.COUNT, "number of items in it"),
        in_body("content_hash", help="of its data, where the store can tell"),
        in_body("uri", help="where it is stored"),
        columns.TAGS,
        columns.RUN_METADATA,
    ),
    ids=(
        Column("artifact_id", DataType.ID, "body.artifact.id", "the artifact"),
        in_body("artifact_store_id", DataType.ID, "the component that stores it"),
        linked("producer_pipeline_run_id", "the run that made it", "producer_pipeline_run_id", DataType.ID),
        linked("producer_step_run_id", "the step that made it", "producer_step_run_id", DataType.ID),
    ),
    filters=(
        text("artifact", "only those of this artifact, by name or id", "artifacts"),
        choice("type", "only those of this type", enums.ARTIFACT_TYPES),
        text("version", "only this version"),
        number("version_number", "only the version of this number"),
        text("model", "only those of this model, by name or id", "models"),
        text("pipeline_run", "only those of this run, by name or id"),
        text("uri", "only the one stored there"),
        text("data_type", "only those of this Python class"),
        text("materializer", "only those that this class has stored"),
        flag("only_unused", "only those that no run and no model uses"),
        flag("has_custom_name", "only those that somebody has named (or, with no, others)"),
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        columns.RUN_METADATA_FILTER,
        key("artifact_id", "only those of this artifact"),
        key("artifact_store_id", "only those in this store"),
        key("model_version_id", "only those of this version of a model"),
    ),
    label="artifact",
)

SERVICES = listed(
    "services",
    "Services that serve models, the newest first. Never their configuration, which may hold credentials.",
    sample="churn-api",
    columns=(
        columns.NAME,
        state("state", "active, inactive, error …"),
        Column("type", DataType.CATEGORY, "body.service_type.type", "model-serving …"),
        Column("flavor", DataType.CATEGORY, "body.service_type.flavor", "mlflow, bentoml …"),
        linked("pipeline_run", "name of the run that started it"),
        linked("model_version", "version of the model that it serves"),
        hydrated("admin_state", DataType.CATEGORY, "the state that is wanted"),
        hydrated("prediction_url", help="where it answers"),
        hydrated("health_check_url", help="where it says how it is"),
    ),
    ids=(
        linked("pipeline_run_id", "the run that started it", "pipeline_run.id", DataType.ID),
        linked("model_version_id", "the version of the model that it serves", "model_version.id", DataType.ID),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("running", "only those that run (or, with no, do not)"),
        text("type", "only those of this type"),
        text("flavor", "only those of this flavor"),
        text("pipeline_name", "only those of this pipeline", "pipelines"),
        text("pipeline_step_name", "only those of this step"),
        columns.USER_FILTER,
        key("model_version_id", "only those that serve this version of a model"),
        key("pipeline_run_id", "only those that this run started"),
    ),
    secrets=(
        "metadata.config",
        "metadata.status",
        "metadata.endpoint",
    ),
)

DEPLOYMENTS = listed(
    "deployments",
    "Deployments of pipelines, the newest first. Never the keys that they are called with.",
    sample="churn_batch_scoring-live",
    columns=(
        columns.NAME,
        state("status", "running, pending, absent, error, unknown"),
        in_body("url", help="where it answers"),
        linked("pipeline", "name of the pipeline"),
        linked("stack", "name of the stack"),
        linked("deployer", "name of the component that deploys it"),
        columns.TAGS,
    ),
    ids=(
        linked("snapshot_id", "the snapshot that is deployed", "snapshot.id", DataType.ID),
        linked("pipeline_id", "the pipeline", "pipeline.id", DataType.ID),
    ),
    filters=(
        columns.NAME_FILTER,
        choice("status", "only those in this state", enums.DEPLOYMENT_STATUS),
        text("url", "only the one at this address"),
        columns.PIPELINE_FILTER,
        columns.USER_FILTER,
        columns.TAGS_FILTER,
        key("snapshot_id", "only those of this snapshot"),
        key("deployer_id", "only those that this component deploys"),
    ),
    secrets=("auth_key",),
)

TRIGGERS = listed(
    "triggers",
    "Triggers, which start runs by themselves. Archived ones only with --is-archived.",
    sample="churn_drift_report_daily",
    columns=(
        in_body("name", help="name"),
        in_body("type", DataType.CATEGORY, "schedule, platform_event, webhook"),
        in_body("flavor", DataType.CATEGORY, "native schedule, platform event, webhook"),
        in_body("active", DataType.BOOL, "starts runs"),
        in_body("concurrency", DataType.CATEGORY, "what happens while a run of it runs: skip or submit"),
        in_body("cron_expression", help="when it starts runs, as cron writes it"),
        seconds(in_body("interval", DataType.COUNT, "seconds between two runs, where it counts them")),
        columns.STARTED,
        columns.ENDED,
        in_body("run_once_start_time", DataType.TIME, "when its only run begins (UTC)"),
        in_body("next_occurrence", DataType.TIME, "when it starts the next run (UTC)"),
        in_body("max_runs", DataType.COUNT, "most runs that it starts"),
        in_body("is_archived", DataType.BOOL, "kept for the record only"),
    ),
    filters=(
        columns.NAME_FILTER,
        flag("active", "only those that start runs (or, with no, do not)"),
        flag("is_archived", "only archived ones (the server's default: no)"),
        choice("type", "only those of this type", enums.TRIGGER_TYPES),
        choice("flavor", "only those of this flavor", enums.TRIGGER_FLAVORS),
        choice("concurrency", "only those that do so while a run of theirs runs", enums.TRIGGER_CONCURRENCY),
        time("next_occurrence", "only those that start a run then"),
        columns.USER_FILTER,
        key("pipeline_id", "only those of this pipeline"),
        key("snapshot_id", "only those of this snapshot"),
        key("webhook_id", "only those of this webhook"),
    ),
)

MAKING = (MODELS, MODEL_VERSIONS, ARTIFACTS, ARTIFACT_VERSIONS, SERVICES, DEPLOYMENTS, TRIGGERS)
