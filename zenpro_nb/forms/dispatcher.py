"""What a form does in the background: it plans the request, asks whether names are free, and sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zenpro_nb.commands.core.write import Write
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms import name_check, requirements
from zenpro_nb.forms.messages import Note, Tone, in_words, placed
from zenpro_nb.forms.state import State
from zenpro_nb.security.secret import scrub

if TYPE_CHECKING:
    from zenpro_nb.forms.form import Form


class Dispatch:
    """Between a form and the server. The lock is held while the form is read or changed, never while one waits."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def look(self) -> None:
        """Plan the writes, which asks the server for ids, and show them."""
        form = self._form
        with form.lock:
            edition = form.edition
            if form.state not in (State.FILLING, State.WAITING) or form.preview.tone is not Tone.BUSY:
                return
        try:
            writes = form.command.planned(form.runtime, form.given())
        except Exception as error:  # in a thread nobody else would see it
            self._looked(edition, None, _in_our_words(error))
        else:
            self._looked(edition, writes, None)

    def check(self, name: str) -> None:
        """Ask whether the name in this field is free."""
        form = self._form
        with form.lock:
            asked = form.values[name]
        try:
            note = name_check.check(form, name)
        except Exception as error:  # in a thread nobody else would see it
            note = Note(f"could not be checked: {in_words(_in_our_words(error))}", Tone.ADVICE)
        with form.lock:
            if form.values[name] != asked or note is None:
                return
            if note.tone is Tone.BAD:
                form.errors[name] = note.text
            else:
                form.checks[name] = note
        form.tell()

    def send(self) -> None:
        """Send what is filled in, and show what became of it."""
        form = self._form
        with form.lock:
            writes = form.writes
            form.face.begin()
        try:
            given, line = form.given(), form.spelled()
            # What was shown is what is sent; where nothing was shown yet, it is worked out now.
            writes = writes if writes is not None else form.command.planned(form.runtime, given)
            if not self._is_confirmed(writes):
                return
            frame = form.command.carry_out(form.runtime, writes, {**given, "yes": True}, line)
        except Exception as error:  # in a thread nobody else would see it
            self._failed(_in_our_words(error))
        else:
            self._done(writes, frame)

    def _looked(self, edition: int, writes: list[Write] | None, error: ZenProError | None) -> None:
        form = self._form
        with form.lock:
            if edition != form.edition:
                return
            form.writes = writes
            if error is None:
                form.preview = Note(name_check.request_text(writes or []))
            else:
                at = placed(error, form.shown, form.values)
                form.errors.update(at)
                form.preview = requirements.request_later(form, at) if at else Note(in_words(error), Tone.BAD)
        form.tell()

    def _is_confirmed(self, writes: list[Write]) -> bool:
        """Whether the name has been typed again, where only the plan shows that something is disabled."""
        form = self._form
        with form.lock:
            form.writes = writes
            form.preview = Note(name_check.request_text(writes))
            if not form.confirmation or form.typed == form.confirmation:
                return True
            form.state, form.status = State.FILLING, requirements.unconfirmed(form)
        form.tell()
        return False

    def _failed(self, error: ZenProError) -> None:
        form = self._form
        with form.lock:
            if form.state is State.SENDING:
                form.state = State.FILLING
            form.writes = None
            # Of several writes some may be done; the command has shown which.
            form.result = form.face.shown[-1] if form.face.shown else form.result
        form.picking.refresh()
        form.say(error)

    def _done(self, writes: Sequence[Write], frame: Any) -> None:
        form = self._form
        with form.lock:
            if form.state is State.SENDING:
                form.state = State.DONE
            form.result = frame
            form.typed = ""
            form.status = name_check.done_note(writes, form.face.words, form.values.get("out"))
        form.picking.refresh()
        form.tell()
        form.care.done(frame)


def _in_our_words(error: Exception) -> ZenProError:
    """The error as one of ours: what stands in a form is saved with the notebook, so it holds no secret."""
    if isinstance(error, ZenProError):
        return error
    return ZenProError(scrub(f"The form failed: {type(error).__name__}: {error}"))
