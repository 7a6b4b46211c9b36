"""A write that changes nothing sends nothing, reports this, and counts as the last command for `undo`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

import pytest

from tests.commands.conftest import Requests, journal, prepared
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import ConflictError, UsageError, ZenProError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Journal
from zenpro_nb.ui.protocol import TerminalUI

NAME = "settled"


@pytest.fixture(scope="module")
def plane(small_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The usual sandbox, with a user who has a role, another one who is deactivated, and a team."""
    with prepared(small_sandbox, tmp_path_factory.mktemp("state")) as zen:
        zen.run("users", "create", f"{NAME}@x.io")
        zen.run("users", "create", f"{NAME}-off@x.io")
        zen.run("users", "deactivate", f"{NAME}-off@x.io", "--yes")
        zen.run("teams", "create", NAME, "--description", "first")
        zen.run("teams", "add", NAME, "--user", f"{NAME}@x.io")
        zen.run("roles", "assign", "Organization Viewer", "--user", f"{NAME}@x.io")
    yield small_sandbox
    small_sandbox.drop()


@pytest.fixture
def name() -> str:
    """The same for all tests of this file: the objects of `plane` have it in their names."""
    return NAME


@pytest.fixture
def own(zen: Connection) -> Connection:
    """A connection to the sandbox with these objects; the journal is empty."""
    return zen


@pytest.fixture
def more(own: Connection, name: str) -> Connection:
    """An object of each other kind, too."""
    own.run("users", "update", f"{name}@x.io", "--name", "Ada")
    own.run("roles", "create", name, "--level", "workspace", "--description", "first", "--permission", "stack:read")
    own.run("service-accounts", "create", name, "--description", "bot")
    own.run("api-keys", "create", "k", "--service-account", name, "--to", "env:ZENPRO_TEST_NO_OPS")
    os.environ.pop("ZENPRO_TEST_NO_OPS")
    own.run("workspaces", "create", name, "--description", "first")
    own.run("invitations", "create", "--email", f"{name}-new@x.io", "--role", "Organization Member")
    own.run("organizations", "update", "acme", "--description", "of these tests")
    Journal().path.unlink()
    return own


NO_OPS = [
    ("users activate NAME@x.io", "already active"),
    ("users deactivate NAME-off@x.io", "already deactivated"),
    ("users update NAME@x.io --active", "already active"),
    ("users update NAME@x.io --name Ada", "already called 'Ada'"),
    ("teams update NAME --name NAME", "already called 'NAME'"),
    ("teams update NAME --description first", "already has this description"),
    ("teams add NAME --user NAME@x.io", "is already in the team"),
    ("teams remove NAME --user NAME-off@x.io", "is not in the team"),
    ("roles update NAME --description first --permission stack:read", "already has this description and permissions"),
    ("roles assign 'Organization Viewer' --user NAME@x.io", "already has the role"),
    ("roles revoke 'Organization Viewer' --user NAME-off@x.io", "does not have the role"),
    ("members remove NAME-off@x.io", "has no organization role to remove"),
    ("service-accounts activate NAME", "already active"),
    ("service-accounts update NAME --description bot", "already has this description"),
    ("api-keys activate k --service-account NAME", "already active"),
    ("workspaces deploy NAME", "already available"),
    ("workspaces rename NAME NAME", "already called 'NAME'"),
    ("workspaces update NAME --description first", "already has this description"),
    ("invitations create --email NAME-new@x.io --role 'Organization Member'", "is already invited"),
    ("organizations update acme --description 'of these tests'", "already has this description"),
]


