"""`snapshots prune`: count the unused snapshots of a project, and delete them after confirmation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.commands.workspaces.parameters import OneWorkspace, ThingType
from zenpro_nb.commands.workspaces.snapshots import snapshots
from zenpro_nb.commands.workspaces.target_workspace import write_target
from zenpro_nb.errors import NotReadyError, UnexpectedAnswerError, UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    Destroys,
    Opt,
    Org,
    Outcome,
    Timeout,
    Verifier,
    Write,
    waiting,
)
from zenpro_nb.resources.workspace.pipelines import SNAPSHOTS
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.timespec import FORMS, parse_time, require_days

if TYPE_CHECKING:
    from zenpro_nb.client import Client

_PATH = f"{SNAPSHOTS.path}/prune"

OlderThan = Annotated[
    str,
    Opt(
        "--older-than",
        metavar="AGE",
        help="Select snapshots created before this time: an age such as 180d, or a date.",
    ),
]
OnlyProject = Annotated[
    str | None,
    Opt("--project", type=ThingType("projects"), help="Select the project, by name or ID. Default: the only one."),
]


def _follow(ctx: CommandContext, outcome: Outcome, arguments: dict[str, Any]) -> Outcome:
    """Follow the task of the server until no snapshot is left, and report how many there are."""
    write = outcome.write
    client = write.at.client_of(ctx.session)
    task = (outcome.record or {}).get("task_id")
    if outcome.state != "done":
        return outcome
    if not arguments["timeout"]:
        return replace(outcome, detail=_with_task(outcome.detail, task))

    def read_status() -> dict[str, Any]:
        left = _count(client, write.body or {})
        return {"left": left, "status": f"{counted(left, 'snapshot')} left"}

    waiting.follow(
        read_status,
        lambda record: record["left"] == 0,
        name=write.target,
        say=ctx.ui.say,
        timeout=arguments["timeout"],
        clock=ctx.session.clock,
        unfinished=partial(_unfinished_error, task),
    )
    ended = write.with_confirmation(past_tense="deleted")
    return replace(outcome, write=ended, detail=_with_task("none are left", task))


@snapshots.write(
    asks=Destroys("Delete {target}, which have no name and are not in use?"),
    past_tense="started to delete",
    after=_follow,
)
def prune(
    ctx: CommandContext,
    older_than: OlderThan,
    workspace: OneWorkspace = None,
    project: OnlyProject = None,
    org: Org = None,
    timeout: Timeout = limits.LIFECYCLE_TIMEOUT,
) -> Write:
    """Delete old, unnamed snapshots of a project that are not in use. The server counts them first.

    A snapshot is in use if a run, deployment, schedule, trigger, run template, or another snapshot refers to it. The
    server deletes them in the background, and the command waits until they are deleted, for at most --timeout seconds.
    If deleting a snapshot makes another one unused, that one is deleted too.

    Examples:
        # Count the unused snapshots of a project
        snapshots prune --older-than 60d --workspace ml-prod --project churn --dry-run
    """
    since = _time(ctx, older_than)
    place = write_target(ctx, workspace, org)
    client = place.at.client_of(ctx.session)
    scope, *others = query.scopes(ctx.session, client, (project,) if project else ())
    if others:  # the server runs one such task at a time
        raise UsageError("`snapshots prune` needs one project, not all", hint="Select one with --project NAME.")
    # The server compares times in UTC without a zone (0.98.0, prune_snapshots).
    body = {"project": scope.param, "older_than": since.astimezone(UTC).replace(tzinfo=None).isoformat()}
    count = _count(client, body)
    name = counted(count, "snapshot")
    return place.write(
        "POST",
        _PATH,
        f"{name} of project {scope.name} from before {since:%Y-%m-%d %H:%M} UTC",
        name=name,
        body={**body, "apply": True},
        verify=_is_pruned(client, body, count),
        noop="" if count else "nothing to delete",
        irreversible="deleted snapshots cannot be restored",
    )


def _time(ctx: CommandContext, text: str) -> datetime:
    """Return the time before which snapshots are selected.

    Raises:
        UsageError: the text is neither an age nor a date, or is `1m`, which could be months or minutes.
    """
    require_days(text)
    try:
        return parse_time(text, query.now(ctx.session)).start
    except ValueError:
        raise UsageError(f"`--older-than {text}` is neither an age nor a date", hint=f"Write {FORMS}.") from None


def _count(client: Client, body: Mapping[str, Any]) -> int:
    """Return how many snapshots the server would delete.

    Raises:
        UnexpectedAnswerError: the response contains no number.
    """
    answer = client.request("POST", _PATH, json={**body, "apply": False}).json()
    count = answer.get("snapshot_count") if isinstance(answer, Mapping) else None
    if not isinstance(count, int):
        raise UnexpectedAnswerError(f"POST {_PATH} did not return the number of snapshots.")
    return count


def _is_pruned(client: Client, body: Mapping[str, Any], before: int) -> Verifier:
    """Return a check whether snapshots have been deleted since they were counted, or there are none."""

    def check() -> bool:
        left = _count(client, body)
        return left == 0 or left < before

    return check


def _unfinished_error(task: object, name: str, reason: str) -> NotReadyError:
    return NotReadyError(
        f"The server has not finished deleting {name}: {reason.removeprefix('is ')}",
        hint="Count the rest with --dry-run." + (f" Search the server's log for task {task}." if task else ""),
    )


def _with_task(detail: str, task: object) -> str:
    words = f"task {task} in the server's log" if task else ""
    return "; ".join(part for part in (detail, words) if part)
