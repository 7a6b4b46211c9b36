"""Lay out help: examples first, a command's own options before the shared ones, and the tree in sections."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click
from msgspec import Struct

from zenpro_nb import documentation, limits
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.examples import example_lines

_SENTENCE_END = re.compile(r"(?<=[.!?]) ")
_PART_END = re.compile(r"[:;] ")
_INDENT = 2  # matches click's own paragraphs at the end
_FEW = 3  # the first screen lists nouns with up to this many writes together in one row


class Section(Struct, frozen=True):
    """A heading of the tree's help.

    Args:
        source: the mapping that its commands are read from, by name.
        names: the names of all commands under it.
        featured: the names of the commands that the first screen explains; it only lists the others.
        hint: text after the heading.
        writes_title: the heading for the writes of these commands, on the first screen.
    """

    source: Mapping[str, click.Command]
    names: Sequence[str]
    featured: Sequence[str]
    hint: str = ""
    writes_title: str = ""

    @property
    def commands(self) -> list[click.Command]:
        """Return the commands under this heading."""
        return [self.source[name] for name in self.names]


class FirstScreen(Struct, frozen=True):
    """What the first screen and completion show of commands, which are then neither built nor imported.

    Args:
        summaries: of all commands, by name.
        changes: the writes of each noun, with commas between them.
    """

    summaries: Mapping[str, str]
    changes: Mapping[str, str]


def first_screen(sections: Mapping[str, Section]) -> FirstScreen:
    """Return it as the commands declare it."""
    commands = [command for section in sections.values() for command in section.commands]
    nouns = [command for section in sections.values() if section.writes_title for command in section.commands]
    changes = {command.name or "": ", ".join(_changing(command)) for command in nouns}
    return FirstScreen(
        {command.name or "": summary(command) for command in commands},
        {name: verbs for name, verbs in changes.items() if verbs},
    )


def summary(command: click.Command) -> str:
    """Return a one-line summary of a command.

    It is the first sentence of the help; of a long sentence, only the part before the colon.
    """
    text = " ".join((command.short_help or command.help or "").split())
    sentence = _SENTENCE_END.split(text, maxsplit=1)[0]
    if len(sentence) <= limits.SUMMARY:
        return sentence
    return _PART_END.split(sentence, maxsplit=1)[0].rstrip(".") + "."


def write_examples(ctx: click.Context, formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """Write the examples with the prefix of this UI. Long ones are not wrapped, to stay copyable."""
    command_ctx = ctx.find_object(CommandContext)
    if not examples or command_ctx is None:
        return
    ui = command_ctx.ui
    with formatter.section("Examples"):
        for line in example_lines(examples, ui.name, variables=ui.has_variables):
            formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def write_options(
    ctx: click.Context, formatter: click.HelpFormatter, params: Iterable[click.Parameter], title: str = "Options"
) -> None:
    """Write a section of options, or nothing if there are none."""
    options = [param for param in params if isinstance(param, click.Option)]
    records = [record for param in options if (record := param.get_help_record(ctx)) is not None]
    if records:
        with formatter.section(title):
            formatter.write_dl(records)


def write_commands(formatter: click.HelpFormatter, title: str, commands: Iterable[click.Command]) -> None:
    """Write a section with the name and the summary of each command.

    Summaries are written whole: click would cut them at the end of the line.
    """
    rows = [(command.name or "", summary(command)) for command in commands if not command.hidden]
    if rows:
        with formatter.section(title):
            formatter.write_dl(rows)


def write_pages(formatter: click.HelpFormatter, words: Sequence[str]) -> None:
    """Write the documentation pages about a command; a form refers to the pages of its command."""
    about = words[1:] if words[:1] == ["form"] and len(words) > 1 else words
    formatter.write_paragraph()
    formatter.write(f"{'':>{_INDENT}}{documentation.reference_to(documentation.pages_of(about))}\n")


def write_tree(formatter: click.HelpFormatter, sections: Mapping[str, Section]) -> None:
    """Write every command of the tree with its verbs, except those of `form`, which repeat the writes."""
    for title, section in sections.items():
        with formatter.section(title):
            formatter.write_dl([row for command in section.commands for row in _with_verbs(command)])


def write_first_screen(
    formatter: click.HelpFormatter, sections: Mapping[str, Section], summary: FirstScreen | None = None
) -> None:
    """Write an overview on one screen: a row for each featured command, and the names of the others.

    Args:
        summary: what it shows of the commands; without it, they are built.
    """
    summary_shown = summary or first_screen(sections)
    for title, section in sections.items():
        others = [name for name in section.names if name not in section.featured]
        with formatter.section(f"{title}{section.hint}"):
            formatter.write_dl([(name, summary_shown.summaries[name]) for name in section.featured])
            if others:
                _write_names(formatter, f"also: {', '.join(others)}")
        if section.writes_title:
            with formatter.section(section.writes_title):
                _write_changes(
                    formatter,
                    {name: summary_shown.changes[name] for name in section.names if name in summary_shown.changes},
                )


def _write_changes(formatter: click.HelpFormatter, changes: Mapping[str, str]) -> None:
    """Write the writes of each noun: one row per noun, and a shared row for all nouns with few of them."""
    many = {name for name, verbs in changes.items() if verbs.count(",") >= _FEW}
    formatter.write_dl([(name, verbs) for name, verbs in changes.items() if name in many])
    short = [f"{name} {verbs}" for name, verbs in changes.items() if name not in many]
    _write_names(formatter, f"also: {'; '.join(short)}")


def _write_names(formatter: click.HelpFormatter, names: str) -> None:
    """Write names in as many lines as they need; unlike click's own text, a name never breaks at its hyphen."""
    indent = " " * formatter.current_indent
    lines = textwrap.fill(
        names, formatter.width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
    formatter.write(f"{lines}\n")


def _changing(command: click.Command) -> list[str]:
    verbs = command.commands if isinstance(command, click.Group) else {}
    return [name for name, verb in verbs.items() if getattr(verb, "writes", False)]


def _with_verbs(command: click.Command) -> Iterator[tuple[str, str]]:
    yield command.name or "", summary(command)
    if isinstance(command, click.Group) and command.name != "form":
        for name, verb in command.commands.items():
            yield f"  {name}", summary(verb)
