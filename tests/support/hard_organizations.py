"""Random organizations with misleading names, and a model of the effects of commands and roles in them.

Everything is computed from plain sets, without imports from the package. An account and an invitation share an
email, teams and workspaces share a name, and custom roles allow what no predefined role includes.
"""

from __future__ import annotations

import random
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
LATELY = NOW - timedelta(days=9)
PROJECTS = ("p1", "p2")
_READ, _ADD = {"read", "read project"}, {"create", "create project"}
# The permissions of each predefined role, from the published descriptions. None means all.
ALLOWS: dict[str, tuple[str, set[str] | None]] = {
    "Organization Admin": ("organization", None),
    "Organization Manager": ("organization", {"belong", "manage people"}),
    "Organization Viewer": ("organization", {"belong", "see"}),
    "Organization Member": ("organization", {"belong"}),
    "Workspace Admin": (
        "workspace",
        {*_READ, *_ADD, "change", "delete", "administer", "change project", "delete stack", "share project"},
    ),
    "Workspace Developer": ("workspace", {*_READ, *_ADD, "change stack"}),
    "Workspace Contributor": ("workspace", {"create"}),
    "Workspace Viewer": ("workspace", _READ),
    "Stack Admin": ("workspace", {"delete stack", "change stack"}),
    "Project Admin": ("project", {"read project", "create project", "change project", "share project"}),
    "Project Developer": ("project", {"read project", "create project"}),
    "Project Contributor": ("project", {"create project"}),
    "Project Viewer": ("project", {"read project"}),
    # Custom roles: at each level, one action that no other role has.
    "Auditor": ("organization", {"belong", "audit"}),
    "Promoter": ("workspace", {"promote"}),
    "Labeler": ("project", {"label project"}),
}
ALLOWS["Workspace Admin"][1].update({"change stack"})  # type: ignore[union-attr]  # not one of those with None
CUSTOM = ("Auditor", "Promoter", "Labeler")
EVERYTHING = {word for _, words in ALLOWS.values() for word in words or ()}

Holder = tuple[str, str]  # "user_id", "team_id" or "invitation_id", and the id
Assignment = tuple[str, Holder, str, str]  # role, holder, workspace, project
Membership = tuple[str, Holder]


def role_id(name: str) -> str:
    """Return the id of a role."""
    return f"role-{name.replace(' ', '-').lower()}"


