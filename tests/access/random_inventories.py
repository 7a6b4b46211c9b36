"""Random inventories, random desired states, and their expected results, computed independently."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

from msgspec import Struct, field

from zenpro_nb.access import Inventory

Holder = tuple[str, str]
Row = tuple[str, str, str, str, str]  # role, field of the holder, its id, workspace, project

PREDEFINED = {
    "organization": ("Organization Admin", "Organization Viewer", "Organization Member"),
    "workspace": ("Workspace Admin", "Workspace Developer", "Workspace Viewer", "Stack Admin"),
    "project": ("Project Admin", "Project Developer", "Project Viewer"),
}
PROJECTS = ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002")


def role_id(name: str) -> str:
    return f"r-{name.replace(' ', '-').lower()}"


class World(Struct):
    """An organization as plain sets, which an inventory is created from."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    bots: dict[str, str] = field(default_factory=dict)
    invitations: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    roles: dict[str, tuple[str, str]] = field(default_factory=dict)
    workspaces: dict[str, str] = field(default_factory=dict)
    members: set[tuple[str, Holder]] = field(default_factory=set)
    assignments: set[Row] = field(default_factory=set)

    def inventory(self, **lists: Any) -> Inventory:
        made: dict[str, Any] = {
            "users": list(self.users.values()),
            "members": [],
            "me": [{"id": next(iter(self.users), "nobody")}],
            "service_accounts": [{"id": key, "username": name, "is_active": True} for key, name in self.bots.items()],
            "invitations": [{"id": key, "email": name, "accepted": False} for key, name in self.invitations.items()],
            "teams": [{"id": key, "name": name, "description": None} for key, name in self.teams.items()],
            "roles": [
                {"id": key, "name": name, "level": level, "system_managed": True, "type": "normal"}
                for key, (name, level) in self.roles.items()
            ],
            "workspaces": [{"id": key, "name": name} for key, name in self.workspaces.items()],
            "team_members": [
                {"team_id": team, "team": self.teams[team], kind: key} for team, (kind, key) in sorted(self.members)
            ],
            "assignments": [
                {
                    "role_id": role,
                    "role": self.roles[role][0],
                    "level": self.roles[role][1],
                    kind: key,
                    "workspace_id": workspace or None,
                    "project_id": project or None,
                }
                for role, kind, key, workspace, project in sorted(self.assignments)
            ],
        }
        return Inventory.of({**made, **lists}, organization_id="o", organization_name="acme", server="http://there")

    def spelled(self, holder: Holder) -> str:
        """A unique name, or the id."""
        kind, key = holder
        name_counts = Counter(str(user["email"] or user["username"]).casefold() for user in self.users.values())
        name_counts.update(name.casefold() for name in self.invitations.values())
        if kind == "team_id":
            alone = Counter(self.teams.values())[self.teams[key]] == 1
            return f"team:{self.teams[key]}" if alone else f"id:{key}"
        if key in self.bots:
            return f"bot:{self.bots[key]}"
        name = (
            str(self.users[key]["email"] or self.users[key]["username"]) if kind == "user_id" else self.invitations[key]
        )
        return name if name_counts[name.casefold()] == 1 else f"id:{key}"

    @property
    def people(self) -> list[Holder]:
        return [("user_id", key) for key in (*self.users, *self.bots)] + [
            ("invitation_id", key) for key in self.invitations
        ]

    @property
    def holders(self) -> list[Holder]:
        return self.people + [("team_id", key) for key in self.teams]

    def of_level(self, level: str) -> list[str]:
        return [key for key, (_, told) in self.roles.items() if told == level]


def world(seed: int) -> World:
    """A random small organization with difficult names."""
    chance = random.Random(seed)
    sample = World(roles={role_id(name): (name, level) for level, names in PREDEFINED.items() for name in names})
    sample.roles["r-mine"] = ("Model Promoter", "workspace")
    for number in range(chance.randint(1, 12)):
        email = (
            None
            if number and chance.random() < 0.15
            else f"P{number}@X.example"
            if number % 5 == 4
            else f"p{number}@x.example"
        )
        sample.users[f"u{number}"] = {
            "id": f"u{number}",
            "email": email,
            "username": email or f"local{number}",
            "is_active": chance.random() < 0.85,
            "is_superuser": False,
            "is_service_account": False,
        }
    sample.bots = {f"b{number}": f"bot{number}" for number in range(chance.randint(0, 2))}
    sample.invitations = {f"i{number}": f"new{number}@x.example" for number in range(chance.randint(0, 3))}
    if sample.invitations and chance.random() < 0.3:
        sample.invitations["i0"] = "p0@x.example"  # the invited person has an account now
    sample.teams = {f"t{number}": f"team {number}" for number in range(chance.randint(0, 4))}
    if len(sample.teams) > 2 and chance.random() < 0.3:
        sample.teams["t1"] = sample.teams["t0"]
    sample.workspaces = {f"w{number}": f"ws-{number}" for number in range(chance.randint(0, 3))}
    for team in sample.teams:
        sample.members |= {
            (team, item) for item in chance.sample(sample.people, chance.randint(0, min(5, len(sample.people))))
        }
    sample.assignments |= {("r-organization-member", "invitation_id", key, "", "") for key in sample.invitations}
    sample.assignments |= {
        ("r-organization-member", "user_id", key, "", "") for key in sample.users if chance.random() < 0.8
    }
    for _ in range(chance.randint(0, 40)):
        sample.assignments.add(_row(sample, chance))
    return sample