def test_a_no_op_sends_nothing_and_is_reported(
    more: Connection, name: str, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    for line, why in NO_OPS:
        sent, entries = len(requests.writes()), len(journal())
        capsys.readouterr()
        # Without --yes: a write that changes nothing asks nothing.
        more.run(*shlex.split(line.replace("NAME", name)))
        assert f"{why.replace('NAME', name)}\n" in capsys.readouterr().err, line
        assert len(requests.writes()) == sent, line
        (entry,) = journal()[entries:]
        assert (entry["outcome"], bool(entry["time"])) == ("already", True), line
        more.run(*shlex.split(line.replace("NAME", name)), "--dry-run")
        assert f"nothing would be sent: {why}".replace("NAME", name) in capsys.readouterr().err, line
        assert len(journal()) == entries + 1, line


def test_a_write_with_a_further_change_is_sent(own: Connection, name: str) -> None:
    own.run("teams", "update", name, "--name", name, "--description", "second")
    own.run("teams", "add", name, "--user", f"{name}@x.io", "--user", f"{name}-off@x.io")
    own.run("users", "update", f"{name}@x.io", "--name", "Ada", "--new-password")
    assert [entry["outcome"] for entry in journal()] == ["done", "already", "done", "done"]


def test_a_write_that_became_a_no_op_during_the_question_is_not_sent(
    own: Connection, name: str, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Give two users, one already deactivated; someone activates that one while the question is open."""
    key = own.run("users", "get", f"{name}-off@x.io")["id"].iloc[0]

    def answer(self: TerminalUI, question: str) -> bool:
        own.client.request("PATCH", f"/users/{key}", json={"is_active": True})
        return True

    monkeypatch.setattr(TerminalUI, "confirm", answer)
    with pytest.raises(ZenProError, match="1 of 2 are done") as caught:
        own.run("users", "deactivate", f"{name}-off@x.io", f"{name}@x.io")
    outcomes = caught.value.outcomes  # type: ignore[attr-defined]
    assert outcomes["outcome"].tolist() == ["not sent", "done"]
    assert "run the command again" in outcomes["detail"].iloc[0]


def test_undo_never_skips_a_no_op(own: Connection, name: str, requests: Requests) -> None:
    own.run("teams", "update", name, "--description", "second")
    before = journal()[-1]["command_id"][:12]
    own.run("users", "activate", f"{name}@x.io")
    sent = len(requests.writes())
    for _ in range(2):
        with pytest.raises(UsageError) as caught:
            own.run("undo", "--yes")
        assert str(caught.value) == (
            f"`zenpro users activate {name}@x.io` changed nothing: already active. "
            f"To undo `zenpro teams update {name} --description second` before it: `zenpro undo {before}`. "
            "`zenpro journal` lists all."
        )
    assert len(requests.writes()) == sent
    assert list(own.run("undo", before, "--yes")["outcome"]) == ["done"]


def test_undo_names_a_failure_and_skips_dry_runs_and_refusals(own: Connection, name: str) -> None:
    own.run("teams", "update", name, "--description", "second")
    with pytest.raises(ConflictError):
        own.run("teams", "create", name)
    own.run("teams", "delete", name, "--dry-run")
    with pytest.raises(ZenProError, match="--yes"):
        own.run("teams", "delete", name)
    with pytest.raises(
        UsageError, match=f"`zenpro teams create {name}` changed nothing: refused: .*exists.* `zenpro undo "
    ):
        own.run("undo", "--yes")


def test_a_plan_with_nothing_to_do_is_the_last_command(own: Connection, name: str) -> None:
    own.run("users", "onboard", f"{name}@x.io", "--role", "Organization Viewer", "--team", name)
    assert [(entry["outcome"], entry["detail"]) for entry in journal()] == [("already", "nothing to do")]
    with pytest.raises(
        UsageError, match=r"`zenpro users onboard .*` changed nothing: nothing to do. No earlier command can"
    ):
        own.run("undo", "--yes")


def test_undo_names_irreversible_commands_and_how_to_undo_the_earlier_one(own: Connection, name: str) -> None:
    account, key = f"{name}-bot", ["k", "--service-account", f"{name}-bot", "--to", "env:ZENPRO_TEST_NO_OPS"]
    own.run("service-accounts", "create", account)
    own.run("api-keys", "create", *key)
    Journal().path.unlink()
    own.run("teams", "update", name, "--description", "second")
    before = journal()[-1]["command_id"][:12]
    own.run("api-keys", "rotate", *key, "--yes")
    os.environ.pop("ZENPRO_TEST_NO_OPS")
    for _ in range(2):
        with pytest.raises(UsageError) as caught:
            own.run("undo", "--yes")
        assert str(caught.value) == (
            f"`zenpro api-keys rotate k --service-account {account} --to env:ZENPRO_TEST_NO_OPS --yes` cannot be "
            f"undone: the old value stops working immediately and cannot be restored. "
            f"To undo `zenpro teams update {name} --description second` before it: `zenpro undo {before}`. "
            "`zenpro journal` lists all."
        )


def test_a_dry_run_of_many_writes_repeats_nothing(
    own: Connection, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emails = [word for number in range(12) for word in ("--email", f"{name}-{number}@x.io")]
    own.run("invitations", "create", *emails, "--role", "Organization Member")
    capsys.readouterr()
    own.run("undo", "--dry-run")
    output = capsys.readouterr().err.splitlines()
    (remark,) = [line for line in output if "an invitation email cannot be recalled" in line]
    assert "and 7 more" in remark
    assert len(output) <= 3


def test_all_no_ops_are_checked_again_with_one_read_of_their_list(
    own: Connection, name: str, requests: Requests
) -> None:
    users = [str(email) for email in own.run("users", "--active", "--limit", "6")["email"]]
    line = ["teams", "add", f"{name}-many", *(word for user in users for word in ("--user", user))]
    own.run("teams", "create", f"{name}-many")
    own.run(*line)
    before = len(requests)
    frame = own.run(*line)
    assert set(frame["outcome"]) == {"already"}
    reads = [path for method, path in requests[before:] if path.endswith("/members") and path.startswith("/teams/")]
    assert len(reads) == 2  # one before the question, and one after it
