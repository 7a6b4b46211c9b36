"""Check the users under `protect` in a file: a misspelled name would protect no one."""

from __future__ import annotations

from zenpro_nb.access.desired.state import DesiredState
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.lookup import Lookup
from zenpro_nb.access.plans.state import State
from zenpro_nb.errors import UsageError


def require_protected(desired: DesiredState, inventory: Inventory) -> None:
    """Require that each user under `protect` exists.

    Raises:
        UnknownNameError: one does not; the message names the line and the most similar name.
        UsageError: one is a team.
    """
    if not desired.protect_users:
        return
    lookup = Lookup(inventory, State.of(inventory))
    for user in desired.protect_users:
        place = desired.at(user)
        kind, _ = lookup.principal(user.text, place)
        if kind == "team_id":
            raise UsageError(
                f"{place}: {user.text!r} is a team, and `protect` contains users", hint="List the users of the team."
            )
