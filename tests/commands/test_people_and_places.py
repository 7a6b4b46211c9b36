"""Details of single commands for organizations, users, teams, invitations and service accounts."""

from __future__ import annotations

from typing import Any

import pytest

import zenpro_nb
from tests.commands.conftest import PASSWORD, Requests, journal, local_user
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import (
    BadRequestError,
    CredentialError,
    PlanLimitError,
    SaveError,
    UnknownNameError,
    UsageError,
    ZenProError,
)
from zenpro_nb.frontends.connection import Connection


def test_an_update_of_nothing_is_refused(zen: Connection, name: str, requests: Requests) -> None:
    zen.run("teams", "create", name)
    before = len(requests.writes())
    for words in (["teams", "update", name], ["me", "update"], ["users", "update", "grace@example.com"]):
        with pytest.raises(UsageError, match="There is nothing to change"):
            zen.run(*words)
    with pytest.raises(UsageError, match="requires --version"):
        zen.run("workspaces", "update", "ml-prod", "--force")
    assert len(requests.writes()) == before


def test_trusted_domains_are_replaced_cleared_and_left(zen: Connection, name: str) -> None:
    zen.run("organizations", "create", name, "--trusted-domain", "a.io", "--trusted-domain", "b.io")
    assert zen.run("organizations", "get", name)["trusted_domains"].iloc[0] == ["a.io", "b.io"]
    frame = zen.run("organizations", "update", name, "--description", "x")
    assert frame["trusted_domains"].iloc[0] == ["a.io", "b.io"]
    frame = zen.run("organizations", "update", name, "--no-trusted-domains")
    assert list(frame["trusted_domains"].iloc[0]) == []
    with pytest.raises(UsageError, match="cannot be combined with"):
        zen.run("organizations", "update", name, "--no-trusted-domains", "--trusted-domain", "a.io")


def test_trial_and_entitlements(zen: Connection, name: str) -> None:
    assert len(zen.run("organizations", "trial")) == 1
    zen.run("organizations", "create", name)
    frame = zen.run("organizations", "entitlement", "pipeline", "schedule", "--org", name)
    assert frame.set_index("feature")["allowed"].to_dict() == {"pipeline": True, "schedule": False}
    assert frame["reason"].notna().tolist() == [False, True]
    with pytest.raises(PlanLimitError):
        zen.run("service-accounts", "create", name, "--org", name)
    assert journal()[-1]["outcome"] == "refused"


