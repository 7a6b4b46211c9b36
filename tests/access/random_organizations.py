"""Random organizations, created over the API of a running sandbox without the package."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

TYPES = ("stack", "secret", "pipeline", "artifact", "model", "workspace", "team")
ACTIONS = ("create", "read", "update", "delete", "read_secret_value")


class Api:
    """Requests to a control plane; every response must be 200."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False)

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        return self._sent("GET", path, params)

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """Every page of a list that has pages."""
        rows: list[dict[str, Any]] = []
        while True:
            page = self.get(path, offset=len(rows), limit=100, **params)
            rows += page
            if not page:
                return rows

    def post(self, path: str, body: Any = None, **params: Any) -> Any:
        return self._sent("POST", path, params, body)

    def patch(self, path: str, body: Any) -> Any:
        return self._sent("PATCH", path, {}, body)

    def delete(self, path: str, **params: Any) -> Any:
        return self._sent("DELETE", path, params)

    def login(self, **form: str) -> str:
        """Return the token for a client's name and secret."""
        answer = self._http.post("/auth/login", data=form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def _sent(self, method: str, path: str, params: Mapping[str, Any], body: Any = None) -> Any:
        filters = {name: value for name, value in params.items() if value is not None}
        answer = self._http.request(method, path, params=filters, json=body)
        assert answer.status_code == 200, f"{method} {path} {filters}: {answer.status_code} {answer.text}"
        return answer.json()


def allow_everything(database: Path) -> None:
    """Remove the limits of the free plan from all organizations of a sandbox; the API has no route for it."""
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        connection.execute("UPDATE organizations SET plan = 'enterprise'")


def make(api: Api, database: Path, seed: int) -> str:
    """Create a random organization, small or crowded, and return its name."""
    chance = random.Random(seed)
    name = f"org-{seed}"
    organization = api.post("/organizations", {"name": name})["id"]
    allow_everything(database)
    workspaces = _workspaces(api, chance, seed, organization)
    _custom_roles(api, chance, organization)
    roles = api.all(f"/organizations/{organization}/roles")
    people = _people(api, chance, seed)
    member = next(role["id"] for role in roles if role["name"] == "Organization Member")
    for person in people:
        if chance.random() < 0.9:
            api.post(f"/roles/{member}/assignments", user_id=person)
    bots = [
        api.post(f"/organizations/{organization}/service_accounts", {"username": f"bot{n}"})["id"]
        for n in range(chance.randint(0, 3))
    ]
    invitations = [
        api.post(f"/organizations/{organization}/invitations", {"email": f"new{n}@x{seed}.example", "role_id": member})
        for n in range(chance.randint(0, 3))
    ]
    subjects = [("user_id", person) for person in people + bots] + [
        ("invitation_id", invitation["id"]) for invitation in invitations
    ]
    teams = _teams(api, chance, organization, subjects)
    _assignments(api, chance, roles, subjects + [("team_id", team) for team in teams], workspaces)
    if workspaces and chance.random() < 0.3:
        api.delete(f"/workspaces/{chance.choice(workspaces)}")
    return name


def _workspaces(api: Api, chance: random.Random, seed: int, organization: str) -> list[str]:
    return [
        api.post("/workspaces", {"name": f"ws{n}-{seed}", "organization_id": organization})["id"]
        for n in range(chance.randint(0, 5))
    ]


def _custom_roles(api: Api, chance: random.Random, organization: str) -> None:
    for number in range(chance.randint(0, 4)):
        permissions = [
            {"resource": item, "actions": chance.sample(ACTIONS, chance.randint(1, 3))}
            for item in chance.sample(TYPES, chance.randint(1, 3))
        ]
        level = chance.choice(("organization", "workspace", "project"))
        # One of them has the name of a predefined role at another level: the name alone must not decide.
        name = "Workspace Admin" if number == 3 and level == "project" else f"Custom {number}"
        body = {"name": name, "organization_id": organization, "level": level, "permissions": permissions}
        api.post("/roles", body)


def _people(api: Api, chance: random.Random, seed: int) -> list[str]:
    people = []
    for number in range(chance.randint(1, 9)):
        name = f"p{number}@x{seed}.example" if number % 4 else f"local{number}-{seed}"
        made = api.post("/users", username=name, password="made-up-password", is_superuser=chance.random() < 0.1)
        people.append(made["id"])
        if chance.random() < 0.15:
            api.patch(f"/users/{made['id']}", {"is_active": False})
    return people


def _teams(api: Api, chance: random.Random, organization: str, subjects: Sequence[tuple[str, str]]) -> list[str]:
    teams = []
    for number in range(chance.randint(0, 4)):
        team = api.post("/teams", {"name": f"team {number}", "organization_id": organization})["id"]
        teams.append(team)
        for kind, item in chance.sample(subjects, chance.randint(0, min(4, len(subjects)))):
            api.post(f"/teams/{team}/members", **{kind: item})
    return teams


def _assignments(
    api: Api,
    chance: random.Random,
    roles: Sequence[Mapping[str, Any]],
    subjects: Sequence[tuple[str, str]],
    workspaces: Sequence[str],
) -> None:
    made = set()
    for _ in range(chance.randint(0, 40)):
        role = chance.choice(roles)
        kind, subject = chance.choice(subjects)
        scope: dict[str, str] = {}
        if role["level"] != "organization":
            if not workspaces:
                continue
            scope["workspace_id"] = chance.choice(workspaces)
        if role["level"] == "project":
            scope["project_id"] = str(UUID(int=chance.randint(1, 3)))
        key = (role["id"], subject, *scope.values())
        # Users already have that role, or should not have it.
        if key in made or role["name"] == "Organization Member":
            continue
        made.add(key)
        api.post(f"/roles/{role['id']}/assignments", **{kind: subject}, **scope)
