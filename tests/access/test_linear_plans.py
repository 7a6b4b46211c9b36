"""The work of a plan grows with the number of its rows, not with its square: executed lines are counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.support.line_count import lines_executed
from zenpro_nb.access import DesiredRow, Inventory, make_plan
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN
from zenpro_nb.access.plans.recheck import recheck
from zenpro_nb.access.plans.simulate import after
from zenpro_nb.framework.writes.ordering import dependencies, phases
from zenpro_nb.framework.writes.write import PlanPosition, Write

FEW, TIMES = 40, 4
MEMBER, DEVELOPER, VIEWER = "Organization Member", "Workspace Developer", "Workspace Viewer"
Case = Callable[[int], tuple[Inventory, Sequence[DesiredRow]]]


def inventory(people: int, **more: Any) -> Inventory:
    """An organization with this many members."""
    users = [{"id": f"u{number}", "email": f"u{number}@x.io", "is_active": True} for number in range(people)]
    roles = [
        {"id": "r1", "name": ORGANIZATION_ADMIN, "level": "organization", "system_managed": True},
        {"id": "r2", "name": MEMBER, "level": "organization", "system_managed": True},
        {"id": "r3", "name": VIEWER, "level": "workspace", "system_managed": True},
        {"id": "r4", "name": DEVELOPER, "level": "workspace", "system_managed": True},
    ]
    members = [role_of(user["id"], "r2", MEMBER) for user in users]
    assignments = [*members, *more.pop("assignments", ())]
    lists: dict[str, Any] = {
        "users": users, "roles": roles, "assignments": assignments, "teams": [], "team_members": [], "invitations": [],
        "members": [], "workspaces": [{"id": "w1", "name": "prod"}], "service_accounts": [],
    }  # fmt: skip
    return Inventory.of({**lists, **more}, organization_id="o", organization_name="acme", server="s")


def role_of(user: str, role_id: str, role: str, **place: str) -> dict[str, Any]:
    level = "workspace" if place else "organization"
    email = f"{user}@x.io"
    return {
        "kind": "user",
        "user_id": user,
        "principal": email,
        "role_id": role_id,
        "role": role,
        "level": level,
    } | place


def members_of_new_teams(size: int) -> tuple[Inventory, Sequence[DesiredRow]]:
    teams = [DesiredRow("team", team=f"t{number}") for number in range(size)]
    members = [DesiredRow("team-member", f"u{number}@x.io", team=f"t{number}") for number in range(size)]
    return inventory(size), [*teams, *members]


def members_of_one_team(size: int) -> tuple[Inventory, Sequence[DesiredRow]]:
    rows = [DesiredRow("team-member", f"u{number}@x.io", team="all") for number in range(size)]
    return inventory(size, teams=[{"id": "t", "name": "all"}]), rows


def members_removed(size: int) -> tuple[Inventory, Sequence[DesiredRow]]:
    members = [{"kind": "user", "user_id": f"u{number}", "team_id": "t", "team": "all"} for number in range(size)]
    rows = [DesiredRow("team-member", f"u{number}@x.io", team="all", present=False) for number in range(size)]
    return inventory(size, teams=[{"id": "t", "name": "all"}], team_members=members), rows


def invitations_sent(size: int) -> tuple[Inventory, Sequence[DesiredRow]]:
    return inventory(size), [DesiredRow("invitation", f"i{number}@x.io", role=MEMBER) for number in range(size)]


def invitations_withdrawn(size: int) -> tuple[Inventory, Sequence[DesiredRow]]:
    emails = [f"i{number}@x.io" for number in range(size)]
    waiting = [{"id": email[:-5], "email": email, "accepted": False} for email in emails]
    assignments = [
        {"kind": "invitation", "invitation_id": email[:-5], "principal": email, "role": MEMBER, "role_id": "r2"}
        for email in emails
    ]
    rows = [DesiredRow("invitation", email, role=MEMBER, present=False) for email in emails]
    return inventory(size, invitations=waiting, assignments=assignments), rows


def administrators_removed(size: int) -> tuple[Inventory, Sequence[DesiredRow]]:
    assignments = [role_of(f"u{number}", "r1", ORGANIZATION_ADMIN) for number in range(size)]
    rows = [
        DesiredRow("organization-role", f"u{number}@x.io", role=ORGANIZATION_ADMIN, present=False)
        for number in range(5, size)
    ]
    return inventory(size, assignments=assignments), rows


def roles_exchanged(size: int) -> tuple[Inventory, Sequence[DesiredRow]]:
    assignments = [role_of(f"u{number}", "r3", VIEWER, workspace="prod", workspace_id="w1") for number in range(size)]
    rows = [
        DesiredRow("workspace-role", f"u{number}@x.io", role=role, workspace="prod", present=present)
        for number in range(size)
        for role, present in ((VIEWER, False), (DEVELOPER, True))
    ]
    return inventory(size, assignments=assignments), rows


def accounts_deactivated(size: int) -> tuple[Inventory, Sequence[DesiredRow]]:
    return inventory(size), [DesiredRow("account", f"u{number}@x.io", present=False) for number in range(size)]


CASES = [
    members_of_new_teams,
    members_of_one_team,
    members_removed,
    invitations_sent,
    invitations_withdrawn,
    administrators_removed,
    roles_exchanged,
    accounts_deactivated,
]


def lines_of_planning(case: Case, size: int) -> dict[str, int]:
    """Plan, recheck the plan before and after applying it, and return the executed lines of each."""
    there, rows = case(size)
    plan = make_plan(there, rows)
    assert len(plan.steps) >= size - 5
    applied = after(there, plan)
    fresh, _ = case(size)
    return {
        "make": lines_executed(lambda: make_plan(case(size)[0], rows)) - lines_executed(lambda: case(size)),
        "recheck": lines_executed(lambda: recheck(plan, fresh)),
        "recheck when done": lines_executed(lambda: recheck(plan, applied)),
    }


@pytest.mark.parametrize("case", CASES)
def test_planning_is_linear(case: Case) -> None:
    few, many = lines_of_planning(case, FEW), lines_of_planning(case, FEW * TIMES)
    growth = {part: many[part] / lines for part, lines in few.items()}
    assert {part: ratio for part, ratio in growth.items() if ratio > 1.15 * TIMES} == {}


def test_ordering_many_writes_is_linear() -> None:
    def writes(size: int) -> list[Write]:
        joins = [
            Write(
                "POST",
                "/teams/t/members",
                f"{number}",
                params={"user_id": f"u{number}"},
                position=PlanPosition(step=number, action="add"),
            )
            for number in range(1, size + 1)
        ]
        return [*joins, Write("PATCH", "/teams/t", "team", position=PlanPosition(step=size + 1, action="update"))]

    def lines_of_ordering(size: int) -> int:
        made = writes(size)
        return lines_executed(lambda: [dependencies(made, phase) for phase in phases(made)])

    assert lines_of_ordering(FEW * TIMES) < 1.15 * TIMES * lines_of_ordering(FEW)
