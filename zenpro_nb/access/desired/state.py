"""The desired state of an organization, as read from a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb.access.plans.model import DesiredRow, ExactScope
from zenpro_nb.access.plans.options import GuardOptions

VERSION = 1
Mode = Literal["exact", "additive"]
_MANAGED: tuple[str, ...] = ("teams", "organization_roles", "workspace_roles", "project_roles")


class SourceText(Struct, frozen=True):
    """A text in the file, and its line."""

    text: str
    line: int


class DesiredPrincipal(SourceText, frozen=True):
    """A principal in the file; with a deadline, only until then."""

    until: datetime | None = None


class DesiredRole(Struct, frozen=True):
    """The desired principals of a role."""

    role: SourceText
    principals: tuple[DesiredPrincipal, ...]


class DesiredTeam(Struct, frozen=True):
    """The desired state of a team.

    Attributes:
        previously: its earlier names.
        description: None if the file does not contain it.
        members: the desired members.
    """

    name: SourceText
    previously: tuple[SourceText, ...] = ()
    description: SourceText | None = None
    members: tuple[DesiredPrincipal, ...] = ()


class DesiredProject(Struct, frozen=True):
    """The desired roles in a project."""

    project_id: SourceText
    roles: tuple[DesiredRole, ...]


class DesiredWorkspace(Struct, frozen=True):
    """The desired roles in a workspace and its projects."""

    workspace: SourceText
    roles: tuple[DesiredRole, ...] = ()
    projects: tuple[DesiredProject, ...] = ()


class DesiredGroup(Struct, frozen=True):
    """The team or organization role that a group of an identity provider maps to."""

    name: SourceText
    team: str = ""
    role: str = ""


class DesiredState(Struct, frozen=True):
    """The content of a file.

    Attributes:
        file: its name: `access.yaml`.
        organization: name or id of the organization; empty: the one in use.
        manage: the mode of teams, organization_roles, workspace_roles and project_roles.
        protect_users, min_org_admins, max_removals: options for the guards; None if not in the file.
        groups: the mapping of the identity provider's groups.
        teams, organization_roles, workspace_roles: the desired state; None: not managed.
    """

    file: str = ""
    organization: str = ""
    manage: dict[str, Mode] = field(default_factory=dict)
    protect_users: tuple[SourceText, ...] = ()
    min_org_admins: int | None = None
    max_removals: str | None = None
    groups: tuple[DesiredGroup, ...] = ()
    teams: tuple[DesiredTeam, ...] | None = None
    organization_roles: tuple[DesiredRole, ...] | None = None
    workspace_roles: tuple[DesiredWorkspace, ...] | None = None

    def is_exact(self, section: str) -> bool:
        """Return whether a section is exact, that is, complete."""
        return self.manage.get(section, "additive") == "exact"

    @property
    def additive(self) -> tuple[str, ...]:
        """Return the sections that the file contains without being exact: nothing is removed because of them."""
        sections = ("teams", "organization_roles", "workspace_roles")
        return tuple(name for name in sections if getattr(self, name) is not None and not self.is_exact(name))

    def rows(self, now: datetime | None = None) -> list[DesiredRow]:
        """Return the desired rows, one per object.

        A workspace, project or role without principals is a row without a principal: it changes nothing but must exist.

        Args:
            now: entries whose deadline is not after this time should not exist; None: no deadline has passed.
        """
        return [_at(row, now) for row in (*self._teams(), *self._organization(), *self._workspaces())]

    def exact(self) -> list[ExactScope]:
        """Return the exact scopes: the scopes in the file that it declares exact."""
        return list(self._scopes())

    def additive_scopes(self) -> list[ExactScope]:
        """Return the scopes in the file that it does not declare exact: nothing is removed there."""
        exact = set(self._scopes())
        every = replace(self, manage=dict.fromkeys(_MANAGED, "exact"))._scopes()
        return [scope for scope in every if scope not in exact]

    def options(self, **fields: Any) -> GuardOptions:
        """Return the options for the guards: those of the caller, else those of the file.

        Args:
            fields: fields of `GuardOptions`; None says nothing.
        """
        protected = tuple(user.text for user in self.protect_users)
        values: dict[str, Any] = {"protect_users": protected, "min_org_admins": self.min_org_admins}
        values["max_removals"] = self.max_removals
        values |= {name: value for name, value in fields.items() if value is not None}
        return GuardOptions(**{name: value for name, value in values.items() if value is not None})

    def at(self, word: SourceText) -> str:
        """Return the place of a text in the file, for messages."""
        return f"{self.file}, line {word.line}" if self.file else f"line {word.line}"

    def _teams(self) -> Iterator[DesiredRow]:
        for team in self.teams or ():
            fields = {} if team.description is None else {"description": team.description.text}
            former = tuple(name.text for name in team.previously)
            yield DesiredRow("team", team=team.name.text, fields=fields, previously=former, source=self.at(team.name))
            for member in team.members:
                row = DesiredRow("team-member", member.text, team=team.name.text, source=self.at(member))
                yield replace(row, until=member.until)

    def _organization(self) -> Iterator[DesiredRow]:
        for wish in self.organization_roles or ():
            yield from self._role(DesiredRow("organization-role"), wish)

    def _workspaces(self) -> Iterator[DesiredRow]:
        for place in self.workspace_roles or ():
            name = place.workspace.text
            if not place.roles and not place.projects:
                yield DesiredRow("workspace-role", workspace=name, source=self.at(place.workspace))
            for wish in place.roles:
                yield from self._role(DesiredRow("workspace-role", workspace=name), wish)
            for project in place.projects:
                place_of = DesiredRow("project-role", workspace=name, project_id=project.project_id.text)
                if not project.roles:
                    yield replace(place_of, source=self.at(project.project_id))
                for wish in project.roles:
                    yield from self._role(place_of, wish)

    def _role(self, scope: DesiredRow, wish: DesiredRole) -> Iterator[DesiredRow]:
        for principal in wish.principals:
            row = replace(scope, principal=principal.text, role=wish.role.text, source=self.at(principal))
            yield replace(row, until=principal.until)
        if not wish.principals:
            yield replace(scope, role=wish.role.text, source=self.at(wish.role))

    def _scopes(self) -> Iterator[ExactScope]:
        source = self.file or "the file"
        if self.is_exact("teams"):
            yield from (ExactScope("team-member", team=team.name.text, source=source) for team in self.teams or ())
        if self.is_exact("organization_roles") and self.organization_roles is not None:
            yield ExactScope("organization-role", source=source)
        for place in self.workspace_roles or ():
            name = place.workspace.text
            if self.is_exact("workspace_roles"):
                yield ExactScope("workspace-role", workspace=name, source=source)
            if self.is_exact("project_roles"):
                for project in place.projects:
                    key = project.project_id.text
                    yield ExactScope("project-role", workspace=name, project_id=key, source=source)


def _at(row: DesiredRow, now: datetime | None) -> DesiredRow:
    """Return a row as desired at this time."""
    if row.until is None:
        return row
    expired = now is not None and row.until <= now
    words = f"{'expired' if expired else 'until'} {in_words(row.until)}"
    return replace(row, present=not expired, expired=expired, why=words)


def in_words(moment: datetime) -> str:
    """Return an instant for people.

    >>> in_words(datetime(2026, 12, 8, 12, tzinfo=UTC))
    '2026-12-08 12:00:00 UTC'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
