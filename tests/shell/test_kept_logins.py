"""Logins in the keyring that the next session uses, and keyrings that fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest
from keyring.backends import fail

from tests.shell.conftest import Shell
from tests.support.keyring import Held, memory_keyring
from tests.support.sandbox import SandboxProcess
from zenpro_nb import errors


def test_a_stored_login_is_found_by_the_next_session(
    bare_shell: Shell,
    home: Path,
    sandbox: SandboxProcess,
    person: Callable[[str], list[str]],
    keyring_content: Held,
    capsys: Any,
) -> None:
    person(sandbox.key)
    bare_shell.run(f"%zenpro login --url {sandbox.url} --profile lab --keyring")
    output = capsys.readouterr().err
    assert f"added profile 'lab' to {home / 'profiles.toml'}" in output
    assert "stored in the keyring" in output
    assert list(keyring_content) == [("zenpro-login", "profile lab")]
    assert sandbox.key not in (home / "profiles.toml").read_text()

    later = Shell()
    later.run("%load_ext zenpro_nb")
    assert "stored by login --keyring" in repr(later.run("%zenpro"))
    later.run("%zenpro use lab")
    later.run("%zenpro logout")
    assert keyring_content == {}
    assert "The keyring has no login for profile lab" in repr(later.run("%zenpro"))
    later.run("%unload_ext zenpro_nb")


def test_a_variable_that_takes_precedence_is_named(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Any, keyring_content: Held,
    monkeypatch: pytest.MonkeyPatch, capsys: Any,
) -> None:  # fmt: skip
    monkeypatch.setenv("ZENML_PRO_API_KEY", "ZENPROKEY_of-somebody-else")
    person(sandbox.key)
    bare_shell.run(f"%zenpro login --url {sandbox.url}")
    assert "ZENML_PRO_API_KEY" not in capsys.readouterr().err
    bare_shell.run(f"%zenpro login --url {sandbox.url} --keyring")
    warning = "later commands use ZENML_PRO_API_KEY instead of this login until you unset it: `unset ZENML_PRO_API_KEY`"
    assert warning in capsys.readouterr().err


def test_logout_all(bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Any, keyring_content: Held) -> None:
    person(sandbox.key)
    keyring_content["zenpro", "not a login"] = "a key that a command made"
    bare_shell.run(f"%zenpro login --url {sandbox.url} --keyring")
    bare_shell.run(f"%zenpro login --url {sandbox.url} --keyring --profile lab")
    bare_shell.run("%zenpro logout --all")
    assert list(keyring_content) == [("zenpro", "not a login")]


class Locked(keyring.backend.KeyringBackend):
    """A locked keyring."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("locked")

    delete_password = get_password  # type: ignore[assignment]


def test_a_keyring_that_refuses_leaves_nothing_in_the_list_of_logins(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Callable[[str], list[str]], keyring_content: Held
) -> None:
    person(sandbox.key)
    keyring.set_keyring(Locked())
    error = bare_shell.error(f"%zenpro login --url {sandbox.url} --keyring")
    assert type(error) is errors.CredentialError
    assert "The keyring refused access (RuntimeError)" in str(error)
    assert not (home / "logins.json").exists()
    assert list(bare_shell.run("%zenpro profiles").name) == []


def test_a_list_of_logins_that_cannot_be_written_leaves_nothing_in_the_keyring(
    bare_shell: Shell,
    home: Path,
    sandbox: SandboxProcess,
    person: Callable[[str], list[str]],
    keyring_content: Held,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(home / "file"))
    person(sandbox.key)
    error = bare_shell.error(f"%zenpro login --url {sandbox.url} --keyring")
    assert type(error) is errors.SettingsError
    assert "ZENPRO_STATE_DIR" in str(error)
    assert keyring_content == {}


def test_a_login_that_the_keyring_does_not_give_up_can_be_forgotten_later(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Callable[[str], list[str]], keyring_content: Held
) -> None:
    person(sandbox.key)
    bare_shell.run(f"%zenpro login --url {sandbox.url} --keyring")
    unlocked = keyring.get_keyring()
    keyring.set_keyring(Locked())
    assert "refused" in str(bare_shell.error("%zenpro logout --all"))
    keyring.set_keyring(unlocked)
    bare_shell.run("%zenpro logout --all")
    assert keyring_content == {}


def test_a_missing_keyring_is_reported_before_any_prompt(
    bare_shell: Shell, home: Path, person: Callable[[str], list[str]]
) -> None:
    with memory_keyring():
        keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
        prompts = person("never typed")
        assert "No keyring backend is available" in str(bare_shell.error("%zenpro login --keyring"))
        assert prompts == []
