"""What `zenml login` stored, by zenml's own rules (API facts 2.5)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.profiles.conftest import KEY, NOW, PRO, SAAS, Home, jwt
from zenpro_nb.client import ApiKey, DeviceToken, PasswordLogin, Token
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.zenml import KeyWithToken, control_planes, load
from zenpro_nb.security.secret import Secret

TOKEN = jwt(sub="ada")


def at(seconds: float) -> str:
    return datetime.fromtimestamp(NOW + seconds, UTC).isoformat().replace("+00:00", "Z")


def entry(url: str, *lines: str) -> str:
    return "\n".join([f"{url}:", *(f"  {line}" for line in (*lines, f"url: {url}")), ""])


def token(left: float, life: int = 3600, leeway: int | None = 180, device: bool = True) -> str:
    told = "" if leeway is None else f", leeway: {leeway}"
    told += ", device_id: d" if device else ""
    return f"api_token: {{access_token: {TOKEN}, expires_at: '{at(left)}', expires_in: {life}{told}}}"


def test_a_login_in_the_browser(home: Home) -> None:
    home.store(entry(SAAS, token(1000), f"pro_api_url: {SAAS}"))
    credential = home.profiles.settings().credential
    assert isinstance(credential, DeviceToken)
    assert credential.token.expires_at == NOW + 1000


@pytest.mark.parametrize(
    ("line", "alive"),
    [
        (token(181), True),
        (token(179), False),
        (token(31, life=600, leeway=None), True),
        (token(29, life=600, leeway=None), False),
        (token(131_000, life=2_592_000, leeway=None), True),
        (token(129_000, life=2_592_000, leeway=None), False),
        (f"api_token: {{access_token: {TOKEN}}}", True),
        (f"api_token: {{access_token: {TOKEN}, expires_at: 2099-01-01T00:00:00}}", True),
        (f"api_token: {{access_token: {TOKEN}, expires_at: 2019-01-01T00:00:00Z}}", False),
    ],
)
def test_a_token_ends_by_its_leeway_earlier(home: Home, line: str, alive: bool) -> None:
    home.store(entry(SAAS, line, f"pro_api_url: {SAAS}"))
    settings = home.profiles.settings()
    assert (settings.credential is not None) is alive
    assert alive or "has expired. Run `zenml login` again" in settings.problem


def test_a_key_is_used_with_the_token_while_that_lives(home: Home) -> None:
    lines = (f"api_key: {KEY}", f"pro_api_url: {SAAS}")
    home.store(entry(SAAS, token(1000, device=False), *lines))
    credential = home.profiles.settings().credential
    assert isinstance(credential, KeyWithToken)

    class Ask:
        def __call__(self, method: str, path: str, *, form: object = None, bearer: object = None) -> object:
            return {"access_token": "fresh-token", "expires_in": 3600}

        def now(self) -> float:
            return NOW

    assert credential.start(Ask()) == Token(Secret(TOKEN), NOW + 1000, 3600.0)
    assert credential.renew(Ask()) == Token(Secret("fresh-token"), NOW + 3600, 3600.0)
    home.store(entry(SAAS, token(10, device=False), *lines))
    assert type(home.profiles.settings().credential) is ApiKey


def test_a_stored_user_and_password(home: Home) -> None:
    home.store(entry(SAAS, "username: admin", "password: correct horse", f"pro_api_url: {SAAS}"))
    assert isinstance(home.profiles.settings().credential, PasswordLogin)


def test_pro_api_url_is_not_believed_alone(home: Home) -> None:
    """zenml 0.98.0 writes it for any first login with a key (API facts 10.16)."""
    plain = "https://plain.example.com"
    home.store(entry(plain, f"api_key: {KEY}", f"pro_api_url: {plain}"))
    assert home.profiles.settings().url == SAAS
    assert home.profiles.settings("zenml:plain.example.com").url == plain
    home.environ["ZENML_PRO_API_URL"] = plain
    assert isinstance(home.profiles.settings().credential, ApiKey)


def test_another_server_that_names_it_makes_it_a_control_plane(home: Home) -> None:
    workspace = entry("https://ws.example.com", token(1000), "deployment_type: cloud", f"pro_api_url: {PRO}")
    home.store(workspace + entry(PRO, f"api_key: {KEY}", f"pro_api_url: {PRO}"))
    found = home.profiles.settings()
    assert (found.url, found.profile) == (PRO, "zenml:pro.example.com/api/v1")
    assert home.profiles.names() == ["environment", "zenml:pro.example.com/api/v1"]
    entries = load(Watch(home.environ))
    assert [plane.url for plane in control_planes(entries, SAAS)] == [PRO]


@pytest.mark.parametrize("value", ["1", "true", "True", "yes", "y"])
def test_zenml_configured_to_store_nothing(home: Home, value: str) -> None:
    home.store(entry(SAAS, token(1000)))
    home.environ["DISABLE_CREDENTIALS_DISK_CACHING"] = value
    assert home.profiles.settings().credential is None


def test_the_usual_place_without_a_variable(monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    monkeypatch.setattr("click.get_app_dir", lambda name: str(home.folder / name))
    del home.environ["ZENML_CONFIG_PATH"]
    home.store(entry(SAAS, token(1000)))
    assert home.profiles.settings().credential is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [\nb: canary-secret", "line 2: zenml's credentials cannot be read: it is not YAML"),
        ("- canary-secret\n", "line 1: this is not a mapping of servers"),
    ],
)
def test_a_broken_file_is_one_line_and_does_not_block(home: Home, text: str, words: str) -> None:
    path = home.store(text)
    settings = home.profiles.settings()
    assert settings.credential is None
    assert f"{path}, {words}" in settings.problem
    assert "canary" not in settings.problem
    home.environ["ZENML_PRO_API_KEY"] = KEY
    assert home.profiles.settings().credential is not None


def test_an_empty_file_and_entries_that_are_none(home: Home) -> None:
    home.store("")
    assert home.profiles.settings().credential is None
    home.store("https://a.example.com: 3\n")
    assert load(Watch(home.environ)) == []


def test_the_file_is_never_written(home: Home) -> None:
    path = home.store(entry(SAAS, token(10)))
    before = path.stat()
    home.profiles.settings()
    home.profiles.every()
    after = path.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
