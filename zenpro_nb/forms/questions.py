"""The questions of a form in a terminal. Each repeats until the answer is valid, and says why."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb.ui import console
from zenpro_nb.ui.protocol import UI


def text(ui: UI, question: str, default: str | None = None, *, required: str = "") -> str:
    """Ask for a line of text. Enter means the default.

    Args:
        default: shown in brackets unless it is empty; None if a text is required.
        required: the name of what is required.
    """
    prompt = f"{question} [{default}]: " if default else f"{question}: "
    while not (answer := ui.ask(prompt)):
        if default is not None:
            return default
        console.say(f"  Required: {required}.")
    return answer


def choice(ui: UI, question: str, words: Sequence[str], default: str) -> str:
    """Ask for one of a few words, of which the first letters are enough. Enter means the default.

    It is also how a form asks for the value of a yes-no option, so that Enter keeps the value: Enter never means yes in
    a question `[y/N]` (see `UI.confirm`).
    """
    while True:
        answer = text(ui, f"{question} ({', '.join(words)})", default).lower()
        if found := [word for word in words if word.startswith(answer)]:
            return found[0]
        console.say(f"  {answer!r} is not one of {', '.join(words)}.")
