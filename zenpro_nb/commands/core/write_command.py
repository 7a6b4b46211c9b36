"""Commands that change something: declared as a function from parameters to planned writes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.commands.core.command import Command, VariableOption
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.core.write import Outcome, Write
from zenpro_nb.errors import ConfirmationError

if TYPE_CHECKING:
    import pandas as pd

Plan = Callable[..., "Write | Sequence[Write]"]  # called with the runtime and the command's parameters by name
After = Callable[[Runtime, Outcome, dict[str, Any]], Outcome]

COMMON = ("dry_run", "yes", "out")


class WriteCommand(Command):
    """A command whose function plans writes; showing, asking, sending and recording are the same for all.

    Args:
        plan: called with the runtime and the parameters; looks up names and gives the writes. It sends nothing.
        after: called with each outcome, to follow what the write has begun.
        several: the answer is a frame with a row for each write, even when there is one.
        destructive: it destroys or disables something; each write's `question` is asked first.
    """

    def __init__(
        self,
        name: str,
        *,
        plan: Plan,
        params: Iterable[click.Parameter],
        help: str,  # noqa: A002 - the name that click gives it
        after: After | None = None,
        several: bool = False,
        destructive: bool = False,
        epilog: str | None = None,
    ) -> None:
        self.plan = plan
        self.after = after
        self.several = several
        self.destructive = destructive
        super().__init__(
            name=name,
            callback=_callback(self),
            params=[*params, *common_options(destructive=destructive)],
            help=help,
            epilog=epilog,
        )

    def planned(self, runtime: Runtime, given: dict[str, Any]) -> list[Write]:
        """The writes that these parameters ask for; nothing is sent."""
        writes = self.plan(runtime, **{name: value for name, value in given.items() if name not in COMMON})
        return [writes] if isinstance(writes, Write) else list(writes)

    def carry_out(self, runtime: Runtime, writes: Sequence[Write], given: dict[str, Any], line: str) -> pd.DataFrame:
        """Send the writes, and give the frame of what became of them.

        Raises:
            ZenProError: the one write was refused, or lost.
            PartlyDoneError: some of several were; the frame has been shown.
        """
        from zenpro_nb.commands.core import results, sending

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
    """The options of every write."""
    from zenpro_nb.commands.core.options import VariableType

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
        from zenpro_nb.commands.core import results
        from zenpro_nb.syntax.unparse import spell_context

        if given["out"] and not runtime.face.has_variables:
            # Refused by the face itself, and now: after the write it would look as if that had failed.
            runtime.face.assign(given["out"], None)
        writes = command.planned(runtime, given)
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
    questions = [write.question for write in writes if write.question]
    if not questions:
        return
    more = f" And {len(questions) - 1} more like it?" if len(questions) > 1 else ""
    if not runtime.face.confirm(questions[0] + more):
        raise ConfirmationError("Nothing was sent.")
