"""Provide the one gate for every write: lock, guards and confirmation; then `send` sends, verifies and records.

A line, a form, `apply`, `undo` and every other command pass `admitted`, and only its result can be sent: `send` accepts
nothing else. The session's client additionally refuses writes under the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes import blocking, results
from zenpro_nb.framework.writes.guards.apply import Allowed, guard_writes
from zenpro_nb.framework.writes.write import JudgedWrites, PlannedWrites, Write


class AdmittedWrites(list[Write]):
    """Writes that have passed the lock, the guards and the confirmation: the input of `send`."""

    def __init__(self, writes: Iterable[Write], *, plan: bool = False) -> None:
        super().__init__(writes)
        self.plan = plan
        self.answer: str = writes.answer if isinstance(writes, PlannedWrites) else ""  # if there is nothing to do


def require_unlocked(ctx: CommandContext) -> None:
    """Refuse a command that writes while the session is read-only; called before names are resolved.

    Raises:
        ReadOnlyError: the session is read-only.
    """
    ctx.session.require_writable()


def with_guards(ctx: CommandContext, writes: Sequence[Write], allowed: Allowed) -> list[Write]:
    """Return the writes as the guards judge them together: blocked, or with a caution if an option allows them.

    Reads only the data that the guards need, and nothing if no write can remove anything. A plan was checked by its own
    guards and is returned unchanged.
    """
    if isinstance(writes, JudgedWrites):
        return writes
    return guard_writes(ctx, writes, allowed)


def admit(
    ctx: CommandContext,
    writes: Sequence[Write],
    arguments: Mapping[str, Any],
    confirm: Callable[[Sequence[Write]], None] = lambda writes: None,
    *,
    plan: bool = False,
) -> AdmittedWrites:
    """Return the writes that can be sent, after the lock, the guards and the confirmation, in this order.

    Args:
        arguments: the parameters of the command.
        confirm: asks before something is destroyed or disabled; raises if the answer is no.
        plan: they are the steps of a plan.

    Raises:
        ReadOnlyError: the session is read-only.
        BlockedError: a guard blocks one of them, and --skip-blocked was not given; the blocked rows have been shown.
        ConfirmationError: the answer was no, or the session is not interactive.
    """
    require_unlocked(ctx)
    if isinstance(writes, AdmittedWrites):
        return writes
    allowed = Allowed.of(arguments)
    result = with_guards(ctx, writes, allowed)
    if not allowed.skip_blocked:
        _require_unblocked(ctx, result, plan=plan)
    confirm(result)
    return AdmittedWrites(result, plan=plan)


def _require_unblocked(ctx: CommandContext, writes: Sequence[Write], *, plan: bool) -> None:
    """Raise BlockedError if a guard blocks one of the writes, after showing the blocked ones."""
    blocked = [write for write in writes if write.hold.blocked]
    if not blocked:
        return
    table = results.blocked_frame(ctx, writes)
    if plan or len(blocked) > 1:
        ctx.ui.show(table)
    raise blocking.error_of(writes, table, plan=plan)
