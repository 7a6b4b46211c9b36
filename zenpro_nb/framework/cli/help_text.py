"""How help is laid out: examples first, a command's own options before those that many have, the tree in sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click
from msgspec import Struct

from zenpro_nb import documentation, limits
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.examples import spelled

_SENTENCE_END = re.compile(r"(?<=[.!?]) ")
_PART_END = re.compile(r"[:;] ")
_INDENT = 2  # as click's own paragraphs at the end
_FEW = 3  # verbs that are no line of their own on the first screen


class Section(Struct, frozen=True):
    """A heading of the tree's help.

    Args:
        source: where its commands are taken from by their names.
        names: of all that stand under it.
        featured: the names of those that the first screen explains; the others it only names.
        hint: what it says behind the heading.
        writes_title: the heading of the verbs of these commands that change something, on the first screen.
    """

    source: Mapping[str, click.Command]
    names: Sequence[str]
    featured: Sequence[str]
    hint: str = ""
    writes_title: str = ""

    @property
    def commands(self) -> list[click.Command]:
        """Return the commands that stand under it."""
        return [self.source[name] for name in self.names]


def summary(command: click.Command) -> str:
    """Return what a command does, in a line.

    It is the first sentence of its help, or of a long one what stands before the colon.
    """
    text = " ".join((command.short_help or command.help or "").split())
    sentence = _SENTENCE_END.split(text, maxsplit=1)[0]
    if len(sentence) <= limits.SUMMARY:
        return sentence
    return _PART_END.split(sentence, maxsplit=1)[0].rstrip(".") + "."


def write_examples(ctx: click.Context, formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """Write lines that run in the sandbox, as they are typed here; none is wrapped, so that it can be copied."""
    runtime = ctx.find_object(CommandContext)
    if not examples or runtime is None:
        return
    ui = runtime.ui
    with formatter.section("Examples"):
        for line in spelled(examples, ui.name, variables=ui.has_variables):
            formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def write_options(
    ctx: click.Context, formatter: click.HelpFormatter, params: Iterable[click.Parameter], title: str = "Options"
) -> None:
    """Write a section of options; none where there is nothing to say."""
    options = [param for param in params if isinstance(param, click.Option)]
    records = [record for param in options if (record := param.get_help_record(ctx)) is not None]
    if records:
        with formatter.section(title):
            formatter.write_dl(records)


def write_commands(formatter: click.HelpFormatter, title: str, commands: Iterable[click.Command]) -> None:
    """Write a section of commands: the names, and what each does.

    That is written whole: click would cut it where the line ends.
    """
    rows = [(command.name or "", summary(command)) for command in commands if not command.hidden]
    if rows:
        with formatter.section(title):
            formatter.write_dl(rows)


def write_pages(formatter: click.HelpFormatter, words: Sequence[str]) -> None:
    """Write which pages of the documentation are about a command; a form's are those of what it fills in."""
    about = words[1:] if words[:1] == ["form"] and len(words) > 1 else words
    formatter.write_paragraph()
    formatter.write(f"{'':>{_INDENT}}{documentation.told(documentation.pages_of(about))}\n")


def write_tree(formatter: click.HelpFormatter, sections: Mapping[str, Section]) -> None:
    """Write every command of the tree with its verbs, those of `form` aside, which are the writes again."""
    for title, section in sections.items():
        with formatter.section(title):
            formatter.write_dl([row for command in section.commands for row in _with_verbs(command)])


def write_first_screen(formatter: click.HelpFormatter, sections: Mapping[str, Section]) -> None:
    """Write what there is, on one screen: a line for the everyday commands, the names of the others."""
    for title, section in sections.items():
        commands = {command.name or "": command for command in section.commands}
        others = [name for name in commands if name not in section.featured]
        with formatter.section(f"{title}{section.hint}"):
            formatter.write_dl([(name, summary(commands[name])) for name in section.featured])
            if others:
                formatter.write_text(f"also: {', '.join(others)}")
        if section.writes_title:
            with formatter.section(section.writes_title):
                _write_changes(formatter, commands)


def _write_changes(formatter: click.HelpFormatter, commands: Mapping[str, click.Command]) -> None:
    """Write which verbs of which nouns change something: a line for a noun, one for all those with few."""
    changing = {name: _changing(command) for name, command in commands.items()}
    formatter.write_dl([(name, ", ".join(verbs)) for name, verbs in changing.items() if len(verbs) > _FEW])
    few = [f"{name} {', '.join(verbs)}" for name, verbs in changing.items() if 0 < len(verbs) <= _FEW]
    formatter.write_text(f"also: {'; '.join(few)}")


def _changing(command: click.Command) -> list[str]:
    verbs = command.commands if isinstance(command, click.Group) else {}
    return [name for name, verb in verbs.items() if getattr(verb, "changes", False)]


def _with_verbs(command: click.Command) -> Iterator[tuple[str, str]]:
    yield command.name or "", summary(command)
    if isinstance(command, click.Group) and command.name != "form":
        for name, verb in command.commands.items():
            yield f"  {name}", summary(verb)
