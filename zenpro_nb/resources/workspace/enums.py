"""The values of enumerated fields in a workspace, from the server's own /openapi.json (0.98.0)."""

from __future__ import annotations

RUN_STATUS = (
    "initializing", "provisioning", "queued", "running", "failed", "completed", "cached", "skipped",
    "retrying", "retried", "cancelling", "cancelled", "paused", "resuming", "stopped", "stopping",
)  # fmt: skip
COMPONENT_TYPES = (
    "alerter", "annotator", "artifact_store", "container_registry", "data_validator", "experiment_tracker",
    "feature_store", "image_builder", "log_store", "model_deployer", "orchestrator", "step_operator",
    "model_registry", "deployer", "sandbox",
)  # fmt: skip
ARTIFACT_TYPES = (
    "DataAnalysisArtifact", "DataArtifact", "ModelArtifact", "SchemaArtifact", "ServiceArtifact",
    "StatisticsArtifact", "BaseArtifact",
)  # fmt: skip
DEPLOYMENT_STATUS = ("unknown", "pending", "running", "absent", "error")
DEVICE_STATUS = ("pending", "verified", "active", "locked")
COLORS = (
    "grey", "purple", "red", "green", "yellow", "orange", "lime", "teal", "turquoise", "magenta", "blue",
)  # fmt: skip
TAGGABLE = (
    "artifact", "artifact_version", "model", "model_version", "pipeline", "pipeline_run", "run_template",
    "pipeline_snapshot", "deployment",
)  # fmt: skip
STAGES = ("none", "staging", "production", "archived", "latest")
TRIGGER_TYPES = ("schedule", "platform_event", "webhook")
TRIGGER_FLAVORS = ("native schedule", "platform event", "webhook")
TRIGGER_CONCURRENCY = ("skip", "submit")
REQUEST_STATUS = (
    "pending", "allocated", "preempting", "preempted", "cancelled", "rejected", "released", "expired",
    "no_matching_pool",
)  # fmt: skip
RECLAIM_TOLERANCE = ("none", "coordinated", "any")
CONDITION_TYPES = ("external_input",)
CONDITION_STATUS = ("pending", "resolved")
CONDITION_RESOLUTION = ("continue", "abort")
