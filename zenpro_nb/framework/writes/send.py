"""Send prepared writes: each once, each recorded in the journal, none repeated blindly."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.client import raise_dropped
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes import no_ops
from zenpro_nb.framework.writes.executor import Advance, Executor
from zenpro_nb.framework.writes.journaled import Sender
from zenpro_nb.framework.writes.write import Outcome, SecretPrompt, StatefulCheck, Write, fill_secrets, prompts_in
from zenpro_nb.journal.journal import Journal
from zenpro_nb.security.secret import Secret
from zenpro_nb.ui.protocol import UI


def send_all(
    ctx: CommandContext,
    writes: Sequence[Write],
    line: str,
    advance: Advance | None = None,
    *,
    independent: bool = False,
    fail_fast: bool = False,
) -> list[Outcome]:
    """Send the writes, independent ones at the same time, and return the outcomes in the order of the writes.

    A refusal by the server stops nothing; an error that would affect all other writes does. See `executor` and
    `ordering`.

    Args:
        line: the command as the user would type it, for the journal.
        advance: see `Executor`.
        independent: the writes are of several kinds, and a failure of one predicts little about the next: it stops
            nothing as long as the server responds to its check.
        fail_fast: stop sending after the first failure.

    Raises:
        SaveError: the journal cannot be written; nothing was sent.
        CredentialError: a write needs a secret, and the session is not interactive; nothing was sent.
    """
    journal = Journal()
    journal.require_writable()
    # Both are requested now, before anything is done: a failure while describing the result would be too late.
    checked, _ = query.gather(ctx.session, partial(no_ops.recheck, ctx, writes), ctx.session.is_sandbox)
    ready = with_secrets(ctx.ui, checked)
    _record_states(ctx, ready)
    sender = Sender(ctx, line, journal, independent=independent, fail_fast=fail_fast)
    at_once = ctx.session.settings.writes_at_once or limits.WRITES_AT_ONCE
    raise_dropped()
    ctx.is_sending = True
    outcomes = Executor(ctx, sender, ready, advance, at_once).run()
    if not ready:
        sender.record_nothing()
    if sender.mistake is not None:
        raise sender.mistake
    if sender.unwritable is not None and not sender.sent:
        raise sender.unwritable
    return outcomes


def _record_states(ctx: CommandContext, writes: Sequence[Write]) -> None:
    """Record the current states before anything is sent, for the checks that must distinguish new from old."""
    checks = [write.verify for write in writes if isinstance(write.verify, StatefulCheck)]
    ctx.session.server.fan_out([check.snapshot for check in checks])


def with_secrets(ui: UI, writes: Sequence[Write]) -> list[Write]:
    """Return the writes with their missing secrets, each typed once by the user.

    Raises:
        CredentialError: the session is not interactive, and the environment does not contain the secret.
        UsageError: the two entries of a secret differ.
    """
    prompts = dict.fromkeys(prompt for write in writes for prompt in prompts_in(write.params) + prompts_in(write.body))
    if not prompts:
        return list(writes)
    secrets = {prompt: _prompt(ui, prompt) for prompt in prompts}
    return [
        replace(write, params=fill_secrets(write.params, secrets) or {}, body=fill_secrets(write.body, secrets))
        for write in writes
    ]


def _prompt(ui: UI, prompts: SecretPrompt) -> Secret:
    value = os.environ.get(prompts.variable)
    if value:
        return Secret(value)
    value = ui.ask_secret(f"{prompts.prompt}: ", prompts.variable)
    # The input is hidden, and a typo would lock its owner out.
    if not value or ui.ask_secret("Repeat it: ", prompts.variable) != value:
        raise UsageError("The two entries differ, or are empty", hint="Nothing was sent; try again.")
    return Secret(value)
