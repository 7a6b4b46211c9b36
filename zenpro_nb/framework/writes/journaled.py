"""One prepared write on its way: entered in the journal as begun, sent once, and entered again as it ended."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

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
from zenpro_nb.framework.writes.outcome import LOOK, look, send
from zenpro_nb.framework.writes.write import CTRL_C, STOPPED, Outcome, StatefulCheck, Write
from zenpro_nb.journal.journal import Entry, Journal


class Sender:
    """Sends the writes of one command, from one thread or from several, until something stops all the rest.

    Args:
        line: the line that somebody would type, for the journal.
        independent: the writes are of several kinds, so that a failure of one says little about the next: it stops
            nothing as long as the server answers the look at it.
        fail_fast: after the first one that failed, nothing more is sent.

    Attributes:
        stopped: why nothing more is sent; empty while there is no reason.
        sent: how many were sent.
        unwritable: the journal could not be written when a write was to be begun.
        mistake: what went wrong in this tool while a write was under way.
    """

    def __init__(
        self, ctx: CommandContext, line: str, journal: Journal, *, independent: bool, fail_fast: bool = False
    ) -> None:
        self.stopped = ""
        self.sent = 0
        self.unwritable: SaveError | None = None
        self.mistake: Exception | None = None
        self._runtime = ctx
        self._line = line
        self._journal = journal
        self._independent = independent
        self._fail_fast = fail_fast
        self._command_id = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._under_way: dict[str, tuple[int, Write, Entry]] = {}  # by the id of the entry
        self._ended_as: dict[str, Outcome] = {}  # likewise

    def one(self, planned: Write, place: int = 0) -> Outcome:
        """Send one write, unless something is in the way; it is in the journal before it is sent, and afterwards.

        Args:
            place: its place among the writes of the command.
        """
        write, unsent = self._ready(planned)
        if unsent is not None:
            return unsent
        if write.noop:
            return self._unchanged(write, place)
        begun = self._entry(write, place)
        try:
            self._journal.append(begun)
        except SaveError as error:
            self.unwritable = error
            self.stop(str(error))
            return Outcome(write, "not sent", str(error), error=error)
        with self._lock:
            self.sent += 1
            self._under_way[begun.id] = place, write, begun
        return self._ended(begun, self._carried_out(write))

    def nothing(self) -> None:
        """Enter the command itself, which had nothing to do: `undo` must not take the one before it for the last."""
        self._enter(replace(self._entry(Write("", "", target="")), outcome="already", detail="nothing to do"))

    def stop(self, why: str) -> None:
        """Send nothing more; the first reason is the one that is told."""
        with self._lock:
            self.stopped = self.stopped or why

    def interrupted(self) -> list[tuple[int, Write, Entry]]:
        """Return the writes that were under way when Ctrl-C came, each with its place and its entry in the journal."""
        with self._lock:
            return list(self._under_way.values())

    def look_at(self, write: Write, begun: Entry) -> Outcome:
        """Look what became of a write whose answer nobody waits for any more, and enter that in the journal."""
        return self._looked(begun, self._seen(write))

    def given_up(self, write: Write, begun: Entry) -> Outcome:
        """Enter a write whose look was interrupted too."""
        detail = f"{CTRL_C}, and before a look was through; {LOOK}"
        return self._looked(begun, Outcome(write, "unknown", detail, error=OutcomeUnknownError(STOPPED)))

    def _looked(self, begun: Entry, outcome: Outcome) -> Outcome:
        """Enter what a look has found, unless the answer came before it and is in the journal."""
        ended = self._ended(begun, outcome)
        with self._lock:
            return self._ended_as.get(begun.id, ended)

    def _unchanged(self, write: Write, place: int) -> Outcome:
        """Enter a write that changes nothing, which is not sent."""
        detail = write.noop if write.undoes else f"{write.noop}; nothing to undo"
        self._enter(replace(self._entry(write, place), outcome="already", detail=detail))
        return Outcome(write, "already", detail, record=write.shown)

    def _enter(self, entry: Entry) -> None:
        try:
            self._journal.append(entry)
        except SaveError as error:
            self._runtime.ui.warn(f"{entry.target or entry.command}: {entry.detail}, but not in the journal. {error}")

    def _ready(self, write: Write) -> tuple[Write, Outcome | None]:
        """Return the write as it is sent, or the outcome of one that is not."""
        if write.held:
            return write, Outcome(write, "blocked" if write.blocked else "skipped", write.held)
        if self.stopped:
            return write, Outcome(write, "not sent", self.stopped)
        if write.late is None:
            return write, None
        try:
            return self._made(write, write.late), None
        except (KeyboardInterrupt, InterruptedReadError):
            self.stop(STOPPED)
            return write, Outcome(write, "not sent", STOPPED)
        except ZenProError as error:
            return write, Outcome(write, "not sent", str(error), error=error)
        except Exception as error:  # others are under way, and are to be entered in the journal
            self._fail(error)
            return write, Outcome(write, "not sent", self.stopped)

    def _made(self, write: Write, late: Callable[[], Write]) -> Write:
        """Return the write that is made when its turn has come, as the step that it is."""
        made = late()
        before = write.before if made.before is None else made.before
        made = replace(made, step=write.step, needs=write.needs, plan=write.plan, before=before)
        if isinstance(made.happened, StatefulCheck):
            made.happened.note()
        return made

    def _fail(self, error: Exception) -> None:
        self.mistake = self.mistake or error
        self.stop(f"{type(error).__name__} in this tool")

    def _carried_out(self, write: Write) -> Outcome:
        try:
            outcome = send(self._runtime.session, write)
        except KeyboardInterrupt:
            self.stop(STOPPED)
            return self._seen(write)
        except Exception as error:  # it was sent all the same, and so its outcome belongs into the journal
            self._fail(error)
            return Outcome(write, "unknown", f"{type(error).__name__} in this tool; {LOOK}")
        # A refusal is about this one; a lost connection or credential is about all that follow.
        if not outcome.good and not self._is_about_one(outcome):
            self.stop(str(outcome.error or outcome.detail))
        elif self._fail_fast and not outcome.good:
            self.stop(f"--fail-fast: {write.target} failed")
        return outcome

    def _seen(self, write: Write) -> Outcome:
        lost = OutcomeUnknownError(STOPPED)
        lost.timed_out = True
        return look(self._runtime.session, write, lost, CTRL_C)

    def _is_about_one(self, outcome: Outcome) -> bool:
        if self._independent and outcome.answered:
            return True
        error = outcome.error
        return isinstance(error, ApiError) and not isinstance(
            error, AuthenticationError | RateLimitedError | ServerError
        )

    def _ended(self, begun: Entry, outcome: Outcome) -> Outcome:
        """Enter the outcome, once: after Ctrl-C an answer may come while it is being looked for."""
        with self._lock:
            if self._under_way.pop(begun.id, None) is None:
                return outcome
            self._ended_as[begun.id] = outcome
        try:
            ended = replace(begun, outcome=outcome.state, detail=outcome.detail, left=_left(outcome))
            self._journal.append(replace(ended, request_id=outcome.request_id))
        except SaveError as error:
            self._runtime.ui.warn(f"{outcome.write.target}: {outcome.state}, but that is not in the journal. {error}")
            self.stop("the journal can no longer be written")
        return outcome

    def _entry(self, write: Write, place: int = 0) -> Entry:
        """Return the line that says that a write is begun."""
        settings = self._runtime.session.settings
        return Entry(
            id=uuid.uuid4().hex,
            command_id=self._command_id,
            command=self._line,
            server=write.client.url if write.client is not None else settings.url,
            organization=settings.organization,
            profile=settings.profile,
            method=write.method,
            route=write.path,
            target=write.target,
            params=write.sent_params,
            body=write.body,
            plan=write.plan,
            step=write.step or None,
            place=place,
            before=write.before,
            inverse=msgspec.to_builtins(write.inverse, enc_hook=str),
            irreversible=write.irreversible,
            undoes=write.undoes,
            recreates=write.recreates,
        )


def _left(outcome: Outcome) -> Mapping[str, Any] | None:
    """Return the id and the changed fields as the answer shows them; None where it shows nothing."""
    if not outcome.record:
        return None
    shown = fields_of(outcome.record)
    return {name: shown[name] for name in ("id", *(outcome.write.body or ())) if name in shown}
