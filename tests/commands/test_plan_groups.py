"""`plan --groups` does what ZenML's own `sync_sso_users.py` does on the same input, and removes too.

That script (docs.zenml.io, getting-started/zenml-pro) goes through the people of an identity provider: who is inactive
is deactivated; who has no account is invited with the role of their first group, else as Organization Member; then each
group's role is assigned, and each group's team joined. Its functions that take something away are never called.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.roomy import Roomy, roomy
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb.client import Client
from zenpro_nb.errors import ConflictError, FindingsError, UnknownNameError
from zenpro_nb.frontends.connection import Connection

ROLES = {"idp-admins": "Organization Admin", "idp-viewers": "Organization Viewer"}
TEAMS = {"idp-ds": "Data Science", "idp-ops": "MLOps"}
MEMBER = "Organization Member"


@dataclass(frozen=True)
class Person:
    email: str
    groups: tuple[str, ...]
    active: bool = True


PEOPLE = (
    Person("known@x.io", ("idp-viewers", "idp-ds")),
    Person("settled@x.io", ("idp-ops",)),
    Person("left@x.io", ("idp-ds",), active=False),
    Person("new@x.io", ("idp-viewers", "idp-ds", "idp-ops")),
    Person("guest@x.io", ("idp-ds",)),
    Person("boss@x.io", ("idp-admins",)),
    Person("never@x.io", ("idp-ops",), active=False),
    Person("other@x.io", ("idp-unmapped",)),
)
FILE = """
zenpro: 1
manage: {teams: exact}
protect: {max_removals: 100%, min_org_admins: 1}
groups:
  idp-admins: {role: Organization Admin}
  idp-viewers: {role: Organization Viewer}
  idp-ds: {team: Data Science}
  idp-ops: {team: MLOps}
