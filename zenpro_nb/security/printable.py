r"""Text that is safe to print: no secrets, no terminal control characters, and no characters that reorder letters.

Names and messages come from other people. A team called `\x1b]0;…` would retitle the terminal that lists it, and one
with U+202E in its name would be displayed backwards. All printed and raised texts pass through here, and show such
characters in Python's escape notation; data (frames, files, pipes) stays unchanged.
"""

from __future__ import annotations

import html
import re

from zenpro_nb.security.secret import scrub

# C0 and C1 (Unicode's "Cc"), line separators, all of Unicode's Bidi_Control, and lone surrogates, which terminals
# reject.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def text(visible: str) -> str:
    r"""Return a text that is safe for a terminal: line breaks and tabs stay, other control characters are escaped.

    >>> print(text("ops\x1b]0;root\x07 \u202eevil"))
    ops\x1b]0;root\x07 \u202eevil
    """
    return visible if visible.isprintable() else _UNSAFE.sub(_escape, visible)


def words(message: str) -> str:
    """Return zenpro's own text, with names and values of others in it, printable and without secrets."""
    return text(scrub(message))


def line(message: str) -> str:
    r"""Return zenpro's own text as one line, printable and without secrets.

    >>> print(line("There is no team 'a\nb'"))
    There is no team 'a\nb'
    """
    return cell(scrub(message))


def cell(value: object) -> str:
    r"""Return a value as one line, printable.

    >>> print(cell("ops\n  organization  acme"))
    ops\n  organization  acme
    """
    return text(str(value)).replace("\n", r"\n").replace("\t", r"\t")


def markup(value: object) -> str:
    """Return a value as HTML, with markup and control characters escaped."""
    return html.escape(text(str(value)))


def without_user(url: str) -> str:
    """Return a URL without any username and password before its host.

    >>> without_user("https://ada:hunter2@pro.example.com/api/v1")
    'https://pro.example.com/api/v1'
    """
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    return char if char in "\n\t" else char.encode("unicode_escape").decode()
