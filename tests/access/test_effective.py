"""Effective access over HTTP: on random organizations it equals the oracle's result, row by row."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pytest

from tests.access import oracle, random_organizations
from tests.access.conftest import World
from zenpro_nb import inventory
from zenpro_nb.access import ACCESS, Inventory, effective_access, missing
from zenpro_nb.frames import convert
from zenpro_nb.sandbox.permissions.predefined import PREDEFINED

ORGANIZATIONS = int(os.environ.get("ZENPRO_ORGANIZATIONS", "6"))
SCOPES = ("organization", "workspace", "project")


def both_results(world: World, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The results of the package and of the oracle for an organization."""
    expected = oracle.access(oracle.read(world.api, name))
    current = inventory.fill(world.session, name)
    assert missing(current) == []
    return convert(effective_access(current), "records"), expected


@pytest.mark.parametrize("seed", range(ORGANIZATIONS))
def test_random_organizations(world: World, seed: int) -> None:
    found, expected = both_results(world, random_organizations.make(world.api, world.database, seed))
    assert found == in_frame_order(expected)


def test_the_demo(world: World) -> None:
    found, expected = both_results(world, "acme")
    assert found == in_frame_order(expected)
    # They contain every kind of path and of principal.
    assert {row["via"] for row in found} == {"direct", "team", "organization-role", "superuser", "owner"}
    assert {row["kind"] for row in found} == {"user", "service-account", "invitation"}
    assert any(row["covered_by"] for row in found)


def in_frame_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The oracle's rows in the order and with the columns of the frame."""
    names = [column.name for column in ACCESS.columns]
    return sorted(({name: row[name] for name in names} for row in rows), key=_place)


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        row["principal"],
        SCOPES.index(row["scope"]),
        row["workspace"] or "",
        row["project_id"] or "",
        row["path"],
        # Roles with the same name have equal path texts.
        row["role_id"] or "",
    )


def test_an_empty_inventory_gives_no_rows() -> None:
    paths = effective_access(Inventory())
    assert list(paths.columns) == [column.name for column in ACCESS.columns]
    assert len(paths) == 0
    assert missing(Inventory())


def test_an_account_covers_nothing_of_an_invitation_with_the_same_e_mail() -> None:
    roles = [
        {"id": "a", "name": "Workspace Admin", "level": "workspace", "system_managed": True},
        {"id": "v", "name": "Workspace Viewer", "level": "workspace", "system_managed": True},
    ]
    paths = effective_access(
        Inventory.of(
            {
                "users": [{"id": "1", "email": "ada@example.com"}],
                "invitations": [{"id": "2", "email": "ada@example.com", "accepted": False}],
                "roles": roles,
                "workspaces": [{"id": "w", "name": "ml-prod"}],
                "assignments": [
                    {"user_id": "1", "role_id": "a", "workspace_id": "w"},
                    {"user_id": "1", "role_id": "v", "workspace_id": "w"},
                    {"invitation_id": "2", "role_id": "v", "workspace_id": "w"},
                ],
            }
        )
    )
    covered = paths[paths["covered_by"].notna()]
    assert covered["user_id"].tolist() == ["1"]
    assert paths["kind"].tolist().count("invitation") == 1


def test_of_any_two_roles_the_covered_one_is_that_of_the_oracles_table() -> None:
    roles: list[dict[str, Any]] = [
        {"id": item.name, "name": item.name, "level": item.level, "system_managed": True} for item in PREDEFINED
    ]
    roles += [{"id": f"own {level}", "name": "Own", "level": level, "system_managed": False} for level in SCOPES]
    pairs = [(role, other) for role in roles for other in roles if role["id"] < other["id"]]
    assignments = [
        {"user": {"id": f"u{number}"}, "role": role, "workspace_id": "w", "project_id": "p"}
        for number, pair in enumerate(pairs)
        for role in pair
    ]
    for row in assignments:
        if row["role"]["level"] == "organization":
            row["workspace_id"] = None
        if row["role"]["level"] != "project":
            row["project_id"] = None
    users = {
        f"u{n}": {
            "id": f"u{n}", "email": f"u{n}@x.example", "username": f"u{n}", "is_active": True, "is_superuser": False,
            "is_service_account": False,
        }
        for n in range(len(pairs))
    }  # fmt: skip
    workspace = {"id": "w", "name": "ml", "status": "available", "desired_state": "available"}
    raw = oracle.Raw({"id": "o", "name": "acme"}, users, roles, assignments, [workspace], [], {}, set(users))
    paths = effective_access(
        Inventory.of(
            {
                "users": list(users.values()),
                "roles": roles,
                "workspaces": [workspace],
                "assignments": [
                    {**row, "user_id": row["user"]["id"], "role_id": row["role"]["id"], "role": row["role"]["name"]}
                    for row in assignments
                ],
            },
            organization_name="acme",
        )
    )
    assert convert(paths, "records") == in_frame_order(oracle.access(raw))
    assert paths["covered_by"].notna().sum() > len(roles)
