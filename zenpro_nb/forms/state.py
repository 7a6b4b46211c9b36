"""Where a form stands."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """The states of a form; it goes back to the first with every change."""

    FILLING = "being filled in"
    WAITING = "about to be sent, when nothing more is typed"
    SENDING = "being sent"
    DONE = "sent, and not changed since"
    CLOSED = "closed"
