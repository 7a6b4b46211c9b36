"""The questions before a change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import ConfirmationError, IncompleteError, UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.announcing import several
from zenpro_nb.framework.writes.kinds import counted_changes
from zenpro_nb.framework.writes.write import Write, is_to_send
from zenpro_nb.security import printable
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.unparse import spell_context
from zenpro_nb.ui.protocol import UI

T = TypeVar("T")


# The question before something is disabled, with `{target}` in it; or a function that returns it, or returns "" for a
# write without a question. An empty question: the command never asks.
Question = str | Callable[[Write], str]


class Destroys(Struct, frozen=True):
    """The question before a permanent deletion: confirmed by typing the name instead of yes.

    Args:
        question: as for reversible writes, see `Question`.
    """

    question: Question


Asks = Question | Destroys


def ask(ctx: CommandContext, writes: Sequence[Write], text: str, *, later: str = "") -> None:
    """Ask before something is destroyed or disabled: for its name before a permanent deletion, otherwise for yes or no.

    A session that cannot ask does not send it without `--yes`.

    Args:
        text: the question, from `question` or `question_about_many`.
        later: the sentence about doing it later; empty if the command is too long to be repeated.

    Raises:
        ConfirmationError: the answer was no, or the session is not interactive.
    """
    confirm_text = confirm_text_of(writes)
    if not confirm_text:
        if not ctx.ui.confirm(text):
            raise ConfirmationError("Nothing was sent.", hint=later)
        return
    # A name with characters that no keyboard has can be typed in its displayed form.
    if ctx.ui.ask(f"{text} Type {confirm_text} to confirm: ") not in {confirm_text, printable.line(confirm_text)}:
        raise ConfirmationError(f"You typed something other than {confirm_text}; nothing was sent.", hint=later)


def ask_if_incomplete(
    command_ctx: CommandContext, ctx: click.Context, arguments: dict[str, Any], prepare: Callable[[], T]
) -> T:
    """Return the result of `prepare`. If a single value is missing, ask for it in one line, and add it to `arguments`.

    Raises:
        IncompleteError: arguments are missing, and the session is not interactive or no question can ask for them.
        ConfirmationError: the answer was empty.
    """
    try:
        return prepare()
    except IncompleteError as error:
        error.context = ctx
        param = next((param for param in ctx.command.params if param.name == error.parameter), None)
        if param is None or not error.question:
            raise
        line = f"{command_ctx.ui.name} {spell_context(ctx)} {error.example}"
        if not command_ctx.ui.is_interactive:
            error.hint = f"{error.hint} For example: `{line}`."
            raise
        value = _value_of_answer(command_ctx.ui, error)
        if not value:
            raise ConfirmationError("Nothing was sent.", hint=f"For example: `{line}`.") from None
    name = str(param.name)
    arguments[name] = ctx.params[name] = param.type.convert(value, param, ctx)
    # The journal contains the command with this option.
    ctx.set_parameter_source(name, click.core.ParameterSource.COMMANDLINE)
    return prepare()


def _value_of_answer(ui: UI, error: IncompleteError) -> str:
    """Ask for the value that a command lacks, again after an answer that cannot be used; "" without a usable one."""
    question = error.question
    for _ in range(limits.ANSWERS):
        answer = ui.ask(question)
        if not answer or error.value_of is None:
            return answer
        try:
            return error.value_of(answer)
        except UsageError as problem:
            ui.say(str(problem))
        question = error.question_again
    return ""


def question_about_many(writes: Sequence[Write], organization: str) -> str:
    """Return the question before many changes that destroy nothing; "" for a few.

    Args:
        organization: the name of the organization that they change; empty if the command concerns none.
    """
    sent = to_send(writes)
    if len(sent) < limits.WRITES_ASKED:
        return ""
    where = f" to {organization}" if organization else ""
    remarks = dict.fromkeys(write.undoing for write in sent if write.undoing)
    return " ".join([*effects_on_admins(writes), f"Send {counted_changes(sent, where)}?", *remarks])


def effects_on_admins(writes: Sequence[Write]) -> list[str]:
    """Return the sentences about who loses and who gains severe access with these writes."""
    losses = [write.confirmation.losses for write in writes if write.confirmation.losses]
    functions = [write.confirmation.gains for write in writes if write.confirmation.gains is not None]
    return [*losses, *filter(None, (gains(writes) for gains in functions))]


def to_send(writes: Sequence[Write]) -> list[Write]:
    """Return the writes that would be sent: those that change something, and that nothing holds back."""
    return [write for write in writes if is_to_send(write)]


def question(writes: Sequence[Write]) -> str:
    """Return the question before these writes destroy or disable something; empty if they do not."""
    questions = [write.confirmation.question for write in writes if write.confirmation.question and not write.hold_text]
    cautions = list(dict.fromkeys(write.hold.caution for write in writes if write.hold.caution and not write.hold_text))
    if cautions and not questions:
        questions = [
            f"Change {name_list([write.target for write in writes if write.hold.caution], limits.FAILED_NAMED)}?"
        ]
    more = f" And {len(questions) - 1} more like it?" if len(questions) > 1 else ""
    return " ".join([*effects_on_admins(writes), questions[0] + more, *cautions]) if questions else ""


def confirm_text_of(writes: Sequence[Write]) -> str:
    """Return the text to type before permanent deletions: a name, or the number of several objects.

    Empty if a yes is enough.
    """
    names = [write for write in writes if write.confirmation.confirm_text]
    return names[0].confirmation.confirm_text if len(names) == 1 else several(names) if names else ""
