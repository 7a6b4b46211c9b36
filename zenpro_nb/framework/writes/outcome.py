"""Determine the outcome of a write by the API's own response or a check of the object, never by a status alone.

| received                                              | outcome                                                   |
|-------------------------------------------------------|-----------------------------------------------------------|
| a response that shows the requested state             | done                                                      |
| 409, or 404 for a deletion, from the API itself       | already, if a check confirms it; otherwise refused        |
| any other refusal from the API itself                 | refused                                                   |
| 501 from the API itself: the feature is switched off  | refused, unless a check shows that it happened            |
| nothing, or a response that is not from the API       | done or not done by a check; otherwise unknown            |

After a timeout or Ctrl-C, a negative check is repeated once later. If it is still negative, the outcome is unknown,
because the server may still be processing the write.
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
    SwitchedOffError,
    UnexpectedAnswerError,
    ZenProError,
)
from zenpro_nb.framework.writes.write import Outcome, Record, Write
from zenpro_nb.security.secret import Secret
from zenpro_nb.session.session import Session

CHECK_FIRST = "check it before you try again"


def send(session: Session, write: Write) -> Outcome:
    """Send one write, and determine its outcome."""
    try:
        client = write.client or session.client
        # A key that is created twice leaves one key that no one knows.
        send_once = write.secret_out is not None
        reply = client.request(write.method, write.path, params=write.sent_params, json=write.body, once=send_once)
        response = reply.json() if reply.content.strip() else None
    except UnexpectedAnswerError as error:
        return resolve_outcome(session, write, error, "the response is invalid")
    except ZenProError as error:
        if isinstance(error, SwitchedOffError) and error.from_api and not _is_done(write):
            return _refusal(session, write, error)
        if error.outcome == "unknown":
            return resolve_outcome(session, write, error, _cause(error))
        if isinstance(error, ApiError):
            return _refusal(session, write, error)
        return Outcome(write, "not sent", str(error), error=error)
    if not _is_api_response(write, response):
        return resolve_outcome(
            session,
            write,
            UnexpectedAnswerError("The response did not come from the API."),
            "the response does not show the result",
        )
    record = (
        {**query.record_of(response, write.resource), **write.extra_columns} if isinstance(response, dict) else None
    )
    return _store_secret(Outcome(write, "done", write.keeps_note, record=record, request_id=reply.request_id))


def resolve_outcome(session: Session, write: Write, lost_error: ZenProError, why: str) -> Outcome:
    """Return the outcome of a write by a check, because nothing else reported it."""
    request_id = getattr(lost_error, "request_id", None)
    unknown = Outcome(write, "unknown", f"{why}; {CHECK_FIRST}", request_id=request_id, error=lost_error)
    if write.verify is None:
        return unknown
    try:
        result = write.verify()
        if result is False:
            session.clock.sleep(limits.SECOND_LOOK)
            result = write.verify()
    except KeyboardInterrupt:
        return replace(unknown, detail=f"{why}, and Ctrl-C interrupted the check; {CHECK_FIRST}")
    except ZenProError as error:
        return replace(unknown, detail=f"{why}, and the check failed too: {error}")
    unknown = replace(unknown, answered=True)
    if result is None:
        return unknown
    if result is False and _can_still_happen(lost_error):
        return replace(unknown, detail=f"{why}; it is not done yet, but may still happen")
    if result is False:
        return replace(unknown, state="not done", detail=f"{why}, and a check shows that it did not happen")
    record: Record | None = None if result is True else result
    detail = "; ".join(part for part in (f"{why}; a check shows that it is done", write.keeps_note) if part)
    outcome = Outcome(write, "done", detail, record=record, request_id=request_id)
    return outcome if write.secret_out is None else _store_secret(outcome)


def _is_done(write: Write) -> bool:
    """Return whether a check shows that a write happened."""
    try:
        return write.verify is not None and bool(write.verify())
    except ZenProError:
        return False


def _refusal(session: Session, write: Write, error: ApiError) -> Outcome:
    refused = Outcome(write, "refused", str(error), request_id=error.request_id, error=error)
    conflict = isinstance(error, ConflictError)
    missing = isinstance(error, NotFoundError) and not isinstance(error, RouteNotFoundError)
    if isinstance(error, RateLimitedError) or error.resent:
        # A deferred request may still have been processed; a conflict can come from the first attempt itself.
        result = resolve_outcome(session, write, error, "the server deferred it")
        decided = result.good or result.state == "not kept" or (result.state == "unknown" and error.resent)
        return result if decided else refused
    if not conflict and not (missing and write.method == "DELETE"):
        return refused
    try:
        return _already(write, refused, write.on_409 if conflict else write.on_404)
    except ZenProError:
        return refused


def _already(write: Write, refused: Outcome, words: str) -> Outcome:
    """Return the refusal, or that the state was reached already: a check decides."""
    conflict = isinstance(refused.error, ConflictError)
    if conflict and write.obstacle is not None:
        obstacle = write.obstacle()
        if obstacle is None:
            return refused
        if obstacle.as_good:
            return replace(refused, state="already", detail=obstacle.words, error=None)
        error = ConflictError(
            f"{write.target}: {obstacle.words}", hint="Change the existing one, or undo it first.", status=409
        )
        return replace(refused, detail=str(error), error=error)
    if not words or write.verify is None or not write.verify():
        return refused
    return replace(refused, state="already", detail=words, error=None)


def _is_api_response(write: Write, response: Any) -> bool:
    """Return whether a response is from the API: a record for a creation or change, and never a gateway's error.

    The bodies of the other writes are not documented (API facts 3.2): null, true and records are known.
    """
    if response is None and write.method == "DELETE":
        return True
    if write.resource is not None:
        return isinstance(response, dict) and bool({"id", *write.resource.key} & response.keys())
    return not (isinstance(response, dict) and {"message", "error"} & response.keys() and "id" not in response)


def _can_still_happen(error: ZenProError) -> bool:
    """Return whether the server may still be processing it: it was slow, or a gateway timed out."""
    return isinstance(error, OutcomeUnknownError) and (error.timed_out or error.status >= 400)


def _cause(error: ZenProError) -> str:
    status = getattr(error, "status", 0)
    if isinstance(error, OutcomeUnknownError) and error.timed_out:
        return "no response came in time"
    if not status:
        return "the response was lost"
    source = "the server failed" if status >= 500 else "a gateway in front of the API responded"
    return f"{source} with {status}"


def _store_secret(outcome: Outcome) -> Outcome:
    """Remove the one-time secret from the response, and write it to its destination."""
    secret_out = outcome.write.secret_out
    if secret_out is None:
        return outcome
    record, value = _pop_field(outcome.record or {}, secret_out.field.split("."))
    bare = replace(outcome, record=record)
    if not isinstance(value, str) or not value:
        return _secret_lost(bare, outcome.detail or "the server's response contains no secret")
    try:
        where = secret_out.destination.put(Secret(value))
    except SaveError as error:
        return _secret_lost(bare, error.message)
    return replace(bare, detail=f"{secret_out.what} is {where}")


def _pop_field(record: Record, steps: Sequence[str]) -> tuple[dict[str, object], object]:
    """Return the record without the field at this path, and its value."""
    rest = dict(record)
    value = rest.pop(steps[0], None)
    if len(steps) == 1 or not isinstance(value, dict):
        return rest, value if len(steps) == 1 else None
    rest[steps[0]], result = _pop_field(value, steps[1:])
    return rest, result


def _secret_lost(outcome: Outcome, reason: str) -> Outcome:
    """Return the outcome for a lost secret, with the command that creates a new one for exactly this key."""
    secret_out = outcome.write.secret_out
    assert secret_out is not None  # noqa: S101 - `_store_secret` has checked it
    alone = not getattr(outcome.write.verify, "namesakes", False)
    key = secret_out.name if alone else (outcome.record or {}).get("id") or secret_out.name
    rescue = secret_out.rescue.format(key=key)
    error = SaveError(f"{secret_out.what} is lost: {reason}", hint=f"Get a new one: {rescue}.")
    return replace(outcome, state="not kept", detail=str(error), error=error)
