"""`undo`: takes back the last command, or another one, as the journal holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import click
from click.shell_completion import CompletionItem
from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.commands.plans import undo_steps
from zenpro_nb.commands.plans.unknown_outcomes import of_here, settled
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg
from zenpro_nb.framework.lists.noun import write
from zenpro_nb.framework.parameters.types import TextType
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.journal.commands import Command, commands, taken_back
from zenpro_nb.journal.journal import Journal
from zenpro_nb.syntax.counts import counted

_OTHERS = "`journal` shows the commands with their ids, and `undo ID` takes another one back."


class JournalIdType(TextType):
    """The id of a command, or of a single write, in the journal; completes from it."""

    name = "id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the ids of the last commands that begin with what was typed; send no request."""
        newest = list(reversed(commands(Journal().entries())))
        found = [command for command in newest if command.id.startswith(incomplete)]
        return [CompletionItem(command.id, help=command.line) for command in found[: limits.COMPLETIONS]]


Which = Annotated[str | None, Arg(JournalIdType(), metavar="[ID]")]


@write(asks=lambda write: write.question, several=True, plan=True, guarded=True, done="")
def undo(ctx: CommandContext, which: Which = None) -> list[Write]:
    """Undo the newest command of this organization, or another by its id.

    Shows the steps and asks first. The last write is undone first. Anything that somebody else has changed since
    blocks the undo, and so does a write that cannot be undone: nothing is sent, unless you add --skip-blocked.

    A command that failed or changed nothing counts as the newest one: `undo` then reports that, and names the command
    before it with the line that undoes it. Takes the id of a command, or of a single write, as `journal` shows them.
    To do it again after all, undo the `undo` itself by its id; this is exact, to any depth.

    Examples:
        undo --dry-run
        undo
    """
    entries = settled(ctx)
    undone = taken_back(entries)
    mine = of_here(ctx, commands(entries))
    command = _last(mine, undone) if which is None else _named(mine, which)
    _require_undoable(command, undone, mine)
    steps = undo_steps.steps(ctx, command, undone, entries)
    return _asked(steps, command)


def _last(mine: Sequence[Command], undone: Mapping[str, str]) -> Command:
    """Return the newest command that is not undone, even if it changed nothing: `undo` never moves on silently.

    Raises:
        UsageError: there is none.
    """
    for command in reversed(mine):
        if not command.is_undo and not undo_steps.is_undone(command, undone):
            return command
    raise UsageError("The journal has no command of this server and organization to take back", hint=_OTHERS)


def _require_undoable(command: Command, undone: Mapping[str, str], mine: Sequence[Command]) -> None:
    """Refuse a command of which nothing can be undone.

    Raises:
        UsageError: it changed nothing, or nothing undoes it, or it is undone already.
    """
    line = shortened(command.line)
    if undo_steps.is_undone(command, undone):
        raise UsageError(f"`{line}` is undone already: nothing of it is left to take back", hint=_OTHERS)
    live = [entry for entry in command.entries if undo_steps.is_live(entry, undone)]
    if not live:
        raise UsageError(f"`{line}` changed nothing{_why_nothing(command)}", hint=_before(command, undone, mine))
    if not any(undo_steps.can_be_undone(entry, undone) for entry in live):
        reasons = dict.fromkeys(str(entry.get("irreversible") or undo_steps.OLD) for entry in live)
        raise UsageError(f"`{line}` cannot be undone: {'; '.join(reasons)}", hint=_before(command, undone, mine))


def _why_nothing(command: Command) -> str:
    """Return what became of the first write of a command that changed nothing."""
    entry = command.entries[0]
    outcome, detail = str(entry.get("outcome") or ""), str(entry.get("detail") or "")
    detail = detail.removesuffix("; nothing to undo")
    return ": ".join(["", *(words for words in ("" if outcome == "already" else outcome, detail) if words)])


def _before(command: Command, undone: Mapping[str, str], mine: Sequence[Command]) -> str:
    """Return the line that undoes the newest command before this one that can be undone."""
    earlier = mine[: next(at for at, other in enumerate(mine) if other.id == command.id)]
    for other in reversed(earlier):
        if not other.is_undo and any(undo_steps.can_be_undone(entry, undone) for entry in other.entries):
            return f"To undo `{shortened(other.line)}` before it: `undo {other.id[: limits.JOURNAL_ID]}`."
    return "No command before it can be undone: see `journal`."


def shortened(line: str) -> str:
    """Return a line as it is quoted in a message."""
    return line if len(line) <= limits.HELP_WIDTH else f"{line[: limits.HELP_WIDTH]} …"


def _named(mine: Sequence[Command], text: str) -> Command:
    """Return the command of this id, or a single write as if it were one; the beginning of an id will do.

    Raises:
        UnknownNameError: there is none, or several begin so.
    """
    whole = {command.id: command for command in mine}
    single = {
        str(entry["id"]): Command(command.id, command.line, command.time, [entry])
        for command in mine
        for entry in command.entries
        if entry.get("id")
    }
    every = {**single, **whole}
    found = (
        [every[text]] if text in every else [command for key, command in every.items() if text and key.startswith(text)]
    )
    if len(found) != 1:
        what = "Several entries" if found else "No entry"
        raise UnknownNameError(
            f"{what} of the journal for this server and organization begin{'' if found else 's'} with {text!r}",
            hint="`journal` shows them, with their ids.",
        )
    return found[0]


def _asked(steps: list[Write], command: Command) -> list[Write]:
    """Return the steps, of which the first that is sent asks for all."""
    sent = [at for at, step in enumerate(steps) if not step.held and not step.noop]
    if sent:
        changes = counted(len(sent), "change")
        question = f"Take back `{shortened(command.line)}` of {command.time[:16].replace('T', ' ')} UTC: {changes}?"
        steps[sent[0]] = replace(steps[sent[0]], question=question)
    return steps
