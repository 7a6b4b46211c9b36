"""Build the tables of writes: the responses or outcomes, and the requests that would be sent or are blocked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from zenpro_nb import frames, limits, query
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.dialog import effects_on_admins
from zenpro_nb.framework.writes.failures import ending
from zenpro_nb.framework.writes.write import STOPPED, Outcome, Write
from zenpro_nb.resources import Column, DataType, Display, Resource, Table
from zenpro_nb.security.masking import mask
from zenpro_nb.syntax.counts import name_list

_TARGET = Column("target", help="the target of the write", display=Display.PROSE)
OUTCOMES = Table(
    noun="outcomes",
    help="Outcomes of writes.",
    deciding=("target", "outcome", "action", "detail"),
    columns=(
        _TARGET,
        Column(
            "outcome",
            DataType.CATEGORY,
            help="done, already, refused, not done, not sent, not kept, blocked, skipped, or unknown",
            display=Display.STATE,
        ),
        Column("detail", help="the reason or remark", display=Display.PROSE),
        Column("method", DataType.CATEGORY, help="HTTP method"),
        Column("route", help="path of the request"),
        Column("request_id", DataType.ID, help="the request's id in the server's log"),
    ),
)

REQUESTS = Table(
    noun="requests",
    help="Requests that would be sent.",
    deciding=("target", "method", "route", "body", "parameters"),
    columns=(
        _TARGET,
        Column("method", DataType.CATEGORY, help="HTTP method", display=Display.REQUEST),
        Column("route", help="path of the request", display=Display.REQUEST),
        Column("parameters", DataType.JSON, help="query parameters", display=Display.REQUEST),
        Column("body", DataType.JSON, help="JSON body, secrets masked", display=Display.REQUEST),
    ),
)


# A plan consists of several kinds of writes, in the order in which they are sent.
_STEP = (
    Column("step", DataType.COUNT, help="number of the step"),
    Column("action", DataType.CATEGORY, help="the kind of change: deactivate, remove, add …"),
)
_PRINCIPAL = Column("principal", help="user, service account, team, or invitation")
PLAN = replace(
    REQUESTS,
    noun="plan",
    help="Writes that would be sent, in this order.",
    deciding=("action", "target", "skipped_reason", "blocked_reason", "step", "usage"),
    columns=(
        *_STEP,
        _TARGET,
        Column(
            "usage",
            help="with --check-usage: runs started in the scope, if no remaining role would allow starting them",
            display=Display.PROSE,
        ),
        Column("blocked_reason", help="why the write is not sent: a guard or a conflict", display=Display.PROSE),
        Column("skipped_reason", help="why the write is not possible here; the others continue", display=Display.PROSE),
        _PRINCIPAL,
        *REQUESTS.columns[1:],
    ),
)
_REQUEST = ("method", "route", "request_id")
_TEXTS = ("detail", "reason", "override", "blocked_reason", "skipped_reason")
BLOCKED = Table(
    noun="blocked",
    help="Blocked writes; nothing was sent.",
    columns=(
        Column("step", DataType.COUNT, help="number of the step"),
        _TARGET,
        Column("guard", DataType.CATEGORY, help="the guard that blocks it"),
        Column("reason", help="the guard's finding", display=Display.PROSE),
        Column("override", help="the option that allows it, or the next step", display=Display.PROSE),
    ),
)
PLAN_OUTCOMES = replace(
    OUTCOMES,
    help="Outcomes of the steps of a plan.",
    columns=(*_STEP, *OUTCOMES.columns[:3], _PRINCIPAL, *OUTCOMES.columns[3:]),
)


def frame_of(ctx: CommandContext, results: Sequence[Outcome], *, several: bool, plan: bool = False) -> frames.Table:
    """Return the server's response as a one-row frame.

    For several writes, an empty response or a plan, return one row per outcome, failed ones first.
    """
    first = results[0] if results else None
    if first is not None and len(results) == 1 and not several and not plan and first.record and first.write.resource:
        frame = _table_of(ctx, first.write.resource, [first.record])
        query.remember(ctx.session, first.write.resource, frame)
        query.note(ctx.session, frame, route=first.write.path, written=True)
        _show_changed(frame, first.write)
        return frame
    numbered = list(enumerate(results, 1))
    if not plan or any(outcome.failed for outcome in results):  # the steps of a plan that is done stay in order
        numbered.sort(key=lambda pair: _order(pair[1]))
    rows = [{**_step(at, outcome.write), **_row(outcome)} for at, outcome in numbered]
    frame = _table_of(ctx, PLAN_OUTCOMES if plan else OUTCOMES, _with_commands(ctx, rows))
    query.note(ctx.session, frame, route=first.write.path if first else "", written=True, ended=ending(results))
    # The request helps to find the reason of a failure.
    return frame if any(outcome.failed for outcome in results) else frames.with_folded(frame, _REQUEST)


def _show_changed(frame: frames.Table, write: Write) -> None:
    """Make the changed columns those that a narrow page shows: the first after the name."""
    facts = frames.facts(frame)
    changed = {name for field in write.body or () for name in (field, field.removesuffix("_id"))}
    first, *others = facts.get("deciding") or [""]
    own = [str(name) for name in frame.columns if name in changed and name != first]
    if write.method in ("PATCH", "PUT") and first and own:
        facts["deciding"] = [first, *own, *(name for name in others if name not in own)]


def abridge(ctx: CommandContext, outcomes: Sequence[Outcome]) -> None:
    """Print only some of many outcomes: all failed ones as far as a screen has room, and the first of the others.

    Writes that were not sent after Ctrl-C are all alike, and are not failures.
    """
    failed = sum(_order(outcome) == 0 for outcome in outcomes)
    rows = min(max(failed, limits.PREVIEW_ROWS), limits.FRAME_ROWS)
    in_order = sorted(outcomes, key=_order)
    states = Counter({"already": "unchanged"}.get(outcome.state, outcome.state) for outcome in in_order)
    counts = ", ".join(f"{count:,} {state}" for state, count in states.items())
    ctx.ui.abridge(f"; all {len(outcomes):,}: {counts}", rows)


def abridge_dry_run(ctx: CommandContext, writes: Sequence[Write]) -> None:
    """Print only the first of many requests, unless a row is blocked or skipped: then each of them is printed.

    Rows that are not sent come last and are counted, unless they are steps of a plan.
    """
    if not any(write.hold.blocked or (write.hold_text and write.position.action) for write in writes):
        ctx.ui.abridge("; `--format table` prints all")


def _order(outcome: Outcome) -> int:
    """Return 0 for a failure, 1 for a write that was only not sent after Ctrl-C, 2 for others."""
    return 2 if not outcome.failed else 1 if outcome.state == "not sent" and outcome.detail == STOPPED else 0


def dry_run_frame(
    ctx: CommandContext, writes: Sequence[Write], *, plan: bool = False, undoing: bool = True
) -> frames.Table:
    """Return the requests that would be sent, one per row, secrets masked; for a plan also the blocked steps.

    Args:
        undoing: print remarks about undoing the writes.
    """
    if not plan:
        writes = sorted(writes, key=lambda write: bool(write.noop or write.hold.skipped))
    records = [{**_step(at, write), **_request_of(write)} for at, write in enumerate(writes, 1)]
    frame = _table_of(ctx, PLAN if plan else REQUESTS, _with_commands(ctx, records))
    unsent = _unsent(writes, plan=plan)
    sent = len(writes) - sum(map(len, unsent.values()))
    about_admins = ctx.ui.command_names.text(" ".join(effects_on_admins(writes))).rstrip(".")
    parts = [*([f"{sent:,} would be sent"] if unsent and sent else []), *([about_admins] if about_admins else [])]
    summary: dict[str, Any] = {"summary": " · ".join(parts)} if parts else {}
    query.note(ctx.session, frame, route=writes[0].path if writes else "", dry_run=True, **summary)
    for words, targets in _remarks(writes).items():
        ctx.ui.say(f"{name_list(targets, limits.FAILED_NAMED)}: {words}")
    for words, targets in unsent.items():
        ctx.ui.say(_of_unsent(words, targets, len(writes)))
    for write in writes:
        if plan and write.confirmation.warning:
            ctx.ui.say(write.confirmation.warning)
    for words, targets in _undoing(writes).items() if undoing else ():
        whose = f"{name_list(targets, limits.FAILED_NAMED)}: " if len(writes) > 1 else ""
        ctx.ui.say(f"{whose}{words}")
    return frame


def targets_frame(ctx: CommandContext, writes: Sequence[Write]) -> frames.Table:
    """Return the targets of requests that would be sent, one per row."""
    frame = _table_of(ctx, REQUESTS, [{"target": write.target} for write in writes])
    query.note(ctx.session, frame, route=writes[0].path, dry_run=True)
    return frame[["target"]]


def _table_of(ctx: CommandContext, resource: Resource, records: Sequence[Mapping[str, Any]]) -> frames.Table:
    """Return the records as a table, or as rows if they are only printed."""
    rows = frames.rows_of_records(resource, records) if ctx.ui.prints_rows else None
    return frames.from_records(resource, records) if rows is None else rows


def _with_commands(ctx: CommandContext, records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the records with complete commands in the texts of zenpro."""
    names = ctx.ui.command_names
    return [
        {**record, **{name: names.text(text) for name in _TEXTS if isinstance(text := record.get(name), str)}}
        for record in records
    ]


