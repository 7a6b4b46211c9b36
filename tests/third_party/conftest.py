"""A sandbox with a real ZenML server in Pro mode enrolled in it; clients of both, as published on PyPI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.pro_server import ProServer
from tests.support.sandbox import SandboxProcess
from tests.support.zenml_server import temporary_folder
from tests.third_party.clients import ZenmlHome

# The workspace whose server is real, and the project in it.
WORKSPACE = "on-prem"
PROJECT = "research"

# Runs in ZenML's environment, which does not contain this project.
PIPELINE = f"""
from zenml import pipeline, step
from zenml.client import Client

@step
def load() -> int:
    return 7

@pipeline
def nightly() -> None:
    load()

client = Client()
client.create_project({PROJECT!r}, description="")
client.set_active_project({PROJECT!r})
nightly()
"""


@pytest.fixture(scope="session")
def plane() -> Iterator[SandboxProcess]:
    """A sandbox that all clients share."""
    with SandboxProcess(users=60, lifecycle_seconds=0) as running:
        yield running


@pytest.fixture(scope="session")
def server(plane: SandboxProcess) -> Iterator[ProServer]:
    """A real server, enrolled as the documentation describes."""
    enrolled = httpx.post(
        f"{plane.url}/workspaces?name={WORKSPACE}&enroll=true", headers=plane.headers, timeout=60
    ).json()
    with temporary_folder() as folder:
        running = ProServer(Path(folder), plane=plane.url, enrolled=enrolled)
        running.start()
        try:
            running.wait()
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
def signed_in(plane: SandboxProcess, server: ProServer, tmp_path_factory: pytest.TempPathFactory) -> ZenmlHome:
    """ZenML's client, signed in with a key, which has run a pipeline."""
    home = ZenmlHome(tmp_path_factory.mktemp("zenml"), plane.url)
    said = home.zenml("login", WORKSPACE, "--pro-api-url", plane.url, "--api-key", typed=plane.key)
    assert f"Connected to ZenML Pro server: {WORKSPACE}" in said
    home.python(PIPELINE)
    return home
