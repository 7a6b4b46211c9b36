"""Read the logs of a run: its own and those of its steps, in chronological order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb.errors import ApiError, ZenProError
from zenpro_nb.query import Query, id_of, read_listing, records_in
from zenpro_nb.resources import RESOURCES
from zenpro_nb.resources.workspace.runs import RUNS, STEPS
from zenpro_nb.security.secret import scrub

if TYPE_CHECKING:
    from zenpro_nb.client import Client

# The server uses Python's numbers for levels, or names.
_LEVELS = {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "critical"}


class LogSource(Struct, frozen=True):
    """A source of log entries."""

    path: str
    params: Mapping[str, str]
    step: str | None
    source: str


class Logs(Struct, frozen=True):
    """The entries, and the sources that could not be read, with the error."""

    entries: list[dict[str, Any]]
    failed: list[tuple[LogSource, ZenProError]]


def read(client: Client, run: Mapping[str, Any], step: str | None) -> Logs:
    """Return the entries of the run and of its steps, or of the named step.

    Raises:
        ZenProError: there are logs, but none of them could be read.
    """
    sources = [*([] if step else _sources_of(run, "runs", None)), *_step_sources(client, run, step)]
    results = client.fan_out([partial(_entries, client, place) for place in sources], errors="return")
    failed = []
    entries: list[dict[str, Any]] = []
    for place, result in zip(sources, results, strict=True):
        if isinstance(result, ZenProError):
            failed.append((place, result))
        elif isinstance(result, Exception):
            raise result
        else:
            entries.extend(result)
    if failed and not entries:
        raise failed[0][1]
    return Logs(sorted(entries, key=lambda entry: str(entry.get("timestamp") or "")), failed)


def _step_sources(client: Client, run: Mapping[str, Any], step: str | None) -> Iterable[LogSource]:
    project = (run.get("body") or {}).get("project_id")
    params = {"pipeline_run_id": id_of(RUNS, run), "project": project, "name": f"equals:{step}" if step else None}
    listing = read_listing(client, Query(STEPS, params=params, raw=True, checked=True))
    for record in records_in(listing):
        yield from _sources_of(record, "steps", str(record.get("name")))


def _sources_of(record: Mapping[str, Any], noun: str, step: str | None) -> list[LogSource]:
    """Return the logs that a run or a step declares; older servers declare none, and have one log per step."""
    object_id = id_of(RESOURCES[noun], record)
    path = f"/api/v1/{noun}/{object_id}/logs"
    collection = (record.get("resources") or {}).get("log_collection")
    if collection is None:
        return [LogSource(path, {}, step, "step")] if noun == "steps" else []
    return [
        LogSource(path, {"logs_id": str(record["id"])}, step, str((record.get("body") or {}).get("source") or ""))
        for record in (collection if isinstance(collection, list) else ())
        if isinstance(record, dict) and record.get("id")
    ]


def _entries(client: Client, place: LogSource) -> list[dict[str, Any]]:
    answer = client.get(place.path, **place.params)
    if isinstance(answer, str):  # older servers send plain text
        answer = [{"message": line} for line in answer.splitlines()]
    merged: list[dict[str, Any]] = []
    for entry in answer if isinstance(answer, list) else ():
        if not isinstance(entry, dict):
            continue
        if merged and entry.get("chunk_index") and entry.get("id") == merged[-1].get("id"):
            # A long message comes in chunks.
            merged[-1]["message"] = str(merged[-1].get("message") or "") + str(entry.get("message") or "")
            continue
        merged.append({**entry, "step": place.step, "source": place.source, "level": _level(entry.get("level"))})
    for entry in merged:
        # Programs log secrets by mistake; anything that looks like a ZenML credential is removed.
        entry["message"] = scrub(str(entry.get("message") or ""))
    return merged


def _level(level: object) -> object:
    return _LEVELS.get(level, level) if isinstance(level, int) else level


def reason(error: ZenProError) -> str:
    """Return in one line why logs could not be read."""
    return error.detail if isinstance(error, ApiError) and error.detail else error.message
