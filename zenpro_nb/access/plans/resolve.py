"""Resolve desired rows in an inventory: the rows that should exist or not, by ids, without duplicates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from msgspec import Struct, field

from zenpro_nb.access.plans.bindings import ROLE_KINDS, Binding, new_invitation, new_team
from zenpro_nb.access.plans.lookup import ID_MARK, Lookup, needs_project
from zenpro_nb.access.plans.model import DesiredRow, ExactScope
from zenpro_nb.access.plans.state import State
from zenpro_nb.errors import UsageError

_LEVELS = dict(zip(ROLE_KINDS, ("organization", "workspace", "project"), strict=True))


class ResolvedState(Struct):
    """The desired state by ids.

    Attributes:
        teams: for each team or placeholder, its row and its desired fields.
        bindings: memberships and roles that should exist or not.
        invitations: for each email address, its row and the id of its role.
        withdrawn: the open invitations to revoke.
        accounts: the accounts that should be active or not.
        surplus: bindings in an exact scope that are not desired.
        exact: the exact scopes in the format of `Binding.scope`, each with its only role or "".
    """

    teams: dict[str, tuple[DesiredRow, dict[str, Any]]] = field(default_factory=dict)
    bindings: dict[Binding, DesiredRow] = field(default_factory=dict)
    invitations: dict[str, tuple[DesiredRow, str]] = field(default_factory=dict)
    withdrawn: dict[str, DesiredRow] = field(default_factory=dict)
    accounts: dict[str, DesiredRow] = field(default_factory=dict)
    surplus: dict[Binding, ExactScope] = field(default_factory=dict)
    exact: set[tuple[str, str]] = field(default_factory=set)

    def covers(self, binding: Binding) -> bool:
        """Return whether this binding is in an exact scope."""
        return (binding.scope, "") in self.exact or (binding.scope, binding.role) in self.exact


def resolve_rows(
    rows: Iterable[DesiredRow], exact: Collection[ExactScope], state: State, lookup: Lookup
) -> ResolvedState:
    """Return the desired state of the rows.

    Raises:
        UnknownNameError: an object does not exist.
        AmbiguousNameError: several objects have the name.
        UsageError: a row is impossible, or two rows contradict each other.
    """
    every = list(rows)
    desired = ResolvedState()
    _enter_teams([row for row in every if row.kind == "team"], desired, state, lookup)
    for row in every:
        if row.kind == "invitation" and row.present:
            _enter_invitation(row, desired, lookup)
    lookup.require_principals(row for row in every if row.principal and row.kind != "invitation")
    for row in every:
        if row.kind == "account":
            _enter(desired.accounts, lookup.account(row.principal, row.source), row, "the account of")
        elif row.kind == "invitation" and not row.present:
            for key in lookup.invitation_of(row.principal):
                desired.withdrawn[key] = row
            if row.principal.casefold() in desired.invitations:
                _contradict(row, desired.invitations[row.principal.casefold()][0], "the invitation of")
        elif not row.principal and row.kind in ROLE_KINDS:
            _require_place(row, lookup)
        elif row.kind not in ("team", "invitation"):
            for found in bindings_of(row, lookup):
                _enter(desired.bindings, found, row, _what(row))
    for scope in exact:
        _enter_scope(scope, desired, state, lookup)
    return desired


def _enter_teams(rows: Iterable[DesiredRow], desired: ResolvedState, state: State, lookup: Lookup) -> None:
    rows = list(rows)
    for row in rows:
        if row.team.startswith(ID_MARK):
            lookup.team(row.team, row.source)  # raises: an id cannot be the name of a new team
        if not row.present:
            raise UsageError(_at_source(row, f"{row.team!r} is marked for deletion, but a plan never deletes teams"),
                             hint="Run `teams delete` instead.")  # fmt: skip
    # The current name of a team is never used as the previous name of another team.
    found = {row.team: ids[0] for row in rows if len(ids := lookup.teams_called(row.team)) == 1}
    names = set(found.values())
    _require_one_successor(rows, names, lookup)
    for row in rows:
        if len(lookup.teams_called(row.team)) > 1:
            lookup.team(row.team, row.source)  # raises
        key = found.get(row.team)
        if key is None:
            key = _former(row, names, lookup)
        # A team that was found by its name, in any case, keeps its name.
        name = row.team if key is not None and row.team not in found else None
        fields = {"name": name, **row.fields} if name else dict(row.fields)
        if key is None:
            key, fields = new_team(row.fields.get("name") or row.team), {"name": row.team, **row.fields}
        names.add(key)
        found[row.team] = key
        if key in desired.teams:
            before, desired_members = desired.teams[key]
            if any(desired_members.get(name, value) != value for name, value in fields.items()):
                _contradict(row, before, "the team")
            fields = {**desired_members, **fields}
        desired.teams[key] = (row, fields)
        if not row.team.startswith(ID_MARK):
            lookup.teams.enter(row.team, key)
        if fields.get("name"):
            lookup.teams.enter(fields["name"], key)
    for key, (row, _) in desired.teams.items():
        for name in row.previously:
            if name not in lookup.teams:
                lookup.teams.enter(name, key)
    _check_names(desired, state)


def _require_one_successor(rows: Iterable[DesiredRow], names: Collection[str], lookup: Lookup) -> None:
    """Refuse a team that two rows would rename, because the intended name is ambiguous.

    Raises:
        UsageError: there is one.
    """
    successors: dict[str, DesiredRow] = {}
    for row in rows:
        for name, key in _previous(row, names, lookup):
            other = successors.setdefault(key, row)
            if other.team != row.team:
                where = f" ({other.source})" if other.source else ""
                raise UsageError(
                    _at_source(
                        row, f"{name!r} is the previous name of two teams: {row.team!r} and {other.team!r}{where}"
                    ),
                    hint="Remove it from one of them: a team can be renamed only once.",
                )


def _former(row: DesiredRow, new_names: Collection[str], lookup: Lookup) -> str | None:
    """Return the id of the team with one of a row's previous names; None if the team is new.

    Raises:
        UsageError: several teams have previous names of this one.
    """
    names = {key: name for name, key in _previous(row, new_names, lookup)}
    if len(names) > 1:
        quoted_names = " and ".join(map(repr, names.values()))
        raise UsageError(
            _at_source(row, f"several existing teams match previous names of {row.team!r}: {quoted_names}"),
            hint="Keep only the name of the team that you want to rename.",
        )
    return next(iter(names), None)


def _previous(row: DesiredRow, names: Collection[str], lookup: Lookup) -> Iterator[tuple[str, str]]:
    """Yield the previous names of a row that teams have, with their ids; a team that a row names keeps its name."""
    for name in row.previously:
        if lookup.has_team(name) and (key := lookup.team(name, row.source)) not in names:
            yield name, key


def _check_names(desired: ResolvedState, state: State) -> None:
    """Raise an error if two teams would have the same name."""
    names = {key: str(team["name"]) for key, team in state.teams.items()}
    existing: dict[str, str] = {name: key for key, name in names.items() if key not in desired.teams}
    for key, (row, fields) in desired.teams.items():
        name = str(fields.get("name") or names.get(key) or row.team)
        if existing.setdefault(name, key) != key and "name" in fields:
            raise UsageError(_at_source(row, f"two teams would be called {name!r}"), hint="Choose another name.")


def _enter_invitation(row: DesiredRow, desired: ResolvedState, lookup: Lookup) -> None:
    email = row.principal.casefold()
    if "@" not in email:
        raise UsageError(_at_source(row, f"{row.principal!r} is not an email address, so it cannot be invited"))
    role = lookup.role(row.role, "organization", row.source)
    before = desired.invitations.setdefault(email, (row, role))
    if before[1] != role:
        _contradict(row, before[0], "the invitation of")
    if not lookup.knows(row.principal):
        lookup.invitations.enter(row.principal, new_invitation(row.principal))


def bindings_of(row: DesiredRow, lookup: Lookup) -> Iterator[Binding]:
    """Yield the bindings of a row; a removal from an email address affects its account and its invitations.

    Raises:
        UnknownNameError: an object does not exist.
        AmbiguousNameError: several objects have the name.
        UsageError: the row is impossible.
    """
    holders = [lookup.principal(row.principal, row.source)]
    if not row.present:
        holders += [("invitation_id", key) for key in lookup.invitation_of(row.principal)]
    for kind, key in dict.fromkeys(holders):
        if row.kind == "team-member":
            if kind == "team_id":
                raise UsageError(
                    _at_source(row, f"{row.principal!r} is a team, and a team cannot contain teams"),
                    hint="List its members instead.",
                )
            yield Binding(row.kind, kind, key, team=lookup.team(row.team, row.source))
            continue
        role = lookup.role(row.role, _LEVELS[row.kind], row.source)
        workspace = "" if row.kind == "organization-role" else lookup.workspace(row.workspace, row.source)
        if row.kind == "project-role" and not row.project_id:
            raise UsageError(_at_source(row, f"`project_id` is required: {row.role!r} is a project role"))
        project = row.project_id if row.kind == "project-role" else ""
        if project and needs_project(row):
            project = lookup.project(workspace, project, row.source)
        yield Binding(row.kind, kind, key, role=role, workspace=workspace, project=project)


def _require_place(row: DesiredRow, lookup: Lookup) -> None:
    """Look up the names of a row without a change, to detect misspelled names.

    Raises:
        UnknownNameError: there is no such workspace, project or role.
    """
    workspace = lookup.workspace(row.workspace, row.source) if row.workspace else ""
    if row.project_id:
        lookup.project(workspace, row.project_id, row.source)
    if row.role:
        lookup.role(row.role, _LEVELS[row.kind], row.source)


def _enter_scope(scope: ExactScope, desired: ResolvedState, state: State, lookup: Lookup) -> None:
    role = lookup.role(scope.role, _LEVELS[scope.kind], scope.source) if scope.role else ""
    if scope.kind == "team-member":
        place = Binding(scope.kind, "", "", team=lookup.team(scope.team, scope.source)).scope
    else:
        workspace = lookup.workspace(scope.workspace, scope.source) if scope.kind != "organization-role" else ""
        project = lookup.project(workspace, scope.project_id, scope.source) if scope.project_id else ""
        place = Binding(scope.kind, "", "", workspace=workspace, project=project).scope
    desired.exact.add((place, role))
    for binding in state.at.get(place, ()):
        if role not in ("", binding.role) or binding in desired.bindings:
            continue
        if binding.role in state.roles and not state.roles[binding.role].assignable:
            continue  # created by sharing a single resource, which a plan does not manage
        bot = (
            binding.field == "user_id" and state.accounts.get(binding.id) is not None and state.accounts[binding.id].bot
        )
        if scope.people_only and (bot or binding.field == "team_id"):
            continue
        if binding.field == "invitation_id" and binding.id in desired.withdrawn:
            continue
        if not _keeps_in(binding, desired, state, lookup):
            desired.surplus[binding] = scope


def _keeps_in(binding: Binding, desired: ResolvedState, state: State, lookup: Lookup) -> bool:
    """Return whether a binding keeps a person to invite in the organization: the requested role, else any."""
    if binding.kind != "organization-role" or binding.field == "team_id" or not desired.invitations:
        return False
    for row, role in desired.invitations.values():
        if binding.holder in (("user_id", lookup.account_of(row.principal)), *lookup.holders_invited(row.principal)):
            role_ids = {
                other.role for other in state.bindings_by_holder.get(binding.holder, ()) if other.kind == binding.kind
            }
            return role not in role_ids or binding.role == role
    return False


def _enter(table: dict[Any, DesiredRow], key: Any, row: DesiredRow, what: str) -> None:
    before = table.setdefault(key, row)
    if before.present == row.present:
        return
    if not (before.expired or row.expired):
        _contradict(row, before, what)
    table[key] = row if row.present else before  # an expired row gives way


def _contradict(row: DesiredRow, before: DesiredRow, what: str) -> None:
    name = row.principal or row.team
    raise UsageError(
        _at_source(row, f"{what} {name} is requested twice with conflicting values")
        + (f" (the other: {before.source})" if before.source else ""),
        hint="Remove one of them.",
    )


def _what(row: DesiredRow) -> str:
    place = row.team if row.kind == "team-member" else row.workspace or "the organization"
    word = "membership" if row.kind == "team-member" else row.role
    return f"{word} in {place} for" if word else ""


def _at_source(row: DesiredRow, message: str) -> str:
    return f"{row.source}: {message}" if row.source else message
