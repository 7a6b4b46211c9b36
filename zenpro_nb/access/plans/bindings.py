"""One row of what an organization holds, by ids: the one that a step adds or takes away."""

from __future__ import annotations

from typing import NamedTuple

from zenpro_nb.access.model.columns import TEAM_MARK
from zenpro_nb.access.plans.model import PrincipalRef, Step, StepKind

ROLE_KINDS: tuple[StepKind, ...] = ("organization-role", "workspace-role", "project-role")

Holder = tuple[str, str]  # what the API calls the id, and the id


class Binding(NamedTuple):
    """Somebody in a team, or a role that somebody has at one place; all by their ids."""

    kind: StepKind
    field: str
    id: str
    team: str = ""
    role: str = ""
    workspace: str = ""
    project: str = ""

    @property
    def holder(self) -> Holder:
        """Return who: a user, a team or an invitation."""
        return self.field, self.id

    @property
    def scope(self) -> str:
        """Return where, as `Rest.what` spells it.

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
        """Return what tells it from others of its scope, as `Rest.keys` spells it."""
        holder = f"{self.field}:{self.id}"
        return holder if self.kind == "team-member" else f"role_id:{self.role} {holder}"


def binding_of(step: Step) -> Binding:
    """Return the row that a step is about; of a new invitation the role that it brings."""
    kind: StepKind = "organization-role" if step.kind == "invitation" else step.kind
    team = team_key(step) if kind == "team-member" else ""
    return Binding(
        kind, step.party.field, principal_key(step.party), team, step.role_id, step.workspace_id, step.project_id
    )


def team_key(step: Step) -> str:
    """Return the id of a step's team, or what stands for it until the team is made."""
    return step.team_id or new_team(step.team)


def principal_key(party: PrincipalRef) -> str:
    """Return the id of who a step is about, or what stands for it until an earlier step makes it."""
    if party.id:
        return party.id
    if party.field == "team_id":
        return new_team(party.name.removeprefix(TEAM_MARK))
    return new_invitation(party.name)


def new_team(name: str) -> str:
    """Return what stands for the id of a team that is yet to be made.

    >>> new_team("data-science")
    '{team data-science}'
    """
    return f"{{team {name}}}"


def new_invitation(email: str) -> str:
    """Return what stands for the id of an invitation that is yet to be made."""
    return f"{{invitation {email.casefold()}}}"


def is_new(key: str) -> bool:
    """Return whether this stands for an id that is not known yet."""
    return key.startswith("{")
