"""Runs and their steps. Their states are computed from their planned start and end times and the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from typing_extensions import override

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items import configurations
from zenpro_nb.sandbox.workspace_api.items.artifacts import ArtifactVersion
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Document, Fields, Item
from zenpro_nb.sandbox.workspace_api.items.causes import Cause
from zenpro_nb.sandbox.workspace_api.items.configurations import StepPlan
from zenpro_nb.sandbox.workspace_api.items.log_collections import log_collection
from zenpro_nb.sandbox.workspace_api.items.models import ModelVersion
from zenpro_nb.sandbox.workspace_api.items.pipelines import Snapshot
from zenpro_nb.sandbox.workspace_api.items.stacks import Tag

RUN: DataType[Run] = DataType("pipeline run", "pipeline_run", scoped=True)
STEP: DataType[StepRun] = DataType("step run", scoped=True)

INITIALIZING, RUNNING, PAUSED = "initializing", "running", "paused"
COMPLETED, FAILED, CACHED, RETRIED = "completed", "failed", "cached", "retried"
STOPPING, STOPPED = "stopping", "stopped"
MODEL_ARTIFACT = "ModelArtifact"
IN_PROGRESS = frozenset({INITIALIZING, RUNNING, PAUSED, STOPPING})


class Run(Item):
    """One run of a pipeline."""

    def __init__(
        self, item_id: str, created: datetime, owner: Item, snapshot: Snapshot,
        *, index: int, outcome: str, reason: str | None = None, trigger: Item | None = None,
        model_version: ModelVersion | None = None,
    ) -> None:  # fmt: skip
        stamp = created.strftime("%Y_%m_%d-%H_%M_%S_%f")
        super().__init__(RUN, item_id, f"{snapshot.pipeline.name}-{stamp}", created, owner, snapshot.project)
        self.snapshot = snapshot
        self.index = index
        self.trigger = trigger
        self.model_version = model_version
        self.steps: list[StepRun] = []
        self.condition: Item | None = None
        self.ends = created
        # The deployment that it is an invocation of.
        self.deployment: Item | None = None
        self.start_time: datetime | None = created
        self.tags: Sequence[Tag] = snapshot.pipeline.tags
        self.run_metadata: Fields = {}
        self.logged = created  # when the metadata was logged
        self._outcome = outcome
        self._reason = reason
        self._stop_requested: datetime | None = None

    def status(self, now: datetime) -> str:
        """Return the status of the run at this time."""
        if self._stop_requested is not None:
            return STOPPED if now >= self._stop_requested + limits.RUN_STOPPING else STOPPING
        if now < self.created + limits.RUN_STARTING:
            return INITIALIZING
        if self.condition is not None and now >= self.condition.created:
            return PAUSED
        return RUNNING if now < self.ends else self._outcome

    def in_progress(self, now: datetime) -> bool:
        """Return whether the run has not ended yet."""
        return self.status(now) in IN_PROGRESS

    def ended(self, now: datetime) -> datetime | None:
        """Return when it ended, or None if it is in progress."""
        if self.in_progress(now):
            return None
        return self.ends if self._stop_requested is None else self._stop_requested + limits.RUN_STOPPING

    def stop(self, now: datetime) -> None:
        """Record a request to stop the run."""
        self._stop_requested = now

    @property
    def cut(self) -> datetime | None:
        """When it was stopped or began to wait for an answer. Anything planned after that does not happen."""
        return self._stop_requested or (self.condition.created if self.condition is not None else None)

    def updated(self, now: datetime) -> datetime:
        """Return when the run or any of its steps last changed."""
        changes = [self.created, self._stop_requested or self.created, self.ended(now) or self.created]
        return max(changes + [step.updated(now) for step in self.steps if step.exists(now)])

    def made_of(self, now: datetime) -> Fields:
        """Return the stack, components and code repository that it uses."""
        return self.snapshot.made_of(now)

    def model(self, now: datetime) -> Item | None:
        """Return the model of its model version."""
        return None if self.model_version is None else self.model_version.model

    def logged_metadata(self, now: datetime) -> Fields:
        """Return the metadata that has been logged at this time."""
        return self.run_metadata if self.logged <= now else {}

    def invoked_deployment(self, now: datetime) -> Item | None:
        """Return the deployment that it is an invocation of."""
        return self.deployment

    def cause(self, now: datetime) -> Fields | None:
        """Return the exception that ended it. Only runs of dynamic pipelines show it (0.98.0, observed)."""
        if not self.snapshot.is_dynamic or self.status(now) != FAILED:
            return None
        return next((step.exception(now) for step in self.steps if step.exception(now)), None)

    def log(self) -> Document:
        """Return the location of its own logs."""
        return log_collection("orchestrator", self, self.snapshot.stack.of_type("artifact_store"), is_step=False)

    @override
    def own_body(self, now: datetime) -> Fields:
        status = self.status(now)
        return {
            "status": status,
            "in_progress": status in IN_PROGRESS,
            "status_reason": self._status_reason(status),
            "index": self.index,
            "pipeline_id": self.snapshot.pipeline.id,
            "child_key": None,
            "root_run_id": None,
        }

    def _status_reason(self, status: str) -> str | None:
        """Return ZenML's own reason for this status."""
        if status in (STOPPING, STOPPED):
            return "Manual stop requested."
        if status == PAUSED:
            return "Waiting for input."
        return self._reason if status not in IN_PROGRESS else None

    @override
    def metadata(self, now: datetime) -> Fields:
        pipeline, remote, deployment = self.snapshot.pipeline, self.snapshot.runnable, self.deployment
        version = self.snapshot.version
        tags = [str(tag.name) for tag in pipeline.tags]
        return {
            "run_metadata": self.logged_metadata(now),
            "config": configurations.pipeline_configuration(str(pipeline.name), tags, pipeline.model, self.created),
            "start_time": self.start_time,
            "end_time": self.ended(now),
            "client_environment": configurations.environment(version, remote=False),
            "orchestrator_environment": configurations.environment(version, remote=remote),
            "orchestrator_run_id": f"{pipeline.name}-{self.id[:8]}".replace("_", "-"),
            "code_path": None,
            "template_id": self.snapshot.template_id,
            "is_templatable": remote,
            "trigger_info": deployment and {"step_run_id": None, "deployment_id": deployment.id},
            "enable_heartbeat": True,
            "exception_info": self.cause(now),
            "trigger_execution_info": None,
        }

    @override
    def own_resources(self, now: datetime) -> Fields:
        paused = self.status(now) == PAUSED
        return {
            "snapshot": self.snapshot,
            "source_snapshot": self.snapshot.source,
            "stack": self.snapshot.stack,
            "pipeline": self.snapshot.pipeline,
            "build": self.snapshot.build,
            "schedule": self.snapshot.schedule,
            "code_reference": self.snapshot.code,
            "model_version": self.model_version,
            "tags": self.tags,
            "log_collection": [self.log()],
            "visualizations": [],
            "trigger": self.trigger,
            "original_run": None,
            "parent_run": None,
            "active_wait_condition": self.condition if paused else None,
            "outputs": {},
        }


