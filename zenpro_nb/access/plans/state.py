"""The state of an organization as sets of bindings: fast to query and to change hypothetically."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb.access import effective
from zenpro_nb.access.model.columns import BOT, ORGANIZATION_ADMIN, TEAM_MARK
from zenpro_nb.access.model.holders import holders
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.bindings import ROLE_KINDS, Binding, Holder, binding_of, principal_key, team_key
from zenpro_nb.access.plans.model import Step

_FIELDS = ("user_id", "team_id", "invitation_id")
NOWHERE: Mapping[str, Sequence[str]] = MappingProxyType({})  # no account has other organizations


class Account(Struct, frozen=True):
    """A user or a service account."""

    name: str
    active: bool | None = None
    bot: bool = False
    superuser: bool = False


class Role(Struct, frozen=True):
    """A role that is listed or assigned."""

    name: str
    level: str = ""
    predefined: bool = False
    assignable: bool = True


class State(Struct, frozen=True, dict=True):
    """The memberships and assignments of an organization at one point in time.

    Attributes:
        bindings: the team memberships and role assignments.
        teams: `name` and `description` by id.
        accounts, roles: by id.
        invitations: the email addresses of open invitations by id, newest first.
        workspaces: names by id.
        organization: its name.
    """

    bindings: frozenset[Binding] = frozenset()
    teams: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    invitations: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    workspaces: Mapping[str, str] = field(default_factory=dict)
    organization: str = ""

    @classmethod
    def of(cls, inventory: Inventory) -> State:
        """Return the state of an inventory, without accepted invitations: their roles belong to the account."""
        if inventory not in _CACHE:
            _CACHE[inventory] = cls._read(inventory)
        return _CACHE[inventory]

    @classmethod
    def _read(cls, inventory: Inventory) -> State:
        who = _records(holders(inventory))
        superusers = {record["id"] for record in _records(inventory.users.frame) if record["is_superuser"]}
        accounts = {
            record["user_id"]: Account(
                record["principal"], record["active"], record["kind"] == BOT, record["user_id"] in superusers
            )
            for record in who
            if record["user_id"]
        }
        invitations = {record["invitation_id"]: record["principal"] for record in who if record["invitation_id"]}
        workspaces = _records(effective.workspaces_of(inventory))
        shared = {record["id"] for record in _records(inventory.roles.frame) if record["type"] not in (None, "normal")}
        return cls(
            frozenset(_bindings(inventory, invitations)),
            _teams(inventory),
            accounts,
            {key: invitations[key] for key in sorted(invitations, key=_age(inventory))},
            {
                record["id"]: Role(
                    record["name"], record["level"] or "", bool(record["predefined"]), record["id"] not in shared
                )
                for record in _records(effective.roles_of(inventory))
                if record["real"]
            },
            {workspace["id"]: workspace["name"] for workspace in workspaces},
            inventory.organization_name or inventory.organization_id or "organization",
        )

    @cached_property
    def members(self) -> Mapping[str, frozenset[Holder]]:
        """Return the members of each team."""
        return _group((binding.team, binding.holder) for binding in self.bindings if binding.kind == "team-member")

    @cached_property
    def teams_of(self) -> Mapping[Holder, frozenset[str]]:
        """Return the teams of each user or invitation."""
        return _group((binding.holder, binding.team) for binding in self.bindings if binding.kind == "team-member")

    @cached_property
    def bindings_by_holder(self) -> Mapping[Holder, frozenset[Binding]]:
        """Return the direct roles of each principal, at every level."""
        return _group((binding.holder, binding) for binding in self.bindings if binding.kind != "team-member")

    @cached_property
    def at(self) -> Mapping[str, frozenset[Binding]]:
        """Return the bindings of each scope."""
        return _group((binding.scope, binding) for binding in self.bindings)

    @cached_property
    def of_holder(self) -> Mapping[Holder, frozenset[Binding]]:
        """Return all bindings of each principal: direct roles and team memberships."""
        return _group((binding.holder, binding) for binding in self.bindings)

    @cached_property
    def teams_named(self) -> Mapping[Any, frozenset[str]]:
        """Return the ids of the teams by name."""
        return _group((team["name"], key) for key, team in self.teams.items())

    @cached_property
    def accounts_named(self) -> Mapping[str, frozenset[str]]:
        """Return the ids of the accounts by lowercase name."""
        return _group((account.name.casefold(), key) for key, account in self.accounts.items())

    @cached_property
    def invitation_to(self) -> Mapping[str, str]:
        """Return the id of the newest open invitation by lowercase email address."""
        return {email.casefold(): key for key, email in reversed(list(self.invitations.items()))}

    def roles_of(self, holder: Holder) -> Iterator[tuple[Binding, str]]:
        """Yield every role of a principal with the team that it comes through; empty for direct roles."""
        for binding in self.bindings_by_holder.get(holder, ()):
            yield binding, ""
        for team in self.teams_of.get(holder, ()):
            for binding in self.bindings_by_holder.get(("team_id", team), ()):
                yield binding, team

    def is_member(self, holder: Holder) -> bool:
        """Return whether a principal has an organization role, which makes it a member."""
        return any(role.kind == "organization-role" for role, _ in self.roles_of(holder))

    def people_of(self, holder: Holder) -> Iterable[Holder]:
        """Return the members of a team; any other principal itself."""
        return self.members.get(holder[1], ()) if holder[0] == "team_id" else (holder,)

    def is_role(self, role_id: str, *names: str) -> bool:
        """Return whether a role is one of these predefined roles."""
        role = self.roles.get(role_id)
        return role is not None and role.predefined and role.name in names

    @cached_property
    def admins(self) -> frozenset[str]:
        """Return the ids of the active users who are Organization Admin, also through teams."""
        people = {
            person[1]
            for binding in self.at.get("organization", ())
            if self.is_role(binding.role, ORGANIZATION_ADMIN)
            for person in self.people_of(binding.holder)
            if person[0] == "user_id"
        }
        return frozenset(
            key for key in people if (who := self.accounts.get(key)) and not who.bot and who.active is not False
        )

    def name_of(self, holder: Holder) -> str:
        """Return the displayed name of a principal."""
        kind, key = holder
        if kind == "team_id":
            return f"{TEAM_MARK}{self.teams[key]['name'] if key in self.teams else key}"
        if kind == "invitation_id":
            return self.invitations.get(key, key)
        return self.accounts[key].name if key in self.accounts else key

    def after_step(self, steps: Iterable[Step]) -> State:
        """Return the state after these steps."""
        bindings, teams = set(self.bindings), dict(self.teams)
        accounts, invitations = dict(self.accounts), dict(self.invitations)
        added: dict[Holder, set[Binding]] = defaultdict(set)  # to invitations
        for step in steps:
            if step.does == "noop" or step.skipped_reason:
                continue
            if step.kind == "team":
                key = team_key(step)
                teams[key] = {**teams.get(key, {"name": step.team, "description": None}), **(step.after or {})}
            elif step.kind == "account":
                account = accounts.get(step.party.id, Account(step.party.name))
                field = "superuser" if "is_superuser" in (step.after or {}) else "active"
                accounts[step.party.id] = replace(account, **{field: step.does == "add"})
            elif step.kind == "invitation" and step.does == "remove":
                invitations.pop(step.party.id, None)
                holder = ("invitation_id", step.party.id)
                bindings -= self.of_holder.get(holder, frozenset()) | added.pop(holder, set())
            else:
                if step.kind == "invitation":
                    invitations[principal_key(step.party)] = step.party.name
                binding = binding_of(step)
                (bindings.discard if step.does == "remove" else bindings.add)(binding)
                if step.does == "add" and binding.field == "invitation_id":
                    added[binding.holder].add(binding)
        return replace(self, bindings=frozenset(bindings), teams=teams, accounts=accounts, invitations=invitations)


# Both are immutable, and the same inventory is used for planning, guards and display.
_CACHE: WeakKeyDictionary[Inventory, State] = WeakKeyDictionary()


def _records(frame: Any) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = frames.convert(frame, "records")
    return records


def _bindings(inventory: Inventory, invitations: Mapping[str, str]) -> Iterator[Binding]:
    for record in _records(inventory.team_members.frame[["team_id", "user_id", "invitation_id"]]):
        for name in ("user_id", "invitation_id"):
            if record[name] and record["team_id"] and (name == "user_id" or record[name] in invitations):
                yield Binding("team-member", name, record[name], team=record["team_id"])
    columns = [*_FIELDS, "role_id", "workspace_id", "project_id"]
    for record in _records(inventory.assignments.frame[columns]):
        workspace, project = record["workspace_id"] or "", record["project_id"] or ""
        kind = ROLE_KINDS[2 if project else 1 if workspace else 0]
        for name in _FIELDS:
            if record[name] and record["role_id"] and (name != "invitation_id" or record[name] in invitations):
                yield Binding(kind, name, record[name], role=record["role_id"], workspace=workspace, project=project)


def _teams(inventory: Inventory) -> dict[str, dict[str, Any]]:
    """Return the listed teams, and those that appear only in other lists."""
    teams: dict[str, dict[str, Any]] = {
        record["id"]: {"name": record["name"], "description": record["description"]}
        for record in _records(inventory.teams.frame)
        if record["id"]
    }
    for frame, name in ((inventory.team_members.frame, "team"), (inventory.assignments.frame, "principal")):
        for record in _records(frame[["team_id", name]].dropna(subset=["team_id"]).drop_duplicates("team_id")):
            teams.setdefault(record["team_id"], {"name": record[name] or record["team_id"], "description": None})
    return teams


def _age(inventory: Inventory) -> Any:
    """Return the sort key of invitations: newest first, those without a time last."""
    rows = _records(inventory.invitations.frame[["id", "created"]])
    times = {row["id"]: row["created"].timestamp() for row in rows if row["created"] is not None}
    return lambda key: (-times.get(key, 0.0), key)


def _group(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, frozenset[Any]]:
    groups: dict[Any, set[Any]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return {key: frozenset(values) for key, values in groups.items()}
