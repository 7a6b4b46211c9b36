"""The logs of runs and steps, generated from their outcome and identical at every request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.base import Fields
from zenpro_nb.sandbox.workspace_api.items.runs import CACHED, COMPLETED, FAILED, RETRIED, STOPPED, Run, StepRun

INFO, WARNING, ERROR = 20, 30, 40


def entries_of(item: Run | StepRun, now: datetime) -> list[Fields]:
    """Return the entries logged up to this time."""
    lines = _of_run(item, now) if isinstance(item, Run) else _of_step(item, now)
    random = Random(item.id)  # noqa: S311 - sample data, not a secret
    return [_entry(moment, level, message, random) for moment, level, message in lines if moment <= now]


def _of_run(run: Run, now: datetime) -> Iterator[tuple[datetime, int, str]]:
    yield run.created, INFO, f"Initiating a new run for the pipeline: {run.snapshot.pipeline.name}."
    yield run.created + timedelta(seconds=1), INFO, f"Using stack: {run.snapshot.stack.name}"
    for step in run.steps:
        yield step.created, INFO, f"Launching step {step.name}."
    ended, state = run.ended(now), run.status(now)
    if ended is None:
        return
    failed = [str(step.name) for step in run.steps if step.status(now) == FAILED]
    if failed:
        yield ended, ERROR, f"Pipeline run has failed due to failure in step(s): {', '.join(failed)}"
    else:
        yield ended, INFO, f"Pipeline run has finished: {state}."


def _of_step(step: StepRun, now: datetime) -> Iterator[tuple[datetime, int, str]]:
    state, ended = step.status(now), step.ended(now)
    if state == CACHED:
        yield step.created, INFO, f"Using cached version of step {step.name}."
        return
    yield step.created, INFO, f"Step {step.name} has started."
    yield from _progress(step)
    if ended is None:
        return
    took = (ended - step.created).total_seconds()
    if state == COMPLETED:
        for name, value in step.metrics.items():
            yield ended, INFO, f"{name}: {value}"
        yield ended, INFO, f"Step {step.name} has finished in {took:.1f}s."
    elif state in (FAILED, RETRIED):
        exception = step.exception(now) or {}
        yield ended - timedelta(seconds=1), WARNING, f"Step {step.name} did not get what it asked for, giving up."
        yield (
            ended,
            ERROR,
            f"Step {step.name} failed.\nTraceback (most recent call last):\n{exception.get('traceback')}",
        )
    elif state == STOPPED:
        yield ended, WARNING, f"Step {step.name} was stopped."


def _progress(step: StepRun) -> Iterator[tuple[datetime, int, str]]:
    """Yield progress messages, spread evenly over the step's duration."""
    random = Random(f"{step.id}/progress")  # noqa: S311 - sample data, not a secret
    whole = random.randrange(*limits.LOGGED_ROWS)
    pause = (step.ends - step.created) / (limits.LOG_PROGRESS_LINES + 1)
    # A failed step logs only part of its progress.
    lines = limits.LOG_PROGRESS_LINES // (2 if step.outcome in (FAILED, RETRIED) else 1)
    for line in range(1, lines + 1):
        rows_done = whole * line // limits.LOG_PROGRESS_LINES
        yield step.created + pause * line, INFO, f"{step.name}: {rows_done:,} of {whole:,} rows"


def _entry(moment: datetime, level: int, message: str, random: Random) -> Fields:
    """Return a LogEntry of 0.98.0. Unlike all other times, its timestamp has a zone (observed)."""
    return {
        "message": message,
        "name": "zenml",
        "level": level,
        "timestamp": moment.replace(tzinfo=UTC),
        "module": None,
        "filename": None,
        "lineno": None,
        "chunk_index": 0,
        "total_chunks": 1,
        "id": str(UUID(int=random.getrandbits(128), version=4)),
    }
