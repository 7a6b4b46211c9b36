"""Send one prepared write: record it in the journal as begun, send it once, and record its outcome."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from zenpro_nb.client import WorkStopped
from zenpro_nb.errors import (
    ApiError,
    AuthenticationError,
    InterruptedReadError,
    OutcomeUnknownError,
    RateLimitedError,
    SaveError,
    ServerError,
    ZenProError,
)
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.checks import fields_of
from zenpro_nb.framework.writes.outcome import CHECK_FIRST, resolve_outcome, send
from zenpro_nb.framework.writes.write import CTRL_C, STOPPED, Outcome, StatefulCheck, Write
from zenpro_nb.journal.journal import Entry, Journal, shorten
from zenpro_nb.security.secret import scrub


class Sender:
    """Sends the writes of one command, from one or several threads, until something stops the rest.

    Args:
        line: the command as the user would type it, for the journal.
        independent: the writes are of several kinds, and a failure of one predicts little about the next: it stops
            nothing as long as the server responds to its check.
        fail_fast: stop sending after the first failure.

    Attributes:
        stopped: why sending has stopped; empty if it has not.
        sent: how many were sent.
        unwritable: the error of the journal when a write was to begin.
        mistake: an error of this tool while a write was in progress.
    """

    def __init__(
        self, ctx: CommandContext, line: str, journal: Journal, *, independent: bool, fail_fast: bool = False
    ) -> None:
        self.stopped = ""
        self.sent = 0
        self.unwritable: SaveError | None = None
        self.mistake: Exception | None = None
        self._ctx = ctx
        # Each entry contains it, and a column of addresses makes it long. Masked first: half a secret is unknown.
        self._line = shorten(scrub(line))
        self._journal = journal
        self._independent = independent
        self._fail_fast = fail_fast
        self._command_id = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._under_way: dict[str, tuple[int, Write, Entry]] = {}  # by the id of the entry
        self._outcomes: dict[str, Outcome] = {}  # by the id of the entry

    def send(self, planned: Write, place: int = 0) -> Outcome:
        """Send one write, unless something prevents it; it is in the journal before it is sent, and afterwards.

        Args:
            place: its place among the writes of the command.
        """
        write, unsent = self._prepare(planned)
        if unsent is not None:
            return unsent
        if write.noop:
            return self._record_unchanged(write, place)
        entry = self._entry(write, place)
        try:
            self._journal.append(entry)
        except SaveError as error:
            self.unwritable = error
            self.stop(str(error))
            return Outcome(write, "not sent", str(error), error=error)
        with self._lock:
            self.sent += 1
            self._under_way[entry.id] = place, write, entry
        return self._record_end(entry, self._send(write))

    def record_nothing(self) -> None:
        """Record a command without writes: otherwise `undo` would take the previous command for the last one."""
        self._record(replace(self._entry(Write("", "", target="")), outcome="already", detail="nothing to do"))

    def flush(self) -> None:
        """Return when all outcomes are in the journal. Otherwise, an outcome waits for the next write that begins."""
        self._journal.flush()

    def stop(self, why: str) -> None:
        """Stop sending; the first reason is the one that is reported."""
        with self._lock:
            self.stopped = self.stopped or why

    def interruption(self) -> list[tuple[int, Write, Entry]]:
        """Return the writes that were in progress at Ctrl-C, each with its place and its journal entry."""
        with self._lock:
            return list(self._under_way.values())

    def check(self, write: Write, entry: Entry) -> Outcome:
        """Check the outcome of a write whose response is no longer awaited, and record it."""
        return self._record_check(entry, self._outcome_by_check(write))

    def give_up(self, write: Write, entry: Entry) -> Outcome:
        """Record a write whose check was interrupted too."""
        detail = f"{CTRL_C}, and interrupted the check; {CHECK_FIRST}"
        return self._record_check(entry, Outcome(write, "unknown", detail, error=OutcomeUnknownError(STOPPED)))

    def _record_check(self, entry: Entry, outcome: Outcome) -> Outcome:
        """Record the result of a check, unless the response came first and is in the journal."""
        ended = self._record_end(entry, outcome)
        with self._lock:
            return self._outcomes.get(entry.id, ended)

    def _record_unchanged(self, write: Write, place: int) -> Outcome:
        """Record a write that changes nothing and is not sent."""
        detail = write.noop if write.undoes else f"{write.noop}; nothing to undo"
        self._record(replace(self._entry(write, place), outcome="already", detail=detail))
        return Outcome(write, "already", write.noop, record=write.record)

    def _record(self, entry: Entry) -> None:
        try:
            self._journal.append(entry)
        except SaveError as error:
            self._ctx.ui.warn(
                f"{entry.target or entry.command}: {entry.detail}, but not recorded in the journal. {error}"
            )

    def _prepare(self, write: Write) -> tuple[Write, Outcome | None]:
        """Return the write to be sent, or the outcome if it is not sent."""
        if write.hold_text:
            return write, Outcome(write, "blocked" if write.hold.blocked else "skipped", write.hold_text)
        if self.stopped:
            return write, Outcome(write, "not sent", self.stopped)
        if write.position.build_later is None:
            return write, None
        try:
            return self._build(write, write.position.build_later), None
        except (KeyboardInterrupt, InterruptedReadError):
            self.stop(STOPPED)
            return write, Outcome(write, "not sent", STOPPED)
        except ZenProError as error:
            return write, Outcome(write, "not sent", str(error), error=error)
        except Exception as error:  # other writes are in progress, and must be recorded in the journal
            self._fail(error)
            return write, Outcome(write, "not sent", self.stopped)

    def _build(self, write: Write, late: Callable[[], Write]) -> Write:
        """Return the step that is built just before it is sent."""
        built_write = late()
        before = write.before if built_write.before is None else built_write.before
        built_write = replace(
            built_write.with_position(step=write.position.step, needs=write.position.needs, plan=write.position.plan),
            before=before,
        )
        if not built_write.confirmation.past_tense:
            built_write = replace(built_write, confirmation=write.confirmation)
        if isinstance(built_write.verify, StatefulCheck):
            built_write.verify.snapshot()
        return built_write

    def _fail(self, error: Exception) -> None:
        self.mistake = self.mistake or error
        self.stop(f"{type(error).__name__} in this tool")

    def _send(self, write: Write) -> Outcome:
        try:
            outcome = send(self._ctx.session, write)
        except KeyboardInterrupt:
            self.stop(STOPPED)
            return self._outcome_by_check(write)
        except WorkStopped as stopped:
            if not stopped.sent_nothing:
                raise
            return Outcome(write, "not sent", STOPPED)
        except Exception as error:  # it was sent, so its outcome must be recorded in the journal
            self._fail(error)
            return Outcome(write, "unknown", f"{type(error).__name__} in this tool; {CHECK_FIRST}")
        # A refusal affects only this write; a lost connection or credential affects all that follow.
        if not outcome.good and not self._affects_only_this_write(outcome):
            self.stop(str(outcome.error or outcome.detail))
        elif self._fail_fast and not outcome.good:
            self.stop(f"--fail-fast: {write.target} failed")
        return outcome

    def _outcome_by_check(self, write: Write) -> Outcome:
        error = OutcomeUnknownError(STOPPED)
        error.timed_out = True
        return resolve_outcome(self._ctx.session, write, error, CTRL_C)

    def _affects_only_this_write(self, outcome: Outcome) -> bool:
        if self._independent and outcome.answered:
            return True
        error = outcome.error
        return isinstance(error, ApiError) and not isinstance(
            error, AuthenticationError | RateLimitedError | ServerError
        )

    def _record_end(self, entry: Entry, outcome: Outcome) -> Outcome:
        """Record the outcome once: after Ctrl-C, a response can arrive during the check."""
        with self._lock:
            if self._under_way.pop(entry.id, None) is None:
                return outcome
            self._outcomes[entry.id] = outcome
        ended = replace(entry, outcome=outcome.state, detail=outcome.detail, left=_changed_fields(outcome))
        ended = replace(ended, request_id=outcome.request_id)
        self._journal.append_later(ended, partial(self._not_recorded, outcome))
        if self.stopped:
            self.flush()
        return outcome

    def _not_recorded(self, outcome: Outcome, error: SaveError) -> None:
        self._ctx.ui.warn(f"{outcome.write.target}: {outcome.state}, but the journal was not updated. {error}")
        self.stop("the journal can no longer be written")

    def _entry(self, write: Write, place: int = 0) -> Entry:
        """Return the journal entry for a write that is about to begin."""
        settings = self._ctx.session.settings
        return Entry(
            id=uuid.uuid4().hex,
            command_id=self._command_id,
            command=self._line,
            server=write.client.url if write.client is not None else settings.url,
            workspace=write.at.workspace if write.at.workspace_id else "",
            workspace_id=write.at.workspace_id,
            control_plane=settings.url if write.at.workspace_id else "",
            organization=settings.organization,
            profile=settings.profile,
            method=write.method,
            route=write.path,
            target=write.target,
            name=write.name or write.position.principal,
            params=write.sent_params,
            body=write.body,
            plan=write.position.plan,
            step=write.position.step or None,
            place=place,
            before=write.before,
            inverse=msgspec.to_builtins(write.inverse, enc_hook=str),
            irreversible=write.irreversible,
            undoes=write.undoes,
            recreates=write.recreates,
        )


def _changed_fields(outcome: Outcome) -> Mapping[str, Any] | None:
    """Return the id and the changed fields from the response; None if it shows none."""
    if not outcome.record:
        return None
    fields = fields_of(outcome.record)
    return {name: fields[name] for name in ("id", *(outcome.write.body or ())) if name in fields}
