"""Look up the objects of an inventory for audit checks: principals, their roles and their teams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from zenpro_nb import frames
from zenpro_nb.access import effective
from zenpro_nb.access.model.columns import BOT, TEAM_MARK
from zenpro_nb.access.model.holders import holders
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.model.keys import AssignmentKey, HeldRoleKey, MembershipKey

Record = Mapping[str, Any]


class RoleHolding(Struct, frozen=True):
    """A role that a user, service account or invitation has, directly or through a team.

    Attributes:
        holder: the row that names the principal: the assignment or the team membership.
        assignment: the role and its scope.
        team: the name of the team; None for a direct assignment.
    """

    holder: Record
    assignment: Record
    team: str | None

    @property
    def key(self) -> HeldRoleKey:
        """Return its ids."""
        membership = None if self.team is None else MembershipKey.of(self.holder)
        return HeldRoleKey(AssignmentKey.of(self.assignment), membership)


class Lookups:
    """The lists of an inventory as records, by the ids that refer to them.

    Args:
        inventory: the organization's data.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return a list as records, with None for missing values."""
        rows: list[dict[str, Any]] = frames.convert(self.inventory[name].frame, "records")
        return rows

    @cached_property
    def users(self) -> dict[str, dict[str, Any]]:
        """Return the accounts by id."""
        return {row["id"]: row for row in self.rows("users")}

    @cached_property
    def bots(self) -> dict[str, dict[str, Any]]:
        """Return the service accounts by id."""
        return {row["id"]: row for row in self.rows("service_accounts")}

    @cached_property
    def invitations(self) -> list[dict[str, Any]]:
        """Return the open invitations."""
        return [row for row in self.rows("invitations") if not row["accepted"]]

    @cached_property
    def assignments(self) -> list[dict[str, Any]]:
        """Return the assignments of all levels."""
        return self.rows("assignments")

    @cached_property
    def roles(self) -> dict[str, dict[str, Any]]:
        """Return the roles by id."""
        return {row["id"]: row for row in self.rows("roles")}

    @cached_property
    def in_team(self) -> dict[str, list[dict[str, Any]]]:
        """Return the members of each team by its id, without accepted invitations."""
        members: dict[str, list[dict[str, Any]]] = defaultdict(list)
        waiting = {invitation["id"] for invitation in self.invitations}
        for row in self.rows("team_members"):
            if row["user_id"] or row["invitation_id"] in waiting or not self.inventory.invitations.is_known:
                members[row["team_id"]].append(row)
        return members

    @cached_property
    def workspaces(self) -> dict[str, dict[str, Any]]:
        """Return the workspaces that are not deleted, by id."""
        there = frozenset(effective.alive(self.inventory))
        return {row["id"]: row for row in self.rows("workspaces") if row["id"] in there}

    @cached_property
    def _holders(self) -> dict[str, dict[str, Any]]:
        """Return all principals that can have a role, by the id of the account or open invitation."""
        rows = frames.convert(holders(self.inventory), "records")
        return {row["user_id"] or row["invitation_id"]: row for row in rows}

    def _holder(self, row: Record) -> dict[str, Any]:
        return self._holders.get(str(row["user_id"] or row.get("invitation_id")), {})

    def is_bot(self, row: Record) -> bool:
        """Return whether a row's account is a service account."""
        return bool(self._holder(row).get("kind") == BOT)

    def is_active(self, row: Record) -> bool | None:
        """Return whether a row's account can sign in; None if unknown."""
        active: bool | None = self._holder(row).get("active")
        return active

    def name(self, row: Record) -> str:
        """Return the displayed name of a row's principal: an email, bot:NAME or team:NAME.

        In a list of team members the principal is the user or the invitation, although the row also has a team id.
        """
        key = row["user_id"] or row.get("invitation_id")
        if not key:
            return f"{TEAM_MARK}{row.get('principal') or row['team_id']}"
        return str(self._holder(row).get("principal") or row.get("principal") or row.get("invited_email") or key)

    def is_admin(self, assignment: Record, *roles: str) -> bool:
        """Return whether an assignment grants one of these predefined roles."""
        role = self.roles.get(assignment["role_id"], {})
        return assignment["role"] in roles and role.get("system_managed") is not False

    def is_predefined(self, role_id: str) -> bool:
        """Return whether the server marks a role as predefined; False if it does not say."""
        return self.roles.get(role_id, {}).get("system_managed") is True

    def holdings(self) -> Iterator[RoleHolding]:
        """Yield every role of users, service accounts and invitations, also through teams."""
        for assignment in self.assignments:
            if assignment["user_id"] or assignment["invitation_id"]:
                yield RoleHolding(assignment, assignment, None)
                continue
            for member in self.in_team.get(assignment["team_id"], ()):
                yield RoleHolding(member, assignment, str(assignment["principal"] or assignment["team_id"]))

    def place(self, assignment: Record) -> str:
        """Return the displayed scope of an assignment."""
        if assignment["level"] == "organization" or not assignment["workspace_id"]:
            return self.inventory.organization_name or "organization"
        workspace = str(assignment["workspace"] or assignment["workspace_id"])
        return f"{workspace} / {assignment['project_id']}" if assignment["project_id"] else workspace
