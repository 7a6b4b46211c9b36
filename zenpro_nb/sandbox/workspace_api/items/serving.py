"""Services, deployments, triggers, webhooks and resource requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from typing_extensions import override

from zenpro_nb.sandbox.workspace_api.items.base import DataType, Document, Fields, Item
from zenpro_nb.sandbox.workspace_api.items.pipelines import Snapshot

SERVICE: DataType[Document] = DataType("service", "service", scoped=True)
DEPLOYMENT: DataType[Document] = DataType("deployment", "deployment", scoped=True)
TRIGGER: DataType[Trigger] = DataType("trigger", "trigger", scoped=True, has_name=False)
WEBHOOK: DataType[Document] = DataType("webhook", "webhook", scoped=True)
RESOURCE_REQUEST: DataType[ResourceRequest] = DataType("resource request", scoped=True, has_name=False)
POOLS = "Resource pool functionality"  # the server's name for it
# The fields of a trigger of the type schedule (0.98.0, triggers.py); an update replaces all of them.
SCHEDULE_FIELDS = ("cron_expression", "interval", "end_time", "start_time", "run_once_start_time", "max_runs")
_DEMAND = ("resource_id", "resource", "kind", "quantity", "unit", "class", "resource_selector", "class_selector")


class Trigger(Item):
    """A schedule that starts runs of snapshots. Its name is in the body (0.98.0, observed)."""

    type = "schedule"

    def __init__(
        self, item_id: str, name: str, created: datetime, owner: Item | None, project: Item,
        *, cron: str, next_start: Callable[[datetime], datetime], snapshots: Sequence[Snapshot],
    ) -> None:  # fmt: skip
        super().__init__(TRIGGER, item_id, name, created, owner, project)
        self.active = True
        self.is_archived = False
        self.concurrency = "skip"
        # Only the time of the next run is computed from the first cron expression.
        self.schedule: Fields = {**dict.fromkeys(SCHEDULE_FIELDS), "cron_expression": cron}
        self._next_start = next_start
        self._snapshots = list(snapshots)
        for snapshot in snapshots:
            snapshot.trigger = self

    def archive(self, name: str, now: datetime) -> None:
        """Archive it under another name, as the server does: its own name is free again, and it starts nothing."""
        self.name, self.active, self.is_archived, self.changed = name, False, True, now
        self.detach()

    def detach(self) -> None:
        """Detach it from its snapshots."""
        for snapshot in self._snapshots:
            snapshot.trigger = None
        self._snapshots = []

    def pipelines(self, now: datetime) -> list[Item]:
        """Return the pipelines whose runs it starts."""
        return [snapshot.pipeline for snapshot in self._snapshots]

    @override
    def body(self, now: datetime) -> Fields:
        return {"name": self.name, **super().body(now)}

    @override
    def own_body(self, now: datetime) -> Fields:
        return {
            "active": self.active,
            "type": self.type,
            "concurrency": self.concurrency,
            "is_archived": self.is_archived,
            "flavor": "native schedule",
            **self.schedule,
            "next_occurrence": self._next_start(now) if self.active else None,
        }

    @override
    def own_resources(self, now: datetime) -> Fields:
        return {
            "snapshots": self._snapshots,
            "executable_snapshots": self._snapshots,
            "latest_run": self._latest(now),
            "webhook": None,
            "snapshot_dispatch_states": {},
        }

    def _latest(self, now: datetime) -> object:
        runs = [run for snapshot in self._snapshots if (run := snapshot.latest(now)) is not None]
        return max(runs, key=lambda run: run.created, default=None)


class ResourceRequest(Item):
    """A step's request for GPUs of a pool, allocated at its start and released at its end."""

    def __init__(
        self, item_id: str, step: Item, run: Item, pool_id: str, ended: Callable[[datetime], datetime | None]
    ) -> None:
        super().__init__(RESOURCE_REQUEST, item_id, None, step.created, step.owner, step.project)
        self._step = step
        self._run = run
        self._pool_id = pool_id
        self._ended = ended

    @override
    def exists(self, now: datetime) -> bool:
        return self._step.exists(now)

    @override
    def updated(self, now: datetime) -> datetime:
        return self._ended(now) or self.created

    @override
    def own_body(self, now: datetime) -> Fields:
        released = self._ended(now)
        return {
            "component_ids": [],
            "step_run_id": self._step.id,
            "pipeline_run_id": self._run.id,
            "pool_id": self._pool_id,
            "step_name": self._step.name,
            "pipeline_run_name": self._run.name,
            "pool_name": "gpus",
            "pool_scope": None,
            "pool_selector": None,
            "preemption_group": None,
            "demands": [dict.fromkeys(_DEMAND) | {"resource": "gpu", "kind": "gpu", "quantity": 1}],
            "status": "allocated" if released is None else "released",
            "runtime_state": "running" if released is None else "idle",
            "reclaim_tolerance": "none",
            "lease_expires_at": None,
            "allocation_deadline": None,
            "renewed_at": None,
            "allocated_at": self.created,
            "released_at": released,
            "queued_at": self.created,
            "status_reason": None,
            "preemption_initiated_by_id": None,
        }

    @override
    def own_resources(self, now: datetime) -> Fields:
        return {"component_settings": {}, "allocations": [], "queue_entries": []}
