"""`undo`: undo the last command, or another one, from its entries in the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

import click
from click.shell_completion import CompletionItem

from zenpro_nb import limits, query
from zenpro_nb.commands.organization.deadlines import temporary
from zenpro_nb.commands.plans import undo_steps
from zenpro_nb.commands.plans.unknown_outcomes import concerned, of_here, plane_of, settle
from zenpro_nb.errors import UnknownNameError, UsageError, ZenProError
from zenpro_nb.framework.declare import Arg, CommandContext, Org, TextType, Write, write
from zenpro_nb.journal.commands import JournalCommand, commands, undone_by
from zenpro_nb.journal.journal import Journal
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted

_OTHERS = "`journal` lists the commands with their IDs; `undo ID` undoes another one."


class JournalIdType(TextType):
    """The ID of a command, or of a single write, completed from the journal."""

    name = "id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the IDs of the last commands that begin with the typed text; send no request."""
        newest_first = reversed(commands(Journal().entries()))
        matching = [command for command in newest_first if command.id.startswith(incomplete)]
        return [CompletionItem(command.id, help=command.line) for command in matching[: limits.COMPLETIONS]]


CommandId = Annotated[str | None, Arg(JournalIdType(), metavar="[ID]")]


@write(asks=lambda write: write.confirmation.question, several=True, plan=True, guarded=True, past_tense="")
def undo(ctx: CommandContext, which: CommandId = None, org: Org = None) -> list[Write]:
    """Undo the last command, or the one you name by its ID.

    zenpro undoes only commands that ran on the server and organization in use, or while no organization was in use.
    With --org, it undoes the last command that changed this organization. The question names the organization.
    Shows the steps and asks for confirmation. Changes are undone in reverse order. If someone else has changed an
    object since then, or a change cannot be undone, the undo is blocked: nothing is sent unless you add --skip-blocked.

    A command that failed or changed nothing still counts as the last one: `undo` then reports this and shows how to
    undo the command before it. ID is the ID of a command or of a single change, as listed by `journal`. To redo a
    command, undo the `undo` itself by its ID. You can undo an `undo` as often as you like: each time, zenpro restores
    the exact state.

    Examples:
        # Show what would be undone
        undo --dry-run
        # The same for an organization that is not in use
        undo --org acme --dry-run
        # Undo the last command
        undo
    """
    named = query.organization(ctx.session, org) if org else None
    entries = settle(ctx, named)
    undo_ids = undone_by(entries)
    every = commands(entries)
    mine = of_here(ctx, every, named)
    try:
        command = _last(mine, undo_ids) if which is None else _by_id(mine, which)
    except UsageError as error:
        error.hint = _elsewhere(ctx, every, mine, which) or error.hint
        raise
    _require_undoable(command, undo_ids, mine)
    steps, place = query.gather(
        ctx.session, partial(undo_steps.steps, ctx, command, undo_ids, entries), partial(_place, ctx, command)
    )
    steps = _with_question(temporary.undo_deadlines(ctx, steps, org), command, place)
    # Without an ID, the same line could mean a later command.
    continuation = f"undo {command.id[: limits.JOURNAL_ID]}" if which is None else ""
    return [step.with_confirmation(continuation=continuation) for step in steps]


def _place(ctx: CommandContext, command: JournalCommand) -> str:
    """Return the organization that the command concerned, in words; "" if none was named or in use."""
    name = concerned(command)
    if not name:
        return ""
    try:
        return f" in {query.find(ctx.session, 'organizations', name, remembered=True).name}"
    except ZenProError:  # it may have been renamed or deleted since
        return f" in {name}"


def _last(mine: Sequence[JournalCommand], undo_ids: Mapping[str, str]) -> JournalCommand:
    """Return the newest command that is not undone, even if it changed nothing: `undo` never skips one silently.

    Raises:
        UsageError: no such command exists.
    """
    for command in reversed(mine):
        if not command.is_undo and not undo_steps.is_undone(command, undo_ids):
            return command
    raise UsageError("The journal contains no command to undo for this server and organization", hint=_OTHERS)


