"""login, logout, profiles and use, as somebody types them."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import keyring
import keyring.backend
import pytest
from keyring.backends import fail

from tests.client.support import Answer, Asked, Server
from tests.shell.conftest import Shell
from tests.support.keyring import Held, memory_keyring
from tests.support.sandbox import SandboxProcess
from zenpro_nb import errors
from zenpro_nb.client import _device_login
from zenpro_nb.faces.notebook import NotebookFace
from zenpro_nb.session import login


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


@pytest.fixture
def kept() -> Iterator[Held]:
    with memory_keyring() as held:
        yield held


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """`person(secret)` sits in front of the notebook and types it; gives the list of prompts seen."""

    def sit(answer: str) -> list[str]:
        prompts: list[str] = []

        def typed(prompt: str) -> str:
            prompts.append(prompt)
            return answer

        monkeypatch.setattr(NotebookFace, "watched", property(lambda face: True))
        monkeypatch.setattr(getpass, "getpass", typed)
        return prompts

    return sit


def test_login_with_a_key_and_logout(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Callable[[str], list[str]], capsys: Any
) -> None:
    prompts = person(sandbox.key)
    card = bare_shell.run(f"%zenpro login --url {sandbox.url}/")
    assert prompts == [f"API key or API token for {sandbox.url}: "]
    assert "ada@example.com" in repr(card)
    assert "API key, from typed in this session" in repr(card)
    assert len(bare_shell.run("%zenpro users --limit 2")) == 2
    bare_shell.run("%zenpro logout")
    assert "forgot the login of this session" in capsys.readouterr().err
    assert "not signed in" in repr(bare_shell.run("%zenpro"))
    bare_shell.run("%zenpro logout")
    assert "had stored no login" in capsys.readouterr().err


def test_login_with_a_token_shows_its_time(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Callable[[str], list[str]]
) -> None:
    person(_token(sandbox))
    card = repr(bare_shell.run(f"%zenpro login --url {sandbox.url}"))
    assert "API token, from typed" in card
    assert "59 min, then a new token is needed" in card


def test_a_wrong_key_changes_nothing(shell: Shell, sandbox: SandboxProcess, person: Callable[[str], list[str]]) -> None:
    person("ZENPROKEY_canary-wrong-0001")
    error = shell.error("%zenpro login")
    assert isinstance(error, errors.AuthenticationError)
    assert "canary" not in str(error)
    assert "environment variable" in repr(shell.run("%zenpro"))


@pytest.mark.parametrize("line", ["login", "login --browser", "login --username ada"])
def test_where_nobody_can_type_the_variable_is_named(bare_shell: Shell, home: Path, line: str) -> None:
    error = bare_shell.error(f"%zenpro {line}")
    assert type(error) is errors.CredentialError
    assert "Set the environment variable ZENML_PRO_" in str(error)


def test_a_question_where_nothing_else_gives_a_credential(
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


def test_a_question_that_gets_no_answer(bare_shell: Shell, home: Path, person: Callable[[str], list[str]]) -> None:
    person("")
    assert "There is no credential for" in str(bare_shell.error("%zenpro users"))


def test_a_login_that_is_kept_is_found_by_the_next_session(
    bare_shell: Shell,
    home: Path,
    sandbox: SandboxProcess,
    person: Callable[[str], list[str]],
    kept: Held,
    capsys: Any,
) -> None:
    person(sandbox.key)
    bare_shell.run(f"%zenpro login --url {sandbox.url} --profile lab --keyring")
    said = capsys.readouterr().err
    assert f"profile 'lab' is written in {home / 'profiles.toml'}" in said
    assert "kept in the keyring" in said
    assert list(kept) == [("zenpro-login", "profile lab")]
    assert sandbox.key not in (home / "profiles.toml").read_text()

    later = Shell()
    later.run("%load_ext zenpro_nb")
    assert "kept by login --keyring" in repr(later.run("%zenpro"))
    later.run("%zenpro use lab")
    later.run("%zenpro logout")
    assert kept == {}
    assert "The keyring keeps no login for profile lab" in repr(later.run("%zenpro"))
    later.run("%unload_ext zenpro_nb")


def test_logout_all(bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Any, kept: Held) -> None:
    person(sandbox.key)
    kept["zenpro", "not a login"] = "a key that a command made"
    bare_shell.run(f"%zenpro login --url {sandbox.url} --keyring")
    bare_shell.run(f"%zenpro login --url {sandbox.url} --keyring --profile lab")
    bare_shell.run("%zenpro logout --all")
    assert list(kept) == [("zenpro", "not a login")]


class Locked(keyring.backend.KeyringBackend):
    """A keyring that nobody unlocks."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("locked")

    delete_password = get_password  # type: ignore[assignment]


