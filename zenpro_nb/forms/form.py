"""A form without its looks: what is filled in, what it means, and its life from opening to closing."""

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
from zenpro_nb.forms.state import OpenForm, State
from zenpro_nb.forms.steps import StepGroup
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.framework.writes.write_command import WriteCommand, question, to_type
from zenpro_nb.security import printable
from zenpro_nb.syntax.placeholders import BoundValue

_YES = "yes"


class Form(OpenForm):
    """The form of one write command. Thread-safe; whoever draws it is told of every change.

    Args:
        command: what it fills in.
        words: the words that lead to the command: `["roles", "assign"]`.
        outer: session and face of the cell that opened it.
        background: where it asks the server.
        given: parameters that are known already.
        hooks: what the form of this command adds to the parameters of the command.
        presentation: how what it holds is shown.
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
        given: Mapping[str, Any] | None = None,
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
        self.typed = ""
        self.asked_for = set()
        self.checks, self.errors = {}, {}
        self.writes: list[Write] | None = None
        self.state = State.FILLING
        self.preview = self.status = self.follow = Message("")
        self.result = None
        self.server = self.session.settings.url  # that it writes to
        self.is_sandbox = False
        self._untaken: dict[str, str] = {}
        self._listeners: list[Callable[[], None]] = []
        self._context = values.context(command, self.words, self.runtime)
        self.choices = FieldChoices(self)
        self.hooks = hooks(self, self.choices)
        self._controller = Controller(self, self.choices, self.hooks)
        self.fields = self.hooks.shaped(fields_of(command, has_variables=outer.ui.has_variables))
        self.values = values.at_start(self.fields, given or {}, self.session.settings)
        self._given = values.named(self.fields, given or {})
        self._kept = set(self._given)  # of those, the ones that are shown whatever else is filled in

    # --- from opening to closing ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin to read what the form needs to know; it can be drawn and filled in meanwhile."""
        self._controller.changed()
        self.background.soon(self._read)

    def _read(self) -> None:
        """Read what the form needs to know. In the background."""
        try:
            self.choices.open()
            self._controller.changed()
            self.is_sandbox = self.session.is_sandbox()
            self.hooks.opened()
        except ZenProError as error:
            self._controller.say(error)
        else:
            self._controller.changed()

    def close(self) -> None:
        """End it: nothing is sent any more, nothing is asked, and no thread is left."""
        with self.lock:
            self.state = State.CLOSED
        self.background.close()
        self.session.close()
        self.tell()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call this after each change, in whatever thread it happens."""
        self._listeners.append(listener)

    def tell(self) -> None:
        """Tell whoever draws the form that something has changed."""
        for listener in self._listeners:
            listener()

    # --- what somebody does ---------------------------------------------------------------------------------------

    def set(self, name: str, value: Raw) -> None:
        """Fill in one field."""
        with self.lock:
            held = self.values[name]
            if self.state is State.CLOSED or held == value or (isinstance(held, BoundValue) and held.source == value):
                return
            hidden = set(self.hooks.hidden())
            self.values[name] = value
            # What the line says is never dropped silently. What this edit makes pointless is hidden as it is elsewhere.
            self._kept -= set(self.hooks.hidden()) - hidden
        self.hooks.changed(name)
        self._controller.edited(name)

    def leave(self, name: str, typed: str) -> None:
        """Note what stands in a field and has not been taken: whoever sends the form meant it to be."""
        with self.lock:
            if self._untaken.get(name, "") == typed:
                return
            self._untaken[name] = typed
        self._controller.edited()

    def confirm(self, typed: str) -> None:
        """Type what confirms that something is destroyed: its name, or yes."""
        self._controller.confirm(typed)

    def submit(self) -> None:
        """Press its button: it is sent a moment later, unless it is edited, or something is missing or wrong."""
        self._controller.submit()

    # --- what it means --------------------------------------------------------------------------------------------

    @property
    def shown(self) -> list[Field]:
        """Return the fields that make sense with what is filled in, and those that the line has filled in."""
        return values.without(self.fields, [name for name in self.hooks.hidden() if name not in self._of_line])

    @property
    def _meant(self) -> list[Field]:
        return values.without(self.shown, [name for name in self.hooks.left_out() if name not in self._of_line])

    @property
    def _of_line(self) -> Collection[str]:
        """Return the fields that hold a value from the line that opened the form."""
        return {name for name in self._kept if self.values[name] != self.field(name).empty}

    def field(self, name: str) -> Field:
        """Return the field of this name."""
        return next(field for field in self.fields if field.name == name)

    def needs(self, field: Field) -> bool:
        """Tell whether the field must be filled in, whatever else is."""
        return field.required or field.name in self.hooks.needed()

    @property
    def missing(self) -> list[str]:
        """Return the fields that must still be filled in; of several of which one is enough, the first."""
        found = [field.name for field in self.shown if self.needs(field) and not self.values[field.name]]
        return [*found, *self.unmet[:1]]

    @property
    def unmet(self) -> list[str]:
        """Return the fields of which one must be filled in, while none of them is."""
        names = list(self.hooks.alternatives())
        return [] if any(self.values[name] for name in names) else names

    def is_folded(self, field: Field, problems: Mapping[str, str]) -> bool:
        """Tell whether the field may be folded away: few need it, and here nothing speaks for it."""
        spoken_for = field.name in self._given or field.name in problems or self.needs(field)
        return field.rare and not spoken_for

    def source(self, field: Field) -> ChoiceSource:
        """Return where the names of this field come from, with what is filled in."""
        return self.hooks.source(field) or choices.source_of(field.noun, self.choices.organization_id)

    @property
    def problems(self) -> dict[str, str]:
        """Return what is wrong, by field. A field that must still be filled in is wrong only after a press."""
        with self.lock:
            found = {field.name: values.problem(field, self.values[field.name], self._context) for field in self.shown}
            found |= self.choices.problems() | dict(self.hooks.problems())
            found |= {name: self.hooks.lacking(name) for name in self.missing if name in self.asked_for}
            found |= {name: self.choices.untaken(name, typed) for name, typed in self._untaken.items() if typed}
            found |= self.errors
            return {name: text for name, text in found.items() if text}

    def advice(self, name: str) -> Message | None:
        """Return what else to say beside a field."""
        return self.checks.get(name) or self.hooks.advice(name)

    @property
    def line(self) -> str:
        """Return the magic line that does the same."""
        return f"{self.ui.name} {self.spelled()}"

    @property
    def again(self) -> str:
        """Return the line that opens this form once more, filled in as it is."""
        return f"{self.ui.name} {NAME} {self.spelled()}"

    def spelled(self) -> str:
        """Return the line without the magic's own name."""
        with self.lock:
            return values.spelled(self.command, self.words, self._meant, self.values, self.hooks.in_line())

    def given(self) -> dict[str, Any]:
        """Return the parameters with which the command is called."""
        with self.lock:
            return self.hooks.sent(values.converted(self.command, self._meant, self.values, self._context))

    @property
    def steps(self) -> list[StepGroup]:
        """Return the steps of a plan: what would be done, or what became of it; of other writes, none."""
        if not self.command.plan:
            return []
        with self.lock:
            result: Any = self.result
            if result is not None and (self.state is State.DONE or not self.writes):
                return steps.became(result)
            return steps.planned(self.writes or ())

    @property
    def question(self) -> str:
        """Return what is asked before something is destroyed or disabled; empty where nothing is, or not yet known."""
        return question(self.writes or ())

    @property
    def confirmation(self) -> str:
        """Return what must be typed before: as on a line the name of what is gone for good, else yes."""
        return (to_type(self.writes or ()) or _YES) if self.question else ""

    @property
    def is_confirmed(self) -> bool:
        """Tell whether that has been typed; a name that holds what no keyboard has, as it is shown."""
        wanted = self.confirmation
        if not wanted or self.typed.casefold() == wanted == _YES:
            return True
        return self.typed in {wanted, printable.line(wanted), self.presentation.text(wanted)}
