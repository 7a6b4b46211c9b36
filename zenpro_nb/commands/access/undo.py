"""`undo`: takes back the last command, or another one, as the journal holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import click
from click.shell_completion import CompletionItem
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.commands.access import taking_back
from zenpro_nb.commands.core.noun import write
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.signature import Arg
from zenpro_nb.commands.core.types import TextType
from zenpro_nb.commands.core.write import Write
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.journal.commands import Command, commands, successors, taken_back
from zenpro_nb.journal.journal import Journal
from zenpro_nb.syntax.counts import counted

_OTHERS = "`journal` shows the commands with their ids, and `undo ID` takes another one back."


class JournalIdType(TextType):
    """The id of a command, or of a single write, in the journal; completes from it."""

    name = "id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the ids of the last commands that begin with what was typed; send no request."""
        newest = list(reversed(commands(Journal().entries())))
        found = [one for one in newest if one.id.startswith(incomplete)]
        return [CompletionItem(one.id, help=one.line) for one in found[: limits.COMPLETIONS]]


Which = Annotated[str | None, Arg(JournalIdType(), metavar="[ID]")]


@write(asks=lambda write: write.question, several=True, plan=True, guarded=True, done="")
def undo(run: Runtime, which: Which = None) -> list[Write]:
    """Take back the last command that is not taken back yet, or another one.

    It is one of this server and organization. Shows the steps first, and asks. They are sent one after the other, the
    last write first. What somebody else has changed since is left as it is, and so is what cannot be taken back; each
    says why. Takes the id of a command, or of a single write, as `journal` shows them. To do it again after all, take
    the `undo` itself back, by its id.

    Examples:
        undo --dry-run
        undo
    """
    entries = Journal().entries()
    undone = taken_back(entries)
    mine = _of_here(run, commands(entries))
    command = _last(mine, undone) if which is None else _named(mine, which)
    steps = taking_back.steps(run, command, undone, successors(entries))
    if not steps:
        raise UsageError(f"Nothing of `{command.line}` is left to take back", hint=_OTHERS)
    return _asked(steps, command)


def _of_here(run: Runtime, every: Sequence[Command]) -> list[Command]:
    """Return the commands that were sent to this server, in the organization that is in use."""
    settings = run.session.settings
    names = {settings.organization}
    try:
        organization = query.organization(run.session)
        names |= {organization.id, organization.name}
    except UsageError:
        names = {settings.organization}  # none is in use, as it was then
    return [
        one
        for one in every
        if one.entries[0].get("server") == settings.url and one.entries[0].get("organization") in names
    ]


def _last(mine: Sequence[Command], undone: dict[str, str]) -> Command:
    """Return the last command that has changed something that was not taken back.

    Raises:
        UsageError: there is none.
    """
    for command in reversed(mine):
        touched = any(key.partition(".")[0] in {one.get("id") for one in command.entries} for key in undone)
        live = [entry for entry in command.entries if taking_back.is_live(entry, undone)]
        # What is left of one that was taken back is what cannot be: the command before it is meant.
        if live and not command.is_undo and not (touched and all(entry.get("irreversible") for entry in live)):
            return command
    raise UsageError("The journal has no command of this server and organization to take back", hint=_OTHERS)


def _named(mine: Sequence[Command], text: str) -> Command:
    """Return the command of this id, or a single write as if it were one; the beginning of an id will do.

    Raises:
        UnknownNameError: there is none, or several begin so.
    """
    whole = {one.id: one for one in mine}
    single = {
        str(entry["id"]): Command(one.id, one.line, one.time, [entry])
        for one in mine
        for entry in one.entries
        if entry.get("id")
    }
    every = {**single, **whole}
    found = [every[text]] if text in every else [one for key, one in every.items() if text and key.startswith(text)]
    if len(found) != 1:
        what = "Several entries" if found else "No entry"
        raise UnknownNameError(
            f"{what} of the journal for this server and organization begin{'' if found else 's'} with {text!r}",
            hint="`journal` shows them, with their ids.",
        )
    return found[0]


def _asked(steps: list[Write], command: Command) -> list[Write]:
    """Return the steps, of which the first that is sent asks for all."""
    sent = [at for at, one in enumerate(steps) if not one.blocked]
    if sent:
        line = command.line if len(command.line) <= limits.HELP_WIDTH else f"{command.line[: limits.HELP_WIDTH]} …"
        question = f"Take back `{line}` of {command.time[:16].replace('T', ' ')} UTC: {counted(len(sent), 'change')}?"
        steps[sent[0]] = replace(steps[sent[0]], question=question)
    return steps