def test_a_keyring_that_refuses_leaves_nothing_in_the_list_of_logins(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Callable[[str], list[str]], kept: Held
) -> None:
    person(sandbox.key)
    keyring.set_keyring(Locked())
    error = bare_shell.error(f"%zenpro login --url {sandbox.url} --keyring")
    assert type(error) is errors.CredentialError
    assert "The keyring refused (RuntimeError)" in str(error)
    assert not (home / "logins.json").exists()
    assert list(bare_shell.run("%zenpro profiles").name) == []


def test_a_list_of_logins_that_cannot_be_written_leaves_nothing_in_the_keyring(
    bare_shell: Shell,
    home: Path,
    sandbox: SandboxProcess,
    person: Callable[[str], list[str]],
    kept: Held,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(home / "file"))
    person(sandbox.key)
    error = bare_shell.error(f"%zenpro login --url {sandbox.url} --keyring")
    assert type(error) is errors.SettingsError
    assert "ZENPRO_STATE_DIR" in str(error)
    assert kept == {}


def test_a_login_that_the_keyring_does_not_give_up_can_be_forgotten_later(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, person: Callable[[str], list[str]], kept: Held
) -> None:
    person(sandbox.key)
    bare_shell.run(f"%zenpro login --url {sandbox.url} --keyring")
    unlocked = keyring.get_keyring()
    keyring.set_keyring(Locked())
    assert "refused" in str(bare_shell.error("%zenpro logout --all"))
    keyring.set_keyring(unlocked)
    bare_shell.run("%zenpro logout --all")
    assert kept == {}