def test_a_password_is_typed_twice(zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZENPRO_NEW_PASSWORD")
    with pytest.raises(CredentialError, match="ZENPRO_NEW_PASSWORD"):
        zen.run("users", "create", name)
    typed = iter(["one-word-typed", "another-word"])
    monkeypatch.setattr(zen._ui, "ask_secret", lambda prompt, variable: next(typed))
    with pytest.raises(UsageError, match="two entries differ"):
        zen.run("users", "create", name)
    typed = iter([PASSWORD, PASSWORD])
    assert zen.run("users", "create", name)["username"].iloc[0] == name


def test_activating_and_deactivating(zen: Connection, name: str) -> None:
    with local_user(zen, f"{name}@x.io") as person:
        assert not person.run("me").empty
        zen.run("users", "update", f"{name}@x.io", "--inactive", "--yes")
        with pytest.raises(ZenProError):
            person.run("me")
        zen.run("users", "activate", f"{name}@x.io")
        assert not person.run("me").empty


def test_deleting_an_object_that_does_not_exist(zen: Connection, name: str, requests: Requests) -> None:
    zen.run("teams", "create", name)
    key = zen.run("teams", "get", name)["id"].iloc[0]
    zen.run("teams", "delete", name, "--yes")
    before = len(requests.writes())
    # A known ID is checked again before anything is sent.
    for removals in (name, key):
        with pytest.raises(UnknownNameError):
            zen.run("teams", "delete", removals, "--yes")
    assert len(requests.writes()) == before
    assert journal()[-1]["outcome"] == "done"


def test_invitations_need_a_role_of_the_organization(zen: Connection, name: str, requests: Requests) -> None:
    before = len(requests.writes())
    with pytest.raises(UsageError, match="users onboard EMAIL --grant 'Workspace Viewer@WORKSPACE'"):
        zen.run("invitations", "create", "--email", f"{name}@x.io", "--role", "Workspace Viewer")
    with pytest.raises(UsageError, match="not an email address"):
        zen.run("invitations", "create", "--email", "x.io", "--role", "Organization Member")
    assert len(requests.writes()) == before


def test_with_single_sign_on_an_account_becomes_a_member_immediately(
    zen: Connection, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("users", "create", f"{name}@x.io")
    words = ("--role", "Organization Member", "--org", "acme-labs")
    zen.run("invitations", "create", "--email", f"{name}@x.io", *words)
    assert "already has an account and is now a member" in capsys.readouterr().err
    assert f"{name}@x.io" in set(zen.run("members", "--org", "acme-labs")["email"])
    assert f"{name}@x.io" not in set(zen.run("invitations", "--only-pending", "--org", "acme-labs")["email"])
    zen.run("invitations", "create", "--email", f"new-{name}@x.io", *words)
    assert "is now a member" not in capsys.readouterr().err
    assert f"new-{name}@x.io" in set(zen.run("invitations", "--only-pending", "--org", "acme-labs")["email"])


def test_revoking_invitations(zen: Connection, name: str) -> None:
    emails = [f"{name}-{number}@x.io" for number in range(3)]
    zen.run("invitations", "create", "--emails", emails, "--role", "Organization Member")
    frame = zen.run("invitations", "revoke", *emails, "--yes")
    assert list(frame["outcome"]) == ["done"] * 3
    assert not set(emails) & set(zen.run("invitations", "--only-pending")["email"])


def test_removing_a_member_keeps_roles_below(zen: Connection, name: str) -> None:
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    zen.run("workspaces", "create", name)
    zen.run("roles", "assign", "Organization Member", "--user", email)
    zen.run("roles", "assign", "Workspace Viewer", "--user", email, "--workspace", name)
    assert zen.run("members", "remove", email, "--yes")["outcome"].iloc[0] == "done"
    assert email not in set(zen.run("members")["email"])
    assert list(zen.run("workspaces", "members", name)["email"]) == [email]
    assert zen.run("members", "remove", email, "--yes")["outcome"].iloc[0] == "already"


def test_service_accounts_and_their_keys(zen: Connection, name: str) -> None:
    zen.run("service-accounts", "create", name, "--description", "builds")
    assert zen.run("service-accounts", "get", name)["description"].iloc[0] == "builds"
    zen.run("service-accounts", "deactivate", name, "--yes")
    assert not zen.run("service-accounts", "get", name)["is_active"].iloc[0]
    zen.run("service-accounts", "activate", name)
    with pytest.raises(UsageError, match="--org requires --service-account"):
        zen.run("api-keys", "create", "x", "--org", "acme", "--reveal")
    with pytest.raises(UnknownNameError, match="List them with `zenpro api-keys`"):
        zen.run("api-keys", "delete", "nothing", "--service-account", name, "--yes")
    with pytest.raises(UsageError, match="not a duration"):
        zen.run("api-keys", "create", "x", "--expires-in", "soon", "--reveal")
    frame = zen.run("api-keys", "create", "x", "--expires-in", "2w", "--service-account", name, "--reveal", "--dry-run")
    assert frame["body"].iloc[0]["expires_in_minutes"] == 14 * 24 * 60


def test_a_rename_that_the_server_ignored_is_reported(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("workspaces", "create", name)
    original: Any = type(zen.client).request

    def request(self: Any, method: str, path: str, **arguments: Any) -> Any:
        if method == "PATCH":
            arguments["json"] = {"display_name": arguments["json"]["name"]}
        return original(self, method, path, **arguments)

    monkeypatch.setattr(type(zen.client), "request", request)
    zen.run("workspaces", "rename", name, f"{name}-b")
    assert f"kept the name {name}" in capsys.readouterr().err


def test_old_servers_know_tenants_only(fresh_sandbox: Any, name: str) -> None:
    old: SandboxProcess = fresh_sandbox(legacy=True, lifecycle_seconds=0)
    with zenpro_nb.connect(url=old.url, api_key=old.key, organization="acme") as zen:
        frame = zen.run("workspaces", "create", name, "--wait")
        assert frame["status"].iloc[0] == "available"
        assert zen.run("workspaces", "validate", name)["usable"].iloc[0] == False  # noqa: E712 - a nullable boolean
        zen.run("workspaces", "update", name, "--description", "old")
        assert zen.run("workspaces", "members", name).empty
        where = ("--user", "alan@example.com", "--workspace", name)
        zen.run("roles", "assign", "Workspace Viewer", *where)
        assert len(zen.run("assignments", "--workspace", name)) == 1
        zen.run("roles", "revoke", "Workspace Viewer", *where, "--yes")
        zen.run("workspaces", "delete", name, "--yes", "--wait")


def test_messages_of_the_server_are_shown(zen: Connection, name: str) -> None:
    zen.run("workspaces", "create", name)
    with pytest.raises(BadRequestError, match="Unknown ZenML version"):
        zen.run("workspaces", "update", name, "--version", "9.9.9")


def test_permissions_are_those_of_one_organization(zen: Connection, name: str) -> None:
    other = zen.run("organizations", "create", name)["id"].iloc[0]
    mine, theirs = zen.run("permissions"), zen.run("permissions", "--org", name)
    assert set(theirs["organization_id"]) == {other}
    assert other not in set(mine["organization_id"])
    assert mine["organization_id"].nunique() == 1
    assert theirs.attrs["zenpro"]["filters"] == {"organization_id": other}


def test_access_to_workspaces(zen: Connection, name: str) -> None:
    zen.run("workspaces", "create", name)
    assert zen.run("permissions", "check", name)["allowed"].all()
    with local_user(zen, f"{name}@x.io") as stranger:
        key = zen.run("workspaces", "get", name)["id"].iloc[0]
        with pytest.raises(UnknownNameError):
            stranger.run("permissions", "check", key)
        # The workspace is already known, as after `use workspace`: access is still checked.
        stranger._session.names.remember("workspaces", [(name, key)])
        closed = stranger.run("permissions", "check", key)
        assert closed["allowed"].tolist() == [False]
        assert "not authorized" in closed["reason"].iloc[0]


def test_releases_of_one_service(zen: Connection) -> None:
    assert zen.run("releases", "--service", "zenml")["version"].iloc[0] == "0.98.0"


def test_created_objects_are_completed_immediately(zen: Connection, name: str) -> None:
    zen.run("teams", "create", name)
    assert name in zen._session.names.of("teams")


def test_a_team_of_another_organization_is_not_found_by_its_id(zen: Connection, name: str) -> None:
    zen.run("teams", "create", name)
    key = zen.run("teams", "get", name)["id"].iloc[0]
    assert len(zen.run("teams", "members", key, "--org", "acme")) == 0
    for words in (["members", key], ["delete", key, "--yes"]):
        with pytest.raises(UnknownNameError, match=r"^The team .* does not exist"):
            zen.run("teams", *words, "--org", "acme-labs")
    assert key in set(zen.run("teams")["id"])


def test_a_file_that_could_not_be_written_is_refused_before_anything_is_read(
    zen: Connection, requests: Requests
) -> None:
    zen.run("members", "--limit", "1")
    requests.clear()
    with pytest.raises(SaveError, match="Cannot tell the file format"):
        zen.run("members", "--save", "members.docx")
    assert requests == []
