"""Commands that change something: a function from parameters to prepared writes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import click
from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.errors import ConfirmationError, IncompleteError, InterruptedReadError
from zenpro_nb.framework.cli.command import Command, VariableOption
from zenpro_nb.framework.cli.context import CommandContext, pass_ctx
from zenpro_nb.framework.parameters.types import VariableType
from zenpro_nb.framework.writes import gate, no_ops, results
from zenpro_nb.framework.writes.announce import announcement, past, several
from zenpro_nb.framework.writes.gate import Admitted
from zenpro_nb.framework.writes.guards import Allowed, PreparedWrites, early_reads
from zenpro_nb.framework.writes.write import JudgedWrites, Outcome, PlannedWrites, Write
from zenpro_nb.security import printable
from zenpro_nb.syntax.counts import named
from zenpro_nb.syntax.unparse import spell_context

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames import Table
    from zenpro_nb.framework.writes.guard_reads import GuardReads

Prepare = Callable[..., "Write | Sequence[Write]"]  # called with the runtime and the command's parameters by name
After = Callable[[CommandContext, Outcome, dict[str, Any]], Outcome]
Recorder = Callable[[CommandContext, Sequence[Outcome], dict[str, Any]], None]
# The question before something is disabled, with `{target}` in it; or a function that words it, and says nothing where
# this write needs no question. An empty one: the command never asks.
Question = str | Callable[[Write], str]


class Destroys(Struct, frozen=True):
    """The question before something is destroyed for good: it is answered by its name, and not by a yes.

    Args:
        question: as for what can be undone, see `Question`.
    """

    question: Question


Asks = Question | Destroys


class WriteOptions(TypedDict, total=False):
    """What a write command does besides preparing writes.

    Attributes:
        asks: the question before it disables something, or `Destroys(question)` before it is gone for good.
        done: what it has done, before the target: "deleted"; the verb's own past when left out.
        after: called with each outcome, to follow what the write has begun.
        record: called with all outcomes, good or not, before they are shown: what else has to know of them.
        several: the answer is a frame with a row for each write, even when there is one.
        many: it takes several objects; so does each command with `several` or `plan`.
        plan: its writes are of several kinds, and make a plan: it is shown before the question, which `asks` words for
            all of it; a step of it may be blocked, and a failure of one stops no other.
        guarded: it can take away a permission or an administrator, so that it has the options that override the
            guards. The guards judge every write by its request, whether this is said or not.
    """

    asks: Asks
    done: str | None
    after: After | None
    record: Recorder | None
    several: bool
    many: bool
    plan: bool
    guarded: bool


COMMON = ("dry_run", "yes", "quiet", "out", "fail_fast")


class WriteCommand(Command):
    """A command whose function prepares writes; showing, asking, sending and recording are the same for all.

    Args:
        prepare: called with the runtime and the parameters; looks up names and returns the writes. It sends nothing.
        examples: lines for its help.
        how: see `WriteOptions`.
    """

    shared_title = "Options of every change"
    changes = True

    def __init__(
        self,
        name: str,
        *,
        prepare: Prepare,
        params: Iterable[click.Parameter],
        help: str,  # noqa: A002 - the name that click gives it
        examples: Sequence[str] = (),
        **how: Unpack[WriteOptions],
    ) -> None:
        done = how.get("done")
        self.prepare = prepare
        self.asks = how.get("asks", "")
        self.done = past(name) if done is None else done
        self.after = how.get("after")
        self.record = how.get("record")
        self.several = how.get("several", False)
        self.plan = how.get("plan", False)
        self.guarded = how.get("guarded", False)
        self.many = how.get("many", False) or self.several or self.plan
        own = list(params)
        gates = gate.options(guarded=self.guarded, plan=self.plan, taken=[str(param.name) for param in own])
        self.of_gate = frozenset(str(param.name) for param in gates)
        super().__init__(
            name=name,
            callback=_callback(self),
            params=own,
            shared=[*gates, *common_options(destructive=self.destructive, many=self.many)],
            help=help,
            examples=examples,
        )

    @property
    def destructive(self) -> bool:
        """Return whether it may destroy or disable something, and asks before it does."""
        return bool(self.asks)

    @property
    def irreversible(self) -> bool:
        """Return whether it destroys something for good, and wants its name typed before it does."""
        return isinstance(self.asks, Destroys)

    def prepared(self, ctx: CommandContext, given: dict[str, Any]) -> list[Write]:
        """Return the writes that these parameters ask for; nothing is sent."""
        reads = early_reads(ctx, Allowed.of(given)) if self.guarded and not self.plan else None
        if reads is None:
            found, several = self._found(ctx, given, None)
        else:
            find = partial(self._found, ctx, given, reads)
            (found, several), _ = query.gather(ctx.session, find, partial(reads.prefetch, given))
        writes = [self._completed(write) for write in several]
        if isinstance(found, PlannedWrites):
            return PlannedWrites(writes, found.table)
        return JudgedWrites(writes) if isinstance(found, JudgedWrites) else PreparedWrites(writes, reads)

    def _found(
        self, ctx: CommandContext, given: dict[str, Any], reads: GuardReads | None
    ) -> tuple[Write | Sequence[Write], Sequence[Write]]:
        """Return what the function prepares, and its writes, of which those that would change nothing are marked."""
        leave = {*COMMON, *self.of_gate}
        found = self.prepare(ctx, **{name: value for name, value in given.items() if name not in leave})
        several = [found] if isinstance(found, Write) else found
        # A plan has no step for what is already so.
        return found, several if self.plan else no_ops.marked(ctx, several, reads)

    def previewed(self, ctx: CommandContext, given: dict[str, Any]) -> list[Write]:
        """Return the writes with what the guards say about them, for a form: it shows why one is blocked, and asks.

        `carry_out` judges them once more, since time passes between a preview and the press of the button.
        """
        return list(self.judged(ctx, self.prepared(ctx, given), given))

    def judged(self, ctx: CommandContext, writes: Sequence[Write], given: dict[str, Any]) -> list[Write]:
        """Return the writes as the guards judge them, for a preview: nothing is refused, and nothing is sent."""
        return gate.judged(ctx, writes, Allowed.of(given))

    def admitted(
        self,
        ctx: CommandContext,
        writes: Sequence[Write],
        given: dict[str, Any],
        confirm: Callable[[Sequence[Write]], None] = lambda writes: None,
    ) -> Admitted:
        """Return the writes that may be sent: the gate that lines and forms pass, see `gate.admitted`."""
        return gate.admitted(ctx, writes, given, confirm, plan=self.plan)

    def _completed(self, write: Write) -> Write:
        """Return the write with what its command says about it: what it will have done, and what is asked before."""
        done = write.done or self.done
        if write.noop:
            return replace(write, done=done)
        typed = write.name if self.irreversible else ""
        return replace(write, done=done, question=self._question(write), typed=typed)

    def _question(self, write: Write) -> str:
        words = self.asks.question if isinstance(self.asks, Destroys) else self.asks
        asked = words.format(target=write.target) if isinstance(words, str) else words(write)
        if self.plan:
            return asked
        words = " ".join(part for part in (asked, write.stays and f"It {write.stays}.", write.warning) if part)
        return f"{words} {write.undoing}" if words and write.undoing else words

    def carry_out(self, ctx: CommandContext, writes: Sequence[Write], given: dict[str, Any], line: str) -> Table:
        """Send the writes, and give the frame of what became of them. Those that have not passed the gate pass it now.

        Raises:
            ReadOnlyError, BlockedError: they may not be sent; nothing was.
            ZenProError: the one write was refused, or lost.
            PartlyDoneError: some of several were; the frame has been shown.
        """
        from zenpro_nb.framework.writes import send  # much that nobody needs before something is sent

        writes = self.admitted(ctx, writes, given)
        advance = None
        with contextlib.ExitStack() as stack:
            if len(writes) > 1:
                advance = stack.enter_context(ctx.ui.write_progress(len(writes)))
            outcomes = send.send_all(
                ctx,
                writes,
                line,
                advance,
                independent=self.plan,
                fail_fast=bool(given.get("fail_fast")),
            )
        if self.after is not None:
            outcomes = [self.after(ctx, outcome, given) if outcome.good else outcome for outcome in outcomes]
        if self.record is not None:
            self.record(ctx, outcomes, given)
        if len(outcomes) == 1 and outcomes[0].failed and outcomes[0].state != "blocked":
            raise results.error_of(outcomes[0])
        frame = results.frame_of(ctx, outcomes, several=self.several, plan=self.plan)
        if given.get("out"):
            ctx.ui.assign(given["out"], frame)
        for line in results.left_out(outcomes):
            ctx.ui.warn(line)
        if any(outcome.failed for outcome in outcomes):
            ctx.ui.show(frame)
            raise results.partly_done(outcomes, frame)
        if not given.get("quiet"):
            ctx.ui.say(printable.line(announcement(outcomes)))
            for write in writes if self.plan and given["yes"] else ():
                # Whoever was asked has read it above the question.
                if write.warning:
                    ctx.ui.say(write.warning)
        return frame


def common_options(*, destructive: bool, many: bool = False) -> list[click.Parameter]:
    """Return the options of every write; with `many`, of one that sends several."""
    yes = "Do not ask." if destructive else "Do not ask. This command asks nothing; scripts may always give it."
    return [
        click.Option(["--dry-run"], is_flag=True, help="Show the exact request, and send nothing."),
        click.Option(["--yes", "-y"], is_flag=True, help=yes),
        click.Option(["--quiet", "-q"], is_flag=True, help="Do not say what was done; warnings are said all the same."),
        VariableOption(["--out"], type=VariableType(), help="Also put the result into this variable."),
        *([click.Option(["--fail-fast"], is_flag=True, help="Stop at the first failure.")] if many else []),
    ]


def _callback(command: WriteCommand) -> Callable[..., Any]:
    @click.pass_context
    @pass_ctx
    def call(runtime: CommandContext, ctx: click.Context, **given: Any) -> Any:
        if not given["dry_run"]:
            gate.require_unlocked(runtime)
        if given["out"] and not runtime.ui.has_variables:
            # Refused by the face itself, and now: after the write it would look as if that had failed.
            runtime.ui.assign(given["out"], None)
        try:
            writes = command.prepared(runtime, given)
        except IncompleteError as error:
            error.context = ctx
            raise
        except InterruptedReadError as error:
            # The client counts requests, which says nothing about writes: there was none yet.
            error.hint, error.outcome = "Nothing was sent: names were still being looked up.", "not sent"
            raise
        if given["dry_run"]:
            writes = command.judged(runtime, writes, given)
            frame = results.dry_run_frame(runtime, writes, plan=command.plan)
            runtime.ui.say("dry run: nothing was sent")
            if given["out"]:
                runtime.ui.assign(given["out"], frame)
            return frame

        def confirm(judged: Sequence[Write]) -> None:
            if given["yes"]:
                return
            if command.plan and question(judged):
                runtime.ui.show(_shown(runtime, judged))
            ask(runtime, judged)

        return command.carry_out(runtime, command.admitted(runtime, writes, given, confirm), given, spell_context(ctx))

    return call


def _shown(ctx: CommandContext, writes: Sequence[Write]) -> Table:
    """Return the table that whoever is asked reads."""
    if isinstance(writes, PlannedWrites):
        table: pd.DataFrame = writes.table
        return table
    return results.dry_run_frame(ctx, writes, plan=True)[list(results.ASKED)]


def ask(ctx: CommandContext, writes: Sequence[Write]) -> None:
    """Ask before what destroys or disables something: for its name before it is gone for good, else yes or no.

    Raises:
        ConfirmationError: the answer was no, or there is nobody to ask.
    """
    asked, wanted = question(writes), to_type(writes)
    if not asked:
        return
    if not wanted:
        if not ctx.ui.confirm(asked):
            raise ConfirmationError("Nothing was sent.")
        return
    # A name that holds what no keyboard has is typed as it is shown.
    if ctx.ui.ask(f"{asked} Type {wanted} to confirm: ") not in {wanted, printable.line(wanted)}:
        raise ConfirmationError(f"That is not {wanted}; nothing was sent.")


def question(writes: Sequence[Write]) -> str:
    """Return what is asked before these writes destroy or disable something; empty where they do not."""
    questions = [write.question for write in writes if write.question and not write.held]
    cautions = list(dict.fromkeys(write.caution for write in writes if write.caution and not write.held))
    if cautions and not questions:
        questions = [f"Change {named([write.target for write in writes if write.caution], limits.FAILED_NAMED)}?"]
    more = f" And {len(questions) - 1} more like it?" if len(questions) > 1 else ""
    return " ".join([questions[0] + more, *cautions]) if questions else ""


def to_type(writes: Sequence[Write]) -> str:
    """Return what is typed before these writes destroy something for good: its name, of several how many they are.

    Empty where a yes will do.
    """
    names = [write for write in writes if write.typed]
    return names[0].typed if len(names) == 1 else several(names) if names else ""
