"""Sending prepared writes: each once, each entered in the journal, none repeated blindly."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes import no_ops
from zenpro_nb.framework.writes.executor import Executor
from zenpro_nb.framework.writes.journaled import Sender
from zenpro_nb.framework.writes.write import Outcome, SecretPrompt, StatefulCheck, Write, filled, wanted_in
from zenpro_nb.journal.journal import Journal
from zenpro_nb.security.secret import Secret
from zenpro_nb.ui.protocol import UI


def send_all(
    ctx: CommandContext,
    writes: Sequence[Write],
    line: str,
    advance: Callable[[int, int], None] | None = None,
    *,
    independent: bool = False,
    fail_fast: bool = False,
) -> list[Outcome]:
    """Send them, independent ones at the same time, and return the outcomes in the order of the writes.

    What the server refuses stops nothing; what would stop all the rest does. See `executor` and `ordering`.

    Args:
        line: the line that somebody would type, for the journal.
        advance: called with the number of writes that have ended, and of those that have failed.
        independent: they are of several kinds, so that a failure of one says little about the next: it stops nothing
            as long as the server answers the look at it.
        fail_fast: after the first one that failed, nothing more is sent.

    Raises:
        SaveError: the journal cannot be written; nothing was sent.
        CredentialError: nobody can type the secret that one of them needs; nothing was sent.
    """
    journal = Journal()
    journal.require_writable()
    ready = with_secrets(ctx.ui, no_ops.rechecked(ctx, writes))
    # Asked now, while nothing is done yet: it would be a pity to fail over it when describing the result.
    ctx.session.is_sandbox()
    _note(ctx, ready)
    sender = Sender(ctx, line, journal, independent=independent, fail_fast=fail_fast)
    at_once = ctx.session.settings.writes_at_once or limits.WRITES_AT_ONCE
    outcomes = Executor(ctx, sender, ready, advance, at_once).sent()
    if not ready:
        sender.nothing()
    if sender.mistake is not None:
        raise sender.mistake
    if sender.unwritable is not None and not sender.sent:
        raise sender.unwritable
    return outcomes


def _note(ctx: CommandContext, writes: Sequence[Write]) -> None:
    """Note, all at once, what is there before anything is sent, for the looks that have to tell new from old."""
    looks = [write.happened for write in writes if isinstance(write.happened, StatefulCheck)]
    ctx.session.server.fan_out([look.note for look in looks])


def with_secrets(ui: UI, writes: Sequence[Write]) -> list[Write]:
    """Return the writes with the secrets that they still want, asked for once each.

    Raises:
        CredentialError: nobody can type here, and the environment does not hold it.
        UsageError: what was typed twice was not the same.
    """
    wanted = dict.fromkeys(prompt for write in writes for prompt in wanted_in(write.params) + wanted_in(write.body))
    if not wanted:
        return list(writes)
    known = {prompt: _asked(ui, prompt) for prompt in wanted}
    return [
        replace(write, params=filled(write.params, known) or {}, body=filled(write.body, known)) for write in writes
    ]


def _asked(ui: UI, wanted: SecretPrompt) -> Secret:
    value = os.environ.get(wanted.variable)
    if value:
        return Secret(value)
    value = ui.ask_secret(f"{wanted.prompt}: ", wanted.variable)
    # Nobody sees what is typed, and a slip would lock its owner out.
    if not value or ui.ask_secret("The same again: ", wanted.variable) != value:
        raise UsageError("The two entries differ, or nothing was typed", hint="Nothing was sent; try again.")
    return Secret(value)
