"""Onboarded users get their roles and teams, with an account, with an invitation, or by single sign-on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal, local_user, prepared
from tests.commands.remaining import organization_id, raw, traces
from tests.support.cutting import Cutter, cutting
from tests.support.sandbox import SandboxProcess
from tests.support.small_plan import runtime_of
from zenpro_nb import query
from zenpro_nb.errors import PartlyDoneError, UnknownNameError, UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources.control_plane import INVITATIONS

NAME = "onboarded"
# The team and the workspace role to assign.
WORDS = ["--role", "Organization Viewer", "--team", NAME, "--grant", f"Workspace Developer@{NAME}"]


@pytest.fixture(scope="module")
def plane(small_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The usual sandbox, with the team and the workspace that people get."""
    with prepared(small_sandbox, tmp_path_factory.mktemp("state")) as zen:
        zen.run("teams", "create", NAME)
        zen.run("workspaces", "create", NAME)
    yield small_sandbox
    small_sandbox.drop()


@pytest.fixture
def name() -> str:
    """The same for all tests of this file: the objects of `plane` have it in their names."""
    return NAME


@pytest.fixture
def labs(plane: SandboxProcess) -> Iterator[Connection]:
    """A superuser in acme-labs, which has seats left and signs its people in by SSO."""
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme-labs") as connection:
        yield connection


@pytest.fixture
def workspace_id(zen: Connection, name: str) -> str:
    return str(zen.run("workspaces", "get", name)["id"].iloc[0])


