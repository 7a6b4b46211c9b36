"""The options of the guards of a plan: limits, and names that are allowed."""

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
    """The options of the guards.

    Attributes:
        max_removals: the share of a team, or of the roles at one scope, that can be removed: `25%`, or a number of
            rows.
        min_org_admins: the number of active users that must remain Organization Admin, or their current number if
            lower.
        protect_users: users whose access is never removed, in the form of a file.
        allow_self: allow removing access of the caller and of protected users.
        allow: service accounts that are allowed to become admins, as `bot:NAME`, by name or by id.
        me_id: the account that applies the plan; empty: the account that read the inventory.
        check_usage: the window in which runs are counted, as typed; empty: no runs are counted.
        max_affected: with `check_usage`, how many accounts may lose access that they used to start runs; None: any
            number.
        named_on_a_line: the principals were named in a command, so removals are not limited: the limit guards against
            damaged files.
    """

    max_removals: str = f"{limits.MAX_REMOVALS:.0%}"
    min_org_admins: int = limits.MIN_ORG_ADMINS
    protect_users: tuple[str, ...] = ()
    allow_self: bool = False
    allow: tuple[str, ...] = ()
    me_id: str = ""
    check_usage: str = ""
    max_affected: int | None = None
    named_on_a_line: bool = False

    def __post_init__(self) -> None:
        _share(self.max_removals)

    def removable(self, rows: int) -> int:
        """Return how many of these rows can be removed.

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

    def limit_for(self, removed: int, rows: int) -> str:
        """Return the limit that allows removing this number of rows.

        >>> GuardOptions().limit_for(4, 12), GuardOptions("2").limit_for(4, 12)
        ('34%', '4')
        """
        return f"{ceil(100 * removed / max(rows, removed))}%" if _share(self.max_removals)[1] else str(removed)

    def as_facts(self) -> dict[str, Any]:
        """Return the options as plain values, for `Plan.options`."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def differing(self) -> list[str]:
        """Return the options that differ from the defaults, as typed in a command.

        >>> GuardOptions("100%", allow=("bot:ci",), named_on_a_line=True).differing()
        ['--max-removals 100%', '--allow bot:ci', 'removals are not counted']
        """
        usual = GuardOptions()
        differences = []
        if self.max_removals != usual.max_removals:
            differences.append(f"--max-removals {self.max_removals}")
        if self.min_org_admins != usual.min_org_admins:
            differences.append(f"--min-org-admins {self.min_org_admins}")
        differences += ["--allow-self"] if self.allow_self else []
        differences += [f"--allow {name}" for name in self.allow]
        differences += [f"protected: {name}" for name in self.protect_users]
        return [*differences, "removals are not counted"] if self.named_on_a_line else differences

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> GuardOptions:
        """Return the options of `as_facts`; unknown ones are ignored."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()
        }
        return cls(**{name: value for name, value in values.items() if name in cls.__struct_fields__})


def _share(text: str) -> tuple[float, bool]:
    """Return a number, and whether it is a percentage.

    Raises:
        UsageError: the text is neither a percentage nor a whole number of rows.
    """
    match = _SHARE.fullmatch(str(text).strip())
    if match is None or (not match[2] and "." in match[1]) or (match[2] and float(match[1]) > 100):
        raise UsageError(
            f"{text!r} is not a limit for removals",
            hint="Pass a percentage such as 40%, or a number such as 5.",
        )
    return float(match[1]), bool(match[2])