def _elsewhere(
    ctx: CommandContext, every: Sequence[JournalCommand], mine: Sequence[JournalCommand], which: str | None
) -> str:
    """Return where the newest command is that was sent to this server in another organization; "" if there is none.

    Args:
        which: the beginning of the ID that was typed; None: any command.
    """
    here, command_ids = ctx.session.settings.url, {command.id for command in mine}
    for command in reversed(every):
        place = concerned(command)
        is_named = which is None or (bool(which) and command.id.startswith(which))
        if command.id in command_ids or not is_named or not place or plane_of(command.entries[0]) != here:
            continue
        line = f"{ctx.ui.name} undo {command.id[: limits.JOURNAL_ID]} --org {quoted(place)}"
        return f"`{shorten(command.line)}` was run in the organization {place}: to undo it, run `{line}`."
    return ""


def _require_undoable(command: JournalCommand, undo_ids: Mapping[str, str], mine: Sequence[JournalCommand]) -> None:
    """Refuse a command of which nothing can be undone.

    Raises:
        UsageError: the command changed nothing, cannot be undone, or has already been undone.
    """
    line = shorten(command.line)
    if undo_steps.is_undone(command, undo_ids):
        raise UsageError(f"`{line}` has already been undone", hint=_OTHERS)
    live = [entry for entry in command.entries if undo_steps.is_live(entry, undo_ids)]
    if not live:
        raise UsageError(f"`{line}` changed nothing{_why_nothing(command)}", hint=_before(command, undo_ids, mine))
    if not any(undo_steps.can_be_undone(entry, undo_ids) for entry in live):
        reasons = dict.fromkeys(str(entry.get("irreversible") or undo_steps.OLD) for entry in live)
        raise UsageError(f"`{line}` cannot be undone: {'; '.join(reasons)}", hint=_before(command, undo_ids, mine))


def _why_nothing(command: JournalCommand) -> str:
    """Return the outcome of the first write of a command that changed nothing."""
    entry = command.entries[0]
    outcome, detail = str(entry.get("outcome") or ""), str(entry.get("detail") or "")
    detail = detail.removesuffix("; nothing to undo")
    return ": ".join(["", *(words for words in ("" if outcome == "already" else outcome, detail) if words)])


def _before(command: JournalCommand, undo_ids: Mapping[str, str], mine: Sequence[JournalCommand]) -> str:
    """Return a hint with the command that undoes the newest undoable command before this one."""
    earlier = mine[: next(at for at, other in enumerate(mine) if other.id == command.id)]
    for other in reversed(earlier):
        if not other.is_undo and any(undo_steps.can_be_undone(entry, undo_ids) for entry in other.entries):
            line = f"undo {other.id[: limits.JOURNAL_ID]}"
            return f"To undo `{shorten(other.line)}` before it: `{line}`. `journal` lists all."
    return "No earlier command can be undone. Run `journal` to list them."


def shorten(line: str) -> str:
    """Return a command line, shortened for a message."""
    return line if len(line) <= limits.HELP_WIDTH else f"{line[: limits.HELP_WIDTH]} …"


def _by_id(mine: Sequence[JournalCommand], text: str) -> JournalCommand:
    """Return the command with this ID, or a single write as a command; the beginning of an ID is enough.

    Raises:
        UnknownNameError: no ID begins with the text, or several do.
    """
    whole = {command.id: command for command in mine}
    single = {
        str(entry["id"]): JournalCommand(command.id, command.line, command.time, [entry])
        for command in mine
        for entry in command.entries
        if entry.get("id")
    }
    by_id = {**single, **whole}
    if text in by_id:
        return by_id[text]
    matching = [command for key, command in by_id.items() if text and key.startswith(text)]
    if text.casefold() in ("last", "latest", "previous", "-1"):
        raise UsageError(f"{text!r} is not the ID of a command", hint="Without an ID, `undo` undoes the last command.")
    if len(matching) != 1:
        subject = "Several IDs" if matching else "No ID"
        raise UnknownNameError(
            f"{subject} in the journal of this server and organization begin{'' if matching else 's'} with {text!r}",
            hint="Run `journal` to list the IDs.",
        )
    return matching[0]


def _with_question(steps: list[Write], command: JournalCommand, place: str) -> list[Write]:
    """Return the steps; the first one that is sent carries the question for all."""
    to_send = [index for index, step in enumerate(steps) if not step.hold_text and not step.noop]
    if to_send:
        changes = counted(len(to_send), "change")
        when = f"{command.time[:16].replace('T', ' ')} UTC"
        question = f"Undo `{shorten(command.line)}` of {when}{place}: {changes}?"
        steps[to_send[0]] = steps[to_send[0]].with_confirmation(question=question)
    return steps
