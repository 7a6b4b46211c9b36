"""Pipelines, and the resources that their runs use: snapshots, builds, schedules and templates."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from typing_extensions import override

from zenpro_nb.sandbox.workspace_api.items import configurations
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Fields, Item
from zenpro_nb.sandbox.workspace_api.items.configurations import StepPlan
from zenpro_nb.sandbox.workspace_api.items.stacks import Stack, Tag

if TYPE_CHECKING:
    from typing import Protocol

    class Started(Protocol):
        """The part of a run that these resources need."""

        id: str
        created: datetime
        owner: Item | None

        def status(self, now: datetime) -> str:
            """Return the status at a time."""


PIPELINE: DataType[Pipeline] = DataType("pipeline", "pipeline", scoped=True)
SNAPSHOT: DataType[Snapshot] = DataType("pipeline snapshot", "pipeline_deployment", scoped=True)
BUILD: DataType[Build] = DataType("pipeline build", "pipeline_build", scoped=True, has_name=False)
SCHEDULE: DataType[Schedule] = DataType("schedule", "schedule", scoped=True)
RUN_TEMPLATE: DataType[RunTemplate] = DataType("run template", "run_template", scoped=True)


class WithRuns(Item):
    """An item with runs, which are in chronological order."""

    runs: list[Started]

    def latest(self, now: datetime) -> Started | None:
        """Return the latest run that has started at this time."""
        at = bisect_right(self.runs, now, key=lambda run: run.created)
        return self.runs[at - 1] if at else None

    def latest_run(self, now: datetime, *, user: bool = True) -> Fields:
        """Return the fields about the latest run."""
        run = self.latest(now)
        fields: Fields = {"latest_run_user": run.owner if run else None} if user else {}
        fields["latest_run_id"] = run.id if run else None
        fields["latest_run_status"] = run.status(now) if run else None
        return fields


class Pipeline(WithRuns):
    """A pipeline in its current version."""

    def __init__(
        self, item_id: str, name: str, created: datetime, owner: Item, project: Item,
        *, plans: Sequence[StepPlan], description: str, tags: Sequence[Tag], model: str | None,
    ) -> None:  # fmt: skip
        super().__init__(PIPELINE, item_id, name, created, owner, project)
        self.plans = {plan.name: plan for plan in plans}
        self.tags = list(tags)
        self.model = model
        self.module = f"pipelines.{project.name}".replace("-", "_")
        self.runs = []
        self._description = description
        self._last_index = 0

    def next_index(self) -> int:
        """Return the index of its next run."""
        self._last_index += 1
        return self._last_index

    @override
    def metadata(self, now: datetime) -> Fields:
        return {"description": self._description}

    @override
    def own_resources(self, now: datetime) -> Fields:
        return {**self.latest_run(now), "tags": self.tags, "visualizations": []}


class Snapshot(WithRuns):
    """A pipeline as it was when it was run or saved."""

    def __init__(
        self, item_id: str, name: str | None, created: datetime, owner: Item | None, pipeline: Pipeline,
        *, stack: Stack, version: str, build: Item | None, schedule: Item | None = None, code: Item | None = None,
        is_dynamic: bool = False, source: Snapshot | None = None, template_id: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(SNAPSHOT, item_id, name, created, owner, pipeline.project)
        self.pipeline = pipeline
        self.stack = stack
        self.build = build
        self.schedule = schedule
        self.code = code
        self.is_dynamic = is_dynamic
        self.source = source
        self.template_id = template_id
        self.trigger: Item | None = None
        self.deployment: Item | None = None
        self.runs = []
        self.version = version

    def copy(self, item_id: str, owner: Item | None, now: datetime, template_id: str | None) -> Snapshot:
        """Return the copy that the server creates when a user starts a run of this snapshot."""
        return Snapshot(
            item_id, None, now, owner, self.pipeline, stack=self.stack, version=self.version, build=self.build,
            code=self.code, is_dynamic=self.is_dynamic, source=self, template_id=template_id,
        )  # fmt: skip

    @property
    def runnable(self) -> bool:
        """Whether the server can run it. That requires an image for a remote orchestrator."""
        return self.build is not None

    @property
    def is_in_use(self) -> bool:
        """Whether a run, a schedule, a trigger, a deployment, or the template that it was made from refers to it."""
        links = (self.schedule, self.trigger, self.deployment, self.template_id)
        return bool(self.runs) or any(link is not None for link in links)

    def made_of(self, now: datetime) -> Fields:
        """Return the stack, components and code repository that it uses."""
        code = None if self.code is None else self.code.body(now)["code_repository"]
        return {"stack": self.stack, "components": self.stack.components, "code_repository": code}

    def started_by(self, now: datetime) -> Item | None:
        """Return the trigger that starts its runs."""
        return self.trigger

    def deployed(self, now: datetime) -> bool:
        """Return whether it is deployed as a service."""
        return self.deployment is not None

    @override
    def own_body(self, now: datetime) -> Fields:
        return {
            "runnable": self.runnable,
            "deployable": self.stack.of_type("deployer") is not None,
            "is_dynamic": self.is_dynamic,
            "pipeline_id": self.pipeline.id,
        }

    @override
    def metadata(self, now: datetime) -> Fields:
        name, module, plans = str(self.pipeline.name), self.pipeline.module, list(self.pipeline.plans.values())
        outputs = {plan.name: plan.output for plan in plans}
        tags = [str(tag.name) for tag in self.pipeline.tags]
        return {
            "description": None,
            "source_code": f"@pipeline\ndef {name}():\n    ...\n",
            "run_name_template": f"{name}-{{date}}-{{time}}",
            "pipeline_configuration": configurations.pipeline_configuration(name, tags, self.pipeline.model, None),
            "step_configurations": {
                plan.name: {
                    "spec": configurations.step_spec(plan, module, outputs),
                    "config": configurations.step_configuration(plan, None),
                    "step_config_overrides": configurations.step_configuration(plan, None),
                }
                for plan in plans
            },
            "client_environment": configurations.environment(self.version, remote=False),
            "client_version": self.version,
            "server_version": self.version,
            "pipeline_version_hash": self.pipeline.id.replace("-", ""),
            "pipeline_spec": configurations.pipeline_spec(name, module, plans),
            "code_path": None,
            "template_id": self.template_id,
            "source_snapshot_id": self.source.id if self.source else None,
            "config_template": {"run_name": None, "steps": {name: {} for name in outputs}} if self.runnable else None,
            "config_schema": {"type": "object"} if self.runnable else None,
        }

    @override
    def own_resources(self, now: datetime) -> Fields:
        return {
            "pipeline": self.pipeline,
            "stack": self.stack,
            "build": self.build,
            "schedule": self.schedule,
            "code_reference": self.code,
            "deployment": self.deployment,
            "tags": [],
            **self.latest_run(now),
            "visualizations": [],
        }


class Schedule(Item):
    """A schedule of an orchestrator. A paused one starts no runs."""

    def __init__(
        self, item_id: str, name: str, pipeline: Pipeline, created: datetime, *, cron: str, orchestrator: Item | None
    ) -> None:
        super().__init__(SCHEDULE, item_id, name, created, pipeline.owner, pipeline.project)
        self.active = True
        self.is_archived = False
        self.cron = cron
        self._pipeline = pipeline
        self._orchestrator = orchestrator

    def archive(self, name: str, now: datetime) -> None:
        """Archive it under another name, as the server does: its own name is free again, and it starts nothing."""
        self.name, self.active, self.is_archived, self.changed = name, False, True, now

    @override
    def own_body(self, now: datetime) -> Fields:
        return {
            "active": self.active,
            "cron_expression": self.cron,
            "start_time": None,
            "end_time": None,
            "interval_second": None,
            "catchup": False,
            "run_once_start_time": None,
            "is_archived": self.is_archived,
        }

    @override
    def metadata(self, now: datetime) -> Fields:
        return {
            "orchestrator_id": None if self._orchestrator is None else self._orchestrator.id,
            "pipeline_id": self._pipeline.id,
            "run_metadata": {},
        }


class RunTemplate(Item):
    """The predecessor of a named snapshot."""

    def __init__(self, item_id: str, name: str, created: datetime, owner: Item, snapshot: Snapshot) -> None:
        super().__init__(RUN_TEMPLATE, item_id, name, created, owner, snapshot.project)
        self.snapshot = snapshot

    def made_of(self, now: datetime) -> Fields:
        """Return the stack, components and code repository that it uses."""
        return self.snapshot.made_of(now)

    @override
    def own_body(self, now: datetime) -> Fields:
        return {"runnable": self.snapshot.runnable, "hidden": False}

    @override
    def metadata(self, now: datetime) -> Fields:
        of_snapshot = self.snapshot.metadata(now)
        copied = {name: of_snapshot[name] for name in ("pipeline_spec", "config_template", "config_schema")}
        return {"description": f"Runs {self.snapshot.pipeline.name} as of its snapshot", **copied}

    @override
    def own_resources(self, now: datetime) -> Fields:
        return {
            "source_snapshot": self.snapshot,
            "pipeline": self.snapshot.pipeline,
            "build": self.snapshot.build,
            "code_reference": self.snapshot.code,
            "tags": [],
            **self.snapshot.latest_run(now, user=False),
        }


class Build(Item):
    """The container image of a pipeline for a stack."""

    def __init__(
        self, item_id: str, created: datetime, pipeline: Pipeline, stack: Stack, version: str, seconds: int
    ) -> None:
        super().__init__(BUILD, item_id, None, created, pipeline.owner, pipeline.project)
        self._pipeline = pipeline
        self._stack = stack
        self._version = version
        self._seconds = seconds

    def registry(self, now: datetime) -> Item | None:
        """Return the container registry that stores it."""
        return self._stack.of_type("container_registry")

    @override
    def metadata(self, now: datetime) -> Fields:
        image = f"000000000000.dkr.ecr.eu-central-1.amazonaws.com/zenml:{self._pipeline.name}-{self.id[:8]}"
        return {
            "pipeline": self._pipeline,
            "stack": self._stack,
            "images": {
                "orchestrator": {
                    "image": image,
                    "dockerfile": None,
                    "requirements": None,
                    "settings_checksum": None,
                    "contains_code": True,
                    "requires_code_download": False,
                }
            },
            "zenml_version": self._version,
            "python_version": "3.12.7",
            "checksum": self._pipeline.id[:8],
            "stack_checksum": self._stack.id[:8],
            "is_local": False,
            "contains_code": True,
            "duration": self._seconds,
        }