teams: {Data Science: {}, MLOps: {}}
"""


@pytest.fixture(scope="module")
def room(sandboxes: SandboxPool) -> Iterator[Roomy]:
    with roomy(sandboxes) as running:
        yield running


def create_people(zen: Connection) -> None:
    """Create the accounts of people who have signed in, the teams, and their outdated members."""
    for team in TEAMS.values():
        zen.run("teams", "create", team)
    for email in ("known", "settled", "left", "boss", "gone"):
        if email not in {item.partition("@")[0] for item in zen.run("users")["email"].dropna()}:
            zen.run("users", "create", f"{email}@x.io")
        zen.run("users", "activate", f"{email}@x.io")
        zen.run("roles", "assign", MEMBER, "--user", f"{email}@x.io")
    zen.run("teams", "add", "Data Science", "--user", "left@x.io", "--user", "gone@x.io")
    zen.run("teams", "add", "MLOps", "--user", "settled@x.io")


def run_script(client: Client, organization: str) -> None:
    """Do the same as the script, in the same order."""
    org = f"/organizations/{organization}"
    roles = {item["name"]: item["id"] for item in _get(client, f"{org}/roles", level="organization")}
    teams = {item["name"]: item["id"] for item in _get(client, f"{org}/teams")}
    for person in PEOPLE:
        account = next(
            (item for item in _get(client, "/users", email=person.email) if item["email"] == person.email), None
        )
        if not person.active:
            if account:
                client.request("PATCH", f"/users/{account['id']}", json={"is_active": False})
            continue
        mapped = [group for group in person.groups if group in ROLES or group in TEAMS]
        if account is None:
            if not mapped:
                continue
            first = next((ROLES[item] for item in mapped if item in ROLES), MEMBER)
            body = {"email": person.email, "role_id": roles[first]}
            holder = {"invitation_id": client.request("POST", f"{org}/invitations", json=body).json()["id"]}
        else:
            holder = {"user_id": account["id"]}
        for group in mapped:
            path = (
                f"/roles/{roles[ROLES[group]]}/assignments"
                if group in ROLES
                else f"/teams/{teams[TEAMS[group]]}/members"
            )
            with contextlib.suppress(ConflictError):  # as in the script: it is already assigned
                client.request("POST", path, params=holder)


def _get(client: Client, path: str, **params: str) -> list[Any]:
    response: list[Any] = client.request("GET", path, params=params).json()
    return response


def state(zen: Connection) -> set[tuple[str, ...]]:
    """Return organization roles, team memberships, invitations and inactive accounts."""
    found = {("role", row.principal, row.role) for row in zen.run("assignments").itertuples(index=False)}
    for team in TEAMS.values():
        members = zen.run("teams", "members", team)
        found |= {("team", item, team) for item in members["email"].fillna(members["invited_email"])}
    found |= {("inactive", item) for item in zen.run("users", "--inactive")["email"].dropna() if item.endswith("@x.io")}
    return found


def test_the_same_additions_and_the_removals_that_the_script_leaves(room: Roomy, tmp_path: Path) -> None:
    groups = tmp_path / "groups.csv"
    lines = [f"{person.email},{group},{str(person.active).lower()}" for person in PEOPLE for group in person.groups]
    groups.write_text("email,group,active\n" + "\n".join(lines) + "\n")
    file = tmp_path / "access.yaml"
    file.write_text(FILE)
    with room.organization("by-script") as zen:
        create_people(zen)
        before = state(zen)
        organization = zen.run("organizations", "get", "by-script")["id"][0]
        run_script(zen.client, organization)
        script = state(zen)
        # The accounts belong to one organization again: else they would not be deactivated.
        zen.run("users", "activate", "left@x.io")
        for email in ("known", "settled", "left", "boss", "gone"):
            zen.run("members", "remove", f"{email}@x.io", "--min-org-admins", "0", "--yes")
    with room.organization("by-plan") as zen:
        create_people(zen)
        assert state(zen) == before
        options = ("--groups", str(groups), "--deactivate")
        with pytest.raises(UnknownNameError, match="--invite"):
            zen.run("plan", str(file), *options)
        plan = zen.run("plan", str(file), *options, "--invite", MEMBER)
        assert plan["action"].isin(["add", "remove"]).all(), plan
        zen.run("apply", str(file), *options, "--invite", MEMBER, "--yes")
        mine = state(zen)
        assert zen.run("plan", str(file), *options, "--invite", MEMBER).empty
    assert script - before <= mine - before
    # Invited people have the role of --invite; the script assigns only that of a group.
    assert (mine - before) - (script - before) <= {("role", "new@x.io", MEMBER)}
    assert before - script == set()  # the script takes nothing away
    assert before - mine == {("team", "left@x.io", "Data Science"), ("team", "gone@x.io", "Data Science")}


def test_steps_that_apply_skips_are_not_drift(room: Roomy, tmp_path: Path) -> None:
    """Additive groups, and an account that also belongs to another organization: always reported, never a failure."""
    groups = tmp_path / "groups.csv"
    groups.write_text("email,group,active\nknown@x.io,idp-ds,true\nleft@x.io,idp-ops,false\n")
    file = tmp_path / "access.yaml"
    file.write_text("zenpro: 1\ngroups: {idp-ds: {team: Data Science}, idp-ops: {team: MLOps}}\n")
    with room.organization("other") as other:
        if "left@x.io" not in set(other.run("users")["email"]):
            other.run("users", "create", "left@x.io")
        other.run("roles", "assign", MEMBER, "--user", "left@x.io")
    with room.organization("drifting") as zen:
        create_people(zen)
        zen.run("teams", "add", "MLOps", "--user", "left@x.io")
        line = (str(file), "--groups", str(groups), "--deactivate")
        with pytest.raises(FindingsError, match="1 change"):
            zen.run("plan", *line, "--fail-on-drift")
        done = zen.run("apply", *line, "--yes")
        assert dict(zip(done["action"], done["outcome"], strict=False)) == {"add": "done", "remove": "skipped"}
        assert done["outcome"].tolist().count("skipped") == 2
        plan = zen.run("plan", *line, "--fail-on-drift")
        assert plan["action"].tolist() == ["skipped"] * 2
        assert any("also a member of" in text for text in plan["skipped_reason"])
        assert any("does not declare teams exact" in text for text in plan["skipped_reason"])
        assert zen.run("apply", *line, "--yes")["outcome"].tolist() == ["skipped"] * 2
        assert bool(zen.run("users", "get", "left@x.io")["is_active"].iloc[0])
