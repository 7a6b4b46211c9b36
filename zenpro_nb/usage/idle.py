"""Find people who started no run in a window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from zenpro_nb import frames
from zenpro_nb.access.effective.effective import effective_access
from zenpro_nb.access.effective.paths import alive
from zenpro_nb.access.model.columns import BY_OWNER, BY_SUPERUSER, USER, VIA
from zenpro_nb.access.model.holders import holders
from zenpro_nb.access.model.role_usage import UNKNOWN
from zenpro_nb.usage.blind_spots import sees_every_workspace
from zenpro_nb.usage.columns import IDLE, IDLE_PEOPLE, NO_RUN, NOT_COUNTED, OWN_COLUMNS
from zenpro_nb.usage.counts import RunCounts, folded_names
from zenpro_nb.usage.roles import run_roles

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Inventory
    from zenpro_nb.usage.activity import Activity

_HIDDEN = "you cannot see all workspaces of the organization"
_SAME_NAME = "a user of a workspace with this name started runs, but is not linked to an account"
_RUNNING, _ZENML = "available", "zenml"


def idle_people(inventory: Inventory, activity: Activity, paths: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the people of an organization without a counted run, with the columns of `IDLE_PEOPLE`.

    A person is `idle` only if all runs that they could have started were counted; else the verdict is `unknown`:
    - A workspace that is running but could not be read concerns everyone. People without a role there today can have
      had one earlier in the window.
    - A workspace that is not running concerns the people who have a role there.
    - If the caller may not see every workspace, everyone is concerned.
    The runs of deleted workspaces are gone and concern nobody.

    Args:
        inventory: contains which roles allow `roles.RUN_PERMISSIONS`.
        activity: the runs of the organization in a window.
        paths: the effective access of all principals, if it was computed before.

    Example:
        >>> from datetime import UTC, datetime
        >>> from zenpro_nb.access import Inventory
        >>> from zenpro_nb.usage.activity import Activity
        >>> found = Inventory.of({
        ...     "me": [{"id": "1"}], "workspaces": [],
        ...     "users": [{"id": "1", "email": "ada@example.com", "is_superuser": True}],
        ... })
        >>> window = Activity((), datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
        >>> idle_people(found, window)[["email", "verdict", "reason"]].values.tolist()
        [['ada@example.com', 'idle', 'started no run in this window']]
    """
    paths = effective_access(inventory) if paths is None else paths
    counts = RunCounts(activity)
    accounts = {row["id"]: row for row in frames.convert(inventory.users.frame, "records")}
    doubts = _Doubts(inventory, counts, paths)
    can_start = _starters(inventory, paths)
    rows = []
    for person in frames.convert(holders(inventory), "records"):
        key = person["user_id"]
        if person["kind"] != USER or counts.of(key):
            continue
        account = {"id": key, "email": person["principal"], "is_active": person["active"], **accounts.get(key, {})}
        doubt = doubts.about(key, account)
        found = {
            "verdict": UNKNOWN if doubt else IDLE,
            "reason": doubt or NO_RUN,
            "can_start_runs": can_start.get(key, False) if can_start is not None else None,
            "runs": None if doubt else 0,
            "scheduled_runs": None if doubt else 0,
            "last_run": None,
        }
        rows.append({**{name: account.get(name) for name in OWN_COLUMNS}, **found})
    rows.sort(key=lambda row: (row["verdict"] != IDLE, str(row["email"] or row["username"] or row["id"]).casefold()))
    return frames.declare(frames.with_types(IDLE_PEOPLE.columns, rows), IDLE_PEOPLE)


class _Doubts:
    """Why it is unknown whether a person started a run."""

    def __init__(self, inventory: Inventory, counts: RunCounts, paths: pd.DataFrame) -> None:
        self._counts = counts
        self._for_all = "" if sees_every_workspace(inventory, paths) else _HIDDEN
        self._by_workspace: dict[str, str] = {}
        there = set(alive(inventory))
        records = frames.convert(inventory.workspaces.frame, "records")
        # Pipelines run in ZenML workspaces only.
        others = {row["id"] for row in records if row["workspace_type"] not in (None, _ZENML)}
        stopped = {row["id"] for row in records if (row["status"] or _RUNNING) != _RUNNING}
        for workspace, _ in counts.gaps:
            reason = f"{NOT_COUNTED}: {counts.gap(workspace)}"
            if workspace in others:
                continue
            if workspace in there & stopped:
                self._by_workspace.setdefault(workspace, reason)
            else:
                self._for_all = self._for_all or reason
        self._workspaces: dict[str, set[str]] = defaultdict(set)
        pairs = paths[["user_id", "workspace_id"]].dropna().drop_duplicates()
        for user, workspace in pairs.itertuples(index=False):
            self._workspaces[user].add(workspace)

    def about(self, user_id: str, account: Mapping[str, Any]) -> str:
        """Return why it is unknown whether an account started a run; empty if it started none."""
        if self._for_all:
            return self._for_all
        own = (self._by_workspace[key] for key in sorted(self._workspaces[user_id]) if key in self._by_workspace)
        return next(own, "") or next(self._same_name(account), "")

    def _same_name(self, account: Mapping[str, Any]) -> Iterator[str]:
        names = folded_names(account.get(name) for name in ("email", "username", "name"))
        for workspace, project in self._counts.strangers:
            if not project and self._counts.is_unclear(names, workspace):
                yield _SAME_NAME


def _starters(inventory: Inventory, paths: pd.DataFrame) -> dict[str, bool] | None:
    """Return the accounts with a path that allows starting runs; None if it is unknown which roles do."""
    roles = run_roles(inventory)
    if roles.starting is None:
        return None
    above = paths["via"].isin([VIA[BY_SUPERUSER], VIA[BY_OWNER]])
    starts = paths["role_id"].isin(roles.starting) | above
    return dict.fromkeys(paths.loc[starts, "user_id"].dropna(), True)
