"""The actions of a form: check the values, prepare the request, and send it when the button is pressed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import ConfirmationError, ZenProError
from zenpro_nb.forms import messages
from zenpro_nb.forms.field_choices import FieldChoices
from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.forms.messages import Message, Tone, as_our_error, in_words, place
from zenpro_nb.forms.name_checks import NameChecks
from zenpro_nb.forms.state import FormState, OpenForm
from zenpro_nb.framework.writes.write import Write


class Press(Struct):
    """One press of the button, until its request is sent or an edit cancels it."""

    is_cancelled: bool = False
    is_sent: bool = False


class Controller:
    """Connects a form to the server. It holds the lock to read or change the form, never while waiting."""

    def __init__(self, form: OpenForm, choices: FieldChoices, hooks: Hooks) -> None:
        self._form = form
        self._choices = choices
        self._hooks = hooks
        self._name_checks = NameChecks(form, choices)
        self._edition = 0  # counts the changes; a response for an older edition is ignored
        self._edits = 0  # counts the changes by the user
        self._press: Press | None = None  # the latest
        self._notice = Message("")  # why a press was not sent; stays until the next press
        form.session.before_write = self._require_wanted

    # --- edit ----------------------------------------------------------------------------------------------------

    def on_edit(self, name: str = "") -> None:
        """Handle an edit: cancel a waiting press, and discard the results for the previous values.

        Args:
            name: the field whose value changed; empty for other edits.
        """
        form = self._form
        with form.lock:
            self._edits += 1
            if form.state is FormState.SENT:
                form.state = FormState.FILLING
            if not self._cancel() and form.state is FormState.FILLING:
                form.status = self._notice
            # These errors are about the previous values.
            form.errors.clear()
            names = self._name_checks.discard(name)
        self.changed()
        self._name_checks.start(names)

    def changed(self) -> None:
        """Discard the prepared request: the values have changed, or more is known about them."""
        form = self._form
        with form.lock:
            self._edition += 1
            form.writes = None
            form.preview = self._preview()
            to_prepare = form.preview.tone is Tone.BUSY
        if to_prepare:
            form.background.later("prepare", limits.FORM_DEBOUNCE, self._prepare)
        form.tell()

    def check(self, name: str) -> None:
        """Check now whether the new name in this field is available."""
        self._name_checks.check(name)

    def confirm(self, text: str) -> None:
        """Set the text that confirms a destructive command."""
        form = self._form
        with form.lock:
            if form.confirmation_text == text.strip():
                return
            form.confirmation_text = text.strip()
            if not self._cancel() and form.state is FormState.FILLING:
                form.status = self._notice
        form.tell()

    def _cancel(self) -> bool:
        """Cancel a press whose request has not been sent. Return whether there was one."""
        form, press = self._form, self._press
        if (
            press is None
            or press.is_sent
            or press.is_cancelled
            or form.state not in (FormState.WAITING, FormState.SENDING)
        ):
            return False
        press.is_cancelled = True
        if form.state is FormState.WAITING:
            form.state = FormState.FILLING
        form.status = self._notice = Message(
            f"Nothing was sent because the form changed after you pressed the button. Press {form.button} again.",
            Tone.ADVICE,
        )
        return True

    def _preview(self) -> Message:
        """Return the message shown until the request is prepared."""
        if missing := self._form.missing:
            others = [self._form.field(name) for name in missing if name not in self._form.unmet]
            return Message(messages.still_required(others, [self._form.field(name) for name in self._form.unmet]))
        if problems := self._form.problems:
            return self._not_right(problems)
        return Message("Preparing the request …", Tone.BUSY)

    def _not_right(self, names: Iterable[str]) -> Message:
        return Message(f"Needs correction: {self._labels(names)}.")

    def _labels(self, names: Iterable[str]) -> str:
        return ", ".join(self._form.field(name).label for name in names)

    # --- prepare -------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Prepare the request and show it, unless the form has changed. This reads ids from the server."""
        form = self._form
        with form.lock:
            edition = self._edition
            if form.state not in (FormState.FILLING, FormState.WAITING) or form.preview.tone is not Tone.BUSY:
                return
        writes, failed = None, None
        try:
            writes = form.command.preview(form.runtime, form.parameters())
        except Exception as error:  # an uncaught error in a thread would be lost
            failed = as_our_error(error)
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

    # --- send -----------------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Handle a press of the button: send the form once, a moment later, unless it is edited or wrong.

        A browser sends an edit after the kernel has handled the previous one, but sends a press immediately. Edits
        made before the press can arrive after it (measured with ipywidgets 8.1), so the form waits for them.
        """
        form = self._form
        with form.lock:
            if form.state is not FormState.FILLING:
                return
            busy = form.busy()
            if busy > limits.FORM_BUSY:
                form.status = self._notice = Message(
                    f"Nothing was sent: the kernel had been busy for {busy:.0f} seconds when it handled the click. "
                    f"Check the form, then press {form.button} again when the kernel is idle.",
                    Tone.ADVICE,
                )
            else:
                press = self._press = Press()
                form.state = FormState.WAITING
                form.status, self._notice = Message("Checking …", Tone.BUSY), Message("")
                form.background.later("submit", limits.FORM_QUIET, lambda: self._send_if_right(press))
        form.tell()

    def _send_if_right(self, press: Press) -> None:
        form = self._form
        with form.lock:
            if form.state is not FormState.WAITING or press.is_cancelled:
                return
            form.reported_missing.update(form.missing)
            # A value that the server refused may be valid now. The server checks it again before anything is sent.
            form.errors.clear()
            problems = form.problems
            if problems:
                form.status = self._to_correct(problems, "Nothing was sent.")
            form.state = FormState.FILLING if problems else FormState.SENDING
        form.tell()
        if not problems:
            self._send(press)

    def _require_wanted(self) -> None:
        """Allow the request of a press. Called immediately before each request that changes something.

        Raises:
            ConfirmationError: the form was edited or closed after the press; no request has been sent.
        """
        with self._form.lock:
            press = self._press
            if press is None or press.is_sent:
                return
            if press.is_cancelled or self._form.state is FormState.CLOSED:
                raise ConfirmationError("Nothing was sent because the form changed after you pressed the button")
            press.is_sent = True

    def _to_correct(self, wrong: Iterable[str], outcome: str) -> Message:
        return Message(f"{outcome} Check these fields: {self._labels(wrong)}.".strip(), Tone.BAD)

    def _send(self, press: Press) -> None:
        """Send the request, and show the outcome."""
        form = self._form
        form.ui.begin()
        try:
            with form.lock:
                edits, writes, parameters, line = self._edits, form.writes, form.parameters(), form.command_line()
            # Send exactly the request that was shown. If none was shown yet, prepare it now.
            writes = writes if writes is not None else form.command.preview(form.runtime, parameters)
            if not self._is_confirmed(writes, press):
                return
            frame = form.command.carry_out(form.runtime, writes, {**parameters, "yes": True}, line)
        except Exception as error:  # an uncaught error in a thread would be lost
            if press.is_cancelled:
                self._end_cancelled()
            else:
                self._fail(as_our_error(error))
        else:
            self._after_success(edits, frame)

    def _end_cancelled(self) -> None:
        """Return to editing after an edit cancelled the press. The status line already shows why."""
        with self._form.lock:
            if self._form.state is FormState.SENDING:
                self._form.state = FormState.FILLING
        self.changed()

    def _is_confirmed(self, writes: list[Write], press: Press) -> bool:
        """Return whether the request can be sent: the press is not cancelled, and the confirmation is complete."""
        form = self._form
        with form.lock:
            if press.is_cancelled:
                self._end_cancelled()
                return False
            form.writes = writes
            form.preview = Message(messages.request_text(writes))
            if form.is_confirmed:
                form.status = Message("Sending …", Tone.BUSY)
                is_confirmed = True
            else:
                form.state = FormState.FILLING
                form.status = Message(f"Nothing was sent. Type {form.confirmation} to confirm.", Tone.BAD)
                is_confirmed = False
        form.tell()
        return is_confirmed

    def _fail(self, error: ZenProError) -> None:
        form = self._form
        with form.lock:
            if form.state is FormState.SENDING:
                form.state = FormState.FILLING
            form.writes = None
            # Some of several writes may be done; the command has shown which.
            form.result = form.ui.outputs[-1] if form.ui.outputs else form.result
        self._choices.refresh()
        self.say(error)

    def _after_success(self, edits: int, frame: Any) -> None:
        form = self._form
        with form.lock:
            if form.state is FormState.SENDING:
                form.state = FormState.SENT if edits == self._edits else FormState.FILLING
            if form.state is FormState.SENT and form.writes:
                form.preview = Message(messages.request_text(form.writes, are_sent=True))
            form.result = frame
            form.confirmation_text = ""
            form.checks.clear()  # "ml-new is available" was about the time before
            form.status = messages.success(form.ui.words, form.values.get("out"))
        self._choices.refresh()
        form.tell()
        self._hooks.after_success(frame)

    # --- errors -----------------------------------------------------------------------------------------------------

    def say(self, error: ZenProError) -> None:
        """Show an error at its field if it has one, otherwise in the status line."""
        form = self._form
        with form.lock:
            at = self._put_at_fields(error)
            outcome = "The server refused the request." if error.outcome == "refused" else ""
            form.status = self._to_correct(at, outcome) if at else Message(in_words(error), Tone.BAD)
        form.tell()

    def _put_at_fields(self, error: ZenProError) -> Iterable[str]:
        """Attach an error to the fields it concerns, and return them."""
        at = place(error, self._form.applicable_fields, self._form.values)
        for name, text in at.items():
            self._form.errors.setdefault(name, text)  # the check of a new name may have given the reason already
        return at
