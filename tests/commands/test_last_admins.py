"""The last administrator of an organization leaves: each message names the command that comes next."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest

from tests.commands.conftest import prepared
from tests.commands.remaining import traces
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import BlockedError
from zenpro_nb.frontends.connection import Connection

ORG = "last-admins"
LEAVER, HEIR = "last-a@x.io", "last-b@x.io"
ADMIN = "Organization Admin"


@pytest.fixture(scope="module")
def plane(small_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The only administrator of an organization, who owns a workspace there, and a colleague in acme."""
    with prepared(small_sandbox, tmp_path_factory.mktemp("state")) as zen:
        for email in (LEAVER, HEIR):
            zen.run("users", "create", email)
            zen.run("roles", "assign", "Organization Member", "--user", email)
        zen.run("organizations", "create", ORG)
        zen.run("roles", "assign", ADMIN, "--user", LEAVER, "--org", ORG)
        zen.run("workspaces", "create", f"{ORG}-w", "--org", ORG)
        zen.run("workspaces", "update", f"{ORG}-w", "--owner", LEAVER)
        # The creator of an organization is an administrator of it.
        only_one = ("--min-org-admins", "1", "--allow-self", "--yes")
        zen.run("members", "remove", "ada@example.com", "--org", ORG, *only_one)
    yield small_sandbox
    small_sandbox.drop()


def commands(text: str) -> list[list[str]]:
    """Return the commands in a message, without the word zenpro."""
    return [shlex.split(line) for line in re.findall(r"`%?zenpro ([^`]+)`", text)]


def blocked(zen: Connection, *words: str) -> BlockedError:
    with pytest.raises(BlockedError) as caught:
        zen.run(*words, "--yes")
    return caught.value


def test_pasting_what_is_suggested_offboards_the_last_administrator_and_undo_restores_everything(
    zen: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [traces(zen, who, org) for who in (LEAVER, HEIR) for org in ("acme", ORG)]
    done = zen.run("users", "offboard", LEAVER, "--successor", HEIR, "--yes")
    (everywhere,) = commands(done.loc[done["outcome"] == "skipped", "detail"].iloc[0])
    assert everywhere == ["users", "offboard", LEAVER, "--all-orgs", "--successor", HEIR]
    # The workspace in the other organization cannot be handed over: a line has the reason and both commands.
    capsys.readouterr()
    plan = zen.run(*everywhere, "--dry-run")
    reason = plan.loc[plan["target"] == f"workspace {ORG}-w", "skipped_reason"].iloc[0]
    assert reason == f"keeps its owner, because {HEIR} is not a member of {ORG}"
    (line,) = (line for line in capsys.readouterr().err.splitlines() if reason in line)
    assert commands(line) == [
        ["users", "onboard", HEIR, "--org", ORG],
        ["workspaces", "update", f"{ORG}-w", "--owner", HEIR],
    ]
    error = blocked(zen, *everywhere)
    # Nothing else is left to send, so skipping the blocked rows is not suggested; the override comes last.
    assert "--skip-blocked" not in str(error)
    assert error.hint.endswith(f"To leave {ORG} with 0 active Organization Admins instead, add --min-org-admins 0.")
    assign, repeat = commands(error.hint)
    assert assign == ["roles", "assign", ADMIN, "--user", HEIR, "--org", ORG]
    assert repeat == [*everywhere, "--yes", "--min-org-admins", "1"]
    zen.run(*assign)
    plan = zen.run(*repeat)
    assert list(plan["target"])[:2] == [f"workspace {ORG}-w to {HEIR}", f"user {LEAVER}"]
    assert set(plan["outcome"]) == {"done"}
    assert traces(zen, LEAVER) == set() == traces(zen, LEAVER, ORG)
    for _ in range(3):
        zen.run("undo", "--yes")
    assert [traces(zen, who, org) for who in (LEAVER, HEIR) for org in ("acme", ORG)] == before


def test_only_the_rows_of_the_organization_without_administrators_are_blocked(
    zen: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = zen.run("users", "offboard", LEAVER, "--all-orgs", "--dry-run")
    rows = plan[plan["blocked_reason"].notna()]
    assert list(rows["target"]) == [f"user {LEAVER}", f"{LEAVER} as {ADMIN} in {ORG}"]
    assert rows["blocked_reason"].str.contains(f"would remain {ADMIN} of {ORG}").all()
    assert (
        f"First make another active user, such as yourself, {ADMIN} of {ORG}: `zenpro roles" in capsys.readouterr().err
    )
    # Its row in acme could be sent.
    error = blocked(zen, "users", "offboard", LEAVER, "--all-orgs")
    assert "To apply only the other row, add --skip-blocked." in error.hint


@pytest.mark.parametrize(
    "words",
    [
        ("members", "remove", LEAVER, "--org", ORG),
        ("roles", "revoke", ADMIN, "--user", LEAVER, "--org", ORG),
    ],
)
def test_every_command_that_takes_the_last_administrator_names_the_same_remedy(
    zen: Connection, words: tuple[str, ...]
) -> None:
    assign, repeat = commands(blocked(zen, *words).hint)
    assert assign == ["roles", "assign", ADMIN, "--user", "ada@example.com", "--org", ORG]
    assert repeat == [*words, "--yes", "--min-org-admins", "1"]
    zen.run(*(HEIR if word == "ada@example.com" else word for word in assign))
    assert set(zen.run(*repeat)["outcome"]) == {"done"}
    zen.run("undo", "--yes")
    zen.run("undo", "--yes")