@dataclass
class Organization:
    """An organization as plain sets."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    bots: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    invitations: dict[str, dict[str, Any]] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    workspaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    entered: dict[tuple[str, str], datetime] = field(default_factory=dict)
    assigned: set[Assignment] = field(default_factory=set)
    members: set[Membership] = field(default_factory=set)

    def copy(self) -> Organization:
        """Return an independent copy."""
        return Organization(**{name: value.copy() for name, value in vars(self).items()})

    @property
    def rows(self) -> set[tuple[Any, ...]]:
        """All assignments and team memberships."""
        return {*self.assigned, *self.members}

    @property
    def alive(self) -> list[str]:
        """The workspaces that are not deleted."""
        return [key for key, row in self.workspaces.items() if row["status"] != "deleted"]

    @property
    def principals(self) -> list[Holder]:
        """Accounts and invitations."""
        accounts = [("user_id", key) for key in (*self.users, *self.bots)]
        return accounts + [("invitation_id", key) for key in self.invitations]

    def team_members(self, team: str) -> set[Holder]:
        """Return the members of a team."""
        return {who for key, who in self.members if key == team}

    def roles_of(self, who: Holder) -> Iterator[tuple[Assignment, str]]:
        """Yield each role of a principal with the team it comes through, or "" for a direct role."""
        for row in self.assigned:
            if row[1] == who:
                yield row, ""
            elif row[1][0] == "team_id" and (row[1][1], who) in self.members:
                yield row, row[1][1]

    def permissions(self, who: Holder) -> set[tuple[str, str, str]]:
        """Return all actions that a principal is allowed to perform, with workspace and project."""
        found = set()
        for (role, _, workspace, project), _ in self.roles_of(who):
            level, words = ALLOWS[role]
            if level == "organization":
                found |= {(word, "", "") for word in (EVERYTHING if words is None else words)}
            if words is None:
                found |= set(_inside(EVERYTHING, self.alive))
            elif level == "workspace" and workspace in self.alive:
                found |= set(_inside(words, [workspace]))
            elif level == "project" and workspace in self.alive:
                found |= {(word, workspace, project) for word in words}
        return found

    def admins(self) -> set[str]:
        """Return the accounts that are Organization Admin, directly or through a team."""
        return {
            who[1]
            for who in self.principals
            if who[0] == "user_id" and any(row[0] == "Organization Admin" for row, _ in self.roles_of(who))
        }

    def active_people(self) -> set[str]:
        """Return the user accounts that can sign in."""
        return {key for key, row in self.users.items() if row["is_active"]}

    def lists(self) -> dict[str, list[dict[str, Any]]]:
        """Return the lists of an inventory by name."""
        return {
            "organization": [{"id": "o", "name": "acme", "trusted_domains": ["x.example"]}],
            "me": [{"id": next(iter(self.users), "nobody")}],
            "users": list(self.users.values()),
            "members": [],
            "service_accounts": list(self.bots.values()),
            "api_keys": list(self.keys.values()),
            "invitations": list(self.invitations.values()),
            "teams": [{"id": key, "name": name, "created": LATELY} for key, name in self.teams.items()],
            "roles": [
                {"id": role_id(name), "name": name, "level": level, "system_managed": name not in CUSTOM,
                 "type": "normal"}
                for name, (level, _) in ALLOWS.items()
            ],
            "workspaces": list(self.workspaces.values()),
            "team_members": [
                {"team_id": team, "team": self.teams[team], kind: key, **self._of(kind, key)}
                for team, (kind, key) in sorted(self.members)
            ],
            "assignments": [
                {
                    "role_id": role_id(role), "role": role, "level": ALLOWS[role][0], kind: key,
                    "principal": self.teams[key] if kind == "team_id" else self._email(kind, key),
                    "workspace_id": workspace or None, "project_id": project or None,
                    "workspace": self.workspaces[workspace]["name"] if workspace else None,
                }
                for role, (kind, key), workspace, project in sorted(self.assigned)
            ],
            "permissions": [
                {"action": "read_secret_value", "resource": "secret", "known": True, "role_id": role_id("Promoter")}
            ],
            "workspace_users": [
                {"id": f"in-{workspace}-{user}", "workspace_id": workspace, "external_user_id": user, "updated": when,
                 "workspace": self.workspaces[workspace]["name"]}
                for (workspace, user), when in self.entered.items()
            ],
            "workspace_service_accounts": [],
        }  # fmt: skip

    def _of(self, kind: str, key: str) -> dict[str, Any]:
        return {"invited_email" if kind == "invitation_id" else "email": self._email(kind, key)}

    def _email(self, kind: str, key: str) -> str | None:
        if kind == "invitation_id":
            return str(self.invitations[key]["email"])
        account = self.users.get(key) or self.bots[key]
        return account.get("email") or account["username"]

    def run(self, line: str) -> None:
        """Apply the effect of a command. A command that only shows something has none.

        Raises:
            LookupError: a name in it is unknown or ambiguous.
        """
        noun, verb, *words = shlex.split(line)
        given = {"words": [], "flags": set()}  # type: ignore[var-annotated]  # of both kinds
        while words:
            word = words.pop(0)
            if word.startswith("--") and word != "--no-superuser":
                given[word.lstrip("-").replace("-", "_")] = words.pop(0)  # type: ignore[assignment]
            else:
                given["words"].append(word)  # type: ignore[union-attr]
        done = {
            ("roles", "revoke"): self._revoke, ("teams", "remove"): self._leave, ("teams", "delete"): self._delete_team,
            ("invitations", "revoke"): self._withdraw, ("users", "offboard"): self._offboard,
        }.get((noun, verb))  # fmt: skip
        if done is not None:
            done(given)

    def _revoke(self, arguments: Any) -> None:
        role = _find_key(arguments["words"][0], {name: [role_id(name), name] for name in ALLOWS})
        workspace = _find_key(arguments["workspace"], self._workspace_names()) if "workspace" in arguments else ""
        row = (role, self._holder(arguments), workspace, arguments.get("project", ""))
        if row not in self.assigned:
            raise LookupError(f"Unknown assignment: {row}")
        self.assigned.remove(row)

    def _leave(self, arguments: Any) -> None:
        row = (_find_key(arguments["words"][0], self._team_names()), self._holder(arguments))
        if row not in self.members:
            raise LookupError(f"Unknown membership: {row}")
        self.members.remove(row)

    def _delete_team(self, arguments: Any) -> None:
        team = _find_key(arguments["words"][0], self._team_names())
        del self.teams[team]
        self.members = {row for row in self.members if row[0] != team}
        self.assigned = {row for row in self.assigned if row[1] != ("team_id", team)}

    def _withdraw(self, arguments: Any) -> None:
        names = {key: [key, row["email"]] for key, row in self.invitations.items()}
        self._take(("invitation_id", _find_key(arguments["words"][0], names)))

    def _offboard(self, arguments: Any) -> None:
        user = _find_key(arguments["words"][0], self._user_names())
        self._take(("user_id", user))
        email = str(self.users[user]["email"]).casefold()
        for key, row in list(self.invitations.items()):
            if row["email"].casefold() == email:
                self._take(("invitation_id", key))

    def _take(self, who: Holder) -> None:
        self.assigned = {row for row in self.assigned if row[1] != who}
        self.members = {row for row in self.members if row[1] != who}

    def _holder(self, arguments: Any) -> Holder:
        if "user" in arguments:
            return "user_id", _find_key(arguments["user"], self._user_names())
        if "service_account" in arguments:
            return "user_id", _find_key(
                arguments["service_account"], {key: [key, row["username"]] for key, row in self.bots.items()}
            )
        if "team" in arguments:
            return "team_id", _find_key(arguments["team"], self._team_names())
        names = {key: [key, row["email"]] for key, row in self.invitations.items()}
        return "invitation_id", _find_key(arguments["invitation"], names)

    def _user_names(self) -> dict[str, list[str]]:
        return {
            key: [key, *(row[name] for name in ("email", "username") if row[name])] for key, row in self.users.items()
        }

    def _team_names(self) -> dict[str, list[str]]:
        return {key: [key, name] for key, name in self.teams.items()}

    def _workspace_names(self) -> dict[str, list[str]]:
        return {key: [key, row["name"]] for key, row in self.workspaces.items()}


def _inside(words: Iterable[str], workspaces: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield actions in whole workspaces. Project actions apply in each of their projects."""
    for workspace in workspaces:
        for word in words:
            for project in PROJECTS if word.endswith(" project") else ("",):
                yield word, workspace, project


