"""What some forms know beyond the parameters of their command. Most know nothing more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zenpro_nb.forms.choices import ChoiceSource
from zenpro_nb.forms.fields import Field, Raw
from zenpro_nb.forms.messages import Note

if TYPE_CHECKING:
    from zenpro_nb.forms.form import Form


@dataclass(frozen=True)
class Table:
    """A small table below the fields."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Care:
    """The special knowledge of one form; this one has none, and is the base of the others."""

    def __init__(self, form: Form) -> None:
        self.form = form

    def shaped(self, fields: Sequence[Field]) -> list[Field]:
        """The fields, some of them changed."""
        return list(fields)

    def hidden(self) -> Collection[str]:
        """The fields that make no sense with what is filled in."""
        return ()

    def left_out(self) -> Collection[str]:
        """Fields that are shown, because they narrow others, but are no part of the request."""
        return ()

    def needed(self) -> Collection[str]:
        """Fields that must be filled in although the command could do without."""
        return ()

    def problems(self) -> Mapping[str, str]:
        """What the server would refuse, by field; found without asking it."""
        return {}

    def advice(self, name: str) -> Note | None:
        """Something to say beside a field that is not wrong."""
        return None

    def suggestions(self, name: str) -> Sequence[str]:
        """Values to take over by a click."""
        return ()

    def source(self, field: Field) -> ChoiceSource | None:
        """Where the names of a field come from; None: from the list of its noun."""
        return None

    def opened(self) -> None:
        """The form has been shown; called in the background."""

    def changed(self, name: str) -> None:
        """A field has another value."""

    def table(self) -> Table | Note | None:
        """What is so today and what will change, or words in its place."""
        return None

    def sent(self, given: dict[str, Any]) -> dict[str, Any]:
        """The parameters with which the command is called from the form."""
        return given

    def in_line(self) -> Mapping[str, Raw]:
        """Parameters of the line that are not filled in."""
        return {}

    def done(self, frame: Any) -> None:
        """It has been carried out; called in the background."""
