"""The thousand runs as the contents of a workspace of the sandbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from zenpro_nb.sandbox.workspace_api.items.accounts import Account, Person
from zenpro_nb.sandbox.workspace_api.items.base import Document, Item
from zenpro_nb.sandbox.workspace_api.items.configurations import StepPlan
from zenpro_nb.sandbox.workspace_api.items.pipelines import SCHEDULE, Pipeline, Snapshot
from zenpro_nb.sandbox.workspace_api.items.runs import Run, StepRun
from zenpro_nb.sandbox.workspace_api.items.serving import DEPLOYMENT, TRIGGER
from zenpro_nb.sandbox.workspace_api.items.stacks import PROJECT, Stack, Tag
from zenpro_nb.sandbox.workspace_api.world import World

EARLY = datetime.fromisoformat("2026-01-01T00:00:00")


class FixedRun(Run):
    """A run whose state is given instead of computed from the clock."""

    def __init__(self, data: dict[str, Any], created: datetime, owner: Any, snapshot: Snapshot, trigger: Any) -> None:
        super().__init__(
            data["id"], created, owner, snapshot, index=data["index"], outcome=data["status"], trigger=trigger
        )
        self.name = data["name"]
        self._status = data["status"]
        self._ended = None if data["ended"] is None else datetime.fromisoformat(data["ended"])
        self.start_time = None if data["started"] is None else datetime.fromisoformat(data["started"])

    def status(self, now: datetime) -> str:
        return str(self._status)

    def ended(self, now: datetime) -> datetime | None:
        return self._ended


def world_of(spec: dict[str, Any]) -> World:
    """Return the contents of a workspace with these objects and runs."""
    world = World()
    found: dict[str | None, Any] = {None: None}
    for person in spec["people"]:
        account = Account(person["id"], _person(person), EARLY, EARLY)
        world.admit(account)
        found[account.id] = account
    for stack in spec["stacks"]:
        found[stack["id"]] = Stack(stack["id"], stack["name"], EARLY, None, [], "")
    for tag in spec["tags"]:
        found[tag["id"]] = Tag(tag["id"], tag["name"], EARLY, found[spec["people"][0]["id"]], "blue")
    for data in spec["projects"]:
        _add_project(found, data)
    for item in found.values():
        if item is not None and not isinstance(item, Account):
            world.add(item)
    for data in spec["runs"]:
        world.add(_run(found, data))
    return world


def _person(person: dict[str, Any]) -> Person:
    return Person(person["external"] or "", person["name"], "", None, None, is_superuser=False, is_bot=False)


def _add_project(found: dict[str | None, Any], data: dict[str, Any]) -> None:
    owner = found[data["owner"]]
    project = found[data["id"]] = Document(PROJECT, data["id"], data["name"], EARLY, body={}, metadata={})
    for entry in data["pipelines"]:
        found[entry["id"]] = Pipeline(
            entry["id"], entry["name"], EARLY, owner, project, plans=(), description="", tags=(), model=None
        )
    kinds = (("schedules", SCHEDULE), ("triggers", TRIGGER), ("deployments", DEPLOYMENT))
    for name, kind in kinds:
        for entry in data[name]:
            found[entry["id"]] = Document(kind, entry["id"], entry["name"], EARLY, owner, project)
    for entry in data["snapshots"]:
        found[entry["id"]] = Snapshot(
            entry["id"], entry["name"], EARLY, owner, found[entry["pipeline"]], stack=found[entry["stack"]],
            version="0.98.0", build=None, schedule=found[entry["schedule"]], source=found[entry["source"]],
        )  # fmt: skip


def _run(found: dict[str | None, Any], data: dict[str, Any]) -> Run:
    created = datetime.fromisoformat(data["created"])
    run = FixedRun(data, created, found[data["user"]], found[data["snapshot"]], found[data["trigger"]])
    run.deployment = found[data["deployment"]]
    run.tags = [found[tag] for tag in data["tags"]]
    run.run_metadata = data["metadata"]
    run.steps = [step for entry in data["steps"] for step in _steps(run, entry)]
    return run


def _steps(run: Run, data: dict[str, Any]) -> list[StepRun]:
    plan = StepPlan(data["name"], 1.0)
    ended = run.created + timedelta(seconds=1)
    attempts = [(data["retried"], "retried"), (data["id"], data["status"])]
    steps = [StepRun(key, run, plan, run.created, ended, outcome=status) for key, status in attempts if key]
    if data["output"]:
        steps[-1].result = Item(DEPLOYMENT, data["output"], None, run.created)  # type: ignore[assignment]
    return steps
