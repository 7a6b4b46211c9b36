"""Suggest what does the same as the syntax of a shell, such as `users > users.csv`, in a line that no shell runs."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb.resources import Resource
from zenpro_nb.syntax.unparse import quoted

_FIRST_ROWS = "10"  # of `head` without a number


def hint(line: str, words: Sequence[str], resource: Resource | None = None) -> str:
    """Return the hint for a line with shell syntax; empty for other lines.

    Args:
        line: the part of the line before it.
        words: the words from there on.
        resource: the list that the command shows; None if it shows none.

    >>> hint("%zenpro users", [">", "out.csv"]), hint("%zenpro users", ["ada@example.com"])
    ('Use `%zenpro users --save out.csv`: this line is not run by a shell.', '')
    >>> from zenpro_nb.resources import RESOURCES
    >>> hint("%zenpro users", ["|", "head", "-n", "5"], RESOURCES["users"])
    'Use `%zenpro users --limit 5`: this line is not run by a shell.'
    """
    word = words[0]
    if word.startswith(">"):
        name = word.lstrip(">") or (words[1] if len(words) > 1 else "FILE")
        return _use(f"{line} --save {quoted(name)}")
    if word.startswith("|"):
        piped = [text for text in (word.lstrip("|"), *words[1:]) if text]
        return _of_pipe(line, piped, resource) or "Pipes are not supported: use --limit N, or .head() on the result."
    if word in ("&&", "&", ";"):
        return "Run one command per line; %%zenpro runs several lines."
    return ""


def _of_pipe(line: str, piped: Sequence[str], resource: Resource | None) -> str:
    """Return the hint for the program that a list is piped to; "" if nothing here does the same."""
    program, *arguments = piped or [""]
    values = [text.lstrip("-n") for text in arguments if text.lstrip("-n")]
    if resource is None:
        return ""
    if program == "head":
        return _use(f"{line} --limit {values[0] if values and values[0].isdigit() else _FIRST_ROWS}")
    if program == "wc":
        ui, noun, *_ = line.split()
        return _use(f'{ui} sql "SELECT count(*) FROM {noun.replace("-", "_")}"')  # noqa: S608 - only shown
    names = [column.name for column in resource.columns]
    if program == "grep" and arguments and "name" in names:
        return _use(f"{line} --where {quoted(f'name~{arguments[-1]}')}")
    return ""


def _use(line: str) -> str:
    return f"Use `{line}`: this line is not run by a shell."