def _find_key(text: str, names: dict[str, list[str]]) -> str:
    """Return the key of a name, matched exactly or else case-insensitively."""
    for same in (str, str.casefold):
        found = [key for key, own in names.items() if same(text) in map(same, own)]
        if len(found) > 1:
            raise LookupError(f"{text!r} names {len(found)} things: {found}")
        if found:
            return found[0]
    raise LookupError(f"{text!r} names nothing")


def organization(seed: int) -> Organization:
    """Create a small random organization with misleading names."""
    chance = random.Random(f"hard organization {seed}")
    sample = Organization()
    for number in range(chance.randint(1, 7)):
        # Every fourth user has no email, and its sign-in name is sometimes another user's email.
        email = None if number % 4 == 3 else f"P{number}@x.example" if number == 2 else f"p{number}@x.example"
        if number == 5 and chance.random() < 0.5:
            email = "p0@x.example"
        username = email or ("p1@x.example" if chance.random() < 0.5 else f"local{number}")
        sample.users[f"u{number}"] = {
            "id": f"u{number}", "email": email, "username": username, "name": "Ada" if number < 2 else None,
            "is_active": chance.random() < 0.7, "is_superuser": chance.random() < 0.1, "is_service_account": False,
            "oauth_provider": chance.choice((None, "okta")),
        }  # fmt: skip
    for number in range(chance.randint(0, 3)):
        name = "bot0" if number == 2 and chance.random() < 0.5 else f"bot{number}"
        sample.bots[f"b{number}"] = {"id": f"b{number}", "username": name, "is_active": chance.random() < 0.9}
        for key in range(chance.randint(0, 2)):
            sample.keys[f"k{number}{key}"] = {
                "id": f"k{number}{key}", "name": "ci", "service_account": name, "service_account_id": f"b{number}",
                "created": NOW - timedelta(days=200), "last_login": None, "last_rotated": None, "expires_at": None,
                "active": True,
            }  # fmt: skip
    for number in range(chance.randint(0, 4)):
        email = chance.choice(("p0@x.example", "p1@x.example", f"new{number}@x.example", "new@x.example"))
        created = NOW - timedelta(days=chance.choice((1, 30)))
        sample.invitations[f"i{number}"] = {
            "id": f"i{number}", "email": email, "accepted": False, "created": created,
            "expires": created + timedelta(days=60),
        }  # fmt: skip
    sample.teams = {f"t{number}": chance.choice(("ops", f"team {number}")) for number in range(chance.randint(0, 4))}
    for number in range(chance.randint(0, 3)):
        status = "deleted" if chance.random() < 0.3 else "available"
        sample.workspaces[f"w{number}"] = {
            "id": f"w{number}", "name": chance.choice(("ml", f"ws-{number}")), "status": status,
            "desired_state": status, "owner_id": chance.choice((None, *sample.users)),
        }  # fmt: skip
    people = sample.principals
    for team in sample.teams:
        sample.members |= {(team, who) for who in chance.sample(people, chance.randint(0, min(4, len(people))))}
    for who in people:
        if who[0] == "invitation_id" or chance.random() < 0.8:
            sample.assigned.add(("Organization Member", who, "", ""))
    holders = people + [("team_id", key) for key in sample.teams]
    for _ in range(chance.randint(0, 45)):
        role = chance.choice(list(ALLOWS))
        level = ALLOWS[role][0]
        if level != "organization" and not sample.workspaces:
            continue
        workspace = "" if level == "organization" else chance.choice(list(sample.workspaces))
        project = chance.choice(PROJECTS) if level == "project" else ""
        sample.assigned.add((role, chance.choice(holders), workspace, project))
    for workspace in sample.workspaces:
        for user in sample.users:
            if chance.random() < 0.5:
                sample.entered[workspace, user] = NOW - timedelta(days=chance.choice((1, 200)))
    return sample
