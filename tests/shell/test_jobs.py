"""Tasks of an administrator, each typed with only the knowledge of the README and a command's help."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import CredentialError

NEW = 'new = pd.DataFrame({"email": [f"new.colleague{n}@example.com" for n in range(5)]})'


@pytest.fixture
def admin(swift_sandbox: SandboxProcess, bare_shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell of an administrator of acme, in an empty folder."""
    monkeypatch.setenv("ZENML_PRO_API_URL", swift_sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", swift_sandbox.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    monkeypatch.chdir(tmp_path)
    bare_shell.run("import pandas as pd")
    return bare_shell


def test_inactive_users_by_company(admin: Shell) -> None:
    admin.run("users = %zenpro users")
    by_company = admin.run('users[~users.is_active].groupby("company").size()')
    assert 0 < by_company.sum() == len(admin.run("%zenpro users --inactive"))


def test_the_admins_of_a_workspace(admin: Shell) -> None:
    admins = admin.run('%zenpro assignments --workspace ml-prod --role "Workspace Admin"')
    assert {"linus@example.com", "Platform"} <= set(admins["principal"])
    assert set(admins["workspace"]) == {"ml-prod"}
    members = admin.run('%zenpro workspaces members ml-prod --role "Workspace Admin"')
    assert "linus@example.com" in set(members["email"])
    assert {role for roles in members["roles"] for role in roles} >= {"Workspace Admin"}
    everybody = admin.run("%zenpro members")
    roles = dict(zip(everybody["email"], everybody["roles"], strict=True))
    assert roles["ada@example.com"] == ["Organization Admin"]


def test_five_people_are_invited_with_a_role_and_one_is_not_after_all(admin: Shell) -> None:
    admin.run(NEW)
    admin.run('%zenpro invitations create --email {new.email} --role "Organization Member"')
    admin.run('%zenpro roles assign "Workspace Developer" --invitations {new.email} --workspace ml-dev')
    admin.run("%zenpro invitations revoke new.colleague3@example.com --yes")
    waiting = admin.run("%zenpro invitations")["email"]
    assert waiting.isin(admin.value("new")["email"]).sum() == len(admin.value("new")) - 1
    assigned = admin.run('%zenpro assignments --workspace ml-dev --role "Workspace Developer"')["principal"]
    assert "new.colleague0@example.com" in set(assigned)


def test_the_failed_runs_of_a_week_by_day_over_all_workspaces(admin: Shell) -> None:
    admin.run("runs = %zenpro runs --workspace all --status failed --since 7d")
    by_day = admin.run("runs.groupby(runs.created.dt.date).size()")
    assert admin.value("runs")["workspace"].nunique() > 1
    assert set(admin.value("runs")["status"]) == {"failed"}
    assert 1 < len(by_day) <= 8  # seven times 24 hours touch eight dates


def test_a_workspace_is_created_and_becomes_available(admin: Shell) -> None:
    assert admin.run("%zenpro workspaces create ml-new --wait")["status"].tolist() == ["available"]


def test_a_service_account_key_is_rotated_unseen(admin: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    line = "%zenpro api-keys rotate github-actions --service-account ci-bot --to file:ci-bot.key --yes"
    frame = admin.run(line)
    file = Path("ci-bot.key")
    secret = file.read_text(encoding="utf-8").strip()
    assert secret
    assert secret not in capsys.readouterr().out + frame.to_csv()
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_assignments_go_to_excel_and_parquet(admin: Shell) -> None:
    frame = admin.run("%zenpro assignments --save assignments.xlsx --save assignments.parquet")
    for kept in (pd.read_excel("assignments.xlsx"), pd.read_parquet("assignments.parquet")):
        assert kept["principal"].tolist() == frame["principal"].tolist()


def test_a_parameter_of_papermill_is_a_value_of_the_line(admin: Shell) -> None:
    admin.run('who = "grace@example.com"')
    assert admin.run("%zenpro users get $who")["email"].tolist() == ["grace@example.com"]


def test_a_colleague_without_a_credential_reads_how_to_get_one(bare_shell: Shell) -> None:
    error = bare_shell.error("%zenpro users")
    assert isinstance(error, CredentialError)
    assert "login" in str(error)
    assert "ZENML_PRO_API_KEY" in str(error)
