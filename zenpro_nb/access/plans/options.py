"""What the guards of a plan are told: bounds, and what is allowed by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil, floor
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from zenpro_nb import limits
from zenpro_nb.errors import UsageError

_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*(%?)")


class GuardOptions(Struct, frozen=True):
    """What the guards allow.

    Attributes:
        max_removals: how much of a team, or of one place's roles, may go: `25%`, or a number of rows.
        min_org_admins: how many active people must stay Organization Admin; or as many as there are, if fewer.
        protect_users: people from whom nothing is taken, as they are spelled in a file.
        allow_self: the one who applies, and those who are protected, may lose what they have.
        allow: bots that may become admins, as `bot:NAME`, by name or id.
        me_id: who applies; empty: whose credential read the inventory.
        named_on_a_line: people were named one by one, so that nothing is counted: a line of names is no damaged file.
    """

    max_removals: str = f"{limits.MAX_REMOVALS:.0%}"
    min_org_admins: int = limits.MIN_ORG_ADMINS
    protect_users: tuple[str, ...] = ()
    allow_self: bool = False
    allow: tuple[str, ...] = ()
    me_id: str = ""
    named_on_a_line: bool = False

    def __post_init__(self) -> None:
        _share(self.max_removals)

    def removable(self, rows: int) -> int:
        """Return how many of so many rows may go.

        >>> GuardOptions().removable(12), GuardOptions().removable(9), GuardOptions("50%").removable(9)
        (3, 2, 4)
        >>> GuardOptions("5").removable(100), GuardOptions("0").removable(4)
        (5, 0)
        """
        number, is_share = _share(self.max_removals)
        if not is_share or not number:
            return floor(number)
        few = limits.REMOVALS_FEW if rows < limits.REMOVALS_SHARED_FROM else 0
        return max(few, floor(rows * number / 100 + 1e-9))

    def lifting(self, removed: int, rows: int) -> str:
        """Return the bound that lets so many of so many rows go.

        >>> GuardOptions().lifting(4, 12), GuardOptions("2").lifting(4, 12)
        ('34%', '4')
        """
        return f"{ceil(100 * removed / max(rows, removed))}%" if _share(self.max_removals)[1] else str(removed)

    def as_facts(self) -> dict[str, Any]:
        """Return them as plain values, for `Plan.options`."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def differing(self) -> list[str]:
        """Return what differs from the defaults, as people type it.

        >>> GuardOptions("100%", allow=("bot:ci",), named_on_a_line=True).differing()
        ['--max-removals 100%', '--allow bot:ci', 'removals are not counted']
        """
        usual = GuardOptions()
        told = []
        if self.max_removals != usual.max_removals:
            told.append(f"--max-removals {self.max_removals}")
        if self.min_org_admins != usual.min_org_admins:
            told.append(f"--min-org-admins {self.min_org_admins}")
        told += ["--allow-self"] if self.allow_self else []
        told += [f"--allow {name}" for name in self.allow]
        told += [f"protected: {name}" for name in self.protect_users]
        return [*told, "removals are not counted"] if self.named_on_a_line else told

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> GuardOptions:
        """Return what `as_facts` wrote; what is not known here is left out."""
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()
        }
        return cls(**{name: value for name, value in given.items() if name in cls.__struct_fields__})


def _share(text: str) -> tuple[float, bool]:
    """Return a number, and whether it is a share of a hundred.

    Raises:
        UsageError: it is neither that nor a whole number of rows.
    """
    found = _SHARE.fullmatch(str(text).strip())
    if found is None or (not found[2] and "." in found[1]) or (found[2] and float(found[1]) > 100):
        raise UsageError(
            f"{text!r} is no bound for removals", hint="Give a share such as 40%, or a number of rows such as 5."
        )
    return float(found[1]), bool(found[2])
