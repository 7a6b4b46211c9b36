"""Look up the names of desired rows in an inventory and among objects that earlier steps create."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zenpro_nb import limits
from zenpro_nb.access.model.columns import BOT_MARK, TEAM_MARK
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.model.name_table import NameTable
from zenpro_nb.access.plans.bindings import Holder
from zenpro_nb.access.plans.known_projects import KnownProjects
from zenpro_nb.access.plans.model import DesiredRow, ExactScope
from zenpro_nb.access.plans.state import State
from zenpro_nb.access.plans.unknown_principals import unknown_principals
from zenpro_nb.errors import AmbiguousNameError, UnknownNameError, UsageError
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted

ID_MARK = "id:"


class Lookup:
    """Find objects by name or id.

    Attributes:
        teams, invitations: names with ids, or with placeholders for objects that the plan creates.
    """

    def __init__(self, inventory: Inventory, state: State) -> None:
        self._state = state
        self._users = _accounts(inventory, state)
        self._inventory = inventory
        self.teams = NameTable((team["name"], key) for key, team in state.teams.items())
        self.invitations = NameTable((email, key) for key, email in state.invitations.items())
        self._workspaces = NameTable((name, key) for key, name in state.workspaces.items())
        for name, key in inventory.workspaces.frame[["display_name", "id"]].dropna().itertuples(index=False):
            if name not in self._workspaces:
                self._workspaces.enter(name, str(key))
        self._projects = KnownProjects(inventory, state)

    def principal(self, text: str, source: str = "") -> Holder:
        """Return a user, else the newest open invitation; a team by `team:NAME`, anything by `id:UUID`.

        Raises:
            UnknownNameError: there is no such principal.
            AmbiguousNameError: several principals match.
        """
        if (found := self._principal(text, source)) is None:
            raise self._unknown_principals({text: [source]})
        return found

    def require_principals(self, rows: Iterable[DesiredRow]) -> None:
        """Require that the principals of all rows exist.

        Raises:
            UnknownNameError: some do not; the message names them with all their lines.
            AmbiguousNameError: several principals have the name.
        """
        unknown: dict[str, list[str]] = {}
        for row in rows:
            if row.principal in unknown or self._principal(row.principal, row.source) is None:
                unknown.setdefault(row.principal, []).append(row.source)
        if unknown:
            raise self._unknown_principals(unknown)

    def _unknown_principals(self, sources: Mapping[str, Sequence[str]]) -> UnknownNameError:
        known = [*self._users, *self._state.invitations.values()]
        return unknown_principals(sources, self._state.organization, known)

    def _principal(self, text: str, source: str) -> Holder | None:
        if text.startswith(ID_MARK):
            return self._by_id(text.removeprefix(ID_MARK), source)
        if text.startswith(TEAM_MARK):
            return "team_id", self.team(text.removeprefix(TEAM_MARK), source)
        if ids := self._users.ids_of(text):
            return "user_id", self._single(text, ids, source, [self._label("user_id", key) for key in ids])
        if invitation_of := self.invitations.ids_of(text):
            return "invitation_id", invitation_of[0]
        self._require_read("users", text, source)
        return None

    def knows(self, email: str) -> bool:
        """Return whether an email address belongs to an account or an open invitation."""
        return bool(self._users.ids_of(email) or self.invitations.ids_of(email))

    def invitation_of(self, email: str) -> list[str]:
        """Return the open invitations to an email address, or the invitation with this id."""
        return self.invitations.ids_of(email.removeprefix(ID_MARK))

    def holders_invited(self, email: str) -> list[Holder]:
        """Return the open invitations to an email address as holders."""
        return [("invitation_id", key) for key in self.invitation_of(email)]

    def account_of(self, email: str) -> str:
        """Return the id of the only account with an email address; empty if there is none or several."""
        ids = self._users.ids_of(email)
        return ids[0] if len(ids) == 1 else ""

    def account(self, text: str, source: str = "") -> str:
        """Return the id of an account.

        Raises:
            UsageError: the principal is not an account.
        """
        kind, key = self.principal(text, source)
        if kind != "user_id":
            raise UsageError(_at_source(source, f"{text!r} has no account"), hint="List the accounts with `members`.")
        return key

    def teams_called(self, text: str) -> list[str]:
        """Return the ids of the teams with this name or id."""
        bare = text.removeprefix(ID_MARK)
        return [bare] if bare in self._state.teams else self.teams.ids_of(bare)

    def has_team(self, text: str) -> bool:
        """Return whether a team has exactly this name, or this id."""
        return text in self.teams or text.removeprefix(ID_MARK) in self._state.teams

    def team(self, text: str, source: str = "") -> str:
        """Return the id of a team, or its placeholder.

        Raises:
            UnknownNameError: there is none.
            AmbiguousNameError: several have this name.
        """
        if ids := self.teams_called(text):
            return self._single(text, ids, source, ids)
        self._require_read("teams", text, source)
        raise _unknown(
            f"There is no team {text!r} in {self._state.organization}",
            did_you_mean(text, self.teams, "List them with `teams`. A file creates the teams below `teams:`."),
            source,
        )

    def role(self, text: str, level: str, source: str = "") -> str:
        """Return the id of the role with this name or id at a level.

        Raises:
            UnknownNameError: there is none.
            AmbiguousNameError: several have this name.
            UsageError: the role was created by sharing and cannot be assigned.
        """
        bare = text.removeprefix(ID_MARK)
        roles = {key: role for key, role in self._state.roles.items() if role.level in ("", level)}
        table = NameTable((role.name, key) for key, role in roles.items())
        ids = table.ids_of(bare)
        if len(ids) > 1:
            ids = [key for key in ids if roles[key].assignable] or ids
        if not ids:
            other = NameTable((role.name, key) for key, role in self._state.roles.items()).ids_of(bare)
            if other:
                levels = " and ".join(dict.fromkeys(self._state.roles[key].level for key in other))
                raise UsageError(
                    _at_source(source, f"{text!r} is a role of level {levels}, but level {level} is required here"),
                    hint=did_you_mean(text, table, "List them with `roles`."),
                )
            raise _unknown(
                f"There is no role {text!r} in {self._state.organization}",
                did_you_mean(text, table, "List them with `roles`."),
                source,
            )
        key = self._single(text, ids, source, ids)
        if not roles[key].assignable:
            raise UsageError(
                _at_source(source, f"the role {text!r} was created by sharing and cannot be assigned"),
                hint="Choose a role from `roles`.",
            )
        return key

    def workspace(self, text: str, source: str = "") -> str:
        """Return the id of a workspace.

        Raises:
            UnknownNameError: there is none.
            AmbiguousNameError: several have this name.
        """
        bare = text.removeprefix(ID_MARK)
        if bare in self._state.workspaces:
            return bare
        if ids := self._workspaces.ids_of(bare):
            return self._single(text, ids, source, ids)
        raise _unknown(
            f"There is no workspace {text!r} in {self._state.organization}",
            did_you_mean(text, self._workspaces, "List them with `workspaces`."),
            source,
        )

    def project(self, workspace_id: str, text: str, source: str = "") -> str:
        """Return the id of a project of a workspace.

        A project with an assigned role exists. Other projects must have been read from the workspace; if the inventory
        has no projects at all, the id is not checked.

        Args:
            workspace_id: the workspace.
            text: the id, or the name if the projects of the workspace were read.
            source: the origin of the request, for messages.

        Raises:
            UnknownNameError: the workspace has no such project.
            AmbiguousNameError: several have that name.
            UsageError: the projects of the workspace could not be read.
        """
        bare = text.removeprefix(ID_MARK)
        if self._projects.is_known(workspace_id, bare):
            return bare
        name = self._state.workspaces.get(workspace_id, workspace_id)
        if (why := self._projects.gap(workspace_id)) is not None:
            raise UsageError(
                _at_source(source, f"the project {text!r} of {name} could not be checked: {why}"),
                hint=f"Start the workspace and check with `projects --workspace {quoted(name)}`, "
                f"or remove the project from the file.",
            )
        table = self._projects.names(workspace_id)
        if table is None:
            return bare
        if ids := table.ids_of(bare):
            return self._single(text, ids, source, ids)
        raise _unknown(
            f"There is no project {text!r} in the workspace {name}",
            did_you_mean(text, table, f"List them with `projects --workspace {quoted(name)}`."),
            source,
        )

    def _by_id(self, key: str, source: str) -> Holder:
        for kind, records in (
            ("user_id", self._state.accounts),
            ("team_id", self._state.teams),
            ("invitation_id", self._state.invitations),
        ):
            if key in records:
                return kind, key
        error = _unknown(
            f"No principal in {self._state.organization} has the id {key!r}",
            "It may have been deleted. `members --raw` and `teams` show ids.",
            source,
        )
        error.principal_id = key
        raise error

    def _label(self, kind: str, key: str) -> str:
        return f"{key} ({self._state.name_of((kind, key))})"

    def _require_read(self, name: str, text: str, source: str) -> None:
        """Fail if a list without this name is not whole: it is unknown whether the name exists."""
        found = self._inventory[name]
        if found.gap_text and (found.gap is None or found.gap.reason != "not asked"):
            unread = f"Not all {name} of {self._state.organization} could be read"
            raise _unknown(f"{unread}, so it is unknown whether one is called {text!r}", found.gap_text, source)

    @staticmethod
    def _single(text: str, found: list[str], source: str, candidates: Iterable[str]) -> str:
        if len(found) > 1:
            names = ", ".join(list(candidates)[: limits.NAMES_IN_MESSAGE])
            raise AmbiguousNameError(
                _at_source(source, f"{len(found)} objects are called {text!r}: {names}"), hint="Write id:UUID instead."
            )
        return found[0]


def needs_project(row: DesiredRow) -> bool:
    """Return whether the project of a row must be looked up; for a removal, its id is enough."""
    return row.present or (row.expired and not is_id(row.project_id.removeprefix(ID_MARK)))


def unread_projects(
    inventory: Inventory, rows: Iterable[DesiredRow], exact: Iterable[ExactScope] = ()
) -> frozenset[str]:
    """Return the ids of the workspaces whose projects must be read to plan these rows.

    Raises:
        UnknownNameError: there is no such workspace.
    """
    project_rows: list[DesiredRow | ExactScope] = [row for row in rows if row.project_id and needs_project(row)]
    project_rows += [scope for scope in exact if scope.project_id]
    if not project_rows:
        return frozenset()
    state = State.of(inventory)
    lookup, projects = Lookup(inventory, state), KnownProjects(inventory, state)
    found = {
        (lookup.workspace(row.workspace, row.source), row.project_id.removeprefix(ID_MARK)) for row in project_rows
    }
    return frozenset(workspace for workspace, key in found if not projects.is_known(workspace, key))


def spelling_of(lookup: Lookup, state: State, holder: Holder) -> str:
    """Return the unambiguous spelling of a principal in a file: by name, else by id."""
    name = state.name_of(holder)
    try:
        return name if lookup.principal(name) == holder else f"{ID_MARK}{holder[1]}"
    except UsageError:
        return f"{ID_MARK}{holder[1]}"


def _at_source(source: str, message: str) -> str:
    return f"{source}: {message}" if source else message


def _unknown(message: str, hint: str, source: str) -> UnknownNameError:
    return UnknownNameError(_at_source(source, message), hint=hint)


def _accounts(inventory: Inventory, state: State) -> NameTable:
    """Return the names of accounts, without full names, which are not unique."""
    pairs = [(account.name, key) for key, account in state.accounts.items()]
    pairs += [(account.name.removeprefix(BOT_MARK), key) for key, account in state.accounts.items() if account.bot]
    rows = inventory.users.frame[["id", "username", "email"]]
    for key, *names in rows.itertuples(index=False):
        pairs += [(name, key) for name in names if isinstance(name, str) and name]
    return NameTable(pairs)
