"""What the form of a command can add beyond the parameters of the command. Most forms add nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb.forms.choices import ChoiceSource
from zenpro_nb.forms.field_choices import FieldChoices
from zenpro_nb.forms.fields import Field, Raw
from zenpro_nb.forms.messages import Message
from zenpro_nb.forms.state import OpenForm


class FormTable(Struct, frozen=True):
    """A small table below the fields."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Hooks:
    """The additions of one form. This base class adds nothing."""

    def __init__(self, form: OpenForm, choices: FieldChoices) -> None:
        self.form = form
        self.choices = choices

    # --- fields --------------------------------------------------------------------------------------------

    def shaped(self, fields: Sequence[Field]) -> list[Field]:
        """Return the fields with changes or in another order."""
        return list(fields)

    def hidden(self) -> Collection[str]:
        """Return the fields that do not apply to the current values."""
        return ()

    def left_out(self) -> Collection[str]:
        """Return fields that narrow other fields but are not part of the request."""
        return ()

    def nouns(self) -> Collection[str]:
        """Return fields that the form requires although the command does not."""
        return ()

    def alternatives(self) -> Sequence[str]:
        """Return fields of which at least one is required."""
        return ()

    def source(self, field: Field) -> ChoiceSource | None:
        """Return the list that provides the names of a field; None for the list of its noun."""
        return None

    def required_message(self, name: str) -> str:
        """Return the message next to a required field that is empty."""
        return "This field is required."

    # --- messages ---------------------------------------------------------------------------------------------

    def problems(self) -> Mapping[str, str]:
        """Return values that the server would refuse, by field. Sends no request."""
        return {}

    def advice(self, name: str) -> Message | None:
        """Return advice next to a field without a problem."""
        return None

    def suggestions(self, name: str) -> Sequence[str]:
        """Return values that the user can choose with a click."""
        return ()

    def table(self) -> FormTable | Message | None:
        """Return the current state and the changes, or a message in place of them."""
        return None

    # --- request ---------------------------------------------------------------------------------------------

    def on_sent(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters that the form passes to the command."""
        return arguments

    def in_line(self) -> Mapping[str, Raw]:
        """Return parameters of the equivalent command that have no field."""
        return {}

    # --- events ---------------------------------------------------------------------------------------------

    def on_open(self) -> None:
        """Read what the form needs before it can be filled in. Runs in the background.

        Raises:
            ZenProError: it cannot be read. The form shows the error.
        """

    def changed(self, name: str) -> None:
        """Handle a new value of a field."""

    def after_success(self, frame: Any) -> None:
        """Continue after the command has run. Runs in the background."""
