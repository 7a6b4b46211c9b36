"""A list that lacks rows is not a success in a shell: it exits with 4, unless that is allowed."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import Client, across_servers
from zenpro_nb.errors import PermissionDeniedError, ServerError
from zenpro_nb.frontends.cli import main
from zenpro_nb.workspaces import many

RUNS = ("runs", "--project", "all", "--limit", "3", "--format", "json")
Ran = Callable[..., tuple[Any, list[dict[str, Any]], str]]


@pytest.fixture
def ran(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ran:
    """``ran("users")`` gives the exit code, the rows on stdout, and what is on stderr."""
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")

    def run(*words: str) -> tuple[Any, list[dict[str, Any]], str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        output = capsys.readouterr()
        return ended.value.code, json.loads(output.out or "[]"), output.err

    return run


@pytest.fixture(scope="module")
def stopped_workspaces(sandbox: SandboxProcess) -> list[str]:
    """The names of the workspaces in acme that somebody has stopped."""
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as zen:
        workspaces = zen.run("workspaces")
    return sorted(workspaces[workspaces["status"] == "deactivated"]["name"])


@pytest.fixture
def failing_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server of the first workspace fail."""
    monkeypatch.setattr(many, "across_servers", partial(_answers, first=ServerError("Lost connection")))


@pytest.fixture
def all_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every server answer, including the one of the sandbox that fails on purpose."""
    monkeypatch.setattr(many, "across_servers", _answers)


def _answers(calls: list[Callable[[], Any]], progress: Any = None, first: Exception | None = None) -> list[Any]:
    results = across_servers(calls, progress)
    works = next(result for result in results if not isinstance(result, Exception))
    answers = [works if isinstance(result, Exception) else result for result in results]
    return answers if first is None else [first, *answers[1:]]


@pytest.mark.usefixtures("failing_server")
def test_a_workspace_that_does_not_respond_makes_the_list_incomplete(ran: Ran) -> None:
    code, rows, output = ran(*RUNS, "--workspace", "all")
    assert (code, len(rows)) == (4, 3)
    assert "1 workspace is missing from the result: " in output
    assert ": Lost connection. Repeat the command for it: `zenpro runs " in output


@pytest.mark.usefixtures("failing_server")
def test_incomplete_results_can_be_allowed(ran: Ran) -> None:
    code, rows, output = ran(*RUNS, "--workspace", "all", "--allow-partial")
    assert (code, len(rows)) == (0, 3)
    assert "missing from the result" in output


@pytest.mark.usefixtures("all_answer")
def test_a_stopped_workspace_is_named_and_nothing_is_missing(ran: Ran, stopped_workspaces: list[str]) -> None:
    code, rows, output = ran(*RUNS, "--workspace", "all")
    assert (code, len(rows)) == (0, 3)
    left_out = next(line for line in output.splitlines() if line.startswith("skipped because they are not running: "))
    assert stopped_workspaces
    assert all(name in left_out for name in stopped_workspaces)


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``unreadable("teams")`` lets the server refuse the caller every list of this route."""
    perform = Client._perform

    def refuse(noun: str) -> None:
        def perform_or_deny(client: Client, call: Any) -> Any:
            if call.path.endswith(f"/{noun}"):
                raise PermissionDeniedError("You cannot read this list", status=403)
            return perform(client, call)

        monkeypatch.setattr(Client, "_perform", perform_or_deny)

    return refuse


def test_an_audit_that_reads_every_list_is_complete(ran: Ran) -> None:
    code, rows, output = ran("audit", "--format", "json")
    assert (code, bool(rows)) == (0, True)
    assert "some checks have no result" not in output


def test_an_audit_with_a_list_that_cannot_be_read_is_incomplete(ran: Ran, unreadable: Callable[[str], None]) -> None:
    unreadable("invitations")
    code, rows, output = ran("audit", "--format", "json")
    assert "warning: some checks have no result: invitations: You cannot read this list" in output
    assert code == 4
    assert "unknown" in {row["status"] for row in rows}
    assert ran("audit", "--allow-partial", "--format", "json")[0] == 0
    # A check that does not need the list is decided.
    assert ran("audit", "--check", "team-of-one", "--format", "json")[0] == 0


def test_a_plan_names_what_it_could_not_compare(
    ran: Callable[..., Any], unreadable: Callable[[str], None], tmp_path: Path, sandbox: SandboxProcess
) -> None:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as zen:
        member = str(zen.run("teams", "members", "Platform")["email"].iloc[0])
    file = tmp_path / "access.yaml"
    file.write_text(f"zenpro: 1\norganization: acme\nteams:\n  Platform:\n    members: [{member}]\n")
    code, plan, output = ran("plan", str(file), "--format", "json")
    assert (code, plan["steps"], "could not be compared" in output) == (0, [], False)
    unreadable("invitations")
    code, plan, output = ran("plan", str(file), "--format", "json")
    assert (
        "warning: invitations could not be compared: additions may already exist, and removals are blocked. You "
        in output
    )
    assert "nothing to do, as far as the lists could be compared: acme already matches the desired state" in output
    assert (code, plan["steps"]) == (4, [])
    unreadable("members")
    code, plan, output = ran("plan", str(file), "--format", "json")
    assert "warning: team members could not be compared: additions may already exist" in output
    assert (code, [step["does"] for step in plan["steps"]]) == (4, ["add"])
    file.write_text(file.read_text().replace(member, "nobody@example.com"))
    code, _, output = ran("plan", str(file))
    assert "could be read, so it is unknown whether one is called 'nobody@example.com'" in output
    assert code == 2


def test_findings_take_precedence_over_gaps_and_failures_over_findings(
    ran: Ran, unreadable: Callable[[str], None]
) -> None:
    """If several apply, the first of 2, 1, 3, 4 counts."""
    unreadable("invitations")
    assert ran("audit", "--fail-on", "low", "--format", "json")[0] == 3
    assert ran("audit", "--fail-on", "low", "--save", "/no/such/folder/audit.csv")[0] == 1
    assert ran("audit", "--fail-on", "never")[0] == 2


def test_a_list_of_the_organization_that_cannot_be_read_makes_access_incomplete(
    ran: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zenpro_nb.access.missing", lambda inventory: ["roles: could not be read"])
    code, rows, output = ran("access", "ada@example.com", "--format", "json")
    assert "warning: roles: could not be read" in output
    assert (code, bool(rows)) == (4, True)


@pytest.mark.parametrize(
    "line",
    [
        "usage --by workspace",
        "audit --with workspaces",
        "audit --check role-unused --usage 30d",
        "users --idle 30d",
        "runs --workspace all --limit 1",
        "reviews create {name} --with workspaces",
    ],
)
def test_workspaces_that_cannot_respond_are_named_and_others_are_missing(
    ran: Ran, line: str, stopped_workspaces: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    perform, refused = Client._perform, "/workspace/ml-prod"

    def perform_or_fail(client: Client, call: Any) -> Any:
        if client.url.endswith(refused):
            raise ServerError("Lost connection", status=503)
        return perform(client, call)

    code, _, output = ran(*line.format(name="resting").split(), "--format", "json")
    assert all(name in output for name in stopped_workspaces)
    assert code == 0
    monkeypatch.setattr(Client, "_perform", perform_or_fail)
    code, _, output = ran(*line.format(name="lost").split(), "--format", "json")
    assert "ml-prod" in output
    assert code == 4
