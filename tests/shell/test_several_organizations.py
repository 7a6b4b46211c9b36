"""A credential that sees two organizations: each suggested command names the organization that it needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess


@pytest.fixture
def environment(sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Without an organization in use."""
    monkeypatch.chdir(tmp_path)
    kept = {name: value for name, value in os.environ.items() if name != "ZENPRO_ORGANIZATION"}
    return {**kept, "ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key}


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        # The line names an organization, and so do the commands in its hint.
        ("users --org acme-labs --group-by company", "Use `zenpro users --org acme-labs --by company`."),
        ("diff 30d --org acme-labs", "`zenpro captures create --org acme-labs`"),
        ("diff 30d --org=acme-labs", "`zenpro docs captures`"),
        # No organization is in use: the first one that is visible, or the one in which the names exist.
        ("offboard linus@example.com", "Use `zenpro users offboard linus@example.com --org acme`."),
        (
            "users onboard new@example.com --workspace ml-prod",
            "`zenpro users onboard new@example.com --grant 'Workspace Viewer@ml-prod' --org acme`",
        ),
        (
            "teams add linus@example.com platform",
            "Use `zenpro teams add Platform --user linus@example.com --org acme`.",
        ),
        ("roles assign", "`zenpro roles assign ROLE --org acme`"),
        # Commands without an organization stay as they are.
        ("use acme", "Use `zenpro use organization acme`."),
        ("doctr", "Did you mean 'doctor'? Use `zenpro doctor`."),
    ],
)
def test_a_hint_names_the_organization(environment: dict[str, str], line: str, answer: str) -> None:
    assert answer in in_process(line.split(" "), environment).stderr.decode()


def test_the_organization_in_use_is_not_repeated(environment: dict[str, str]) -> None:
    output = in_process(["offboard", "linus@example.com"], {**environment, "ZENPRO_ORGANIZATION": "acme"}).stderr
    assert "Use `zenpro users offboard linus@example.com`." in output.decode()


def test_a_message_names_the_organization(environment: dict[str, str]) -> None:
    line = ["reviews", "create", "q4", "--org", "acme", "--workspace", "ml-dev"]
    output = in_process(line, environment, terminal=True).stderr
    assert "`zenpro reviews get q4 --org acme`" in output.decode()


def test_the_status_shows_which_organization_is_in_use_and_how_to_select_one(environment: dict[str, str]) -> None:
    shown = in_process([], environment).stdout.decode()
    assert "not selected: You can see 2 organizations: acme, acme-labs. Add --org NAME, or set ZENPRO_ORG" in shown
    assert "zenpro assignments --org acme" in shown
    shown = in_process([], {**environment, "ZENPRO_ORGANIZATION": "acme-labs"}).stdout.decode()
    assert "acme-labs; for another one, add --org NAME, or run `export ZENPRO_ORGANIZATION=NAME`" in shown
    assert "assignments --org" not in shown


def test_a_hint_asks_nobody_for_a_credential(environment: dict[str, str]) -> None:
    nobody = {name: value for name, value in environment.items() if not name.startswith("ZENML_PRO")}
    output = in_process(["teams", "add", "linus@example.com", "Platform"], nobody, terminal=True).stderr.decode()
    assert output.count("\n") == 1
    assert "Use `zenpro teams add linus@example.com --user Platform`." in output
