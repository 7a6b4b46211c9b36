"""The read-only lock: whatever sets it, every write is refused with 0 requests; reads, dry runs and plans work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import zenpro_nb
from tests.commands.conftest import Requests, journal
from tests.support.sandbox import SandboxProcess
from zenpro_nb.commands.tool.form import write_commands
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import ReadOnlyError, RequirementsError
from zenpro_nb.frontends.connection import Connection

WRITES = {" ".join(words): command for words, command in write_commands(tree)}
# A valid value for the type of each required parameter; the object need not exist.
VALUES = {"e-mail": "x@x.io", "email": "x@x.io", "file or plan": "access.yaml"}


def line(words: str, command: click.Command) -> list[str]:
    """A complete line of a command: with a value for each required parameter."""
    found = words.split()
    for param in command.params:
        if not param.required:
            continue
        value = VALUES.get(param.type.name, "x")
        if isinstance(param.type, click.Choice):
            value = str(next(iter(param.type.choices)))
        if param.name in ("email", "emails"):
            value = "x@x.io"
        found += [value] if isinstance(param, click.Argument) else [param.opts[0], value]
    return found


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENPRO_READ_ONLY", "1")


def test_every_declared_write_is_refused_without_a_request(requests: Requests, read_only: None) -> None:
    assert len(WRITES) > 45
    # No server listens there: a request would raise another error.
    with zenpro_nb.connect(url="http://127.0.0.1:9", api_key="ZENPROKEY_of-nobody") as zen:
        for words, command in sorted(WRITES.items()):
            with pytest.raises(ReadOnlyError, match=r"read-only \(ZENPRO_READ_ONLY=1\)"):
                zen.run(*line(words, command), "--yes")
    assert requests == []
    assert journal() == []


@pytest.mark.parametrize("value", ["1", "true", "no", "off", "2", " "])
def test_any_other_value_locks(value: str, zen: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENPRO_READ_ONLY", value)
    with pytest.raises(ReadOnlyError):
        zen.run("me", "update", "--company", "Acme")


@pytest.mark.parametrize("value", ["", "0", "false", "False"])
def test_three_values_do_not_lock_and_loosen_nothing(
    value: str, zen: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_READ_ONLY", value)
    assert len(zen.run("me", "update", "--company", "Acme")) == 1
    with pytest.raises(ReadOnlyError, match="--read-only"):
        zen.run("--read-only", "me", "update", "--company", "Acme")
    # The option applies only to its own command.
    assert len(zen.run("me", "update", "--company", "Acme")) == 1


@pytest.fixture
def profile(plane: SandboxProcess, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("LOCKED_KEY", plane.key)

    def write(read_only: str) -> Connection:
        path = tmp_path / "config" / "profiles.toml"
        path.parent.mkdir(exist_ok=True)
        text = f'[profiles.careful]\nurl = "{plane.url}"\norganization = "acme"\ncredential = "env:LOCKED_KEY"\n'
        path.write_text(f"{text}read_only = {read_only}\n")
        return zenpro_nb.connect(profile="careful")

    return write


def test_a_profile_locks(profile: Any, requests: Requests, monkeypatch: pytest.MonkeyPatch) -> None:
    with profile("true") as zen:
        monkeypatch.setenv("ZENPRO_READ_ONLY", "0")
        with pytest.raises(ReadOnlyError, match="read_only = true in the profile careful"):
            zen.run("teams", "create", "x")
        assert requests == []
        assert len(zen.run("teams")) > 0
    with profile("false") as zen:
        assert len(zen.run("me", "update", "--company", "Acme")) == 1
    with pytest.raises(zenpro_nb.SettingsError, match="line 5: `read_only` must be true or false"):
        profile('"yes"')


def test_reads_dry_runs_and_plans_work(zen: Connection, tmp_path: Path, requests: Requests, read_only: None) -> None:
    file = tmp_path / "access.yaml"
    file.write_text("zenpro: 1\nteams: {Platform: {members: [linus@example.com]}}\n")
    assert len(zen.run("users", "--limit", "2")) == 2
    assert len(zen.run("plan", str(file))) == 1
    assert zen.run("apply", str(file), "--dry-run")["method"].tolist() == ["POST"]
    assert zen.run("teams", "delete", "Interns", "--dry-run")["method"].tolist() == ["DELETE"]
    assert requests.writes() == []


def test_the_client_of_a_connection_is_locked_too(zen: Connection, requests: Requests, read_only: None) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        with pytest.raises(ReadOnlyError):
            zen.client.request(method, "/teams", json={"name": "x"})
    assert requests == []
    # A login is not a write.
    answer: Any = zen.client.request("POST", "/auth/login", form={"password": zen.client.credential.secret}).json()  # type: ignore[union-attr]
    assert answer["token_type"] == "bearer"


def test_the_status_card_shows_the_lock(zen: Connection, read_only: None) -> None:
    assert ("writes", "refused: read-only (ZENPRO_READ_ONLY=1)") in zen.run().rows


def test_the_status_card_shows_no_lock_where_there_is_none(zen: Connection) -> None:
    assert "writes" not in dict(zen.run().rows)


def test_a_notebook_can_insist_on_the_lock(zen: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RequirementsError, match="ZENPRO_READ_ONLY=1"):
        zen.run("require", "--read-only")
    monkeypatch.setenv("ZENPRO_READ_ONLY", "1")
    assert zen.run("require", "--read-only") is None
