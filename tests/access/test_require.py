"""`require` as the first cell of a notebook: one quiet line, or everything that is missing with its fix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.access.conftest import SignIn
from tests.shell.conftest import Shell
from tests.support.person import Person
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import RequirementsError, UsageError
from zenpro_nb.version import __version__

FIRST_CELL = "%zenpro require --version '>=0.1' --organization acme --workspace ml-prod --can create:workspace"


@pytest.fixture
def admin(sandbox: SandboxProcess, sign_in: SignIn) -> Shell:
    """A superuser, with no organization chosen."""
    return sign_in(ZENML_PRO_API_URL=sandbox.url, ZENML_PRO_API_KEY=sandbox.key)


def missing(shell: Shell, cell: str = FIRST_CELL) -> list[str]:
    """The missing items and their fixes, one line each."""
    error = shell.error(cell)
    assert isinstance(error, RequirementsError), error
    shown = error._render_traceback_()
    assert len(shown) == 1 + len(error.missing)
    assert str(error) in "\n".join(shown)
    return [f"{what} | {do}" for what, do in error.missing]


def test_it_passes_with_one_quiet_line(admin: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert admin.run(FIRST_CELL) is None
    output = capsys.readouterr()
    assert output.out + output.err == f"ready: zenpro_nb {__version__} · acme · ml-prod · can create:workspace\n"


def test_the_cells_below_work_in_the_organization(admin: Shell) -> None:
    """Two organizations are visible, so this command would fail without a choice."""
    admin.run("%zenpro require --organization acme-labs")
    assert admin.run("%zenpro workspaces --limit 1").attrs["zenpro"]["organization"] == "acme-labs"


def test_a_colleague_with_too_few_rights(sandbox: SandboxProcess, sign_in: SignIn) -> None:
    person = Person(sandbox).take("Organization Member").take("Workspace Viewer", "ml-dev")
    shell = sign_in(**person.settings)
    problems = missing(shell, f"{FIRST_CELL} --can delete:stack")
    assert len(problems) == 3, problems
    place, workspace, stack = problems
    assert place.startswith("workspace ml-prod")
    assert "create:workspace" in workspace
    assert "Organization Member" in workspace
    assert "delete:stack" in stack
    assert all("ask " in item for item in problems)


def test_administrators_are_named_where_they_are_seen(sandbox: SandboxProcess, sign_in: SignIn) -> None:
    person = Person(sandbox).take("Organization Viewer")
    problems = missing(sign_in(**person.settings))
    assert "Ada Lovelace (ada@example.com)" in " ".join(problems)
    assert "Edmond Dantès" not in " ".join(problems)  # deactivated
    assert "deploy-bot" not in " ".join(problems)


def test_a_right_is_that_of_the_workspace(sandbox: SandboxProcess, sign_in: SignIn) -> None:
    person = Person(sandbox).take("Organization Member").take("Workspace Viewer", "ml-prod")
    shell = sign_in(**person.take("Workspace Admin", "ml-dev").settings)
    line = "%zenpro require --organization acme --can delete:stack --workspace"
    assert shell.run(f"{line} ml-dev") is None
    assert len(missing(shell, f"{line} ml-prod")) == 1
    assert "in ml-prod" in missing(shell, f"{line} ml-prod")[0]


def test_an_old_version(admin: Shell) -> None:
    problems = missing(admin, "%zenpro require --version '>=99' --organization nowhere --workspace ml-prod")
    assert len(problems) == 2
    assert f"version {__version__} is installed" in problems[0]
    assert "pip install 'zenpro-nb>=99'" in problems[0]
    assert "acme" in problems[1]


def test_no_credential(sign_in: SignIn, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ZENPRO_CONFIG_DIR", "ZENML_CONFIG_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    problems = missing(sign_in(), FIRST_CELL.replace(">=0.1", ">=99"))
    assert len(problems) == 3
    assert "a credential for https://cloudapi.zenml.io" in problems[1]
    assert "login" in problems[1]
    assert problems[2].startswith(
        "not checked without it: organization acme, workspace ml-prod, permission create:workspace"
    )


def test_a_wrong_credential(sandbox: SandboxProcess, sign_in: SignIn) -> None:
    key = "ZENPROKEY_not_one_that_is_there"
    problems = missing(sign_in(ZENML_PRO_API_URL=sandbox.url, ZENML_PRO_API_KEY=key))
    assert len(problems) == 2
    assert "a credential that" in problems[0]
    assert key not in " ".join(problems)


def test_another_organization(sandbox: SandboxProcess, sign_in: SignIn) -> None:
    person = Person(sandbox).take("Organization Member")
    problems = missing(sign_in(**person.settings), "%zenpro require --organization acme-labs --version '>=99'")
    assert len(problems) == 2
    assert f"organization acme-labs: {person.email} can see acme" in problems[1]
    assert f"invite {person.email}" in problems[1]


def test_an_unreachable_server(sign_in: SignIn) -> None:
    problems = missing(sign_in(ZENML_PRO_API_URL="http://127.0.0.1:9", ZENML_PRO_API_KEY="ZENPROKEY_x"))
    assert len(problems) == 2
    assert problems[0].startswith("a response from http://127.0.0.1:9")


def test_a_workspace_that_is_not_running(admin: Shell) -> None:
    resting = next(row for row in admin.run("%zenpro workspaces --org acme").itertuples() if row.status != "available")
    problems = missing(admin, f"%zenpro require --organization acme --workspace {resting.name}")
    assert f"{resting.name} is {resting.status}" in problems[0]


def test_missing_information_of_the_server_is_not_a_failure(
    fresh_sandbox: Callable[..., SandboxProcess], sign_in: SignIn, capsys: pytest.CaptureFixture[str]
) -> None:
    own = fresh_sandbox(users=40, ignore_role_filter=True)
    shell = sign_in(**Person(own).take("Organization Member").settings)
    assert shell.run("%zenpro require --organization acme --can create:workspace") is None
    output = capsys.readouterr()
    assert "create:workspace: cannot check this permission" in output.out + output.err


def test_an_empty_version_is_a_usage_error(admin: Shell) -> None:
    assert isinstance(admin.error("%zenpro require --version newest"), UsageError)
