"""Objects that commands change and `undo` restores, in a sandbox that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import zenpro_nb
from tests.commands.conftest import PASSWORD
from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from tests.support.small_acme import small_acme
from zenpro_nb import inventory
from zenpro_nb.errors import BlockedError
from zenpro_nb.frontends.connection import Connection

PEOPLE = 3
NAME = "undone"


@pytest.fixture(scope="package")
def plane(sandboxes: SandboxPool) -> Iterator[SandboxProcess]:
    """Give a sandbox to which `base` adds objects for all of these tests."""
    with small_acme(sandboxes, "plane") as running:
        yield running


@pytest.fixture(scope="package")
def base(plane: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Create the shared objects, and return their prefix: people, a role, a service account, a workspace, two teams."""
    name = "base"
    with pytest.MonkeyPatch.context() as patch, connect(plane.url, plane) as zen:
        patch.setenv("ZENPRO_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        patch.setenv("ZENPRO_NEW_PASSWORD", PASSWORD)
        zen.run("workspaces", "create", name, "--description", "of these tests")
        for number in range(PEOPLE):
            zen.run("users", "create", person(number))
            zen.run("users", "update", person(number), "--name", f"Person {number}")
        zen.run("roles", "assign", "Organization Member", "--users", [person(number) for number in range(PEOPLE)])
        zen.run("roles", "create", name, "--level", "workspace", "--description", "r", "--permission", "stack:read")
        zen.run("service-accounts", "create", name, "--description", "bot")
        for letter in "ab":
            zen.run("teams", "create", f"{NAME}-{letter}", "--description", letter)
            zen.run("teams", "add", f"{NAME}-{letter}", "--user", person(0))
    plane.keep()
    return name


@pytest.fixture
def name() -> str:
    """The same for all of these tests: the teams of `base` have it in their names."""
    return NAME


@pytest.fixture
def own(zen: Connection, base: str) -> Connection:
    """Give a connection to the sandbox with these objects; the journal is empty."""
    return zen


def connect(url: str, plane: SandboxProcess) -> Connection:
    return zenpro_nb.connect(url=url, api_key=plane.key, organization="acme")


def person(number: int) -> str:
    return f"base-{number}@x.io"


def read_all(zen: Connection) -> Any:
    """Return the current state of the organization."""
    return inventory.mask_secrets(inventory.fill(zen._session, None))


def changed_since(before: Any, zen: Connection) -> list[dict[str, Any]]:
    frame = inventory.compare(before, read_all(zen))
    return list(frame[["list", "change", "name", "column", "before", "after"]].to_dict("records"))


def blocked_reasons(zen: Connection, *words: str) -> list[str]:
    """Run an undo of which nothing is sent, and return why the steps are blocked."""
    with pytest.raises(BlockedError) as caught:
        zen.run(*words, "--yes")
    rows: Any = caught.value.rows
    return list(rows["reason"])
