"""The reference page: every command, made from the same declarations as `--help`, Tab and the forms.

`python docs/generate.py` writes it; a test holds `docs/reference/commands.md` to the code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from zenpro_nb.commands.core.examples import spelled
from zenpro_nb.commands.core.options import shape_options
from zenpro_nb.commands.core.write_command import common_options
from zenpro_nb.commands.tree import tree
from zenpro_nb.resources.control_plane import USERS

_HEAD = """# Commands

Every command, as `%zenpro …` in a notebook and as `zenpro …` in a shell. Each explains itself with `--help`.
This page is made by `python docs/generate.py`; a test holds it to the code.
"""
_LISTS = "## Options of every list\n\nThey are not repeated below.\n"
_WRITES = "\n## Options of every command that changes something\n\nThey are not repeated below.\n"


def as_markdown() -> str:
    """Return the whole page as Markdown."""
    shared = [shape_options(USERS), common_options(destructive=True)]
    parts = [_HEAD, _LISTS, *_table(shared[0]), _WRITES, *_table(shared[1])]
    for name in sorted(tree.commands):
        parts.extend(_sections(tree.commands[name], name))
    return "\n".join(parts).rstrip() + "\n"


def _sections(command: click.Command, words: str) -> Iterator[str]:
    context = click.Context(command, info_name=words)
    yield f"\n{'#' * (1 + len(words.split()))} {words}\n"
    yield f"{_prose(command.help)}\n"
    if arguments := _usage(command, context, words):
        yield f"```\n{arguments}\n```\n"
    if examples := list(spelled(getattr(command, "examples", ()), "%zenpro", variables=True)):
        yield "For example:\n\n```\n" + "\n".join(examples) + "\n```\n"
    yield from _table([param for param in command.params if param.name not in getattr(command, "shared", ())])
    if command.epilog:
        yield f"{_prose(command.epilog)}\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            yield from _sections(command.commands[name], f"{words} {name}")


def _usage(command: click.Command, context: click.Context, words: str) -> str:
    pieces = [param.make_metavar(context) for param in command.params if isinstance(param, click.Argument)]
    return f"%zenpro {words} {' '.join(pieces)}" if pieces else ""


def _table(params: Sequence[click.Parameter]) -> Iterator[str]:
    rows = [_row(param) for param in params if isinstance(param, click.Option)]
    if rows:
        yield "| option | |\n|---|---|\n" + "\n".join(rows) + "\n"


def _row(param: click.Option) -> str:
    record = param.get_help_record(click.Context(tree)) or ("", "")
    names, text = (part.replace("|", "\\|") for part in record)
    return f"| `{names}` | {_prose(text)} |"


def _prose(text: str | None) -> str:
    return " ".join((text or "").replace("\b", "").split())
