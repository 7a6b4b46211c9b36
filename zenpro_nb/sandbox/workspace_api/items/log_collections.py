"""The locations of the logs of runs and steps."""

from __future__ import annotations

from uuid import UUID, uuid5

from zenpro_nb.sandbox.workspace_api.items.base import DataType, Document, Item

LOG_COLLECTION: DataType[Document] = DataType("logs", scoped=True, nested=False, has_name=False)


def log_collection(source: str, of: Item, store: Item | None, *, is_step: bool) -> Document:
    """Return the location of the logs of a run or step. Each has only one, so its id is derived."""
    item_id = str(uuid5(UUID(of.id), source))
    return Document(
        LOG_COLLECTION, item_id, None, of.created, of.owner, of.project,
        body={
            "uri": f"s3://acme-ml-artifacts/logs/{item_id}.log",
            "source": source,
            "step_run_id": of.id if is_step else None,
            "pipeline_run_id": None if is_step else of.id,
            "artifact_store_id": None if store is None else store.id,
            "log_store_id": None,
            "hook_invocation_id": None,
        },
    )  # fmt: skip
