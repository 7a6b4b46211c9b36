"""Keys that the server shows once: never in an output by accident, never lost silently."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

import zenpro_nb
from tests.commands.conftest import Requests, journal
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import AuthenticationError, SaveError, UsageError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.security import secret_destinations
from zenpro_nb.security.secret import Secret


@pytest.fixture
def account(zen: Connection, name: str) -> str:
    zen.run("service-accounts", "create", name)
    return name


class Memory(KeyringBackend):
    """A keyring that forgets with the test."""

    priority = 1  # type: ignore[assignment]  # the base class computes it

    def __init__(self) -> None:
        super().__init__()
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password


@pytest.fixture
def memory() -> Any:
    before = keyring.get_keyring()
    backend = Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def _works(zen: Connection, key: str) -> bool:
    with zenpro_nb.connect(url=zen.client.url, api_key=key) as connection:
        return bool(connection.run("me")["is_service_account"].iloc[0])


def test_without_a_destination_no_key_is_created(zen: Connection, account: str, requests: Requests) -> None:
    before = len(requests.writes())
    for words in (
        ["api-keys", "create", "ci", "--service-account", account],
        ["workspaces", "create", f"{account}-w", "--enroll"],
    ):
        with pytest.raises(UsageError, match=r"shown only once.*--reveal"):
            zen.run(*words)
    assert len(requests.writes()) == before


def test_environment(zen: Connection, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENPRO_TEST_KEY", "")
    frame = zen.run("api-keys", "create", "ci", "--service-account", account, "--to", "env:ZENPRO_TEST_KEY")
    assert _works(zen, os.environ["ZENPRO_TEST_KEY"])
    assert os.environ["ZENPRO_TEST_KEY"] not in frame.to_csv() + repr(frame.attrs)
    assert "key" not in frame.columns


def test_file_is_new_and_for_its_owner_only(zen: Connection, account: str, tmp_path: Path) -> None:
    path = tmp_path / "ci.key"
    words = ["--service-account", account, "--to", f"file:{path}"]
    zen.run("api-keys", "create", "ci", *words)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert _works(zen, path.read_text())


def test_a_path_needs_no_word_before_it(zen: Connection, account: str, tmp_path: Path) -> None:
    path = tmp_path / "bare.key"
    zen.run("api-keys", "create", "ci", "--service-account", account, "--to", str(path))
    assert _works(zen, path.read_text())


def test_an_invalid_destination_is_refused_first(
    zen: Connection, account: str, tmp_path: Path, requests: Requests
) -> None:
    (tmp_path / "taken").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    before = len(requests.writes())
    for place, says in (
        (f"file:{tmp_path / 'taken'}", "not overwritten"),
        (f"file:{tmp_path / 'dangling'}", "not overwritten"),
        (f"file:{tmp_path / 'no' / 'folder'}", "does not exist"),
        ("env:not-a-name", "Unknown destination"),
        ("env:not.a-name", "Unknown destination"),
        ("clipboard", "For a file, use `--to file:clipboard`"),
        ("https://example.com/key", "Unknown destination"),
        (".", "Unknown destination"),
        (f"{tmp_path / 'taken'}", "not overwritten"),
        ("file:", "Unknown destination"),
    ):
        with pytest.raises(UsageError, match=says):
            zen.run("api-keys", "create", "ci", "--service-account", account, "--to", place)
    with pytest.raises(UsageError, match="cannot be combined with `--reveal`"):
        zen.run("api-keys", "create", "ci", "--to", "env:X", "--reveal")
    assert len(requests.writes()) == before
    assert (tmp_path / "taken").read_text() == "mine"


def test_keyring(zen: Connection, account: str, memory: Memory) -> None:
    zen.run("api-keys", "create", "ci", "--service-account", account, "--to", "keyring")
    [((service, entry), key)] = memory.passwords.items()
    assert service == "zenpro"
    assert account in entry
    assert _works(zen, key)
    zen.run("api-keys", "rotate", "ci", "--service-account", account, "--to", "keyring", "--yes")
    [rotated] = memory.passwords.values()
    assert rotated != key


def test_a_missing_keyring_is_reported_first(
    zen: Connection, account: str, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, backend = len(requests.writes()), keyring.get_keyring()
    words = ["api-keys", "create", "ci", "--service-account", account, "--to", "keyring"]
    keyring.set_keyring(fail.Keyring())
    try:
        with pytest.raises(UsageError, match="No keyring backend"):
            zen.run(*words)
    finally:
        keyring.set_keyring(backend)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match="pip install"):
        zen.run(*words)
    assert len(requests.writes()) == before


def test_reveal_warns_that_the_output_contains_a_secret(
    zen: Connection, account: str, capsys: pytest.CaptureFixture[str], state: Path
) -> None:
    zen.run("api-keys", "create", "ci", "--service-account", account, "--reveal")
    output = capsys.readouterr()
    assert "ZENPROKEY_" in output.out
    assert "contains a secret" in output.err
    assert "ZENPROKEY_" not in output.err
    assert "ZENPROKEY_" not in (state / "journal.jsonl").read_text()


def test_a_full_disk_is_reported_with_the_next_step(
    zen: Connection, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    path = tmp_path / "ci.key"
    with pytest.raises(SaveError, match=r"is lost.*No space left.*api-keys rotate ci --service-account"):
        zen.run("api-keys", "create", "ci", "--service-account", account, "--to", f"file:{path}")
    assert not path.exists()
    monkeypatch.undo()
    frame = zen.run("api-keys", "--service-account", account)
    assert list(frame["name"]) == ["ci"]


def test_a_keyring_that_fails_in_its_own_way_does_not_lose_the_key(
    zen: Connection, account: str, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*words: str) -> None:
        raise RuntimeError("the bus is gone")

    monkeypatch.setattr(memory, "set_password", fails)
    with pytest.raises(SaveError, match=r"is lost.*RuntimeError.*api-keys rotate"):
        zen.run("api-keys", "create", "ci", "--service-account", account, "--to", "keyring")
    assert journal()[-1]["outcome"] == "not kept"


def test_a_file_that_cannot_be_removed_is_reported_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*words: object, **options: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)
    monkeypatch.setattr(Path, "unlink", fails)
    with pytest.raises(SaveError, match="cannot be written"):
        secret_destinations.FileDestination(tmp_path / "key").put(Secret("canary"))


def test_a_shell_command_cannot_set_a_variable_of_its_caller() -> None:
    with pytest.raises(UsageError, match="shell"):
        secret_destinations.destination("env:X", entry="", is_persistent=False).check()


def test_an_enrollment_key_is_written_to_its_destination(zen: Connection, name: str, tmp_path: Path) -> None:
    path = tmp_path / "enrollment"
    frame = zen.run("workspaces", "create", name, "--enroll", "--to", f"file:{path}")
    assert len(path.read_text()) > 20
    assert path.read_text() not in frame.to_csv()
    assert not frame["is_managed"].iloc[0]
    with pytest.raises(UsageError, match="requires --enroll"):
        zen.run("workspaces", "create", f"{name}-b", "--to", "env:X")


def test_the_question_mentions_that_the_session_uses_the_key(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    zen.run("api-keys", "create", name, "--to", "env:ZENPRO_TEST_KEY")
    questions: list[str] = []
    with zenpro_nb.connect(url=zen.client.url, api_key=os.environ["ZENPRO_TEST_KEY"]) as own:
        monkeypatch.setattr(own._ui, "confirm", lambda question: questions.append(question))
        monkeypatch.setattr(own._ui, "ask", lambda question: questions.append(question))
        for verb in ("deactivate", "delete"):
            with pytest.raises(UsageError, match="othing was sent"):
                own.run("api-keys", verb, name)
    monkeypatch.delenv("ZENPRO_TEST_KEY")
    assert len(questions) == 2
    assert all("This session uses this key" in question for question in questions)


def test_rotation_keeps_the_old_value_for_the_given_time(
    zen: Connection, account: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZENPRO_TEST_KEY", "")
    words = ["--service-account", account, "--to", "env:ZENPRO_TEST_KEY"]
    zen.run("api-keys", "create", "ci", "--expires-in", "30d", *words)
    old = os.environ["ZENPRO_TEST_KEY"]
    zen.run("api-keys", "rotate", "ci", "--retain", "12h", "--dry-run", *words)
    assert "the old value stops working after 12 hours" in capsys.readouterr().err
    frame = zen.run("api-keys", "rotate", "ci", "--retain", "1h", "--yes", *words)
    assert frame["retain_period_minutes"].iloc[0] == 60
    assert _works(zen, old)
    assert _works(zen, os.environ["ZENPRO_TEST_KEY"])


def test_destinations_show_no_secret() -> None:
    shown = repr(secret_destinations.destination("env:X", entry="")) + repr(Secret("ZENPROKEY_canary"))
    assert "canary" not in shown


@pytest.mark.parametrize("command", ["api-keys create", "api-keys rotate", "workspaces create"])
def test_no_parameter_takes_a_secret(command: str) -> None:
    group, verb = command.split()
    params = tree.commands[group].commands[verb].params  # type: ignore[attr-defined]  # the noun is a group
    assert {"to", "reveal"} <= {param.name for param in params}
    assert not {"key", "password", "token", "secret"} & {param.name for param in params if param.name != "key"}


def test_the_name_of_a_service_account_stands_for_its_only_key(
    zen: Connection, account: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.key", tmp_path / "second.key"
    zen.run("api-keys", "create", "ci", "--service-account", account, "--to", f"file:{first}")
    zen.run("api-keys", "rotate", account, "--dry-run")
    assert _works(zen, first.read_text().strip())
    zen.run("api-keys", "rotate", account, "--to", f"file:{second}", "--yes")
    assert f"rotated key ci (of {account} in organization acme)" in "".join(capsys.readouterr())
    with pytest.raises(AuthenticationError):
        _works(zen, first.read_text().strip())
    assert _works(zen, second.read_text().strip())
    zen.run("api-keys", "create", "other", "--service-account", account, "--to", f"file:{tmp_path / 'other.key'}")
    third = f"file:{tmp_path / 'third.key'}"
    with pytest.raises(UsageError, match="It has 2 keys: ci, other") as error:
        zen.run("api-keys", "rotate", account, "--to", third, "--yes")
    assert error.value.hint.count(f"--service-account {account} --to {third} --yes`") == 2
    assert not (tmp_path / "third.key").exists()
    zen.run("api-keys", "deactivate", "ci", "--service-account", account, "--yes")
    zen.run("api-keys", "rotate", account, "--to", third, "--yes")
    assert f"rotated key other (of {account} in organization acme)" in "".join(capsys.readouterr())
    assert _works(zen, (tmp_path / "third.key").read_text().strip())
