"""One case per write command: the words of a call, after everything it requires has been created."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.commands.conftest import PASSWORD, local_user
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.inventory import Reviews

Case = Callable[[Connection, str], list[str]]

CASES: dict[str, Case] = {}
OWN = {"me update", "api-keys create", "organizations create", "devices verify"}
"""What anybody may do, about themselves."""


def case(command: str) -> Callable[[Case], Case]:
    """Register a function as the case of this command."""

    def enter(function: Case) -> Case:
        CASES[command] = function
        return function

    return enter


def words(command: str, zen: Connection, name: str) -> list[str]:
    """Return the words of a call of this command, ready to run."""
    return [*command.split(), *CASES[command](zen, name)]


def reviewed_at(url: str) -> None:
    """Make the reviews of this test belong to the same server at another address too."""
    kept = Reviews()
    for item in kept.every():
        kept.create(replace(item.review, server=url))


def _workspace(zen: Connection, name: str) -> str:
    zen.run("workspaces", "create", name)
    return name


def _team(zen: Connection, name: str) -> str:
    zen.run("teams", "create", name)
    return name


def _role(zen: Connection, name: str) -> str:
    zen.run("roles", "create", name, "--level", "workspace", "--permission", "pipeline:read")
    return name


def _user(zen: Connection, name: str) -> str:
    zen.run("users", "create", f"{name}@x.io")
    return f"{name}@x.io"


def _account(zen: Connection, name: str) -> str:
    zen.run("service-accounts", "create", name)
    return name


def _key(zen: Connection, name: str) -> list[str]:
    _account(zen, name)
    zen.run("api-keys", "create", "k", "--service-account", name, "--to", f"env:{_variable(name)}")
    return ["k", "--service-account", name]


def _variable(name: str) -> str:
    return "ZENPRO_TEST_" + name.replace("-", "_").upper()


def _invitation(zen: Connection, name: str) -> str:
    zen.run("invitations", "create", "--email", f"{name}@x.io", "--role", "Organization Member")
    return f"{name}@x.io"


def device_code(zen: Connection) -> str:
    """Return the code of a device that waits for authorization."""
    form = {"client_id": str(uuid.uuid4())}
    answer: Any = zen.client.request("POST", "/auth/device_authorization", form=form).json()
    return str(answer["user_code"])


CASES["workspaces create"] = lambda zen, name: [name, "--description", "new"]
CASES["workspaces update"] = lambda zen, name: [_workspace(zen, name), "--description", "other"]
CASES["workspaces rename"] = lambda zen, name: [_workspace(zen, name), f"{name}-b"]


@case("workspaces deploy")
def _workspaces_deploy(zen: Connection, name: str) -> list[str]:
    zen.run("workspaces", "deactivate", _workspace(zen, name), "--yes")
    return [name]


CASES["workspaces deactivate"] = lambda zen, name: [_workspace(zen, name)]
CASES["workspaces delete"] = lambda zen, name: [_workspace(zen, name)]


@case("apply")
def _apply(zen: Connection, name: str) -> list[str]:
    text = f"zenpro: 1\nteams: {{{_team(zen, name)}: {{members: [grace@example.com]}}}}\n"
    path = Path(tempfile.mkdtemp(), "access.yaml")
    path.write_text(text, encoding="utf-8")
    return [str(path)]


CASES["organizations create"] = lambda zen, name: [name]


@case("organizations update")
def _organizations_update(zen: Connection, name: str) -> list[str]:
    zen.run("organizations", "create", name)
    return [name, "--description", "other", "--trusted-domain", "x.io"]


@case("organizations delete")
def _organizations_delete(zen: Connection, name: str) -> list[str]:
    zen.run("organizations", "create", name)
    return [name]


@case("members remove")
def _members_remove(zen: Connection, name: str) -> list[str]:
    zen.run("roles", "assign", "Organization Member", "--user", _user(zen, name))
    return [f"{name}@x.io"]


CASES["users create"] = lambda zen, name: [f"{name}@x.io"]
CASES["users update"] = lambda zen, name: [_user(zen, name), "--name", "Some Body", "--new-password"]


@case("users activate")
def _users_activate(zen: Connection, name: str) -> list[str]:
    zen.run("users", "deactivate", _user(zen, name), "--yes")
    return [f"{name}@x.io"]


CASES["users deactivate"] = lambda zen, name: [_user(zen, name)]
CASES["users offboard"] = lambda zen, name: [_user(zen, name)]
CASES["users onboard"] = lambda zen, name: [_user(zen, name), "--role", "Organization Viewer"]
CASES["users delete"] = lambda zen, name: [_user(zen, name)]


@case("reviews apply")
def _reviews_apply(zen: Connection, name: str) -> list[str]:
    zen.run("roles", "assign", "Workspace Viewer", "--user", _user(zen, name), "--workspace", _workspace(zen, name))
    zen.run("reviews", "create", name, "--workspace", name)
    zen.run("reviews", "decide", name, "--principal", f"{name}@x.io", "--revoke")
    return [name]


CASES["me update"] = lambda zen, name: ["--company", name]

CASES["teams create"] = lambda zen, name: [name]
CASES["teams update"] = lambda zen, name: [_team(zen, name), "--description", "other"]
CASES["teams delete"] = lambda zen, name: [_team(zen, name)]
CASES["teams add"] = lambda zen, name: [_team(zen, name), "--user", "grace@example.com"]


@case("teams remove")
def _teams_remove(zen: Connection, name: str) -> list[str]:
    zen.run("teams", "add", _team(zen, name), "--user", "grace@example.com")
    return [name, "--user", "grace@example.com"]


CASES["roles create"] = lambda zen, name: [name, "--level", "workspace", "--permission", "pipeline:read,create"]
CASES["roles update"] = lambda zen, name: [_role(zen, name), "--description", "other"]
CASES["roles delete"] = lambda zen, name: [_role(zen, name)]
CASES["roles assign"] = lambda zen, name: ["Organization Viewer", "--user", _user(zen, name)]


@case("roles revoke")
def _roles_revoke(zen: Connection, name: str) -> list[str]:
    zen.run("roles", "assign", "Organization Viewer", "--user", _user(zen, name))
    return ["Organization Viewer", "--user", f"{name}@x.io"]


CASES["invitations create"] = lambda zen, name: ["--email", f"{name}@x.io", "--role", "Organization Member"]
CASES["invitations revoke"] = lambda zen, name: [_invitation(zen, name)]

CASES["service-accounts create"] = lambda zen, name: [name]
CASES["service-accounts update"] = lambda zen, name: [_account(zen, name), "--description", "other"]


@case("service-accounts activate")
def _service_accounts_activate(zen: Connection, name: str) -> list[str]:
    zen.run("service-accounts", "deactivate", _account(zen, name), "--yes")
    return [name]


CASES["service-accounts deactivate"] = lambda zen, name: [_account(zen, name)]
CASES["service-accounts delete"] = lambda zen, name: [_account(zen, name)]

CASES["api-keys create"] = lambda zen, name: [name, "--expires-in", "30d", "--to", f"env:{_variable(name)}"]


@case("api-keys activate")
def _api_keys_activate(zen: Connection, name: str) -> list[str]:
    words = _key(zen, name)
    zen.run("api-keys", "deactivate", *words, "--yes")
    return words


CASES["api-keys deactivate"] = _key
CASES["api-keys rotate"] = lambda zen, name: [*_key(zen, name), "--retain", "60", "--to", f"env:{_variable(name)}"]
CASES["api-keys delete"] = _key

CASES["devices verify"] = lambda zen, name: [device_code(zen)]


@case("devices delete")
def _devices_delete(zen: Connection, name: str) -> list[str]:
    frame = zen.run("devices", "verify", device_code(zen), "--yes")
    return [frame["id"].iloc[0]]


def invited_person(zen: Connection, name: str) -> Connection:
    """Return a connection as a person with a pending invitation."""
    _invitation(zen, name)
    return local_user(zen, f"{name}@x.io")


__all__ = ["CASES", "OWN", "PASSWORD", "device_code", "invited_person", "words"]