def test_an_account_gets_missing_roles_and_teams_once(
    zen: Connection, name: str, workspace_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    zen.run("teams", "add", name, "--user", email)
    capsys.readouterr()
    done = zen.run("users", "onboard", email, *WORDS)
    assert list(done["action"]) == ["assign", "assign"]
    assert f"unchanged: {email} in team {name}\n" in capsys.readouterr().err
    assert set(done["outcome"]) == {"done"}
    expected = {f"active {email}", f"team {name}", "Organization Viewer None None"}
    assert traces(zen, email) == expected | {f"Workspace Developer {workspace_id} None"}
    capsys.readouterr()
    assert zen.run("users", "onboard", email, *WORDS).empty
    assert "nothing to do" in capsys.readouterr().err
    # Two workspaces, one of which has the role already: it is named, also if the result is not displayed.
    more = ["--grant", "Workspace Developer@ml-dev", "--grant", f"Workspace Developer@{name}"]
    zen.run("users", "onboard", email, *more)
    assert f"unchanged: {email} as Workspace Developer in {name}\n" in capsys.readouterr().err
    zen.run("users", "onboard", email, *more, "--grant", "Workspace Viewer@ml-dev", "--quiet")
    assert "unchanged" not in capsys.readouterr().err


def test_a_dry_run_says_of_the_email_what_would_happen(
    zen: Connection, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("users", "onboard", f"{name}@x.io", "--dry-run")
    output = capsys.readouterr().err
    assert "an invitation email cannot be recalled" in output
    assert "dry run: nothing was sent" in output
    assert "has been" not in output


def test_a_person_without_an_account_is_invited_with_roles_and_teams(
    zen: Connection, name: str, workspace_id: str, requests: Requests
) -> None:
    email = f"{name}@x.io"
    before = len(requests.writes())
    plan = zen.run("users", "onboard", email, *WORDS, "--dry-run")
    assert list(plan["action"]) == ["invite", "add", "assign"]
    assert plan["parameters"].iloc[1] == {"invitation_id": f"{{invitation of {email}}}"}
    assert len(requests.writes()) == before
    done = zen.run("users", "onboard", email, *WORDS)
    assert list(done["outcome"]) == ["done"] * 3
    (key,) = [item["id"] for item in raw(zen, f"/organizations/{organization_id(zen)}/invitations", email=email)]
    expected = {f"invitation {key}", f"team {name}", "Organization Viewer None None"}
    assert traces(zen, email) == expected | {f"Workspace Developer {workspace_id} None"}
    # The journal contains the requests as sent, without placeholders.
    assert [entry["params"].get("invitation_id") for entry in journal()[-3:]] == [None, key, key]
    assert zen.run("users", "onboard", email.upper(), *WORDS).empty


def test_an_open_invitation_gets_missing_roles_and_teams(zen: Connection, name: str) -> None:
    email = f"{name}@x.io"
    zen.run("invitations", "create", "--email", email, "--role", "Organization Member")
    done = zen.run("users", "onboard", email, "--team", name)
    assert list(done["action"]) == ["add"]
    assert {f"team {name}", "Organization Member None None"} < traces(zen, email)


def test_a_person_with_an_organization_role_gets_no_default_role(zen: Connection, name: str) -> None:
    invited, member = f"{name}.i@x.io", f"{name}.m@x.io"
    zen.run("users", "onboard", invited, "--role", "Organization Viewer")
    zen.run("users", "create", member)
    zen.run("roles", "assign", "Organization Viewer", "--user", member)
    for person in (invited, member):
        plan = zen.run("users", "onboard", person, "--team", name, "--dry-run")
        assert list(plan["action"]) == ["add"]
        chosen = zen.run("users", "onboard", person, "--role", "Organization Member", "--dry-run")
        assert list(chosen["action"]) == ["assign"]


def test_a_person_who_joins_by_single_sign_on_is_looked_up_again(labs: Connection, name: str) -> None:
    """Administrators see no accounts outside the organization: the person is invited and joins by single sign-on."""
    email, admin_email, org, zen = f"{name}@x.io", f"boss@{name}.io", "acme-labs", labs
    zen.run("users", "create", email)
    with local_user(zen, admin_email) as admin:
        zen.run("roles", "assign", "Organization Admin", "--user", admin_email, "--org", org)
        zen.run("teams", "create", name, "--org", org)
        done = admin.run("users", "onboard", email, "--team", name, "--org", org)
    assert list(done["action"]) == ["invite", "add"]
    assert set(done["outcome"]) == {"done"}
    assert done["detail"].iloc[0] == "already has an account and is now a member"
    assert traces(zen, email, org) == {f"active {email}", f"team {name}", "Organization Member None None"}


def test_like_copies_a_colleague_except_organization_admin(zen: Connection, name: str, workspace_id: str) -> None:
    model, email = f"model-{name}@x.io", f"{name}@y.io"
    for item in (model, email):
        zen.run("users", "create", item)
    zen.run("users", "onboard", model, *WORDS)
    zen.run("roles", "assign", "Organization Admin", "--user", model)
    zen.run("users", "onboard", email, "--like", model)
    held = traces(zen, model) - {f"active {model}", "Organization Admin None None"}
    assert traces(zen, email) == held | {f"active {email}"}
    zen.run("users", "offboard", model, email, "--yes")


@pytest.fixture
def cutter(plane: SandboxProcess) -> Iterator[Cutter]:
    with cutting(plane.url) as proxy:
        yield proxy


@pytest.mark.parametrize("mode", ["answer", "request"])
def test_an_invitation_whose_response_is_lost(
    zen: Connection, plane: SandboxProcess, cutter: Cutter, name: str, mode: str
) -> None:
    email = f"{name}@x.io"
    cutter.lose("POST", "/invitations", mode)
    with zenpro_nb.connect(url=cutter.url, api_key=plane.key, organization="acme") as far:
        if mode == "answer":
            assert set(far.run("users", "onboard", email, *WORDS)["outcome"]) == {"done"}
        else:
            with pytest.raises(PartlyDoneError, match="0 of 3 are done") as caught:
                far.run("users", "onboard", email, *WORDS)
            table: Any = caught.value.outcomes
            assert list(table["outcome"]) == ["not done", "not sent", "not sent"]
            assert "is neither invited nor a member" in table["detail"].iloc[1]
            assert traces(zen, email) == set()
            assert set(far.run("users", "onboard", email, *WORDS)["outcome"]) == {"done"}
    assert len(traces(zen, email)) == 4


def test_invalid_input_is_refused_before_anything_is_sent(zen: Connection, name: str, requests: Requests) -> None:
    before = len(requests.writes())
    email = f"{name}@x.io"
    for line, error, match in (
        ([email, "--grant", "Workspace Developer"], UsageError, "is not a role and its scope"),
        ([email, "--grant", "Organization Viewer@ml-prod"], UsageError, "applies to the whole organization"),
        ([email, "--role", "Workspace Viewer"], UsageError, "organization role"),
        ([email, "--team", "no-such-team"], UnknownNameError, "The team 'no-such-team' does not exist"),
        ([email, "--like", "nobody@nowhere.io"], UnknownNameError, "The user 'nobody@nowhere.io' does not exist"),
        (["No Body"], UnknownNameError, "The user 'No Body' does not exist"),
    ):
        with pytest.raises(error, match=match):
            zen.run("users", "onboard", *line)
    assert len(requests.writes()) == before


def test_a_deactivated_account_is_reported(zen: Connection, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    zen.run("users", "deactivate", email, "--yes")
    zen.run("users", "onboard", email, "--dry-run")
    assert f"Run `zenpro users activate {email}`" in capsys.readouterr().err


def test_pending_invitations_are_those_of_the_filter(zen: Connection, labs: Connection) -> None:
    """Each function is compared with the server's own filter, on invitations of every kind."""
    counts = []
    for connection in (zen, labs):
        session = runtime_of(connection).session
        ids = {"organization_id": query.organization(session).id}
        pending = (INVITATIONS, ids, {"only_pending": True})
        (everything, filtered), _ = query.read_lists(session, (INVITATIONS, ids), pending)
        assert [record for record in everything if query.is_pending(session, record)] == filtered
        counts.append((len(everything), len(filtered)))
    assert any(0 < pending < every for every, pending in counts)
