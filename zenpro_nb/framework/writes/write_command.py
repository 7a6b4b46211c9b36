"""Define commands that change something: a function from parameters to prepared writes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import click

from zenpro_nb import frames, query
from zenpro_nb.client import raise_dropped
from zenpro_nb.errors import InterruptedReadError, ZenProError
from zenpro_nb.framework.cli.command import Command
from zenpro_nb.framework.cli.context import CommandContext, pass_ctx
from zenpro_nb.framework.parameters.person_in_table import tables_in
from zenpro_nb.framework.writes import blocking, confirming, failures, gate, no_ops, results
from zenpro_nb.framework.writes.announcing import NOTHING, announcement, past_tense
from zenpro_nb.framework.writes.command_options import COMMON, Prepare, WriteOptions, common_options, guard_options
from zenpro_nb.framework.writes.dialog import (
    Destroys,
    ask_if_incomplete,
    to_send,
)
from zenpro_nb.framework.writes.gate import AdmittedWrites
from zenpro_nb.framework.writes.guards.apply import Allowed, PreparedWrites, early_reads
from zenpro_nb.framework.writes.write import (
    JudgedWrites,
    Outcome,
    PlannedWrites,
    Write,
    begin_companions,
    end_companions,
)
from zenpro_nb.security import printable
from zenpro_nb.syntax.unparse import spell_context

if TYPE_CHECKING:
    from zenpro_nb.frames import Table
    from zenpro_nb.framework.writes.guards.reads import GuardReads


class WriteCommand(Command):
    """A command whose function prepares writes; showing, confirming, sending and recording are the same for all.

    Args:
        prepare: called with the context and the parameters; looks up names and returns the writes. It sends nothing.
        examples: lines for its help.
        how: see `WriteOptions`.
    """

    shared_title = "Options of every change"
    writes = True

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
        verb = how.get("past_tense")
        self.prepare = prepare
        self.asks = how.get("asks", "")
        self.past_tense = past_tense(name) if verb is None else verb
        self.after = how.get("after")
        self.record = how.get("record")
        self.nothing = how.get("nothing", "")
        self.several = how.get("several", False)
        self.plan = how.get("plan", False)
        self.guarded = how.get("guarded", False)
        self.missing_hint = how.get("missing")
        self.many = how.get("many", False) or self.several or self.plan
        own = list(params)
        gates = guard_options(guarded=self.guarded, plan=self.plan, own_options=[str(param.name) for param in own])
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
        """Return whether it can destroy or disable something, and asks first."""
        return bool(self.asks)

    @property
    def irreversible(self) -> bool:
        """Return whether it deletes something permanently, and requires typing its name first."""
        return isinstance(self.asks, Destroys)

    @property
    def nothing_to_do(self) -> str:
        """Return the answer if there is nothing to send."""
        return f"{NOTHING}: {self.nothing}" if self.nothing else NOTHING

    def prepare_writes(self, ctx: CommandContext, arguments: dict[str, Any]) -> list[Write]:
        """Return the writes for these parameters; nothing is sent."""
        reads = early_reads(ctx, Allowed.of(arguments)) if self.guarded and not self.plan else None
        if reads is None:
            found, several = self._prepare(ctx, arguments, None)
        else:
            find = partial(self._prepare, ctx, arguments, reads)
            (found, several), _ = query.gather(ctx.session, find, partial(reads.prefetch, arguments))
        writes = [self._complete(write) for write in several]
        if isinstance(found, PlannedWrites):
            return PlannedWrites(writes, found.table, found.answer)
        return JudgedWrites(writes) if isinstance(found, JudgedWrites) else PreparedWrites(writes, reads)

    def _prepare(
        self, ctx: CommandContext, arguments: dict[str, Any], reads: GuardReads | None
    ) -> tuple[Write | Sequence[Write], Sequence[Write]]:
        """Return the result of the function, and its writes, with those that change nothing marked."""
        own_options = {*COMMON, *self.of_gate}
        found = self.prepare(ctx, **{name: value for name, value in arguments.items() if name not in own_options})
        several = [found] if isinstance(found, Write) else found
        # A plan contains no step for a state that is reached already.
        return found, several if self.plan else no_ops.mark_no_ops(ctx, several, reads)

    def preview(self, ctx: CommandContext, arguments: dict[str, Any]) -> list[Write]:
        """Return the writes with the results of the guards, for a form: it shows why one is blocked, and asks.

        `carry_out` checks them again, since time passes between a preview and the click on the button.
        """
        return list(self.with_guards(ctx, self.prepare_writes(ctx, arguments), arguments))

    def with_guards(self, ctx: CommandContext, writes: Sequence[Write], arguments: dict[str, Any]) -> list[Write]:
        """Return the writes as the guards judge them, for a preview: nothing is refused, and nothing is sent."""
        return gate.with_guards(ctx, writes, Allowed.of(arguments))

    def admit(
        self,
        ctx: CommandContext,
        writes: Sequence[Write],
        arguments: dict[str, Any],
        confirm: Callable[[Sequence[Write]], None] = lambda writes: None,
    ) -> AdmittedWrites:
        """Return the writes that can be sent: the gate for lines and forms, see `gate.admitted`."""
        return gate.admit(ctx, writes, arguments, confirm, plan=self.plan)

    def _complete(self, write: Write) -> Write:
        """Return the write completed by its command: with the verb of the result message, and the question."""
        verb = write.confirmation.past_tense or self.past_tense
        if write.noop:
            return write.with_confirmation(past_tense=verb)
        confirm_text = write.name if self.irreversible else ""
        return write.with_confirmation(past_tense=verb, question=self._question(write), confirm_text=confirm_text)

    def _question(self, write: Write) -> str:
        words = self.asks.question if isinstance(self.asks, Destroys) else self.asks
        text = words.format(target=write.target) if isinstance(words, str) else words(write)
        if self.plan:
            return text
        kept = text and write.keeps_note and f"It {write.keeps_note}."
        words = " ".join(filter(None, (text, kept, write.confirmation.warning.replace("\n", " "))))
        return f"{words} {write.undoing}" if words and write.undoing else words

    def carry_out(self, ctx: CommandContext, writes: Sequence[Write], arguments: dict[str, Any], line: str) -> Table:
        """Send the writes, and return the frame of their outcomes. Writes that have not passed the gate pass it now.

        Raises:
            ReadOnlyError, BlockedError: they must not be sent; nothing was.
            ZenProError: the single write was refused or lost.
            PartlyDoneError: some of several were; the frame has been shown.
            InterruptedReadError: Ctrl-C stopped the report of the outcomes; the message contains them.
        """
        from zenpro_nb.framework.writes import send  # imported here, because many commands send nothing

        writes = admit = self.admit(ctx, writes, arguments)
        advance = None
        with contextlib.ExitStack() as stack:
            if (total := len(to_send(writes))) > 1:
                advance = stack.enter_context(ctx.ui.write_progress(total))
            companions = begin_companions(writes)
            try:
                outcomes = send.send_all(
                    ctx,
                    writes,
                    line,
                    advance,
                    independent=self.plan,
                    fail_fast=bool(arguments.get("fail_fast")),
                )
            except ZenProError:  # nothing was sent
                end_companions(companions, ())
                raise
            except KeyboardInterrupt:
                if not ctx.is_sending:
                    end_companions(companions, ())
                raise
            remarks = end_companions(companions, outcomes)
        try:
            line = failures.continuation(str(self.name), admit, line)
            frame = self._result(ctx, admit, outcomes, remarks, arguments, line)
            raise_dropped()
        except KeyboardInterrupt:
            sentence = announcement(outcomes, admit.answer or self.nothing_to_do)
            raise failures.interruption(outcomes, sentence) from None
        return frame

    def _result(
        self,
        ctx: CommandContext,
        admit: AdmittedWrites,
        outcomes: list[Outcome],
        remarks: Sequence[str],
        arguments: dict[str, Any],
        line: str,
    ) -> Table:
        """Report the outcomes, and return them as a frame.

        Args:
            line: the command that continues after a failure.
        """
        if self.after is not None:
            outcomes = [self.after(ctx, outcome, arguments) if outcome.good else outcome for outcome in outcomes]
        if self.record is not None:
            self.record(ctx, outcomes, arguments)
        if len(outcomes) == 1 and outcomes[0].failed and outcomes[0].state != "blocked":
            raise failures.error_of(outcomes[0], line)
        frame = results.frame_of(ctx, outcomes, several=self.several, plan=self.plan)
        sentence = announcement(outcomes, admit.answer or self.nothing_to_do)
        if sentence.startswith(NOTHING) and not any(outcome.failed for outcome in outcomes):
            frame = frames.with_answer(frame, sentence)
        if arguments.get("out"):
            ctx.ui.assign(arguments["out"], frame)
        results.abridge(ctx, outcomes)
        for line in failures.left_out(outcomes):
            ctx.ui.warn(line)
        still_open = failures.still_open(admit)
        if any(outcome.failed for outcome in outcomes):
            for remark in remarks:
                ctx.ui.say(printable.line(remark))
            for line in still_open:
                ctx.ui.warn(line)
            ctx.ui.show(frame)
            raise failures.partly_done(outcomes, frame, line)
        if not arguments.get("quiet"):
            # A shell prints the answer of a table without rows itself.
            is_shell = bool(ctx.ui.prints_rows or ctx.ui.output_suffix)
            is_answered = is_shell and not len(frame) and frames.answer_of(frame) == sentence
            for remark in remarks if is_answered else (sentence, *remarks):
                ctx.ui.say(printable.line(remark))
            for write in admit if self.plan and arguments["yes"] else ():
                # An interactively confirmed plan has shown them with the question.
                if write.confirmation.warning:
                    ctx.ui.say(write.confirmation.warning)
        for line in still_open:
            ctx.ui.warn(line)
        return frame


def _callback(command: WriteCommand) -> Callable[..., Any]:
    @click.pass_context
    @pass_ctx
    def call(command_ctx: CommandContext, ctx: click.Context, **arguments: Any) -> Any:
        command_ctx.ui.is_quiet = arguments["quiet"]  # until the end of the line
        if not arguments["dry_run"]:
            gate.require_unlocked(command_ctx)
        if arguments["out"] and not command_ctx.ui.has_variables:
            # The UI refuses it, and does so now: after the write, it would look as if the write had failed.
            command_ctx.ui.assign(arguments["out"], None)
        tables = tables_in(arguments)
        for table in () if arguments["quiet"] else tables:
            if table.note and not table.problems:
                command_ctx.ui.say(printable.line(table.note))
        try:
            writes = ask_if_incomplete(
                command_ctx, ctx, arguments, partial(command.prepare_writes, command_ctx, arguments)
            )
        except InterruptedReadError as error:
            # The client counts reads, but no write was sent yet.
            error.hint, error.outcome = "No change was sent: names were still being looked up.", "not sent"
            raise
        except KeyboardInterrupt:
            raise InterruptedReadError.before_sending() from None
        if tables:
            from zenpro_nb.framework.parameters.row_errors import require_sound  # most commands read no table

            require_sound(tables)
        if arguments["dry_run"]:
            writes = command.with_guards(command_ctx, writes, arguments)
            frame = results.dry_run_frame(command_ctx, writes, plan=command.plan)
            results.abridge_dry_run(command_ctx, writes)
            for text in failures.still_open(writes):
                command_ctx.ui.say(text)
            if not writes:
                answer = writes.answer if isinstance(writes, PlannedWrites) else ""
                frame = frames.with_answer(frame, answer or command.nothing_to_do)
            if first := blocking.advice(writes):
                command_ctx.ui.say(first)
            command_ctx.ui.say("dry run: nothing was sent")
            if arguments["out"]:
                command_ctx.ui.assign(arguments["out"], frame)
            return frame

        confirm = partial(confirming.confirm, command_ctx, ctx, arguments=arguments, plan=command.plan)
        try:
            admit = command.admit(command_ctx, writes, arguments, confirm)
        except KeyboardInterrupt:
            raise InterruptedReadError.before_sending() from None
        return command.carry_out(command_ctx, admit, arguments, spell_context(ctx))

    return call
