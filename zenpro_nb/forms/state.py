"""The state that the parts of a form share. None of them imports the form itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol

from zenpro_nb.forms.adapters import FormSession, FormUI
from zenpro_nb.forms.background import Background
from zenpro_nb.forms.choices import ChoiceSource
from zenpro_nb.forms.fields import Field, Raw
from zenpro_nb.forms.messages import Message
from zenpro_nb.forms.presentation import Presentation
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.framework.writes.write_command import WriteCommand


class FormState(Enum):
    """The states of a form. Every change returns it to the first one."""

    FILLING = "being filled in"
    WAITING = "about to be sent unless it is changed"
    SENDING = "being sent"
    SENT = "sent and not changed since"
    CLOSED = "closed"


class OpenForm(Protocol):
    """The interface of a form for its choices, hooks and controller. They read and change it under its lock."""

    command: WriteCommand
    words: list[str]  # the words that lead to the command: ["roles", "assign"]
    fields: list[Field]
    button: str  # the label of its button
    busy: Callable[[], float]  # returns for how many seconds the kernel has been busy when it handles a press
    session: FormSession
    ui: FormUI
    runtime: CommandContext  # with this session and this UI
    background: Background
    presentation: Presentation
    lock: threading.RLock

    values: dict[str, Raw]  # by field
    confirmation_text: str  # the text that confirms a destructive command
    reported_missing: set[str]  # required fields that were empty when the button was pressed
    checks: dict[str, Message]  # what the server reported about a field's value
    errors: dict[str, str]  # the problems it reported
    writes: list[Write] | None  # the requests for the current values, once they are prepared

    state: FormState
    preview: Message
    status: Message
    follow: Message  # the progress of a long operation
    result: Any  # the DataFrame

    @property
    def applicable_fields(self) -> list[Field]:
        """Return the fields that apply to the current values."""

    @property
    def missing(self) -> list[str]:
        """Return the required fields that are still empty."""

    @property
    def unmet(self) -> list[str]:
        """Return the alternatives of which at least one is required, if all of them are empty."""

    @property
    def problems(self) -> dict[str, str]:
        """Return the problems by field."""

    @property
    def confirmation(self) -> str:
        """Return the text that must be typed to confirm a destructive command; empty for other commands."""

    @property
    def is_confirmed(self) -> bool:
        """Return whether it has been typed."""

    def field(self, name: str) -> Field:
        """Return the field of this name."""

    def needs(self, field: Field) -> bool:
        """Return whether the field is required."""

    def source(self, field: Field) -> ChoiceSource:
        """Return the list that provides the names of this field, given the current values."""

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of the command."""

    def command_line(self) -> str:
        """Return the equivalent command without `%zenpro`."""

    def tell(self) -> None:
        """Notify the listeners of a change."""
