"""All that is in one workspace, in memory: what was made up when it was first asked for, and what was written since."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any, Protocol, cast

from zenpro_nb.sandbox.errors import MissingError
from zenpro_nb.sandbox.workspace_api.items.accounts import Account, ServiceAccount
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Item, Thing
from zenpro_nb.sandbox.workspace_api.items.pipelines import Snapshot
from zenpro_nb.sandbox.workspace_api.items.runs import Run
from zenpro_nb.sandbox.workspace_api.items.stacks import TAG, Tag


class Runner(Protocol):
    """Makes the runs of one pipeline."""

    def advance(self, now: datetime) -> None:
        """Make those that have begun by then."""

    def start(self, snapshot: Snapshot, owner: Account, now: datetime, template_id: str | None) -> Run:
        """Make one that somebody starts now, of a run template if one is named."""


class World:
    """The things of a workspace. Hold `lock` while you look at them or change them."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        # Whether it is what the sandbox makes up for its kept database: nothing was written to either before.
        self.as_made = True
        # Features that not every server has switched on (API facts 11.16), by what the server calls them.
        self.features: set[str] = set()
        self.accounts: list[Account] = []
        self._items: dict[DataType[Any], list[Item]] = {}
        self._by_id: dict[tuple[DataType[Any], str], Item] = {}
        self._runners: dict[str, Runner] = {}

    def add(self, item: Item) -> None:
        """Put a thing into the workspace."""
        self._items.setdefault(item.kind, []).append(item)
        self._by_id[item.kind, item.id] = item

    def remove(self, item: Item) -> None:
        """Take a thing out of the workspace."""
        self._items[item.kind].remove(item)
        del self._by_id[item.kind, item.id]

    def admit(self, account: Account) -> None:
        """Take in an account; a bot is listed among the service accounts, and no user."""
        self.accounts.append(account)
        self.add(ServiceAccount(account) if account.person.is_bot else account)

    def account_of(self, external_id: str) -> Account | None:
        """Return the account of a person of the control plane, if they have ever come in."""
        return next((account for account in self.accounts if account.person.id == external_id), None)

    def follow(self, pipeline_id: str, runner: Runner) -> None:
        """Remember who makes the runs of a pipeline."""
        self._runners[pipeline_id] = runner

    def advance(self, now: datetime) -> None:
        """Let happen what was due since somebody looked last: schedules go on."""
        for runner in self._runners.values():
            runner.advance(now)

    def start_run(self, snapshot: Snapshot, owner: Account, now: datetime, template_id: str | None) -> Run:
        """Start a run of a snapshot, or of the run template that is named, and return it."""
        return self._runners[snapshot.pipeline.id].start(snapshot, owner, now, template_id)

    def all(self, kind: DataType[Thing], now: datetime) -> list[Thing]:
        """Return all things of a kind that exist by then."""
        found = [item for item in self._items.get(kind, ()) if item.exists(now)]
        # A thing is kept under its own kind, so it is of that kind's class.
        return cast("list[Thing]", found)

    def get(self, kind: DataType[Thing], item_id: str, now: datetime) -> Thing:
        """Return the thing with this id. Raises MissingError, in the words of 0.98.0."""
        item = self._by_id.get((kind, item_id))
        if item is None or not item.exists(now):
            raise MissingError(f"Unable to get {kind.noun} with ID '{item_id}': No {kind.noun} with this ID found")
        return cast("Thing", item)

    def named(self, kind: DataType[Thing], name_or_id: str, now: datetime) -> Thing:
        """Return the thing of this name or id. Raises MissingError, in the words of 0.98.0."""
        for item in self.all(kind, now):
            if name_or_id in (item.name, item.id):
                return item
        raise MissingError(
            f"Unable to get {kind.noun} with name or ID '{name_or_id}': '{name_or_id}' is not a valid  UUID and no "
            f"{kind.noun} with this name exists."
        )

    def tag(self, name: str) -> Tag | None:
        """Return the tag of this name, if somebody has made it."""
        every = cast("list[Tag]", self._items.get(TAG, []))
        return next((tag for tag in every if tag.name == name), None)

    def delete_run(self, run: Run) -> None:
        """Remove a run with its steps. What it has made stays."""
        for step in run.steps:
            self.remove(step)
        for tag in run.snapshot.pipeline.tags:
            tag.use("pipeline_run", -1)
        run.snapshot.runs.remove(run)
        run.snapshot.pipeline.runs.remove(run)
        self.remove(run)

    def stop_run(self, run: Run, now: datetime) -> None:
        """Stop a run: what was planned for later is never made."""
        run.stop(now)
        if run.model_version is not None:
            run.model_version.cancel(now)
        for step in run.steps:
            if step.made is not None and step.original is None and step.made.created > now:
                self.remove(step.made)
                step.made.forget()
                step.made = None
