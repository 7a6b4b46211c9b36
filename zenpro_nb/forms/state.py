"""The state of a form, as far as its parts share it: none of them imports the form itself."""

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


class State(Enum):
    """The states of a form; it goes back to the first with every change."""

    FILLING = "being filled in"
    WAITING = "about to be sent, unless it is changed"
    SENDING = "being sent"
    DONE = "sent, and not changed since"
    CLOSED = "closed"


class OpenForm(Protocol):
    """A form, as its choices, its hooks and its controller know it. They read and change it under its lock."""

    command: WriteCommand
    words: list[str]  # the words that lead to the command: ["roles", "assign"]
    fields: list[Field]
    button: str  # what its button is called
    busy: Callable[[], float]  # returns for how many seconds the kernel has been busy when it handles a press
    session: FormSession
    ui: FormUI
    runtime: CommandContext  # of that session and that face
    background: Background
    presentation: Presentation
    lock: threading.RLock

    values: dict[str, Raw]  # what is filled in, by field
    typed: str  # the name typed again, where something is destroyed
    asked_for: set[str]  # fields that were empty and needed when the button was pressed
    checks: dict[str, Message]  # what the server said of a field's value
    errors: dict[str, str]  # and where it found one wrong
    writes: list[Write] | None  # the requests, once they have been prepared for what is filled in

    state: State
    preview: Message
    status: Message
    follow: Message  # what becomes of that which was begun
    result: Any  # the frame

    @property
    def shown(self) -> list[Field]:
        """Return the fields that make sense with what is filled in."""

    @property
    def missing(self) -> list[str]:
        """Return the fields that must still be filled in."""

    @property
    def problems(self) -> dict[str, str]:
        """Return what is wrong, by field."""

    @property
    def confirmation(self) -> str:
        """Return what must be typed again before something is destroyed; empty where nothing is."""

    @property
    def is_confirmed(self) -> bool:
        """Tell whether that has been typed."""

    def field(self, name: str) -> Field:
        """Return the field of this name."""

    def needs(self, field: Field) -> bool:
        """Tell whether the field must be filled in."""

    def source(self, field: Field) -> ChoiceSource:
        """Return where the names of this field come from, with what is filled in."""

    def given(self) -> dict[str, Any]:
        """Return the parameters with which the command is called."""

    def spelled(self) -> str:
        """Return the line that does the same, without the magic's own name."""

    def tell(self) -> None:
        """Tell whoever draws the form that something has changed."""
