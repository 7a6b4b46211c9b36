"""Without a valid credential, zenpro names the ways to sign in that work in this place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.shell.conftest import Shell
from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.tool import login
from zenpro_nb.profiles import Settings
from zenpro_nb.security import keyring
from zenpro_nb.security.secret import Secret

EXPORT = "`export ZENML_PRO_API_KEY=…`"
SANDBOX = "`zenpro sandbox run` in another terminal"


@pytest.fixture
def bare() -> dict[str, str]:
    """The environment of a shell without a credential."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "ZENPRO_ORG"))}


def errors_of(words: list[str], environment: dict[str, str]) -> str:
    """Return what a shell command writes to stderr and stdout."""
    done = in_process(words, environment)
    return (done.stderr + done.stdout).decode()


@pytest.mark.parametrize("has_keyring", [False, True])
def test_a_shell_without_a_credential(bare: dict[str, str], monkeypatch: pytest.MonkeyPatch, has_keyring: bool) -> None:
    monkeypatch.setattr(keyring, "is_available", lambda: has_keyring)
    output = errors_of(["users"], bare)
    assert output.index(EXPORT) < output.index(SANDBOX) < output.index("`zenpro demo`")
    assert ("`zenpro login --keyring`" in output) is has_keyring
    assert "sandbox start" not in output
    assert "`zenpro login`" not in output  # it would end with its command
    for words in ([], ["status"]):
        card = errors_of(words, bare)
        assert EXPORT in card
        assert "zenpro sandbox run" in card


def test_the_variable_of_notebooks_starts_no_sandbox_in_a_shell(
    bare: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = errors_of(["users"], {**bare, "ZENPRO_SANDBOX": "1"})
    assert output.startswith("CredentialError: ZENPRO_SANDBOX=1 does not start a sandbox in a shell")
    assert SANDBOX in output
    # A credential of a server that is not on this machine: the command may be intended for a sandbox.
    server = {"ZENML_PRO_API_URL": "https://pro.example.invalid", "ZENML_PRO_API_KEY": "ZENPROKEY_x"}
    output = errors_of(["users"], {**bare, **server, "ZENPRO_SANDBOX": "1"})
    assert "ZENPRO_SANDBOX=1 is for notebooks; this command uses https://pro.example.invalid" in output


@pytest.mark.parametrize("has_keyring", [False, True])
def test_a_rejected_key_in_a_shell(
    sandbox: SandboxProcess, bare: dict[str, str], monkeypatch: pytest.MonkeyPatch, has_keyring: bool
) -> None:
    monkeypatch.setattr(keyring, "is_available", lambda: has_keyring)
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": "ZENPROKEY_wrong"}
    other = f"Set another one: {EXPORT}"
    login_line = ", or run `unset ZENML_PRO_API_KEY` and `zenpro login --keyring`"
    assert f"{other}{login_line * has_keyring}. `zenpro doctor` shows" in errors_of(["roles"], {**bare, **server})
    assert f"{other}{login_line * has_keyring}." in errors_of(["doctor", "--format", "csv"], {**bare, **server})


def test_a_login_in_a_shell_warns_before_the_key_is_typed(
    sandbox: SandboxProcess, bare: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(keyring, "is_available", lambda: False)
    shown: list[str] = []

    def type_key(ui: object, target: Settings, username: str | None) -> ApiKey:
        shown.append("the prompt")
        return ApiKey(Secret(sandbox.key))

    monkeypatch.setattr(login.signing_in, "prompt_credential", type_key)
    monkeypatch.setattr("zenpro_nb.frontends.cli.Shell.warn", lambda ui, line: shown.append(line))
    in_process(["login", "--url", sandbox.url], bare)
    warning = "this login ends with this command; to stay signed in, press Ctrl-C and run `export ZENML_PRO_API_KEY=…`"
    assert shown == [f"{warning}; this machine has no keyring", "the prompt"]


def test_logout_names_the_way_back_to_the_sandbox_of_the_session(
    bare_shell: Shell, sandbox: SandboxProcess, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = bare_shell.ip.magics_manager.registry["ZenProMagics"].notebook.session
    settings = Settings(sandbox.url, ApiKey(Secret(sandbox.key)), "the sandbox", profile="sandbox")
    running = SimpleNamespace(url=sandbox.url, running=True, settings=settings, captures=None, stop=lambda: None)
    session.sandbox = running  # type: ignore[assignment]
    bare_shell.run("%zenpro use sandbox")
    capsys.readouterr()
    bare_shell.run("%zenpro logout")
    said = capsys.readouterr().err
    assert "now using https://cloudapi.zenml.io, without a credential" in said
    assert "To use the sandbox of this session again, run `%zenpro use sandbox`." in said
    error = str(bare_shell.error("%zenpro users"))
    assert "Run `%zenpro use sandbox` to use the sandbox of this session again, or `%zenpro login`" in error
    bare_shell.run("%zenpro use profile sandbox")
    assert f"using sandbox: {sandbox.url}" in capsys.readouterr().err


def test_logout_from_another_server_names_the_login_there(
    bare_shell: Shell,
    sandbox: SandboxProcess,
    home: Path,
    person: Callable[[str], list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    person(sandbox.key)
    bare_shell.run(f"%zenpro login --url {sandbox.url}")
    bare_shell.run("%zenpro logout")
    said = capsys.readouterr().err
    assert f"To sign in to {sandbox.url} again, run `%zenpro login --url {sandbox.url}`." in said
    assert "`%zenpro profiles`" in str(bare_shell.error("%zenpro use profile"))
    assert "There is no profile 'prod'" in str(bare_shell.error("%zenpro use profile prod"))


def test_a_destination_in_the_keyring_is_suggested_only_where_there_is_one(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    for has_keyring in (False, True):
        monkeypatch.setattr(keyring, "is_available", lambda has_keyring=has_keyring: has_keyring)
        created = errors_of(["api-keys", "create", "ci"], {**os.environ, **server})
        assert ("--to keyring" in created) is has_keyring
        assert "env:" not in created  # a command cannot set a variable of the shell
