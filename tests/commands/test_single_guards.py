"""The guards of single writes and of `undo` protect the last administrator and the caller, unless overridden."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal, local_user
from tests.support.sandbox import SandboxProcess
from zenpro_nb.access.plans.effects import effects_of
from zenpro_nb.commands.tool.form import write_commands
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import BlockedError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources.routes import ROUTES, Route
from zenpro_nb.ui.protocol import TerminalUI

ADMIN = "Organization Admin"


@pytest.fixture
def org(zen: Connection, plane: SandboxProcess, name: str) -> Iterator[Connection]:
    """An organization of the test's own, whose only administrator is ada, a superuser: the caller."""
    zen.run("organizations", "create", name)
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization=name) as connection:
        yield connection


def person(org: Connection, name: str, *roles: str) -> str:
    email = f"{name}@x.io"
    org.run("users", "create", email)
    for role in roles:
        org.run("roles", "assign", role, "--user", email)
    return email


def admins(org: Connection) -> int:
    found = org.run("assignments", ADMIN)
    return int(found["user_id"].notna().sum())


def by_role(org: Connection, email: str, name: str) -> list[str]:
    return ["roles", "revoke", ADMIN, "--user", email]


def by_membership(org: Connection, email: str, name: str) -> list[str]:
    return ["members", "remove", email]


def by_account(org: Connection, email: str, name: str) -> list[str]:
    return ["users", "deactivate", email]


def by_update(org: Connection, email: str, name: str) -> list[str]:
    return ["users", "update", email, "--inactive"]


def by_deletion(org: Connection, email: str, name: str) -> list[str]:
    return ["users", "delete", email]


def _team(org: Connection, email: str, name: str) -> None:
    org.run("teams", "create", name)
    org.run("teams", "add", name, "--user", email)
    org.run("roles", "assign", ADMIN, "--team", name)
    org.run("roles", "revoke", ADMIN, "--user", email, "--yes")


def by_team(org: Connection, email: str, name: str) -> list[str]:
    _team(org, email, name)
    return ["teams", "remove", name, "--user", email]


def by_team_deletion(org: Connection, email: str, name: str) -> list[str]:
    _team(org, email, name)
    return ["teams", "delete", name]


def by_role_of_team(org: Connection, email: str, name: str) -> list[str]:
    _team(org, email, name)
    return ["roles", "revoke", ADMIN, "--team", name]


WAYS = [
    by_role,
    by_membership,
    by_account,
    by_update,
    by_deletion,
    by_team,
    by_team_deletion,
    by_role_of_team,
]


