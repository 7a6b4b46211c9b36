"""Reported outcomes match the object itself: conflicts, deletions, and the access that a user keeps."""

from __future__ import annotations

import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal, local_user
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import ConflictError, NotFoundError, UsageError
from zenpro_nb.framework.writes.checks import Created, contradicts, is_gone
from zenpro_nb.frontends.connection import Connection


def test_a_conflicting_invitation_names_the_role_of_the_existing_one(zen: Connection, name: str) -> None:
    email = f"{name}@x.io"
    zen.run("invitations", "create", "--email", email, "--role", "Organization Member")
    sent = len(journal())
    for more in ((), ("--dry-run",)):
        with pytest.raises(ConflictError, match="is already invited, as Organization Member") as caught:
            zen.run("invitations", "create", "--email", email, "--role", "Organization Viewer", *more)
        assert f"`zenpro users onboard {email} --role 'Organization Viewer'`" in str(caught.value)
    assert len(journal()) == sent, "it is known before sending"
    zen.run("invitations", "create", "--email", email, "--role", "Organization Member")
    assert journal()[-1]["outcome"] == "already"


def test_remaining_access_of_a_removed_member_is_shown_before_and_after(
    zen: Connection, plane: SandboxProcess, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    # A separate organization, because only some of the many teams in the shared one are read.
    zen.run("organizations", "create", name)
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization=name) as own:
        own.run("workspaces", "create", name)
        own.run("roles", "assign", "Organization Member", "--user", email)
        own.run("roles", "assign", "Workspace Developer", "--user", email, "--workspace", name)
        own.run("teams", "create", name)
        own.run("teams", "add", name, "--user", email)
        capsys.readouterr()
        kept = f"keeps: Workspace Developer in {name}, team {name} (`zenpro users offboard` revokes everything)"
        own.run("members", "remove", email, "--dry-run")
        assert kept in capsys.readouterr().err
        own.run("members", "remove", email, "--yes")
        assert kept.replace("`zenpro ", "`") in journal()[-1]["detail"]
        assert kept in capsys.readouterr().err
        own.run("users", "deactivate", email, "--yes")
        assert kept.replace("`zenpro ", "`") in journal()[-1]["detail"]


def test_remains_of_a_deleted_account_are_shown(zen: Connection, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    email = f"{name}@x.io"
    with local_user(zen, email) as person:
        zen.run("roles", "assign", "Organization Admin", "--user", email)
        person.run("workspaces", "create", name)
    zen.run("invitations", "create", "--email", f"{name}-2@x.io", "--role", "Organization Member")
    zen.run("users", "create", f"{name}-2@x.io")
    capsys.readouterr()
    zen.run("users", "delete", email, "--dry-run")
    assert f"leaves: workspace {name} (`zenpro users offboard`" in capsys.readouterr().err
    zen.run("users", "delete", f"{name}-2@x.io", "--dry-run")
    assert "leaves: an open invitation (`zenpro users offboard`" in capsys.readouterr().err


def test_a_value_that_is_spelled_as_an_option_is_refused(zen: Connection, name: str, requests: Requests) -> None:
    before = len(requests.writes())
    with pytest.raises(UsageError, match=r"--description needs a value, but --dry-run is an option.*=--dry-run"):
        zen.run("teams", "create", name, "--description", "--dry-run")
    assert len(requests.writes()) == before
    frame = zen.run("teams", "create", name, "--description=--dry-run")
    assert frame["description"].iloc[0] == "--dry-run"


@pytest.mark.parametrize("value", [" --dry-run --out Vision", "ops --dry-run"])
def test_a_dry_run_inside_quotes_is_refused(zen: Connection, name: str, requests: Requests, value: str) -> None:
    before = len(requests.writes())
    with pytest.raises(UsageError, match="--dry-run is inside the quotes of the value"):
        zen.run("service-accounts", "create", value)
    with pytest.raises(UsageError, match="--dry-run is inside the quotes of the value"):
        zen.run("teams", "create", name, "--description", value)
    assert len(requests.writes()) == before
    frame = zen.run("teams", "create", name, f"--description=Try {value}")
    assert frame["description"].iloc[0] == f"Try {value}"


def test_only_a_new_id_with_the_requested_fields_is_accepted() -> None:
    there: list[dict[str, object]] = [{"id": "1", "name": "ops", "description": "old"}]
    look = Created(lambda: there, lambda record: record["name"] == "ops", {"name": "ops", "description": "new"})
    look.snapshot()
    assert look() is False
    there.append({"id": "2", "name": "ops", "description": "of somebody else"})
    assert look() is None
    there.append({"id": "3", "name": "ops", "description": "new"})
    assert look() == there[2]
    there.append({"id": "4", "name": "ops"})
    assert look() is None, "two that could be it"
    assert contradicts(there[0], {"description": "new"})


def test_without_a_snapshot_the_outcome_is_unknown() -> None:
    seen: list[dict[str, object]] = []

    def read() -> list[dict[str, object]]:
        if not seen:
            raise NotFoundError("no list")
        return seen

    look = Created(read, lambda record: True, {})
    look.snapshot()
    seen.append({"id": "1"})
    assert look() is None


def test_a_404_of_a_gateway_is_not_a_deletion(zen: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    session = zen._session

    def answer(path: str, **params: object) -> object:
        raise NotFoundError("default backend - 404", status=404, from_api=False)

    monkeypatch.setattr(session.client, "get", answer)
    assert is_gone(session, "/teams/1")() is None
