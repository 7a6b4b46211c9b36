"""Writes to a workspace whose response is lost on the way: the real server is asked for the outcome."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import zenpro_nb
from tests.support.cutting import Cutter, cutting
from tests.zenml.conftest import World
from zenpro_nb.errors import OutcomeUnknownError, SaveError, UnknownNameError
from zenpro_nb.frontends.connection import Connection

PROFILE = """
[profiles.cut]
url = "{url}"
kind = "server"
credential = "env:ML_PROD_TOKEN"
"""
ACCOUNTS = "/api/v1/service_accounts"


@pytest.fixture
def cutter(world: World) -> Iterator[Cutter]:
    with cutting(world.prod.url) as proxy:
        yield proxy


@pytest.fixture
def far(cutter: Cutter, profiles: None, tmp_path: Path) -> Iterator[Connection]:
    """The server as its administrator, behind the proxy."""
    (tmp_path / "profiles.toml").write_text(PROFILE.format(url=cutter.url))
    with zenpro_nb.connect(profile="cut") as connection:
        yield connection


def test_accounts_and_keys(far: Connection, cutter: Cutter, tmp_path: Path) -> None:
    def last_outcome() -> tuple[str, str]:
        last = far.run("journal").iloc[0]
        return last.method, last.outcome

    cutter.lose("POST", ACCOUNTS, mode="request")
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far.run("service-accounts", "create", "lost")
    cutter.lose("POST", ACCOUNTS)
    assert far.run("service-accounts", "create", "lost").name[0] == "lost"
    assert last_outcome() == ("POST", "done")
    key = far.run("service-accounts", "get", "lost").id[0]

    cutter.lose("PUT", key, mode="request")
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far.run("service-accounts", "deactivate", "lost", "--yes")
    cutter.lose("PUT", key)
    assert far.run("service-accounts", "deactivate", "lost", "--yes").active[0] == False  # noqa: E712
    assert last_outcome() == ("PUT", "done")

    whose = ("--service-account", "lost")
    cutter.lose("POST", "/api_keys")
    with pytest.raises(SaveError, match="the key first is lost"):
        far.run("api-keys", "create", "first", *whose, "--to", f"file:{tmp_path / 'first'}")
    assert list(far.run("api-keys", *whose).name) == ["first"]
    cutter.lose("DELETE", "/first")
    assert far.run("api-keys", "delete", "first", *whose, "--yes").outcome[0] == "done"
    assert far.run("api-keys", *whose).empty

    cutter.lose("DELETE", key, mode="request")
    with pytest.raises(OutcomeUnknownError, match="did not happen"):
        far.run("service-accounts", "delete", "lost", "--yes")
    cutter.lose("DELETE", key)
    far.run("service-accounts", "delete", "lost", "--yes")
    assert last_outcome() == ("DELETE", "done")
    with pytest.raises(UnknownNameError):
        far.run("service-accounts", "get", "lost")
    assert len(cutter.cut) == 8
