"""Verdicts of `--can` agree with the sandbox's own RBAC, queried like a workspace's server does."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from uuid import UUID

import pandas as pd
import pytest

from tests.access import random_organizations
from tests.access.conftest import World
from tests.inventory.conftest import session_at
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb import inventory
from zenpro_nb.access import VERDICTS, Inventory, Question, alive, effective_access
from zenpro_nb.access.effective.verdicts import verdicts
from zenpro_nb.client import ApiKey
from zenpro_nb.resources.rights import ACTIONS, OF_PROJECTS, PROJECT_TYPES, TYPES

# Types of the control plane, as the sandbox calls them.
EVERY_TYPE = (*TYPES, "workspace", "team", "role", "member")
# All combinations take some minutes; by default one action is checked in each workspace, in acme in few of them.
EVERYTHING = os.environ.get("ZENPRO_VERDICTS") == "all"
NOWHERE = str(UUID(int=99))  # a project without assigned roles


def test_every_type_of_the_sandbox_is_known() -> None:
    from zenpro_nb.sandbox.permissions import predefined

    assert set(ACTIONS) == set(predefined.ACTIONS)
    assert set(PROJECT_TYPES) == set(predefined.PROJECT_TYPES)
    assert set(TYPES) == {*predefined.SHARED_TYPES, *predefined.PROJECT_TYPES, "service_account"}


@pytest.mark.timeout(3_600 if EVERYTHING else 300)
@pytest.mark.parametrize(
    ("organization", "most"),
    [
        pytest.param("acme", None if EVERYTHING else 4, id="workspaces of acme", marks=pytest.mark.slow),
        pytest.param("acme", 1, id="acme"),
        (3, None),
        (14, None),
        pytest.param(20, None, marks=pytest.mark.slow),
    ],
)
def test_verdicts_agree_with_the_rbac_of_the_sandbox(world: World, organization: str | int, most: int | None) -> None:
    name = organization
    if isinstance(organization, int):
        name = random_organizations.make(world.api, world.database, organization)
    chance = random.Random(str(organization))
    found = inventory.fill(world.session, str(name))
    access = effective_access(found)
    said = set()
    workspaces = sorted(alive(found), key=lambda workspace: -_variety(access, workspace))[:most]
    actions_by_workspace = {key: ACTIONS if EVERYTHING else chance.sample(ACTIONS, 1) for key in workspaces}
    every_action = {action for actions in actions_by_workspace.values() for action in actions}
    every_pair = [(action, kind) for action in every_action for kind in EVERY_TYPE]
    found = inventory.fill(world.session, str(name), pairs=every_pair)
    for workspace, actions in actions_by_workspace.items():
        pairs = [(action, kind) for action in actions for kind in EVERY_TYPE]
        answers = {pair: _by_place(verdicts(found, access, Question(*pair, [workspace]))) for pair in pairs}
        with world.as_workspace(workspace) as server:
            for person in found.users.frame["id"]:
                for action in actions:
                    mine = {pair: answers[pair].get(person, {}) for pair in pairs if pair[0] == action}
                    expected = _expected_verdicts(mine, _projects(access, workspace))
                    told = server.post("/rbac/check_permissions", list(expected), user_id=person, action=action)
                    sure = {name: word for name, word in expected.items() if word != "unknown"}
                    assert sure == {name: "yes" if told[name] else "no" for name in sure}, (workspace, person, action)
                    # An organization role allows it for these, but has no path into the workspace.
                    for name in expected.keys() - sure.keys():
                        kind = name.rpartition(":")[2].partition("/")[0]
                        undocumented = held_above(world, access, person)
                        allowing = world.api.all(
                            f"/organizations/{found.organization_id}/roles", action=action, resource=kind
                        )
                        assert undocumented & {role["id"] for role in allowing}, (workspace, person, action, name)
                    said |= set(sure.values())
    assert said == {"yes", "no"} or not alive(found)


def _variety(access: pd.DataFrame, workspace: str) -> int:
    """The number of combinations of role and scope that a user has in the workspace."""
    return len(access.loc[access["workspace_id"] == workspace, ["role", "scope", "project_id"]].drop_duplicates())


def held_above(world: World, access: pd.DataFrame, person: str) -> set[str]:
    """The organization roles of a user without documented workspace access."""
    reaching = access["role"].isin(["Organization Admin", "Organization Viewer"])
    mine = access[(access["user_id"] == person) & (access["scope"] == "organization")]
    custom = {role for role in mine["role_id"].dropna() if not world.api.get(f"/roles/{role}")["system_managed"]}
    return {*mine.loc[~reaching, "role_id"].dropna(), *custom}


def _by_place(rows: pd.DataFrame) -> dict[str, dict[str, str]]:
    """The verdict by user and project; "" means the whole workspace."""
    rows = rows[rows["user_id"].notna()]
    found: dict[str, dict[str, str]] = {}
    for person, project, verdict in zip(rows["user_id"], rows["project_id"], rows["verdict"], strict=True):
        places = found.setdefault(person, {})
        key = project if isinstance(project, str) else ""
        assert key not in places
        places[key] = verdict
    return found


def _projects(access: pd.DataFrame, workspace: str) -> list[str]:
    return [*access.loc[access["workspace_id"] == workspace, "project_id"].dropna().unique(), NOWHERE]


def _expected_verdicts(mine: dict[tuple[str, str], dict[str, str]], projects: list[str]) -> dict[str, str]:
    """The verdicts of one user, by the workspace server's name of each resource."""
    found = {}
    for (_, kind), places in mine.items():
        whole = places.get("", "no")
        if kind not in PROJECT_TYPES:
            found[kind] = whole
        for project in projects if kind in OF_PROJECTS else ():
            name = f"project/{project}" if kind == "project" else f"{project}:{kind}"
            found[name] = places.get(project, whole)
    return found


