"""The captures of a sandbox that `sandbox start` started: sample history, apart from those of real organizations."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell.conftest import Shell
from zenpro_nb import inventory
from zenpro_nb.access import Inventory


def test_a_new_sandbox_has_a_history_that_is_deleted_with_it(
    bare_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_CAPTURES_DIR", str(tmp_path / "captures"))
    own = inventory.Captures()
    own.write(Inventory(server="https://pro.example.com", organization_id="5b0c"), "of-a-real-organization")
    before = sorted(tmp_path.rglob("*"))

    bare_shell.run("%zenpro sandbox start --users 50")
    changes = bare_shell.run("%zenpro diff 30d")
    assert {"added", "removed", "changed"} <= set(changes["change"])
    assert not bare_shell.run("%zenpro users --org acme --at a-month-ago").empty
    assert bare_shell.run("%zenpro history linus@example.com")["first_seen"].min() < changes["taken_before"].min()
    bare_shell.run("%zenpro captures create mine")
    assert bare_shell.run("%zenpro captures")["name"].tolist() == ["mine", *inventory.EARLIER_CAPTURES]
    (place,) = {Path(folder).parents[2] for folder in bare_shell.run("%zenpro captures")["folder"]}
    other = str(bare_shell.error("%zenpro diff 30d --org acme-labs"))
    assert "Run `%zenpro captures create --org acme-labs` now, and `%zenpro diff --org acme-labs` later" in other
    assert "The audit log has no API" in other

    bare_shell.run("%zenpro sandbox stop")
    assert not place.exists()
    assert bare_shell.run("%zenpro captures")["name"].tolist() == ["of-a-real-organization"]
    assert sorted(tmp_path.rglob("*")) == before
