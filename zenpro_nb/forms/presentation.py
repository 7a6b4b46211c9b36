"""How a form shows names: the real ones, or pseudonyms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd


class Presentation(Protocol):
    """Changes everything that a form shows. Values and requests do not change."""

    @property
    def badge(self) -> str:
        """Return the words that mark pseudonyms; empty if names are real."""

    def text(self, text: str) -> str:
        """Return a text or HTML for display."""

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a DataFrame for display."""

    def original(self, text: str) -> str:
        """Return the address that a pseudonym replaces; any other text unchanged."""

    def learn(self, address: str, name: str) -> None:
        """Record that this address and this name belong to the same person."""


class NoPseudonyms:
    """Shows real names."""

    badge = ""

    def text(self, text: str) -> str:
        """Return the text unchanged."""
        return text

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the DataFrame unchanged."""
        return frame

    def original(self, text: str) -> str:
        """Return the text unchanged."""
        return text

    def learn(self, address: str, name: str) -> None:
        """Do nothing: no pseudonyms are needed."""


NO_PSEUDONYMS = NoPseudonyms()


class ShownText:
    """A text in a field: displayed with pseudonyms and read back as the original.

    Text that the user types over it is read as typed.

    >>> field = ShownText(NO_PSEUDONYMS)
    >>> field.display("ada@example.com"), field.read("ada@example.com"), field.read("bob")
    ('ada@example.com', 'ada@example.com', 'bob')
    """

    def __init__(self, presentation: Presentation) -> None:
        self._presentation = presentation
        self._value = self._display = ""

    def display(self, value: str, title: str = "") -> str:
        """Set the value of the field, and return how it is displayed, by its title if it has one."""
        self._value, self._display = value, self._presentation.text(title or value)
        return self._display

    def read(self, text: str) -> str:
        """Return the original of the text in the field."""
        return self._value if text == self._display else text
