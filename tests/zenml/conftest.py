"""Two real ZenML servers, filled by the real client, and a sandbox whose only running workspaces they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from tests.support.zenml_server import ZenmlServer, temporary_folder
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.session.session import Session

CANARY = "canary-7c41e9"  # written by the seed wherever a secret can occur

PROFILES = """
[profiles.acme]
url = "{url}"
organization = "acme"
credential = "env:ACME_KEY"

[profiles.acme.workspaces.ml-prod]
credential = "env:ML_PROD_TOKEN"

[profiles.acme.workspaces.ml-dev]
credential = "env:ML_DEV_KEY"

[profiles.plain]
url = "{plain}"
kind = "server"
credential = "env:ML_PROD_TOKEN"
"""


@dataclass
class World:
    """`prod` contains two projects and one object of every type, `dev` two runs."""

    prod: ZenmlServer
    dev: ZenmlServer


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """The two servers. Read from them; writes must not disturb other tests."""
    with temporary_folder() as folder:
        world = World(ZenmlServer(Path(folder) / "prod"), ZenmlServer(Path(folder) / "dev"))
        servers = (world.prod, world.dev)
        try:
            for server in servers:
                server.start()
            for server in servers:
                server.wait()
                server.found()
            seeding = [world.prod.seed(), world.dev.seed("--small")]
            for server, process in zip(servers, seeding, strict=True):
                server.finish(process)
            yield world
        finally:
            for server in servers:
                server.stop()


@pytest.fixture(scope="session")
def plane(world: World) -> Iterator[SandboxProcess]:
    """A control plane: its organization acme has the two servers as running workspaces, and stopped ones."""
    urls = [f"ml-prod={world.prod.url}", f"ml-dev={world.dev.url}"]
    with SandboxProcess(users=60, workspace=urls, lifecycle_seconds=0) as sandbox:
        for workspace in httpx.get(f"{sandbox.url}/workspaces", headers=sandbox.headers, timeout=60).json():
            if workspace["status"] == "available" and workspace["name"] not in ("ml-prod", "ml-dev"):
                path = f"/workspaces/{workspace['id']}/deactivate"
                httpx.patch(sandbox.url + path, headers=sandbox.headers, timeout=60).raise_for_status()
        yield sandbox


@pytest.fixture
def profiles(world: World, plane: SandboxProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A profiles file for both: the organization, and one of the servers alone.

    A server outside ZenML Pro cannot check a control plane's tokens, so each has its own credential here: a token of
    its administrator, and the key of a service account.
    """
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN", "ZENPRO_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ACME_KEY", plane.key)
    monkeypatch.setenv("ML_PROD_TOKEN", world.prod.token())
    monkeypatch.setenv("ML_DEV_KEY", world.dev.key)
    (tmp_path / "profiles.toml").write_text(PROFILES.format(url=plane.url, plain=world.prod.url))


@pytest.fixture
def acme(profiles: None) -> Iterator[Connection]:
    """The organization with its two running workspaces."""
    with zenpro_nb.connect(profile="acme") as connection:
        yield connection


@pytest.fixture
def plain(profiles: None) -> Iterator[Connection]:
    """One of the servers, without a control plane, as its administrator."""
    with zenpro_nb.connect(profile="plain") as connection:
        yield connection


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Connection]:
    """A session without any selection."""
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN", "ZENPRO_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZENPRO_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    with Connection(Session()) as connection:
        yield connection
