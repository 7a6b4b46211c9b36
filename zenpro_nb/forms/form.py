"""A form without its looks: what is filled in, what is wrong with it, the line, the request, and the sending."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zenpro_nb import limits
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.write import Write
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms import name_check, requirements, values
from zenpro_nb.forms.adapters import FormFace, FormSession
from zenpro_nb.forms.background import Background
from zenpro_nb.forms.dispatcher import Dispatch
from zenpro_nb.forms.field_choices import Picking
from zenpro_nb.forms.fields import Field, Raw, fields_of, start_value
from zenpro_nb.forms.hooks.hooks import Care
from zenpro_nb.forms.hooks.registry import care_of
from zenpro_nb.forms.messages import Note, Tone, in_words, placed
from zenpro_nb.forms.state import State


class Form:
    """The form of one write command. Thread-safe; whoever draws it is told of every change.

    Args:
        command: what it fills in.
        words: the words that lead to the command: `["roles", "assign"]`.
        outer: the surroundings of the cell that opened it.
        background: where it asks the server.
        given: parameters that are known already.

    Example:
        >>> form = Form(tree.commands["teams"].commands["create"], ["teams", "create"], runtime, Threads())
        >>> form.set("name", "ml")
        >>> form.line
        '%zenpro teams create ml --org acme --out result'
    """

    def __init__(
        self,
        command: WriteCommand,
        words: Sequence[str],
        outer: Runtime,
        background: Background,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self.command = command
        self.words = list(words)
        self.background = background
        self.face = FormFace(outer.face)
        self.session = FormSession(outer.session)
        self.runtime = Runtime(self.session, self.face)
        self.lock = threading.RLock()
        self.care: Care = care_of(self)
        self.fields = self.care.shaped(fields_of(command))
        known = given or {}
        self.values: dict[str, Raw] = {one.name: start_value(one, known.get(one.name)) for one in self.fields}
        self.picking = Picking(self)
        self.state = State.FILLING
        self.status = Note("")
        self.follow = Note("")
        self.preview = Note("")
        self.typed = ""  # the name typed again, where something is destroyed
        self.result: Any = None
        self._context = values.context(command, self.words, self.runtime)
        self.checks: dict[str, Note] = {}  # what the server said of a field's value
        self.errors: dict[str, str] = {}  # and where it found one wrong
        self.edition = 0  # counts the changes, so that an answer to an older question is known as such
        self.writes: list[Write] | None = None  # the plan of what is filled in, once it has been made
        self._asked_for: set[str] = set()
        self._untaken: dict[str, str] = {}
        self._dispatch = Dispatch(self)
        self._where = self.session.settings.url
        self._listeners: list[Callable[[], None]] = []
        self.values.update(requirements.defaults(self.fields, self.session.settings, known))

    def open(self) -> None:
        """Begin to read what the form needs to know; it can be drawn and filled in meanwhile."""
        self.touch()
        self.background.soon(self._open)

    # --- what is filled in ----------------------------------------------------------------------------------------

    def set(self, name: str, value: Raw) -> None:
        """Fill in one field."""
        with self.lock:
            if self.state is State.CLOSED or self.values[name] == value:
                return
            self.values[name] = value
            self.errors.pop(name, None)
            self.checks.pop(name, None)
        self.care.changed(name)
        self.touch(name)

    def touch(self, name: str = "") -> None:
        """What is filled in, or what it means, has changed: whatever was found out about it is old."""
        with self.lock:
            self.edition += 1
            self.writes = None
            if self.state is State.DONE:
                self.state = State.FILLING
            if self.state is State.FILLING:
                self.status = Note("")
            self.preview = requirements.preview(self)
            waiting = self.state is State.WAITING
        if waiting:
            self._send_when_quiet()
        if self.preview.tone is Tone.BUSY:
            self.background.later("plan", limits.FORM_DEBOUNCE, self._dispatch.look)
        if name and name_check.can_be_checked(self, name):
            self.background.later(f"name:{name}", limits.FORM_DEBOUNCE, lambda: self._dispatch.check(name))
        self.tell()

    def leave(self, name: str, typed: str) -> None:
        """Something stands in a field that has not been taken: whoever sends the form meant it to be."""
        with self.lock:
            if self._untaken.get(name, "") == typed:
                return
            self._untaken[name] = typed
        self.touch()

    def confirm(self, typed: str) -> None:
        """Type the name again that is about to be destroyed."""
        with self.lock:
            self.typed = typed.strip()
            waiting = self.state is State.WAITING
        if waiting:
            self._send_when_quiet()
        self.tell()

    # --- what it means --------------------------------------------------------------------------------------------

    @property
    def shown(self) -> list[Field]:
        """The fields that make sense with what is filled in."""
        return values.without(self.fields, self.care.hidden())

    @property
    def _meant(self) -> list[Field]:
        return values.without(self.shown, self.care.left_out())

    def field(self, name: str) -> Field:
        """The field of this name."""
        return next(field for field in self.fields if field.name == name)

    def needs(self, field: Field) -> bool:
        """Whether the field must be filled in."""
        return field.required or field.name in self.care.needed()

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by field; an empty one is no mistake before somebody has pressed the button."""
        with self.lock:
            found = {field.name: values.problem(field, self.values[field.name], self._context) for field in self.shown}
            found.update(self.picking.problems())
            found.update(self.care.problems())
            for name in self._asked_for:
                if not self.values[name]:
                    found[name] = "This is needed."
            found.update(
                {name: f"{typed!r} is not taken yet: press Enter." for name, typed in self._untaken.items() if typed}
            )
            found.update(self.errors)
            return {name: text for name, text in found.items() if text}

    def advice(self, name: str) -> Note | None:
        """What else to say beside a field."""
        return self.checks.get(name) or self.care.advice(name)

    @property
    def where(self) -> str:
        """The server that it writes to."""
        return self._where

    @property
    def line(self) -> str:
        """The magic line that does the same."""
        return f"{self.face.name} {self.spelled()}"

    def spelled(self) -> str:
        """The line without the magic's own name."""
        with self.lock:
            return values.spelled(self.command, self.words, self._meant, self.values, self.care.in_line())

    def given(self) -> dict[str, Any]:
        """The parameters with which the command is called."""
        return self.care.sent(values.converted(self.command, self._meant, self.values, self._context))

    @property
    def question(self) -> str:
        """What is asked before something is destroyed or disabled; empty where nothing is."""
        return requirements.question(self.command, self.writes)

    @property
    def target(self) -> str:
        """What the form is about, by name."""
        return requirements.target(self.shown, self.values)

    @property
    def watchword(self) -> str:
        """What is typed to confirm: the name of what the form is about; where filters choose it, the verb."""
        return self.target or self.words[-1]

    @property
    def confirmation(self) -> str:
        """What must be typed again before something is destroyed; empty where nothing is."""
        return self.watchword if self.question else ""

    # --- sending --------------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Send it as soon as nothing more is typed, once, unless something is missing or wrong; then say what.

        A browser sends what is typed one message at a time, each when the one before has been worked on, but a click at
        once: whoever types while a cell runs, and clicks, is heard in the wrong order (measured with ipywidgets 8.1).
        """
        with self.lock:
            if self.state is not State.FILLING:
                return
            self.state = State.WAITING
            self.status = Note("Sending …", Tone.BUSY)
        self._send_when_quiet()
        self.tell()

    def _send_when_quiet(self) -> None:
        self.background.later("submit", limits.FORM_QUIET, self._submit_now)

    def _submit_now(self) -> None:
        with self.lock:
            if self.state is not State.WAITING:
                return
            self.state = State.FILLING
            missing = [field.name for field in self.shown if self.needs(field) and not self.values[field.name]]
            self._asked_for.update(missing)
            # What the server refused may be right by now; it is asked again before anything is sent.
            self.errors.clear()
            wrong = self.problems
            if wrong:
                self.status = requirements.look_at(self, wrong)
            else:
                self.state = State.SENDING
        self.tell()
        if self.state is State.SENDING:
            self._dispatch.send()

    def replace_result(self, frame: Any) -> None:
        """What was begun has come to its end: that is the result now."""
        with self.lock:
            self.result = frame
            out = self.values.get("out")
        if out:
            self.face.assign(str(out), frame)
        self.tell()

    def close(self) -> None:
        """End it: nothing is sent any more, nothing is asked, and no thread is left."""
        with self.lock:
            self.state = State.CLOSED
        self.background.close()
        self.session.close()
        self.tell()

    # --- telling --------------------------------------------------------------------------------------------------

    def listen(self, listener: Callable[[], None]) -> None:
        """Call this after each change, in whatever thread it happens."""
        self._listeners.append(listener)

    def tell(self) -> None:
        """Tell whoever draws the form that something has changed."""
        for listener in self._listeners:
            listener()

    def say(self, error: ZenProError) -> None:
        """Show an error where it belongs: at its field, otherwise in the status line."""
        with self.lock:
            at = placed(error, self.shown, self.values)
            self.errors.update(at)
            self.status = requirements.look_at(self, at) if at else Note(in_words(error), Tone.BAD)
        self.tell()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """Read what the form needs to know. In the background."""
        self.picking.open()
        with contextlib.suppress(ZenProError):  # the picking has said what is wrong
            self._where += " (a sandbox with invented data)" if self.session.is_sandbox() else ""
        self.care.opened()
        self.tell()
