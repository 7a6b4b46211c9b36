"""Define the context of a command: the session, the UI that called it, and the values in its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import click
from msgspec import Struct, field

from zenpro_nb.session.session import Session
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.ui.protocol import UI

# Opens the form of a command. Called with the context, the command, the words that lead to it, and the known values.
Forms = Callable[["CommandContext", Any, Sequence[str], Mapping[str, Any]], Any]


class Presenter(Protocol):
    """Replaces people by pseudonyms, in shells that display pseudonyms."""

    def text(self, text: str, /, *, addresses_only: bool = False) -> str:
        """Return a text with pseudonyms for people, or only for email addresses."""

    def data(self, value: Any, /) -> Any:
        """Return JSON-like data with pseudonyms for people."""

    def tables(self, frames: Sequence[Any], /) -> list[Any]:
        """Return copies of DataFrames with pseudonyms for people in every row."""

    def learn_from(self, value: Any, /) -> None:
        """Learn which names belong to which addresses from the columns of a DataFrame."""


class CommandContext(Struct):
    """The objects that one call of a command uses."""

    session: Session
    ui: UI
    values: Placeholders = field(default_factory=Placeholders)
    forms: Forms | None = None  # opens the form of a command; None: this UI has no forms
    variables: Mapping[str, Any] = field(default_factory=dict)  # the notebook's variables, by name
    pseudonyms: Presenter | None = None  # None: real names are displayed
    line: Sequence[str] = ()  # the words of the line, without the name of the tool; variables are placeholders
    is_sending: bool = False  # a write may have been sent
    body: str | None = None
    """The cell text below the command's line, unchanged, for commands that read one. Its first line is empty: line
    numbers then match those of the cell.
    """


# Passes the context of the call to a command's function as the first argument.
pass_ctx: Callable[[Callable[..., Any]], Callable[..., Any]] = click.make_pass_decorator(CommandContext)
