"""Where the secret in the answer of a write goes, which the server shows this once."""

from __future__ import annotations

from msgspec import Struct

from zenpro_nb.errors import IncompleteError, UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.write import Keep
from zenpro_nb.security import secret_destinations
from zenpro_nb.security.secret import Secret
from zenpro_nb.ui.cards import Card
from zenpro_nb.ui.protocol import UI


def keep_of(
    ctx: CommandContext, field: str, what: str, *, to: str | None, reveal: bool, entry: str, rescue: str, name: str = ""
) -> Keep:
    """Return where the secret in the answer's `field` goes, and what is said about it.

    Args:
        what: the secret, for people: "the key of 'ci'".
        entry: under which a keyring keeps it.
        rescue: the line that gets a new one; `{key}` in it stands for its id, or its name where no id is known.
        name: that name, as it is typed.

    Raises:
        UsageError: no destination was given, or it cannot take the secret; nothing was made.
    """
    if to and reveal:
        raise UsageError("--to and --reveal were both given", hint="Give one of them.")
    if not to and not reveal:
        raise IncompleteError(
            f"{what} is shown only once, and no destination was given; nothing was made",
            hint=f"Add --to {secret_destinations.FORMS}, or --reveal to see it in the output.",
        )
    entry = f"{ctx.session.settings.url} {entry}"
    destination = (
        secret_destinations.destination(to, entry=entry, is_persistent=ctx.ui.is_persistent)
        if to
        else ShownDestination(ctx.ui, what)
    )
    destination.check()
    return Keep(field, what, destination, rescue, name)


class ShownDestination(Struct, frozen=True):
    """The output of the cell, for those who ask for it."""

    ui: UI
    what: str

    def check(self) -> None:
        """Accept everything: output can always be written."""

    def put(self, secret: Secret) -> str:
        """Show it, and say what that means."""
        self.ui.show(Card(title="Shown this once", rows=[(self.what, secret.reveal())]))
        self.ui.warn("this output now holds a secret: clear it before you save or share the notebook")
        return "shown above, and nowhere else"
