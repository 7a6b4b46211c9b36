"""Tab in a shell."""

from __future__ import annotations

from IPython.core.completer import provisionalcompleter

from tests.shell.conftest import Shell


def completions(shell: Shell, text: str) -> list[str]:
    """Return the text of the cell after each completion."""
    with provisionalcompleter():
        found = list(shell.ip.Completer.completions(text, len(text)))
    return [text[: item.start] + item.text + text[item.end :] for item in found]
