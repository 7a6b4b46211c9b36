"""In a session that knows its organization, no command waits for more than two requests one after the other."""

from __future__ import annotations

import shlex
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

import zenpro_nb
from tests.support.depth import counted_depth
from tests.support.sandbox import SandboxProcess
from zenpro_nb import limits
from zenpro_nb.access.model.lists import reading_of
from zenpro_nb.errors import NotFoundError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.inventory import build, fetch
from zenpro_nb.resources import Paging
from zenpro_nb.session.session import Session

READS = (
    "users --limit 5",
    "users get ada@example.com",
    "workspaces",
    "workspaces get ml-prod",
    "workspaces members ml-prod",
    "teams",
    "teams get Platform",
    "teams members Platform",
    "members",
    "roles",
    "roles get 'Workspace Developer'",
    "assignments",
    "assignments --role 'Workspace Developer'",
    "assignments --team Platform",
    "assignments --workspace-id ml-prod",
    "invitations",
    "service-accounts",
    "permissions check ml-prod",
    "access ada@example.com",
    "users impact ada@example.com",
    "runs --workspace ml-prod --project churn --limit 5",
    "stacks --workspace ml-prod",
)
DRY_RUNS = (
    "roles assign 'Workspace Developer' --user linus@example.com --workspace ml-staging",
    "roles revoke 'Workspace Developer' --user katherine@example.com --workspace ml-prod",
    "roles create Reader --level workspace --like 'Workspace Viewer'",
    "workspaces create ml-newer",
    "workspaces update ml-dev --description x",
    "teams add Platform --user grace@example.com --user alan@example.com",
    "teams delete Interns",
    "members remove alex.morgan2@example.com",
    "users deactivate linus@example.com",
    "users offboard linus@example.com",
    "teams remove Platform --user grace@example.com",
    "users delete orphan@example.com",
    "roles revoke 'Organization Admin' --user ada@example.com",
    "members remove ada@example.com",
    "users deactivate ada@example.com",
    "invitations create --email new@example.com --role 'Organization Member'",
)


# A third request: the members of the team that is deleted, or of the teams that give the caller their roles.
GUARDED = (
    "teams delete",
    "roles revoke 'Organization Admin'",
    "members remove ada@example.com",
    "users deactivate ada@example.com",
)


# Two more, for a dry run or a question only: the assignments of the admin roles, and the teams that have these.
GAINING = ("teams add",)


# A third one: workspaces, their projects, and the lists of these. All lists of the organization are read meanwhile.
IN_WORKSPACES = ("users offboard", "users impact")


@pytest.fixture
def zen(swift_sandbox: SandboxProcess) -> Iterator[Connection]:
    with zenpro_nb.connect(url=swift_sandbox.url, api_key=swift_sandbox.key, organization="acme") as connection:
        connection.run("teams", "--limit", "1")  # signs in, and finds the organization
        yield connection


@pytest.fixture
def name() -> str:
    return "t-" + uuid.uuid4().hex[:10]


@pytest.mark.parametrize("line", [*READS, *(f"{line} --dry-run" for line in DRY_RUNS)])
def test_no_command_is_more_than_two_requests_deep(zen: Connection, line: str) -> None:
    most = 4 if line.startswith(GAINING) else 3 if line.startswith((*GUARDED, *IN_WORKSPACES)) else 2
    for _ in ("the first time", "again"):
        with counted_depth() as depth:
            zen.run(*shlex.split(line))
        assert 0 < depth.levels <= most, str(depth)


@pytest.mark.parametrize("line", ["teams", "roles", "members", "workspaces", "users --limit 5"])
def test_a_plain_list_is_one_request_deep_once_its_cap_is_known(zen: Connection, line: str) -> None:
    zen.run("users", "--limit", "100")
    with counted_depth() as depth:
        zen.run(*shlex.split(line))
    assert depth.levels == 1, str(depth)


