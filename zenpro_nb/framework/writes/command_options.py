"""The options of write commands: those that a command declares, and those that each command has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypedDict

import click

from zenpro_nb import limits
from zenpro_nb.framework.cli.command import MissingHint, VariableOption
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.parsing import RareOption
from zenpro_nb.framework.cli.signature import parameter
from zenpro_nb.framework.parameters.aliases import AllowSelf, MinOrgAdmins, SkipBlocked
from zenpro_nb.framework.parameters.types import VariableType
from zenpro_nb.framework.writes.dialog import Asks
from zenpro_nb.framework.writes.guards.apply import SKIP_BLOCKED
from zenpro_nb.framework.writes.write import Outcome, Write

Prepare = Callable[..., "Write | Sequence[Write]"]  # called with the context and the command's parameters by name
After = Callable[[CommandContext, Outcome, dict[str, Any]], Outcome]
Recorder = Callable[[CommandContext, Sequence[Outcome], dict[str, Any]], None]


class WriteOptions(TypedDict, total=False):
    """The options of a write command besides preparing writes.

    Attributes:
        asks: the question before it disables something, or `Destroys(question)` before a permanent deletion.
        past_tense: the verb of the result message, before the target: "deleted"; by default the command's past
            tense.
        after: called with each outcome, to follow the operation that the write started.
        record: called with all outcomes before they are shown, to record them elsewhere.
        nothing: the sentence if there is nothing to do, without `nothing to do:`.
        several: the result is a frame with one row per write, even for a single write.
        many: it takes several objects; so does each command with `several` or `plan`.
        plan: its writes are of several kinds, and form a plan: it is shown before the question, which `asks` defines
            for the whole plan. A step can be blocked, and a failed step stops no other.
        guarded: it can remove a permission or an administrator, and has the options that override the guards. The
            guards check every write by its request, with or without this flag.
        missing: returns the hint for a line without an argument, from the context and the parsed parameters; "" if it
            has none.
    """

    asks: Asks
    past_tense: str | None
    after: After | None
    record: Recorder | None
    nothing: str
    several: bool
    many: bool
    plan: bool
    guarded: bool
    missing: MissingHint


COMMON = ("dry_run", "yes", "quiet", "out", "fail_fast")


def common_options(*, destructive: bool, many: bool = False) -> list[click.Parameter]:
    """Return the options of every write; with `many`, of a command that sends several."""
    seldom = (
        f"asks only before {limits.WRITES_ASKED} or more changes; scripts need `--yes` for them."
        if many
        else "never asks; scripts can always pass it."
    )
    yes = "Skip confirmation." if destructive else f"Skip confirmation. This command {seldom}"
    return [
        click.Option(["--dry-run"], is_flag=True, help="Show the exact request without sending anything."),
        click.Option(["--yes", "-y"], is_flag=True, help=yes),
        click.Option(["--quiet", "-q"], is_flag=True, help="Suppress progress and the result message, not warnings."),
        VariableOption(["--out"], type=VariableType(), help="Also assign the result to this variable."),
        *([RareOption(["--fail-fast"], is_flag=True, help="Stop at the first failure.")] if many else []),
    ]


def guard_options(*, guarded: bool, plan: bool, own_options: Iterable[str]) -> list[click.Parameter]:
    """Return the options that override the guards.

    Args:
        guarded: the command can remove a permission or an administrator.
        plan: its writes form a plan.
        own_options: options that the command declares itself.
    """
    aliases: dict[str, Any] = {"allow_self": AllowSelf, "min_org_admins": MinOrgAdmins} if guarded else {}
    aliases |= {SKIP_BLOCKED: SkipBlocked} if plan else {}
    names = set(own_options)
    return [
        parameter(name, alias, default=None if name == "min_org_admins" else False)
        for name, alias in aliases.items()
        if name not in names
    ]
