"""Define the destination of a secret that the server shows only in the response to a write."""

from __future__ import annotations

from functools import partial

import click
from msgspec import Struct

from zenpro_nb.errors import IncompleteError, UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write import SecretOut
from zenpro_nb.security import printable, secret_destinations
from zenpro_nb.security.secret import Secret
from zenpro_nb.syntax.sentences import capitalized
from zenpro_nb.ui.cards import Card
from zenpro_nb.ui.cells import Cell
from zenpro_nb.ui.protocol import UI


def secret_out_for(
    ctx: CommandContext, field: str, what: str, *, to: str | None, reveal: bool, entry: str, rescue: str, name: str = ""
) -> SecretOut:
    """Return the destination of the secret in the response's `field`, and its description.

    Args:
        what: the secret, for people: "the key of 'ci'".
        entry: its name in a keyring.
        rescue: the command that creates a new one; `{key}` is replaced by its id, or its name if no id is known.
        name: that name, as typed.

    Raises:
        UsageError: no destination was given, or it cannot take the secret; nothing was created.
    """
    if to and reveal:
        raise UsageError("`--to` cannot be combined with `--reveal`", hint="Use one of them.")
    entry = f"{ctx.session.settings.url} {entry}"
    is_persistent = ctx.ui.is_persistent
    line = click.get_current_context(silent=True)
    is_preview = line is not None and bool(line.params.get("dry_run"))
    if not to and not reveal and not is_preview:
        destinations = secret_destinations.forms(is_persistent=is_persistent)
        error = IncompleteError(
            f"`--to` is required: {what} is shown only once. Nothing was sent",
            hint=f"Add --to {destinations}, or --reveal to show it in the output.",
        )
        error.parameter, error.example = "to", f"--to {secret_destinations.example(name)}"
        error.question_again = f"{secret_destinations.question(name, is_persistent=is_persistent)}: "
        error.question = f"{capitalized(what)} is shown only once. {error.question_again}"
        error.value_of = partial(secret_destinations.typed_destination, entry=entry, is_persistent=is_persistent)
        raise error
    destination = (
        secret_destinations.destination(to, entry=entry, is_persistent=is_persistent)
        if to
        else ShownDestination(ctx.ui, what)
    )
    destination.check()
    return SecretOut(field, what, destination, rescue, name)


class ShownDestination(Struct, frozen=True):
    """The output of the cell, for users who request it."""

    ui: UI
    what: str

    def check(self) -> None:
        """Accept everything: output can always be written."""

    def put(self, secret: Secret) -> str:
        """Show it, and warn about the consequence."""
        self.ui.show(Card(title="Shown only once", rows=[(self.what, Cell(printable.cell(secret.reveal())))]))
        self.ui.warn("this output now contains a secret: clear it before you save or share the notebook")
        return "shown above, and nowhere else"
