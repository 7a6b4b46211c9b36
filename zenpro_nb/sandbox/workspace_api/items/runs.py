"""Runs and their steps. Their states follow from when they were planned to begin and end, and from the clock."""

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
from zenpro_nb.sandbox.workspace_api.items.logs import log_collection
from zenpro_nb.sandbox.workspace_api.items.models import ModelVersion
from zenpro_nb.sandbox.workspace_api.items.pipelines import Snapshot

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
        self._outcome = outcome
        self._reason = reason
        self._stop_asked: datetime | None = None

    def status(self, now: datetime) -> str:
        """Return the state that the run is in at this moment."""
        if self._stop_asked is not None:
            return STOPPED if now >= self._stop_asked + limits.RUN_STOPPING else STOPPING
        if now < self.created + limits.RUN_STARTING:
            return INITIALIZING
        if self.condition is not None and now >= self.condition.created:
            return PAUSED
        return RUNNING if now < self.ends else self._outcome

    def in_progress(self, now: datetime) -> bool:
        """Return whether the run has not ended yet."""
        return self.status(now) in IN_PROGRESS

    def ended(self, now: datetime) -> datetime | None:
        """Return when it ended, if it has."""
        if self.in_progress(now):
            return None
        return self.ends if self._stop_asked is None else self._stop_asked + limits.RUN_STOPPING

    def stop(self, now: datetime) -> None:
        """Note that somebody wants the run to stop."""
        self._stop_asked = now

    @property
    def cut(self) -> datetime | None:
        """When somebody stopped it, or it began to wait for an answer: what was planned for later does not happen."""
        return self._stop_asked or (self.condition.created if self.condition is not None else None)

    def updated(self, now: datetime) -> datetime:
        """Return when the last of its steps began or ended."""
        changes = [self.created, self._stop_asked or self.created, self.ended(now) or self.created]
        return max(changes + [step.updated(now) for step in self.steps if step.exists(now)])

    def made_of(self, now: datetime) -> Fields:
        """Return what it ran on."""
        return self.snapshot.made_of(now)

    def model(self, now: datetime) -> Item | None:
        """Return the model that it works on."""
        return None if self.model_version is None else self.model_version.model

    def cause(self, now: datetime) -> Fields | None:
        """Return what ended it. Only runs of dynamic pipelines say so themselves (0.98.0, observed)."""
        if not self.snapshot.is_dynamic or self.status(now) != FAILED:
            return None
        return next((step.exception(now) for step in self.steps if step.exception(now)), None)

    def log(self) -> Document:
        """Return where its own logs are kept."""
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
        """Return ZenML's own words for why it is in this state."""
        if status in (STOPPING, STOPPED):
            return "Manual stop requested."
        if status == PAUSED:
            return "Waiting for input."
        return self._reason if status not in IN_PROGRESS else None

    @override
    def metadata(self, now: datetime) -> Fields:
        pipeline, remote = self.snapshot.pipeline, self.snapshot.runnable
        version = self.snapshot.version
        tags = [str(tag.name) for tag in pipeline.tags]
        return {
            "run_metadata": {},
            "config": configurations.pipeline_configuration(str(pipeline.name), tags, pipeline.model, self.created),
            "start_time": self.created,
            "end_time": self.ended(now),
            "client_environment": configurations.environment(version, remote=False),
            "orchestrator_environment": configurations.environment(version, remote=remote),
            "orchestrator_run_id": f"{pipeline.name}-{self.id[:8]}".replace("_", "-"),
            "code_path": None,
            "template_id": self.snapshot.template_id,
            "is_templatable": remote,
            "trigger_info": None,
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
            "tags": self.snapshot.pipeline.tags,
            "log_collection": [self.log()],
            "visualizations": [],
            "trigger": self.trigger,
            "original_run": None,
            "parent_run": None,
            "active_wait_condition": self.condition if paused else None,
            "outputs": {},
        }


class Input:
    """An artifact version as a step takes it: the version itself, and how it came there."""

    def __init__(self, version: Item, index: int) -> None:
        self.version = version
        self.how = {"input_type": "step_output", "index": index, "chunk_index": None, "chunk_size": None}


class StepRun(Item):
    """One step of a run, or one of several tries of it."""

    def __init__(
        self, item_id: str, run: Run, plan: StepPlan, started: datetime, ends: datetime,
        *, outcome: str, version: int = 1, cause: Cause | None = None, original: StepRun | None = None,
    ) -> None:  # fmt: skip
        super().__init__(STEP, item_id, plan.name, started, run.owner, run.project)
        self.run = run
        self.plan = plan
        self.parents: Sequence[StepRun] = ()
        self.made: ArtifactVersion | None = None
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
        """Return the state that the step is in at this moment."""
        if self._stopped(now):
            return STOPPED
        return RUNNING if now < self.ends else self.outcome

    def ended(self, now: datetime) -> datetime | None:
        """Return when the step ended; None while it runs."""
        if self._stopped(now):
            return self.run.cut
        return None if now < self.ends else self.ends

    @override
    def updated(self, now: datetime) -> datetime:
        return self.ended(now) or self.created

    def model(self, now: datetime) -> Item | None:
        """Return the model that it works on."""
        return None if self.model_version is None else self.model_version.model

    def exception(self, now: datetime) -> Fields | None:
        """Return what ended it, if that was an error."""
        if self._cause is None or self.status(now) not in (FAILED, RETRIED):
            return None
        return self._cause.shown(self.plan, self.run.snapshot.pipeline.module)

    def output(self, now: datetime) -> Item | None:
        """Return what it has made, or found in the cache, by then."""
        return self.made if self.status(now) in (COMPLETED, CACHED) else None

    def log(self) -> Document:
        """Return where its logs are kept."""
        return log_collection("step", self, self.run.snapshot.stack.of_type("artifact_store"), is_step=True)

    @property
    def model_version(self) -> ModelVersion | None:
        """The version of a model that it works on: that of the run, where it is the step that makes the model."""
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
        # One key for each step as it is written: that is what lets a result be found again.
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
        taken = [parent.output(now) for parent in self.parents]
        made = self.output(now)
        return {
            "log_collection": [self.log()],
            "model_version": self.model_version,
            "inputs": {
                parent.plan.output: [Input(version, at)]
                for at, (parent, version) in enumerate(zip(self.parents, taken, strict=True))
                if version is not None
            },
            "outputs": {} if made is None else {self.plan.output: [made]},
            "resource_request": None,
        }