def test_profiles_and_use(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("LAB_KEY", sandbox.key)
    (home / "token").write_text(_token(sandbox))
    (home / "profiles.toml").write_text(
        f'default = "lab"\n[profiles.lab]\nurl = "{sandbox.url}"\norganization = "acme"\ncredential = "env:LAB_KEY"\n'
        f'[profiles.short]\nurl = "{sandbox.url}"\norganization = "acme-labs"\ncredential = "file:token"\n'
        '[profiles.gone]\nurl = "https://gone.example.com"\ncredential = "env:NOT_SET"\n'
    )
    frame = bare_shell.run("%zenpro profiles").set_index("name")
    assert list(frame.index) == ["lab", "short", "gone"]
    assert list(frame.in_use) == [True, False, False]
    assert list(frame.kind[:2]) == ["API key", "API token"]
    assert frame.time_left["lab"] == "renewed by itself"
    assert frame.time_left["short"].startswith("59 min")
    assert str(frame.expires_at.dtype) == "datetime64[us, UTC]"
    assert frame.expires_at["short"].year >= 2026
    assert "NOT_SET is not set" in frame.problem["gone"]
    assert sandbox.key not in frame.to_csv()

    bare_shell.run("%zenpro use short")
    assert "using short:" in capsys.readouterr().err
    assert "acme-labs" in repr(bare_shell.run("%zenpro"))
    assert list(bare_shell.run("%zenpro profiles --columns in_use").in_use) == [False, True, False]
    bare_shell.run("%zenpro use organization acme")
    assert "profile       short" in repr(bare_shell.run("%zenpro"))
    bare_shell.run("%zenpro use gone")
    assert "NOT_SET is not set" in capsys.readouterr().err
    bare_shell.run("name = 'lab'\n%zenpro use $name")
    assert "lab" in repr(bare_shell.run("%zenpro"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("login --browser --username ada", "asks for no username"),
        ("login --profile prod --url https://other.example.com", "is for https://pro.example.com"),
        ("login --profile prod --keyring", "looks for its credential elsewhere (env)"),
        ("login --profile workspace", "A profile cannot be called"),
        ("login --url pro.example.com", "https://"),
        ("login --profile lab --browser", "is a plain ZenML server"),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_asked(
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


def test_a_login_keeps_what_the_profile_and_the_environment_say(
    bare_shell: Shell,
    home: Path,
    sandbox: SandboxProcess,
    person: Callable[[str], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZENPRO_WORKERS", "3")
    (home / "profiles.toml").write_text(
        f'[profiles.lab]\nurl = "{sandbox.url}"\n[profiles.lab.workspaces.ml-prod]\ncredential = "env:ML_PROD_KEY"\n'
    )
    person(sandbox.key)
    bare_shell.run("%zenpro login --profile lab")
    session = bare_shell.ip.magics_manager.registry["ZenProMagics"].notebook.runtime().session
    assert session.settings.workers == 3
    assert list(session.settings.overrides) == ["ml-prod"]
    bare_shell.run(f"%zenpro login --url {sandbox.url}")
    assert session.settings.workers == 3


def test_a_tab_behind_a_semicolon_is_quiet(bare_shell: Shell, home: Path) -> None:
    from zenpro_nb.faces.completion import complete

    runtime = bare_shell.ip.magics_manager.registry["ZenProMagics"].notebook.runtime()
    assert complete("users ; te", runtime)[1] == "te"


def test_where_there_is_no_keyring_it_is_said_before_anything_is_asked(
    bare_shell: Shell, home: Path, person: Callable[[str], list[str]]
) -> None:
    with memory_keyring():
        keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
        prompts = person("never typed")
        assert "has no keyring" in str(bare_shell.error("%zenpro login --keyring"))
        assert prompts == []


def test_a_plain_server_is_asked_in_its_own_words(
    bare_shell: Shell, home: Path, person: Callable[[str], list[str]], kept: Held
) -> None:
    def script(asked: Asked) -> Answer:
        if asked.path == "/api/v1/login":
            assert asked.form["password"] == "ZENKEY_canary-0001"
            return Answer(body={"access_token": "session-token", "expires_in": 3600})
        assert asked.path == "/api/v1/current-user"
        return Answer(body={"id": "1", "name": "admin"} if asked.bearer == "session-token" else None)

    person("ZENKEY_canary-0001")
    server = Server(script)
    (home / "profiles.toml").write_text(
        f'[profiles.lab]\nurl = "{server.url}"\nkind = "server"\ncredential = "keyring"\n'
    )
    card = repr(bare_shell.run("%zenpro login --profile lab"))
    assert "a plain ZenML server" in card
    assert "admin" in card
    bare_shell.run("%zenpro use lab")
    assert "kept by login --keyring" in repr(bare_shell.run("%zenpro"))
    frame = bare_shell.run("%zenpro doctor").set_index("check")
    assert frame.verdict["signed in as"] == "ok"
    assert "organization" not in frame.index
    server.close()


def test_use_suggests_from_both(bare_shell: Shell, home: Path) -> None:
    (home / "profiles.toml").write_text('[profiles.organic]\nurl = "https://x.example.com"\n')
    error = bare_shell.error("%zenpro use organisation")
    assert type(error) is errors.UsageError
    assert str(error).endswith("Did you mean 'organization'?")
    assert str(bare_shell.error("%zenpro use organik")).endswith("Did you mean 'organic'?")
    assert "See `profiles`" in str(bare_shell.error("%zenpro use zzz"))
    assert "No sandbox of this session" in str(bare_shell.error("%zenpro use sandbox"))


def test_use_completes_profiles(bare_shell: Shell, home: Path) -> None:
    from zenpro_nb.faces.completion import complete

    (home / "profiles.toml").write_text('[profiles.prod]\nurl = "https://x.example.com"\n')
    runtime = bare_shell.ip.magics_manager.registry["ZenProMagics"].notebook.runtime()

    def offered(typed: str) -> list[str]:
        return [word for word, _ in complete(typed, runtime)[0]]

    assert offered("use pr") == ["prod"]
    assert {"organization", "prod", "environment"} <= set(offered("use "))
    assert offered("login --profile pr") == ["prod"]
    (home / "profiles.toml").write_text("[broken")
    assert "organization" in offered("use ")


def test_a_broken_file_is_one_line(bare_shell: Shell, home: Path) -> None:
    (home / "profiles.toml").write_text("[profiles.prod")
    for line in ("", "users", "profiles", "login"):
        error = bare_shell.error(f"%zenpro {line}")
        assert type(error) is errors.SettingsError
        assert "profiles.toml, line 1" in str(error)


def test_the_login_in_a_browser(
    bare_shell: Shell,
    home: Path,
    sandbox: SandboxProcess,
    person: Callable[[str], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> None:
    person("")
    shown: list[login.Invitation] = []
    monkeypatch.setattr(NotebookFace, "show", lambda face, value: shown.append(value))
    monkeypatch.setattr(_device_login.SYSTEM, "sleep", lambda seconds, cancel=None: _approve(shown[0]))
    card = repr(bare_shell.run(f"%zenpro login --browser --url {sandbox.url}"))
    assert "browser login, from a login in the browser" in card
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
    assert "cancelled" in str(error)
    assert "not signed in" in repr(bare_shell.run("%zenpro"))


def test_a_link_that_leads_to_no_web_page_is_not_made_clickable() -> None:
    assert login.Invitation("javascript:alert(1)", "", "A")._repr_html_() is None
    assert "<script" not in str(login.Invitation("https://x/'><script>", "", "<script>")._repr_html_())


def test_a_bare_tokens_last_minutes_are_announced_once(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_TOKEN", _token(sandbox, expires_in=200))
    for _ in range(3):
        bare_shell.run("%zenpro me")
    assert capsys.readouterr().err.count("The token ends in 3 min and cannot be renewed") == 1


def _token(sandbox: SandboxProcess, **params: int) -> str:
    return str(httpx.get(f"{sandbox.url}/auth/api_token", headers=sandbox.headers, params=params).json())


def _approve(invitation: login.Invitation) -> None:
    form = {"user_code": invitation.code, "decision": "approve"}
    assert "approved" in httpx.post(invitation.page, data=form).text
