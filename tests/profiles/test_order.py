"""The server and the credential that are found, and the search order."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from keyring import set_keyring
from keyring.backends import fail

from tests.profiles.conftest import KEY, NOW, PRO, SAAS, Home, jwt
from zenpro_nb.client import ApiKey, BearerToken, DeviceToken, PasswordLogin, Token
from zenpro_nb.errors import CredentialError, UnknownNameError
from zenpro_nb.profiles import Profiles, account_of, no_credential
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.keyring_store import KeyringStore
from zenpro_nb.security.secret import Secret

STORED = f"""
{SAAS}:
  api_token: {{access_token: {jwt(exp=NOW + 9e5)}, device_id: d, expires_at: '2099-01-01T00:00:00Z'}}
  pro_api_url: {SAAS}
  url: {SAAS}
"""
PROFILES = f"""
default = "prod"
[profiles.prod]
url = "{PRO}/"
organization = "acme"
credential = "env:ACME_KEY"
[profiles.test]
url = "{SAAS}"
credential = "zenml"
"""


def test_without_settings_it_is_zenmls_cloud_without_a_credential(home: Home) -> None:
    settings = home.profiles.settings()
    assert (settings.url, settings.credential, settings.source) == (SAAS, None, "none")
    assert "No credential found for https://cloudapi.zenml.io" in str(no_credential(settings))


def test_the_order(home: Home) -> None:
    home.store(STORED)
    assert isinstance(home.profiles.settings().credential, DeviceToken)
    home.write(PROFILES)
    home.environ["ACME_KEY"] = KEY
    prod = home.profiles.settings()
    assert (prod.url, prod.organization, prod.source) == (PRO, "acme", "environment variable ACME_KEY")
    home.environ["ZENML_PRO_API_KEY"] = "ZENPROKEY_other-key-0002"
    assert home.profiles.settings().source == "environment variable ZENML_PRO_API_KEY"
    home.environ["ZENML_PRO_API_TOKEN"] = jwt(exp=NOW + 60)
    assert home.profiles.settings().source == "environment variable ZENML_PRO_API_TOKEN"
    assert home.profiles.settings("test").source == f"zenml login at {SAAS}"
    home.environ["ZENPRO_PROFILE"] = "prod"
    assert home.profiles.settings().profile == "prod"


def test_the_environments_server_chooses_the_profile_that_is_for_it(home: Home) -> None:
    home.write(PROFILES)
    home.store(STORED)
    home.environ["ZENML_PRO_API_URL"] = SAAS
    assert home.profiles.settings().profile == "test"
    home.environ["ZENML_PRO_API_URL"] = "https://other.example.com"
    nobody = home.profiles.settings()
    assert (nobody.url, nobody.credential) == ("https://other.example.com", None)


def test_a_key_of_the_environment_is_not_taken_to_another_server_by_a_profile_without_a_source(home: Home) -> None:
    home.write(f'[profiles.prod]\nurl = "{PRO}"\n')
    home.environ["ZENML_PRO_API_KEY"] = KEY
    assert home.profiles.settings("prod").credential is None
    home.environ["ZENML_PRO_API_URL"] = PRO
    assert isinstance(home.profiles.settings("prod").credential, ApiKey)


def test_the_environment_chooses_the_organization_within_the_default_profile(home: Home) -> None:
    home.write(PROFILES)
    home.environ |= {"ZENPRO_ORGANIZATION": "labs", "ZENPRO_WORKERS": "3"}
    assert (home.profiles.settings().organization, home.profiles.settings().workers) == ("labs", 3)
    assert home.profiles.settings("prod").organization == "acme"


def test_a_password_of_the_environment(home: Home) -> None:
    home.environ |= {"ZENML_PRO_USERNAME": "admin", "ZENML_PRO_PASSWORD": "correct horse"}
    credential = home.profiles.settings().credential
    assert isinstance(credential, PasswordLogin)
    assert credential.username == "admin"


def test_a_missing_source_is_reported(home: Home) -> None:
    home.write(PROFILES)
    settings = home.profiles.settings()
    assert settings.credential is None
    error = no_credential(settings)
    assert isinstance(error, CredentialError)
    assert str(error).startswith("The environment variable ACME_KEY is not set. Run `login`")


def test_a_workspaces_key_in_the_environment_is_reported(home: Home) -> None:
    home.environ["ZENML_PRO_API_KEY"] = "ZENKEY_canary-0001"
    settings = home.profiles.settings()
    assert "workspace's own key" in settings.problem
    assert "canary" not in settings.problem


def secret_file(home: Home, content: str = KEY + "\n", mode: int = 0o600) -> Path:
    """Write the credential file of a profile, with these permissions."""
    path = home.folder / "secret"
    path.write_text(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(("content", "kind"), [(KEY, ApiKey), (jwt(exp=NOW + 60), BearerToken)])
def test_a_file_can_contain_a_key_or_a_token(home: Home, content: str, kind: type) -> None:
    secret_file(home, content + "\n")
    home.write(f'[profiles.prod]\nurl = "{PRO}"\ncredential = "file:secret"\n')
    assert type(home.profiles.settings().credential) is kind


FILE_PROFILE = f'[profiles.prod]\nurl = "{PRO}"\ncredential = "file:secret"\n'


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes of files")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o444])
def test_a_file_of_ours_that_others_can_read_is_refused(home: Home, mode: int) -> None:
    home.write(FILE_PROFILE)
    path = secret_file(home, mode=mode)
    settings = home.profiles.settings()
    assert settings.credential is None
    assert settings.problem == (
        f"The file {path} can be read by other accounts (mode {mode:04o}). Run: chmod 600 {path}"
    )
    path.chmod(0o600)  # what the error says
    assert isinstance(home.profiles.settings().credential, ApiKey)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes of files")
@pytest.mark.parametrize("change", ["owner", "mount"])
def test_a_mounted_secret_that_others_can_read_is_used_with_a_warning(
    home: Home, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    home.write(FILE_PROFILE)
    path = secret_file(home, mode=0o444)
    if change == "owner":
        monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    else:
        read_only = SimpleNamespace(f_flag=os.ST_RDONLY)
        monkeypatch.setattr(os, "fstatvfs", lambda descriptor: read_only)
    settings = home.profiles.settings()
    assert isinstance(settings.credential, ApiKey)
    assert settings.warning == f"the file {path} can be read by other accounts (mode 0444)"


@pytest.mark.parametrize("content", [None, "", b"\xff\xfe"])
def test_a_file_without_a_credential(home: Home, content: str | bytes | None) -> None:
    home.write(f'[profiles.prod]\nurl = "{PRO}"\ncredential = "file:secret"\n')
    if isinstance(content, str):
        secret_file(home, content)
    if isinstance(content, bytes):
        secret_file(home).write_bytes(content)
    settings = home.profiles.settings()
    assert settings.credential is None
    assert str(home.folder / "secret") in settings.problem


def test_a_profile_of_a_local_user_uses_a_password(home: Home) -> None:
    home.write(f'[profiles.prod]\nurl = "{PRO}"\nusername = "admin"\ncredential = "env:PASSWORD"\n')
    home.environ["PASSWORD"] = "correct horse"
    assert isinstance(home.profiles.settings().credential, PasswordLogin)


def test_the_keyring_keeps_logins_of_profiles_and_of_servers(home: Home, keyring: dict[tuple[str, str], str]) -> None:
    store = KeyringStore(Watch(home.environ))
    store.keep(account_of("prod"), ApiKey(KEY))
    store.keep(PRO, DeviceToken(jwt(exp=NOW + 60), NOW + 50))
    store.keep(SAAS, PasswordLogin("admin", "correct horse"))
    home.write(f'[profiles.prod]\nurl = "{PRO}"\ncredential = "keyring"\n[profiles.x]\nurl = "{PRO}"\n')
    assert isinstance(home.profiles.settings("prod").credential, ApiKey)
    other = home.profiles.settings("x").credential
    assert isinstance(other, DeviceToken)
    assert other.token.expires_at == NOW + 50
    assert isinstance(home.profiles.settings().credential, PasswordLogin)
    assert home.profiles.names() == [
        "environment", "prod", "x", "keyring:cloudapi.zenml.io", "keyring:pro.example.com/api/v1",
    ]  # fmt: skip
    assert KEY not in (home.folder / "state" / "logins.json").read_text()
    store.forget(PRO)
    assert ("zenpro-login", PRO) not in keyring
    assert home.profiles.settings("x").credential is None


def test_logins_stored_by_an_earlier_version(home: Home, keyring: dict[tuple[str, str], str]) -> None:
    (home.folder / "state").mkdir()
    (home.folder / "state" / "logins.json").write_text(f'["{PRO}"]')
    token = jwt(exp=NOW + 60)
    keyring["zenpro-login", PRO] = f'{{"kind": "device", "secret": "{token}", "expires_at": "{NOW + 50}"}}'
    found = home.profiles.settings("keyring:pro.example.com/api/v1").credential
    assert isinstance(found, DeviceToken)
    assert found.token == Token(Secret(token), NOW + 50, None)
    keyring["zenpro-login", PRO] = f'{{"kind": "key", "secret": "{KEY}"}}'
    again = Profiles(home.environ).settings("keyring:pro.example.com/api/v1").credential
    assert isinstance(again, ApiKey)
    for other in ("null", "[]", "no JSON", '{"kind": "key"}', '{"kind": "ring", "secret": "x"}'):
        keyring["zenpro-login", PRO] = other
        assert "has no login" in Profiles(home.environ).settings("keyring:pro.example.com/api/v1").problem


def test_an_entry_of_the_keyring_that_api_keys_create_has_put_there(
    home: Home, keyring: dict[tuple[str, str], str]
) -> None:
    keyring["zenpro", "ci"] = KEY
    home.write(f'[profiles.prod]\nurl = "{PRO}"\ncredential = "keyring:ci"\n')
    assert isinstance(home.profiles.settings().credential, ApiKey)
    keyring.clear()
    assert "no entry 'ci'" in home.profiles.settings("prod").problem


def test_a_machine_without_a_keyring_is_reported(home: Home, keyring: dict[tuple[str, str], str]) -> None:
    set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    home.write(f'[profiles.prod]\nurl = "{PRO}"\ncredential = "keyring"\n')
    assert "No keyring backend" in home.profiles.settings().problem


def test_a_keyring_that_fails_in_its_own_way(
    home: Home, keyring: dict[tuple[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*words: str) -> None:
        raise RuntimeError("the bus is gone: canary")

    monkeypatch.setattr("keyring.set_password", fails)
    monkeypatch.setattr("keyring.get_password", fails)
    store = KeyringStore(Watch(home.environ))
    with pytest.raises(CredentialError, match=r"refused access \(RuntimeError\)") as caught:
        store.keep("profile prod", ApiKey(Secret(KEY)))
    assert caught.value.__context__ is None
    assert "RuntimeError" in store.find("profile prod").problem


def test_a_file_in_an_unknown_home_is_a_problem_of_its_profile(home: Home) -> None:
    home.write(f'default = "prod"\n[profiles.prod]\nurl = "{PRO}"\ncredential = "file:~no-such-user/key"\n')
    settings = home.profiles.settings()
    assert settings.credential is None
    assert "'~no-such-user/key' refers to an unknown home directory" in settings.problem


@pytest.mark.parametrize(("text", "workers"), [("3", 3), ("\u00b2", None), ("0", None), ("many", None)])
def test_workers_of_the_environment(home: Home, text: str, workers: int | None) -> None:
    home.environ["ZENPRO_WORKERS"] = text
    assert home.profiles.settings().workers == workers


def test_an_override_of_a_workspace(home: Home) -> None:
    home.environ["WS"] = "ZENKEY_canary-0001"
    home.write(
        f'[profiles.prod]\nurl = "{PRO}"\n[profiles.prod.workspaces.ml-prod]\n'
        'url = "https://ml.example.com"\ncredential = "env:WS"\n'
    )
    url, found = home.profiles.override(home.profiles.settings(), "ml-prod")
    assert url == "https://ml.example.com"
    assert found is not None
    assert isinstance(found.credential, ApiKey)
    assert home.profiles.override(home.profiles.settings(), "other") == (None, None)


def test_the_same_credential_stays_the_same_object_while_files_are_touched(home: Home) -> None:
    path = home.write(PROFILES)
    home.environ["ACME_KEY"] = KEY
    before = home.profiles.settings()
    assert home.profiles.settings() is before
    path.write_text(PROFILES.replace("acme", "labs"))
    after = home.profiles.settings()
    assert after.organization == "labs"
    assert after.credential is before.credential
    home.environ["ACME_KEY"] = KEY + "2"
    assert home.profiles.settings().credential is not before.credential


def test_an_unknown_name_gets_a_suggestion(home: Home) -> None:
    home.write(PROFILES)
    with pytest.raises(UnknownNameError, match=r"no profile 'prd'\. Did you mean 'prod'"):
        home.profiles.settings("prd")


def test_connect_with_a_url_finds_its_credential(home: Home) -> None:
    home.write(PROFILES)
    home.environ["ACME_KEY"] = KEY
    assert home.profiles.at(PRO).source == "environment variable ACME_KEY"
    home.environ["ZENML_PRO_API_KEY"] = KEY
    assert home.profiles.at("https://new.example.com").source == "environment variable ZENML_PRO_API_KEY"
    home.environ["ZENML_PRO_API_URL"] = SAAS
    assert home.profiles.at("https://new.example.com").credential is None
