"""Undo shows its steps and asks, finds the command, and names what cannot be restored."""

from __future__ import annotations

from typing import Any

import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal
from tests.commands.undo.conftest import person
from tests.support.sandbox import SandboxProcess
from zenpro_nb.commands.plans.undo import JournalIdType
from zenpro_nb.errors import UnknownNameError, UsageError, ZenProError
from zenpro_nb.framework.writes.results import request_text
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.journal.journal import Entry, Journal
from zenpro_nb.ui.protocol import TerminalUI


def actions_and_targets(frame: Any) -> list[tuple[str, str]]:
    return list(zip(frame["action"], frame["target"], strict=True))


def test_undo_shows_the_steps_and_asks(
    own: Connection, name: str, requests: Requests, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own.run("teams", "add", f"{name}-b", "--user", person(1), "--user", person(2))
    sent = len(requests.writes())
    frame = own.run("undo", "--dry-run")
    # The last one first.
    assert actions_and_targets(frame) == [("remove", f"{person(n)} in team {name}-b") for n in (2, 1)]
    assert frame["method"].tolist() == ["DELETE", "DELETE"]
    assert frame["principal"].tolist() == [person(2), person(1)]
    questions: list[str] = []
    monkeypatch.setattr(TerminalUI, "confirm", lambda self, question: questions.append(question))
    # A later `undo` may mean another command, so the advice names this one.
    with pytest.raises(ZenProError, match=r"Nothing was sent\. Run `zenpro undo \w{12}` to do it later\."):
        own.run("undo")
    assert f"Undo `teams add {name}-b" in questions[0]
    assert questions[0].endswith("UTC in acme: 2 changes?")
    assert len(requests.writes()) == sent


def test_another_command_or_a_single_write_by_its_id(own: Connection, name: str) -> None:
    own.run("teams", "add", f"{name}-b", "--user", person(1), "--user", person(2))
    own.run("teams", "update", f"{name}-a", "--description", "other")
    added = own.run("journal").query("method == 'POST'")
    assert len(own.run("undo", added["command_id"].iloc[0], "--dry-run")) == 2
    item = own.run("undo", added["id"].iloc[0][:12], "--yes")  # the beginning of an ID is enough
    assert actions_and_targets(item) == [("remove", f"{person(2)} in team {name}-b")]
    assert item["principal"].tolist() == [person(2)]
    left = own.run("journal").set_index("id")["undone_by"]
    assert left[added["id"]].notna().tolist() == [True, False]
    assert len(own.run("undo", added["command_id"].iloc[0], "--dry-run")) == 1
    with pytest.raises(UsageError, match="has already been undone"):
        own.run("undo", added["id"].iloc[0])
    with pytest.raises(UnknownNameError, match="No ID in the journal"):
        own.run("undo", "nothing")
    assert set(own.run("journal", "--command-id", added["command_id"].iloc[0])["id"]) == set(added["id"])


def test_commands_of_another_organization_are_not_undone(own: Connection, plane: SandboxProcess, name: str) -> None:
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme-labs") as labs:
        labs.run("teams", "create", f"{name}-x")
    key = journal()[-1]["command_id"]
    there = rf"was run in the organization acme-labs: to undo it, run `zenpro undo {key[:12]} --org acme-labs`"
    with pytest.raises(UsageError, match=f"no command to undo for this server and organization.*{there}"):
        own.run("undo")
    with pytest.raises(UnknownNameError, match=there):
        own.run("undo", key)


def test_the_last_command_of_a_named_organization(own: Connection, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own.run("teams", "create", f"{name}-x", "--org", "acme-labs")
    own.run("teams", "create", f"{name}-y")
    questions: list[str] = []
    monkeypatch.setattr(TerminalUI, "confirm", lambda self, question: questions.append(question) or True)
    own.run("undo", "--org", "acme-labs")
    assert questions[0].endswith(" UTC in acme-labs: 1 change?")
    assert f"{name}-x" not in set(own.run("teams", "--org", "acme-labs")["name"])
    assert f"{name}-y" in set(own.run("teams")["name"])
    with pytest.raises(UsageError, match="no command to undo"):
        own.run("undo", "--org", "acme-labs", "--dry-run")
    own.run("undo")
    assert questions[-1].endswith(" UTC in acme: 1 change?")


def test_a_command_without_an_organization_in_use_is_undone_in_its_organization(
    own: Connection, plane: SandboxProcess, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZENPRO_ORGANIZATION", raising=False)
    with zenpro_nb.connect(url=plane.url, api_key=plane.key) as anywhere:
        anywhere.run("teams", "create", f"{name}-x", "--org", "acme")
        anywhere.run("teams", "create", f"{name}-y", "--org", "acme-labs")
    # The newest command is in another organization.
    own.run("undo", "--yes")
    assert journal()[-1]["command"] == "undo --yes"
    assert f"{name}-x" not in set(own.run("teams")["name"])
    with zenpro_nb.connect(url=plane.url, api_key=plane.key) as anywhere:
        anywhere.run("undo", "--yes")
        assert f"{name}-y" not in set(anywhere.run("teams", "--org", "acme-labs")["name"])


def test_entries_of_older_versions_cannot_be_undone(own: Connection) -> None:
    old = Entry("teams create x", own.client.url, "POST", "/teams", {}, None, "done", organization="acme")
    Journal().append(old)
    with pytest.raises(UsageError, match=r"`zenpro teams create x` cannot be undone: .* written by an older version"):
        own.run("undo", "--yes")


def test_tab_offers_the_ids_of_commands(own: Connection, name: str, requests: Requests) -> None:
    own.run("teams", "update", f"{name}-a", "--description", "other")
    sent = len(requests)
    key = journal()[-1]["command_id"]
    (item,) = JournalIdType().shell_complete(None, None, key[:8])  # type: ignore[arg-type]
    assert (item.value, item.help) == (key, f"teams update {name}-a --description other")
    assert len(requests) == sent


def test_a_form_shows_irreversible_changes() -> None:
    write = Write("DELETE", "/users/1", "user ada", irreversible="a new account would be another one")
    assert request_text(write).endswith("This cannot be undone: a new account would be another one.")


def test_an_irreversible_change_gives_the_reason(own: Connection, name: str, requests: Requests) -> None:
    own.run("users", "create", f"{name}@x.io")
    own.run("users", "delete", f"{name}@x.io", "--yes")
    sent = len(requests.writes())
    with pytest.raises(UsageError, match="cannot be undone: a new account would have no roles"):
        own.run("undo", "--yes")
    assert len(requests.writes()) == sent


def test_an_invitation_is_restored_partly(own: Connection, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    email = f"{name}-new@x.io"
    own.run("invitations", "create", "--email", email, "--role", "Organization Viewer")
    own.run("invitations", "revoke", email, "--yes")
    capsys.readouterr()
    own.run("undo", "--dry-run")
    assert "only partly: a new invitation email is sent" in capsys.readouterr().err
    own.run("undo", "--yes")
    again = own.run("invitations", "--only-pending", "--email", email)
    assert again[["email", "roles"]].values.tolist() == [[email, ["Organization Viewer"]]]
    frame = own.run("undo", "--yes")  # the first invitation, which the new one has replaced
    assert frame["outcome"].tolist() == ["done"]
    assert own.run("invitations", "--only-pending", "--email", email).empty
