"""The pages of commands: one for each noun and each command, made from what `--help`, Tab and the forms are made from.

Each write appears once; a word marks those with a form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from docs._pages import arguments, examples
from docs._pages.columns import table_of
from docs._pages.groups import grouped
from docs._pages.permissions import permission_of
from docs._pages.titles import title_of
from zenpro_nb import documentation
from zenpro_nb.commands.tool.form import NAME as FORM
from zenpro_nb.commands.tree import tree
from zenpro_nb.framework.cli.examples import example_lines
from zenpro_nb.framework.cli.help_text import summary
from zenpro_nb.framework.lists.options import columns_epilog, shape_options
from zenpro_nb.framework.writes.command_options import common_options
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.resources.control_plane import USERS

MADE = "<!-- Made by `python docs/generate.py`; a test checks that it matches the code. -->\n"
_LISTS = "options-of-every-list"
_WRITES = "options-of-every-command-that-changes-something"
_HEAD = f"""# Commands

{MADE}
Type a command as `%zenpro …` in a notebook and as `zenpro …` in a shell. Add `--help` to show its help.
Each page lists the arguments, options, and columns of a command, and shows whether the command has a form.
"""
_ON_LISTS = f"""
({_LISTS})=
## Options of every list

"""
_ON_WRITES = f"""
({_WRITES})=
## Options of every command that makes changes

A command that asks for confirmation fails in an unattended session unless you pass `--yes`.

"""


def pages() -> dict[str, str]:
    """Return the text of each page by its name, which is the command's; `index` lists them all."""
    return {"index": _index(), **{name: _page(name) for name in _names()}}


def _names() -> Iterator[str]:
    for section in tree.sections.values():
        yield from (command.name or "" for command in section.commands)


def _index() -> str:
    parts = [_HEAD]
    for title, names in grouped(list(_names())).items():
        parts.append(f"\n## {title}\n\n| command | purpose |\n|---|---|")
        parts += [f"| [`{name}`]({name}.md) | {_cell(summary(tree.commands[name]))} |" for name in names]
        listed = "\n".join(names)
        parts.append(f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{listed}\n```")
    of_writes = common_options(destructive=True, many=True)
    parts += [_ON_LISTS + _options(shape_options(USERS)), _ON_WRITES + _options(of_writes)]
    return "\n".join(parts).rstrip() + "\n"


def _page(name: str) -> str:
    return "\n".join([*_sections(tree.commands[name], name), _see_also(name), MADE]).rstrip() + "\n"


def _see_also(name: str) -> str:
    """Return the guides about a noun and its verbs, and where the shared options and codes are explained."""
    command = tree.commands[name]
    verbs = [f"{name} {verb}" for verb in getattr(command, "commands", ())] if name != FORM else []
    pages = dict.fromkeys(page for words in (name, *verbs) for page in documentation.pages_of(words.split())[:-1])
    links = [f"- [{title_of(page)}](../../{page}.md)" for page in pages]
    common = "- [Exit codes](../exit-codes.md) · [Errors](../errors.md) · [Messages](../messages.md)"
    return "\n".join([f"{'#' * 2} See also\n", *links, common]) + "\n"


def _sections(command: click.Command, words: str) -> Iterator[str]:
    yield f"{'#' * len(words.split())} {words}\n"
    yield f"{_prose(command.help)}\n"
    if usage := _usage(command, words):
        yield f"```\n{usage}\n```\n"
        yield arguments.table_of(command, lambda param: _metavar(param, click.Context(command)))
    if isinstance(command, WriteCommand):
        yield f"{_about(command, words)}\n"
    yield _needs(command, words)
    if lines := list(example_lines(getattr(command, "examples", ()), "%zenpro", variables=True)):
        yield "For example:\n\n```\n" + "\n".join(lines) + "\n```\n"
    if output := examples.output_block(words, command):
        yield output
    shared = getattr(command, "shared", set())
    if own := _options([param for param in command.params if param.name not in shared]):
        yield own
    if shared and not isinstance(command, WriteCommand):
        yield f"Also accepts the [options of every list](#{_LISTS}){_left_out(command)}.\n"
    if epilog := _epilog(command):
        yield f"{epilog}\n"
    yield from _columns(command)
    if isinstance(command, click.Group) and words != FORM:
        for name in command.commands:
            yield from _sections(command.commands[name], f"{words} {name}")


def _about(command: WriteCommand, words: str) -> str:
    """Return what is the same for every write, in a word each."""
    asks = "after you type the name of the object" if command.irreversible else "after you confirm"
    told = f"Makes changes{f' {asks}' if command.destructive else ''}"
    options = f"Accepts the [options of every command that makes changes](#{_WRITES})"
    return f"{told}. {options}, and has a form: `%zenpro {FORM} {words}`."


def _needs(command: click.Command, words: str) -> str:
    """Return the permissions that a command needs, and its exit codes in a shell."""
    permission = permission_of(words, command)
    codes = ["0", "1", "2"]
    params = {param.name or "" for param in command.params}
    if params & {"fail_on", "fail_on_drift"} or words == "reviews verify":
        codes.append("3")
    if getattr(command, "shared", set()) and not isinstance(command, WriteCommand):
        codes.append("4")
    return "".join(
        [
            f"**Permission** (inferred; the server decides): {permission}.\n\n" if permission else "",
            f"**Exit codes**: {', '.join(codes)}.\n",
        ]
    )


def _left_out(command: click.Command) -> str:
    """Return which options of every list this one does not take."""
    have = {param.name for param in command.params}
    missing = [f"`{param.opts[0]}`" for param in shape_options(USERS) if param.name not in have]
    return f", except {', '.join(missing)}" if missing else ""


def _columns(command: click.Command) -> Iterator[str]:
    resource = getattr(command, "lists", None)
    if resource is not None and resource.columns:
        yield f"Columns:\n\n{table_of(resource)}"


def _epilog(command: click.Command) -> str:
    """Return the last paragraph of the help, without the names of the columns where their table follows."""
    text = _prose(command.epilog)
    resource = getattr(command, "lists", None)
    return text.replace(columns_epilog(resource), "").strip() if resource is not None and resource.columns else text


def _usage(command: click.Command, words: str) -> str:
    context = click.Context(command, info_name=words)
    pieces = [_metavar(param, context) for param in command.params if isinstance(param, click.Argument)]
    return f"%zenpro {words} {' '.join(pieces)}" if pieces else ""


def _metavar(param: click.Parameter, context: click.Context) -> str:
    try:
        return param.make_metavar(context)
    except TypeError:  # click before 8.2 asks for no context
        return param.make_metavar()  # type: ignore[call-arg]


def _options(params: Sequence[click.Parameter]) -> str:
    rows = [_row(param) for param in params if isinstance(param, click.Option) and not param.hidden]
    return "| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n" if rows else ""


def _row(param: click.Option) -> str:
    names, text = param.get_help_record(click.Context(tree)) or ("", "")
    return f"| `{_cell(names)}` | {_cell(text)} |"


def _cell(text: str) -> str:
    return _prose(text).replace("|", "\\|")


def _prose(text: str | None) -> str:
    return " ".join((text or "").replace("\b", "").split())
