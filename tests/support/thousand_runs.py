"""A thousand runs of five people in three projects, as plain data: a real server and a sandbox get the same ones.

They contain what is rare: runs that never started or never end, deleted people, several tags, values of every type of
metadata, cached and retried steps, and runs of schedules, triggers and deployments.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

RUNS, PROJECTS, PEOPLE = 1_000, 3, 5
START = datetime.fromisoformat("2026-01-29T05:00:00")
TAGS = ("nightly", "gpu", "production", "Ünïcode")
STATUSES = ("completed",) * 12 + ("failed",) * 4 + ("cached",) * 2 + ("stopped", "running", "initializing")
IN_PROGRESS = ("running", "initializing")
# The key `mixed` has values of every type, and 1, 1.0, true and "1" are different values.
MIXED: tuple[Any, ...] = (1, 1.0, True, "1", "text", 2.5, [1, 2], {"a": 1}, False, 0, "ß")


def generate(external_ids: list[str | None]) -> dict[str, Any]:
    """Return the objects and runs.

    Args:
        external_ids: the accounts of the people in the control plane; None for people without one.
    """
    random = Random(28)

    def key() -> str:
        return str(UUID(int=random.getrandbits(128), version=4))

    people = [{"id": key(), "name": f"person-{at}", "external": external_ids[at]} for at in range(PEOPLE)]
    stacks = [{"id": key(), "name": f"stack-{at}"} for at in range(2)]
    tags = [{"id": key(), "name": name} for name in TAGS]
    projects = [_project(at, random, key, people, stacks) for at in range(PROJECTS)]
    runs = []
    created = START
    indexes: dict[str, int] = {}
    for number in range(RUNS):
        created += timedelta(seconds=random.randint(1, 5_000))
        project = random.choice(projects)
        snapshot = random.choice(project["snapshots"])
        index = indexes[snapshot["pipeline"]] = indexes.get(snapshot["pipeline"], 0) + 1
        runs.append(_run(number, index, created, project, snapshot, random, key, people, tags))
    return {"people": people, "stacks": stacks, "tags": tags, "projects": projects, "runs": runs}


def _project(at: int, random: Random, key: Any, people: list[Any], stacks: list[Any]) -> dict[str, Any]:
    pipelines = [{"id": key(), "name": f"pipeline-{at}-{number}"} for number in range(4)]
    schedules = [{"id": key(), "name": f"schedule-{at}", "pipeline": pipelines[0]["id"]}]
    snapshots: list[dict[str, Any]] = []
    for number in range(8):
        pipeline = pipelines[number % 4]
        snapshots.append(
            {
                "id": key(),
                "name": f"snapshot-{at}-{number}" if number % 3 == 0 else None,
                "pipeline": pipeline["id"],
                "stack": stacks[number % 2]["id"],
                "schedule": schedules[0]["id"] if number == 4 else None,
                "source": snapshots[0]["id"] if number in (5, 6) else None,
            }
        )
    return {
        "id": key(),
        "name": f"project-{at}",
        "owner": people[0]["id"],
        "pipelines": pipelines,
        "schedules": schedules,
        "snapshots": snapshots,
        "triggers": [{"id": key(), "name": f"trigger-{at}"}],
        "deployments": [{"id": key(), "name": f"deployment-{at}", "snapshot": snapshots[1]["id"]}],
    }


def _run(
    number: int, index: int, created: datetime, project: Any, snapshot: Any, random: Random, key: Any, people: Any,
    tags: Any,
) -> dict[str, Any]:  # fmt: skip
    status = random.choice(STATUSES)
    started = created + timedelta(seconds=random.randint(0, 90))
    seconds = random.choice((0, 3, random.randint(1, 20_000)))
    never_started = status == "initializing" or random.random() < 0.02
    metadata = {"mixed": random.choice(MIXED)} if random.random() < 0.6 else {}
    if random.random() < 0.5:
        metadata["usd"] = random.choice((0, round(random.uniform(0, 30), 2), random.randint(-3, 9)))
    return {
        "id": key(),
        "name": f"run-{number}",
        "index": index,
        "project": project["id"],
        "snapshot": snapshot["id"],
        "pipeline": snapshot["pipeline"],
        "user": None if random.random() < 0.05 else random.choice(people)["id"],
        "status": status,
        "created": created.isoformat(),
        "started": None if never_started else started.isoformat(),
        "ended": None if status in IN_PROGRESS else (started + timedelta(seconds=seconds)).isoformat(),
        "tags": [tag["id"] for tag in tags if random.random() < 0.35],
        "metadata": metadata,
        "trigger": project["triggers"][0]["id"] if random.random() < 0.15 else None,
        "deployment": project["deployments"][0]["id"] if random.random() < 0.1 else None,
        "steps": [_step(name, random, key) for name in ("load", "train", "report")[: random.randint(0, 3)]],
    }


def _step(name: str, random: Random, key: Any) -> dict[str, Any]:
    """Return a step with its attempts; the last one can have an output."""
    status = random.choice(("completed", "completed", "cached", "failed"))
    return {
        "name": name,
        "id": key(),
        "status": status,
        "retried": key() if random.random() < 0.2 else None,
        "output": key() if status in ("completed", "cached") and random.random() < 0.8 else None,
    }
