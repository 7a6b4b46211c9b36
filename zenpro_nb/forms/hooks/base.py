"""What the form of a command may add beyond the parameters of its command. Most add nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb.forms.choices import ChoiceSource
from zenpro_nb.forms.field_choices import FieldChoices
from zenpro_nb.forms.fields import Field, Raw
from zenpro_nb.forms.messages import Message
from zenpro_nb.forms.state import OpenForm


class Table(Struct, frozen=True):
    """A small table below the fields."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Hooks:
    """What one form adds; this one adds nothing, and is the base of the others."""

    def __init__(self, form: OpenForm, choices: FieldChoices) -> None:
        self.form = form
        self.choices = choices

    # --- what is asked --------------------------------------------------------------------------------------------

    def shaped(self, fields: Sequence[Field]) -> list[Field]:
        """Return the fields, some of them changed."""
        return list(fields)

    def hidden(self) -> Collection[str]:
        """Return the fields that make no sense with what is filled in."""
        return ()

    def left_out(self) -> Collection[str]:
        """Return fields that are shown, because they narrow others, but are no part of the request."""
        return ()

    def needed(self) -> Collection[str]:
        """Return fields that must be filled in although the command could do without."""
        return ()

    def alternatives(self) -> Sequence[str]:
        """Return fields of which at least one must be filled in."""
        return ()

    def source(self, field: Field) -> ChoiceSource | None:
        """Return where the names of a field come from; None: from the list of its noun."""
        return None

    def lacking(self, name: str) -> str:
        """Return what to say beside a field that must be filled in, and is not."""
        return "This is needed."

    # --- what is said ---------------------------------------------------------------------------------------------

    def problems(self) -> Mapping[str, str]:
        """Return what the server would refuse, by field; found without asking it."""
        return {}

    def advice(self, name: str) -> Message | None:
        """Return something to say beside a field that is not wrong."""
        return None

    def suggestions(self, name: str) -> Sequence[str]:
        """Return values to take over by a click."""
        return ()

    def table(self) -> Table | Message | None:
        """Return what is so today and what will change, or words in its place."""
        return None

    # --- what is sent ---------------------------------------------------------------------------------------------

    def sent(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters with which the command is called from the form."""
        return given

    def in_line(self) -> Mapping[str, Raw]:
        """Return parameters of the line that are not filled in."""
        return {}

    # --- what happens ---------------------------------------------------------------------------------------------

    def opened(self) -> None:
        """Read what must be known before anything is asked. In the background.

        Raises:
            ZenProError: it cannot be read; the form says so.
        """

    def changed(self, name: str) -> None:
        """Take notice that a field has another value."""

    def done(self, frame: Any) -> None:
        """Go on after the command has been carried out. In the background."""
