"""What becomes of what is typed: it is checked, prepared as a request, and sent when somebody says so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zenpro_nb import limits
from zenpro_nb.commands.core import name_validation
from zenpro_nb.commands.core.write import Write
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.forms import messages
from zenpro_nb.forms.field_choices import FieldChoices
from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.forms.messages import Message, Tone, in_words, placed
from zenpro_nb.forms.state import OpenForm, State


class Controller:
    """Between a form and the server. The lock is held while the form is read or changed, never while one waits."""

    def __init__(self, form: OpenForm, choices: FieldChoices, hooks: Hooks) -> None:
        self._form = form
        self._choices = choices
        self._hooks = hooks
        self._edition = 0  # counts the changes, so that an answer about an older form is known as such

    # --- typed ----------------------------------------------------------------------------------------------------

    def typed(self, name: str = "") -> None:
        """Take what was found out about the form for old; `name` is the field that holds another value, if one does."""
        form = self._form
        with form.lock:
            self._edition += 1
            form.writes = None
            if form.state is State.DONE:
                form.state = State.FILLING
            if form.state is State.FILLING:
                form.status = Message("")
            form.preview = self._preview()
            to_prepare, to_check = form.preview.tone is Tone.BUSY, bool(name) and self._can_be_checked(name)
        self._send_when_quiet()
        if to_prepare:
            form.background.later("prepare", limits.FORM_DEBOUNCE, self._prepare)
        if to_check:
            form.background.later(f"name:{name}", limits.FORM_DEBOUNCE, lambda: self._check(name))
        form.tell()

    def confirm(self, typed: str) -> None:
        """Take the name that is typed again, of what is about to be destroyed."""
        with self._form.lock:
            self._form.typed = typed.strip()
        self._send_when_quiet()
        self._form.tell()

    def _preview(self) -> Message:
        """Return what stands in place of the request before it has been prepared."""
        if missing := self._missing():
            return Message(f"Still empty: {self._labels(missing)}.")
        if wrong := self._form.problems:
            return self._not_right(wrong)
        return Message("Looking up what it needs …", Tone.BUSY)

    def _not_right(self, names: Iterable[str]) -> Message:
        return Message(f"Not right yet: {self._labels(names)}.")

    def _missing(self) -> list[str]:
        form = self._form
        return [field.name for field in form.shown if form.needs(field) and not form.values[field.name]]

    def _labels(self, names: Iterable[str]) -> str:
        return ", ".join(self._form.field(name).label for name in names)

    # --- checked --------------------------------------------------------------------------------------------------

    def _can_be_checked(self, name: str) -> bool:
        """Tell whether the server can be asked if the name in this field is free."""
        form = self._form
        asked = form.field(name).new_noun in ("workspaces", "organizations")
        return asked and bool(form.values[name]) and name not in form.problems

    def _check(self, name: str) -> None:
        """Ask whether the name in this field is free."""
        form = self._form
        with form.lock:
            asked = form.values[name]
            if form.state is State.CLOSED:
                return
        try:
            message = self._verdict(form.field(name).new_noun, str(asked).strip())
        except Exception as error:  # in a thread nobody else would see it
            message = Message(f"Whether it is free could not be checked: {in_words(_in_our_words(error))}", Tone.ADVICE)
        with form.lock:
            if form.values[name] != asked or message is None:
                return
            if message.tone is Tone.BAD:
                form.errors[name] = message.text
            else:
                form.checks[name] = message
        form.tell()

    def _verdict(self, noun: str, name: str) -> Message | None:
        """Return what the server says about a new name; None where it says nothing."""
        organization_id = self._choices.organization_id
        if noun == "organizations":
            routes = name_validation.organization_routes(name)
        elif organization_id:
            routes = name_validation.workspace_routes(organization_id, name)
        else:
            return None
        verdict = name_validation.verdict(self._form.session, name, routes)
        try:
            name_validation.require_usable(verdict)
        except UsageError as error:
            return Message(str(error), Tone.BAD)
        return Message(f"{name} is free.", Tone.GOOD) if verdict.usable else None

    # --- prepared -------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Prepare the request, which asks the server for ids, and show it; not if the form has changed meanwhile."""
        form = self._form
        with form.lock:
            edition = self._edition
            if form.state not in (State.FILLING, State.WAITING) or form.preview.tone is not Tone.BUSY:
                return
        writes, failed = None, None
        try:
            writes = form.command.prepared(form.runtime, form.given())
        except Exception as error:  # in a thread nobody else would see it
            failed = _in_our_words(error)
        with form.lock:
            if edition != self._edition:
                return
            form.writes = writes
            if failed is None:
                form.preview = Message(messages.request_text(writes or []))
            elif at := self._put_at_fields(failed):
                form.preview = self._not_right(at)
            else:
                form.preview = Message(in_words(failed), Tone.BAD)
        form.tell()

    # --- sent -----------------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Send it as soon as nothing more is typed, once, unless something is missing or wrong; then say what.

        A browser sends what is typed one message at a time, each when the one before has been worked on, but a click at
        once: whoever types while a cell runs, and clicks, is heard in the wrong order (measured with ipywidgets 8.1).
        """
        with self._form.lock:
            if self._form.state is not State.FILLING:
                return
            self._form.state = State.WAITING
            self._form.status = Message("Checking …", Tone.BUSY)
        self._send_when_quiet()
        self._form.tell()

    def _send_when_quiet(self) -> None:
        if self._form.state is State.WAITING:
            self._form.background.later("submit", limits.FORM_QUIET, self._send_if_right)

    def _send_if_right(self) -> None:
        form = self._form
        with form.lock:
            if form.state is not State.WAITING:  # closed meanwhile
                return
            form.asked_for.update(self._missing())
            # What the server refused may be right by now; it is asked again before anything is sent.
            form.errors.clear()
            wrong = form.problems
            if wrong:
                form.status = self._look_at(wrong, "Nothing was sent.")
            form.state = State.FILLING if wrong else State.SENDING
        form.tell()
        if not wrong:
            self._send()

    def _look_at(self, wrong: Iterable[str], became: str) -> Message:
        return Message(f"{became} Please look at: {self._labels(wrong)}.".strip(), Tone.BAD)

    def _send(self) -> None:
        """Send what is filled in, and show what became of it."""
        form = self._form
        form.face.begin()
        try:
            with form.lock:
                edition, writes, given, line = self._edition, form.writes, form.given(), form.spelled()
            # What was shown is what is sent; where nothing was shown yet, it is prepared now.
            writes = writes if writes is not None else form.command.prepared(form.runtime, given)
            if not self._is_confirmed(writes):
                return
            frame = form.command.carry_out(form.runtime, writes, {**given, "yes": True}, line)
        except Exception as error:  # in a thread nobody else would see it
            self._failed(_in_our_words(error))
        else:
            self._done(edition, frame)

    def _is_confirmed(self, writes: list[Write]) -> bool:
        """Tell whether the name has been typed again, where only the request shows that something is disabled."""
        form = self._form
        with form.lock:
            form.writes = writes
            form.preview = Message(messages.request_text(writes))
            if form.is_confirmed:
                form.status = Message("Sending …", Tone.BUSY)
                sure = True
            else:
                form.state = State.FILLING
                form.status = Message(f"Nothing was sent. Type {form.confirmation} to confirm.", Tone.BAD)
                sure = False
        form.tell()
        return sure

    def _failed(self, error: ZenProError) -> None:
        form = self._form
        with form.lock:
            if form.state is State.SENDING:
                form.state = State.FILLING
            form.writes = None
            # Of several writes some may be done; the command has shown which.
            form.result = form.face.shown[-1] if form.face.shown else form.result
        self._choices.refresh()
        self.say(error)

    def _done(self, edition: int, frame: Any) -> None:
        form = self._form
        with form.lock:
            if form.state is State.SENDING:
                form.state = State.DONE if edition == self._edition else State.FILLING
            form.result = frame
            form.typed = ""
            form.status = messages.done(form.face.words, form.values.get("out"))
        self._choices.refresh()
        form.tell()
        self._hooks.done(frame)

    # --- said -----------------------------------------------------------------------------------------------------

    def say(self, error: ZenProError) -> None:
        """Show an error where it belongs: at its field, otherwise in the status line."""
        form = self._form
        with form.lock:
            at = self._put_at_fields(error)
            became = "The server refused it." if error.outcome == "refused" else ""
            form.status = self._look_at(at, became) if at else Message(in_words(error), Tone.BAD)
        form.tell()

    def _put_at_fields(self, error: ZenProError) -> Iterable[str]:
        """Put an error at the fields that it is about, and return them."""
        at = placed(error, self._form.shown, self._form.values)
        self._form.errors.update(at)
        return at


def _in_our_words(error: Exception) -> ZenProError:
    """Return the error as one of ours, whose text contains no secret: a form is saved with the notebook."""
    if isinstance(error, ZenProError):
        return error
    return ZenProError(f"The form failed: {type(error).__name__}: {error}")
