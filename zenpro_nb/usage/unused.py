"""Decide for each access path whether it was used to start runs: used, unused or unknown.

`unused` needs proof: the role allows starting runs and administers nothing, all runs in its scope were counted, and the
person started none there. A run does not show which path allowed it, so all paths that allow it are `used`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenpro_nb import frames
from zenpro_nb.access.effective.effective import effective_access
from zenpro_nb.access.effective.paths import alive
from zenpro_nb.access.model.columns import BY_OWNER, BY_SUPERUSER, DIRECT, INVITATION, ORGANIZATION, SCOPES, TEAM, VIA
from zenpro_nb.access.model.keys import AssignmentKey, HeldRoleKey, MembershipKey
from zenpro_nb.access.model.role_usage import PATH_VERDICTS, UNKNOWN, UNUSED, USED, RoleUsage, UsedRole
from zenpro_nb.usage.columns import EVIDENCE, NO_RUN, NOT_COUNTED, STARTED, UNUSED_PATHS
from zenpro_nb.usage.counts import RunCounts, folded_names
from zenpro_nb.usage.roles import RunRoles, run_roles

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Inventory
    from zenpro_nb.usage.activity import Activity

_NOT_RETURNED = "the server does not return which roles allow starting runs"
_NO_START = "the role does not allow starting runs"
_ADMINISTERS = "the role also allows administration, which does not start runs"
_UNDOCUMENTED = "it is not documented whether the role applies to workspaces"
_INVITED = "the invitation is open"
_DELETED_REASON = "the workspace is deleted, or you cannot see it"
_SAME_NAME = "a user of the workspace with this name started runs, but is not linked to an account"


def usage_of_paths(inventory: Inventory, paths: pd.DataFrame, activity: Activity) -> pd.DataFrame:
    """Return access paths with a verdict, its reason and the counted runs: unused paths first, then used ones.

    Args:
        inventory: contains which roles allow `roles.RUN_PERMISSIONS`.
        paths: effective access, or some of its rows.
        activity: the runs of the organization in a window.

    Example:
        >>> from datetime import UTC, datetime
        >>> from zenpro_nb.access import Inventory, effective_access
        >>> from zenpro_nb.usage.activity import Activity
        >>> start = {"action": "create", "resource": "pipeline_run", "known": True}
        >>> found = Inventory.of({
        ...     "users": [{"id": "1", "email": "ada@example.com"}],
        ...     "roles": [{"id": "7", "name": "Project Developer", "level": "workspace", "system_managed": True}],
        ...     "workspaces": [{"id": "9", "name": "ml-prod"}],
        ...     "assignments": [{"user_id": "1", "role_id": "7", "workspace_id": "9"}],
        ...     "permissions": [{**start, "role_id": "7"}],
        ... })
        >>> window = Activity((), datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
        >>> usage_of_paths(found, effective_access(found), window)[["verdict", "reason"]].values.tolist()
        [['unused', 'started no run in this window']]
    """
    counts = RunCounts(activity)
    rows = _with_counts(paths, counts)
    rows["verdict"], rows["reason"] = _verdicts(rows, inventory, run_roles(inventory), counts)
    return _render(rows)


def _with_counts(paths: pd.DataFrame, counts: RunCounts) -> pd.DataFrame:
    """Return the paths with the runs of their principals in their scopes."""
    import pandas as pd  # heavy: only where a frame is made

    rows = paths.reset_index(drop=True).assign(
        user=paths["user_id"].astype(object).where(paths["user_id"].notna(), "").to_numpy(),
        place=paths["workspace_id"].astype(object).where(paths["workspace_id"].notna(), "").to_numpy(),
        project=paths["project_id"].astype(object).where(paths["project_id"].notna(), "").to_numpy(),
    )
    runs = pd.DataFrame(
        [(*key, count.runs, count.scheduled, count.last) for key, count in counts.by_place.items()],
        columns=["user", "place", "project", "runs", "scheduled_runs", "last_run"],
    ).astype({"user": object, "place": object, "project": object})
    rows = rows.merge(runs, on=["user", "place", "project"], how="left")
    rows[["runs", "scheduled_runs"]] = rows[["runs", "scheduled_runs"]].fillna(0).astype("int64")
    return rows


def _verdicts(rows: pd.DataFrame, inventory: Inventory, roles: RunRoles, counts: RunCounts) -> tuple[Any, Any]:
    """Return the verdict and the reason of each path."""
    import numpy as np

    above = rows["via"].isin([VIA[BY_SUPERUSER], VIA[BY_OWNER]])
    starts = rows["role_id"].isin(roles.starting or ()) | above
    inside = rows["scope"] != SCOPES[ORGANIZATION]
    # An organization role that is not documented to apply to workspaces may allow nothing there.
    reaches = inside | above | rows["role_id"].isin(roles.everywhere)
    has_runs = starts & reaches & (rows["runs"] + rows["scheduled_runs"] > 0)
    gaps = _gaps(rows, counts)
    there = rows["place"].isin(alive(inventory))
    checks = [
        (has_runs, STARTED),
        ((roles.starting is None) & ~above, _NOT_RETURNED),
        (~starts, _NO_START),
        (above | rows["role_id"].isin(roles.administering), _ADMINISTERS),
        (~inside, _UNDOCUMENTED),
        ((rows["kind"] == INVITATION) | (rows["user"] == ""), _INVITED),
        (~there, _DELETED_REASON),
        (gaps != "", (NOT_COUNTED + ": " + gaps).to_numpy()),
    ]
    open_ = ~np.any([np.asarray(fits, dtype=bool) for fits, _ in checks], axis=0)
    checks.append((_is_same_name(rows, open_, inventory, counts), _SAME_NAME))
    conditions = [np.asarray(fits, dtype=bool) for fits, _ in checks]
    words = [np.broadcast_to(np.asarray(reason, dtype=object), len(rows)) for _, reason in checks]
    reason = np.select(conditions, words, NO_RUN) if len(rows) else np.array([], dtype=object)
    verdict = np.where(conditions[0], USED, np.where(np.any(conditions, axis=0), UNKNOWN, UNUSED))
    return verdict, reason


def _gaps(rows: pd.DataFrame, counts: RunCounts) -> pd.Series:
    """Return for each path why some runs in its scope were not counted; empty if all were."""
    import pandas as pd  # heavy: only where a frame is made

    places = rows[["place", "project"]].drop_duplicates()
    whys = [counts.gap(workspace, project) for workspace, project in places.itertuples(index=False)]
    # Without any path, the list has no texts from which pandas could infer the type.
    why = pd.Series(whys, index=places.index, dtype=object)
    return rows[["place", "project"]].merge(places.assign(why=why), on=["place", "project"], how="left")["why"]


def _is_same_name(rows: pd.DataFrame, open_: Any, inventory: Inventory, counts: RunCounts) -> Any:
    """Return which of the open paths belong to a person whose name a user without an account has there."""
    import numpy as np

    matches = np.zeros(len(rows), dtype=bool)
    strangers = counts.strangers
    if not strangers:
        return matches
    accounts = inventory.users.frame
    names = {
        user: folded_names(all_names)
        for user, *all_names in accounts[["id", "email", "username", "name"]].itertuples(index=False)
    }
    candidates = rows.loc[open_, ["user", "place", "project"]]
    for at, user, place, project in candidates.itertuples():
        if (place, project) in strangers:
            matches[at] = counts.is_unclear(names.get(user, ()), place, project)
    return matches


def _render(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in their order, with the columns of `UNUSED_PATHS`."""
    import pandas as pd

    place = rows["verdict"].map({UNUSED: 0, USED: 1, UNKNOWN: 2})
    rows = rows.loc[place.sort_values(kind="stable").index].reset_index(drop=True)
    unclear = (rows["verdict"] == UNKNOWN) & (rows["runs"] + rows["scheduled_runs"] == 0)
    counted = rows[["runs", "scheduled_runs"]].astype("Int64")
    evidence = {
        "verdict": pd.Categorical(rows["verdict"], PATH_VERDICTS),
        "reason": rows["reason"],
        "runs": counted["runs"].mask(unclear),
        "scheduled_runs": counted["scheduled_runs"].mask(unclear),
        "last_run": pd.to_datetime(rows["last_run"], utc=True),
    }
    typed_evidence = frames.with_types(EVIDENCE, pd.DataFrame(evidence))
    columns = [column.name for column in UNUSED_PATHS.columns if column.name not in evidence]
    whole = pd.concat([rows[columns], typed_evidence], axis=1)[[column.name for column in UNUSED_PATHS.columns]]
    return frames.declare(whole, UNUSED_PATHS)


def role_usage(inventory: Inventory, activity: Activity, window: str) -> RoleUsage:
    """Return the verdict of each role that an account has, directly or through a team.

    Args:
        inventory: contains which roles allow `permissions.RUN_PERMISSIONS`.
        activity: the runs of the organization in a window.
        window: the window as typed.
    """
    paths = effective_access(inventory)
    paths = paths[paths["via"].isin([VIA[DIRECT], VIA[TEAM]]) & paths["user_id"].notna() & paths["role_id"].notna()]
    starting = run_roles(inventory).starting or frozenset()
    verdicts = {}
    for row in frames.convert(usage_of_paths(inventory, paths, activity), "records"):
        team = {"user_id": None} if row["team_id"] else {}
        membership = MembershipKey(row["team_id"], row["user_id"]) if row["team_id"] else None
        key = HeldRoleKey(AssignmentKey.of({**row, **team}), membership)
        verdicts[key] = UsedRole(
            row["verdict"],
            row["reason"],
            row["role_id"] in starting,
            row["runs"] or 0,
            row["scheduled_runs"] or 0,
            row["last_run"].date() if row["last_run"] else None,
        )
    return RoleUsage(window, f"{activity.since:%Y-%m-%d} to {activity.until:%Y-%m-%d}", verdicts)
