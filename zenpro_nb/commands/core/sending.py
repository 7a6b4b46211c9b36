"""Sending prepared writes: each once, each entered in the journal, none repeated blindly."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.settlement import LOOK, look, send
from zenpro_nb.commands.core.write import NotingLook, Outcome, SecretPrompt, Write, filled, wanted_in
from zenpro_nb.errors import (
    ApiError,
    AuthenticationError,
    OutcomeUnknownError,
    RateLimitedError,
    SaveError,
    ServerError,
    UsageError,
    ZenProError,
)
from zenpro_nb.journal.journal import Entry, Journal
from zenpro_nb.security.secret import Secret
from zenpro_nb.terminal.face import Face

_STOPPED = "stopped by Ctrl-C"


def send_all(
    runtime: Runtime,
    writes: Sequence[Write],
    line: str,
    advance: Callable[[int], None] | None = None,
    *,
    independent: bool = False,
) -> list[Outcome]:
    """Send them in order. What the server refuses stops nothing; what would stop all the rest does.

    Args:
        line: the line that somebody would type, for the journal.
        advance: told how many are through.
        independent: they are of several kinds, so that a failure of one says little about the next: it stops nothing
            as long as the server answers the look at it.

    Raises:
        SaveError: the journal cannot be written; nothing was sent.
        CredentialError: nobody can type the secret that one of them needs; nothing was sent.
    """
    journal = Journal()
    journal.require_writable()
    ready = with_secrets(runtime.face, writes)
    # Asked now, while nothing is done yet: it would be a pity to fail over it when describing the result.
    runtime.session.is_sandbox()
    _note(runtime, ready)
    outcomes: list[Outcome] = []
    for outcome in _outcomes(runtime, ready, line, journal, uuid.uuid4().hex, independent):
        outcomes.append(outcome)
        if advance is not None:
            advance(len(outcomes))
    return outcomes


def _note(runtime: Runtime, writes: Sequence[Write]) -> None:
    """Note, all at once, what is there before anything is sent, for the looks that have to tell new from old."""
    looks = [write.happened for write in writes if isinstance(write.happened, NotingLook)]
    runtime.session.server.fan_out([look.note for look in looks])


def with_secrets(face: Face, writes: Sequence[Write]) -> list[Write]:
    """Return the writes with the secrets that they still want, asked for once each.

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
        raise UsageError("The two entries differ, or nothing was typed", hint="Nothing was sent; try again.")
    return Secret(value)


def _outcomes(
    runtime: Runtime, writes: Sequence[Write], line: str, journal: Journal, command_id: str, independent: bool
) -> Iterator[Outcome]:
    """Send one after the other; each is in the journal before it is sent, and its outcome before the next one is."""
    stopped, sent = "", 0
    for planned in writes:
        write, unsent = _ready(planned, stopped)
        if unsent is not None:
            yield unsent
            continue
        begun = _entry(runtime, write, line, command_id)
        try:
            journal.append(begun)
        except SaveError as error:
            if not sent:
                raise
            stopped = str(error)
            yield Outcome(write, "not sent", stopped, error=error)
            continue
        sent += 1
        outcome, stopped, mistake = _sent(runtime, write)
        # A refusal is about this one; a lost connection or credential is about all that follow.
        if not stopped and not outcome.good and not _about_one(outcome, independent):
            stopped = str(outcome.error or outcome.detail)
        try:
            journal.append(_with_outcome(begun, outcome))
        except SaveError as error:
            runtime.face.warn(f"{write.target}: {outcome.state}, but that is not in the journal. {error}")
            stopped = stopped or "the journal can no longer be written"
        if mistake is not None:
            raise mistake
        yield outcome


def _sent(runtime: Runtime, write: Write) -> tuple[Outcome, str, Exception | None]:
    """Return what became of a write, why no other should follow, and the mistake of ours that came in between."""
    try:
        return send(runtime.session, write), "", None
    except KeyboardInterrupt:
        lost = OutcomeUnknownError(_STOPPED)
        lost.timed_out = True
        return look(runtime.session, write, lost, "Ctrl-C came before the answer"), _STOPPED, None
    except Exception as error:  # it was sent all the same, and so its outcome belongs into the journal
        return Outcome(write, "unknown", f"{type(error).__name__} in this tool; {LOOK}"), "", error


def _ready(write: Write, stopped: str) -> tuple[Write, Outcome | None]:
    """Return the write as it is sent, or the outcome of one that is not."""
    if write.blocked:
        return write, Outcome(write, "blocked", write.blocked)
    if stopped:
        return write, Outcome(write, "not sent", stopped)
    try:
        return (write if write.late is None else write.late()), None
    except ZenProError as error:
        return write, Outcome(write, "not sent", str(error), error=error)


def _about_one(outcome: Outcome, independent: bool) -> bool:
    if independent and outcome.answered:
        return True
    error = outcome.error
    return isinstance(error, ApiError) and not isinstance(error, AuthenticationError | RateLimitedError | ServerError)


def _entry(runtime: Runtime, write: Write, line: str, command_id: str) -> Entry:
    """Return the line that says that a write is begun."""
    return Entry(
        id=uuid.uuid4().hex,
        command_id=command_id,
        command=line,
        server=write.client.url if write.client is not None else runtime.session.settings.url,
        organization=runtime.session.settings.organization,
        profile=runtime.session.settings.profile,
        method=write.method,
        route=write.path,
        target=write.target,
        params=write.sent_params,
        body=write.body,
    )


def _with_outcome(begun: Entry, outcome: Outcome) -> Entry:
    return replace(begun, outcome=outcome.state, detail=outcome.detail, request_id=outcome.request_id)