def test_one_project(world: World) -> None:
    current = inventory.fill(world.session, "acme", pairs=[("read", "pipeline")])
    access = effective_access(current)
    inside = access[(access["role"] == "Project Viewer") & (access["scope"] == "project")].iloc[0]
    question = Question("read", "pipeline", [inside["workspace_id"]], inside["project_id"])
    verdict = verdicts(current, access, question)
    assert set(verdict["project_id"]) == {inside["project_id"]}
    assert set(verdict["scope"]) == {"project"}
    assert not verdict.duplicated(["user_id", "invitation_id"]).any()
    mine = verdict[verdict["user_id"] == inside["user_id"]].iloc[0]
    assert (mine["verdict"], mine["reason"]) == ("yes", f"Project Viewer allows it: {inside['path']}")
    # For the whole workspace there is one more row for users who are allowed to do it in this project only.
    everywhere = verdicts(current, access, Question("read", "pipeline", [inside["workspace_id"]]))
    hers = everywhere[everywhere["user_id"] == inside["user_id"]]
    assert dict(zip(hers["scope"], hers["verdict"], strict=True)) == {"workspace": "no", "project": "yes"}


@pytest.fixture(scope="module")
def blind(sandboxes: SandboxPool) -> Iterator[Inventory]:
    """The demo, read from a server that ignores the role filter."""
    with sandboxes.lend(users=60, ignore_role_filter=True) as sandbox:
        session = session_at(sandbox.url, ApiKey(sandbox.key))
        yield inventory.fill(session, "acme", pairs=[("delete", "stack"), ("delete", "team")])
        session.close()


def test_a_server_that_ignores_the_filter_leaves_all_but_the_documented_administrators_unknown(
    blind: Inventory,
) -> None:
    access = effective_access(blind)
    rows = verdicts(blind, access, Question("delete", "stack", alive(blind)))
    assert set(rows["verdict"]) == {"yes", "unknown"}
    yes = rows[rows["verdict"] == "yes"].merge(access, on=["principal", "workspace"])
    sure = {"superuser", "owner", "Organization Admin", "Workspace Admin"}
    assert set(rows[rows["verdict"] == "yes"]["basis"]) == {"documented", "inferred"}
    assert (
        yes.groupby(["principal", "workspace"], observed=True)["role"]
        .agg(set)
        .map(lambda assignments: bool(assignments & sure))
        .all()
    )
    unknown = rows[rows["verdict"] == "unknown"].merge(access, on=["principal", "workspace"])
    assert not set(unknown["role"]) & sure
    assert set(rows[rows["verdict"] == "unknown"]["reason"].str.partition(" (")[0]) == {
        "the server does not return which roles allow it"
    }


def test_types_of_the_control_plane_are_the_organizations(blind: Inventory) -> None:
    access = effective_access(blind)
    rows = verdicts(blind, access, Question("delete", "team", None))
    assert set(rows["scope"]) == {"organization"}
    assert rows["workspace_id"].isna().all()
    sure = access[access["role"].isin(["superuser", "Organization Admin"])]
    yes = set(rows.loc[rows["verdict"] == "yes", "principal"])
    assert yes == set(sure["principal"])
    assert {"ada@example.com", "bot:deploy-bot", "left.us@example.com"} <= yes


def new_inventory(*, active: bool | None = True, **permission: object) -> Inventory:
    """A user with Stack Admin in a workspace, and an open invitation with Workspace Viewer."""
    return Inventory.of(
        {
            "users": [{"id": "1", "email": "ada@example.com", "is_active": active}],
            "invitations": [{"id": "2", "email": "new@example.com", "accepted": False}],
            "roles": [{"id": "s", "name": "Stack Admin"}, {"id": "v", "name": "Workspace Viewer"}],
            "workspaces": [{"id": "w", "name": "ml-prod"}],
            "assignments": [
                {"user_id": "1", "role_id": "s", "level": "workspace", "workspace_id": "w"},
                {"invitation_id": "2", "role_id": "v", "level": "workspace", "workspace_id": "w"},
            ],
            "permissions": [{"action": "delete", "resource": "stack", "known": True, **permission}],
        }
    )


def because(current: Inventory, action: str = "delete") -> list[str]:
    """The verdict and reason of each principal."""
    rows = verdicts(current, effective_access(current), Question(action, "stack", ["w"]))
    assert list(rows.columns) == [column.name for column in VERDICTS.columns]
    return [f"{item}: {why}" for item, why in zip(rows["verdict"], rows["reason"], strict=True)]


def test_the_reason_mentions_deactivated_users_and_invisible_shares() -> None:
    path = "Stack Admin allows it: ada@example.com → Stack Admin → ml-prod"
    no = "no: none of their roles there (Workspace Viewer) allows it"
    seen = "except for resources that they created or that are shared with them (once the invitation is accepted)"
    assert because(new_inventory(role_id="s")) == [f"yes: {path}", f"{no}, {seen}"]
    out = because(new_inventory(role_id="s", active=False))[0]
    assert out == f"yes: {path} (deactivated: cannot sign in, but keeps the permissions)"


def test_creating_has_no_exception_for_own_resources() -> None:
    assert because(new_inventory(role_id="s", action="create"), "create")[1] == (
        "no: none of their roles there (Workspace Viewer) allows it (once the invitation is accepted)"
    )


def test_a_server_that_returns_no_role_does_not_support_the_type() -> None:
    assert {line.partition(":")[0] for line in because(new_inventory())} == {"unknown"}
