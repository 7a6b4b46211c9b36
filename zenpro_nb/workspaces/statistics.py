"""Count the runs of one project on its server, completely or marked as incomplete (API facts 12.1 to 12.3).

A server returns at most 10,000 groups. If there are more, the window of creation times is cut in half until each part
is complete. A server without the route is read run by run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import RouteNotFoundError, SwitchedOffError
from zenpro_nb.query import Query, read_listing, record_of, records_in
from zenpro_nb.resources.workspace.runs import RUNS
from zenpro_nb.usage.groups import Grouping, Metric, RunGroup, combine, parse_row
from zenpro_nb.usage.tally import DEPLOYMENT, SCHEDULE, has_origin, tally
from zenpro_nb.workspaces.filter_values import as_written

if TYPE_CHECKING:
    from zenpro_nb.client import Client

ROUTE = "/api/v1/runs/statistics"
# The filter for each origin. It joins inner, so `isnotnull:` finds its runs and nothing else (API facts 12.2).
ORIGINS = {SCHEDULE: "schedule_id", DEPLOYMENT: "triggered_by_deployment_id"}
BY_STATISTICS, BY_RUNS = "statistics", "runs"

Progress = Callable[[int], None]


class Window(Struct, frozen=True):
    """The creation times of the counted runs: from `since`, before `until`, both in UTC."""

    since: datetime
    until: datetime

    def halves(self) -> tuple[Window, Window]:
        """Return the two halves, at a whole second, which is the precision of the server's filters."""
        middle = self.since + (self.until - self.since) / 2
        middle = middle.replace(microsecond=0)
        return Window(self.since, middle), Window(middle, self.until)

    def added_to(self, filters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the filters, with the conditions on the creation time."""
        condition = filters.get("created")
        others = [] if condition is None else condition if isinstance(condition, list) else [condition]
        bounds = [f"gte:{as_written(self.since)}", f"lt:{as_written(self.until)}"]
        return {**filters, "created": [*others, *bounds]}


class Count(Struct, frozen=True):
    """What to count.

    Attributes:
        filters: the filters of `runs`, in the form that is sent.
        origin: count only the runs of schedules or of deployments (see `ORIGINS`); "" counts all.
    """

    groupings: Sequence[Grouping] = ()
    metrics: Sequence[Metric] = ()
    filters: Mapping[str, Any] = {}
    origin: str = ""

    def sent(self, window: Window) -> dict[str, Any]:
        """Return the filters of the request."""
        return window.added_to({**self.filters, **({ORIGINS[self.origin]: "isnotnull:"} if self.origin else {})})


class Counted(Struct, frozen=True):
    """The groups of a project.

    Attributes:
        complete: no group and no run is missing.
        method: `statistics`, or `runs` if the server was read run by run.
    """

    groups: Sequence[RunGroup]
    complete: bool = True
    method: str = BY_STATISTICS


def count(
    client: Client, project_id: str | None, counts: Sequence[Count], window: Window, progress: Progress | None = None
) -> list[Counted]:
    """Return for each count the groups of the runs of a project that were created in the window.

    Args:
        client: the client of the server.
        project_id: the project; None for a server that is too old to have projects.
        counts: what to count. All of them have the same filters.
        window: the creation times of the runs.
        progress: called with the number of runs, if the server is read run by run.

    Raises:
        ZenProError: the server could not be read.
        InterruptedReadError: Ctrl-C.
    """
    if project_id is not None:
        # A server before 0.94.5 has no such route, or takes the last part of its path for the id of a run.
        with contextlib.suppress(RouteNotFoundError, SwitchedOffError):
            return client.fan_out([partial(_in_window, client, project_id, count_, window) for count_ in counts])
    return _run_by_run(client, project_id, counts, window, progress)


def _in_window(client: Client, project_id: str, count_: Count, window: Window) -> Counted:
    body = {
        "filter": {**count_.sent(window), "project": project_id},
        "groupings": [grouping.sent for grouping in count_.groupings],
        "metrics": [metric.sent for metric in count_.metrics],
        "max_groups": limits.STATISTICS_GROUPS,
    }
    answer = record_of(client.request("POST", ROUTE, json=body).json())
    groups, truncated = parse_row(answer, count_.groupings)
    if not truncated:
        return Counted(groups)
    if window.until - window.since <= timedelta(hours=1):
        return Counted(groups, complete=False)
    parts = client.fan_out([partial(_in_window, client, project_id, count_, half) for half in window.halves()])
    return Counted(combine([part.groups for part in parts], count_.metrics), all(part.complete for part in parts))


def _run_by_run(
    client: Client, project_id: str | None, counts: Sequence[Count], window: Window, progress: Progress | None
) -> list[Counted]:
    # An old server ignores filters that it does not know, so the origin is read from the runs.
    params = {**window.added_to(counts[0].filters), **({"project": project_id} if project_id is not None else {})}
    runs_query = Query(RUNS, params=params, raw=True, checked=True, hydrate=True, limit=limits.RUNS_COUNTED)
    listing = read_listing(client, runs_query, progress)
    records = records_in(listing)
    results = []
    for count_ in counts:
        of_origin = [record for record in records if has_origin(record, count_.origin)]
        groups = tally(of_origin, count_.groupings, count_.metrics)
        results.append(Counted(groups, listing.complete, BY_RUNS))
    return results
