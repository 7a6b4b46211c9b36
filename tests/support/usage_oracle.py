"""What `usage` must return, computed independently: a groupby of pandas over the list of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

FINISHED = ("failed", "completed", "cached", "stopped")
NUMBERS = ("runs", "finished", "failed", "failed_share", "hours", "mean_hours")

# Twelve combinations that contain every dimension, each unit of time, and overlaps.
COMBINATIONS: tuple[tuple[str, ...], ...] = (
    ("week",),
    ("status",),
    ("workspace", "project"),
    ("pipeline", "status"),
    ("user", "month"),
    ("team", "week"),
    ("tag",),
    ("tag", "team", "status"),
    ("stack", "day"),
    ("snapshot", "project"),
    ("hour", "user"),
    ("metadata:usd", "pipeline"),
)
# The columns by which `runs` identifies what `usage` shows by name.
_IDENTITIES = {
    "project": "project_id",
    "pipeline": "pipeline_id",
    "stack": "stack_id",
    "snapshot": "snapshot_id",
    "team": "team_id",
}


def expected_numbers(runs: pd.DataFrame, by: Sequence[str], teams: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the numbers of each group.

    Args:
        runs: `runs --hydrate`, with all columns.
        by: the dimensions.
        teams: the ids of the teams of each user.
    """
    rows = runs.copy()
    started = rows["start_time"].dt.tz_localize(None)
    rows["hour"] = started.dt.floor("h")
    rows["day"] = started.dt.floor("D")
    rows["week"] = rows["day"] - pd.to_timedelta(rows["day"].dt.day_of_week, unit="D")
    rows["month"] = rows["day"] - pd.to_timedelta(rows["day"].dt.day - 1, unit="D")
    rows["metadata:usd"] = [
        _text(logged.get("usd")) if isinstance(logged, dict) else None for logged in rows["run_metadata"]
    ]
    if "tag" in by:
        rows["tag"] = [list(tags) if isinstance(tags, list) and tags else [None] for tags in rows["tags"]]
        rows = rows.explode("tag", ignore_index=True)
    if "team" in by:
        rows["team_id"] = [list(teams.get(user, ())) or [None] for user in rows["user"]]
        rows = rows.explode("team_id", ignore_index=True)
    rows["finished"] = rows["status"].isin(FINISHED)
    rows["failed"] = rows["status"] == "failed"
    duration = (rows["end_time"] - rows["start_time"]).dt.total_seconds() / 3600
    rows["hours"] = duration.where(rows["finished"], 0.0)
    keys = pd.DataFrame({name: _key(rows[_IDENTITIES.get(name, name)]) for name in by})
    grouped = rows[["finished", "failed", "hours"]].groupby([keys[name] for name in by])
    found = grouped.sum()
    found["runs"] = grouped.size()
    found["failed_share"] = found["failed"] / found["finished"].where(found["finished"] > 0)
    found["mean_hours"] = found["hours"] / found["finished"].where(found["finished"] > 0)
    return found[list(NUMBERS)].astype(float).sort_index()


def numbers_of(usage: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the numbers of a result of `usage`, in the same form."""
    columns = [_IDENTITIES.get(name, name) for name in by]
    rows = usage.copy()
    for column in columns:
        if isinstance(rows[column].dtype, pd.DatetimeTZDtype):
            rows[column] = rows[column].dt.tz_localize(None)
    keys = [_key(rows[column]).rename(name) for column, name in zip(columns, by, strict=True)]
    found = rows[list(NUMBERS)].astype(float)
    assert not pd.MultiIndex.from_arrays(keys).duplicated().any()
    found.index = pd.MultiIndex.from_arrays(keys) if len(keys) > 1 else pd.Index(keys[0])
    return found.sort_index()


def _key(values: pd.Series) -> pd.Series:
    """Return a column as texts, with a word for missing values, which groupby would leave out."""
    return values.astype(object).where(values.notna(), "(none)").astype(str)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
