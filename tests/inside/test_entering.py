"""Signing in to a workspace (API facts 9.1), which an open-source server cannot simulate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from tests.support.sandbox import SandboxProcess
from tests.support.workspace_server import WorkspaceServer, run
from zenpro_nb.errors import AuthenticationError, CredentialError
from zenpro_nb.frontends.connection import Connection

Connected = Callable[..., tuple[Connection, SandboxProcess]]


def test_a_session_of_the_control_plane_is_exchanged(connect_servers: Connected) -> None:
    planes: list[SandboxProcess] = []

    def belongs_to_plane(bearer: str, form: dict[str, str]) -> bool:
        me = httpx.get(f"{planes[0].url}/users/me", headers={"Authorization": f"Bearer {bearer}"}, timeout=60)
        return me.status_code == 200 and form == {"grant_type": "zenml-external"}

    with WorkspaceServer({"runs": [run(1)]}, accepts=belongs_to_plane) as item:
        zen, plane = connect_servers(token=True, one=item)
        planes.append(plane)
        assert len(zen.run("runs", "--workspace", "one")) == 1
        assert len(zen.run("runs", "--workspace", "one")) == 1
        assert len(item.logins) == 1, "the token is kept for the next line"


def test_a_pro_key_is_given_to_the_workspace_itself(connect_servers: Connected) -> None:
    with WorkspaceServer({"runs": [run(1)]}) as item:
        zen, plane = connect_servers(one=item)
        assert len(zen.run("runs", "--workspace", "one")) == 1
        assert item.logins == [("", {"password": plane.key})]


def test_the_profile_has_the_last_word(
    connect_servers: Connected, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import zenpro_nb

    def mine(bearer: str, form: dict[str, str]) -> bool:
        return form.get("password") == "ZENKEY_mine"

    with WorkspaceServer({"runs": [run(1)]}, accepts=mine) as item, WorkspaceServer({"runs": []}) as other:
        zen, plane = connect_servers(one=other)
        assert len(zen.run("runs", "--workspace", "one")) == 0
        monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path))
        (tmp_path / "profiles.toml").write_text(
            f'[profiles.acme]\nurl = "{plane.url}"\norganization = "acme"\ncredential = "env:ACME"\n'
            f'[profiles.acme.workspaces.one]\nurl = "{item.url}"\ncredential = "env:ONE"\n'
        )
        monkeypatch.setenv("ACME", plane.key)
        with zenpro_nb.connect(profile="acme") as mine_too:
            with pytest.raises(CredentialError, match="ONE is not set"):
                mine_too.run("runs", "--workspace", "one")
            monkeypatch.setenv("ONE", "ZENKEY_mine")
            assert len(mine_too.run("runs", "--workspace", "one")) == 1


def test_a_refused_login_is_reported(connect_servers: Connected) -> None:
    with WorkspaceServer({"runs": []}, accepts=lambda bearer, form: False) as item:
        zen, _ = connect_servers(one=item)
        with pytest.raises(AuthenticationError):
            zen.run("runs", "--workspace", "one")


def test_no_credential_is_sent_in_clear(connect_servers: Connected) -> None:
    """A workspace's address comes from the control plane and cannot be trusted."""
    zen, _ = connect_servers(far=SimpleNamespace(url="http://zenml.example.com"))
    with pytest.raises(CredentialError, match="plain HTTP"):
        zen.run("runs", "--workspace", "far")
    with pytest.raises(CredentialError, match="plain HTTP"):
        zen.run("use", "server", "http://zenml.example.com")


def test_a_server_that_refuses_the_login_is_not_selected(
    connect_servers: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENML_STORE_API_KEY", "ZENKEY_mine")
    with WorkspaceServer({"runs": [run(1)]}, accepts=lambda bearer, form: False) as closed:
        zen, _ = connect_servers(one=closed)
        with pytest.raises(AuthenticationError):
            zen.run("use", "server", closed.url)
        assert len(zen.run("users")) > 0
    with WorkspaceServer({"runs": [run(1)]}) as open_:
        zen.run("use", "server", open_.url)
        assert len(zen.run("runs")) == 1
