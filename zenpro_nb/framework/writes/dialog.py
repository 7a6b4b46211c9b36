"""The dialog about a change: the questions before it, and the line after it, such as `done: deleted team ops`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click
from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import ConfirmationError, IncompleteError, UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.checks import fields_of
from zenpro_nb.framework.writes.kinds import counted_kinds
from zenpro_nb.framework.writes.write import Outcome, Write
from zenpro_nb.security import printable
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.unparse import spell_context
from zenpro_nb.ui.protocol import UI

T = TypeVar("T")

# Verbs with another result than their own past tense. An assignment needs no verb: "ada as …".
_PAST = {"add": "", "assign": "", "run": "started", "stop": "stopping", "update": "changed {fields} of"}
NOTHING = "nothing to do"
TOOK_BACK = "undid"  # the object of this verb is a change, for other verbs it is the changed object
_PROGRESS = re.compile(r", (still|now) [a-z_]+(?=[.:]|$)")
_Y = re.compile(r"(?<=[^aeiou])y$")


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


def past_tense(verb: str) -> str:
    """Return the past tense of a verb, for the result message: of the first word if there are several.

    >>> past_tense("delete"), past_tense("deploy"), past_tense("verify"), past_tense("assign"), past_tense("rename-all")
    ('deleted', 'deployed', 'verified', '', 'renamed')
    """
    verb = verb.partition("-")[0]
    return _PAST.get(verb, f"{_Y.sub('i', verb).removesuffix('e')}ed")


def announcement(outcomes: Sequence[Outcome], nothing: str = NOTHING) -> str:
    """Return the line about writes that all reached their intended state.

    Args:
        nothing: the line if there was nothing to send.

    >>> from zenpro_nb.framework.writes.write import Confirmation
    >>> deleted, added = (Confirmation(past_tense=verb) for verb in ("deleted", "added"))
    >>> write = Write("DELETE", "/teams/1", target="team ops", name="ops", confirmation=deleted)
    >>> announcement([Outcome(write, "done")]), announcement([Outcome(write, "already", "no longer exists")])
    ('done: deleted team ops', 'nothing to do: team ops: no longer exists')
    >>> announcement([Outcome(write, "already")] * 2)
    'nothing to do: 2 teams, all unchanged'
    >>> announcement([Outcome(write, "done"), Outcome(write, "already"), Outcome(write, "skipped")])
    'done: deleted 2 teams (1 unchanged: ops); 1 skipped: team ops'
    >>> announcement([Outcome(write, "done"), Outcome(write.with_hold(remains="team ops is open"), "skipped")])
    'done: deleted team ops'
    >>> announcement([]), announcement([Outcome(write, "skipped", "is a member of acme-labs too")])
    ('nothing to do', 'nothing to do (1 skipped)')
    >>> team = Write("POST", "/teams", target="team ops", name="ops", confirmation=added)
    >>> member = Write("POST", "/teams/1/members", target="ada in team ops", name="ada", confirmation=added)
    >>> announcement([Outcome(team, "done"), Outcome(member, "done")])
    'done: 2 changes'
    >>> back = [write.with_confirmation(past_tense=TOOK_BACK) for write in (team, member)]
    >>> announcement([Outcome(write, "done") for write in back])
    'done: undid 2 changes'
    """
    held = [outcome.write for outcome in outcomes if outcome.state == "skipped"]
    skipped = [write.target for write in held if not write.hold.remains]  # a line of its own reports the others
    skipped_text = f"{len(skipped):,} skipped"
    named = f"; {skipped_text}: {name_list(skipped, limits.FAILED_NAMED)}" if skipped else ""
    outcomes = [outcome for outcome in outcomes if outcome.state != "skipped"]
    if not outcomes:
        return (nothing if len(skipped) == len(held) else NOTHING) + (f" ({skipped_text})" if skipped else "")
    if len(outcomes) != 1:
        if all(outcome.state == "already" for outcome in outcomes):
            return f"{NOTHING}: {several([outcome.write for outcome in outcomes])}, all unchanged"
        return f"done: {_sum(outcomes)}{named}"
    (outcome,) = outcomes
    detail = f": {outcome.detail}" if outcome.detail else ""
    if outcome.state == "already":
        return f"{NOTHING}: {outcome.write.target}{detail}{named}"
    return f"done: {_verb_of(outcome.write)}{outcome.write.target}{_progress_of(outcome)}{detail}{named}"


def several(writes: Sequence[Write]) -> str:
    """Return a short summary of the targets of several writes.

    >>> roles = [Write("POST", "/", target=f"{name} as Admin in acme", name=name) for name in ("ada", "grace")]
    >>> users = [Write("POST", "/", target=f"user {name}", name=name) for name in ("ada", "grace", "linus")]
    >>> several(roles), several(users), several([*roles, *users])
    ('2 as Admin in acme', '3 users', '5 changes')
    """
    around = {write.target.partition(write.name)[::2] for write in writes if write.name}
    if len(around) != 1 or not all(write.name for write in writes):
        return counted(len(writes), "change")
    before, after = around.pop()
    noun = before.strip().removesuffix(" of")
    return f"{counted(len(writes), noun) if noun else f'{len(writes):,}'}{after}"


def _sum(outcomes: Sequence[Outcome]) -> str:
    writes = [outcome.write for outcome in outcomes]
    verbs = {_verb_of(write) for write in writes}
    unchanged = [outcome.write for outcome in outcomes if outcome.state == "already"]
    remarked = sum(bool(outcome.detail) for outcome in outcomes if outcome.state == "done")
    about = several(writes)
    remarks = [_unchanged(unchanged, by_name=about != counted(len(writes), "change"))] if unchanged else []
    remarks += [f"{remarked:,} with a remark in the column detail"] if remarked else []
    alike = about != counted(len(writes), "change") or verbs == {f"{TOOK_BACK} "}
    verb = verbs.pop() if len(verbs) == 1 and alike else ""
    return f"{verb}{about}" + (f" ({'; '.join(remarks)})" if remarks else "")


def _unchanged(writes: Sequence[Write], *, by_name: bool) -> str:
    """Return the remark about writes that changed nothing. A name is enough if all targets are alike."""
    names = [write.name if by_name and write.name else write.target for write in writes]
    return f"{len(writes):,} unchanged: {name_list(names, limits.FAILED_NAMED)}"


def _verb_of(write: Write) -> str:
    words = write.confirmation.past_tense.format(fields=", ".join(write.body or ()))
    return f"{words} " if words else ""


def without_progress(line: str) -> str:
    """Return a line without the words about an operation that was still running.

    >>> without_progress("Done: created workspace ml, still pending.")
    'Done: created workspace ml.'
    """
    return _PROGRESS.sub("", line)


def _progress_of(outcome: Outcome) -> str:
    """Return the progress of a started operation, if the response shows it: a workspace takes minutes."""
    if not isinstance(outcome.record, Mapping):
        return ""
    fields = fields_of(outcome.record)
    status, goal = fields.get("status"), fields.get("desired_state")
    if not isinstance(status, str) or status == goal:
        return ""
    return f", still {status}" if isinstance(goal, str) else f", now {status}"


def ask(ctx: CommandContext, writes: Sequence[Write], text: str) -> None:
    """Ask before something is destroyed or disabled: for its name before a permanent deletion, otherwise for yes or no.

    A session that cannot ask does not send it without `--yes`.

    Args:
        text: the question, from `question` or `question_about_many`.

    Raises:
        ConfirmationError: the answer was no, or the session is not interactive.
    """
    confirm_text = confirm_text_of(writes)
    if not confirm_text:
        if not ctx.ui.confirm(text):
            raise ConfirmationError("Nothing was sent.")
        return
    # A name with characters that no keyboard has can be typed in its displayed form.
    if ctx.ui.ask(f"{text} Type {confirm_text} to confirm: ") not in {confirm_text, printable.line(confirm_text)}:
        raise ConfirmationError(f"You typed something other than {confirm_text}; nothing was sent.")


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
    """Ask for the value that a command lacks, again after each answer that cannot be used; "" for an empty answer."""
    answer = ui.ask(error.question)
    while answer and error.value_of is not None:
        try:
            return error.value_of(answer)
        except UsageError as problem:
            ui.say(str(problem))
        answer = ui.ask(error.question_again)
    return answer


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
    send = f"Send {counted(len(sent), 'change')}{where}: {counted_kinds(sent)}?"
    return " ".join([*effects_on_admins(writes), send, *remarks])


def effects_on_admins(writes: Sequence[Write]) -> list[str]:
    """Return the sentences about who loses and who gains severe access with these writes."""
    losses = [write.confirmation.losses for write in writes if write.confirmation.losses]
    functions = [write.confirmation.gains for write in writes if write.confirmation.gains is not None]
    return [*losses, *filter(None, (gains(writes) for gains in functions))]


def to_send(writes: Sequence[Write]) -> list[Write]:
    """Return the writes that would be sent: those that change something, and that nothing holds back."""
    return [write for write in writes if not write.noop and not write.hold_text]


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
