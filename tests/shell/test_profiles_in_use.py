"""`profiles` and `use`, as typed by a user."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.client.support import ReceivedRequest, Response, Server
from tests.shell.conftest import Shell, token_of
from tests.support.keyring import Held
from tests.support.sandbox import SandboxProcess
from zenpro_nb import errors


def test_profiles_and_use(
    bare_shell: Shell, home: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("LAB_KEY", sandbox.key)
    (home / "token").write_text(token_of(sandbox))
    (home / "token").chmod(0o600)
    (home / "profiles.toml").write_text(
        f'default = "lab"\n[profiles.lab]\nurl = "{sandbox.url}"\norganization = "acme"\ncredential = "env:LAB_KEY"\n'
        f'[profiles.short]\nurl = "{sandbox.url}"\norganization = "acme-labs"\ncredential = "file:token"\n'
        '[profiles.gone]\nurl = "https://gone.example.com"\ncredential = "env:NOT_SET"\n'
    )
    frame = bare_shell.run("%zenpro profiles").set_index("name")
    assert list(frame.index) == ["lab", "short", "gone"]
    assert list(frame.in_use) == [True, False, False]
    assert list(frame.credential[:2]) == ["API key", "API token"]
    assert frame.time_left["lab"] == "renewed automatically"
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


def test_completion_after_a_semicolon_is_quiet(bare_shell: Shell, home: Path) -> None:
    from zenpro_nb.frontends.completion import complete

    runtime = bare_shell.ip.magics_manager.registry["ZenProMagics"].notebook.context()
    assert complete("users ; te", runtime)[1] == "te"


def test_use_suggests_from_both(bare_shell: Shell, home: Path) -> None:
    (home / "profiles.toml").write_text('[profiles.organic]\nurl = "https://x.example.com"\n')
    error = bare_shell.error("%zenpro use organisation")
    assert type(error) is errors.UsageError
    assert str(error).endswith("Did you mean 'organization'? Use `%zenpro use organization`.")
    assert str(bare_shell.error("%zenpro use organik")).endswith("Did you mean 'organic'? Use `%zenpro use organic`.")
    assert "`%zenpro profiles` lists the profiles" in str(bare_shell.error("%zenpro use zzz"))
    assert "No sandbox is running in this session" in str(bare_shell.error("%zenpro use sandbox"))


def test_use_completes_profiles(bare_shell: Shell, home: Path) -> None:
    from zenpro_nb.frontends.completion import complete

    (home / "profiles.toml").write_text('[profiles.prod]\nurl = "https://x.example.com"\n')
    runtime = bare_shell.ip.magics_manager.registry["ZenProMagics"].notebook.context()

    def completions(typed: str) -> list[str]:
        return [word for word, _ in complete(typed, runtime)[0]]

    assert completions("use pr") == ["prod"]
    assert {"organization", "prod", "environment"} <= set(completions("use "))
    assert completions("login --profile pr") == ["prod"]
    (home / "profiles.toml").write_text("[broken")
    assert "organization" in completions("use ")


def test_a_broken_file_is_one_line(bare_shell: Shell, home: Path) -> None:
    (home / "profiles.toml").write_text("[profiles.prod")
    for line in ("", "users", "profiles", "login"):
        error = bare_shell.error(f"%zenpro {line}")
        assert type(error) is errors.SettingsError
        assert "profiles.toml, line 1" in str(error)


def test_a_plain_server_gets_its_own_routes(
    bare_shell: Shell, home: Path, person: Callable[[str], list[str]], keyring_content: Held
) -> None:
    def script(request: ReceivedRequest) -> Response:
        if request.path == "/api/v1/login":
            assert request.form["password"] == "ZENKEY_canary-0001"
            return Response(body={"access_token": "session-token", "expires_in": 3600})
        assert request.path == "/api/v1/current-user"
        return Response(body={"id": "1", "name": "admin"} if request.bearer == "session-token" else None)

    person("ZENKEY_canary-0001")
    server = Server(script)
    (home / "profiles.toml").write_text(
        f'[profiles.lab]\nurl = "{server.url}"\nkind = "server"\ncredential = "keyring"\n'
    )
    card = repr(bare_shell.run("%zenpro login --profile lab"))
    assert "a plain ZenML server" in card
    assert "admin" in card
    bare_shell.run("%zenpro use lab")
    assert "stored by login --keyring" in repr(bare_shell.run("%zenpro"))
    frame = bare_shell.run("%zenpro doctor").set_index("check")
    assert frame.status["signed in as"] == "ok"
    assert "organization" not in frame.index
    server.close()


def test_a_login_keeps_the_settings_of_profile_and_environment(
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
    session = bare_shell.ip.magics_manager.registry["ZenProMagics"].notebook.context().session
    assert session.settings.workers == 3
    assert list(session.settings.overrides) == ["ml-prod"]
    bare_shell.run(f"%zenpro login --url {sandbox.url}")
    assert session.settings.workers == 3
