"""The roles and teams that each person gets from `users onboard`: those of the line, and those in a row of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.commands.organization.invitations import writes as invitation_writes
from zenpro_nb.commands.people import memberships
from zenpro_nb.commands.people.memberships import Place
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    Principal,
    RoleAtScopeType,
    RowErrors,
    Scope,
    grant,
    own_values,
    role_scope,
)


class OnboardingProfile(Struct, frozen=True):
    """The roles and teams that each new user gets."""

    first: query.Found  # the organization role of the invitation
    is_default: bool  # nobody chose this role, so it is only for users without one
    roles: Mapping[str, str]  # names of further organization roles, by ID
    teams: Mapping[str, str]  # names of the teams, by ID
    scopes: Sequence[Scope]


class ProfilesByPerson:
    """The roles and teams of each person: those of the line, and those in the row of the person in a file."""

    def __init__(
        self,
        ctx: CommandContext,
        here: Place,
        role: str | None,
        teams: Sequence[str],
        grants: Sequence[str],
        like: str | None,
    ) -> None:
        self._ctx = ctx
        self._here = here
        self._role, self._teams, self._grants = role, teams, grants
        self._model = _model(ctx, here, like)
        self._firsts: dict[str, query.Found] = {}
        self._found_teams: Mapping[str, query.Found | Exception] = {}
        self._scopes: dict[str, Scope] = {}

    def read(self, people: Sequence[str]) -> None:
        """Look up the roles and teams of all people, each once, and all teams in one step.

        Raises:
            UsageError: some of them do not exist, or rows of a table are broken; the error names all of these.
        """
        errors = RowErrors(people)
        for role in dict.fromkeys([self._role, *errors.texts("role")]):
            if role:
                errors.look_up("role", role, self._first)
        teams = list(dict.fromkeys([*self._teams, *errors.texts("team")]))
        ids = {"organization_id": self._here.organization.id}
        self._found_teams = query.find_each(self._ctx.session, "teams", teams, ids) if teams else {}
        for team in teams:
            errors.look_up("team", team, self._team)
        for text in dict.fromkeys([*self._grants, *errors.texts("grant")]):
            errors.look_up("grant", text, self._scope)
        errors.raise_all()

    def _team(self, text: str) -> query.Found:
        answer = self._found_teams[text]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def of(self, person: str) -> OnboardingProfile:
        """Return the roles and teams of a person, including those in a row of a file."""
        here, model = self._here, self._model
        role = next(iter(own_values(person, "role")), self._role)
        role_names = {} if model is None or role is not None else here.roles_of(model)
        role_names = {key: name for key, name in role_names.items() if name != memberships.ADMIN}
        first = self._first(role or next(iter(role_names), invitation_writes.MEMBER))
        found = [self._team(name) for name in (*self._teams, *own_values(person, "team"))]
        team_names = {team.id: team.name for team in found}
        scopes = [self._scope(text) for text in (*self._grants, *own_values(person, "grant"))]
        if model is not None:
            team_names |= dict(here.teams_of(model))
            scopes += here.scopes_of(model)
        by_key = {(scope.role_id, tuple(scope.params.items())): scope for scope in scopes}
        further = {key: name for key, name in role_names.items() if key != first.id}
        is_default = role is None and not role_names
        return OnboardingProfile(first, is_default, further, team_names, list(by_key.values()))

    def _first(self, role: str) -> query.Found:
        if role not in self._firsts:
            self._firsts[role] = invitation_writes.first_role(self._ctx, self._here.organization, role)
        return self._firsts[role]

    def _scope(self, text: str) -> Scope:
        if text not in self._scopes:
            # A grant from a file was not checked with the line.
            role, workspace, project = grant(RoleAtScopeType().convert(text, None, None))
            organization = self._here.organization
            self._scopes[text] = role_scope.of_role(
                self._ctx, organization, role, workspace=workspace, project=project or None
            )
        return self._scopes[text]


def _model(ctx: CommandContext, here: Place, like: str | None) -> Principal | None:
    if like is None:
        return None
    (person,) = memberships.people_named(ctx, [like], [here], lambda email: False)
    if not person.id:
        raise UsageError(f"--like {person.email}: there is no such account", hint="Name a user from `members`.")
    return person.principal
