"""Sign-in, and all the ways in which a session ends (API facts 2.1 and 2.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sandbox.conftest import Plane, Start


def test_a_missing_credential_is_refused_in_the_observed_format(plane: Plane) -> None:
    reply = plane.caller(None).send("GET", "/users/me")
    assert (reply.status_code, reply.json()) == (401, {"detail": "Not authenticated"})
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_wrong_credential_names_the_exception(plane: Plane) -> None:
    for wrong in ("nonsense", "ZENPROKEY_wrong", "a.b.c"):
        detail = plane.caller(wrong)("GET", "/users/me", expect=401)["detail"]
        assert detail[0] == "CredentialsNotValid"
        assert detail[1].startswith("Authentication error: ")


@pytest.mark.parametrize("form", [{}, {"grant_type": ""}, {"grant_type": "zenml_api_key"}])
def test_a_key_is_exchanged_for_a_one_hour_session(plane: Plane, form: dict[str, str]) -> None:
    token = plane.login(password=plane.running.key, **form)
    assert (token["token_type"], token["expires_in"]) == ("bearer", 3600)
    session = plane.caller(token["access_token"])
    assert session("GET", "/users/me")["email"] == "ada@example.com"
    plane.clock.advance(minutes=59)
    session("GET", "/users/me")
    plane.clock.advance(minutes=2)
    assert "expired" in session("GET", "/users/me", expect=401)["detail"][1]


def test_wrong_logins(plane: Plane) -> None:
    plane.login(expect=401, password="ZENPROKEY_wrong")
    plane.login(expect=401, username="ada@example.com", password="guess")
    plane.login(expect=401)
    error = plane.login(expect=400, grant_type="magic", password="x")
    assert error["error"] == "unsupported_grant_type"


def test_token_life_can_be_shortened(start: Start) -> None:
    plane = start(token_life=timedelta(seconds=30))
    assert plane.login(password=plane.running.key)["expires_in"] == 30


def test_local_account(plane: Plane) -> None:
    person = plane.person("new@example.com")
    shown = person("GET", "/users/me")
    assert shown["username"] == "new@example.com"
    assert shown["password"].startswith("$scrypt$")


def test_api_token_is_a_bare_string_and_works(plane: Plane) -> None:
    token = plane.admin("GET", "/auth/api_token")
    assert isinstance(token, str)
    plane.caller(token)("GET", "/users/me/api_keys")
    assert plane.admin("GET", "/auth/api_token", token_type="workload", expect=400)["detail"][0] == "ValueError"


def test_logout_ends_the_session_immediately(plane: Plane) -> None:
    session = plane.caller(plane.login(password=plane.running.key)["access_token"])
    assert session.status("GET", "/users/me") == 200
    assert session.status("POST", "/auth/logout") == 200
    assert session.status("GET", "/users/me") == 401


def test_deactivating_a_key_immediately_ends_the_key_and_its_sessions(plane: Plane) -> None:
    key = plane.admin("POST", "/users/me/api_keys", body={"name": "laptop-2"})
    direct = plane.caller(key["key"])
    session = plane.caller(plane.login(password=key["key"])["access_token"])
    assert [caller.status("GET", "/users/me") for caller in (direct, session)] == [200, 200]
    plane.admin("PATCH", f"/users/me/api_keys/{key['id']}", body={"active": False})
    assert [caller.status("GET", "/users/me") for caller in (direct, session)] == [401, 401]
    assert plane.admin.status("POST", "/auth/login", data={"password": key["key"]}) == 401


def test_a_key_expires(plane: Plane) -> None:
    key = plane.admin("POST", "/users/me/api_keys", body={"name": "short", "expires_in_minutes": 10})
    caller = plane.caller(key["key"])
    assert caller.status("GET", "/users/me") == 200
    plane.clock.advance(minutes=11)
    assert caller.status("GET", "/users/me") == 401


def test_rotation_keeps_the_old_secret_for_its_retention(plane: Plane) -> None:
    first = plane.admin("POST", "/users/me/api_keys", body={"name": "rotated"})
    path = f"/users/me/api_keys/{first['id']}"
    second = plane.admin("PUT", f"{path}/rotate", body={"retain_period_minutes": 30})
    assert second["key"] != first["key"]
    plane.caller(second["key"])("GET", "/users/me")
    old = plane.caller(first["key"])
    old("GET", "/users/me")
    plane.clock.advance(minutes=31)
    old("GET", "/users/me", expect=401)
    assert "key" not in plane.admin("GET", path)


def test_a_deactivated_user_loses_access_immediately(plane: Plane) -> None:
    person = plane.person("leaving@example.com")
    assert person.status("GET", "/users/me") == 200
    plane.admin("PATCH", f"/users/{plane.user('leaving@example.com')}", body={"is_active": False})
    assert person.status("GET", "/users/me") == 401
