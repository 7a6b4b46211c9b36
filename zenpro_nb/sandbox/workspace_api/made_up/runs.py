"""Making the runs of one pipeline, one after the other, as its calendar has them."""

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
from zenpro_nb.sandbox.workspace_api.items.pipelines import Snapshot
from zenpro_nb.sandbox.workspace_api.items.runs import (
    CACHED,
    COMPLETED,
    FAILED,
    MODEL_ARTIFACT,
    RETRIED,
    Run,
    StepRun,
)
from zenpro_nb.sandbox.workspace_api.items.serving import POOLS, ResourceRequest
from zenpro_nb.sandbox.workspace_api.items.stacks import Component
from zenpro_nb.sandbox.workspace_api.items.waiting import WaitCondition
from zenpro_nb.sandbox.workspace_api.made_up.catalog import PipelinePlan
from zenpro_nb.sandbox.workspace_api.made_up.failures import WAREHOUSE, Outage, cause_of
from zenpro_nb.sandbox.workspace_api.made_up.maker import Maker

QUESTION = "The new model finds 3 % more, and is wrong more often. Promote it?"


class Fate(Struct, frozen=True):
    """What ends a run: the step that fails, and why."""

    step: str
    cause: Cause


class Habits(Struct, frozen=True):
    """What is particular about the runs of a pipeline.

    Args:
        slow_since: from when on its longest step takes `slower` times as long.
        stuck_on: the day whose run never ends.
        waits_on: the day whose run waits for an answer.
    """

    outage: Outage
    slow_since: datetime | None = None
    slower: float = 1.0
    stuck_on: date | None = None
    waits_on: date | None = None


