"""Runs that people started in a window of time, as counted by the workspaces."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct


class ActivityRow(Struct, frozen=True):
    """The runs of one person in one project on one day.

    Attributes:
        workspace_id, project_id: the project.
        external_user_id: the id of the account in the control plane; None if the workspace does not know it.
        user_name: the name that the workspace gives the person.
        day: the UTC day on which the runs were created.
        runs: the runs that the person started directly.
        scheduled: the runs that a schedule or trigger of the person started.
    """

    workspace_id: str
    project_id: str
    external_user_id: str | None
    user_name: str
    day: date
    runs: int
    scheduled: int = 0


class ActivityGap(Struct, frozen=True):
    """A part of the organization whose runs could not be counted.

    Attributes:
        workspace_id: the workspace.
        project_id: the project; None if it concerns the whole workspace, for example because it is asleep.
        reason: why, in one sentence.
    """

    workspace_id: str
    project_id: str | None
    reason: str


class Activity(Struct, frozen=True):
    """The runs that people started in a window, and the gaps in it.

    Attributes:
        rows: one row per person, project and day with at least one run.
        since, until: the window.
        gaps: workspaces and projects whose runs are not in `rows`.
    """

    rows: tuple[ActivityRow, ...]
    since: datetime
    until: datetime
    gaps: tuple[ActivityGap, ...] = ()
