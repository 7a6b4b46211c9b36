"""What became of one write: said by the API itself, or found by a look at the thing, never by a status alone.

| what came back                                        | what is said                                              |
|-------------------------------------------------------|-----------------------------------------------------------|
| an answer that shows what was asked for               | done                                                      |
| 409, 404 of a deletion, in the API's own words        | already, where a look finds it so; else refused           |
| any other refusal in the API's own words              | refused                                                   |
| nothing, or what is not the API's                     | done or not done, as a look finds it; else unknown        |

After a time-out or Ctrl-C a look that finds nothing is not the last word: there is one later look, and then it is
unknown, since the server may still be at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.errors import (
    ApiError,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitedError,
    RouteNotFoundError,
    SaveError,
    UnexpectedAnswerError,
    ZenProError,
)
from zenpro_nb.framework.writes.write import Outcome, Record, Write
from zenpro_nb.security.secret import Secret
from zenpro_nb.session.session import Session

LOOK = "look before you try again"


def send(session: Session, write: Write) -> Outcome:
    """Send one write, and find out what became of it."""
    try:
        client = write.client or session.client
        # A key that is made twice is a key that nobody knows of.
        once = write.keep is not None
        reply = client.request(write.method, write.path, params=write.sent_params, json=write.body, once=once)
        answer = reply.json() if reply.content.strip() else None
    except UnexpectedAnswerError as error:
        return look(session, write, error, "the answer makes no sense")
    except ZenProError as error:
        if error.outcome == "unknown":
            return look(session, write, error, _why(error))
        return _refused(session, write, error) if isinstance(error, ApiError) else _not_sent(write, error)
    if not _convincing(write, answer):
        return look(session, write, UnexpectedAnswerError("The answer is not the API's."), "the answer shows nothing")
    record = {**query.record_of(answer, write.resource), **write.marks} if isinstance(answer, dict) else None
    return _kept(Outcome(write, "done", write.stays, record=record, request_id=reply.request_id))


def look(session: Session, write: Write, lost: ZenProError, why: str) -> Outcome:
    """Return what a look says about a write of which nobody else has said what became."""
    request_id = getattr(lost, "request_id", None)
    unknown = Outcome(write, "unknown", f"{why}; {LOOK}", request_id=request_id, error=lost)
    if write.happened is None:
        return unknown
    try:
        found = write.happened()
        if found is False:
            session.clock.sleep(limits.SECOND_LOOK)
            found = write.happened()
    except KeyboardInterrupt:
        return replace(unknown, detail=f"{why}, and Ctrl-C came before a look was through; {LOOK}")
    except ZenProError as error:
        return replace(unknown, detail=f"{why}, and looking failed too: {error}")
    unknown = replace(unknown, answered=True)
    if found is None:
        return unknown
    if found is False and _may_come(lost):
        return replace(unknown, detail=f"{why}; it is not done yet, and may still happen")
    if found is False:
        return replace(unknown, state="not done", detail=f"{why}, and a look shows that it did not happen")
    record: Record | None = None if found is True else found
    detail = "; ".join(part for part in (f"{why}; a look shows that it is done", write.stays) if part)
    done = Outcome(write, "done", detail, record=record, request_id=request_id)
    return done if write.keep is None else _kept(done)


def _refused(session: Session, write: Write, error: ApiError) -> Outcome:
    refused = Outcome(write, "refused", str(error), request_id=error.request_id, error=error)
    conflict = isinstance(error, ConflictError)
    missing = isinstance(error, NotFoundError) and not isinstance(error, RouteNotFoundError)
    if isinstance(error, RateLimitedError) or error.resent:
        # What was put off may have been done all the same; what is in the way may be what the first sending made.
        found = look(session, write, error, "the server put it off")
        decided = found.good or found.state == "not kept" or (found.state == "unknown" and error.resent)
        return found if decided else refused
    if not conflict and not (missing and write.method == "DELETE"):
        return refused
    try:
        return _already(write, refused, write.already if conflict else write.absent)
    except ZenProError:
        return refused


def _already(write: Write, refused: Outcome, words: str) -> Outcome:
    """Return the refusal, or that it was so already: a look decides."""
    conflict = isinstance(refused.error, ConflictError)
    if conflict and write.obstacle is not None:
        obstacle = write.obstacle()
        if obstacle is None:
            return refused
        if obstacle.as_good:
            return replace(refused, state="already", detail=obstacle.words, error=None)
        error = ConflictError(
            f"{write.target}: {obstacle.words}", hint="Change what there is, or take it back first.", status=409
        )
        return replace(refused, detail=str(error), error=error)
    if not words or write.happened is None or not write.happened():
        return refused
    return replace(refused, state="already", detail=words, error=None)


def _not_sent(write: Write, error: ZenProError) -> Outcome:
    return Outcome(write, "not sent", str(error), error=error)


def _convincing(write: Write, answer: Any) -> bool:
    """Return whether an answer is one of the API's: a record where one is made or changed, and never a gateway's words.

    The bodies of the other writes are not published (API facts 3.2): null, true and records are known.
    """
    if answer is None and write.method == "DELETE":
        return True
    if write.resource is not None:
        return isinstance(answer, dict) and bool({"id", *write.resource.key} & answer.keys())
    return not (isinstance(answer, dict) and {"message", "error"} & answer.keys() and "id" not in answer)


def _may_come(lost: ZenProError) -> bool:
    """Return whether the server may still be at it: it was slow, or somebody in between grew tired of waiting."""
    return isinstance(lost, OutcomeUnknownError) and (lost.timed_out or lost.status >= 400)


def _why(error: ZenProError) -> str:
    status = getattr(error, "status", 0)
    if isinstance(error, OutcomeUnknownError) and error.timed_out:
        return "no answer came in time"
    if not status:
        return "the answer was lost"
    return f"the server failed with {status}" if status >= 500 else f"something in front of the API answered {status}"


def _kept(outcome: Outcome) -> Outcome:
    """Take the one-time secret out of the answer, and put it where it was wanted."""
    keep = outcome.write.keep
    if keep is None:
        return outcome
    record, value = _without(outcome.record or {}, keep.field.split("."))
    bare = replace(outcome, record=record)
    if not isinstance(value, str) or not value:
        return _not_kept(bare, outcome.detail or "the server's answer holds no secret")
    try:
        where = keep.destination.put(Secret(value))
    except SaveError as error:
        return _not_kept(bare, error.message)
    return replace(bare, detail=f"{keep.what} is {where}")


def _without(record: Record, steps: Sequence[str]) -> tuple[dict[str, object], object]:
    """Return the record without the field that the steps lead to, and what stood there."""
    rest = dict(record)
    value = rest.pop(steps[0], None)
    if len(steps) == 1 or not isinstance(value, dict):
        return rest, value if len(steps) == 1 else None
    rest[steps[0]], found = _without(value, steps[1:])
    return rest, found


def _not_kept(outcome: Outcome, reason: str) -> Outcome:
    """Return that the secret is lost, and the line that gets a new one: for this key, and for no namesake."""
    keep = outcome.write.keep
    assert keep is not None  # noqa: S101 - `_kept` has looked
    alone = not getattr(outcome.write.happened, "namesakes", False)
    key = keep.name if alone else (outcome.record or {}).get("id") or keep.name
    rescue = keep.rescue.format(key=key)
    error = SaveError(f"{keep.what} is lost: {reason}", hint=f"Get a new one: {rescue}.")
    return replace(outcome, state="not kept", detail=str(error), error=error)
