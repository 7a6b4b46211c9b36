"""Look up an object by name or ID, with as few requests as possible."""

from __future__ import annotations

import uuid

import pytest

import zenpro_nb
from tests.commands.conftest import Requests
from tests.support.sandbox import SandboxProcess
from zenpro_nb import query
from zenpro_nb.errors import NotFoundError, UnknownNameError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.resources import RESOURCES


def in_acme(zen: Connection) -> dict[str, str]:
    return {"organization_id": query.organization(zen._session).id}


def test_reads_trust_a_remembered_id_and_writes_check_the_object(zen: Connection, requests: Requests) -> None:
    key = str(uuid.uuid4())
    zen.run("teams")
    zen._session.names.remember("teams", [("ghosts", key)])
    requests.clear()
    assert query.find(zen._session, "teams", key, remembered=True).name == "ghosts"
    assert requests == []
    # The server corrects a read that relied on it.
    with pytest.raises(NotFoundError):
        zen.run("teams", "get", key)
    with pytest.raises(UnknownNameError, match=f"The team with the ID {key} does not exist"):
        zen.run("teams", "delete", key, "--yes")
    with pytest.raises(UnknownNameError):
        zen.run("roles", "assign", "Organization Member", "--team", key)
    assert requests.writes() == []


def test_an_unknown_id_is_requested_once(plane: SandboxProcess, zen: Connection, requests: Requests) -> None:
    key = zen.run("workspaces", "get", "ml-prod").id[0]
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as other:
        requests.clear()
        assert other.run("workspaces", "get", key).name[0] == "ml-prod"
    assert requests.count(("GET", f"/workspaces/{key}")) == 1


def test_several_names_are_picked_from_one_list(zen: Connection, requests: Requests) -> None:
    ids = in_acme(zen)
    requests.clear()
    teams = query.records(zen._session, RESOURCES["teams"], ids)[:3]
    once = list(requests)
    requests.clear()
    names = [str(team["name"]).upper() for team in teams]
    found = query.find_all(zen._session, "teams", [*names, *names], ids)
    assert [item.id for item in found] == [team["id"] for team in teams]
    # The end of the list is confirmed only once, while the server's page cap is not known.
    assert 0 < len(requests) <= len(once)
    assert set(requests) == set(once)
    with pytest.raises(UnknownNameError, match=r"2 of 3 teams do not exist or are not unique: 'Nobody', 'Nowhere'"):
        query.find_all(zen._session, "teams", ["Nobody", names[0], "Nowhere"], ids)


def test_a_fetched_record_contains_no_secret(zen: Connection, name: str) -> None:
    zen.run("users", "create", f"{name}@x.io")
    key = zen.run("users", "get", f"{name}@x.io").id[0]
    found = query.find(zen._session, "users", key)
    assert found.whole
    assert found.record["id"] == key
    assert not {"password", "oauth_id", "metadata"} & found.record.keys()
