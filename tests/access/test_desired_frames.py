"""DataFrames as desired state: deleted, added and edited rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.access.guarded_plans import organization
from tests.access.random_inventories import World
from zenpro_nb.access import DesiredRow, GuardOptions, effective_access, make_plan, rows_of_frame
from zenpro_nb.errors import UsageError


def _steps(world: World, rows: list[DesiredRow]) -> list[tuple[str, str, str, str]]:
    plan = make_plan(world.inventory(), rows, GuardOptions("100%", 0, allow_self=True))
    return [(step.does, step.party.name, step.role, step.scope) for step in plan.steps]


def _example() -> World:
    members = {("t0", ("user_id", "u1")), ("t0", ("user_id", "u2"))}
    assignments = {
        ("r-stack-admin", "user_id", "u1", "w0", ""),
        ("r-stack-admin", "team_id", "t0", "w0", ""),
        ("r-project-viewer", "user_id", "u2", "w0", "p"),
    }
    return organization(4, members=members, assignments=assignments)


def test_a_deleted_row_of_assignments() -> None:
    world = _example()
    frame = world.inventory().assignments.frame
    removals = frame["role_id"].isin(["r-stack-admin", "r-project-viewer"]) & (frame["user_id"] != "u0")
    rows = rows_of_frame(frame[~removals], frame)
    assert _steps(world, rows) == [
        ("remove", "p2@x.example", "Project Viewer", "project p of ml-prod"),
        ("remove", "p1@x.example", "Stack Admin", "ml-prod"),
        ("remove", "team:ops", "Stack Admin", "ml-prod"),
    ]
    with pytest.raises(UsageError, match="Add --from"):
        rows_of_frame(frame[~removals])
    assert rows_of_frame(frame, frame) == []


def test_a_new_row_by_names_or_ids() -> None:
    world = _example()
    frame = world.inventory().assignments.frame
    named = {"kind": "user", "principal": "p3@x.example", "role": "Stack Admin", "workspace": "ml-prod"}
    team = {"kind": "team", "principal": "data", "role_id": "r-workspace-viewer", "workspace_id": "w1"}
    edited = pd.concat([frame, pd.DataFrame([named, team])], ignore_index=True)
    assert _steps(world, rows_of_frame(edited, frame)) == [
        ("add", "team:data", "Workspace Viewer", "ml-dev"),
        ("add", "p3@x.example", "Stack Admin", "ml-prod"),
    ]


def test_edited_cells_are_refused() -> None:
    frame = _example().inventory().assignments.frame
    for name, said in (("role", "its ids were not"), ("is_active", "a plan cannot change this column")):
        edited = frame.astype(object)
        edited.loc[0, name] = "Workspace Admin" if name == "role" else False
        with pytest.raises(UsageError, match=said):
            rows_of_frame(edited, frame)


def test_decisions() -> None:
    world = _example()
    frame = effective_access(world.inventory())
    mine = frame["via"] == "direct"
    judged = frame.assign(decision=["revoke" if item else "" for item in mine & (frame["level"] != "organization")])
    assert _steps(world, rows_of_frame(judged)) == [
        ("remove", "p2@x.example", "Project Viewer", "project p of ml-prod"),
        ("remove", "p1@x.example", "Stack Admin", "ml-prod"),
    ]
    assert rows_of_frame(frame.assign(decision="keep")) == []
    with pytest.raises(UsageError, match="'drop' is not a decision"):
        rows_of_frame(frame.assign(decision="drop"))
    with pytest.raises(UsageError, match="via team"):
        rows_of_frame(frame.assign(decision="revoke"))


def test_a_role_through_a_team_cannot_be_edited_as_an_own_row() -> None:
    frame = effective_access(_example().inventory())
    with pytest.raises(UsageError, match="so a row cannot revoke it"):
        rows_of_frame(frame[frame["via"] != "team"], frame)


def test_members_of_teams_and_of_the_organization() -> None:
    world = _example()
    inventory = world.inventory()
    listed = inventory.team_members.frame
    assert _steps(world, rows_of_frame(listed.iloc[1:], listed)) == [("remove", "p1@x.example", "", "team ops")]
    # The frame of `teams members` has its team in the route.
    bare = listed.drop(columns=["team_id", "team"])
    bare.attrs["zenpro"] = {"route": "/teams/t0/members"}
    assert _steps(world, rows_of_frame(bare.iloc[1:], bare)) == [("remove", "p1@x.example", "", "team ops")]
    people = pd.DataFrame({"user_id": ["u1", "u2"], "email": ["p1@x.example", "p2@x.example"]})
    people["role_ids"] = [["r-organization-member"]] * 2
    assert _steps(world, rows_of_frame(people.iloc[:1], people)) == [
        ("remove", "p2@x.example", "Organization Member", "acme")
    ]
    with pytest.raises(UsageError, match="lacks the id columns"):
        rows_of_frame(people.drop(columns="user_id"), people)


@pytest.mark.parametrize(
    ("mine", "theirs", "refused"),
    [
        ({}, {}, False),
        ({"filters": {"role": "x"}, "time": "2"}, {"filters": {}, "time": "1"}, True),
        ({"filters": {"role": "x"}, "time": "1"}, {"filters": {"role": "x"}, "time": "1"}, False),
        ({"complete": False}, {}, True),
        ({}, {"complete": False}, True),
        ({"filters": {}, "time": "2"}, {"filters": {}, "time": "1"}, False),
    ],
)
def test_an_incomplete_frame_removes_nothing(mine: Any, theirs: Any, refused: bool) -> None:
    frame = _example().inventory().assignments.frame
    edited, original = frame.iloc[1:].copy(), frame.copy()
    edited.attrs["zenpro"], original.attrs["zenpro"] = mine, theirs
    if refused:
        with pytest.raises(UsageError, match="cannot be treated as removals"):
            rows_of_frame(edited, original)
    else:
        assert len(rows_of_frame(edited, original)) == 1
    # Rows that are only added need no original.
    assert rows_of_frame(original, edited)[0].present
