r"""What is safe to print: no secrets, nothing that a terminal obeys, nothing that turns the order of letters.

Names and messages come from other people. A team called `\x1b]0;…` would retitle the terminal that lists it, and one
with U+202E in it would be read backwards. Whatever is printed or raised goes through here, and shows such characters
as Python writes them; data (frames, files, pipes) stays as it is.
"""

from __future__ import annotations

import html
import re

from zenpro_nb.security.secret import scrub

# C0 and C1 (Unicode's "Cc"), separators of lines, all of Unicode's Bidi_Control, and halves of characters, which no
# terminal takes.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def text(shown: str) -> str:
    r"""Return a text as a terminal may have it: its lines and tabs stay, what else would be obeyed is escaped.

    >>> print(text("ops\x1b]0;root\x07 \u202eevil"))
    ops\x1b]0;root\x07 \u202eevil
    """
    return shown if shown.isprintable() else _UNSAFE.sub(_escaped, shown)


def words(said: str) -> str:
    """Return words of ours, in which names and values of others stand, printable and without secrets."""
    return text(scrub(said))


def line(said: str) -> str:
    r"""Return words of ours as one line, printable and without secrets.

    >>> print(line("There is no team 'a\nb'"))
    There is no team 'a\nb'
    """
    return cell(scrub(said))


def cell(value: object) -> str:
    r"""Return a value as one line, printable.

    >>> print(cell("ops\n  organization  acme"))
    ops\n  organization  acme
    """
    return text(str(value)).replace("\n", r"\n").replace("\t", r"\t")


def markup(value: object) -> str:
    """Return a value as HTML: escaped, as are the characters that a terminal gets escaped."""
    return html.escape(text(str(value)))


def without_user(url: str) -> str:
    """Return a URL without the name and the password that may stand before its host.

    >>> without_user("https://ada:hunter2@pro.example.com/api/v1")
    'https://pro.example.com/api/v1'
    """
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]


def _escaped(match: re.Match[str]) -> str:
    char = match.group()
    return char if char in "\n\t" else char.encode("unicode_escape").decode()
