"""Differences of two inventories without a server: own columns, gaps and columns of one side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zenpro_nb import frames
from zenpro_nb.access import LISTS, Gap, Inventory, InventoryList, list_of
from zenpro_nb.errors import UsageError
from zenpro_nb.inventory import DIFF, compare, history, totals
from zenpro_nb.inventory.diff import _CALLED, _OWN

MORNING = datetime(2026, 10, 1, 9, tzinfo=UTC)
ADA = {"id": "1", "email": "ada@example.com", "is_active": True, "is_service_account": False}
ROLE = {"id": "7", "name": "Workspace Developer", "level": "workspace", "system_managed": True}
HELD = {"user_id": "1", "role_id": "7", "workspace_id": "9", "principal": "ada@example.com", "role": ROLE["name"]}


def at(days: int = 0, **lists: Any) -> Inventory:
    time = MORNING + timedelta(days=days)
    return Inventory.of(lists, organization_id="5b0c", organization_name="acme", started=time, finished=time)


def rows(before: Inventory, after: Inventory, **more: Any) -> list[tuple[Any, ...]]:
    changes = compare(before, after, **more)
    columns = changes[["list", "change", "name", "column", "before", "after"]].astype(object)
    return [tuple(row) for row in columns.where(columns.notna(), None).itertuples(index=False)]


def test_own_columns_are_not_keys() -> None:
    for name, columns in _OWN.items():
        assert set(columns) <= {column.name for column in LISTS[name].columns}, name
        assert not set(columns) & set(LISTS[name].key), name
    # The caller and the counted runs are no state of the organization.
    assert set(LISTS) - set(_OWN) == {"me", "usage"}
    for name, (columns, _) in _CALLED.items():
        assert {column.name for column in LISTS[name].columns} & set(columns), name


def test_nothing_differs_from_itself_and_the_frame_is_typed() -> None:
    item = at(users=[ADA], roles=[ROLE], assignments=[HELD])
    frame = compare(item, item)
    assert len(frame) == 0
    assert list(frame.columns) == [column.name for column in DIFF.columns]
    assert frame["taken_before"].dtype == frames.dtype_of(DIFF.columns[6].kind)


def test_the_totals_count_objects_by_list_and_change() -> None:
    before = at(teams=[{"id": "1", "name": "ds", "description": None}, {"id": "2", "name": "old"}], roles=[ROLE])
    after = at(3, teams=[{"id": "1", "name": "data", "description": "all"}, *({"id": key} for key in "345")], roles=[])
    assert totals(compare(before, after)) == "teams +3 −1 ~1, roles −1"
    assert totals(compare(after, after)) == ""
    partial = Inventory.of({"teams": []}, organization_id="5b0c", organization_name="acme")
    assert totals(compare(before, partial)).startswith("teams −2")


def test_added_removed_and_changed_rows() -> None:
    before = at(teams=[{"id": "1", "name": "ds", "description": None}, {"id": "2", "name": "old", "description": "x"}])
    after = at(
        3, teams=[{"id": "1", "name": "data", "description": "all"}, {"id": "3", "name": "new", "description": ""}]
    )
    assert rows(before, after) == [
        ("teams", "removed", "old", None, None, None),
        ("teams", "added", "new", None, None, None),
        ("teams", "changed", "data", "name", "ds", "data"),
        ("teams", "changed", "data", "description", None, "all"),
    ]
    frame = compare(before, after)
    assert set(frame["taken_before"]) == {MORNING}
    assert set(frame["taken_after"]) == {MORNING + timedelta(days=3)}
    assert frame["key"].tolist() == ["2", "3", "1", "1"]


def test_rows_are_distinguished_by_all_parts_of_their_key() -> None:
    elsewhere = {**HELD, "workspace_id": "10", "workspace": "ml-dev"}
    before, after = at(assignments=[HELD]), at(assignments=[HELD, elsewhere, {**HELD, "project_id": "p"}])
    changes = compare(before, after)
    assert changes["change"].tolist() == ["added", "added"]
    assert set(changes["name"]) == {
        "ada@example.com: Workspace Developer in ml-dev",
        "ada@example.com: Workspace Developer, project p",
    }
    assert "user_id=1 role_id=7 workspace_id=10" in set(changes["key"])


def test_values_are_compared_by_type() -> None:
    role = {**ROLE, "permissions": {"stack": ["read"], "pipeline": []}}
    org = {"id": "5b0c", "name": "acme", "trusted_domains": ["a.com", "b.com"], "has_active_subscription": None}
    before = at(roles=[role], organization=[org], users=[ADA])
    same = at(
        roles=[{**role, "permissions": {"pipeline": [], "stack": ["read"]}}],
        organization=[{**org, "trusted_domains": ["b.com", "a.com"]}],
        users=[ADA],
    )
    assert rows(before, same) == []
    after = at(
        roles=[{**role, "permissions": {"stack": ["read", "delete"]}, "level": "project"}],
        organization=[{**org, "trusted_domains": ["a.com"], "has_active_subscription": False}],
        users=[{**ADA, "is_active": False}],
    )
    assert rows(before, after) == [
        ("organization", "changed", "acme", "has_active_subscription", None, "false"),
        ("organization", "changed", "acme", "trusted_domains", "a.com, b.com", "a.com"),
        ("users", "changed", "ada@example.com", "is_active", "true", "false"),
        ("roles", "changed", "Workspace Developer", "level", "workspace", "project"),
        (
            *("roles", "changed", "Workspace Developer", "permissions"),
            *('{"stack":["read"],"pipeline":[]}', '{"stack":["read","delete"]}'),
        ),
    ]


def test_copies_counts_and_volatile_values_give_rows_only_on_request() -> None:
    team = {"id": "1", "name": "ds", "member_count": 1, "updated": "2026-10-01T09:00:00Z"}
    before = at(teams=[team], members=[{"user_id": "1", "email": "a@x.org", "role_ids": ["7"]}], me=[ADA])
    after = at(
        teams=[{**team, "member_count": 2, "updated": "2026-10-02T09:00:00Z"}],
        members=[{"user_id": "1", "email": "b@x.org", "role_ids": ["7", "8"]}],
        me=[{**ADA, "id": "2"}],
    )
    assert rows(before, after) == []
    found = {(row[0], row[1], row[3]) for row in rows(before, after, all_columns=True)}
    assert {("teams", "changed", "member_count"), ("teams", "changed", "updated")} < found
    assert {("members", "changed", "email"), ("members", "changed", "role_ids"), ("me", "added", None)} < found


def test_a_service_account_is_reported_once_and_a_newly_listed_account_is_not() -> None:
    bot = {"id": "5", "username": "ci-bot", "is_active": True, "is_service_account": True}
    said = {name: bot[name] for name in ("id", "username", "is_active")}
    before = at(users=[bot], service_accounts=[said])
    after = at(users=[{**bot, "is_active": False}, ADA], service_accounts=[{**said, "is_active": False}])
    assert rows(before, after) == [("service_accounts", "changed", "ci-bot", "is_active", "true", "false")]


def test_an_invitation_is_one_row_and_each_of_its_roles_another() -> None:
    invitation = {"id": "i", "email": "new@example.com", "accepted": False}
    invited = {"invitation_id": "i", "kind": "invitation"}
    lists: dict[str, list[Any]] = {"invitations": [], "members": [], "assignments": []}
    after = {
        "invitations": [invitation],
        "members": [{**invited, "invited_email": "new@example.com"}],
        "assignments": [{**invited, "principal": "new@example.com", "role": ROLE["name"], "role_id": "7"}],
    }
    assert rows(at(**lists), at(**after)) == [
        ("assignments", "added", "new@example.com (invited): Workspace Developer", None, None, None),
        ("invitations", "added", "new@example.com", None, None, None),
    ]
    # If the invitations could not be read, the members show it.
    changes = rows(at(members=[]), at(members=after["members"]))
    assert ("members", "added", "new@example.com (invited)", None, None, None) in changes


def _partly(rows: list[dict[str, Any]]) -> InventoryList:
    gap = Gap("failed", "1 of 2 parts could not be read.", {"2": "failed"})
    return list_of("team_members", rows, complete=False, gap=gap)


@pytest.mark.parametrize("swapped", [False, True])
def test_incomplete_lists_give_unknown_rows_and_no_removed_ones(swapped: bool) -> None:
    mine, theirs = {"team_id": "1", "user_id": "1", "email": "ada@example.com", "team": "ds"}, {"team_id": "2"}
    before, after = at(team_members=[mine, theirs | {"user_id": "2"}]), at(team_members=_partly([mine]))
    found = rows(*((after, before) if swapped else (before, after)))
    assert [item[1] for item in found] == ["unknown", "unknown"]
    assert "1 of 2 parts could not be read." in found[0]
    assert compare(before, after)["key"].tolist()[1] == "team_id=2 user_id=2"


def test_a_truncated_list_is_unknown() -> None:
    cut = list_of("teams", [{"id": "1", "name": "ds"}], complete=False)
    found = rows(at(teams=[{"id": "1", "name": "ds"}, {"id": "2", "name": "ops"}]), at(teams=cut))
    assert found == [
        ("teams", "unknown", None, None, None, "The list is incomplete."),
        ("teams", "unknown", "ops", None, None, None),
    ]


def test_an_unknown_list_is_one_row_and_a_list_that_was_not_requested_is_none() -> None:
    refused = list_of("api_keys", complete=False, gap=Gap("forbidden", "You may not."))
    keys = [{"service_account_id": "1", "id": str(number)} for number in range(50)]
    found = rows(at(api_keys=keys), at(api_keys=refused))
    assert found == [("api_keys", "unknown", None, None, None, "You may not.")]
    assert rows(at(), at()) == []
    assert rows(at(permissions=[]), at()) == [
        ("permissions", "unknown", None, None, None, "The list permissions was not read.")
    ]


def test_a_column_that_only_one_side_has_is_not_comparable() -> None:
    without = {name: value for name, value in ADA.items() if name != "is_active"}
    found = rows(at(users=[ADA]), at(users=[{**without, "email": "ada@example.org"}]))
    assert found == [
        ("users", "changed", "ada@example.org", "email", "ada@example.com", "ada@example.org"),
        ("users", "not comparable", None, "is_active", None, "not sent"),
    ]


def test_different_organizations_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="different organizations"):
        compare(at(), Inventory(organization_id="other", organization_name="other"))


def _history_rows(*moments: Inventory) -> list[tuple[Any, ...]]:
    found = history(moments, {"user_id": ["1"]})
    days = [(found[name] - MORNING).dt.days for name in ("first_seen", "last_seen")]
    return list(zip(found["role"], found["via"], *days, found["current"].astype(object), strict=True))


def _world(days: int, **more: Any) -> Inventory:
    lists = {
        "organization": [],
        "users": [{**ADA, "is_superuser": False}],
        "roles": [ROLE],
        "workspaces": [{"id": "9", "name": "ml-prod"}],
        "teams": [{"id": "3", "name": "ds"}],
        "members": [],
        "team_members": [],
        "assignments": [],
        "invitations": [],
        "service_accounts": [],
    }
    return at(days, **{**lists, **more})


def test_history_has_one_row_per_period() -> None:
    held = {"assignments": [HELD]}
    moments = [_world(0), _world(1, **held), _world(2, **held), _world(3), _world(4, **held), _world(5, **held)]
    name = ROLE["name"]
    assert _history_rows(*moments) == [(name, "direct", 4, 5, True), (name, "direct", 1, 2, False)]
    assert _history_rows(*moments[:4]) == [(name, "direct", 1, 2, False)]


def test_history_follows_renamed_roles_and_distinguishes_paths() -> None:
    team = {"team_id": "3", "role_id": "7", "workspace_id": "9", "team": "ds", "role": ROLE["name"]}
    through = {"assignments": [HELD, team], "team_members": [{"team_id": "3", "user_id": "1"}]}
    renamed = {"roles": [{**ROLE, "name": "Builder"}]}
    found = _history_rows(_world(0, assignments=[HELD]), _world(1, **{**through, **renamed}))
    assert sorted(found) == [("Builder", "direct", 0, 1, True), ("Builder", "team", 1, 1, True)]


def test_an_incomplete_capture_ends_no_period() -> None:
    cut = list_of("assignments", complete=False, gap=Gap("failed", "It failed."))
    before = _world(0, assignments=[HELD])
    name = ROLE["name"]
    assert _history_rows(before, _world(1, assignments=cut), _world(2, assignments=[HELD])) == [
        (name, "direct", 0, 2, True)
    ]
    ((*interval, still),) = _history_rows(before, _world(1, assignments=cut))
    assert interval == [name, "direct", 0, 0]
    assert str(still) == "<NA>"
