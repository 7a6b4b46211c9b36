"""Random runs in random organizations, and the expected verdicts: plain loops over sets, without the package."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec import Struct

from tests.access.random_inventories import PROJECTS, Holder, Row, World, role_id
from zenpro_nb.access import Inventory
from zenpro_nb.usage.activity import Activity, ActivityGap, ActivityRow
from zenpro_nb.usage.permissions import RUN_PERMISSIONS

SINCE, UNTIL = datetime(2026, 9, 2, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
# The roles of the random organizations that allow starting runs, and those of them that administer something. The
# custom role is one of the former in every second organization.
STARTERS = {
    role_id(name)
    for name in ("Organization Admin", "Workspace Admin", "Workspace Developer", "Project Admin", "Project Developer")
}
ADMINS = {role_id(name) for name in ("Organization Admin", "Workspace Admin", "Project Admin", "Stack Admin")}
CUSTOM = "r-mine"
REACHING = {role_id("Organization Admin"), role_id("Organization Viewer")}


class Runs(Struct):
    """A random organization with random runs.

    Attributes:
        made: the organization.
        inventory: the same, with the roles that allow each action.
        activity: the runs.
        starters: the roles that allow starting runs.
    """

    world: World
    inventory: Inventory
    activity: Activity
    starters: set[str]


def permissions(starters: Iterable[str], admins: Iterable[str]) -> list[dict[str, Any]]:
    """Which roles allow each of the queried actions, as the server would return it."""
    start, *others = RUN_PERMISSIONS
    allowing = {start: sorted(starters), **{pair: sorted(admins) for pair in others}}
    return [
        {"action": action, "resource": resource, "known": True, "role_id": role}
        for (action, resource), roles in allowing.items()
        for role in roles
    ]


def runs_of(world: World, seed: int) -> Runs:
    chance = random.Random(f"runs {seed}")
    starters = STARTERS | ({CUSTOM} if seed % 2 else set())
    places = [(workspace, project) for workspace in world.workspaces for project in (*PROJECTS, "p-of-nobody")]
    accounts = [*world.users, *world.bots]
    rows = []
    for workspace, project in places:
        for user in chance.sample(accounts, chance.randint(0, len(accounts))):
            for day in range(chance.randint(0, 2)):
                runs, scheduled = chance.choice([(3, 0), (0, 2), (1, 1)])
                when = (UNTIL - timedelta(days=chance.randint(1, 80) + day)).date()
                rows.append(ActivityRow(workspace, project, user, f"name of {user}", when, runs, scheduled))
    gaps = [
        ActivityGap(workspace, chance.choice([None, project]), "the server does not respond")
        for workspace, project in places
        if chance.random() < 0.15
    ]
    hidden = {(gap.workspace_id, gap.project_id) for gap in gaps}
    rows = [
        row
        for row in rows
        if (row.workspace_id, None) not in hidden and (row.workspace_id, row.project_id) not in hidden
    ]
    activity = Activity(tuple(rows), SINCE, UNTIL, tuple(gaps))
    found = world.inventory(permissions=permissions(starters, ADMINS))
    return Runs(world, found, activity, starters)


# --- the expected results ------------------------------------------------------------

Place = tuple[str, str]  # a workspace and a project; no project: the whole workspace


def paths_of(
    world: World, members: set[tuple[str, Holder]], assignments: set[Row]
) -> Iterator[tuple[str, str, str, Place]]:
    """Every path of an account: the account, the team or "", the role and the place; no workspace: the organization."""
    for role, kind, key, workspace, project in assignments:
        if kind == "invitation_id":
            continue
        accounts = (
            [key] if kind == "user_id" else [who for team, (of, who) in members if team == key and of == "user_id"]
        )
        for account in accounts:
            team = key if kind == "team_id" else ""
            yield account, team, role, (workspace, project)
            if role in REACHING:
                for reached in world.workspaces:
                    yield account, team, role, (reached, "")


def is_inside(row: ActivityRow, place: Place) -> bool:
    workspace, project = place
    return (not workspace or row.workspace_id == workspace) and (not project or row.project_id == project)


def is_gap(activity: Activity, place: Place) -> bool:
    workspace, project = place
    return any(
        gap.workspace_id == workspace and (not project or gap.project_id in (None, project)) for gap in activity.gaps
    )


def verdicts(runs: Runs) -> dict[tuple[str, str, str, Place], str]:
    """The verdict of each path."""
    found = {}
    for path in paths_of(runs.world, runs.world.members, runs.world.assignments):
        account, _, role, place = path
        own = [row for row in runs.activity.rows if row.external_user_id == account and is_inside(row, place)]
        if own and role in runs.starters:
            found[path] = "used"
        elif role in runs.starters - ADMINS and place[0] and not is_gap(runs.activity, place):
            found[path] = "unused"
        else:
            found[path] = "unknown"
    return found


def marks(
    runs: Runs,
    removal: tuple[str, Holder, str, Place],
    members: set[tuple[str, Holder]],
    assignments: set[Row],
) -> tuple[int, date | None]:
    """The runs that a removal concerns and the newest day, given the state after the plan.

    Args:
        removal: the team whose member is removed or "", the principal, the role or "", and the place of the role.
        members, held: the state after the plan.
    """
    team, (kind, key), _, place = removal
    places = [row[3:] for row in runs.world.assignments if row[1:3] == ("team_id", team)] if team else [place]
    if kind == "team_id":
        accounts = {who for of, (field, who) in runs.world.members if of == key and field == "user_id"}
    else:
        accounts = {key} if kind == "user_id" else set()
    left: Counter[tuple[str, Place]] = Counter(
        (account, where)
        for account, _, role, where in paths_of(runs.world, members, assignments)
        if role in runs.starters
    )
    lost = [
        row
        for row in runs.activity.rows
        if row.external_user_id in accounts
        and any(is_inside(row, where) for where in places)
        and not left[row.external_user_id, (row.workspace_id, "")]
        and not left[row.external_user_id, (row.workspace_id, row.project_id)]
    ]
    return sum(row.runs + row.scheduled for row in lost), max((row.day for row in lost), default=None)
