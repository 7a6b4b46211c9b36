"""Generate one project with its pipelines and their resources, and its model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.items.base import Document, Item
from zenpro_nb.sandbox.workspace_api.items.models import Model
from zenpro_nb.sandbox.workspace_api.items.pipelines import Build, Pipeline, RunTemplate, Schedule, Snapshot
from zenpro_nb.sandbox.workspace_api.items.serving import Trigger
from zenpro_nb.sandbox.workspace_api.items.stacks import CODE_REFERENCE, CODE_REPOSITORY, Stack, Tag
from zenpro_nb.sandbox.workspace_api.sample_data.builder import Builder
from zenpro_nb.sandbox.workspace_api.sample_data.catalog import PipelinePlan
from zenpro_nb.sandbox.workspace_api.sample_data.failures import Outage
from zenpro_nb.sandbox.workspace_api.sample_data.runs import Anomalies, MergedRuns, RunGenerator
from zenpro_nb.sandbox.workspace_api.sample_data.serving import deploy, serve
from zenpro_nb.sandbox.workspace_api.sample_data.stacks import Stacks
from zenpro_nb.sandbox.workspace_api.world import RunSource
from zenpro_nb.sandbox.workspaces.projects import Project

# Workspaces whose deployments are invoked. Each invocation is a run (API facts 12.2).
WITH_INVOCATIONS = ("recommender/", "fraud-detection/")
COLORS = {"nightly": "blue", "gpu": "purple", "production": "green", "experiment": "orange"}


class ProjectBuilder:
    """Generate the contents of one project."""

    def __init__(
        self, builder: Builder, workspace: str, facts: Project, project: Item, accounts: Sequence[Account],
        stacks: Stacks, version: str,
    ) -> None:  # fmt: skip
        self._builder = builder
        self._path = f"{workspace}/{facts.name}"
        self._facts = facts
        self._project = project
        self._stacks = stacks
        self._version = version
        self._bots = [account for account in accounts if account.person.is_bot] or list(accounts)
        people = [account for account in accounts if not account.person.is_bot]
        self._team = builder.random.sample(people, min(limits.PROJECT_TEAM, len(people)))
        self._since = builder.today - timedelta(days=limits.HISTORY_DAYS)

    def build(self, plans: Sequence[PipelinePlan]) -> None:
        """Generate the project's pipelines."""
        code = self._code()
        model = self._model() if any(plan.trains for plan in plans) else None
        for plan in plans:
            self._pipeline(plan, code, model if plan.trains else None)
        serve(self._builder, self._facts, self._project, self._team[0], with_model=model is not None)

    def _pipeline(self, plan: PipelinePlan, code: Item, model: Model | None) -> None:
        builder = self._builder.fork(plan.name)
        owner = builder.random.choice(self._team)
        tags = [self._tag(name, owner) for name in plan.tags]
        pipeline = builder.add(
            Pipeline(
                builder.id(), plan.name, builder.ago(*limits.PIPELINE_AGE), owner, self._project, plans=plan.steps,
                description=plan.description, tags=tags, model=None if model is None else str(model.name),
            )
        )  # fmt: skip
        for tag in tags:
            tag.use("pipeline")
        schedule = self._schedule(builder, plan, pipeline) if plan.rhythm.cron and not plan.triggered else None
        snapshots = self._snapshots(builder, plan, pipeline, schedule, code)
        trigger = self._trigger(builder, plan, pipeline, snapshots) if plan.triggered else None
        if plan.trains:
            self._add_unused_snapshots(builder.fork("unused"), pipeline, self._stack(plan))
            builder.add(RunTemplate(builder.id(), f"retrain_{self._facts.subject}", self._since, owner, snapshots[0]))
        deployed = deploy(builder, snapshots[-1]) if plan.name.endswith("scoring") else None
        generator = RunGenerator(
            builder, plan, self._anomalies(plan), snapshots, store=self._stacks.store, model=model, trigger=trigger,
            schedule=schedule,
            owners=[builder.random.choice(self._bots)] if plan.rhythm.cron else self._team, since=self._since,
        )  # fmt: skip
        source: RunSource = generator
        if deployed is not None and self._path.startswith(WITH_INVOCATIONS):
            invocations = RunGenerator(
                builder.fork("invocations"), plan.invocations(), self._anomalies(plan),
                [deployed], store=self._stacks.store, model=None, trigger=None, schedule=None, owners=[owner],
                since=_midnight_after(deployed), artifacts=generator.artifacts,
            )  # fmt: skip
            source = MergedRuns(generator, invocations)
        builder.world.register_runs(pipeline.id, source)

    def _anomalies(self, plan: PipelinePlan) -> Anomalies:
        """Return the anomalies: one training becomes slow, one run is stuck, and one waits for an answer."""
        today = self._builder.today
        days_ago = {days: (today - timedelta(days=days)).date() for days in (limits.STUCK_DAYS, limits.WAITING_DAYS)}
        outage = Outage.before(today, limits.OUTAGE_DAYS)
        if self._path == "recommender/homepage" and plan.trains:
            return Anomalies(outage, slow_since=today - timedelta(days=limits.SLOW_DAYS), slower=limits.SLOWER)
        if self._path == "forecasting/capacity" and plan.name.endswith("scoring"):
            return Anomalies(outage, stuck_on=days_ago[limits.STUCK_DAYS])
        if self._path == "recommender/newsletter" and plan.trains:
            return Anomalies(outage, waits_on=days_ago[limits.WAITING_DAYS])
        return Anomalies(outage)

    def _snapshots(
        self, builder: Builder, plan: PipelinePlan, pipeline: Pipeline, schedule: Item | None, code: Item
    ) -> list[Snapshot]:
        """Return snapshots of the pipeline before and after its last change."""
        stack = self._stack(plan)
        snapshots = []
        for number, created in enumerate((self._since - limits.SET_UP_TIME, builder.ago(*limits.PIPELINE_CHANGED))):
            image = None
            if plan.remote:
                seconds = builder.random.randint(*limits.BUILD_SECONDS)
                image = builder.add(Build(builder.id(), created, pipeline, stack, self._version, seconds))
            # The latest has a name, which allows running it from the dashboard.
            name = "production" if number and plan.remote else None
            snapshot = Snapshot(
                builder.id(), name, created, pipeline.owner, pipeline, stack=stack, version=self._version, build=image,
                schedule=schedule, code=code, is_dynamic=plan.is_dynamic,
            )  # fmt: skip
            snapshots.append(builder.add(snapshot))
        return snapshots

    def _add_unused_snapshots(self, builder: Builder, pipeline: Pipeline, stack: Stack) -> None:
        """Add snapshots of runs that were deleted long ago, which `snapshots prune` finds."""
        for _ in range(limits.UNUSED_SNAPSHOTS):
            created, owner = builder.ago(*limits.UNUSED_SNAPSHOT_AGE), pipeline.owner
            builder.add(
                Snapshot(builder.id(), None, created, owner, pipeline, stack=stack, version=self._version, build=None)
            )

    def _stack(self, plan: PipelinePlan) -> Stack:
        if not plan.remote:
            return self._stacks.default
        return self._stacks.training if plan.trains else self._stacks.production

    def _schedule(self, builder: Builder, plan: PipelinePlan, pipeline: Pipeline) -> Schedule:
        orchestrator = self._stack(plan).of_type("orchestrator")
        return builder.add(
            Schedule(
                builder.id(), f"{plan.name}_schedule", pipeline, pipeline.created + limits.SET_UP_TIME,
                cron=plan.rhythm.cron, orchestrator=orchestrator,
            )
        )  # fmt: skip

    def _trigger(
        self, builder: Builder, plan: PipelinePlan, pipeline: Pipeline, snapshots: Sequence[Snapshot]
    ) -> Trigger:
        created = pipeline.created + limits.SET_UP_TIME
        trigger = Trigger(
            builder.id(), f"{plan.name}_daily", created, pipeline.owner, self._project, cron=plan.rhythm.cron,
            next_start=plan.rhythm.next_start, snapshots=snapshots[-1:],
        )  # fmt: skip
        return builder.add(trigger)

    def _tag(self, name: str, owner: Account) -> Tag:
        """Return the tag with this name. Tags belong to the workspace, so another project may have created it."""
        tag = self._builder.world.tag(name)
        if tag is None:
            tag = self._builder.add(
                Tag(self._builder.id(), name, self._builder.ago(*limits.PROJECT_AGE), owner, COLORS[name])
            )
        return tag

    def _code(self) -> Document:
        """Return a reference to a commit in the project's code repository."""
        repository = self._builder.add(
            Document(
                CODE_REPOSITORY, self._builder.id(), f"{self._facts.name}-code", self._builder.ago(*limits.CODE_AGE),
                self._team[0], self._project,
                body={
                    "source": {
                        "module": "zenml.integrations.github.code_repositories.github_code_repository",
                        "attribute": "GitHubCodeRepository", "type": "internal",
                    },
                    "logo_url": None,
                },
                metadata={
                    "config": {
                        "owner": "acme", "repository": f"{self._facts.name}-pipelines",
                        "token": self._builder.secret(),
                    },
                    "description": None,
                },
            )
        )  # fmt: skip
        commit = f"{self._builder.random.getrandbits(160):040x}"
        return Document(
            CODE_REFERENCE, self._builder.id(), None, repository.created,
            body={"commit": commit, "subdirectory": "", "code_repository": repository},
        )  # fmt: skip

    def _model(self) -> Model:
        subject = self._facts.subject
        owner = self._team[0]
        card = {
            "license": "proprietary", "audience": "Colleagues of this project", "use_cases": self._facts.description,
            "limitations": "Knows only what has happened in the last two years", "trade_offs": None, "ethics": None,
        }  # fmt: skip
        tags = [self._tag("production", owner)]
        tags[0].use("model")
        return self._builder.add(
            Model(
                self._builder.id(), subject, self._builder.ago(*limits.MODEL_AGE), owner, self._project, tags=tags,
                description=f"Says {self._facts.description[0].lower()}{self._facts.description[1:]}", card=card,
            )
        )  # fmt: skip


def _midnight_after(item: Item) -> datetime:
    """Return the first midnight after the creation of an item."""
    return (item.created + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
