"""Inventories read from the sandbox over HTTP: complete, with gaps, and with missing fields."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.inventory.conftest import session_at
from tests.support.editing import Editor, refusal, rewritten, without
from tests.support.sandbox import SandboxProcess
from zenpro_nb import inventory
from zenpro_nb.access import LISTS, Inventory
from zenpro_nb.client import ApiKey, BearerToken, Client
from zenpro_nb.errors import AuthenticationError, ConnectionFailedError, InterruptedReadError, UnknownNameError
from zenpro_nb.frames import dtype_of
from zenpro_nb.security.secret import Secret
from zenpro_nb.session.session import Session

ON_DEMAND = {"permissions", "workspace_users", "workspace_service_accounts", "workspace_projects", "usage"}


@pytest.fixture(scope="module")
def whole(sandbox: SandboxProcess) -> Inventory:
    session = session_at(sandbox.url, ApiKey(sandbox.key))
    current = inventory.fill(session)
    session.close()
    return current


@pytest.fixture(scope="module")
def raw(sandbox: SandboxProcess) -> Any:
    """The response of the API itself."""
    session = session_at(sandbox.url, ApiKey(sandbox.key))
    yield session.client.get
    session.close()


def test_every_list_exists_and_is_typed(whole: Inventory) -> None:
    assert whole.gaps == {}
    assert {name for name, item in whole.items() if not item.is_known} == ON_DEMAND
    for name, item in whole.items():
        assert [column.name for column in LISTS[name].columns] == list(item.frame.columns), name
        for column in LISTS[name].columns:
            wanted, dtype = dtype_of(column.kind), item.frame[column.name].dtype
            assert dtype == wanted or str(dtype) == str(wanted) == "category", (name, column.name)
        if name not in ON_DEMAND:
            assert (item.complete, item.changed) == (True, False), name
            assert whole.started <= item.started <= item.finished <= whole.finished, name  # type: ignore[operator]
            assert not item.frame.duplicated(list(LISTS[name].key)).any(), name


def test_the_rows_are_those_of_the_api(whole: Inventory, raw: Any) -> None:
    org = whole.organization_id
    assert org == raw("/organizations/acme")["id"]
    assert whole.organization.frame["id"].tolist() == [org]
    assert whole.me.frame["id"].tolist() == [raw("/users/me")["id"]]
    expected_ids = {
        (row["user"] or row["team"] or row["invitation"])["id"] for row in raw(f"/organizations/{org}/members")
    }
    members = whole.members.frame
    assert set(members["user_id"].fillna(members["team_id"]).fillna(members["invitation_id"])) == expected_ids
    for name in ("teams", "roles", "service_accounts", "invitations"):
        assert set(whole[name].frame["id"]) == {row["id"] for row in raw(f"/organizations/{org}/{name}")}, name
    assert set(whole.workspaces.frame["id"]) == {row["id"] for row in raw("/workspaces", organization_id=org)}
    in_teams = {
        (team, (row["user"] or row["invitation"])["id"])
        for team in whole.teams.frame["id"]
        for row in raw(f"/teams/{team}/members")
    }
    rows = whole.team_members.frame
    assert set(zip(rows["team_id"], rows["user_id"].fillna(rows["invitation_id"]), strict=True)) == in_teams
    held = {
        (
            row["role"]["id"],
            (row["user"] or row["team"] or row["invitation"])["id"],
            row["workspace_id"],
            row["project_id"],
        )
        for role in whole.roles.frame["id"]
        for row in raw(f"/roles/{role}/assignments")
    }
    rows = whole.assignments.frame.astype(object)
    rows = rows.where(rows.notna(), None)
    who = rows["user_id"].fillna(rows["team_id"]).fillna(rows["invitation_id"])
    assert set(zip(rows["role_id"], who, rows["workspace_id"], rows["project_id"], strict=True)) == held
    keys = {
        (bot, row["id"])
        for bot in whole.service_accounts.frame["id"]
        for row in raw(f"/organizations/{org}/service_accounts/{bot}/api_keys")
    }
    rows = whole.api_keys.frame
    assert set(zip(rows["service_account_id"], rows["id"], strict=True)) == keys
    assert "key" not in rows.columns


def test_names_are_joined_to_ids(whole: Inventory, session: Session) -> None:
    assignments = whole.assignments.frame
    assert set(assignments["kind"]) == {"user", "service-account", "team", "invitation"}
    assert assignments["principal"].notna().all()
    placed = assignments.dropna(subset=["workspace_id"])
    names = dict(zip(whole.workspaces.frame["id"], whole.workspaces.frame["name"], strict=True))
    assert placed["workspace"].tolist() == [names.get(key, key) for key in placed["workspace_id"]]
    teams = dict(zip(whole.teams.frame["id"], whole.teams.frame["name"], strict=True))
    rows = whole.team_members.frame
    assert rows["team"].tolist() == [teams[key] for key in rows["team_id"]]
    roles = dict(zip(whole.roles.frame["id"], whole.roles.frame["name"], strict=True))
    members = whole.members.frame
    assert members["roles"].tolist() == [[roles[key] for key in held] for held in members["role_ids"]]
    bots = set(whole.service_accounts.frame["id"])
    assert set(members["user_id"][members["kind"] == "service-account"]) <= bots


def test_the_users_are_the_accounts_in_the_lists_of_the_organization(whole: Inventory, raw: Any) -> None:
    users = whole.users.frame
    named = {
        key for name in ("members", "team_members", "assignments") for key in whole[name].frame["user_id"].dropna()
    }
    assert users["id"].is_unique
    assert set(users["id"]) == named
    someone = raw(f"/users/{users['id'].iloc[0]}")
    assert users.iloc[0][["email", "is_active", "is_superuser"]].tolist() == [
        someone["email"],
        someone["is_active"],
        someone["is_superuser"],
    ]
    assert whole.users.knows("is_superuser")


def test_a_field_that_was_not_sent_is_unknown_and_a_null_is_a_value(
    session_through_proxy: Session, editor: Editor
) -> None:
    editor.edits[".*/service_accounts/.*/api_keys"] = without("expires_at", "last_rotated")
    editor.edits[".*/members|.*/assignments"] = without("is_superuser")
    current = inventory.fill(session_through_proxy)
    keys = current.api_keys
    assert len(keys) > 0
    assert keys.frame["expires_at"].isna().all()
    assert not keys.knows("expires_at")
    assert not keys.knows("last_rotated")
    assert keys.knows("last_login")
    assert keys.frame["description"].isna().any()
    assert keys.knows("description")
    assert not current.users.knows("is_superuser")
    assert current.users.knows("is_active")
    assert not current.roles.knows("permissions")
    assert current.roles.knows("system_managed")


def test_a_field_missing_in_one_list_of_accounts_is_unknown_for_all(
    session_through_proxy: Session, editor: Editor
) -> None:
    # Some have workspace roles but are not members: they appear only in assignments.
    outsider = "/roles/[^/]*/assignments"
    editor.edits[outsider] = without("company")
    editor.edits[".*/organizations/.*/members|/teams/.*/members"] = rewritten(lambda rows: rows[: len(rows) // 2])
    current = inventory.fill(session_through_proxy)
    assert current.users.frame["company"].notna().any()
    assert not current.users.knows("company")


def test_permissions_in_a_list_of_roles_are_kept(session_through_proxy: Session, editor: Editor) -> None:
    told = [{"resource": "stack", "actions": ["read"]}]
    editor.edits[".*/roles"] = rewritten(lambda rows: [{**row, "permissions": told} for row in rows])
    roles = inventory.fill(session_through_proxy).roles
    assert roles.knows("permissions")
    assert roles.frame["permissions"].tolist() == [told] * len(roles)


@pytest.mark.parametrize(
    ("status", "detail", "reason"),
    [
        (403, "Insufficient permissions", "forbidden"),
        (402, "Not in your plan", "plan"),
        (401, "Token type device_code not allowed for this endpoint", "token"),
        (404, "Not Found", "missing"),
        (500, "Something went wrong", "failed"),
    ],
)
def test_an_unreadable_list_is_a_gap_with_its_reason(
    session_through_proxy: Session, editor: Editor, status: int, detail: str, reason: str
) -> None:
    editor.edits[".*/service_accounts"] = refusal(status, detail)
    current = inventory.fill(session_through_proxy)
    assert {name: gap.reason for name, gap in current.gaps.items()} == {"service_accounts": reason, "api_keys": reason}
    assert not current.service_accounts.is_known
    assert not current.service_accounts.complete
    assert not current.service_accounts.knows("username")
    assert list(current.service_accounts.frame.columns) == [column.name for column in LISTS["service_accounts"].columns]
    assert current.api_keys.gap is not None
    assert not current.api_keys.complete
    assert current.service_accounts.gap is not None
    assert current.service_accounts.gap.message in current.api_keys.gap.message
    assert current.members.complete
    assert set(current.members.frame["kind"]) >= {"user", "service-account"}


def test_one_team_that_cannot_be_read_is_a_gap_of_that_team(
    whole: Inventory, session_through_proxy: Session, editor: Editor
) -> None:
    broken = whole.teams.frame["id"].iloc[0]
    editor.edits[f"/teams/{broken}/members"] = refusal(500)
    current = inventory.fill(session_through_proxy)
    assert set(current.gaps) == {"team_members", "users"}
    gap = current.team_members.gap
    assert gap is not None
    assert set(gap.parts) == {broken}
    assert f"1 of {len(whole.teams)} parts" in gap.message
    assert not current.team_members.complete
    assert current.team_members.is_known
    assert set(current.team_members.frame["team_id"]) == set(whole.team_members.frame["team_id"]) - {broken}
    assert current.users.gap is not None
    assert set(current.users.gap.parts) == {"team_members"}


def test_unreadable_roles_leave_ids_and_no_assignments(session_through_proxy: Session, editor: Editor) -> None:
    editor.edits[".*/roles"] = refusal(500)
    current = inventory.fill(session_through_proxy)
    assert set(current.gaps) == {"roles", "assignments", "users"}
    assert not current.members.knows("roles")
    assert current.members.knows("role_ids")
    assert current.members.frame["roles"].tolist() == current.members.frame["role_ids"].tolist()


def test_a_person_without_rights_gets_gaps_and_no_error(fresh_sandbox: Any) -> None:
    with_people = fresh_sandbox(users=40)
    admin = session_at(with_people.url, ApiKey(with_people.key))
    member = inventory.fill(admin).roles.frame.set_index("name").loc["Organization Member", "id"]
    client = admin.client
    person = client.request(
        "POST", "/users", params={"username": "nobody@example.com", "password": "correct-horse-9"}
    ).json()
    client.request("POST", f"/roles/{member}/assignments", params={"user_id": person["id"]})  # type: ignore[index]
    form = {"username": "nobody@example.com", "password": "correct-horse-9"}
    token = client.request("POST", "/auth/login", form=form).json()["access_token"]  # type: ignore[index]
    theirs = session_at(with_people.url, BearerToken(Secret(token)))
    current = inventory.fill(theirs, pairs=[("delete", "stack")])
    assert current.me.frame["email"].tolist() == ["nobody@example.com"]
    assert {gap.reason for gap in current.gaps.values()} == {"forbidden"}
    assert {"members", "roles", "assignments", "service_accounts", "api_keys", "permissions"} <= set(current.gaps)
    assert all("administrator" in gap.message for gap in current.gaps.values())
    assert current.roles_allowing("delete", "stack") is None
    admin.close()
    theirs.close()


def test_the_requests_are_counted(whole: Inventory, session_through_proxy: Session, editor: Editor) -> None:
    session_through_proxy.is_sandbox()
    current = inventory.fill(session_through_proxy)
    del editor.request_counts["/server/info"], editor.request_counts["/auth/login"]
    # One more request looks up the name of the organization.
    assert current.requests == sum(editor.request_counts.values()) - editor.request_counts["/organizations"]
    per_thing = len(whole.teams) + len(whole.roles) + len(whole.service_accounts)
    # Four lists with offset and limit need a second request to detect their end.
    assert current.requests == 8 + 4 + per_thing


def test_more_people_take_no_more_requests(fresh_sandbox: Any) -> None:
    large = fresh_sandbox(users=3_000)
    session = session_at(large.url, ApiKey(large.key))
    numbers: list[int] = []
    current = inventory.fill(session, progress=numbers.append)
    per_thing = len(current.teams) + len(current.roles) + len(current.service_accounts)
    assert current.requests == 8 + 4 + per_thing
    assert len(current.users) > 2_000
    assert numbers == sorted(numbers)
    assert numbers[-1] == 8 + per_thing
    session.close()


def test_workspaces_return_their_own_accounts(session: Session, whole: Inventory) -> None:
    current = inventory.fill(session, with_=["workspaces"])
    running = whole.workspaces.frame[
        (whole.workspaces.frame["status"] == "available") & (whole.workspaces.frame["workspace_type"] == "zenml")
    ]
    assert set(current.workspace_users.frame["workspace"]) == set(running["name"])
    assert set(current.workspace_projects.frame["workspace_id"]) == set(running["id"])
    assert current.workspace_service_accounts.frame["external_user_id"].notna().any()
    assert current.workspace_users.frame["external_user_id"].notna().any()
    gap = current.workspace_users.gap
    assert gap is not None
    assert set(gap.parts) == set(whole.workspaces.frame["id"]) - set(running["id"])
    assert gap.reason == "unreachable"


def test_each_pair_is_queried_once(session: Session, raw: Any) -> None:
    pairs = [("delete", "stack"), ("read", "model")]
    inventory.fill(session, pairs=pairs)  # learns the page cap of the server, so each list then takes one request
    current = inventory.fill(session, pairs=pairs)
    route = f"/organizations/{current.organization_id}/roles"
    for action, kind in pairs:
        assert current.roles_allowing(action, kind) == {row["id"] for row in raw(route, action=action, resource=kind)}
    assert current.permissions.complete
    assert inventory.fill(session, pairs=[*pairs, *pairs]).requests == current.requests


def test_a_pair_that_no_role_allows_is_known(session: Session) -> None:
    current = inventory.fill(session, pairs=[("fly", "unicorn")])
    assert current.roles_allowing("fly", "unicorn") == frozenset()


@pytest.mark.parametrize("ignored", [("resource", "action"), ("resource",), ("action",)])
def test_a_server_that_ignores_a_filter_is_detected(
    ignored: tuple[str, ...], session_through_proxy: Session, editor: Editor, sandbox: SandboxProcess
) -> None:
    editor.ignores = ignored
    current = inventory.fill(session_through_proxy, pairs=[("delete", "stack")])
    assert current.roles_allowing("delete", "stack") is None
    assert current.permissions.gap is not None
    assert current.permissions.gap.reason == "ignored"
    assert set(current.permissions.gap.parts) == {"delete:stack"}
    editor.ignores = ()
    inventory_read = inventory.fill(session_through_proxy, pairs=[("delete", "stack")])
    assert inventory_read.roles_allowing("delete", "stack")
    assert inventory_read.permissions.gap is None


def test_a_sandbox_that_ignores_the_filter_is_detected(fresh_sandbox: Any) -> None:
    old = fresh_sandbox(users=40, ignore_role_filter=True)
    session = session_at(old.url, ApiKey(old.key))
    current = inventory.fill(session, pairs=[("delete", "stack"), ("read", "pipeline")])
    assert current.roles_allowing("delete", "stack") is None
    assert current.roles_allowing("read", "pipeline") is None
    session.close()


def test_a_credential_that_is_not_accepted_is_an_error(sandbox: SandboxProcess) -> None:
    session = session_at(sandbox.url, ApiKey("ZENPROKEY_nobody"))
    with pytest.raises(AuthenticationError):
        inventory.fill(session)
    session.close()


def test_an_unreachable_server_is_an_error(fresh_sandbox: Any) -> None:
    ended = fresh_sandbox(users=40)
    session = session_at(ended.url, ApiKey(ended.key))
    inventory.fill(session)
    ended.stop()
    with pytest.raises(ConnectionFailedError):
        inventory.fill(session, pairs=[("read", "stack")])
    session.close()


def test_ctrl_c_ends_it(session_through_proxy: Session, editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt_at_tenth(done: int) -> None:
        if done == 10:
            raise KeyboardInterrupt

    with pytest.raises(InterruptedReadError, match="reads"):
        inventory.fill(session_through_proxy, progress=interrupt_at_tenth)


def test_an_unknown_part_is_refused(session: Session) -> None:
    with pytest.raises(UnknownNameError, match="workspaces"):
        inventory.fill(session, with_=["workspace"])


def test_the_lists_that_others_wait_for_are_requested_first(
    sandbox: SandboxProcess, raw: Any, monkeypatch: Any
) -> None:
    acme = raw("/organizations/acme")["id"]
    awaited = {
        "/workspaces",
        *(f"/organizations/{acme}/{name}" for name in ("members", "roles", "teams", "service_accounts")),
    }
    begun: list[str] = []
    all_begun, lock = threading.Event(), threading.Lock()
    perform = Client._perform

    def performed(client: Client, call: Any) -> Any:
        with lock:
            begun.append(call.path)
            # Each list is sent with a request that detects its end, apart from the members.
            (all_begun.set if sum(path in awaited for path in begun) == 9 else lambda: None)()
        if call.path in awaited:
            assert all_begun.wait(60), "a list that others wait for is requested late"
        return perform(client, call)

    monkeypatch.setattr(Client, "_perform", performed)
    session = session_at(sandbox.url, ApiKey(sandbox.key))
    inventory.fill(session, "acme")
    lists = [path for path in begun if path != "/organizations"]
    assert set(lists[:9]) == awaited
    assert len(lists) > 9
    session.close()
