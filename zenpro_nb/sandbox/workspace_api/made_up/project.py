"""Making one project: its pipelines with all that belongs to them, and its model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.projects import Project
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.items.base import Document, Item
from zenpro_nb.sandbox.workspace_api.items.models import Model
from zenpro_nb.sandbox.workspace_api.items.pipelines import SCHEDULE, Build, Pipeline, RunTemplate, Snapshot
from zenpro_nb.sandbox.workspace_api.items.serving import Trigger
from zenpro_nb.sandbox.workspace_api.items.stacks import CODE_REFERENCE, CODE_REPOSITORY, Stack, Tag
from zenpro_nb.sandbox.workspace_api.made_up.catalog import PipelinePlan
from zenpro_nb.sandbox.workspace_api.made_up.failures import Outage
from zenpro_nb.sandbox.workspace_api.made_up.maker import Maker
from zenpro_nb.sandbox.workspace_api.made_up.runs import Habits, Runner
from zenpro_nb.sandbox.workspace_api.made_up.serving import deploy, serve
from zenpro_nb.sandbox.workspace_api.made_up.stacks import Stacks

COLORS = {"nightly": "blue", "gpu": "purple", "production": "green", "experiment": "orange"}


class ProjectMaker:
    """Makes what is in one project."""

    def __init__(
        self, maker: Maker, workspace: str, facts: Project, project: Item, accounts: Sequence[Account], on: Stacks,
        version: str,
    ) -> None:  # fmt: skip
        self._maker = maker
        self._place = f"{workspace}/{facts.name}"
        self._facts = facts
        self._project = project
        self._on = on
        self._version = version
        self._bots = [account for account in accounts if account.person.is_bot] or list(accounts)
        people = [account for account in accounts if not account.person.is_bot]
        self._team = maker.random.sample(people, min(limits.PROJECT_TEAM, len(people)))
        self._began = maker.today - timedelta(days=limits.HISTORY_DAYS)

    def make(self, plans: Sequence[PipelinePlan]) -> None:
        """Make the project's pipelines."""
        code = self._code()
        model = self._model() if any(plan.trains for plan in plans) else None
        for plan in plans:
            self._pipeline(plan, code, model if plan.trains else None)
        serve(self._maker, self._facts, self._project, self._team[0], with_model=model is not None)

    def _pipeline(self, plan: PipelinePlan, code: Item, model: Model | None) -> None:
        maker = self._maker.fork(plan.name)
        owner = maker.random.choice(self._team)
        tags = [self._tag(name, owner) for name in plan.tags]
        pipeline = maker.add(
            Pipeline(
                maker.id(), plan.name, maker.ago(*limits.PIPELINE_AGE), owner, self._project, plans=plan.steps,
                description=plan.description, tags=tags, model=None if model is None else str(model.name),
            )
        )  # fmt: skip
        for tag in tags:
            tag.use("pipeline")
        schedule = self._schedule(maker, plan, pipeline) if plan.rhythm.cron and not plan.triggered else None
        snapshots = self._snapshots(maker, plan, pipeline, schedule, code)
        trigger = self._trigger(maker, plan, pipeline, snapshots) if plan.triggered else None
        if plan.trains:
            maker.add(RunTemplate(maker.id(), f"retrain_{self._facts.subject}", self._began, owner, snapshots[0]))
        if plan.name.endswith("scoring"):
            deploy(maker, snapshots[-1])
        runner = Runner(
            maker, plan, self._habits(plan), snapshots, store=self._on.store, model=model, trigger=trigger,
            owners=[maker.random.choice(self._bots)] if plan.rhythm.cron else self._team, since=self._began,
        )  # fmt: skip
        maker.world.follow(pipeline.id, runner)

    def _habits(self, plan: PipelinePlan) -> Habits:
        """Return what is particular: one training got slow, one run is stuck, and one waits for an answer."""
        today = self._maker.today
        days_ago = {days: (today - timedelta(days=days)).date() for days in (limits.STUCK_DAYS, limits.WAITING_DAYS)}
        outage = Outage.before(today, limits.OUTAGE_DAYS)
        if self._place == "recommender/homepage" and plan.trains:
            return Habits(outage, slow_since=today - timedelta(days=limits.SLOW_DAYS), slower=limits.SLOWER)
        if self._place == "forecasting/capacity" and plan.name.endswith("scoring"):
            return Habits(outage, stuck_on=days_ago[limits.STUCK_DAYS])
        if self._place == "recommender/newsletter" and plan.trains:
            return Habits(outage, waits_on=days_ago[limits.WAITING_DAYS])
        return Habits(outage)

    def _snapshots(
        self, maker: Maker, plan: PipelinePlan, pipeline: Pipeline, schedule: Item | None, code: Item
    ) -> list[Snapshot]:
        """Return the pipeline as it was first, and as it is since somebody changed it."""
        stack = self._stack(plan)
        made = []
        for number, created in enumerate((self._began - limits.SET_UP_TIME, maker.ago(*limits.PIPELINE_CHANGED))):
            image = None
            if plan.remote:
                seconds = maker.random.randint(*limits.BUILD_SECONDS)
                image = maker.add(Build(maker.id(), created, pipeline, stack, self._version, seconds))
            # The latest has a name, so that it can be run from the dashboard.
            name = "production" if number and plan.remote else None
            snapshot = Snapshot(
                maker.id(), name, created, pipeline.owner, pipeline, stack=stack, version=self._version, build=image,
                schedule=schedule, code=code, is_dynamic=plan.is_dynamic,
            )  # fmt: skip
            made.append(maker.add(snapshot))
        return made

    def _stack(self, plan: PipelinePlan) -> Stack:
        if not plan.remote:
            return self._on.default
        return self._on.training if plan.trains else self._on.production

    def _schedule(self, maker: Maker, plan: PipelinePlan, pipeline: Pipeline) -> Document:
        orchestrator = self._stack(plan).of_type("orchestrator")
        return maker.add(
            Document(
                SCHEDULE, maker.id(), f"{plan.name}_schedule", pipeline.created + limits.SET_UP_TIME, pipeline.owner,
                self._project,
                body={
                    "active": True, "cron_expression": plan.rhythm.cron, "start_time": None, "end_time": None,
                    "interval_second": None, "catchup": False, "run_once_start_time": None, "is_archived": False,
                },
                metadata={
                    "orchestrator_id": None if orchestrator is None else orchestrator.id, "pipeline_id": pipeline.id,
                    "run_metadata": {},
                },
            )
        )  # fmt: skip

    def _trigger(self, maker: Maker, plan: PipelinePlan, pipeline: Pipeline, snapshots: Sequence[Snapshot]) -> Trigger:
        made = pipeline.created + limits.SET_UP_TIME
        trigger = Trigger(
            maker.id(), f"{plan.name}_daily", made, pipeline.owner, self._project, cron=plan.rhythm.cron,
            following=plan.rhythm.following, snapshots=snapshots[-1:],
        )  # fmt: skip
        return maker.add(trigger)

    def _tag(self, name: str, owner: Account) -> Tag:
        """Return the tag of this name; tags belong to the workspace, so another project may have made it."""
        known = self._maker.world.tag(name)
        if known is None:
            known = self._maker.add(
                Tag(self._maker.id(), name, self._maker.ago(*limits.PROJECT_AGE), owner, COLORS[name])
            )
        return known

    def _code(self) -> Document:
        """Return where the project's code is, as of a commit."""
        repository = self._maker.add(
            Document(
                CODE_REPOSITORY, self._maker.id(), f"{self._facts.name}-code", self._maker.ago(*limits.CODE_AGE),
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
                        "token": self._maker.secret(),
                    },
                    "description": None,
                },
            )
        )  # fmt: skip
        commit = f"{self._maker.random.getrandbits(160):040x}"
        return Document(
            CODE_REFERENCE, self._maker.id(), None, repository.created,
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
        return self._maker.add(
            Model(
                self._maker.id(), subject, self._maker.ago(*limits.MODEL_AGE), owner, self._project, tags=tags,
                description=f"Says {self._facts.description[0].lower()}{self._facts.description[1:]}", card=card,
            )
        )  # fmt: skip
