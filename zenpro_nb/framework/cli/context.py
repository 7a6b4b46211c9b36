"""What a command is given: the session, the face it was called from, and the values on its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import click
from msgspec import Struct, field

from zenpro_nb.session.session import Session
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.ui.protocol import UI

# Opens the form of a command: called with the runtime, the command, the words that lead to it, and what is known.
Forms = Callable[["CommandContext", Any, Sequence[str], Mapping[str, Any]], Any]


class Presenter(Protocol):
    """Puts made-up people in the place of real ones, where a shell displays pseudonyms."""

    def text(self, said: str, /, *, addresses_only: bool = False) -> str:
        """Return a text with made-up people, or only with made-up addresses."""

    def data(self, value: Any, /) -> Any:
        """Return JSON-like data with made-up people."""

    def tables(self, frames: Sequence[Any], /) -> list[Any]:
        """Return copies of DataFrames with made-up people in every row."""


class CommandContext(Struct):
    """What one call works with."""

    session: Session
    ui: UI
    values: Placeholders = field(default_factory=Placeholders)
    forms: Forms | None = None  # how this face fills in a command; None: it does not
    variables: Mapping[str, Any] = field(default_factory=dict)  # of the notebook, by name
    pseudonyms: Presenter | None = None  # None: people are displayed as they are
    body: str | None = None
    """The cell below the command's line as it stands, where the command takes one; its first line is empty, so that
    lines are counted as the cell counts them."""


# Gives a command's function the runtime of its call as the first argument.
pass_ctx: Callable[[Callable[..., Any]], Callable[..., Any]] = click.make_pass_decorator(CommandContext)
