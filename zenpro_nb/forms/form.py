"""A form without its widgets: its values, the command they stand for, and its states from opening to closing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from zenpro_nb.commands.tool.form import NAME
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms import choices, steps, values
from zenpro_nb.forms.adapters import FormSession, FormUI
from zenpro_nb.forms.background import Background
from zenpro_nb.forms.choices import ChoiceSource
from zenpro_nb.forms.controller import Controller
from zenpro_nb.forms.field_choices import FieldChoices
from zenpro_nb.forms.fields import Field, Raw, fields_of
from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.forms.messages import Message
from zenpro_nb.forms.presentation import NO_PSEUDONYMS, Presentation
from zenpro_nb.forms.state import FormState, OpenForm
from zenpro_nb.forms.steps import StepGroup
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.dialog import confirm_text_of, question
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.security import printable
from zenpro_nb.syntax.placeholders import BoundValue

_YES = "yes"


class Form(OpenForm):
    """The form of one write command. Thread-safe. Listeners are called after every change.

    Args:
        command: the command that the form fills in.
        words: the words that lead to the command: `["roles", "assign"]`.
        outer: the session and the UI of the cell that opened it.
        background: runs the requests to the server.
        given: parameters of the command that opened the form.
        hooks: what this form adds beyond the parameters of its command.
        presentation: how names are shown.
        busy: returns for how many seconds the kernel has been busy when it handles a press.

    Example:
        >>> from zenpro_nb.commands.tree import tree
        >>> from zenpro_nb.forms.background import Threads
        >>> form = Form(tree.commands["teams"].commands["create"], ["teams", "create"], runtime, Threads())
        >>> form.set("name", "ml")
        >>> form.line
        'zenpro teams create ml --org acme'
        >>> form.close()
    """

    def __init__(
        self,
        command: WriteCommand,
        words: Sequence[str],
        outer: CommandContext,
        background: Background,
        arguments: Mapping[str, Any] | None = None,
        hooks: type[Hooks] = Hooks,
        presentation: Presentation = NO_PSEUDONYMS,
        busy: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.busy = busy
        self.command = command
        self.words = list(words)
        self.button = self.words[-1].capitalize()
        self.session = FormSession(outer.session)
        self.ui = FormUI(outer.ui)
        self.runtime = CommandContext(self.session, self.ui)
        self.background = background
        self.presentation = presentation
        self.lock = threading.RLock()
        self.confirmation_text = ""
        self.reported_missing = set()
        self.checks, self.errors = {}, {}
        self.writes: list[Write] | None = None
        self.state = FormState.FILLING
        self.preview = self.status = self.follow = Message("")
        self.result = None
        self.server = self.session.settings.url  # the form writes to it
        self.is_sandbox = False
        self._unaccepted: dict[str, str] = {}
        self._listeners: list[Callable[[], None]] = []
        self._context = values.context(command, self.words, self.runtime)
        self.choices = FieldChoices(self)
        self.hooks = hooks(self, self.choices)
        self._controller = Controller(self, self.choices, self.hooks)
        self.fields = self.hooks.shaped(fields_of(command, has_variables=outer.ui.has_variables))
        self.values = values.at_start(self.fields, arguments or {}, self.session.settings)
        self._argument_names = values.argument_names(self.fields, arguments or {})
        self._always_shown = set(self._argument_names)  # those of them that are always shown

    # --- from opening to closing ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Start to read what the form needs. It can be drawn and filled in at the same time."""
        self._controller.changed()
        self.background.soon(self._read)

    def _read(self) -> None:
        """Read what the form needs. Runs in the background."""
        try:
            self.choices.open()
            self._controller.changed()
            self.is_sandbox = self.session.is_sandbox()
            self.hooks.on_open()
        except ZenProError as error:
            self._controller.say(error)
        else:
            self._controller.changed()

    def close(self) -> None:
        """Close the form: it sends no more requests and leaves no thread."""
        with self.lock:
            self.state = FormState.CLOSED
        self.background.close()
        self.session.close()
        self.tell()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call this after each change, in the thread that made it."""
        self._listeners.append(listener)

    def tell(self) -> None:
        """Notify the listeners of a change."""
        for listener in self._listeners:
            listener()

    # --- user actions ---------------------------------------------------------------------------------------

    def set(self, name: str, value: Raw) -> None:
        """Set the value of one field."""
        with self.lock:
            value_before = self.values[name]
            if (
                self.state is FormState.CLOSED
                or value_before == value
                or (isinstance(value_before, BoundValue) and value_before.source == value)
            ):
                return
            hidden = set(self.hooks.hidden())
            self.values[name] = value
            # Values from the command are never dropped silently. Fields that this edit makes irrelevant are hidden.
            self._always_shown -= set(self.hooks.hidden()) - hidden
        self.hooks.changed(name)
        self._controller.on_edit(name)

    def check(self, name: str) -> None:
        """Check now whether a new name is available, not when the user pauses. Does nothing for other fields."""
        self._controller.check(name)

    def leave(self, name: str, text: str) -> None:
        """Record text that was typed but not accepted: before sending, the user must accept or remove it."""
        with self.lock:
            if self._unaccepted.get(name, "") == text:
                return
            self._unaccepted[name] = text
        self._controller.on_edit()

    def confirm(self, text: str) -> None:
        """Set the text that confirms a destructive command: the name of the object, or yes."""
        self._controller.confirm(text)

    def submit(self) -> None:
        """Handle a press of the button: the form is sent a moment later unless it is edited, incomplete or wrong."""
        self._controller.submit()

    # --- derived state --------------------------------------------------------------------------------------------

    @property
    def applicable_fields(self) -> list[Field]:
        """Return the fields that apply to the current values, and those that have a value from the command."""
        return values.without(self.fields, [name for name in self.hooks.hidden() if name not in self._from_command])

    @property
    def _sent_fields(self) -> list[Field]:
        left_out = [name for name in self.hooks.left_out() if name not in self._from_command]
        return values.without(self.applicable_fields, left_out)

    @property
    def _from_command(self) -> Collection[str]:
        """Return the fields that still have a value from the command that opened the form."""
        return {name for name in self._always_shown if self.values[name] != self.field(name).empty}

    def field(self, name: str) -> Field:
        """Return the field of this name."""
        return next(field for field in self.fields if field.name == name)

    def needs(self, field: Field) -> bool:
        """Return whether the field is required with the current values."""
        return field.required or field.name in self.hooks.nouns()

    @property
    def missing(self) -> list[str]:
        """Return the required fields that are still empty; of alternatives, the first."""
        names = [field.name for field in self.applicable_fields if self.needs(field) and not self.values[field.name]]
        return [*names, *self.unmet[:1]]

    @property
    def unmet(self) -> list[str]:
        """Return the alternatives of which at least one is required, if all of them are empty."""
        names = list(self.hooks.alternatives())
        return [] if any(self.values[name] for name in names) else names

    def is_folded(self, field: Field, problems: Mapping[str, str]) -> bool:
        """Return whether the field can be folded away: it is rarely needed, and nothing makes it relevant here."""
        is_relevant = field.name in self._argument_names or field.name in problems or self.needs(field)
        return field.rare and not is_relevant

    def source(self, field: Field) -> ChoiceSource:
        """Return the list that provides the names of this field, given the current values."""
        return self.hooks.source(field) or choices.source_of(field.noun, self.choices.organization_id)

    @property
    def problems(self) -> dict[str, str]:
        """Return the problems by field. An empty required field is a problem only after a press."""
        with self.lock:
            fields = self.applicable_fields
            problems = {field.name: values.problem(field, self.values[field.name], self._context) for field in fields}
            problems |= self.choices.problems() | dict(self.hooks.problems())
            missing = [name for name in self.missing if name in self.reported_missing]
            problems |= {name: self.hooks.required_message(name) for name in missing}
            problems |= {
                name: self.choices.untaken(name, unaccepted_text)
                for name, unaccepted_text in self._unaccepted.items()
                if unaccepted_text
            }
            problems |= self.errors
            return {name: text for name, text in problems.items() if text}

    def advice(self, name: str) -> Message | None:
        """Return advice to show next to a field."""
        return self.checks.get(name) or self.hooks.advice(name)

    @property
    def line(self) -> str:
        """Return the equivalent command."""
        return f"{self.ui.name} {self.command_line()}"

    @property
    def reopen_line(self) -> str:
        """Return the command that opens this form again with the same values."""
        return f"{self.ui.name} {NAME} {self.command_line()}"

    def command_line(self) -> str:
        """Return the equivalent command without `%zenpro`."""
        with self.lock:
            return values.line_of(self.command, self.words, self._sent_fields, self.values, self.hooks.in_line())

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the command."""
        with self.lock:
            return self.hooks.on_sent(values.convert(self.command, self._sent_fields, self.values, self._context))

    @property
    def steps(self) -> list[StepGroup]:
        """Return the steps of a plan, or their outcomes; nothing for other writes."""
        if not self.command.plan:
            return []
        with self.lock:
            result: Any = self.result
            if result is not None and (self.state is FormState.SENT or not self.writes):
                return steps.from_outcomes(result)
            return steps.planned_steps(self.writes or ())

    @property
    def question(self) -> str:
        """Return the question before something is destroyed or disabled; empty if there is none, or none any more."""
        return "" if self.state is FormState.SENT else question(self.writes or ())

    @property
    def confirmation(self) -> str:
        """Return the text that must be typed first: the name of an object deleted permanently, otherwise yes."""
        return (confirm_text_of(self.writes or ()) or _YES) if self.question else ""

    @property
    def is_confirmed(self) -> bool:
        """Return whether it has been typed. A name that cannot be typed can be entered as displayed."""
        expected = self.confirmation
        if not expected or self.confirmation_text.casefold() == expected == _YES:
            return True
        return self.confirmation_text in {expected, printable.line(expected), self.presentation.text(expected)}
