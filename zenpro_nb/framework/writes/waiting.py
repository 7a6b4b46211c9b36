"""Follow a workspace's life cycle after a write, until it has the intended status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.client import SYSTEM, Clock
from zenpro_nb.errors import NotFoundError, NotReadyError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write import Outcome, Record
from zenpro_nb.resources.control_plane import WORKSPACES

AVAILABLE = "available"
DEACTIVATED = "deactivated"
DELETED = "deleted"
_FAILED = "failed"

Reached = Callable[[Record], bool]


def until(goal: str) -> Callable[[CommandContext, Outcome, dict[str, Any]], Outcome]:
    """Return a function that follows a workspace's life cycle after a write, if `--wait` was given."""

    def after(ctx: CommandContext, outcome: Outcome, arguments: dict[str, Any]) -> Outcome:
        if not is_wanted(arguments):
            return outcome
        path = outcome.write.path
        record = outcome.record or {}
        # Every route except that of a creation contains the workspace's id.
        key = str(record.get("id") or path.removeprefix("/workspaces/").partition("/")[0])
        name = str(record.get("name") or outcome.write.target.removeprefix("workspace "))
        end = workspace(ctx, key, name, goal, arguments["timeout"], version=arguments.get("version"))
        return replace(outcome, record=end)

    return after


def is_wanted(arguments: Mapping[str, Any]) -> bool:
    """Return whether these parameters of a command request waiting."""
    return bool(arguments["wait"]) or arguments["timeout"] != limits.LIFECYCLE_TIMEOUT


def workspace(
    ctx: CommandContext,
    key: str,
    name: str,
    goal: str,
    timeout: float,
    *,
    version: str | None = None,
    poll: Callable[[str, float], None] | None = None,
    clock: Clock = SYSTEM,
) -> Record:
    """Follow a workspace until it has the status `goal`, and return its record; `version` must also be running then.

    Each change of its status is reported by the UI, or each read by `poll`, with the seconds since the start.

    Raises:
        NotReadyError: it failed, took longer than `timeout`, or Ctrl-C was pressed. The started operation continues.
    """
    path = f"/workspaces/{key}"

    def read_status() -> Record:
        try:
            return query.record_of(ctx.session.client.get(path), WORKSPACES)
        except NotFoundError:
            # A deleted workspace can keep its row or lose it (API facts 8.2).
            if goal == DELETED:
                return {"id": key, "name": name, "status": DELETED}
            raise

    def has_reached(record: Record) -> bool:
        return record.get("status") == goal and (version is None or running_version(record) in (version, None))

    return follow(read_status, has_reached, name=name, say=ctx.ui.say, timeout=timeout, clock=clock, poll=poll)


def follow(
    read_status: Callable[[], Record],
    has_reached: Reached,
    *,
    name: str,
    say: Callable[[str], None],
    timeout: float,
    clock: Clock = SYSTEM,
    unfinished: Callable[[str, str], NotReadyError] | None = None,
    poll: Callable[[str, float], None] | None = None,
) -> Record:
    """Read the status until the goal is reached, and report each change.

    Args:
        poll: called with each status that was read and the seconds since the start; `say` is not called then.
        unfinished: returns the error for the name and the reason if the goal is not reached; by default that of a
            workspace.
    """
    unfinished = unfinished or _unfinished_error
    started = clock.monotonic()
    status, pause = "", limits.LIFECYCLE_FIRST_POLL
    try:
        while True:
            record = read_status()
            elapsed = clock.monotonic() - started
            if poll is not None:
                status = str(record.get("status"))
                poll(status, elapsed)
            elif record.get("status") != status:
                status = str(record.get("status"))
                say(f"{name}: {status}" + (f" after {elapsed:.0f} s" if elapsed >= 1 else ""))
            if has_reached(record):
                return record
            if status == _FAILED:
                raise _failure(name, record)
            if elapsed >= timeout:
                raise unfinished(name, f"is still {status} after {elapsed:.0f} s")
            clock.sleep(min(pause, timeout - elapsed))
            pause = min(2 * pause, limits.LIFECYCLE_POLL)
    except KeyboardInterrupt:
        reason = "is no longer monitored"
    except NotReadyError:
        raise
    except ZenProError as error:
        reason = f"can no longer be monitored ({error})"
    raise unfinished(name, reason)


def running_version(record: Record) -> str | None:
    """Return the version that the workspace's server runs, if the server reports it."""
    found: Any = record
    for step in ("zenml_service", "status", "version"):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else None


def _failure(name: str, record: Record) -> NotReadyError:
    reason = record.get("state_reason")
    return NotReadyError(
        f"The workspace {name} failed" + (f": {reason}" if reason else ""),
        hint=f"Try `workspaces deploy {name}`, or delete it.",
    )


def _unfinished_error(name: str, reason: str) -> NotReadyError:
    return NotReadyError(
        f"The operation continues, but the workspace {name} {reason}",
        hint=f"Continue with `workspaces wait {name}`.",
    )