def _request_of(write: Write) -> dict[str, Any]:
    """Return the request of a write as a record; a write that changes nothing or is skipped has none."""
    is_unsent = write.noop or (write.hold.skipped and not write.position.action)
    return {"target": write.target} if is_unsent else request_record(write)


def _remarks(writes: Sequence[Write]) -> dict[str, list[str]]:
    """Return the remarks about writes before they are sent, each with the targets of its writes."""
    remarks: dict[str, list[str]] = {}
    for write in writes:
        if write.keeps_note and not write.noop:
            remarks.setdefault(write.keeps_note, []).append(write.target)
    return remarks


def _unsent(writes: Sequence[Write], *, plan: bool) -> dict[str, list[str]]:
    """Return why writes are not sent, each with their targets; the steps of a plan have a column for it."""
    reasons: dict[str, list[str]] = {}
    for write in writes:
        reason = write.noop or ("" if plan else write.hold.skipped)
        if reason:
            reasons.setdefault(reason, []).append(write.target)
    return reasons


def _of_unsent(reason: str, targets: Sequence[str], total: int) -> str:
    """Return the sentence about writes that would not be sent: of few by name, of many by their number.

    >>> _of_unsent("is already invited", ["ada"], 2), _of_unsent("is already invited", ["ada"] * 190, 196)
    ('ada: nothing would be sent: is already invited', '190 of 196: nothing would be sent: each is already invited')
    """
    if len(targets) <= limits.FAILED_NAMED:
        return f"{name_list(targets, limits.FAILED_NAMED)}: nothing would be sent: {reason}"
    each = "each " if reason.startswith(("is ", "has ", "does ", "already has ")) else ""
    return f"{len(targets):,} of {total:,}: nothing would be sent: {each}{reason}"


