"""A day of an administrator, as cells: onboard five people, rotate a service account's key, offboard one person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import PartlyDoneError, ZenProError


class Cells:
    """Cells of a notebook, one after the other."""

    def __init__(self) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        self._shell = InteractiveShell(config=config)

    def __call__(self, cell: str) -> Any:
        result = self._shell.run_cell(cell)
        result.raise_error()
        return result.result


@pytest.fixture
def cell(plane: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cells]:
    monkeypatch.delenv("ZENML_PRO_API_TOKEN", raising=False)
    monkeypatch.setenv("ZENML_PRO_API_URL", plane.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", plane.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    cells = Cells()
    cells("%load_ext zenpro_nb")
    yield cells
    cells("%unload_ext zenpro_nb")


def test_a_day(cell: Cells, plane: SandboxProcess, name: str, tmp_path: Path) -> None:
    team, workspace, bot = f"{name}-team", f"{name}-ws", f"{name}-bot"
    cell(f"team, workspace, bot = {team!r}, {workspace!r}, {bot!r}")

    # Five people start: they join a team that has a role in a new workspace.
    cell(f"import pandas as pd\ndf = pd.DataFrame({{'email': [f'{name}-{{n}}@example.com' for n in range(5)]}})")
    cell("%zenpro workspaces create $workspace --description 'for the new ones' --wait")
    cell("%zenpro teams create $team")
    cell('%zenpro roles assign "Workspace Developer" --team $team --workspace $workspace')
    invited = cell('%zenpro invitations create --emails {df.email} --role "Organization Member"')
    assert list(invited["outcome"]) == ["done"] * 5
    joined = cell("%zenpro teams add $team --invitations {df.email}")
    assert list(joined["outcome"]) == ["done"] * 5
    assert len(cell("%zenpro teams members $team")) == 5

    # Again after a restart of the kernel: nothing happens twice, and nothing fails.
    again = cell('%zenpro invitations create --emails {df.email} --role "Organization Member"')
    assert list(again["outcome"]) == ["already"] * 5
    assert list(cell("%zenpro teams add $team --invitations {df.email}")["outcome"]) == ["already"] * 5

    # The service account's key is rotated, and the old value stays valid for a while.
    cell("%zenpro service-accounts create $bot")
    cell(f"%zenpro api-keys create ci --service-account $bot --expires-in 30d --to file:{tmp_path / 'old'}")
    cell(f"%zenpro api-keys rotate ci --service-account $bot --retain 2h --to file:{tmp_path / 'new'} --yes")
    for key in ("old", "new"):
        with zenpro_nb.connect(url=plane.url, api_key=(tmp_path / key).read_text()) as connection:
            assert connection.run("me")["username"].iloc[0] == bot

    # A person leaves: account, team and role are removed.
    cell(f"%zenpro users create {name}-leaver@example.com")
    cell(f"%zenpro teams add $team --user {name}-leaver@example.com")
    with pytest.raises(ZenProError, match="--yes"):
        cell(f"%zenpro users deactivate {name}-leaver@example.com")
    cell(
        "%%zenpro\n"
        f"users deactivate {name}-leaver@example.com --yes\n"
        f"teams remove $team --user {name}-leaver@example.com --yes\n"
    )
    assert not cell(f"%zenpro users get {name}-leaver@example.com")["is_active"].iloc[0]

    # The changes of today, last first.
    journal = cell("%zenpro journal --out journal")
    assert cell("len(journal)") == len(journal)
    assert set(journal["outcome"]) == {"done", "already"}
    assert journal.drop_duplicates("command_id")["time"].is_monotonic_decreasing
    assert "ZENPROKEY_" not in journal.to_csv()
    commands = list(dict.fromkeys(journal["command"][::-1]))
    assert commands[0] == f"workspaces create {workspace} --description 'for the new ones' --wait"
    assert commands[-1] == f"teams remove {team} --users {name}-leaver@example.com --yes".replace("--users", "--user")


def test_a_line_of_the_journal_can_be_run_again(cell: Cells, name: str) -> None:
    cell(f'%zenpro teams create {name} --description "it\'s {{{{x}}}} and $$5"')
    line = cell("%zenpro journal")["command"].iloc[-1]
    cell(f"%zenpro teams delete {name} --yes")
    frame = cell(f"%zenpro {line}")
    assert frame["description"].iloc[0] == "it's {x} and $5"


def test_the_result_goes_into_a_variable(cell: Cells, name: str) -> None:
    cell(f"%zenpro teams create {name} --out made")
    assert cell("made['name'].iloc[0]") == name
    cell(f"%zenpro teams update {name} --description x --dry-run --out request")
    assert cell("request['method'].iloc[0]") == "PATCH"


def test_a_failed_bulk_command_assigns_its_outcomes(cell: Cells, name: str) -> None:
    cell(f"emails = ['{name}@x.io', 'x' * 300 + '@x.io']")
    with pytest.raises(PartlyDoneError, match="1 of 2 are done"):
        cell('%zenpro invitations create --emails $emails --role "Organization Member" --out outcomes')
    assert cell("list(outcomes['outcome'])") == ["refused", "done"]
