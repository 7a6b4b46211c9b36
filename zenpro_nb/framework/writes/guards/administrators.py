"""Read the administrators of an organization, as far as the guards of some writes need them, with few requests.

Most writes need one round of reads, and writes that remove nothing need none. Administrators are read only if a write
can remove one; the roles of the caller only if a write affects the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from zenpro_nb import access, query
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, WORKSPACE_ADMIN
from zenpro_nb.framework.writes.guards.reads import PREDEFINED_ADMINS, GuardReads, is_predefined
from zenpro_nb.resources.control_plane import TEAMS, USERS, WORKSPACES
from zenpro_nb.session.login import name_of
from zenpro_nb.session.session import Session

if TYPE_CHECKING:
    from zenpro_nb.access.plans.bindings import Binding, Holder
    from zenpro_nb.access.plans.effects import Effect
    from zenpro_nb.access.plans.state import Account, Role, State

Record = Mapping[str, Any]


def roles_of_records(records: Iterable[Record]) -> dict[str, Role]:
    """Return the roles of a state from the records of the list, by their ids."""
    return {
        str(role.get("id")): access.Role(str(role.get("name")), str(role.get("level") or ""), is_predefined(role))
        for role in records
    }


class Standing:
    """Reads one organization for the guards of some writes.

    Args:
        organization: id and name.
        effects: what the writes change; nothing is read if none of them removes something.
        reads: the data already read for this command.
    """

    def __init__(
        self, session: Session, organization: query.Found, effects: Sequence[Effect], reads: GuardReads | None = None
    ) -> None:
        self._session = session
        self._reads = reads or GuardReads(session, organization.id)
        self._organization = organization
        self._effects = effects
        self._removals = [effect for effect in effects if effect.does == "remove"]
        self._roles: dict[str, Role] = {}
        self._bindings: set[Binding] = set()
        self._accounts: dict[str, Account] = {}
        self._read_roles: set[str] = set()
        self._read_teams: set[str] = set()
        self._teams: dict[str, str] = {}  # names by id
        self._roles_known = False
        self.me = ""

    def state(self) -> State:
        """Return the state that the guards check.

        Raises:
            ZenProError: it could not be read.
        """
        touched = {
            effect.team or effect.holder[1] for effect in self._effects if effect.team or effect.holder[0] == "team_id"
        }
        administered = any(self._can_take_admin(removal, {removal.role}) for removal in self._removals)
        # The journal needs the kind of the server before the first write, and would wait for it alone.
        early: list[Callable[[], None]] = [self._read_me, partial(query.prefetch_kind, self._session)]
        names = [self._read_role_names] if administered else []
        self._run_reads([*early, *names, *self._team_reads(touched)])
        while calls := self._next_reads():
            self._run_reads(calls)
        self._run_reads([partial(self._read_account, key) for key in self._new_accounts()])
        return self._current()

    def state_of_teams(self) -> State:
        """Return the state that shows which admin roles come with the teams of added memberships.

        Raises:
            ZenProError: it could not be read.
        """
        teams = {effect.team for effect in self._effects if effect.team}
        self._run_reads([self._read_role_names, self._read_workspace_names, *self._team_reads(teams)])
        admin = {key for key, role in self._roles.items() if role.predefined and role.name in PREDEFINED_ADMINS}
        self._run_reads(list(self._role_reads(admin)))
        if teams & self._holding_teams():
            self._run_reads(list(self._team_reads(self._holding_teams())))
        return self._current()

    def _current(self) -> State:
        """Return the state from the data read so far."""
        workspaces = self._session.names.by_id(WORKSPACES.noun)
        team_names = {**self._session.names.by_id(TEAMS.noun), **self._teams}
        return access.State(
            bindings=frozenset(self._bindings),
            teams={
                key: {"name": team_names.get(key, key), "description": None}
                for key in (*self._read_teams, *self._teams)
            },
            accounts=self._accounts,
            roles=self._roles,
            workspaces={
                key: workspaces.get(key, key)
                for key in {*(effect.workspace for effect in self._effects), *(row.workspace for row in self._bindings)}
                if key
            },
            organization=self._organization.name,
        )

    # --- what to read -------------------------------------------------------------------------------------------------

    def _next_reads(self) -> list[Callable[[], None]]:
        """Return the next reads that the data so far requires."""
        if not self._roles_known and self._touches_me():
            return [self._read_role_names]
        return [*self._role_reads(self._wanted_roles()), *self._team_reads(self._holding_teams())]

    def _wanted_roles(self) -> set[str]:
        """Return the roles whose assignments matter, by the data so far."""
        role_ids = {removal.role for removal in self._removals if removal.kind == "role-itself"}
        admin = {key for key, role in self._roles.items() if role.predefined and role.name == ORGANIZATION_ADMIN}
        if any(self._can_take_admin(removal, admin) for removal in self._removals):
            role_ids |= admin
        if self._touches_me():
            role_ids |= {
                key
                for key, role in self._roles.items()
                if role.level == "organization" or (role.predefined and role.name == WORKSPACE_ADMIN)
            }
        return role_ids

    def _can_take_admin(self, effect: Effect, admin: set[str]) -> bool:
        if effect.kind == "role":
            return effect.role in admin and not effect.workspace
        return effect.kind in ("team-member", "membership", "team") or (effect.kind == "account" and not effect.bot)

    def _touches_me(self) -> bool:
        """Return whether a write takes something from the caller, directly or as a member of a team."""
        caller = {("user_id", self.me), ("user_id", "me")}
        teams = {
            binding.team for binding in self._bindings if binding.kind == "team-member" and binding.holder in caller
        }
        deleted = {removal.role for removal in self._removals if removal.kind == "role-itself"}
        holders = {binding.holder for binding in self._bindings if binding.role in deleted}
        return any(
            removal.holder in caller
            or (removal.kind == "team" and removal.team in teams)
            or (removal.holder[0] == "team_id" and removal.holder[1] in teams)
            for removal in self._removals
            if removal.kind not in ("account", "superuser")
        ) or any(who in caller or (who[0] == "team_id" and who[1] in teams) for who in holders)

    def _holding_teams(self) -> set[str]:
        return {binding.id for binding in self._bindings if binding.field == "team_id"}

    def _new_accounts(self) -> list[str]:
        """Return the accounts that gain something and have not been read."""
        gains = {effect.holder[1] for effect in self._effects if effect.does == "add" and effect.holder[0] == "user_id"}
        return sorted(gains - set(self._accounts) - {"me"}) if self._removals and self._read_roles else []

    # --- reads ----------------------------------------------------------------------------------------------------

    def _run_reads(self, calls: Sequence[Callable[[], None]]) -> None:
        if calls:
            query.gather_all(self._session, list(calls))

    def _role_reads(self, keys: set[str]) -> Iterator[Callable[[], None]]:
        for key in sorted(keys - self._read_roles):
            self._read_roles.add(key)
            yield partial(self._read_assignments, key)

    def _team_reads(self, keys: set[str]) -> Iterator[Callable[[], None]]:
        for key in sorted(keys - self._read_teams):
            self._read_teams.add(key)
            yield partial(self._read_members, key)

    def _read_me(self) -> None:
        record = self._reads.me()
        self.me = str(record.get("id") or "")
        self._note_account(record)

    def _read_role_names(self) -> None:

        self._roles_known = True
        self._roles |= roles_of_records(self._reads.roles())

    def _read_workspace_names(self) -> None:
        """Read the workspaces; the session keeps their names."""
        query.records(self._session, WORKSPACES, {}, {"organization_id": self._organization.id})

    def _read_assignments(self, role_id: str) -> None:
        from zenpro_nb.access.plans.model import StepKind

        for assignment in self._reads.assignments(role_id):
            workspace, project = str(assignment.get("workspace_id") or ""), str(assignment.get("project_id") or "")
            kind: StepKind = "organization-role"
            if workspace:
                kind = "project-role" if project else "workspace-role"
            for field, key in self._holders(assignment):
                self._bindings.add(access.Binding(kind, field, key, role=role_id, workspace=workspace, project=project))

    def _read_members(self, team_id: str) -> None:

        for member in self._reads.members(team_id):
            for field, key in self._holders(member):
                if field != "team_id":
                    self._bindings.add(access.Binding("team-member", field, key, team=team_id))

    def _read_account(self, key: str) -> None:
        self._note_account(query.record_of(self._session.client.get(query.fill(USERS.detail, {"id": key}))))

    def _holders(self, record: Record) -> Iterator[Holder]:
        for name in ("user", "team", "invitation"):
            principal = record.get(name)
            if isinstance(principal, Mapping) and principal.get("id"):
                if name == "user":
                    self._note_account(principal)
                if name == "team" and principal.get("name"):
                    self._teams[str(principal["id"])] = str(principal["name"])
                yield f"{name}_id", str(principal["id"])

    def _note_account(self, record: Record) -> None:

        active = record.get("is_active")
        self._accounts[str(record.get("id"))] = access.Account(
            name_of(record),
            active if isinstance(active, bool) else None,
            bool(record.get("is_service_account")),
            bool(record.get("is_superuser")),
        )
