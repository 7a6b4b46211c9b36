"""Sending planned writes: each once, each entered in the journal, none repeated blindly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zenpro_nb.commands.planned import Outcome, Record, Write
from zenpro_nb.commands.runtime import Runtime
from zenpro_nb.errors import ApiError, ConflictError, OutcomeUnknownError, ZenProError
from zenpro_nb.fetch import record_of
from zenpro_nb.journal import Entry, Journal


def send_all(runtime: Runtime, writes: Sequence[Write], line: str) -> list[Outcome]:
    """Send them in order. What the server refuses stops nothing; what would stop all the rest does.

    Args:
        line: the line that somebody would type, for the journal.

    Raises:
        SaveError: the journal cannot be written; nothing was sent.
    """
    journal = Journal()
    journal.require_writable()
    return list(_outcomes(runtime, writes, line, journal))


def _outcomes(runtime: Runtime, writes: Sequence[Write], line: str, journal: Journal) -> Iterator[Outcome]:
    stopped: Exception | None = None
    for write in writes:
        if stopped is not None:
            yield Outcome(write, "not sent", str(stopped))
            continue
        outcome = send(runtime, write)
        journal.append(_entry(runtime, outcome, line))
        # A refusal is about this one; a lost connection or credential is about all that follow.
        if not outcome.good and not _about_one(outcome.error):
            stopped = outcome.error
        yield outcome


def send(runtime: Runtime, write: Write) -> Outcome:
    """Send one write, and find out what became of it."""
    try:
        reply = runtime.session.client.request(write.method, write.path, params=write.sent_params, json=write.body)
    except ConflictError as error:
        if write.already:
            return Outcome(write, "already", write.already, request_id=error.request_id)
        return Outcome(write, "refused", str(error), request_id=error.request_id, error=error)
    except OutcomeUnknownError as error:
        return _look(write, error)
    except ApiError as error:
        return Outcome(write, "refused", str(error), request_id=error.request_id, error=error)
    except ZenProError as error:
        return Outcome(write, "not sent", str(error), error=error)
    answer = reply.json() if reply.content.strip() else None
    record = record_of(answer) if answer is not None else None
    return Outcome(write, "done", record=record, request_id=reply.request_id)


def _look(write: Write, lost: OutcomeUnknownError) -> Outcome:
    """The answer was lost: look whether it happened, and say which of the two it was."""
    if write.happened is None:
        return Outcome(write, "unknown", f"{lost.message}; look before you try again", error=lost)
    try:
        found = write.happened()
    except ZenProError as error:
        return Outcome(write, "unknown", f"{lost.message}, and looking failed too: {error}", error=lost)
    if not found:
        return Outcome(write, "not done", "the answer was lost, and a look shows that it did not happen", error=lost)
    record: Record | None = None if found is True else found
    return Outcome(write, "done", "the answer was lost, and a look shows that it happened", record=record)


def _about_one(error: Exception | None) -> bool:
    from zenpro_nb.errors import AuthenticationError, RateLimitedError, ServerError

    return isinstance(error, ApiError) and not isinstance(error, AuthenticationError | RateLimitedError | ServerError)


def _entry(runtime: Runtime, outcome: Outcome, line: str) -> Entry:
    write = outcome.write
    return Entry(
        command=line,
        server=runtime.session.settings.url,
        profile=runtime.session.settings.profile,
        method=write.method,
        route=write.path,
        params=write.sent_params,
        body=write.body,
        outcome=outcome.state,
        detail=outcome.detail,
        request_id=outcome.request_id,
    )
