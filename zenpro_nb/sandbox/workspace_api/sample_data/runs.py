"""Generate the runs of one pipeline in chronological order, at the start times of its calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from msgspec import Struct

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.items.artifacts import Artifact, ArtifactVersion
from zenpro_nb.sandbox.workspace_api.items.base import Item
from zenpro_nb.sandbox.workspace_api.items.causes import Cause
from zenpro_nb.sandbox.workspace_api.items.configurations import StepPlan
from zenpro_nb.sandbox.workspace_api.items.models import PRODUCTION, STAGING, Model, ModelVersion
from zenpro_nb.sandbox.workspace_api.items.pipelines import Schedule, Snapshot
from zenpro_nb.sandbox.workspace_api.items.runs import (
    CACHED,
    COMPLETED,
    FAILED,
    MODEL_ARTIFACT,
    RETRIED,
    Run,
    StepRun,
)
from zenpro_nb.sandbox.workspace_api.items.serving import POOLS, ResourceRequest, Trigger
from zenpro_nb.sandbox.workspace_api.items.stacks import Component
from zenpro_nb.sandbox.workspace_api.items.waiting import WaitCondition
from zenpro_nb.sandbox.workspace_api.sample_data.builder import Builder
from zenpro_nb.sandbox.workspace_api.sample_data.catalog import PipelinePlan
from zenpro_nb.sandbox.workspace_api.sample_data.failures import WAREHOUSE, Outage, cause_of

QUESTION = "The new model finds 3 % more, and is wrong more often. Promote it?"


class PlannedFailure(Struct, frozen=True):
    """The step that fails and ends a run, with the cause."""

    step: str
    cause: Cause


class Anomalies(Struct, frozen=True):
    """The unusual runs of a pipeline.

    Args:
        slow_since: when its longest step begins to take `slower` times as long.
        stuck_on: the day on which a run never ends.
        waits_on: the day on which a run waits for an answer.
    """

    outage: Outage
    slow_since: datetime | None = None
    slower: float = 1.0
    stuck_on: date | None = None
    waits_on: date | None = None


_HOUR = 3600.0


class RunGenerator:
    """Generate the runs of a pipeline."""

    def __init__(
        self, builder: Builder, plan: PipelinePlan, anomalies: Anomalies, snapshots: Sequence[Snapshot],
        *, owners: Sequence[Account], store: Component, model: Model | None, trigger: Trigger | None,
        schedule: Schedule | None, since: datetime,
        artifacts: dict[str, Artifact] | None = None,
    ) -> None:  # fmt: skip
        self._builder = builder
        self._plan = plan
        self._anomalies = anomalies
        self._snapshots = snapshots
        self._owners = owners
        self._store = store
        self._model = model
        self._trigger = trigger
        self._starter = trigger or schedule
        self._pipeline = snapshots[0].pipeline
        self._deployment = snapshots[0].deployment
        self.artifacts: dict[str, Artifact] = {} if artifacts is None else artifacts
        self._reusable: dict[str, StepRun] = {}
        self._starts = plan.rhythm.starts(since, builder.fork("calendar").random)
        self._costs = builder.fork("costs").random
        self.next_start = next(self._starts)

    def advance(self, now: datetime) -> None:
        """Generate the runs that have started by this time."""
        while self.next_start <= now:
            self.advance_once()

    def advance_once(self) -> None:
        """Generate the next run."""
        if self._starter is None or self._starter.active:
            self._scheduled(self.next_start)
        self.next_start = next(self._starts)

    def start(self, snapshot: Snapshot, owner: Account, now: datetime, template_id: str | None) -> Run:
        """Generate a run that a user starts now, from a copy of the snapshot, as the server does."""
        copy = self._builder.add(snapshot.copy(self._builder.id(), owner, now, template_id))
        return self._generate(copy, owner, now, self._builder.fork(f"started/{now.isoformat()}").random)

    def _scheduled(self, started: datetime) -> None:
        random = self._builder.random
        snapshot = [snapshot for snapshot in self._snapshots if snapshot.created <= started][-1]
        run = self._generate(snapshot, random.choice(self._owners), started, random, trigger=self._trigger)
        if started.date() == self._anomalies.waits_on:
            asked_at = max(step.ends for step in run.steps[:-1])
            run.condition = self._builder.add(WaitCondition(self._builder.id(), run, "promotion", QUESTION, asked_at))
        is_by_hand = not self._plan.rhythm.cron and self._deployment is None
        if is_by_hand and random.random() < limits.RUN_STOPPED:
            self._builder.world.stop_run(
                run, started + (run.ends - started) * random.uniform(*limits.RUN_STOPPED_AFTER)
            )

    def _generate(
        self, snapshot: Snapshot, owner: Account, started: datetime, random: Random, trigger: Item | None = None
    ) -> Run:
        failure = self._planned_failure(started, random)
        version = None
        if self._model is not None:
            version = self._builder.add(ModelVersion(self._builder.id(), self._model, started, owner))
        run = Run(
            self._builder.id(), started, owner, snapshot, index=self._pipeline.next_index(), trigger=trigger,
            outcome=COMPLETED if failure is None else FAILED, model_version=version,
        )  # fmt: skip
        for plan in self._plan.steps:
            run.steps += self._attempts(run, plan, failure, random)
            if failure is not None and plan.name == failure.step:
                break
        run.ends = max(step.ends for step in run.steps) + limits.RUN_END
        if version is not None and failure is None:
            stage = PRODUCTION if random.random() < limits.MODEL_PROMOTED else STAGING
            version.promote(stage, run.steps[-1].ends)
        run.deployment = self._deployment
        if self._plan.hourly_usd:
            usd = (run.ends - run.created).total_seconds() / _HOUR * self._plan.hourly_usd
            run.run_metadata = {"usd": round(usd * self._costs.uniform(*limits.COST_SPREAD), 2)}
            run.logged = run.ends
        self._add(run)
        return run

    def _add(self, run: Run) -> None:
        run.snapshot.runs.append(run)
        self._pipeline.runs.append(run)
        for tag in run.tags:
            tag.use("pipeline_run")
        for step in run.steps:
            self._builder.add(step)
        self._builder.add(run)

    def _planned_failure(self, started: datetime, random: Random) -> PlannedFailure | None:
        """Return the planned failure of the run, if any."""
        first = self._plan.steps[0].name
        if self._anomalies.outage.hits(first, started):
            return PlannedFailure(first, WAREHOUSE)
        if random.random() >= self._plan.failing:
            return None
        step = random.choice(self._plan.steps).name
        return PlannedFailure(step, cause_of(step, random))

    def _attempts(self, run: Run, plan: StepPlan, failure: PlannedFailure | None, random: Random) -> list[StepRun]:
        """Return the attempts at a step: usually one, or a retried one before it."""
        parents = [step for step in run.steps if step.name in plan.after and step.outcome in (COMPLETED, CACHED)]
        before = max((step.ends for step in parents), default=run.created)
        begins = before + limits.STEP_DELAY * random.uniform(*limits.STEP_DELAY_SPREAD)
        fails = failure is not None and plan.name == failure.step
        cached = None if fails else self._reusable.get(plan.name)
        if cached is not None and self._can_reuse(cached, begins) and random.random() < self._plan.cached:
            return [self._cached(run, plan, begins, cached)]
        cause = failure.cause if failure is not None and fails else cause_of(plan.name, random)
        attempts = []
        if random.random() < (limits.STEP_RETRIED if fails else limits.STEP_FLAKY):
            ends = begins + limits.STEP_FAILS_AFTER * random.uniform(*limits.STEP_DELAY_SPREAD)
            attempts.append(StepRun(self._builder.id(), run, plan, begins, ends, outcome=RETRIED, cause=cause))
            begins = ends + limits.STEP_DELAY
        ends = begins + (limits.STEP_FAILS_AFTER if fails else self._duration(run, plan, random))
        step = StepRun(
            self._builder.id(), run, plan, begins, ends, outcome=FAILED if fails else COMPLETED,
            version=len(attempts) + 1, cause=cause if fails else None,
        )  # fmt: skip
        step.parents = parents
        self._finish(step, parents, random)
        return [*attempts, step]

    def _finish(self, step: StepRun, parents: Sequence[StepRun], random: Random) -> None:
        """Create the outputs of the step, and mark the outputs of its parents as used."""
        for parent in parents:
            if parent.result is not None:
                parent.result.used = True
        if step.plan.output and step.outcome == COMPLETED:
            step.metrics = {name: _randomize(value, random) for name, value in step.plan.logs}
            output = ArtifactVersion(
                self._builder.id(), self._artifact(step), step.ends, step.owner, plan=step.plan, store=self._store,
                step_id=step.id, run=step.run, model_version=step.run.model_version,
                size=random.randrange(*limits.ARTIFACT_BYTES),
            )  # fmt: skip
            step.result = self._builder.add(output)
            self._reusable[str(step.name)] = step
            if step.run.model_version is not None:
                step.run.model_version.metrics |= step.metrics
        if step.plan.artifact_type == MODEL_ARTIFACT and POOLS in self._builder.world.features:
            pool = self._store.id
            self._builder.add(ResourceRequest(self._builder.id(), step, step.run, pool, step.ended))

    def _can_reuse(self, cached: StepRun, moment: datetime) -> bool:
        """Return whether its result existed at this time and is reusable, because the step has no inputs."""
        return cached.result is not None and cached.result.created <= moment and not cached.plan.after

    def _cached(self, run: Run, plan: StepPlan, moment: datetime, cached: StepRun) -> StepRun:
        step = StepRun(self._builder.id(), run, plan, moment, moment, outcome=CACHED, original=cached)
        step.result = cached.result
        return step

    def _artifact(self, step: StepRun) -> Artifact:
        name = step.plan.output
        if name not in self.artifacts:
            artifact = Artifact(self._builder.id(), name, step.ends, step.owner, step.project)
            self.artifacts[name] = self._builder.add(artifact)
        return self.artifacts[name]

    def _duration(self, run: Run, plan: StepPlan, random: Random) -> timedelta:
        longest = max(self._plan.steps, key=lambda step: step.seconds)
        if run.created.date() == self._anomalies.stuck_on and plan is self._plan.steps[-1]:
            return limits.NEVER
        seconds = plan.seconds * random.lognormvariate(0, limits.STEP_SPREAD)
        slow = self._anomalies.slow_since is not None and run.created >= self._anomalies.slow_since and plan is longest
        return timedelta(seconds=seconds * (self._anomalies.slower if slow else 1))


def _randomize(value: float, random: Random) -> float:
    """Return a random value near the usual one. Shares have three digits, other numbers none."""
    measured = value * random.gauss(1, limits.METRIC_SPREAD)
    return round(measured, limits.METRIC_DIGITS) if value < 1 else round(measured)


class MergedRuns:
    """The runs of one pipeline from several generators, in chronological order.

    Args:
        main: also generates the runs that users start.
        others: the other generators.
    """

    def __init__(self, main: RunGenerator, *others: RunGenerator) -> None:
        self._main = main
        self._generators = (main, *others)

    def advance(self, now: datetime) -> None:
        """Generate the runs that have started by this time."""
        while (first := min(self._generators, key=lambda generator: generator.next_start)).next_start <= now:
            first.advance_once()

    def start(self, snapshot: Snapshot, owner: Account, now: datetime, template_id: str | None) -> Run:
        """Generate a run that a user starts now."""
        return self._main.start(snapshot, owner, now, template_id)
