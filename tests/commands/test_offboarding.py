"""Offboarded users keep nothing, whatever interrupts the command: checked with the raw API, not by messages."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal, local_user, prepared
from tests.commands.remaining import PROJECT, traces
from tests.support.cutting import Cutter, cutting
from tests.support.faults import Fault, spoiling
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import Client
from zenpro_nb.errors import BlockedError, ConfirmationError, PartlyDoneError, UnknownNameError, UsageError, ZenProError
from zenpro_nb.frontends.connection import Connection

SETTLED = "settled"
EMAIL = f"{SETTLED}@x.io"


@pytest.fixture(scope="module")
def plane(small_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The usual sandbox, with a person who has an invitation, two teams, and roles of each level."""
    with prepared(small_sandbox, tmp_path_factory.mktemp("state")) as zen:
        zen.run("users", "create", EMAIL)
        zen.run("workspaces", "create", SETTLED)
        for team in (f"{SETTLED}-a", f"{SETTLED}-b"):
            zen.run("teams", "create", team)
            zen.run("teams", "add", team, "--user", EMAIL)
        zen.run("invitations", "create", "--email", EMAIL, "--role", "Organization Member")
        for role in ("Organization Member", "Organization Viewer"):
            zen.run("roles", "assign", role, "--user", EMAIL)
        zen.run("roles", "assign", "Workspace Developer", "--user", EMAIL, "--workspace", SETTLED)
        project = ("--workspace", SETTLED, "--project", PROJECT)
        zen.run("roles", "assign", "Project Viewer", "--user", EMAIL, *project)
    yield small_sandbox
    small_sandbox.drop()


ORDER = ["deactivate", "withdraw", "remove", "remove", "revoke", "revoke", "leave"]


@pytest.fixture
def cutter(plane: SandboxProcess) -> Iterator[Cutter]:
    with cutting(plane.url) as proxy:
        yield proxy


@pytest.fixture
def far(cutter: Cutter, plane: SandboxProcess) -> Iterator[Connection]:
    """Give a connection to the same server through the proxy."""
    with zenpro_nb.connect(url=cutter.url, api_key=plane.key, organization="acme") as connection:
        yield connection


