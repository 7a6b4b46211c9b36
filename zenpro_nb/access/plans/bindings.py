"""A binding: one membership or role assignment by ids, which a step adds or removes."""

from __future__ import annotations

from typing import NamedTuple

from zenpro_nb.access.model.columns import TEAM_MARK
from zenpro_nb.access.plans.model import PrincipalRef, Step, StepKind

ROLE_KINDS: tuple[StepKind, ...] = ("organization-role", "workspace-role", "project-role")

Holder = tuple[str, str]  # the API's name of the id, and the id


class Binding(NamedTuple):
    """A membership in a team, or a role of a principal at one scope, by ids."""

    kind: StepKind
    field: str
    id: str
    team: str = ""
    role: str = ""
    workspace: str = ""
    project: str = ""

    @property
    def holder(self) -> Holder:
        """Return the principal: a user, team or invitation."""
        return self.field, self.id

    @property
    def scope(self) -> str:
        """Return the scope, in the format of `Baseline.what`.

        >>> Binding("project-role", "user_id", "1", role="2", workspace="3", project="4").scope
        'project:3/4'
        """
        if self.kind == "team-member":
            return f"team:{self.team}"
        if self.project:
            return f"project:{self.workspace}/{self.project}"
        return f"workspace:{self.workspace}" if self.workspace else "organization"

    @property
    def key(self) -> str:
        """Return the key within its scope, in the format of `Baseline.keys`."""
        holder = f"{self.field}:{self.id}"
        return holder if self.kind == "team-member" else f"role_id:{self.role} {holder}"


def binding_of(step: Step) -> Binding:
    """Return the binding that a step adds or removes; for a new invitation, its role."""
    kind: StepKind = "organization-role" if step.kind == "invitation" else step.kind
    team = team_key(step) if kind == "team-member" else ""
    return Binding(
        kind, step.party.field, principal_key(step.party), team, step.role_id, step.workspace_id, step.project_id
    )


def team_key(step: Step) -> str:
    """Return the id of a step's team, or a placeholder until the team is created."""
    return step.team_id or new_team(step.team)


def principal_key(party: PrincipalRef) -> str:
    """Return the id of a step's principal, or a placeholder until an earlier step creates it."""
    if party.id:
        return party.id
    if party.field == "team_id":
        return new_team(party.name.removeprefix(TEAM_MARK))
    return new_invitation(party.name)


def new_team(name: str) -> str:
    """Return a placeholder for the id of a new team.

    >>> new_team("data-science")
    '{team data-science}'
    """
    return f"{{team {name}}}"


def new_invitation(email: str) -> str:
    """Return a placeholder for the id of a new invitation."""
    return f"{{invitation {email.casefold()}}}"


def invitation_to_send(email: str) -> str:
    """Return a placeholder for the id of an invitation that an earlier write of the same command sends."""
    return f"{{invitation of {email}}}"


def is_new(key: str) -> bool:
    """Return whether this is a placeholder for an unknown id."""
    return key.startswith("{")
