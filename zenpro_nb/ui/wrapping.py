"""Sentences in a terminal: wrapped between words, with commands and ids in one piece."""

from __future__ import annotations

import re

from zenpro_nb.ui.cells import text_width

_INDENT = "  "
# Words with the blanks before them. A command in backticks is one word, and a separator belongs to the word before it.
_WORD = re.compile(r"(\s*)((?:`[^`\n]+`|\S)+(?: [·→](?= ))?)")
_COMMAND_LINE = re.compile(r"\s+(?:%?zenpro|export|pip|python) ")  # an indented command to copy


def wrap(text: str, width: int | None, indent: str = _INDENT) -> str:
    """Return the text with line breaks between words for a terminal of this width; None for no limit.

    A word, or a command in backticks, that is longer than a line is not broken, so it can be copied.

    Args:
        text: a text of one or more lines, printable.
        width: of the terminal.
        indent: precedes the lines that continue a line, after the blanks at its beginning.

    >>> print(wrap("Ask grace@example.com: `zenpro users impact grace@example.com` lists the questions.", 50))
    Ask grace@example.com:
      `zenpro users impact grace@example.com` lists
      the questions.
    """
    if width is None:
        return text
    return "\n".join(line for whole in text.split("\n") for line in _lines(whole, width, indent))


def _lines(text: str, width: int, indent: str) -> list[str]:
    if text_width(text) <= width or _COMMAND_LINE.match(text):
        return [text]
    start = text[: len(text) - len(text.lstrip())]
    lines, line = [], ""
    for blanks, word in _WORD.findall(text):
        longer = f"{line}{blanks}{word}"
        if line.strip() and text_width(longer) > width:
            lines.append(line)
            longer = f"{start}{indent}{word}"
        line = longer
    return [*lines, line]