class Runner:
    """Makes the runs of a pipeline."""

    def __init__(
        self, maker: Maker, plan: PipelinePlan, habits: Habits, snapshots: Sequence[Snapshot],
        *, owners: Sequence[Account], store: Component, model: Model | None, trigger: Item | None, since: datetime,
    ) -> None:  # fmt: skip
        self._maker = maker
        self._plan = plan
        self._habits = habits
        self._snapshots = snapshots
        self._owners = owners
        self._store = store
        self._model = model
        self._trigger = trigger
        self._pipeline = snapshots[0].pipeline
        self._artifacts: dict[str, Artifact] = {}
        self._found: dict[str, StepRun] = {}
        self._starts = plan.rhythm.starts(since, maker.fork("calendar").random)
        self._next = next(self._starts)

    def advance(self, now: datetime) -> None:
        """Make the runs that have begun by then."""
        while self._next <= now:
            self._scheduled(self._next)
            self._next = next(self._starts)

    def start(self, snapshot: Snapshot, owner: Account, now: datetime, template_id: str | None) -> Run:
        """Make a run that somebody starts now: of a copy of the snapshot, as the server does."""
        copy = self._maker.add(snapshot.copy(self._maker.id(), owner, now, template_id))
        return self._make(copy, owner, now, self._maker.fork(f"started/{now.isoformat()}").random)

    def _scheduled(self, started: datetime) -> None:
        random = self._maker.random
        snapshot = [snapshot for snapshot in self._snapshots if snapshot.created <= started][-1]
        run = self._make(snapshot, random.choice(self._owners), started, random, trigger=self._trigger)
        if started.date() == self._habits.waits_on:
            asked = max(step.ends for step in run.steps[:-1])
            run.condition = self._maker.add(WaitCondition(self._maker.id(), run, "promotion", QUESTION, asked))
        if not self._plan.rhythm.cron and random.random() < limits.RUN_STOPPED:
            self._maker.world.stop_run(run, started + (run.ends - started) * random.uniform(*limits.RUN_STOPPED_AFTER))

    def _make(
        self, snapshot: Snapshot, owner: Account, started: datetime, random: Random, trigger: Item | None = None
    ) -> Run:
        fate = self._fate(started, random)
        version = None
        if self._model is not None:
            version = self._maker.add(ModelVersion(self._maker.id(), self._model, started, owner))
        run = Run(
            self._maker.id(), started, owner, snapshot, index=self._pipeline.count(), trigger=trigger,
            outcome=COMPLETED if fate is None else FAILED, model_version=version,
        )  # fmt: skip
        for plan in self._plan.steps:
            run.steps += self._tries(run, plan, fate, random)
            if fate is not None and plan.name == fate.step:
                break
        run.ends = max(step.ends for step in run.steps) + limits.RUN_END
        if version is not None and fate is None:
            stage = PRODUCTION if random.random() < limits.MODEL_PROMOTED else STAGING
            version.promote(stage, run.steps[-1].ends)
        self._keep(run)
        return run

    def _keep(self, run: Run) -> None:
        run.snapshot.runs.append(run)
        self._pipeline.runs.append(run)
        for tag in self._pipeline.tags:
            tag.use("pipeline_run")
        for step in run.steps:
            self._maker.add(step)
        self._maker.add(run)

    def _fate(self, started: datetime, random: Random) -> Fate | None:
        """Return what will end the run, if something will."""
        first = self._plan.steps[0].name
        if self._habits.outage.hits(first, started):
            return Fate(first, WAREHOUSE)
        if random.random() >= self._plan.failing:
            return None
        step = random.choice(self._plan.steps).name
        return Fate(step, cause_of(step, random))

    def _tries(self, run: Run, plan: StepPlan, fate: Fate | None, random: Random) -> list[StepRun]:
        """Return a step of the run, with the try before it if there was one."""
        parents = [step for step in run.steps if step.name in plan.after and step.outcome in (COMPLETED, CACHED)]
        before = max((step.ends for step in parents), default=run.created)
        begins = before + limits.STEP_DELAY * random.uniform(*limits.STEP_DELAY_SPREAD)
        fails = fate is not None and plan.name == fate.step
        found = None if fails else self._found.get(plan.name)
        if found is not None and self._can_reuse(found, begins) and random.random() < self._plan.cached:
            return [self._cached(run, plan, begins, found)]
        cause = fate.cause if fate is not None and fails else cause_of(plan.name, random)
        tries = []
        if random.random() < (limits.STEP_RETRIED if fails else limits.STEP_FLAKY):
            ends = begins + limits.STEP_FAILS_AFTER * random.uniform(*limits.STEP_DELAY_SPREAD)
            tries.append(StepRun(self._maker.id(), run, plan, begins, ends, outcome=RETRIED, cause=cause))
            begins = ends + limits.STEP_DELAY
        ends = begins + (limits.STEP_FAILS_AFTER if fails else self._duration(run, plan, random))
        step = StepRun(
            self._maker.id(), run, plan, begins, ends, outcome=FAILED if fails else COMPLETED, version=len(tries) + 1,
            cause=cause if fails else None,
        )  # fmt: skip
        step.parents = parents
        self._finish(step, parents, random)
        return [*tries, step]

    def _finish(self, step: StepRun, parents: Sequence[StepRun], random: Random) -> None:
        """Let the step make what it makes, of what those before it have made."""
        for parent in parents:
            if parent.made is not None:
                parent.made.used = True
        if step.plan.output and step.outcome == COMPLETED:
            step.metrics = {name: _around(value, random) for name, value in step.plan.logs}
            made = ArtifactVersion(
                self._maker.id(), self._artifact(step), step.ends, step.owner, plan=step.plan, store=self._store,
                step_id=step.id, run=step.run, model_version=step.run.model_version,
                size=random.randrange(*limits.ARTIFACT_BYTES),
            )  # fmt: skip
            step.made = self._maker.add(made)
            self._found[str(step.name)] = step
            if step.run.model_version is not None:
                step.run.model_version.metrics |= step.metrics
        if step.plan.artifact_type == MODEL_ARTIFACT and POOLS in self._maker.world.features:
            pool = self._store.id
            self._maker.add(ResourceRequest(self._maker.id(), step, step.run, pool, step.ended))

    def _can_reuse(self, found: StepRun, moment: datetime) -> bool:
        """Return whether its result was there by then, and is the same each time: that of a step that takes nothing."""
        return found.made is not None and found.made.created <= moment and not found.plan.after

    def _cached(self, run: Run, plan: StepPlan, moment: datetime, found: StepRun) -> StepRun:
        step = StepRun(self._maker.id(), run, plan, moment, moment, outcome=CACHED, original=found)
        step.made = found.made
        return step

    def _artifact(self, step: StepRun) -> Artifact:
        name = step.plan.output
        if name not in self._artifacts:
            made = Artifact(self._maker.id(), name, step.ends, step.owner, step.project)
            self._artifacts[name] = self._maker.add(made)
        return self._artifacts[name]

    def _duration(self, run: Run, plan: StepPlan, random: Random) -> timedelta:
        longest = max(self._plan.steps, key=lambda step: step.seconds)
        if run.created.date() == self._habits.stuck_on and plan is self._plan.steps[-1]:
            return limits.NEVER
        seconds = plan.seconds * random.lognormvariate(0, limits.STEP_SPREAD)
        slow = self._habits.slow_since is not None and run.created >= self._habits.slow_since and plan is longest
        return timedelta(seconds=seconds * (self._habits.slower if slow else 1))


def _around(value: float, random: Random) -> float:
    """Return a measured value near the usual one: a share with three digits, a number without."""
    measured = value * random.gauss(1, limits.METRIC_SPREAD)
    return round(measured, limits.METRIC_DIGITS) if value < 1 else round(measured)
