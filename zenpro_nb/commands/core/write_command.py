"""Commands that change something: a function from parameters to prepared writes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.commands.core import results, sending
from zenpro_nb.commands.core.command import Command, VariableOption
from zenpro_nb.commands.core.options import VariableType
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.core.write import Outcome, Write
from zenpro_nb.errors import ConfirmationError
from zenpro_nb.syntax.unparse import spell_context

if TYPE_CHECKING:
    import pandas as pd

Prepare = Callable[..., "Write | Sequence[Write]"]  # called with the runtime and the command's parameters by name
# The question before something is destroyed or disabled, with `{target}` in it; or a function that words it, and says
# nothing where this write needs no question. An empty one: the command never asks.
Asks = str | Callable[[Write], str]
After = Callable[[Runtime, Outcome, dict[str, Any]], Outcome]

COMMON = ("dry_run", "yes", "out")


class WriteCommand(Command):
    """A command whose function prepares writes; showing, asking, sending and recording are the same for all.

    Args:
        prepare: called with the runtime and the parameters; looks up names and returns the writes. It sends nothing.
        asks: the question before it destroys or disables something.
        after: called with each outcome, to follow what the write has begun.
        several: the answer is a frame with a row for each write, even when there is one.
        examples: lines for its help.
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
        asks: Asks = "",
        after: After | None = None,
        several: bool = False,
        examples: Sequence[str] = (),
    ) -> None:
        self.prepare = prepare
        self.asks = asks
        self.after = after
        self.several = several
        super().__init__(
            name=name,
            callback=_callback(self),
            params=list(params),
            shared=common_options(destructive=self.destructive),
            help=help,
            examples=examples,
        )

    @property
    def destructive(self) -> bool:
        """Return whether it may destroy or disable something, and asks before it does."""
        return bool(self.asks)

    def prepared(self, runtime: Runtime, given: dict[str, Any]) -> list[Write]:
        """Return the writes that these parameters ask for; nothing is sent."""
        found = self.prepare(runtime, **{name: value for name, value in given.items() if name not in COMMON})
        writes = [found] if isinstance(found, Write) else found
        return [replace(write, question=self._question(write)) for write in writes]

    def _question(self, write: Write) -> str:
        asked = self.asks.format(target=write.target) if isinstance(self.asks, str) else self.asks(write)
        return " ".join(part for part in (asked, write.stays and f"It {write.stays}.", write.warning) if part)

    def carry_out(self, runtime: Runtime, writes: Sequence[Write], given: dict[str, Any], line: str) -> pd.DataFrame:
        """Send the writes, and give the frame of what became of them.

        Raises:
            ZenProError: the one write was refused, or lost.
            PartlyDoneError: some of several were; the frame has been shown.
        """
        advance = None
        with contextlib.ExitStack() as stack:
            if len(writes) > 1:
                advance = stack.enter_context(runtime.face.progress("writes"))
            outcomes = sending.send_all(runtime, writes, line, advance)
        if self.after is not None:
            outcomes = [self.after(runtime, one, given) if one.good else one for one in outcomes]
        if len(outcomes) == 1 and not outcomes[0].good:
            raise results.error_of(outcomes[0])
        frame = results.frame_of(runtime, outcomes, several=self.several)
        if given.get("out"):
            runtime.face.assign(given["out"], frame)
        if any(not one.good for one in outcomes):
            runtime.face.show(frame)
            raise results.partly_done(outcomes, frame)
        results.say_what_was_odd(runtime, outcomes)
        return frame


def common_options(*, destructive: bool) -> list[click.Parameter]:
    """Return the options of every write."""
    yes = "Do not ask." if destructive else "Do not ask. This command asks nothing; scripts may always give it."
    return [
        click.Option(["--dry-run"], is_flag=True, help="Show the exact request, and send nothing."),
        click.Option(["--yes", "-y"], is_flag=True, help=yes),
        VariableOption(["--out"], type=VariableType(), help="Also put the result into this variable."),
    ]


def _callback(command: WriteCommand) -> Callable[..., Any]:
    @click.pass_context
    @pass_runtime
    def call(runtime: Runtime, ctx: click.Context, **given: Any) -> Any:
        if given["out"] and not runtime.face.has_variables:
            # Refused by the face itself, and now: after the write it would look as if that had failed.
            runtime.face.assign(given["out"], None)
        writes = command.prepared(runtime, given)
        if given["dry_run"]:
            frame = results.dry_run_frame(runtime, writes)
            if given["out"]:
                runtime.face.assign(given["out"], frame)
            return frame
        if not given["yes"]:
            ask(runtime, writes)
        return command.carry_out(runtime, writes, given, spell_context(ctx))

    return call


def ask(runtime: Runtime, writes: Sequence[Write]) -> None:
    """Ask before what destroys or disables something.

    Raises:
        ConfirmationError: the answer was no, or there is nobody to ask.
    """
    asked = question(writes)
    if asked and not runtime.face.confirm(asked):
        raise ConfirmationError("Nothing was sent.")


def question(writes: Sequence[Write]) -> str:
    """Return what is asked before these writes destroy or disable something; empty where they do not."""
    questions = [write.question for write in writes if write.question]
    more = f" And {len(questions) - 1} more like it?" if len(questions) > 1 else ""
    return questions[0] + more if questions else ""
