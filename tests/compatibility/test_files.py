"""Files that commit 7500b52 wrote can still be read: the files in `written` are its own.

In files that name a server, its address and its key are replaced by ``{server}`` and ``{key}``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import zenpro_nb
from tests.support.keyring import Held, memory_keyring
from tests.support.sandbox import SandboxProcess

WRITTEN = Path(__file__).parent / "written"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and an environment that names no server."""
    for name in ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def logins(home: Path, sandbox: SandboxProcess) -> Iterator[Held]:
    """The profiles that people and `login --profile` wrote, and the credentials that `login --keyring` stored."""

    def text(name: str) -> str:
        return (WRITTEN / name).read_text(encoding="utf-8").replace("{server}", sandbox.url)

    for name in ("profiles.toml", "logins.json"):
        (home / name).write_text(text(name), encoding="utf-8")
    with memory_keyring() as held:
        for record in json.loads(text("keyring.json")):
            held[record["service"], record["account"]] = record["value"].replace("{key}", sandbox.key)
        yield held


def test_the_journal_is_read(home: Path) -> None:
    shutil.copy(WRITTEN / "journal.jsonl", home)
    with zenpro_nb.connect(api_key="ZENPROKEY_never-used") as zen:
        frame = zen.run("journal", "--server", "all").sort_values("time", ignore_index=True)
        refused = zen.run("journal", "--server", "all", "--outcome", "refused")
    assert list(frame.outcome) == ["done", "done", "already", "done", "done", "done", "done", "refused"]
    first = frame.iloc[0]
    assert (first.command, first.method, first.route) == ("users create new@example.com", "POST", "/users")
    assert first.parameters == {"username": "new@example.com", "password": "***"}
    assert first.server == "http://127.0.0.1:8080"
    assert first.target == "user new@example.com"
    assert str(first.time.date()) == "2026-11-26"
    assert frame.request_id.notna().sum() == 7  # the response of one was lost
    assert frame.body[6]["description"] == "Größe, 数据"
    assert list(refused.command) == ["teams create Refused --org acme"]


def test_writes_are_appended_to_the_same_journal(home: Path, sandbox: SandboxProcess) -> None:
    shutil.copy(WRITTEN / "journal.jsonl", home)
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as zen:
        zen.run("me", "update", "--company", "Acme")
        assert len(zen.run("journal", "--server", "all")) == 9
    before = (WRITTEN / "journal.jsonl").read_text(encoding="utf-8")
    assert (home / "journal.jsonl").read_text(encoding="utf-8").startswith(before)


def test_profiles_are_read(logins: Held, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_KEY", "ZENPROKEY_of-acme")
    with zenpro_nb.connect() as zen:
        frame = zen.run("profiles").set_index("name")
    assert {"prod", "onprem", "local", "lab", "plain"} <= set(frame.index)
    prod = frame.loc["prod"]
    assert (prod.in_use, prod.url) == (True, "https://pro.example.com/api/v1")
    assert (prod.organization, prod.workspace) == ("acme", "ml-prod")
    assert "ACME_KEY" in prod.source
    assert frame.problem["onprem"]
    assert frame.url["local"] == "http://127.0.0.1:8237"
    assert (frame.url["lab"], frame.url["plain"]) == (sandbox.url, sandbox.url)


@pytest.mark.parametrize("profile", ["lab", "plain"])
def test_stored_logins_are_accepted(logins: Held, sandbox: SandboxProcess, profile: str) -> None:
    with zenpro_nb.connect(profile=profile) as zen:
        assert zen.client.url == sandbox.url
        assert list(zen.run("me").email) == ["ada@example.com"]


def test_logout_finds_every_stored_login(logins: Held) -> None:
    assert len(logins) >= 2
    with zenpro_nb.connect(profile="lab") as zen:
        zen.run("logout", "--all")
    assert [account for account in logins if account[0] == "zenpro-login" and logins[account] not in ("", "[]")] == []
