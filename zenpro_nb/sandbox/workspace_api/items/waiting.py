"""The conditions that paused runs wait for."""

from __future__ import annotations

from datetime import datetime

from typing_extensions import override

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Fields, Item

WAIT_CONDITION: DataType[WaitCondition] = DataType("run wait condition", scoped=True)


class WaitCondition(Item):
    """A question that a run asks. The read permission of the run applies to it."""

    def __init__(self, item_id: str, run: Item, name: str, question: str, asked_at: datetime) -> None:
        super().__init__(WAIT_CONDITION, item_id, name, asked_at, run.owner, run.project)
        self.run = run
        self.question = question

    @override
    def guard(self) -> Item:
        return self.run

    @override
    def own_body(self, now: datetime) -> Fields:
        return {
            "type": "external_input",
            "status": "pending",
            "last_polled_at": self.created + limits.POLLED_AFTER,
            "poller_instance_id": None,
            "poller_lease_expires_at": None,
            "resolved_at": None,
            "resolved_by_user_id": None,
        }

    @override
    def metadata(self, now: datetime) -> Fields:
        return {"question": self.question, "run_metadata": {}, "data_schema": None, "resolution": None, "result": None}

    @override
    def own_resources(self, now: datetime) -> Fields:
        return {"run": self.run}
