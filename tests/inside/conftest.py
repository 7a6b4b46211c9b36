"""Workspaces that a test scripts, with a real control plane in the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import zenpro_nb
from tests.support.cutting import Cutter, cutting
from tests.support.sandbox import SandboxProcess
from tests.support.workspace_server import WorkspaceServer
from zenpro_nb.frontends.connection import Connection


@pytest.fixture
def acme(sandbox: SandboxProcess) -> Iterator[Connection]:
    """The organization acme of the shared sandbox."""
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as connection:
        yield connection


@pytest.fixture
def cutter(sandbox: SandboxProcess) -> Iterator[Cutter]:
    with cutting(sandbox.url) as proxy:
        yield proxy


@pytest.fixture
def far(
    sandbox: SandboxProcess, cutter: Cutter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connection]:
    """The organization, with the server of ml-prod behind the proxy."""
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("ACME_KEY", sandbox.key)
    monkeypatch.setattr("zenpro_nb.limits.SECOND_LOOK", 0.0)
    (tmp_path / "profiles.toml").write_text(
        f'[profiles.far]\nurl = "{sandbox.url}"\norganization = "acme"\ncredential = "env:ACME_KEY"\n'
        f'[profiles.far.workspaces.ml-prod]\nurl = "{cutter.url}/workspace/ml-prod"\ncredential = "env:ACME_KEY"\n'
    )
    with zenpro_nb.connect(profile="far") as connection:
        yield connection


@pytest.fixture
def connect_servers(
    fresh_sandbox: Callable[..., SandboxProcess],
) -> Iterator[Callable[..., tuple[Connection, SandboxProcess]]]:
    """``connected(one=server, two=server)`` returns a connection to a control plane with these workspaces in acme."""
    with ExitStack() as stack:

        def connect(token: bool = False, **servers: WorkspaceServer) -> tuple[Connection, SandboxProcess]:
            urls = [f"{name}={server.url}" for name, server in servers.items()]
            plane = fresh_sandbox(users=60, workspace=urls)
            credential = {"token": _session_token(plane)} if token else {"api_key": plane.key}
            connection = zenpro_nb.connect(url=plane.url, organization="acme", **credential)
            return stack.enter_context(connection), plane

        yield connect


def _session_token(plane: SandboxProcess) -> str:
    """A token in the dashboard's format."""
    import httpx

    return str(httpx.post(f"{plane.url}/auth/login", data={"password": plane.key}, timeout=60).json()["access_token"])
