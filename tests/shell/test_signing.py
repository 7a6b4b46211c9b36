"""Login and logout, as typed by a user."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.shell.conftest import Shell, token_of
from tests.support.sandbox import SandboxProcess
from zenpro_nb import errors
from zenpro_nb.client import _device_login
from zenpro_nb.frontends.notebook import NotebookUI
from zenpro_nb.session import login


def test_login_with_a_key_and_logout(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Callable[[str], list[str]], capsys: Any
) -> None:
    prompts = person(sandbox.key)
    card = bare_shell.run(f"%zenpro login --url {sandbox.url}/")
    assert prompts == [f"API key or API token for {sandbox.url}: "]
    assert "ada@example.com" in repr(card)
    assert "API key, typed in this session" in repr(card)
    assert len(bare_shell.run("%zenpro users --limit 2")) == 2
    bare_shell.run("%zenpro logout")
    said = capsys.readouterr().err
    assert "removed the login of this session" in said
    assert "now using https://cloudapi.zenml.io" in said
    assert "not signed in" in repr(bare_shell.run("%zenpro"))
    bare_shell.run("%zenpro logout")
    assert "there was no login to remove" in capsys.readouterr().err


def test_a_mistyped_key_is_asked_for_with_the_same_options(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Callable[[str], list[str]]
) -> None:
    person("ZENPROKEY_canary-mistyped")
    error = str(bare_shell.error(f"%zenpro login --url {sandbox.url}"))
    assert "Invalid API key" in error
    assert f"Try another one: `%zenpro login --url {sandbox.url}`." in error
    assert "canary" not in error


def test_login_with_a_token_shows_its_time(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Callable[[str], list[str]]
) -> None:
    person(token_of(sandbox))
    card = repr(bare_shell.run(f"%zenpro login --url {sandbox.url}"))
    assert "API token, typed" in card
    assert "59 min, then a new token is needed" in card


def test_a_wrong_key_changes_nothing(shell: Shell, sandbox: SandboxProcess, person: Callable[[str], list[str]]) -> None:
    person("ZENPROKEY_canary-wrong-0001")
    error = shell.error("%zenpro login")
    assert isinstance(error, errors.AuthenticationError)
    assert "canary" not in str(error)
    assert "API key from ZENML_PRO_API_KEY" in repr(shell.run("%zenpro"))


@pytest.mark.parametrize("line", ["login", "login --browser", "login --username ada"])
def test_a_session_without_input_names_the_variable(bare_shell: Shell, home: Path, line: str) -> None:
    error = bare_shell.error(f"%zenpro {line}")
    assert type(error) is errors.CredentialError
    assert "Set the environment variable ZENML_PRO_" in str(error)


def test_a_prompt_if_no_credential_is_found(
    bare_shell: Shell,
    home: Path,
    sandbox: SandboxProcess,
    person: Callable[[str], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    prompts = person(sandbox.key)
    assert "not signed in" in repr(bare_shell.run("%zenpro"))
    assert prompts == []
    assert len(bare_shell.run("%zenpro users --limit 2")) == 2
    assert len(bare_shell.run("%zenpro users --limit 3")) == 3
    assert len(prompts) == 1


def test_an_unanswered_prompt(bare_shell: Shell, home: Path, person: Callable[[str], list[str]]) -> None:
    person("")
    assert "No credential found for" in str(bare_shell.error("%zenpro users"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("login --browser --username ada", "--browser cannot be combined with --username"),
        ("login --profile prod --url https://other.example.com", "belongs to https://pro.example.com"),
        ("login --profile prod --keyring", 'is not "keyring" (it is: env)'),
        ("login --profile workspace", "is not a valid profile name"),
        ("login --url pro.example.com", "https://"),
        ("login --profile lab --browser", "a plain ZenML server"),
    ],
)
def test_conflicting_options_are_refused_before_any_prompt(
    bare_shell: Shell, home: Path, person: Callable[[str], list[str]], line: str, words: str
) -> None:
    (home / "profiles.toml").write_text(
        '[profiles.prod]\nurl = "https://pro.example.com"\ncredential = "env:X"\n'
        '[profiles.lab]\nurl = "https://lab.example.com"\nkind = "server"\n'
    )
    prompts = person("never typed")
    error = bare_shell.error(f"%zenpro {line}")
    assert type(error) is errors.UsageError
    assert words in str(error)
    assert prompts == []


def test_the_login_in_a_browser(
    bare_shell: Shell,
    home: Path,
    sandbox: SandboxProcess,
    person: Callable[[str], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> None:
    person("")
    shown: list[login.SignInPrompt] = []
    monkeypatch.setattr(NotebookUI, "show", lambda ui, value: shown.append(value))
    monkeypatch.setattr(_device_login.SYSTEM, "sleep", lambda seconds, cancel=None: _approve(shown[0]))
    card = repr(bare_shell.run(f"%zenpro login --browser --url {sandbox.url}"))
    assert "browser login, confirmed in the browser in this session" in card
    assert "23 h, then log in again" in card
    assert shown[0].code in repr(shown[0])
    assert f"<a href='{shown[0].link}'" in str(shown[0]._repr_html_())
    # A route of keys refuses the device token, which is then exchanged.
    assert bare_shell.run("%zenpro api-keys") is not None


def test_a_login_that_is_cancelled(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person("")

    def interrupt(seconds: float, cancel: object = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_device_login.SYSTEM, "sleep", interrupt)
    error = bare_shell.error(f"%zenpro login --browser --url {sandbox.url}")
    assert "canceled" in str(error)
    assert "not signed in" in repr(bare_shell.run("%zenpro"))


def test_a_link_that_is_not_a_web_page_is_not_clickable() -> None:
    assert login.SignInPrompt("javascript:alert(1)", "", "A")._repr_html_() is None
    assert "<script" not in str(login.SignInPrompt("https://x/'><script>", "", "<script>")._repr_html_())


def test_a_bare_tokens_last_minutes_are_announced_once(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_TOKEN", token_of(sandbox, expires_in=200))
    for _ in range(3):
        bare_shell.run("%zenpro me")
    assert capsys.readouterr().err.count("The token expires in 3 min and cannot be renewed") == 1


def _approve(invitation: login.SignInPrompt) -> None:
    form = {"user_code": invitation.code, "decision": "approve"}
    assert "approved" in httpx.post(invitation.page, data=form, timeout=60).text
