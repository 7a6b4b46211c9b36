"""What an audit asks of an inventory again and again: who somebody is, who holds which role, who is in which team."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from msgspec import Struct

from zenpro_nb import frames
from zenpro_nb.access.columns import BOT, TEAM_MARK
from zenpro_nb.access.holders import holders
from zenpro_nb.access.inventory import Inventory
from zenpro_nb.syntax.unparse import quoted

Record = Mapping[str, Any]

# Accounts belong to no organization, and what is about them alone takes no --org.
_OF_NO_ORGANIZATION = ("users get",)


class Held(Struct, frozen=True):
    """A role that somebody holds, directly or through a team."""

    holder: Record
    assignment: Record
    team: str | None


class Facts:
    """An inventory, asked in an audit's words.

    Args:
        inventory: what is known.
        now: the moment from which ages are counted.
        domains: those that people's e-mails are to be of.
        org: what lines name as the organization; None where it is the one in use.
    """

    def __init__(
        self, inventory: Inventory, now: datetime, domains: Collection[str] = (), org: str | None = None
    ) -> None:
        self.inventory = inventory
        self.now = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
        self._org = org
        self.domains = frozenset(one.casefold().lstrip("@") for one in domains)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return a list as records, None where a value is missing."""
        found: list[dict[str, Any]] = frames.convert(self.inventory[name].frame, "records")
        return found

    @cached_property
    def users(self) -> dict[str, dict[str, Any]]:
        """Return the accounts by their ids."""
        return {one["id"]: one for one in self.rows("users")}

    @cached_property
    def bots(self) -> dict[str, dict[str, Any]]:
        """Return the service accounts by their ids."""
        return {one["id"]: one for one in self.rows("service_accounts")}

    @cached_property
    def invitations(self) -> list[dict[str, Any]]:
        """Return the open invitations."""
        return [one for one in self.rows("invitations") if not one["accepted"]]

    @cached_property
    def assignments(self) -> list[dict[str, Any]]:
        """Return all assignments, of every level."""
        return self.rows("assignments")

    @cached_property
    def roles(self) -> dict[str, dict[str, Any]]:
        """Return the roles by their ids."""
        return {one["id"]: one for one in self.rows("roles")}

    @cached_property
    def in_team(self) -> dict[str, list[dict[str, Any]]]:
        """Return the members of each team, by its id; an invitation that was accepted is nobody."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        waiting = {one["id"] for one in self.invitations}
        for one in self.rows("team_members"):
            if one["user_id"] or one["invitation_id"] in waiting or not self.inventory.invitations.known:
                found[one["team_id"]].append(one)
        return found

    @cached_property
    def workspaces(self) -> dict[str, dict[str, Any]]:
        """Return the workspaces that are not deleted, by their ids."""
        from zenpro_nb.access.ways import alive  # numpy: nothing of it is needed for the help of a command

        there = frozenset(alive(self.inventory))
        return {one["id"]: one for one in self.rows("workspaces") if one["id"] in there}

    @cached_property
    def _holders(self) -> dict[str, dict[str, Any]]:
        """Return everybody who may hold a role, by the id of the account or of the open invitation."""
        rows = frames.convert(holders(self.inventory), "records")
        return {one["user_id"] or one["invitation_id"]: one for one in rows}

    def _holder(self, row: Record) -> dict[str, Any]:
        return self._holders.get(str(row["user_id"] or row.get("invitation_id")), {})

    def is_bot(self, row: Record) -> bool:
        """Return whether a row's account is a service account."""
        return bool(self._holder(row).get("kind") == BOT)

    def is_active(self, row: Record) -> bool | None:
        """Return whether a row's account may sign in; None where that is not known."""
        active: bool | None = self._holder(row).get("active")
        return active

    def name(self, row: Record) -> str:
        """Return how people name a row's principal on a line: an e-mail, bot:NAME or team:NAME."""
        found = self._holder(row).get("principal") or row.get("principal")
        if found is None or (row.get("team_id") and row.get("kind") == "team"):
            found = f"{TEAM_MARK}{row.get('principal') or row['team_id']}" if row.get("team_id") else row["user_id"]
        return str(found)

    def is_admin(self, assignment: Record, *roles: str) -> bool:
        """Return whether an assignment is of one of these predefined roles."""
        role = self.roles.get(assignment["role_id"], {})
        return assignment["role"] in roles and role.get("system_managed") is not False

    def held(self) -> Iterator[Held]:
        """Yield every role that users, bots and invitations hold, teams expanded."""
        for one in self.assignments:
            if one["user_id"] or one["invitation_id"]:
                yield Held(one, one, None)
                continue
            for member in self.in_team.get(one["team_id"], ()):
                yield Held(member, one, str(one["principal"] or one["team_id"]))

    def place(self, assignment: Record) -> str:
        """Return where an assignment holds, as people name it."""
        if assignment["level"] == "organization" or not assignment["workspace_id"]:
            return self.inventory.organization_name or "organization"
        workspace = str(assignment["workspace"] or assignment["workspace_id"])
        return f"{workspace} / {assignment['project_id']}" if assignment["project_id"] else workspace

    def line(self, command: str, *arguments: str, **options: str | None) -> str:
        """Return a line, each word quoted where it needs it; an option without a value is left out.

        >>> from zenpro_nb.access.inventory import Inventory
        >>> Facts(Inventory(), datetime.now()).line("roles delete", "Model Promoter", workspace=None)
        "roles delete 'Model Promoter'"
        """
        given = [
            f"--{name.replace('_', '-')}{'=' if value.startswith('-') else ' '}{quoted(value)}"
            for name, value in {**options, "org": None if command in _OF_NO_ORGANIZATION else self._org}.items()
            if value
        ]
        words = [quoted(word) for word in arguments]
        # Behind `--` nothing is an option, whatever it begins with.
        dashed = any(word.startswith("-") for word in arguments)
        return " ".join([command, *given, "--", *words] if dashed else [command, *words, *given])

    def offboarding(self, assignment: Record) -> str:
        """Return the line that takes everything from who holds a role; from a bot this one, since it is no person."""
        if self.is_bot(assignment):
            return self.revoking(assignment)
        return self.line("users offboard", self._typed(assignment))

    def revoking(self, assignment: Record) -> str:
        """Return the line that takes a role from whom it was given to."""
        subject = {
            "user": None if self.is_bot(assignment) else assignment["user_id"] and self._typed(assignment),
            "service_account": self._typed(assignment) if self.is_bot(assignment) else None,
            "team": assignment["team_id"],
            "invitation": assignment["invitation_id"],
        }
        scope = {"workspace": assignment["workspace_id"], "project": assignment["project_id"]}
        names = self.workspaces.get(str(assignment["workspace_id"]), {})
        scope["workspace"] = names.get("name") or assignment["workspace_id"]
        if assignment["level"] == "organization":
            scope = {}
        role = self.role_word(assignment["role_id"], assignment["role"])
        return self.line("roles revoke", role, **subject, **scope)

    @cached_property
    def _roles_called(self) -> Counter[str]:
        return _called(self.roles.values())

    @cached_property
    def _teams_called(self) -> Counter[str]:
        return _called(self.rows("teams"))

    def role_word(self, role_id: str, name: str) -> str:
        """Return the word for a role on a line: its name, or its id where another one has the same name."""
        return name if self._roles_called[name.casefold()] == 1 else role_id

    def team_word(self, team_id: str, name: str) -> str:
        """Return the word for a team on a line: its name, or its id where another one has the same name."""
        return name if self._teams_called[name.casefold()] == 1 else team_id

    def _typed(self, row: Record) -> str:
        """Return what names an account without doubt: its e-mail, else its id."""
        account = self.users.get(row["user_id"]) or self.bots.get(row["user_id"]) or {}
        if self.is_bot(row):
            return str(account.get("username") or row["user_id"])
        return str(account.get("email") or row["user_id"])

    def days_ago(self, moment: datetime | None) -> int | None:
        """Return how many days ago that was, below zero for what is to come; None where it is not known."""
        return None if moment is None else (self.now - moment).days


def _called(rows: Iterable[Record]) -> Counter[str]:
    """Return how many bear each name, in whatever letters."""
    return Counter(str(one["name"]).casefold() for one in rows)
