"""Whether roles were used to start runs, as evidence for the audit and for reviews."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from zenpro_nb.access.model.keys import HeldRoleKey
from zenpro_nb.syntax.counts import counted

USED, UNUSED, UNKNOWN = PATH_VERDICTS = ("used", "unused", "unknown")


class UsedRole(Struct, frozen=True):
    """The verdict on one role of one principal.

    Attributes:
        verdict: one of `PATH_VERDICTS`.
        reason: why, as a part of a sentence.
        starts: whether the role allows starting runs; other roles are always unknown.
        runs, scheduled: the runs that the principal started in the scope of the role, directly and by a schedule or
            trigger.
        last: the newest day with such a run.
    """

    verdict: str
    reason: str
    starts: bool = False
    runs: int = 0
    scheduled: int = 0
    last: date | None = None

    @property
    def text(self) -> str:
        """Return the verdict in one sentence; empty for a role that does not allow starting runs.

        >>> UsedRole("used", "", starts=True, runs=2, scheduled=1, last=date(2026, 11, 30)).text
        'Started 3 runs there, newest 2026-11-30, 1 of them by a schedule or trigger.'
        """
        if self.verdict == USED:
            scheduled = f", {self.scheduled:,} of them by a schedule or trigger" if self.scheduled else ""
            return f"Started {counted(self.runs + self.scheduled, 'run')} there, newest {self.last}{scheduled}."
        if not self.starts:
            return ""
        return "Started no run in this window." if self.verdict == UNUSED else f"Usage unknown: {self.reason}."


class RoleUsage(Struct, frozen=True):
    """The verdicts on the roles of an organization in a window.

    Attributes:
        window: the window as typed, for suggested commands.
        period: its first and last day, for people.
        roles: the verdict of each role that an account has, directly or through a team.
    """

    window: str
    period: str
    roles: Mapping[HeldRoleKey, UsedRole]
