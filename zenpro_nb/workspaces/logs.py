"""The logs of a run: its own and those of its steps, in the order of time."""

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

# The server counts levels as Python does, or names them.
_LEVELS = {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "critical"}


class LogSource(Struct, frozen=True):
    """Where log entries are to be had."""

    path: str
    params: Mapping[str, str]
    step: str | None
    source: str


class Logs(Struct, frozen=True):
    """The entries, and the places that gave none, with the reason."""

    entries: list[dict[str, Any]]
    failed: list[tuple[LogSource, ZenProError]]


def read(client: Client, run: Mapping[str, Any], step: str | None) -> Logs:
    """Return the entries of the run and of its steps; of one step where it is named.

    Raises:
        ZenProError: there are logs, and none of them could be read.
    """
    places = [*([] if step else _places(run, "runs", None)), *_of_steps(client, run, step)]
    results = client.fan_out([partial(_entries, client, place) for place in places], errors="return")
    failed = []
    entries: list[dict[str, Any]] = []
    for place, result in zip(places, results, strict=True):
        if isinstance(result, ZenProError):
            failed.append((place, result))
        elif isinstance(result, Exception):
            raise result
        else:
            entries.extend(result)
    if failed and not entries:
        raise failed[0][1]
    return Logs(sorted(entries, key=lambda entry: str(entry.get("timestamp") or "")), failed)


def _of_steps(client: Client, run: Mapping[str, Any], step: str | None) -> Iterable[LogSource]:
    project = (run.get("body") or {}).get("project_id")
    params = {"pipeline_run_id": id_of(RUNS, run), "project": project, "name": f"equals:{step}" if step else None}
    listing = read_listing(client, Query(STEPS, params=params, raw=True, checked=True))
    for record in records_in(listing):
        yield from _places(record, "steps", str(record.get("name")))


def _places(record: Mapping[str, Any], noun: str, step: str | None) -> list[LogSource]:
    """Return the logs that a run or a step says it has; an older server names none, and has one for each step."""
    key = id_of(RESOURCES[noun], record)
    path = f"/api/v1/{noun}/{key}/logs"
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
    if isinstance(answer, str):  # older servers send the text
        answer = [{"message": line} for line in answer.splitlines()]
    found: list[dict[str, Any]] = []
    for entry in answer if isinstance(answer, list) else ():
        if not isinstance(entry, dict):
            continue
        if found and entry.get("chunk_index") and entry.get("id") == found[-1].get("id"):
            # A long message comes in pieces.
            found[-1]["message"] = str(found[-1].get("message") or "") + str(entry.get("message") or "")
            continue
        found.append({**entry, "step": place.step, "source": place.source, "level": _level(entry.get("level"))})
    for entry in found:
        # Programs log what they should not; what looks like a credential of ZenML's goes no further.
        entry["message"] = scrub(str(entry.get("message") or ""))
    return found


def _level(level: object) -> object:
    return _LEVELS.get(level, level) if isinstance(level, int) else level


def reason(error: ZenProError) -> str:
    """Return why logs could not be read, in one line."""
    return error.detail if isinstance(error, ApiError) and error.detail else error.message
