"""The guards of writes that are no plan of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.write import Write

SKIP_BLOCKED = "skip_blocked"


class Allowed(Struct, frozen=True):
    """What the line allows: the overrides of the guards.

    Attributes:
        allow_self: the caller may lose their own administration or account.
        min_org_admins: how many active people must remain Organization Admin; None: as many as the guard says.
        skip_blocked: the writes that no guard blocks are sent although others are blocked.
        organization: the organization that the command was given, by name or id; None: the one in use.
    """

    allow_self: bool = False
    min_org_admins: int | None = None
    skip_blocked: bool = False
    organization: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Allowed:
        """Return what the parameters of a command allow."""
        return cls(
            bool(given.get("allow_self")),
            given.get("min_org_admins"),
            bool(given.get(SKIP_BLOCKED)),
            given.get("org"),
        )


def guarded(run: Runtime, writes: Sequence[Write], allowed: Allowed) -> list[Write]:
    """Return the writes."""
    return list(writes)


def blocked(write: Write, guard: str, why: str, override: str) -> Write:
    """Return the write as one that a guard blocks."""
    return replace(write, blocked=blocked_words(guard, why, override), guard=guard, why=why, override=override)


def blocked_words(guard: str, why: str, override: str) -> str:
    """Return why a write is blocked, and what lets it pass, in one line."""
    words = f"{guard}: {why}".rstrip(": .")
    return f"{words}; {override}" if override else words
