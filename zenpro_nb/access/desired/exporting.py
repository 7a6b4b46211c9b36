"""Export the current state as a desired state: sorted, with comments; planning the file finds nothing to do."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress

import yaml

from zenpro_nb import limits
from zenpro_nb.access import effective
from zenpro_nb.access.desired.state import VERSION
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.bindings import Binding
from zenpro_nb.access.plans.lookup import ID_MARK, Lookup, spelling_of
from zenpro_nb.access.plans.state import State
from zenpro_nb.errors import UsageError
from zenpro_nb.resources.nouns import words

_PLAIN = re.compile(r"[\w@./+\-: ]+")
_LISTS = ("teams", "team_members", "roles", "assignments", "invitations", "workspaces")
_LEVELS = {"organization-role": "organization", "workspace-role": "workspace", "project-role": "project"}


def export(
    inventory: Inventory,
    *,
    exact: bool = False,
    teams: bool = True,
    roles: bool = True,
    workspaces: Sequence[str] = (),
) -> str:
    """Return the current state as a desired state in YAML.

    Args:
        inventory: the current state.
        exact: the file is complete: applying it removes anything that it does not contain.
        teams: include the teams and their members.
        roles: include the assignments in the organization, its workspaces and their projects.
        workspaces: include only these, by name or id, and no organization roles; all if empty. Teams belong to the
            organization, and are then never exact.

    Raises:
        UsageError: `exact` is given and a list could not be read completely.
    """
    return "\n".join(_Export(inventory, exact).lines(teams, roles, workspaces)) + "\n"


class _Export:
    def __init__(self, inventory: Inventory, exact: bool) -> None:
        self._inventory = inventory
        self._state = State.of(inventory)
        self._lookup = Lookup(inventory, self._state)
        self._alive = effective.alive(inventory)
        self._exact = exact
        self._incomplete_lists = [name for name in _LISTS if not inventory[name].complete or inventory[name].gap]
        if exact and self._incomplete_lists:
            gap = inventory[self._incomplete_lists[0]].gap
            names = ", ".join(words(name) for name in self._incomplete_lists)
            raise UsageError(
                f"These lists are incomplete: {names}. Applying an exact file would remove everything missing from it",
                hint=gap.message if gap else "Run the command again, or export without --exact.",
            )

    def lines(self, teams: bool, roles: bool, workspaces: Sequence[str]) -> Iterator[str]:
        yield "# Teams and roles of the organization. Edit the file, check it with `plan`, and apply it with `apply`."
        yield "# Users are written as email addresses, others as team:NAME, bot:NAME or id:UUID. null is an error."
        if self._incomplete_lists:
            yield f"# INCOMPLETE: {', '.join(self._incomplete_lists)} could not be read completely."
        yield f"zenpro: {VERSION}"
        yield f"organization: {scalar(self._state.organization)}"
        yield from self._manage_section(teams and not workspaces, roles, bool(workspaces))
        bounds = f"min_org_admins: {limits.MIN_ORG_ADMINS}, max_removals: {limits.MAX_REMOVALS:.0%}"
        yield f"# protect: {{users: [], {bounds}}}"
        if teams:
            yield from self._teams()
        if roles and not workspaces:
            yield from self._organization()
        if roles:
            yield from self._workspaces(workspaces)

    def _manage_section(self, teams: bool, roles: bool, some: bool) -> Iterator[str]:
        mode = "exact" if self._exact else "additive"
        yield "manage:"
        yield "  # exact: remove anything that is not listed below; additive: remove nothing"
        sections = [("teams", teams), ("organization_roles", roles and not some)]
        sections += [("workspace_roles", roles), ("project_roles", roles)]
        for name, written in sections:
            yield f"  {name}: {mode if written else 'additive'}"

    def _teams(self) -> Iterator[str]:
        state = self._state
        names = {key: self._team(key) for key in state.teams}
        yield "teams:" if names else "teams: {}"
        for key in sorted(names, key=lambda name: _order(names[name])):
            note = f"  # {_comment(str(state.teams[key]['name']))}" if names[key].startswith(ID_MARK) else ""
            description = state.teams[key].get("description")
            members = state.members.get(key, frozenset())
            if not description and not members:
                yield f"  {scalar(names[key])}: {{}}{note}"
                continue
            yield f"  {scalar(names[key])}:{note}"
            if description:
                yield f"    description: {scalar(description)}"
            if members:
                yield "    members:"
                yield from self._principals(members, "      ")

    def _team(self, key: str) -> str:
        name = str(self._state.teams[key]["name"])
        return name if self._lookup.teams_called(name) == [key] and name.strip() else f"{ID_MARK}{key}"

    def _organization(self) -> Iterator[str]:
        rows = self._assignable(self._state.at.get("organization", ()))
        yield "organization_roles:" if rows else "organization_roles: {}"
        yield from self._roles(rows, "  ")

    def _workspaces(self, selection: Sequence[str]) -> Iterator[str]:
        state = self._state
        ids = {self._lookup.workspace(name) for name in selection} or set(self._alive)
        names = {key: state.workspaces[key] for key in ids}
        yield "workspace_roles:" if names else "workspace_roles: {}"
        for key in sorted(names, key=lambda name: _order(names[name])):
            name = names[key] if self._workspace_id(names[key]) == key else f"{ID_MARK}{key}"
            rows = self._assignable(state.at.get(f"workspace:{key}", ()))
            places = sorted(
                {binding.project for binding in state.bindings if binding.workspace == key and binding.project}
            )
            projects = {place: self._assignable(state.at[f"project:{key}/{place}"]) for place in places}
            projects = {project: inner for project, inner in projects.items() if inner}
            if not rows and not projects:
                yield f"  {scalar(name)}: {{}}"
                continue
            yield f"  {scalar(name)}:"
            yield from self._roles(rows, "    ")
            if projects:
                yield "    projects:"
            for project, inner in projects.items():
                yield f"      {scalar(project)}:"
                yield from self._roles(inner, "        ")

    def _workspace_id(self, name: str) -> str:
        try:
            return self._lookup.workspace(name)
        except UsageError:
            return ""

    def _assignable(self, rows: Iterable[Binding]) -> list[Binding]:
        """Return the rows whose roles can be assigned, without roles created by sharing."""
        state_roles = self._state.roles
        return [row for row in rows if row.role not in state_roles or state_roles[row.role].assignable]

    def _roles(self, rows: Collection[Binding], indent: str) -> Iterator[str]:
        bindings_by_role: dict[str, list[Binding]] = {}
        for row in rows:
            bindings_by_role.setdefault(row.role, []).append(row)
        names = {key: self._role(key, inner[0]) for key, inner in bindings_by_role.items()}
        for key in sorted(bindings_by_role, key=lambda text: _order(names[text])):
            note = ""
            if names[key].startswith(ID_MARK) and key in self._state.roles:
                note = f"  # {_comment(self._state.roles[key].name)}"
            yield f"{indent}{scalar(names[key])}:{note}"
            yield from self._principals([binding.holder for binding in bindings_by_role[key]], f"{indent}  ")

    def _role(self, key: str, row: Binding) -> str:
        name = self._state.roles[key].name if key in self._state.roles else key
        try:
            role_id = self._lookup.role(name, _LEVELS[row.kind])
        except UsageError:
            role_id = ""
        return name if role_id == key and name != "projects" else f"{ID_MARK}{key}"

    def _principals(self, holders: Iterable[tuple[str, str]], indent: str) -> Iterator[str]:
        spellings = {spelling_of(self._lookup, self._state, holder): holder for holder in holders}
        for principal in sorted(spellings, key=_order):
            yield f"{indent}- {scalar(principal)}{self._note(principal, spellings[principal])}"

    def _note(self, text: str, holder: tuple[str, str]) -> str:
        kind, key = holder
        notes = [_comment(self._state.name_of(holder))] if text.startswith(ID_MARK) else []
        if kind == "invitation_id":
            notes.append("invited")
        if kind == "user_id" and self._state.accounts[key].active is False:
            notes.append("deactivated")
        return f"  # {', '.join(notes)}" if notes else ""


def _order(text: str) -> tuple[str, str]:
    return text.casefold(), text


def _comment(text: str) -> str:
    """Return a name as a single line, for a comment."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def scalar(text: str, *, flow: bool = False) -> str:
    """Return a text in YAML, quoted if it would otherwise be read as another type.

    Args:
        text: the text.
        flow: the place is inside brackets or braces, where a colon would need quotes too.

    >>> scalar("ada@example.com"), scalar("80"), scalar("no"), scalar("a: b # c")
    ('ada@example.com', '"80"', '"no"', '"a: b # c"')
    """
    if _PLAIN.fullmatch(text) and not text.startswith("-") and not (flow and ":" in text):
        with suppress(yaml.YAMLError, ValueError):  # then it needs quotes
            if yaml.safe_load(text) == text:
                return text
    quoted: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=1 << 30)
    return quoted.strip()
