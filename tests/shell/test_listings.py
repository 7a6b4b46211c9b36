"""Every listing, over HTTP: declared columns, declared dtypes, full or empty."""

from __future__ import annotations

import os

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from tests.support.command_line import in_process
from zenpro_nb import frames
from zenpro_nb.frames import dtype_of
from zenpro_nb.resources import CONTROL_PLANE, RESOURCES

# Each list of the control plane with a noun, and variants with options.
LISTINGS = {resource.noun: resource.noun for resource in CONTROL_PLANE if not resource.parent} | {
    "orgs": "organizations",
    "users --org acme": "users",
    "teams members Platform": "team-members",
}


@pytest.mark.parametrize(("line", "noun"), LISTINGS.items(), ids=LISTINGS)
def test_declared_columns_and_dtypes(shell: Shell, line: str, noun: str) -> None:
    frame = shell.run(f"%zenpro {line}")
    declared = {column.name: dtype_of(column.kind) for column in RESOURCES[noun].columns}
    assert list(frame.columns)[: len(declared)] == list(declared)
    for name, dtype in declared.items():
        if isinstance(dtype, pd.CategoricalDtype):
            assert isinstance(frame[name].dtype, pd.CategoricalDtype), name
        else:
            assert frame[name].dtype == dtype, name
    assert frame.attrs["zenpro"]["rows"] == len(frame)
    assert frame.attrs["zenpro"]["sandbox"] is True


@pytest.mark.parametrize("line", ["workspaces --workspace-name no-such", "roles --name 'no such'"])
def test_an_empty_list_has_the_same_columns(shell: Shell, line: str) -> None:
    full = shell.run(f"%zenpro {line.split()[0]}")
    empty = shell.run(f"%zenpro {line}")
    assert len(empty) == 0
    assert list(empty.columns) == list(full.columns)
    assert [str(dtype) for dtype in empty.dtypes] == [str(dtype) for dtype in full.dtypes]


@pytest.mark.parametrize("line", ["users", "members", "workspaces", "roles"])
def test_a_limit_that_cuts_makes_a_list_incomplete(shell: Shell, line: str) -> None:
    everything = shell.run(f"%zenpro {line}")
    assert everything.attrs["zenpro"]["complete"] is True
    rows = len(everything)
    cut = shell.run(f"%zenpro {line} --limit {rows - 1}")
    assert (len(cut), cut.attrs["zenpro"]["complete"]) == (rows - 1, False)
    for limit in (rows, rows + 1):
        uncut = shell.run(f"%zenpro {line} --limit {limit}")
        assert (len(uncut), uncut.attrs["zenpro"]["complete"]) == (rows, True)


def test_members_have_kinds_and_role_names(shell: Shell) -> None:
    members = shell.run("%zenpro members")
    assert set(members.kind) >= {"user", "team", "service-account"}
    ada = members[members.email == "ada@example.com"].iloc[0]
    assert "Organization Admin" in ada.roles


def test_assignments_name_all_sides(shell: Shell) -> None:
    assignments = shell.run("%zenpro assignments")
    assert set(assignments.level) == {"organization", "workspace", "project"}
    assert assignments.principal.notna().all()
    of_workspaces = assignments[assignments.level == "workspace"]
    assert of_workspaces.workspace.notna().all()
    assert assignments[assignments.level == "organization"].workspace.isna().all()
    item = shell.run("%zenpro assignments --where principal=Security")
    assert set(item.principal) == {"Security"}
    assert "team:Security" in frames.text(item, 60)
    item = shell.run("%zenpro assignments --role 'Organization Admin'")
    assert "bot:deploy-bot" in frames.text(item, 60)
    assert set(item.role) == {"Organization Admin"}
    assert len(item) == (assignments.role == "Organization Admin").sum()


def test_assignments_of_one_workspace(shell: Shell) -> None:
    assert set(shell.run("%zenpro assignments --workspace ml-prod").workspace) == {"ml-prod"}


def test_keys_of_a_service_account(shell: Shell) -> None:
    bots = shell.run("%zenpro service-accounts")
    shell.run(f"bot = {bots.username[0]!r}")
    keys = shell.run("%zenpro api-keys --service-account $bot")
    assert "key" not in keys.columns
    assert "expires_at" in keys.columns


def test_an_active_key_that_has_expired_is_named(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    keys = shell.run("%zenpro api-keys")
    assert keys.set_index("name").active["expired"]  # as the API says
    assert "1 active key has expired: `expired`\n" in capsys.readouterr().err


def test_workspaces_of_another_organization(shell: Shell) -> None:
    labs = shell.run("%zenpro workspaces --org acme-labs")
    assert set(labs.organization) == {"acme-labs"}


def test_raw_keeps_nested_fields_and_no_secret(shell: Shell) -> None:
    raw = shell.run("%zenpro workspaces --raw")
    assert isinstance(raw.organization[0], dict)
    text = raw.to_json()
    assert "enrollment_key" not in text
    assert "password" not in text.replace("password_expired", "")


def test_forms_of_the_result(shell: Shell) -> None:
    assert shell.run("%zenpro users --limit 2 --as arrow").num_rows == 2
    assert shell.run("%zenpro users --limit 2 --as polars").shape[0] == 2
    assert len(shell.run("%zenpro users --limit 2 --as records")) == 2


def test_use_organization(shell: Shell) -> None:
    shell.run("%zenpro use organization acme-labs")
    assert set(shell.run("%zenpro workspaces").organization) == {"acme-labs"}


def test_any_route(shell: Shell) -> None:
    assert len(shell.run("%zenpro api GET /users")) == len(shell.run("%zenpro users"))
    assert shell.run("%zenpro api GET /users/me --json")["email"] == "ada@example.com"
    assert shell.run("%zenpro api GET /users -q email=ada@example.com").shape[0] == 1


@pytest.mark.parametrize(
    ("line", "organization", "scope"),
    [
        ("users", "acme", "all organizations that you can see, not only acme; --org acme for this one"),
        ("users", None, "all organizations that you can see; --org NAME for one"),
        ("workspaces", None, "all organizations that you can see; --org NAME for one"),
        ("users --org acme", "acme", ""),
        ("workspaces", "acme", ""),
        ("assignments", "acme", ""),
    ],
)
def test_a_list_names_the_organizations_that_it_covers(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, line: str, organization: str | None, scope: str
) -> None:
    if organization is None:
        monkeypatch.delenv("ZENPRO_ORGANIZATION")
    frame = shell.run(f"%zenpro {line} --limit 3")
    facts = frame.attrs["zenpro"]
    assert facts.get("scope", "") == scope
    assert facts.get("organization") == (None if scope else "acme")
    html = shell.ip.display_formatter.format(frame)[0]["text/html"]
    command = in_process([*line.split(), "--limit", "3"], {**os.environ, "COLUMNS": "160"}, terminal=True)
    for display in (html, command.stdout.decode() + command.stderr.decode()):
        assert (f"3 users from {scope} · read ".replace("users", line) if scope else " UTC from acme · ") in display


def test_the_users_of_an_organization_have_no_unknown_fields(shell: Shell) -> None:
    facts = shell.run("%zenpro users --org acme --limit 3").attrs["zenpro"]
    assert facts["route"].endswith("/members")
    assert facts["unknown"] == {}
    in_team = shell.run("%zenpro teams members Platform --limit 3").attrs["zenpro"]["unknown"]
    assert not {"team", "roles"} & set(in_team)