@pytest.mark.parametrize("way", WAYS)
def test_an_administrator_stays(
    way: Callable[[Connection, str, str], list[str]],
    org: Connection,
    name: str,
    requests: Requests,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    questions: list[str] = []
    monkeypatch.setattr(TerminalUI, "confirm", lambda self, question: bool(questions.append(question)))
    monkeypatch.setattr(TerminalUI, "ask", lambda self, question: str(questions.append(question)))
    line = way(org, person(org, name, "Organization Member", ADMIN), name)
    before = len(requests.writes())
    # Two are there, and two must stay: `--yes` overrides nothing.
    with pytest.raises(BlockedError, match=r"admins: 1 of 2 active users would remain .*--min-org-admins 1"):
        org.run(*line, "--yes")
    assert len(requests.writes()) == before
    assert org.run(*line, "--dry-run")["method"].tolist() != []
    # The option overrides the guard, and the question shows what is removed.
    with pytest.raises(zenpro_nb.ConfirmationError):
        org.run(*line, "--min-org-admins", "1")
    assert f"Caution: only 1 administrator would remain in {name}." in questions[0]
    assert len(requests.writes()) == before
    org.run(*line, "--min-org-admins", "1", "--yes")
    assert len(requests.writes()) == before + 1


def test_the_last_administrator_is_named(
    org: Connection, name: str, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[str] = []
    monkeypatch.setattr(TerminalUI, "confirm", lambda self, question: bool(questions.append(question)))
    me = org.run("me")["email"].iloc[0]
    line = ["roles", "revoke", ADMIN, "--user", me]
    before = len(requests.writes())
    with pytest.raises(BlockedError, match="--min-org-admins 0"):
        org.run(*line, "--allow-self", "--yes")
    with pytest.raises(BlockedError, match="--allow-self"):
        org.run(*line, "--min-org-admins", "0", "--yes")
    with pytest.raises(zenpro_nb.ConfirmationError):
        org.run(*line, "--min-org-admins", "0", "--allow-self")
    assert "this is you" in questions[0]
    assert "the last administrator" in questions[0]
    assert len(requests.writes()) == before


def test_nobody_removes_themselves_by_mistake(org: Connection, plane: SandboxProcess, name: str) -> None:
    """A caller who is neither superuser nor the last administrator: every way to lose their own permissions."""
    for extra in ("a", "b"):
        person(org, f"{name}-{extra}", "Organization Member", ADMIN)
    email = f"{name}-me@x.io"
    with local_user(org, email) as first:
        org.run("roles", "assign", ADMIN, "--user", email)
        with zenpro_nb.connect(url=plane.url, token=token_of(first), organization=name) as me:
            for line in (
                ["roles", "revoke", ADMIN, "--user", email],
                ["members", "remove", email],
                ["users", "deactivate", email],
                ["users", "delete", email],
            ):
                with pytest.raises(BlockedError, match=r"self: You would .*--allow-self"):
                    me.run(*line, "--yes")
            # The same through a team; another admin role makes it harmless.
            me.run("teams", "create", name)
            me.run("teams", "add", name, "--user", email)
            me.run("roles", "assign", ADMIN, "--team", name)
            assert me.run("roles", "revoke", ADMIN, "--user", email, "--yes")["outcome"].tolist() == ["done"]
            for line in (
                ["teams", "remove", name, "--user", email],
                ["teams", "delete", name],
                ["roles", "revoke", ADMIN, "--team", name],
            ):
                with pytest.raises(BlockedError, match=r"self: You would .*--allow-self"):
                    me.run(*line, "--yes")
            # An undo revokes like a command.
            command_id = next(
                item["command_id"] for item in journal() if item["command"].startswith(f"teams add {name}")
            )
            with pytest.raises(BlockedError, match=r"self: You would .*--allow-self"):
                me.run("undo", command_id, "--yes")
            me.run("teams", "remove", name, "--user", email, "--yes", "--allow-self")


def token_of(connection: Connection) -> str:
    return str(connection.client.bearer().reveal())


def test_a_workspace_keeps_its_caller_too(org: Connection, plane: SandboxProcess, name: str) -> None:
    email = f"{name}-me@x.io"
    org.run("workspaces", "create", name)
    with local_user(org, email) as first:
        org.run("roles", "assign", "Organization Viewer", "--user", email)
        org.run("roles", "assign", "Workspace Admin", "--user", email, "--workspace", name)
        with zenpro_nb.connect(url=plane.url, token=token_of(first), organization=name) as me:
            line = ["roles", "revoke", "Workspace Admin", "--user", email, "--workspace", name]
            with pytest.raises(BlockedError, match=f"self: You would no longer administer {name}"):
                me.run(*line, "--yes")


def test_undo_is_judged_as_one(org: Connection, name: str, requests: Requests) -> None:
    """Undoing the assignment of the second administrator leaves one; undoing an exchange leaves as many as before."""
    email = person(org, name, "Organization Member")
    org.run("roles", "assign", ADMIN, "--user", email)
    before = len(requests.writes())
    with pytest.raises(BlockedError, match="admins: "):
        org.run("undo", "--yes")
    assert len(requests.writes()) == before
    assert org.run("undo", "--yes", "--min-org-admins", "1")["outcome"].tolist() == ["done"]


def test_others_cost_one_read(org: Connection, name: str, requests: Requests) -> None:
    email = person(org, name, "Organization Member")
    org.run("workspaces", "create", name)
    org.run("roles", "assign", "Workspace Viewer", "--user", email, "--workspace", name)
    line = ["Workspace Viewer", "--user", email, "--workspace", name]
    sent = len(requests)
    org.run("roles", "assign", *line, "--dry-run")
    look_ups = sorted(requests[sent:])
    sent = len(requests)
    org.run("roles", "revoke", *line, "--dry-run")
    assert sorted(requests[sent:]) == sorted([*look_ups, ("GET", "/users/me")])


# `effects_of` derives from the request what a DELETE, PATCH or PUT can remove. These take nothing from anybody's
# roles or account; a new route stands in one of the two.
TAKES = {
    "DELETE /organizations/{organization_id}/members",
    "DELETE /organizations/{organization_id}/service_accounts/{service_account_id}",
    "PATCH /organizations/{organization_id}/service_accounts/{service_account_id}",
    "PUT /organizations/{organization_id}/service_accounts/{service_account_id}",
    "DELETE /roles/{role_id}",
    "DELETE /roles/{role_id}/assignments",
    "DELETE /teams/{team_id}",
    "DELETE /teams/{team_id}/members",
    "DELETE /users/{user_id}",
    "DELETE /workspaces/{workspace_id}/members",
    "PATCH /users/me",
    "PATCH /users/{user_id}",
}
HARMLESS = {
    "/organizations/{organization_id}": "the whole organization, by its typed name, or its name and description",
    "/organizations/{organization_id}/invitations/{invitation_id}": "who is invited administers nothing yet",
    "/roles/{role_id}": "the permissions of a role of one's own, which is no administrator's",
    "/teams/{team_id}": "its name and description",
    "/workspaces": "workspaces, not roles",
    "/workspaces/{workspace_id}": "the workspace itself",
    "/workspaces/{workspace_id}/deploy": "the server of the workspace",
    "/workspaces/{workspace_id}/deactivate": "the server of the workspace",
    "/workspace_status": "for the servers of workspaces",
    "/rbac/resources": "for the servers of workspaces",
    "/devices/{device_id}": "a login, which can be repeated",
    "/devices/verify": "a login",
}
KEYS = "/api_keys/"  # a key is one way to sign in of several; the command warns about the one in use
CANNOT = {"users activate", "me update", "service-accounts update", "service-accounts activate"}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method in ("DELETE", "PATCH", "PUT")], ids=str)
def test_every_route_is_guarded_or_known_to_revoke_nothing(route: Route) -> None:
    path = re.sub(r"\{\w+\}", "1", route.path)
    params = {"user_id": "1", "role_id": "2"}
    found = list(effects_of(0, route.method, path, params, {"is_active": False, "is_superuser": False}))
    takes = f"{route.method} {route.path}" in TAKES
    assert bool(found) is takes
    assert all(item.does == "remove" for item in found)
    is_known = takes or KEYS in f"{route.path}/" or route.path in HARMLESS
    assert is_known, f"Enter {route.path} in TAKES or HARMLESS of this module, with its reason."


def test_every_command_that_revokes_has_the_overrides() -> None:
    for words, command in write_commands(tree):
        uses = {f"{route.method} {route.path}" for route in ROUTES if " ".join(words) in route.commands}
        if uses & TAKES and " ".join(words) not in CANNOT:
            options = {param.name for param in command.params}
            line = " ".join(words)
            assert {"allow_self", "min_org_admins"} <= options, (
                f"{line!r} revokes access: declare it with guarded=True."
            )