def blocked_frame(ctx: CommandContext, writes: Sequence[Write]) -> frames.Table:
    """Return the blocked writes, one per row, each with its guard and the way to allow it."""
    records = [
        {
            "step": write.position.step or at,
            "target": write.target,
            "guard": write.hold.guard or None,
            "reason": write.hold.why or write.hold.blocked,
            "override": write.hold.override or None,
        }
        for at, write in enumerate(writes, 1)
        if write.hold.blocked
    ]
    frame = _table_of(ctx, BLOCKED, _with_commands(ctx, records))
    query.note(ctx.session, frame, route="", dry_run=True, blocked=True)
    return frame


def _undoing(writes: Sequence[Write]) -> dict[str, list[str]]:
    """Return the remarks about undoing writes, each with the targets of its writes."""
    remarks: dict[str, list[str]] = {}
    for write in writes:
        if write.undoing and not write.hold_text and not write.noop:
            remarks.setdefault(write.undoing, []).append(write.target)
    return remarks


def request_record(write: Write) -> dict[str, Any]:
    """Return a prepared request as a record, secrets masked."""
    return {
        "target": write.target,
        "method": write.method,
        "route": write.path,
        "parameters": mask(write.sent_params),
        "body": mask(write.body),
    }


def request_text(write: Write, *, is_sent: bool = False) -> str:
    """Return a request as text: method and route, parameters, body, and unless it is sent, how to undo it."""
    record = request_record(write)
    if write.hold_text:
        return f"{write.target}\n  {'blocked' if write.hold.blocked else 'skipped'}: {write.hold_text}"
    if write.noop:
        return f"{write.target}\n  nothing is sent: {write.noop}"
    lines = [f"{record['method']} {record['route']}"]
    lines += [f"  ?{name}={value}" for name, value in record["parameters"].items()]
    if record["body"] is not None:
        lines.append(json.dumps(record["body"], indent=2, ensure_ascii=False))
    if write.undoing and not is_sent:
        lines.append(write.undoing)
    return "\n".join(lines)


def _step(at: int, write: Write) -> dict[str, Any]:
    return {
        "step": write.position.step or at,
        "action": write.position.action or None,
        "principal": write.name or write.position.principal or None,
        "usage": write.position.usage or None,
        "blocked_reason": write.hold.blocked or None,
        "skipped_reason": write.hold.skipped or None,
    }


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "target": outcome.write.target,
        "outcome": outcome.state,
        "detail": outcome.detail or None,
        "method": outcome.write.method,
        "route": outcome.write.path,
        "request_id": outcome.request_id,
    }
