"""Mistakes in the profiles file: one line that names the file and the line, and never repeats a secret."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.profiles.conftest import KEY, PRO, Home, jwt
from zenpro_nb.errors import SettingsError, UsageError
from zenpro_nb.profiles.file import add, check_name
from zenpro_nb.profiles.invalidation import Watch

HEAD = f'[profiles.prod]\nurl = "{PRO}"\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[profiles.prod\nurl = "x"', 1, "Expected"),
        (HEAD + 'credential = "vault:x"\n', 3, "must name the source of the secret"),
        (HEAD + f'credential = "{KEY}"\n', 3, "`credential` contains a secret"),
        (HEAD + f'credential = "{jwt(exp=1)}"\n', 3, "`credential` contains a secret"),
        (HEAD + 'credential = "hunter2-canary"\n', 3, "must name the source of the secret"),
        (HEAD + f'organization = "{KEY}"\n', 3, "`organization` contains a secret"),
        (HEAD + 'password = "canary-hunter2"\n', 3, "`password` would contain a secret"),
        (HEAD + '\n# a comment\napi_key = "canary"\n', 5, "`api_key` would contain a secret"),
        (HEAD + 'organisation = "acme"\n', 3, "`organisation` is not a key of this table. Did you mean 'organization'"),
        (HEAD + "organization = 7\n", 3, "`organization` must be text. Write organization = "),
        (HEAD + 'organization = " "\n', 3, "`organization` is empty"),
        (HEAD + 'kind = "cloud"\n', 3, "'cloud' is not a kind of server. Write control-plane or server"),
        (HEAD + "kind = 3\n", 3, "`kind` must be text"),
        (HEAD + f"organization = ['{KEY}']\n", 3, "`organization` must be text"),
        (HEAD + "\n[profiles.prod.workspaces.a]\nurl = 3\n", 5, "`url` must be text"),
        (HEAD + '\n[profiles.prod.workspaces.a]\n\ncredential = "x"\n', 6, "must name the source of the secret"),
        (HEAD + "[profiles.prod.workspaces]\na = 3\n", 4, "'a' is not a table. Write [profiles.prod.workspaces.a]"),
        ("[profiles]\nprod = 3\n", 2, "'prod' is not a table. Write [profiles.prod]"),
        (f"default = 3\n{HEAD}", 1, "`default` must be text"),
        (f'name = "x"\n{HEAD}', 1, "`name` is not a key of this table"),
        (HEAD + 'name = "x"\n', 3, "`name` is not a key of this table"),
        ('[profiles.prod]\nurl = "cloudapi.zenml.io"\n', 2, "does not begin with https://"),
        ('[profiles.prod]\nurl = "https://ada:canary@x.io"\n', 2, "contains a user name or a password"),
        ('\n[profiles.prod]\norganization = "acme"\n', 2, "`url` is required"),
        (f'[profiles.workspace]\nurl = "{PRO}"\n', 1, "'workspace' is not a valid profile name"),
        (f'[profiles."a b"]\nurl = "{PRO}"\n', 1, "'a b' is not a valid profile name"),
        (f'default = "prd"\n{HEAD}', 1, "there is no profile 'prd'. Known: prod"),
        ("profiles = 3\n", 1, "`profiles` is not a table"),
        (HEAD + "[profiles.prod.workspaces.a]\nname = 3\n", 4, "`name` is not a key of this table"),
        (HEAD + "workspaces = 3\n", 3, "`workspaces` is not a table of tables"),
    ],
)
def test_one_clean_line(home: Home, text: str, line: int, words: str) -> None:
    path = home.write(text)
    with pytest.raises(SettingsError) as caught:
        home.profiles.settings()
    message = str(caught.value)
    assert message.startswith(f"{path}, line {line}: ")
    assert words in message
    assert "canary" not in message
    assert "eyJ" not in message
    assert home.profiles.names() == []


def test_a_file_that_is_not_text(home: Home) -> None:
    home.write("").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        home.profiles.settings()


def test_a_new_profile_is_appended(home: Home) -> None:
    path = home.write('# mine\ndefault = "prod"\n' + HEAD)
    add(Watch(home.environ), "lab", "https://lab.example.com", username='o"neil', credential="keyring")
    text = path.read_text()
    assert text.startswith('# mine\ndefault = "prod"\n' + HEAD)
    assert tomllib.loads(text)["profiles"]["lab"] == {
        "url": "https://lab.example.com",
        "username": 'o"neil',
        "credential": "keyring",
    }
    with pytest.raises(UsageError, match="already has a profile 'lab'"):
        add(Watch(home.environ), "lab", PRO, username=None, credential=None)


def test_the_first_profile_creates_a_private_file(home: Home, tmp_path: Path) -> None:
    home.environ["ZENPRO_CONFIG_DIR"] = str(tmp_path / "new" / "folder")
    path = add(Watch(home.environ), "lab", PRO, username=None, credential=None)
    assert path.stat().st_mode & 0o077 == 0
    assert home.profiles.settings().profile == "lab"


LAB = {"url": "https://lab.example.com", "username": 'o"neil', "credential": "keyring"}


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# nothing yet\n",
        HEAD.rstrip(),
        HEAD + "\n# the end\n",
        HEAD.replace("\n", "\r\n"),
        f'{HEAD}[profiles.other]\nurl = "{PRO}"\n[profiles.prod.workspaces.x]\ncredential = "env:X"  # ours\n',
        f'[profiles]\nprod = {{ url = "{PRO}" }}  # short\n',
        f'profiles.prod.url = "{PRO}"\ndefault = "prod"\n',
    ],
)
def test_a_new_profile_is_appended_in_any_notation(home: Home, before: str) -> None:
    path = home.folder / "profiles.toml"
    path.write_text(before, newline="")
    add(Watch(home.environ), "lab", LAB["url"], username=LAB["username"], credential=LAB["credential"])
    text = path.read_bytes().decode()
    assert text.startswith(before)
    held = tomllib.loads(before)
    assert tomllib.loads(text) == {**held, "profiles": {**held.get("profiles", {}), "lab": LAB}}
    assert "lab" in home.profiles.names()


def test_profiles_between_braces_get_the_new_one_between_them(home: Home) -> None:
    path = home.write(f'# all in one\nprofiles = {{ prod = {{ url = "{PRO}" }} }}  # mine\n')
    add(Watch(home.environ), "lab", LAB["url"], username=LAB["username"], credential=LAB["credential"])
    text = path.read_text()
    assert text.startswith("# all in one\nprofiles = { prod = {")
    assert text.endswith("  # mine\n")
    assert tomllib.loads(text)["profiles"] == {"prod": {"url": PRO}, "lab": LAB}


def test_a_link_to_the_file_stays_one(home: Home, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "zenpro.toml"
    real.parent.mkdir()
    real.write_text(HEAD)
    (tmp_path / "profiles.toml").symlink_to(real)
    path = add(Watch(home.environ), "lab", PRO, username=None, credential=None)
    assert path.is_symlink()
    assert set(tomllib.loads(real.read_text())["profiles"]) == {"prod", "lab"}
    assert [path.name for path in real.parent.iterdir()] == ["zenpro.toml"]


def test_a_folder_that_cannot_be_written(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home.environ["ZENPRO_CONFIG_DIR"] = str(tmp_path / "file")
    with pytest.raises(SettingsError, match="ZENPRO_CONFIG_DIR"):
        add(Watch(home.environ), "lab", PRO, username=None, credential=None)


@pytest.mark.parametrize("name", ["", "a b", "server", "zenml", "x" * 65, "../x"])
def test_invalid_profile_names(name: str) -> None:
    with pytest.raises(UsageError):
        check_name(name)
