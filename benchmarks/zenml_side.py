"""Fill a server and read it by hand: the part of `workspaces.py` that runs in the environment of the real ZenML.

``insert DATABASE N`` adds N runs through the server's own tables; ``read SIZE`` lists them with zenml's client.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from datetime import timedelta
from typing import Any


def insert(database: str, rows: int) -> None:
    """Insert copies of the newest run, each a minute older than the one before."""
    from sqlmodel import Session, create_engine, select
    from zenml.zen_stores.schemas import PipelineRunSchema

    with Session(create_engine(f"sqlite:///{database}")) as session:
        model = session.exec(select(PipelineRunSchema)).first()
        facts = model.model_dump()
        for number in range(rows):
            made = facts["created"] - timedelta(minutes=number)
            copy = {"id": uuid.uuid4(), "name": f"copy-{number}", "index": number + 2, "created": made, "updated": made}
            copy["orchestrator_run_id"] = str(uuid.uuid4())
            session.add(PipelineRunSchema(**{**facts, **copy}))
        session.commit()


def read(size: int) -> None:
    """Read every run with zenml's own client, one row of values per run, and print the time."""
    from zenml.client import Client

    client = Client()
    client.list_pipeline_runs(size=1)
    started = time.perf_counter()
    rows: list[tuple[Any, ...]] = []
    page = 1
    while True:
        answer = client.list_pipeline_runs(page=page, size=size)
        rows += [
            (
                run.id,
                run.name,
                run.status,
                run.created,
                run.updated,
                run.index,
                run.in_progress,
                run.pipeline and run.pipeline.name,
                run.stack and run.stack.name,
                run.user and run.user.name,
                run.model_version and run.model_version.name,
                [tag.name for tag in run.tags],
            )
            for run in answer.items
        ]
        if page >= answer.total_pages:
            break
        page += 1
    print(json.dumps({"seconds": time.perf_counter() - started, "rows": len(rows)}))


if __name__ == "__main__":
    if sys.argv[1] == "insert":
        insert(sys.argv[2], int(sys.argv[3]))
    else:
        read(int(sys.argv[2]))
