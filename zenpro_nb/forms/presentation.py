"""How what a form holds is shown: as it is, or with made-up people in place of real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd


class Presentation(Protocol):
    """What all that a form shows is put through; what it holds and sends stays."""

    @property
    def badge(self) -> str:
        """Return the word that says that people are made up; empty where they are not."""

    def text(self, said: str) -> str:
        """Return words, or HTML, as they are shown."""

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame as it is shown."""

    def original(self, typed: str) -> str:
        """Return the address that is meant by a made-up one, and anything else as it was typed."""

    def learn(self, address: str, name: str) -> None:
        """Learn that this address and this name are one person's."""


class NoPseudonyms:
    """Shows everything as it is."""

    badge = ""

    def text(self, said: str) -> str:
        """Return the words."""
        return said

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame."""
        return frame

    def original(self, typed: str) -> str:
        """Return what was typed."""
        return typed

    def learn(self, address: str, name: str) -> None:
        """Need to know nobody."""


NO_PSEUDONYMS = NoPseudonyms()


class ShownText:
    """A text in a field: shown with made-up people, and read back as what it stands for.

    What somebody types over it is taken as it is typed.

    >>> field = ShownText(NO_PSEUDONYMS)
    >>> field.shown("ada@example.com"), field.read("ada@example.com"), field.read("bob")
    ('ada@example.com', 'ada@example.com', 'bob')
    """

    def __init__(self, presentation: Presentation) -> None:
        self._presentation = presentation
        self._held = self._shown = ""

    def shown(self, held: str) -> str:
        """Return how a text is shown in the field from now on."""
        self._held, self._shown = held, self._presentation.text(held)
        return self._shown

    def read(self, text: str) -> str:
        """Return what is meant by that which stands in the field."""
        return self._held if text == self._shown else text
