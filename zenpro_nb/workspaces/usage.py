"""Count the runs of all workspaces of an organization concurrently. What could not be counted is a named gap."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.client import across_servers
from zenpro_nb.errors import ApiError, ZenProError
from zenpro_nb.resources.control_plane import WORKSPACES
from zenpro_nb.session.session import Session
from zenpro_nb.usage.activity import Activity, ActivityGap, ActivityRow
from zenpro_nb.usage.groups import TIME, Grouping, RunGroup
from zenpro_nb.usage.tally import DEPLOYMENT, SCHEDULE
from zenpro_nb.workspaces.names import WorkspaceAccount, accounts_of
from zenpro_nb.workspaces.statistics import Count, Window, count
from zenpro_nb.workspaces.targets import AVAILABLE, Target, target_of

if TYPE_CHECKING:
    from zenpro_nb.client import Client

Progress = Callable[[int], None]

NO_PROJECT = "You cannot see any of its projects."
NO_SERVER = "It has no ZenML server."

_BY_PERSON = (Grouping("user", "user"), Grouping("day", TIME, "day"), Grouping("trigger", "trigger"))


class CountedWorkspace(Struct, frozen=True):
    """A workspace of the organization, with its server."""

    id: str
    target: Target

    @property
    def name(self) -> str:
        """Return the name of the workspace."""
        return self.target.name


def places(
    session: Session, org: str | None = None, workspaces: Collection[str] | None = None
) -> list[CountedWorkspace]:
    """Return the workspaces of an organization, those that are not running included.

    Args:
        org: name or id of the organization; by default the one in use.
        workspaces: names or ids of some of them; None selects all.
    """
    records = query.records(session, WORKSPACES, params={"organization_id": query.organization(session, org).id})
    found = [CountedWorkspace(str(record["id"]), target_of(session, record)) for record in records]
    return [place for place in found if workspaces is None or {place.id, place.name} & set(workspaces)]


def read_activity(
    session: Session,
    org: str | None,
    since: timedelta | datetime,
    workspaces: Collection[str] | None = None,
    progress: Progress | None = None,
) -> Activity:
    """Return the runs that each person started in each project on each day.

    A run without a start time counts on the first day of the window: it was created in it, at an unknown time.

    Args:
        org: name or id of the organization; by default the one in use.
        since: the beginning of the window, or its length until now.
        workspaces: names or ids of the workspaces to read; None reads all.
        progress: called with the number of workspaces that have been read.

    Raises:
        ZenProError: the control plane could not be read.
        InterruptedReadError: Ctrl-C.
    """
    window = window_of(since)
    found = places(session, org, workspaces)
    results = across_servers([partial(_of_workspace, session, place, window) for place in found], progress)
    rows: list[ActivityRow] = []
    gaps: list[ActivityGap] = []
    for place, result in zip(found, results, strict=True):
        if isinstance(result, ZenProError):
            gaps.append(ActivityGap(place.id, None, result.message))
        elif isinstance(result, Exception):
            raise result
        else:
            rows += result.rows
            gaps += result.gaps
    return Activity(tuple(rows), window.since, window.until, tuple(gaps))


def window_of(since: timedelta | datetime, now: datetime | None = None) -> Window:
    """Return the window from a time, or of a length, until the next full second.

    The end is fixed, so several requests about the window count the same runs.
    """
    now = now or datetime.now(UTC)
    until = now.replace(microsecond=0) + timedelta(seconds=1)
    return Window(until - since if isinstance(since, timedelta) else since.astimezone(UTC), until)


class _WorkspaceActivity(Struct, frozen=True):
    rows: Sequence[ActivityRow]
    gaps: Sequence[ActivityGap]


def _of_workspace(session: Session, place: CountedWorkspace, window: Window) -> _WorkspaceActivity:
    if not place.target.url and place.target.status == AVAILABLE:
        return _WorkspaceActivity((), [ActivityGap(place.id, None, NO_SERVER)])
    client = place.target.client(session)
    projects = query.projects(session, client)
    if projects is not None and not projects:
        return _WorkspaceActivity((), [ActivityGap(place.id, None, NO_PROJECT)])
    scopes = [(None, None)] if projects is None else projects
    counts = client.fan_out([partial(_of_project, client, key, window) for _, key in scopes], errors="return")
    accounts = accounts_of(
        session, client, {str(row.user) for result in counts if isinstance(result, _Days) for row in result.rows}
    )
    rows: list[ActivityRow] = []
    gaps: list[ActivityGap] = []
    for (name, key), result in zip(scopes, counts, strict=True):
        project_id = key or place.id  # a server without projects has one, which is the workspace
        if isinstance(result, _Days):
            rows += [_row(place, project_id, day, accounts) for day in result.rows]
            if not result.complete:
                gaps.append(ActivityGap(place.id, project_id, f"There are too many runs in {name or place.name}."))
        elif isinstance(result, ApiError) and name is not None:
            gaps.append(ActivityGap(place.id, project_id, f"{name}: {result.message}"))
        else:
            raise result
    return _WorkspaceActivity(rows, gaps)


class _Day(Struct, frozen=True):
    user: str | None
    day: date
    runs: int
    scheduled: int


class _Days(Struct, frozen=True):
    rows: Sequence[_Day]
    complete: bool


def _of_project(client: Client, project_id: str | None, window: Window) -> _Days:
    """Return the runs of a project per person and day, those of schedules, triggers and deployments separately."""
    counts = [Count(_BY_PERSON, origin=origin) for origin in ("", SCHEDULE, DEPLOYMENT)]
    every, scheduled, deployed = count(client, project_id, counts, window)
    first = window.since.date()
    totals = _per_day(every.groups, first)
    automatic = _per_day([group for group in every.groups if group.keys[2] is not None], first)
    # The runs of a trigger are counted already; those of a schedule or deployment have none.
    for counted in (scheduled, deployed):
        for key, runs in _per_day([group for group in counted.groups if group.keys[2] is None], first).items():
            automatic[key] = automatic.get(key, 0) + runs
    rows = []
    for key, runs in totals.items():
        by_itself = min(automatic.get(key, 0), runs)
        rows.append(_Day(*key, runs=runs - by_itself, scheduled=by_itself))
    return _Days(rows, all(counted.complete for counted in (every, scheduled, deployed)))


def _per_day(groups: Sequence[RunGroup], first: date) -> dict[tuple[str | None, date], int]:
    counts: dict[tuple[str | None, date], int] = {}
    for group in groups:
        user, day, _ = group.keys
        key = (None if user is None else str(user), first if day is None else date.fromisoformat(str(day)))
        counts[key] = counts.get(key, 0) + group.runs
    return counts


def _row(place: CountedWorkspace, project_id: str, day: _Day, accounts: Mapping[str, WorkspaceAccount]) -> ActivityRow:
    account = accounts.get(day.user or "")
    return ActivityRow(
        workspace_id=place.id,
        project_id=project_id,
        external_user_id=None if account is None else account.external_id,
        user_name=(account.name if account is not None else day.user) or "",
        day=day.day,
        runs=day.runs,
        scheduled=day.scheduled,
    )