def test_the_assignments_of_known_roles_are_read_together_with_the_roles(zen: Connection, name: str) -> None:
    zen.run("users", "--limit", "100")  # a full page
    first = zen.run("assignments")
    with counted_depth() as depth:
        assert len(zen.run("assignments")) == len(first)
    assert depth.levels == 1, str(depth)
    zen.run("roles", "create", name, "--level", "workspace", "--permission", "pipeline:read")
    zen.run("roles", "assign", name, "--user", "linus@example.com", "--workspace", "ml-prod")
    with counted_depth() as depth:
        frame = zen.run("assignments")
    assert (depth.levels, sum(level == 2 for level, _, _ in depth.requests)) == (2, 1), str(depth)
    assert (frame["role"] == name).sum() == 1
    zen.run("roles", "delete", name, "--yes")
    assert name not in set(zen.run("assignments")["role"])


def test_an_offboarding_everywhere_reads_all_organizations_in_parallel(zen: Connection) -> None:
    """In a new session, their list is requested first; known ones are read at the same time."""
    line = ("users", "offboard", "linus@example.com", "--all-orgs", "--dry-run")
    for most in (4, 3):  # the lists in the projects of their workspaces come last
        with counted_depth() as depth:
            zen.run(*line)
        assert depth.levels <= most, str(depth)


def test_an_offboarding_requests_the_lists_that_others_wait_for_first(
    swift_sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One request more than a server gets at the same time at the beginning would cost all others a round trip."""
    first: list[fetch.Request] = []

    def ask(session: Session, requests: Sequence[fetch.Request], *more: Any, **options: Any) -> list[fetch.Answer]:
        first.extend(requests)
        return fetch.ask(session, requests, *more, **options)

    monkeypatch.setattr(build, "ask", ask)
    with (
        zenpro_nb.connect(url=swift_sandbox.url, api_key=swift_sandbox.key, organization="acme") as new,
        counted_depth() as depth,
    ):
        new.run("users", "offboard", "linus@example.com", "--dry-run")
    assert {request.source.name for request in first} == {"members", "workspaces", "roles", "teams"}
    # A list with offset and limit takes a second request to detect its end.
    paged = [request for request in first if reading_of(request.source.name).paging is Paging.OFFSET]
    assert len(first) + len(paged) <= limits.WINDOW_START
    # The same applies to a workspace with two projects, whose lists come last.
    inside = [(level, path) for level, _, path in depth.requests if path.startswith("/api/v1/")]
    last = {path for level, path in inside if level == max(inside)[0]}
    assert 2 * len(last) <= limits.WINDOW_START, str(depth)
    assert depth.levels <= 4, str(depth)


def test_a_new_session_sends_its_first_write_after_three_requests(swift_sandbox: SandboxProcess) -> None:
    """The organization, the names, and the current state; the kind of the server is not requested alone."""
    role = ("roles", "assign", "Workspace Viewer", "--user", "grace@example.com", "--workspace", "ml-staging")
    for line in (role, ("undo", "--yes")):
        with (
            zenpro_nb.connect(url=swift_sandbox.url, api_key=swift_sandbox.key, organization="acme") as new,
            counted_depth() as depth,
        ):
            new.run(*line)
        assert depth.levels == 4, str(depth)
        assert [level for level, method, _ in depth.requests if method != "GET"] == [4]


def test_the_organization_is_requested_once_per_session(zen: Connection) -> None:
    with counted_depth() as depth:
        zen.run("roles", "--limit", "1")
        zen.run("teams", "create", "never", "--dry-run")
    assert [path for _, _, path in depth.requests if path == "/organizations"] == []


def test_a_read_looks_the_organization_up_again_where_the_server_does_not_know_its_id(
    zen: Connection, swift_sandbox: SandboxProcess, name: str
) -> None:
    """Another client deletes an organization and creates one with the same name."""
    zen.run("organizations", "create", name)
    with zenpro_nb.connect(url=swift_sandbox.url, api_key=swift_sandbox.key, organization=name) as other:
        old = other.run("teams").attrs["zenpro"]["route"]
        zen.run("organizations", "delete", name, "--yes")
        with pytest.raises(NotFoundError):
            other.client.get(old)
        zen.run("organizations", "create", name)
        new = other.run("teams").attrs["zenpro"]["route"]
    assert new != old
