"""Sending planned writes: each once, each entered in the journal, none repeated blindly."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from zenpro_nb import query
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.write import Outcome, Record, SecretPrompt, Write, filled, wanted_in
from zenpro_nb.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitedError,
    RouteNotFoundError,
    SaveError,
    ServerError,
    UnexpectedAnswerError,
    UsageError,
    ZenProError,
)
from zenpro_nb.journal.journal import Entry, Journal
from zenpro_nb.security.secret import Secret
from zenpro_nb.terminal.face import Face

_STOPPED = "stopped by Ctrl-C"


def send_all(
    runtime: Runtime, writes: Sequence[Write], line: str, advance: Callable[[int], None] | None = None
) -> list[Outcome]:
    """Send them in order. What the server refuses stops nothing; what would stop all the rest does.

    Args:
        line: the line that somebody would type, for the journal.
        advance: told how many are through.

    Raises:
        SaveError: the journal cannot be written; nothing was sent.
        CredentialError: nobody can type the secret that one of them needs; nothing was sent.
    """
    journal = Journal()
    journal.require_writable()
    ready = with_secrets(runtime.face, writes)
    # Asked now, while nothing is done yet: it would be a pity to fail over it when describing the result.
    runtime.session.is_sandbox()
    outcomes: list[Outcome] = []
    for outcome in _outcomes(runtime, ready, line, journal):
        outcomes.append(outcome)
        if advance is not None:
            advance(len(outcomes))
    return outcomes


def with_secrets(face: Face, writes: Sequence[Write]) -> list[Write]:
    """The writes with the secrets that they still want, asked for once each.

    Raises:
        CredentialError: nobody can type here, and the environment does not hold it.
        UsageError: what was typed twice was not the same.
    """
    wanted = dict.fromkeys(one for write in writes for one in wanted_in(write.params) + wanted_in(write.body))
    if not wanted:
        return list(writes)
    known = {one: _asked(face, one) for one in wanted}
    return [
        replace(write, params=filled(write.params, known) or {}, body=filled(write.body, known)) for write in writes
    ]


def _asked(face: Face, wanted: SecretPrompt) -> Secret:
    value = os.environ.get(wanted.variable)
    if value:
        return Secret(value)
    value = face.ask_secret(f"{wanted.prompt}: ", wanted.variable)
    # Nobody sees what is typed, and a slip would lock its owner out.
    if not value or face.ask_secret("The same again: ", wanted.variable) != value:
        raise UsageError("The two were not the same, or nothing was typed", hint="Nothing was sent; try again.")
    return Secret(value)


def _outcomes(runtime: Runtime, writes: Sequence[Write], line: str, journal: Journal) -> Iterator[Outcome]:
    stopped = ""
    for write in writes:
        if stopped:
            yield Outcome(write, "not sent", stopped)
            continue
        try:
            outcome = send(runtime, write)
        except KeyboardInterrupt:
            outcome, stopped = _look(write, OutcomeUnknownError(_STOPPED), "Ctrl-C came before the answer"), _STOPPED
        # A refusal is about this one; a lost connection or credential is about all that follow.
        if not stopped and not outcome.good and not _about_one(outcome.error):
            stopped = str(outcome.error or outcome.detail)
        try:
            journal.append(_entry(runtime, outcome, line))
        except SaveError as error:
            runtime.face.warn(f"{write.target}: {outcome.state}, but it is not in the journal. {error}")
            stopped = stopped or "the journal can no longer be written"
        yield outcome


def send(runtime: Runtime, write: Write) -> Outcome:
    """Send one write, and find out what became of it."""
    try:
        client = write.client or runtime.session.client
        reply = client.request(write.method, write.path, params=write.sent_params, json=write.body)
    except ApiError as error:
        return _refused(write, error)
    except OutcomeUnknownError as error:
        return _look(write, error, "the answer was lost")
    except ZenProError as error:
        return Outcome(write, "not sent", str(error), error=error)
    try:
        answer = reply.json() if reply.content.strip() else None
    except UnexpectedAnswerError as error:
        return _look(write, error, "the answer makes no sense")
    record = {**query.record_of(answer), **write.marks} if answer is not None else None
    return _kept(Outcome(write, "done", record=record, request_id=reply.request_id))


def _refused(write: Write, error: ApiError) -> Outcome:
    # A server that failed may have failed after it did what it was asked for; 501 says that it never could.
    if isinstance(error, ServerError) and error.status != 501:
        return _look(write, error, f"the server failed with {error.status}")
    words = ""
    if isinstance(error, ConflictError):
        words = write.already
    elif isinstance(error, NotFoundError) and not isinstance(error, RouteNotFoundError):
        words = write.absent
    if words:
        return Outcome(write, "already", words, request_id=error.request_id)
    return Outcome(write, "refused", str(error), request_id=error.request_id, error=error)


def _look(write: Write, lost: ZenProError, why: str) -> Outcome:
    """Nobody said whether it happened: look, and say which of the two it was."""
    request_id = lost.request_id if isinstance(lost, ApiError) else None
    unknown = Outcome(write, "unknown", f"{why}; look before you try again", request_id=request_id, error=lost)
    if write.happened is None:
        return unknown
    try:
        found = write.happened()
    except ZenProError as error:
        return replace(unknown, detail=f"{why}, and looking failed too: {error}")
    if found is None:
        return unknown
    if found is False:
        return replace(unknown, state="not done", detail=f"{why}, and a look shows that it did not happen")
    record: Record | None = None if found is True else found
    done = Outcome(write, "done", f"{why}; a look shows that it is done", record=record, request_id=request_id)
    return done if write.keep is None else _kept(done)


def _kept(outcome: Outcome) -> Outcome:
    """Take the one-time secret out of the answer, and put it where it was wanted."""
    keep = outcome.write.keep
    if keep is None:
        return outcome
    record, value = _without(outcome.record or {}, keep.field.split("."))
    bare = replace(outcome, record=record)
    if not isinstance(value, str) or not value:
        reason = outcome.detail or "the server's answer holds no secret"
        return _not_kept(bare, SaveError(f"{keep.what} is lost: {reason}", hint=f"Get a new one: {keep.rescue}."))
    try:
        where = keep.place.put(Secret(value))
    except SaveError as error:
        reason = error.message
    else:
        return replace(bare, detail=f"{keep.what} is {where}")
    return _not_kept(bare, SaveError(f"{keep.what} is lost: {reason}", hint=f"Get a new one: {keep.rescue}."))


def _without(record: Record, steps: Sequence[str]) -> tuple[dict[str, object], object]:
    """The record without the field that the steps lead to, and what stood there."""
    rest = dict(record)
    value = rest.pop(steps[0], None)
    if len(steps) == 1 or not isinstance(value, dict):
        return rest, value if len(steps) == 1 else None
    rest[steps[0]], found = _without(value, steps[1:])
    return rest, found


def _not_kept(outcome: Outcome, error: SaveError) -> Outcome:
    return replace(outcome, state="not kept", detail=str(error), error=error)


def _about_one(error: Exception | None) -> bool:
    return isinstance(error, ApiError) and not isinstance(error, AuthenticationError | RateLimitedError | ServerError)


def _entry(runtime: Runtime, outcome: Outcome, line: str) -> Entry:
    write = outcome.write
    return Entry(
        command=line,
        server=write.client.url if write.client is not None else runtime.session.settings.url,
        profile=runtime.session.settings.profile,
        method=write.method,
        route=write.path,
        target=write.target,
        params=write.sent_params,
        body=write.body,
        outcome=outcome.state,
        detail=outcome.detail,
        request_id=outcome.request_id,
    )