def test_everything_is_revoked_in_order_and_a_second_run_does_nothing(
    zen: Connection, requests: Requests, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(traces(zen, EMAIL)) == 8
    before = len(requests.writes())
    plan = zen.run("users", "offboard", EMAIL, "--dry-run")
    assert list(plan["action"]) == ORDER
    assert list(plan["step"]) == list(range(1, 8))
    assert plan["blocked_reason"].isna().all()
    assert plan.attrs["zenpro"]["summary"] == "1 person leaves the organization"
    assert len(requests.writes()) == before
    capsys.readouterr()
    done = zen.run("users", "offboard", EMAIL, "--yes")
    assert list(done["action"]) == ORDER
    assert set(done["outcome"]) == {"done"}
    action_of = dict(zip(zip(done["method"], done["route"], strict=True), done["action"], strict=True))
    assert [action_of[request] for request in requests.writes()[before:]] == ORDER
    assert traces(zen, EMAIL) == set()
    output = capsys.readouterr().err
    assert "done: 7 changes" in output
    assert output.count("Not visible to zenpro: personal access tokens") == 1
    assert [entry["outcome"] for entry in journal()[-7:]] == ["done"] * 7
    sent = len(requests.writes())
    assert zen.run("users", "offboard", EMAIL, "--yes").empty
    assert "nothing to do" in capsys.readouterr().err
    assert len(requests.writes()) == sent


def test_the_plan_is_shown_and_asked_for(
    zen: Connection, requests: Requests, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(requests.writes())
    questions: list[str] = []
    monkeypatch.setattr(zen._ui, "confirm", lambda question: bool(questions.append(question)))
    with pytest.raises(ConfirmationError, match="Nothing was sent"):
        zen.run("users", "offboard", EMAIL)
    assert questions == [f"1 person leaves the organization. Offboard {EMAIL} from acme: 7 changes, in this order?"]
    output = capsys.readouterr().out
    assert output.index("deactivate") < output.index("withdraw") < output.index("leave")
    assert len(requests.writes()) == before


def test_several_people_from_the_column_of_a_frame(zen: Connection, name: str) -> None:
    emails = [f"{name}-{number}@x.io" for number in range(3)]
    for email in emails:
        zen.run("users", "create", email)
        zen.run("roles", "assign", "Organization Member", "--user", email)
    zen.run("invitations", "create", "--email", f"new-{name}@x.io", "--role", "Organization Member")
    done = zen.run("users", "offboard", [*emails, f"New-{name}@x.io"], "--yes")
    assert list(done["principal"]) == [email for email in emails for _ in range(2)] + [f"new-{name}@x.io"]
    assert [traces(zen, email) for email in (*emails, f"new-{name}@x.io")] == [set()] * 4


@pytest.mark.parametrize(
    ("method", "ending", "mode"),
    [
        pytest.param("PATCH", "", "answer", id="deactivation-answer"),
        pytest.param("PATCH", "", "request", id="deactivation-request", marks=pytest.mark.slow),
        pytest.param("DELETE", "/members", "answer", id="team-answer", marks=pytest.mark.slow),
        pytest.param("DELETE", "/members", "request", id="team-request", marks=pytest.mark.slow),
        pytest.param("DELETE", "/assignments", "answer", id="role-answer", marks=pytest.mark.slow),
        pytest.param("DELETE", "/assignments", "request", id="role-request"),
    ],
)
def test_a_lost_answer_in_the_middle(
    far: Connection, zen: Connection, cutter: Cutter, method: str, ending: str, mode: str
) -> None:
    cutter.lose(method, ending, mode)
    if mode == "answer":
        done = far.run("users", "offboard", EMAIL, "--yes")
        assert set(done["outcome"]) == {"done"}
        assert done["detail"].str.contains("the response was lost; a check shows that it is done").sum() == 1
    else:
        with pytest.raises(PartlyDoneError, match="6 of 7 are done") as caught:
            far.run("users", "offboard", EMAIL, "--yes")
        table: Any = caught.value.outcomes
        assert sorted(table["outcome"]) == ["done"] * 6 + ["not done"]
        again = far.run("users", "offboard", EMAIL, "--yes")
        assert list(again["outcome"]) == ["done"]
    assert cutter.cut
    assert traces(zen, EMAIL) == set()


def test_a_server_error_at_one_step_does_not_stop_the_others(plane: SandboxProcess, zen: Connection) -> None:
    with spoiling(plane.url) as spoiler:
        spoiler.arm(Fault("500 before", forward=False, status=500), "answers")
        with (
            zenpro_nb.connect(url=spoiler.url, api_key=plane.key, organization="acme") as behind,
            pytest.raises(PartlyDoneError, match="6 of 7 are done"),
        ):
            behind.run("users", "offboard", EMAIL, "--yes")
    assert traces(zen, EMAIL) == {f"active {EMAIL}"}
    zen.run("users", "offboard", EMAIL, "--yes")
    assert traces(zen, EMAIL) == set()


def test_a_caller_without_permission_to_deactivate_does_the_other_steps(zen: Connection, name: str) -> None:
    with local_user(zen, f"admin-{name}@x.io") as admin:
        zen.run("roles", "assign", "Organization Admin", "--user", f"admin-{name}@x.io")
        with pytest.raises(PartlyDoneError, match=f"6 of 7 are done; not done: user {EMAIL}") as caught:
            admin.run("users", "offboard", EMAIL, "--yes")
        table: Any = caught.value.outcomes
        assert list(table["outcome"]) == ["refused", *["done"] * 6]
        assert "403" in table["detail"].iloc[0] or "superuser" in table["detail"].iloc[0].lower()
        assert traces(zen, EMAIL) == {f"active {EMAIL}"}
        # A person in none of the caller's organizations is invisible: the journal shows that it is not a typo.
        again = admin.run("users", "offboard", EMAIL, "--yes")
        assert list(again["outcome"]) == ["skipped"]
        assert "already offboarded: no account or invitation has this email in acme" in again["detail"].iloc[0]
        with pytest.raises(UnknownNameError, match=f"{EMAIL[1:]}' does not exist"):  # only a part of that email
            admin.run("users", "offboard", EMAIL[1:], "--yes")
    zen.run("users", "offboard", f"admin-{name}@x.io", "--yes")


def test_a_member_of_another_organization_stays_active_without_all_orgs(
    zen: Connection, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    zen.run("organizations", "create", name)
    zen.run("roles", "assign", "Organization Member", "--user", EMAIL, "--org", name)
    done = zen.run("users", "offboard", EMAIL, "--yes")
    # This step is impossible here: the others continue, the command succeeds, and its last line reports what is open.
    assert list(done["outcome"]) == ["skipped", *["done"] * 6]
    assert f"also a member of {name}; `zenpro users offboard {EMAIL} --all-orgs`" in done["detail"].iloc[0]
    output = capsys.readouterr().err
    still_open = (
        f"warning: still open: {EMAIL} stays active in {name}; "
        f"`zenpro users offboard {EMAIL} --all-orgs` completes the offboarding"
    )
    assert output.splitlines()[-1] == still_open
    assert output.count("also a member of") == 0
    assert zen.run("users", "offboard", EMAIL, "--yes")["outcome"].tolist() == ["skipped"]
    again = capsys.readouterr().err.splitlines()
    assert "nothing to do" in again  # without "their accounts are deactivated"
    assert again[-1] == still_open
    assert traces(zen, EMAIL) == {f"active {EMAIL}"}
    assert traces(zen, EMAIL, name) == {f"active {EMAIL}", "Organization Member None None"}
    everywhere = zen.run("users", "offboard", EMAIL, "--all-orgs", "--yes")
    assert list(everywhere["action"]) == ["deactivate", "leave"]
    assert traces(zen, EMAIL, name) == set()
    with pytest.raises(UsageError, match="--org cannot be combined with --all-orgs"):
        zen.run("users", "offboard", EMAIL, "--all-orgs", "--org", "acme")


def test_remaining_access_is_named(zen: Connection, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    email = f"{name}@x.io"
    with local_user(zen, email) as person:
        zen.run("roles", "assign", "Organization Admin", "--user", email)
        person.run("workspaces", "create", name)
    plan = zen.run("users", "offboard", email, "--dry-run")
    assert f"Ask {email}: `zenpro users impact {email}` lists the questions." in capsys.readouterr().err
    row = plan[plan["target"] == f"workspace {name}"].iloc[0]
    assert (row["action"], row["skipped_reason"]) == ("stays", "keeps its owner until you name another one")
    done = zen.run("users", "offboard", email, "--yes")
    assert list(done.loc[done["target"] == f"workspace {name}", "outcome"]) == ["skipped"]
    still_open = (
        f"still open: workspace {name} keeps its owner until you name another one: "
        f"`zenpro workspaces update {name} --owner COLLEAGUE`"
    )
    assert still_open in capsys.readouterr().err
    # Nobody can ask a person whose account is deactivated.
    zen.run("roles", "assign", "Organization Member", "--user", email)
    zen.run("users", "offboard", email, "--dry-run")
    assert f"\n`zenpro users impact {email}` lists the questions about what no API shows.\n" in capsys.readouterr().err
    zen.run("undo", "--yes")


def test_the_last_administrator_stays(zen: Connection, name: str, requests: Requests) -> None:
    zen.run("organizations", "create", name)
    team, inactive, last = f"{name}-admins", f"inactive-{name}@x.io", f"{name}@x.io"
    zen.run("users", "create", last)
    zen.run("users", "create", inactive)
    zen.run("teams", "create", team, "--org", name)
    zen.run("teams", "add", team, "--user", last, "--user", inactive, "--org", name)
    zen.run("roles", "assign", "Organization Admin", "--team", team, "--org", name)
    zen.run("users", "deactivate", inactive, "--yes")
    me = zen.run("me")["email"].iloc[0]
    zen.run("members", "remove", me, "--org", name, "--allow-self", "--min-org-admins", "1", "--yes")
    before = len(requests.writes())
    words = ("users", "offboard", last, "--org", name)
    with pytest.raises(BlockedError, match=r"0 of 1 active user would remain .*--min-org-admins 0") as caught:
        zen.run(*words, "--yes")
    # Each step that revokes the role is blocked.
    assert set(caught.value.rows["guard"]) == {"admins"}  # type: ignore[index]
    assert len(requests.writes()) == before
    # An account that cannot sign in does not count as an administrator.
    assert list(zen.run("users", "offboard", inactive, "--org", name, "--dry-run")["action"]) == ["remove"]
    zen.run("roles", "assign", "Organization Admin", "--user", "grace@example.com", "--org", name)
    with pytest.raises(BlockedError, match="--min-org-admins 1"):
        zen.run(*words, "--yes")
    assert not zen.run(*words, "--min-org-admins", "1", "--dry-run").empty


def test_nobody_offboards_themselves_by_mistake(zen: Connection, requests: Requests) -> None:
    me = zen.run("me")["email"].iloc[0]
    before = len(requests.writes())
    with pytest.raises(BlockedError, match="--allow-self"):
        zen.run("users", "offboard", me, "--yes")
    plan = zen.run("users", "offboard", me, "--allow-self", "--min-org-admins", "0", "--dry-run")
    assert plan["action"].iloc[0] == "deactivate"
    assert len(requests.writes()) == before


def test_unknown_names(zen: Connection, requests: Requests) -> None:
    before = len(requests.writes())
    for words, match in (
        (["kathrine@example.com"], "Did you mean"),
        (["No Body"], "The user 'No Body' does not exist"),
        (["nobody@nowhere.io"], "The user 'nobody@nowhere.io' does not exist"),
        (["nobody@nowhere.io", "--all-orgs"], "The user 'nobody@nowhere.io' does not exist"),
        ([EMAIL, "kathrine@example.com", "nobody@nowhere.io"], "2 of 3 users do not exist .*nobody@"),
        (["ci-bot"], "not a user"),
    ):
        with pytest.raises((UnknownNameError, UsageError), match=match):
            zen.run("users", "offboard", *words, "--yes")
    assert len(requests.writes()) == before


def test_each_list_is_read_once(zen: Connection, plane: SandboxProcess, name: str, requests: Requests) -> None:
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    zen.run("roles", "assign", "Organization Member", "--user", email)
    acme = zen.run("organizations").set_index("name").loc["acme", "id"]
    requests.clear()
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as fresh:
        fresh.run("users", "offboard", email, "--dry-run")
    times = Counter(path for _, path in requests if not path.startswith("/api/v1/"))
    # A list with offset and limit takes a second request to detect its end. One organization is found by its name, and
    # all of them are listed.
    assert times.pop("/organizations") == 4
    paged = {"/workspaces", *(f"/organizations/{acme}/{name}" for name in ("roles", "teams", "service_accounts"))}
    assert {path for path, number in times.items() if number > 1} == paged
    assert {times[path] for path in paged} == {2}
    # The person has no user in any workspace, so no project is read.
    inside = {path.removeprefix("/api/v1/") for _, path in requests if path.startswith("/api/v1/")}
    assert inside == {"users", "projects", "service_connectors"}


def test_assignments_and_workspaces_are_read_while_the_members_are_awaited(
    plane: SandboxProcess, name: str, zen: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = f"{name}@x.io"
    zen.run("users", "create", email)
    zen.run("roles", "assign", "Organization Member", "--user", email)
    acme = zen.run("organizations").set_index("name").loc["acme", "id"]
    assignments, users = threading.Event(), threading.Event()
    perform = Client._perform

    def performed(client: Client, call: Any) -> Any:
        (assignments.set if call.path.endswith("/assignments") else lambda: None)()
        (users.set if call.path == "/api/v1/users" else lambda: None)()
        if call.path == f"/organizations/{acme}/members":
            assert assignments.wait(60), "the assignments of a role are requested after the members arrive"
            assert users.wait(60), "a workspace is read after the members arrive"
        return perform(client, call)

    monkeypatch.setattr(Client, "_perform", performed)
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as fresh:
        assert list(fresh.run("users", "offboard", email, "--dry-run")["action"]) == ["deactivate", "leave"]


def test_nothing_is_done_if_memberships_cannot_be_read(zen: Connection, name: str, requests: Requests) -> None:
    with local_user(zen, f"poor-{name}@x.io") as poor:
        zen.run("roles", "assign", "Organization Member", "--user", f"poor-{name}@x.io")
        before = len(requests.writes())
        with pytest.raises(ZenProError, match=r"are incomplete \(members, .*403"):
            poor.run("users", "offboard", EMAIL, "--yes")
        assert len(requests.writes()) == before
    assert len(traces(zen, EMAIL)) == 8
