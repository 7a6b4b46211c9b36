"""`--can` agrees with `access`: a "yes" needs a path, computed independently on random organizations."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from tests.support import hard_organizations
from tests.support.hard_organizations import ALLOWS, PROJECTS, Holder, Organization, role_id
from zenpro_nb.access import Inventory, Question, effective_access
from zenpro_nb.access.effective.verdicts import verdicts
from zenpro_nb.frames import convert

FEW = range(6)
MANY = range(int(os.environ.get("ZENPRO_IDENTITY", "24")))  # the nightly workflow takes 2,000
SEEDS = [
    pytest.param(FEW, id="few"),
    pytest.param(MANY, id="many", marks=[pytest.mark.slow, pytest.mark.timeout(1_800)]),
]
# The organization roles with documented workspace access.
INHERITED = ("Organization Admin", "Organization Viewer")

Place = tuple[Holder, str, str]  # principal, workspace, project: "" for the whole workspace


def expected_verdicts(organization: Organization, allowing: set[str] | None, *, in_projects: bool) -> dict[Place, str]:
    """All verdicts in every workspace; without allowing roles, only documented administrators are known."""
    is_known = allowing is not None
    if allowing is None:
        allowing = {"Organization Admin", "Workspace Admin"} | ({"Project Admin"} if in_projects else set())
    found: dict[Place, str] = {}
    for who in organization.principals:
        for workspace, row in organization.workspaces.items():
            alive = workspace in organization.alive
            roles = [role for role, _ in organization.roles_of(who)]
            everywhere = {role for role, _, there, _ in roles if not there}
            here = [(role, project) for role, _, there, project in roles if there == workspace]
            above = alive and (
                organization.users.get(who[1], {}).get("is_superuser", False) or row["owner_id"] == who[1]
            )
            paths = above or here or (alive and any(role in INHERITED for role in everywhere))
            reaching = {role for role in everywhere if alive and role in INHERITED}
            if above or allowing & (reaching | {role for role, project in here if not project}):
                found[who, workspace, ""] = "yes"
                continue
            perhaps = alive and bool(allowing & (everywhere - reaching))
            if paths or perhaps:
                found[who, workspace, ""] = "unknown" if perhaps or not is_known else "no"
            for project in PROJECTS if in_projects else ():
                if any(role in allowing and item == project for role, item in here):
                    found[who, workspace, project] = "yes"
    return found


def computed_verdicts(current: Inventory, organization: Organization, pair: tuple[str, str]) -> dict[Place, str]:
    """The verdicts for every workspace, including deleted ones."""
    rows = convert(
        verdicts(current, effective_access(current), Question(*pair, list(organization.workspaces))), "records"
    )
    places = [
        (("user_id", row["user_id"]) if row["user_id"] else ("invitation_id", row["invitation_id"]),
         row["workspace_id"], row["project_id"] or "")
        for row in rows
    ]  # fmt: skip
    assert len(set(places)) == len(places)
    return dict(zip(places, [row["verdict"] for row in rows], strict=True))


def inventory(organization: Organization, permissions: list[dict[str, Any]]) -> Inventory:
    lists = {**organization.lists(), "permissions": permissions}
    return Inventory.of(lists, organization_id="o", organization_name="acme", server="http://there")


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize(("pair", "in_projects"), [(("delete", "stack"), False), (("read", "pipeline"), True)])
def test_a_yes_needs_a_path(pair: tuple[str, str], in_projects: bool, seeds: range) -> None:
    said = set()
    for seed in seeds:
        chance = random.Random(f"{pair} {seed}")
        organization = hard_organizations.organization(seed)
        allowing = {"Organization Admin", "Organization Manager", *chance.sample(list(ALLOWS), chance.randint(0, 6))}
        question = {"action": pair[0], "resource": pair[1], "known": True}
        found = inventory(organization, [{**question, "role_id": role_id(role)} for role in allowing])
        answers = computed_verdicts(found, organization, pair)
        assert answers == expected_verdicts(organization, allowing, in_projects=in_projects), seed
        paths = effective_access(found).dropna(subset="workspace_id")
        holders = paths["user_id"].where(paths["user_id"].notna(), paths["invitation_id"])
        reached = set(zip(holders, paths["workspace_id"], strict=True))
        assert {(who[1], workspace) for (who, workspace, _), word in answers.items() if word == "yes"} <= reached, seed
        assert {(who[1], workspace) for (who, workspace, _), word in answers.items() if word != "unknown"} <= reached
        assert reached <= {(who[1], workspace) for who, workspace, _ in answers}, seed
        said |= set(answers.values())
        blind = inventory(organization, [{**question, "known": False}])
        assert computed_verdicts(blind, organization, pair) == expected_verdicts(
            organization, None, in_projects=in_projects
        ), seed
    assert said == {"yes", "no", "unknown"}


def test_a_custom_role_of_the_organization_is_unknown_in_workspaces_and_yes_in_the_organization() -> None:
    made = Organization(workspaces={"w0": {"id": "w0", "name": "ml", "status": "available", "owner_id": None}})
    made.users["u0"] = {"id": "u0", "email": "a@x.example", "username": "a@x.example", "is_active": True}
    made.assigned.add(("Auditor", ("user_id", "u0"), "", ""))
    question = {"action": "delete", "resource": "stack", "known": True, "role_id": role_id("Auditor")}
    found = inventory(made, [question])
    paths = effective_access(found)
    row = verdicts(found, paths, Question("delete", "stack", ["w0"])).iloc[0]
    assert row["reason"] == (
        "an organization role allows it, but it is not documented whether the role applies to workspaces: "
        "a@x.example → Auditor → acme"
    )
    assert row["verdict"] == "unknown"
    assert verdicts(found, paths, Question("delete", "stack", None))["verdict"].tolist() == ["yes"]


def test_a_role_in_a_deleted_workspace_is_marked() -> None:
    made = Organization(workspaces={"w0": {"id": "w0", "name": "ml", "status": "deleted", "owner_id": "u1"}})
    for key in ("u0", "u1", "u2"):
        made.users[key] = {"id": key, "email": f"{key}@x.example", "username": key, "is_active": True,
                           "is_superuser": key == "u2"}  # fmt: skip
    made.assigned |= {("Stack Admin", ("user_id", "u0"), "w0", ""), ("Organization Admin", ("user_id", "u1"), "", "")}
    allowing = ("Stack Admin", "Organization Admin")
    question = {"action": "delete", "resource": "stack", "known": True}
    found = inventory(made, [{**question, "role_id": role_id(role)} for role in allowing])
    rows = verdicts(found, effective_access(found), Question("delete", "stack", ["w0"]))
    assert rows["principal"].tolist() == ["u0@x.example"]
    assert rows["reason"][0] == "Stack Admin allows it: u0@x.example → Stack Admin → ml (the workspace is deleted)"
