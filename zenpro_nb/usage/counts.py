"""The runs of an activity, added up per person and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from msgspec import Struct

from zenpro_nb.syntax.ids import is_id
from zenpro_nb.usage.activity import Activity, ActivityRow

UNREADABLE = "some runs are of accounts that you cannot read"
Place = tuple[str, str]  # the ids of a workspace and of a project; no project: the whole workspace


class RunCount(Struct, frozen=True):
    """The runs of a person in a place.

    Attributes:
        runs: those that the person started directly.
        scheduled: those that a schedule or trigger of the person started.
        last: the newest day with a run; None if there is none.
    """

    runs: int = 0
    scheduled: int = 0
    last: date | None = None

    def __bool__(self) -> bool:
        return self.runs + self.scheduled > 0

    def plus(self, runs: int, scheduled: int, last: date | None) -> RunCount:
        """Return the sum, with the newer day."""
        days = [day for day in (self.last, last) if day is not None]
        return RunCount(self.runs + runs, self.scheduled + scheduled, max(days, default=None))


NO_RUNS = RunCount()


class RunCounts:
    """The runs of an activity per account and place, and where some could not be counted.

    Example:
        >>> from datetime import UTC, datetime
        >>> rows = (ActivityRow("9", "4", "1", "ada", date(2026, 11, 3), 2), )
        >>> counts = RunCounts(Activity(rows, datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)))
        >>> counts.of("1", "9").runs, bool(counts.of("1", "9", "5")), counts.of("1").last.isoformat()
        (2, False, '2026-11-03')
    """

    def __init__(self, activity: Activity) -> None:
        self.activity = activity
        self.by_place: dict[tuple[str, str, str], RunCount] = defaultdict(RunCount)
        self._strangers: dict[Place, set[str]] = defaultdict(set)
        self.gaps: dict[Place, str] = {}
        for gap in activity.gaps:
            self.gaps.setdefault((gap.workspace_id, gap.project_id or ""), gap.reason)
        for row in activity.rows:
            if row.runs + row.scheduled > 0:
                self._add(row)

    def _add(self, row: ActivityRow) -> None:
        workspace, project = row.workspace_id, row.project_id
        if row.external_user_id is None:
            if is_id(row.user_name):  # the workspace did not return whose id this is
                self.gaps.setdefault((workspace, project), UNREADABLE)
            for place in ((workspace, ""), (workspace, project)):
                self._strangers[place].add(row.user_name.casefold())
            return
        for place in (("", ""), (workspace, ""), (workspace, project)):
            key = (row.external_user_id, *place)
            self.by_place[key] = self.by_place[key].plus(row.runs, row.scheduled, row.day)

    def of(self, user_id: str, workspace_id: str = "", project_id: str = "") -> RunCount:
        """Return the runs of an account in a project, in a workspace, or anywhere."""
        return self.by_place.get((user_id, workspace_id, project_id), NO_RUNS)

    def projects_of(self, user_id: str) -> list[Place]:
        """Return the projects in which an account started runs."""
        return [(workspace, project) for user, workspace, project in self.by_place if user == user_id and project]

    def gap(self, workspace_id: str, project_id: str = "") -> str:
        """Return why some runs in a place could not be counted; empty if all were.

        A workspace has a gap if one of its projects has.
        """
        if not project_id:
            return next((why for (workspace, _), why in self.gaps.items() if workspace == workspace_id), "")
        return self.gaps.get((workspace_id, "")) or self.gaps.get((workspace_id, project_id), "")

    def is_unclear(self, names: Collection[str], workspace_id: str, project_id: str = "") -> bool:
        """Return whether a user of a workspace without an account has one of these names and started runs there.

        Such a user can be the same person.
        """
        strangers = self._strangers.get((workspace_id, project_id), set())
        return any(name in strangers for name in names)

    @property
    def strangers(self) -> frozenset[Place]:
        """Return the places where users without an account started runs."""
        return frozenset(self._strangers)


def folded_names(names: Iterable[object]) -> frozenset[str]:
    """Return names for `RunCounts.is_unclear`: without empty ones, case-insensitive.

    >>> sorted(folded_names(["Ada@example.com", None, ""]))
    ['ada@example.com']
    """
    return frozenset(name.casefold() for name in names if isinstance(name, str) and name)
