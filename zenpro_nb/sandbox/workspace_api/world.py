"""The contents of one workspace in memory: the generated sample data, and all changes since."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any, Protocol, cast

from msgspec import Struct

from zenpro_nb.sandbox.errors import MissingError
from zenpro_nb.sandbox.workspace_api.items.accounts import Account, ServiceAccount
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Item, Thing
from zenpro_nb.sandbox.workspace_api.items.pipelines import (
    PIPELINE,
    RUN_TEMPLATE,
    SNAPSHOT,
    Pipeline,
    RunTemplate,
    Snapshot,
)
from zenpro_nb.sandbox.workspace_api.items.runs import Run
from zenpro_nb.sandbox.workspace_api.items.stacks import TAG, Tag


class RunSource(Protocol):
    """A generator of the runs of one pipeline."""

    def advance(self, now: datetime) -> None:
        """Create the runs that have started by this time."""

    def start(self, snapshot: Snapshot, owner: Account, now: datetime, template_id: str | None) -> Run:
        """Create a run that a user starts now, of a run template if an id is given."""


class Pruning(Struct, frozen=True):
    """A task that deletes unused snapshots, and the time at which it has done so."""

    project: Item
    older_than: datetime
    ends: datetime


class World:
    """The items of a workspace. Hold `lock` while reading or changing them."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        # Whether this is the unchanged sample data for the saved database: neither has been written to.
        self.is_pristine = True
        # Optional features that are enabled here (API facts 11.16), by the server's names for them.
        self.features: set[str] = set()
        self.accounts: list[Account] = []
        self._items: dict[DataType[Any], list[Item]] = {}
        self._by_id: dict[tuple[DataType[Any], str], Item] = {}
        self._run_sources: dict[str, RunSource] = {}
        self._pruning: Pruning | None = None

    def add(self, item: Item) -> None:
        """Add an item to the workspace."""
        self._items.setdefault(item.kind, []).append(item)
        self._by_id[item.kind, item.id] = item

    def remove(self, item: Item) -> None:
        """Remove an item from the workspace."""
        self._items[item.kind].remove(item)
        del self._by_id[item.kind, item.id]

    def admit(self, account: Account) -> None:
        """Add an account. A service account is listed among the service accounts, not among the users."""
        self.accounts.append(account)
        self.add(ServiceAccount(account) if account.person.is_bot else account)

    def account_of(self, external_id: str) -> Account | None:
        """Return the account of a control plane user, if they have ever signed in."""
        return next((account for account in self.accounts if account.person.id == external_id), None)

    def register_runs(self, pipeline_id: str, source: RunSource) -> None:
        """Register the generator of a pipeline's runs."""
        self._run_sources[pipeline_id] = source

    def advance(self, now: datetime) -> None:
        """Create the runs that have become due since the last request."""
        for source in self._run_sources.values():
            source.advance(now)
        if self._pruning is not None and self._pruning.ends <= now:
            while unused := self.unused_snapshots(self._pruning.project, self._pruning.older_than):
                for snapshot in unused:
                    self.remove(snapshot)
            self._pruning = None

    def is_pruning(self) -> bool:
        """Return whether a task is deleting snapshots: the server runs one such task at a time."""
        return self._pruning is not None

    def prune(self, pruning: Pruning) -> None:
        """Start the task that deletes unused snapshots."""
        self._pruning = pruning

    def unused_snapshots(self, project: Item, older_than: datetime) -> list[Snapshot]:
        """Return the old snapshots of a project that have no name and that nothing refers to (API facts 12.4)."""
        snapshots = cast("list[Snapshot]", self._items.get(SNAPSHOT, []))
        templates = cast("list[RunTemplate]", self._items.get(RUN_TEMPLATE, []))
        referred = {snapshot.source for snapshot in snapshots} | {template.snapshot for template in templates}
        return [
            snapshot
            for snapshot in snapshots
            if snapshot.project is project
            and snapshot.name is None
            and snapshot.created < older_than
            and snapshot not in referred
            and not snapshot.is_in_use
        ]

    def start_run(self, snapshot: Snapshot, owner: Account, now: datetime, template_id: str | None) -> Run:
        """Start a run of a snapshot, or of a run template if an id is given."""
        return self._run_sources[snapshot.pipeline.id].start(snapshot, owner, now, template_id)

    def all(self, kind: DataType[Thing], now: datetime) -> list[Thing]:
        """Return all items of a type that exist at this time."""
        found = [item for item in self._items.get(kind, ()) if item.exists(now)]
        # Items are stored under their own type, so they have the class of that type.
        return cast("list[Thing]", found)

    def get(self, kind: DataType[Thing], item_id: str, now: datetime) -> Thing:
        """Return the item with this id, or raise MissingError with the message of 0.98.0."""
        item = self._by_id.get((kind, item_id))
        if item is None or not item.exists(now):
            raise MissingError(f"Unable to get {kind.noun} with ID '{item_id}': No {kind.noun} with this ID found")
        return cast("Thing", item)

    def find_by_name(self, kind: DataType[Thing], name_or_id: str, now: datetime) -> Thing:
        """Return the item with this name or id, or raise MissingError with the message of 0.98.0."""
        for item in self.all(kind, now):
            if name_or_id in (item.name, item.id):
                return item
        raise MissingError(
            f"Unable to get {kind.noun} with name or ID '{name_or_id}': '{name_or_id}' is not a valid  UUID and no "
            f"{kind.noun} with this name exists."
        )

    def tag(self, name: str) -> Tag | None:
        """Return the tag with this name, if it exists."""
        every = cast("list[Tag]", self._items.get(TAG, []))
        return next((tag for tag in every if tag.name == name), None)

    def delete_run(self, run: Run) -> None:
        """Remove a run with its steps. Its artifacts and model versions are kept."""
        for step in run.steps:
            self.remove(step)
        for tag in run.tags:
            tag.use("pipeline_run", -1)
        run.snapshot.runs.remove(run)
        run.snapshot.pipeline.runs.remove(run)
        self.remove(run)

    def delete_project(self, project: Item) -> None:
        """Remove a project with everything in it."""
        pipelines = cast("list[Pipeline]", self._items.get(PIPELINE, []))
        for pipeline in pipelines:
            if pipeline.project is project:
                self._run_sources.pop(pipeline.id, None)
                for tag in pipeline.tags:
                    tag.use("pipeline", -1)
                    tag.use("pipeline_run", -len(pipeline.runs))
        for kind, items in self._items.items():
            self._items[kind] = [item for item in items if item.project is not project]
            for item in items:
                if item.project is project:
                    del self._by_id[kind, item.id]
        self.remove(project)

    def stop_run(self, run: Run, now: datetime) -> None:
        """Stop a run, and discard its outputs that were planned for later."""
        run.stop(now)
        if run.model_version is not None:
            run.model_version.cancel(now)
        for step in run.steps:
            if step.result is not None and step.original is None and step.result.created > now:
                self.remove(step.result)
                step.result.discard()
                step.result = None
