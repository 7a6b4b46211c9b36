"""Show what an additive file leaves in place, with the commands that remove it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.framework.declare import CommandContext

if TYPE_CHECKING:
    from zenpro_nb.access import Inventory, Unlisted
    from zenpro_nb.access.plans.model import Step


class Kept(Struct, frozen=True):
    """What exists, but is not in the file, and is not removed.

    Attributes:
        sentence: what it is, and how to let the file remove it; "" if there is nothing.
        commands: the commands that remove the first of it.
        others: how many more there are.
    """

    sentence: str = ""
    commands: tuple[str, ...] = ()
    others: int = 0

    @classmethod
    def of(cls, unlisted: Unlisted, inventory: Inventory, file: str) -> Kept:
        """Return what a file leaves in place."""
        first = unlisted.steps[: limits.UNLISTED_COMMANDS]
        commands = _commands(first, inventory) if first else []
        return cls(unlisted.sentence(file, limits.UNLISTED_NAMED), tuple(commands), len(unlisted.steps) - len(first))

    def report(self, ctx: CommandContext) -> None:
        """Show it, each command in its own line."""
        if not self.sentence:
            return
        ctx.ui.say(f"note: {self.sentence}, or run:")
        for command in self.commands:
            ctx.ui.say(f"  `{command}`")
        if self.others:
            ctx.ui.say(f"  and {self.others:,} more")


def _commands(removals: Sequence[Step], inventory: Inventory) -> list[str]:
    facts = Facts(inventory, inventory.finished or datetime.now(UTC))
    return [_command(step, facts) for step in removals]


def _command(step: Step, facts: Facts) -> str:
    ids: dict[str, str | None] = dict.fromkeys(("user_id", "team_id", "invitation_id"))
    ids[step.party.field] = step.party.id
    if step.kind == "team-member":
        return facts.removing({**ids, "team_id": step.team_id})
    level, scope = step.kind.removesuffix("-role"), {"workspace_id": step.workspace_id, "project_id": step.project_id}
    return facts.revoking({**ids, **scope, "level": level, "role_id": step.role_id, "role": step.role})
