"""The arguments of a command as a table: what each of them names."""

from __future__ import annotations

from collections.abc import Callable

import click

from zenpro_nb.framework.parameters.types import EmailType, NameType, NewNameType
from zenpro_nb.resources.nouns import singular

# Arguments whose type does not say what they are, by the name of the parameter.
_MEANINGS = {
    "after": "the capture to compare with, by name or date; default: the current state",
    "before": "the capture to compare, by name or date; default: the newest one",
    "desired": "a file, a saved plan, or a DataFrame in a variable",
    "device": "the ID of the device, or the code that it shows",
    "features": "the features to check; default: all known ones",
    "file": "the path of the file",
    "files": "the paths of the notebooks",
    "invitation": "the ID of the invitation, or the organization that invites you",
    "method": "the HTTP method",
    "names": "captures, by name",
    "options": "options of the sandbox",
    "path": "the path of the route, relative to the address of the server; `{organization_id}` is filled in",
    "principal": "a user, `team:NAME`, `bot:NAME`, or `id:UUID`",
    "query": "a `SELECT` statement in quotes, or `tables`",
    "record": "the file or DataFrame with the audit record",
    "topic": "words of the task, a command, or the short name of a page; default: list all pages",
    "url": "the address of the server",
    "user_code": "the code that the device shows",
    "which": "the beginning of an ID from `journal`; default: the last command",
}
_BY_TYPE: dict[type, Callable[[str], str]] = {
    NewNameType: lambda noun: f"the name of the new {noun}",
    NameType: lambda noun: f"{_article(noun)} {noun}, by name or ID",
}


def table_of(command: click.Command, metavar: Callable[[click.Parameter], str]) -> str:
    """Return the table of a command's arguments; empty if it has none."""
    rows = [
        f"| `{metavar(param)}` | {_meaning(param)} |" for param in command.params if isinstance(param, click.Argument)
    ]
    return "| argument | meaning |\n|---|---|\n" + "\n".join(rows).replace("\\|", "|") + "\n" if rows else ""


def _meaning(param: click.Argument) -> str:
    text = getattr(param, "help", "") or _of_type(param)
    several = " Can be repeated." if param.nargs == -1 and "repeated" not in text else ""
    optional = " Optional." if not param.required and "default" not in text.casefold() else ""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}.{several}{optional}".replace("|", "\\|")


def _of_type(param: click.Argument) -> str:
    noun = getattr(param.type, "noun", "")
    if noun:
        words = singular(noun)
        if noun == "invitations":
            return f"{_article(words)} {words}, by email or ID"
        if noun == "users" and not isinstance(param.type, NewNameType):
            return f"{_article(words)} {words}, by email, name, or ID"
        kind = next((known for known in _BY_TYPE if isinstance(param.type, known)), NameType)
        return _BY_TYPE[kind](words)
    if isinstance(param.type, EmailType):
        return "an email address"
    if isinstance(param.type, click.Choice):
        return " or ".join(f"`{choice}`" for choice in param.type.choices)
    return _MEANINGS.get(param.name or "", f"{_article(param.name or '')} {(param.name or '').replace('_', ' ')}")


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeio" else "a"
