"""People are idle only if all runs that they could have started were counted."""

from __future__ import annotations

from typing import Any

from tests.access.random_inventories import World
from tests.usage.random_activity import SINCE, UNTIL, permissions
from zenpro_nb.access import Inventory
from zenpro_nb.frames import convert
from zenpro_nb.usage.activity import Activity, ActivityGap, ActivityRow
from zenpro_nb.usage.blind_spots import sees_every_workspace, with_blind_spots
from zenpro_nb.usage.idle import idle_people
from zenpro_nb.usage.permissions import READ

ADMIN, DEVELOPER, VIEWER = "Organization Admin", "Workspace Developer", "Workspace Viewer"
WORKSPACES = [
    {"id": "w1", "name": "ml-prod", "status": "available"},
    {"id": "w2", "name": "ml-old", "status": "available"},
]


def organization(**lists: Any) -> Inventory:
    """Ada administers, Bob and Cleo develop in ml-prod, Dan views it, and Eve has a role in ml-old."""
    names = ("ada", "bob", "cleo", "dan", "eve")
    world = World(
        users={
            name: {"id": name, "email": f"{name}@x.example", "username": name, "is_active": True, "is_superuser": False}
            for name in names
        },
        bots={"bot": "trainer"},
        roles={"admin": (ADMIN, "organization"), "dev": (DEVELOPER, "workspace"), "view": (VIEWER, "workspace")},
        assignments={
            ("admin", "user_id", "ada", "", ""),
            ("dev", "user_id", "bob", "w1", ""),
            ("dev", "user_id", "cleo", "w1", ""),
            ("view", "user_id", "dan", "w1", ""),
            ("dev", "user_id", "eve", "w2", ""),
            ("dev", "user_id", "bot", "w1", ""),
        },
    )
    return world.inventory(
        **{"workspaces": WORKSPACES, "permissions": permissions({"admin", "dev"}, {"admin"}), **lists}
    )


RUN = ActivityRow("w1", "p", "bob", "bob", UNTIL.date(), 1)
SCHEDULED = ActivityRow("w1", "p", "ada", "ada", UNTIL.date(), 0, 2)


def idle(inventory: Inventory, *gaps: ActivityGap, rows: tuple[ActivityRow, ...] = (RUN, SCHEDULED)) -> dict[str, str]:
    found = convert(idle_people(inventory, Activity(rows, SINCE, UNTIL, gaps)), "records")
    return {row["username"]: row["verdict"] for row in found}


def test_people_without_a_run_are_idle_and_readers_are_marked() -> None:
    frame = idle_people(organization(), Activity((RUN, SCHEDULED), SINCE, UNTIL))
    rows = {row["username"]: row for row in convert(frame, "records")}
    assert {name: row["verdict"] for name, row in rows.items()} == {"cleo": "idle", "dan": "idle", "eve": "idle"}
    assert {row["reason"] for row in rows.values()} == {"started no run in this window"}
    assert {name for name, row in rows.items() if not row["can_start_runs"]} == {"dan"}


def test_a_workspace_that_could_not_be_read_makes_everyone_unknown() -> None:
    gap = ActivityGap("w2", None, "ml-old: forbidden")
    assert set(idle(organization(), gap).values()) == {"unknown"}


def test_a_workspace_that_is_not_running_concerns_the_people_with_a_role_there() -> None:
    stopped = [WORKSPACES[0], {**WORKSPACES[1], "status": "deactivated"}]
    gap = ActivityGap("w2", None, "ml-old: deactivated")
    assert idle(organization(workspaces=stopped), gap) == {"cleo": "idle", "dan": "idle", "eve": "unknown"}


def test_deleted_workspaces_concern_nobody() -> None:
    found = idle(organization(workspaces=[WORKSPACES[0]]))
    assert found == {"cleo": "idle", "dan": "idle", "eve": "idle"}


def test_a_caller_who_may_not_see_every_workspace_learns_nothing_about_people() -> None:
    world = organization(me=[{"id": "cleo"}])
    assert not sees_every_workspace(world)
    assert set(idle(world).values()) == {"unknown"}


def test_a_run_of_a_user_with_the_same_name_but_without_an_account_makes_the_person_unknown() -> None:
    run = ActivityRow("w1", "p", None, "CLEO@x.example", UNTIL.date(), 1)
    assert idle(organization(), rows=(RUN, SCHEDULED, run)) == {"dan": "idle", "eve": "idle", "cleo": "unknown"}


def test_workspaces_whose_runs_the_caller_cannot_read_are_gaps() -> None:
    readers = [{"action": READ[0], "resource": READ[1], "known": True, "role_id": role} for role in ("admin", "dev")]
    lists = {"permissions": [*permissions({"admin", "dev"}, {"admin"}), *readers]}
    empty = Activity((), SINCE, UNTIL)
    assert with_blind_spots(organization(**lists), empty).gaps == ()
    of_cleo = with_blind_spots(organization(me=[{"id": "cleo"}], **lists), empty)
    assert [gap.workspace_id for gap in of_cleo.gaps] == ["w2"]
    of_dan = with_blind_spots(organization(me=[{"id": "dan"}], **lists), empty)
    assert [gap.workspace_id for gap in of_dan.gaps] == ["w1", "w2"]
