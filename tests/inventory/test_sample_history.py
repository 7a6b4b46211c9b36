"""The demo's earlier captures: plausible changes, in a folder of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.inventory.conftest import session_at
from tests.support.sandbox import SandboxProcess
from zenpro_nb import inventory
from zenpro_nb.access import Inventory, effective_access
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.tool.demo import earlier_captures
from zenpro_nb.files.paths import CAPTURES_VARIABLE
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.inventory import EARLIER_CAPTURES
from zenpro_nb.ui.protocol import TerminalUI

NOW = datetime.now(UTC)
MONTH, TWO = (inventory.months_ago(NOW, count) for count in (1, 2))


@pytest.fixture(scope="module")
def now(sandbox: SandboxProcess) -> Inventory:
    session = session_at(sandbox.url, ApiKey(sandbox.key))
    current = inventory.fill(session)
    session.close()
    return current


def test_the_sample_history_is_reproducible(now: Inventory) -> None:
    first, again = (inventory.sample_states(now, [MONTH, TWO]) for _ in range(2))
    for item, other in zip(first, again, strict=True):
        assert len(inventory.compare(item, other)) == 0


def test_each_month_has_each_kind_of_change(now: Inventory) -> None:
    month, two = inventory.sample_states(now, [MONTH, TWO])
    assert [item.started for item in (month, two)] == [MONTH, TWO]
    for before, after in ((two, month), (month, now)):
        changes = inventory.compare(before, after)
        kinds = set(zip(changes["list"], changes["change"], strict=True))
        assert kinds >= {
            ("members", "added"),
            ("members", "removed"),
            ("assignments", "added"),
            ("assignments", "removed"),
            ("team_members", "added"),
            ("team_members", "removed"),
            ("teams", "changed"),
        }
        assert {"unknown", "not comparable"} & set(changes["change"]) == set()
        assert 10 < len(changes) < 150
        assert changes["name"].notna().all()


def test_the_sample_history_is_consistent(now: Inventory) -> None:
    for item in inventory.sample_states(now, [MONTH, TWO]):
        users = set(item.users.frame["id"])
        for name in ("members", "team_members", "assignments"):
            assert set(item[name].frame["user_id"].dropna()) <= users, name
            assert not item[name].frame.duplicated(list(item[name].type.key)).any(), name
        teams = item.teams.frame.set_index("id")["name"]
        in_teams = item.team_members.frame
        assert in_teams["team"].tolist() == teams[in_teams["team_id"]].tolist()
        assert len(effective_access(item)) > len(item.assignments)
        sizes = in_teams["team_id"].value_counts()
        assert item.teams.frame["member_count"].tolist() == [sizes.get(key, 0) for key in teams.index]


def test_the_demo_has_its_own_captures_folder(
    sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    session = session_at(sandbox.url, ApiKey(sandbox.key))
    more = earlier_captures(CommandContext(session, TerminalUI()), session.settings, tmp_path / "own")
    session.close()
    assert not (tmp_path / "state").exists()
    captures = inventory.Captures(Path(more[CAPTURES_VARIABLE]))
    assert captures.root == tmp_path / "own" / "captures"
    assert [item.name for item in captures.every()] == list(reversed(EARLIER_CAPTURES))
    # The captures may have been taken before midnight.
    today = datetime.now(UTC)
    found = captures.every()[-1].time
    assert any(abs(found - inventory.months_ago(day, 1)) < timedelta(hours=1) for day in (today, today - timedelta(1)))


def test_the_demo_starts_even_if_its_history_cannot_be_created(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from zenpro_nb.security.secret import Secret

    session = session_at("http://127.0.0.1:9", ApiKey(Secret("ZENPROKEY_x")))
    earlier_captures(CommandContext(session, TerminalUI()), session.settings, tmp_path / "own")
    assert "the earlier captures could not be written" in capsys.readouterr().err