class Input:
    """An artifact version as an input of a step, with the source of the input."""

    def __init__(self, version: Item, index: int) -> None:
        self.version = version
        self.how = {"input_type": "step_output", "index": index, "chunk_index": None, "chunk_size": None}


class StepRun(Item):
    """One step of a run, or one of several attempts at it."""

    def __init__(
        self, item_id: str, run: Run, plan: StepPlan, started: datetime, ends: datetime,
        *, outcome: str, version: int = 1, cause: Cause | None = None, original: StepRun | None = None,
    ) -> None:  # fmt: skip
        super().__init__(STEP, item_id, plan.name, started, run.owner, run.project)
        self.run = run
        self.plan = plan
        self.parents: Sequence[StepRun] = ()
        self.result: ArtifactVersion | None = None
        self.ends = ends
        self.version = version
        self.original = original
        self.metrics: Fields = {}
        self.outcome = outcome
        self._cause = cause

    @override
    def guard(self) -> Item:
        return self.run

    @override
    def exists(self, now: datetime) -> bool:
        cut = self.run.cut
        return self.created <= now and (cut is None or self.created < cut)

    def _stopped(self, now: datetime) -> bool:
        cut = self.run.cut
        return cut is not None and cut <= now and cut < self.ends

    def status(self, now: datetime) -> str:
        """Return the status of the step at this time."""
        if self._stopped(now):
            return STOPPED
        return RUNNING if now < self.ends else self.outcome

    def ended(self, now: datetime) -> datetime | None:
        """Return when the step ended, or None while it is running."""
        if self._stopped(now):
            return self.run.cut
        return None if now < self.ends else self.ends

    @override
    def updated(self, now: datetime) -> datetime:
        return self.ended(now) or self.created

    def model(self, now: datetime) -> Item | None:
        """Return the model of its model version."""
        return None if self.model_version is None else self.model_version.model

    def exception(self, now: datetime) -> Fields | None:
        """Return the exception that ended it, if any."""
        if self._cause is None or self.status(now) not in (FAILED, RETRIED):
            return None
        return self._cause.exception_info(self.plan, self.run.snapshot.pipeline.module)

    def output(self, now: datetime) -> Item | None:
        """Return the output that it has created or found in the cache at this time."""
        return self.result if self.status(now) in (COMPLETED, CACHED) else None

    def log(self) -> Document:
        """Return the location of its logs."""
        return log_collection("step", self, self.run.snapshot.stack.of_type("artifact_store"), is_step=True)

    @property
    def model_version(self) -> ModelVersion | None:
        """The model version of the run, if this is the step that creates the model."""
        return self.run.model_version if self.plan.artifact_type == MODEL_ARTIFACT else None

    @override
    def own_body(self, now: datetime) -> Fields:
        return {
            "type": None,
            "status": self.status(now),
            "version": self.version,
            "is_retriable": False,
            "start_time": self.created,
            "end_time": self.ended(now),
            "latest_heartbeat": None,
            "model_version_id": None if self.model_version is None else self.model_version.id,
            "resource_request_id": None,
            "substitutions": configurations.substitutions(self.run.created),
            "heartbeat_threshold": None,
        }

    @override
    def metadata(self, now: datetime) -> Fields:
        pipeline = self.run.snapshot.pipeline
        outputs = {plan.name: plan.output for plan in pipeline.plans.values()}
        # One key per definition of a step: a cached result is found by this key.
        key = uuid5(NAMESPACE_OID, f"{pipeline.id}/{self.plan.name}").hex
        return {
            "config": configurations.step_configuration(self.plan, self.run.created),
            "spec": configurations.step_spec(self.plan, pipeline.module, outputs),
            "cache_key": key,
            "cache_expires_at": None,
            "code_hash": key[::-1],
            "docstring": None,
            "source_code": self.plan.code(),
            "exception_info": self.exception(now),
            "snapshot_id": self.run.snapshot.id,
            "pipeline_run_id": self.run.id,
            "original_step_run_id": self.original.id if self.original else None,
            "parent_step_ids": [parent.id for parent in self.parents],
            "run_metadata": self.metrics if self.output(now) is not None else {},
        }

    @override
    def own_resources(self, now: datetime) -> Fields:
        inputs = [parent.output(now) for parent in self.parents]
        output = self.output(now)
        return {
            "log_collection": [self.log()],
            "model_version": self.model_version,
            "inputs": {
                parent.plan.output: [Input(version, index)]
                for index, (parent, version) in enumerate(zip(self.parents, inputs, strict=True))
                if version is not None
            },
            "outputs": {} if output is None else {self.plan.output: [output]},
            "resource_request": None,
        }