def _row(sample: World, chance: random.Random) -> Row:
    role = chance.choice(list(sample.roles))
    level = sample.roles[role][1]
    if level != "organization" and not sample.workspaces:
        role, level = "r-organization-viewer", "organization"
    workspace = "" if level == "organization" else chance.choice(list(sample.workspaces))
    project = chance.choice(PROJECTS) if level == "project" else ""
    return (role, *chance.choice(sample.holders), workspace, project)


class Wish(Struct):
    """A random desired state, and the state after it is applied.

    Attributes:
        text: the file.
        members: the expected members of each team, by its name.
        assignments: the expected role assignments.
        withdrawn: the invitations to revoke.
    """

    text: str
    members: set[tuple[str, Holder]]
    assignments: set[Row]
    withdrawn: set[str]


def wish(sample: World, seed: int) -> Wish:
    """A random file for an organization; each section is exact or additive."""
    chance = random.Random(f"wish {seed}")
    manage = {
        name: chance.choice(("exact", "additive"))
        for name in ("teams", "organization_roles", "workspace_roles", "project_roles")
    }
    file: dict[str, Any] = {"zenpro": 1, "organization": "acme", "manage": manage}
    file["teams"], members, mentioned = _teams(sample, chance, manage)
    bindings = set(sample.assignments)
    added: set[Row] = set()
    dropped: set[Row] = set()
    roles = _roles(sample, chance, "organization")
    added |= _rows(roles, "", "")
    file["organization_roles"] = _file(sample, roles)
    if manage["organization_roles"] == "exact":
        dropped |= {row for row in bindings if not row[3]}
    file["workspace_roles"] = _workspaces(sample, chance, manage, added, dropped)
    mentioned |= {(kind, key) for _, kind, key, _, _ in added}
    # An invitation is revoked with its last organization role, unless the file keeps it.
    last = {
        key
        for key in sample.invitations
        if ("invitation_id", key) not in mentioned
        and (own := {row for row in bindings if row[1:3] == ("invitation_id", key) and not row[3]})
        and own <= dropped
    }
    bindings = {row for row in (bindings - dropped) | added if not (row[1] == "invitation_id" and row[2] in last)}
    members = {(team, member) for team, member in members if not (member[0] == "invitation_id" and member[1] in last)}
    # JSON is YAML.
    return Wish(json.dumps(file, indent=1), members, bindings, last)


def _teams(
    sample: World, chance: random.Random, manage: dict[str, str]
) -> tuple[dict[str, Any], set[tuple[str, Holder]], set[Holder]]:
    """The section of teams, the members that it leads to, and the principals that it mentions."""
    mentioned: set[Holder] = set()
    names = {key: sample.teams[key] for key in sample.teams if Counter(sample.teams.values())[sample.teams[key]] == 1}
    members = {(sample.teams[team] if team in names else f"id:{team}", member) for team, member in sample.members}
    teams: dict[str, Any] = {}
    for team, name in names.items():
        if chance.random() < 0.6:
            people = chance.sample(sample.people, chance.randint(0, min(4, len(sample.people))))
            new = f"{name} renamed" if chance.random() < 0.2 else name
            teams[new] = {"members": [sample.spelled(item) for item in people]}
            if new != name:
                teams[new]["previously"] = ["never so", name]
                members = {(new if member == name else member, who) for member, who in members}
            if manage["teams"] == "exact":
                members = {pair for pair in members if pair[0] != new}
            members |= {(new, item) for item in people}
            mentioned |= set(people)
            names[team] = new
    if chance.random() < 0.5:
        people = chance.sample(sample.people, chance.randint(0, min(4, len(sample.people))))
        teams["brand new"] = {"description": "made by a file", "members": [sample.spelled(item) for item in people]}
        members |= {("brand new", item) for item in people}
        mentioned |= set(people)
    return teams, members, mentioned


def _workspaces(
    sample: World, chance: random.Random, manage: dict[str, str], added: set[Row], dropped: set[Row]
) -> dict[str, Any]:
    """The section of workspaces; its assignments are added to `added`, those that it removes to `dropped`."""
    places: dict[str, Any] = {}
    for workspace, name in sample.workspaces.items():
        if chance.random() < 0.3:
            continue
        roles = _roles(sample, chance, "workspace")
        added |= _rows(roles, workspace, "")
        places[name] = _file(sample, roles)
        if manage["workspace_roles"] == "exact":
            dropped |= {row for row in sample.assignments if row[3] == workspace and not row[4]}
        projects: dict[str, Any] = {}
        for project in PROJECTS:
            if chance.random() < 0.4:
                roles = _roles(sample, chance, "project")
                added |= _rows(roles, workspace, project)
                projects[project] = _file(sample, roles)
                if manage["project_roles"] == "exact":
                    dropped |= {row for row in sample.assignments if row[3] == workspace and row[4] == project}
        if projects:
            places[name]["projects"] = projects
    return places


def _rows(roles: dict[str, list[Holder]], workspace: str, project: str) -> set[Row]:
    return {(role, *holder, workspace, project) for role, holders in roles.items() for holder in holders}


def _roles(sample: World, chance: random.Random, level: str) -> dict[str, list[Holder]]:
    names = chance.sample(sample.of_level(level), chance.randint(0, 3))
    most = min(5, len(sample.holders))
    return {role: chance.sample(sample.holders, chance.randint(0, most)) for role in names}


def _file(sample: World, arguments: dict[str, list[Holder]]) -> dict[str, list[str]]:
    return {sample.roles[role][0]: [sample.spelled(item) for item in ones] for role, ones in arguments.items()}
