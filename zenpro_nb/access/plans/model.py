"""The rows that should be there or should not, the steps that make it so, and the plan that they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

# What a step, or a desired row, is about.
#   team:              the team itself: created, renamed, described anew; never deleted.
#   team-member:       somebody in a team.
#   organization-role: a role of the organization; the first one makes somebody a member, the last one keeps them so.
#   workspace-role:    a role in a workspace.
#   project-role:      a role in a project of a workspace.
#   invitation:        who has no account is invited, or the open invitation is withdrawn.
#   account:           the account is deactivated.
StepKind = Literal[
    "team", "team-member", "organization-role", "workspace-role", "project-role", "invitation", "account"
]
Action = Literal["add", "remove", "update", "noop", "blocked", "skipped"]
# Why a step is blocked: see `access-as-code` in the documentation.
GuardName = Literal["exact", "removals", "admins", "self", "stale", "incomplete", "allow"]
Reversible = Literal["yes", "partly", "no"]
ADMINS = "admins"  # the `Baseline.what` of the active people who administer the organization


class DesiredRow(Struct, frozen=True):
    """One thing that should be so, or should not: the form in which files, frames, groups and reviews ask for changes.

    Names are spelled as people do: `ada@example.com`, `team:data-science`, `bot:trainer`, `id:UUID`; roles, teams and
    workspaces by name or id.

    Attributes:
        kind: what it is about.
        principal: who; of a team itself, nobody. A row of a kind `…-role` without a principal asks for nothing: it
            names a place or a role that must exist.
        role: of the kinds `…-role`, and of `invitation` the organization's role that it brings.
        team: of the kinds `team` and `team-member`.
        workspace, project_id: of the kinds `workspace-role` and `project-role`.
        present: whether it should be there.
        fields: of a team, what it should be like: `name` where it is renamed, `description`.
        previously: of a team, the names that it had before: one of them is renamed where none has the new name.
        needs_exact: it is there to be taken away only where its scope is written to be exact; else it is blocked.
        skip: why it is reported and not done where its scope is not exact; empty: it is blocked there.
        source: where it was asked for, for people: "access.yaml, line 12".
        why: the reason that the one who asked gives, for the step's own.
    """

    kind: StepKind
    principal: str = ""
    role: str = ""
    team: str = ""
    workspace: str = ""
    project_id: str = ""
    present: bool = True
    fields: Mapping[str, str | None] = field(default_factory=dict)
    previously: tuple[str, ...] = ()
    needs_exact: bool = False
    skip: str = ""
    source: str = ""
    why: str = ""


class ExactScope(Struct, frozen=True):
    """What is to hold what the desired rows say and nothing else: a team, or the roles at one place.

    Attributes:
        kind: which rows are looked at; of `team-member` those of a team, else the roles of that level.
        team, workspace, project_id: where, by name or id.
        role: only this role, by name or id; empty: all roles there.
        people_only: only people and their invitations, since teams and bots are not known to who asks.
        source: where it was asked for, for people.
    """

    kind: Literal["team-member", "organization-role", "workspace-role", "project-role"]
    team: str = ""
    workspace: str = ""
    project_id: str = ""
    role: str = ""
    people_only: bool = False
    source: str = ""


class PrincipalRef(Struct, frozen=True):
    """Who a step is about, found in the inventory.

    Attributes:
        name: as the file of the desired state spells it: `ada@example.com`, `team:data-science`, `bot:trainer`.
        field: what the API calls its id: `user_id`, `team_id`, `invitation_id`; empty where the step is about a team.
        id: empty where an earlier step makes it.
    """

    name: str = ""
    field: str = ""
    id: str = ""


class Step(Struct, frozen=True):
    """One change, which is one request when it is applied.

    Attributes:
        number: its place in the order, from 1; unique within the plan.
        does: what it does, or would do where a guard blocks it.
        kind: what it is about.
        party: who.
        role, role_id: the role.
        team, team_id: the team; without an id where an earlier step makes it.
        workspace, workspace_id, project_id: where.
        scope: where, for people: `acme`, `ml-prod`, `project 5b0c… of ml-prod`, `team data-science`.
        before, after: what was there and what will be: None where nothing is. Of a team its fields, else one field.
        remaining_roles: how they keep the same role at the same scope: "still has it through team Platform".
        reason: where it was asked for and, of a removal that ends a membership, "leaves the organization".
        needs: the numbers of the steps that must be done before this one can be.
        reversible: whether `undo` can take it back.
        email_to: who gets an e-mail by it.
        guard: which guard blocks it; None where none does.
        blocked_reason: what the guard found, in one sentence.
        override: what lets it pass: a flag as it is typed, or what to do.
        skipped_reason: why it is impossible here: it is reported, it is not done, and the rest continues.
    """

    number: int
    does: Literal["add", "remove", "update", "noop"]
    kind: StepKind
    party: PrincipalRef = field(default_factory=PrincipalRef)
    role: str = ""
    role_id: str = ""
    team: str = ""
    team_id: str = ""
    workspace: str = ""
    workspace_id: str = ""
    project_id: str = ""
    scope: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    remaining_roles: str = ""
    reason: str = ""
    needs: tuple[int, ...] = ()
    reversible: Reversible = "yes"
    email_to: str = ""
    guard: GuardName | None = None
    blocked_reason: str = ""
    override: str = ""
    skipped_reason: str = ""

    @property
    def action(self) -> Action:
        """Return what the plan says that happens: `blocked` where a guard forbids it, `skipped` where it cannot be."""
        if self.guard is not None:
            return "blocked"
        return "skipped" if self.skipped_reason and self.does != "noop" else self.does


# The ids that a step of a kind has, and those that it may have; no other.
_IDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "team": (frozenset(), frozenset({"team_id"})),
    "team-member": (frozenset({"party"}), frozenset({"team_id"})),
    "organization-role": (frozenset({"party", "role_id"}), frozenset()),
    "workspace-role": (frozenset({"party", "role_id", "workspace_id"}), frozenset()),
    "project-role": (frozenset({"party", "role_id", "workspace_id", "project_id"}), frozenset()),
    "invitation": (frozenset({"party"}), frozenset({"role_id"})),
    "account": (frozenset({"party"}), frozenset()),
}
_HOLDERS: dict[str, tuple[str, ...]] = {
    "team": ("",),
    "team-member": ("user_id", "invitation_id"),
    "invitation": ("user_id", "invitation_id"),
    "account": ("user_id",),
}


def misfit(step: Step) -> str:
    """Return why no plan has such a step; empty where its action, its principal and its ids fit its kind.

    >>> misfit(Step(1, "add", "organization-role", PrincipalRef("a@x", "user_id", "1"), role_id="7", workspace_id="9"))
    'organization-role with workspace_id'
    """
    needed, allowed = _IDS[step.kind]
    ids = {name for name in ("team_id", "role_id", "workspace_id", "project_id") if getattr(step, name)}
    ids |= {"party"} if step.party.id or step.party.name else set()
    if missing := needed - ids:
        return f"{step.kind} without {min(missing)}"
    if extra := ids - needed - allowed:
        return f"{step.kind} with {min(extra)}"
    if step.party.field not in _HOLDERS.get(step.kind, ("user_id", "team_id", "invitation_id")):
        return f"{step.kind} of {step.party.field or 'nobody'}"
    if step.kind in ("team", "team-member") and not step.team:
        return f"{step.kind} without team"
    actions = {"team": ("add", "update", "noop")}.get(step.kind, ("add", "remove", "noop"))
    new = step.kind == "team" and step.does == "add"
    if step.does not in actions or (step.kind == "team" and new is bool(step.team_id)):
        return f"{step.does} of {step.kind}"
    unnamed = not step.party.id and step.party.field == "user_id"
    return f"{step.kind} of an account without id" if unnamed else ""


class Baseline(Struct, frozen=True):
    """A set of rows that a plan rests on, as they were when it was made: the members of a team, the roles at a scope.

    Attributes:
        what: `team:ID`, `organization`, `workspace:ID`, `project:ID`, `admins`.
        keys: what was there, one text a row: `user_id:ID` of a team, `role_id:ID user_id:ID` of a scope.
        own: those that the plan itself adds or takes away, whichever of its steps are applied.
    """

    what: str
    keys: frozenset[str]
    own: frozenset[str] = frozenset()


class Plan(Struct, frozen=True):
    """The steps that make an organization as it should be, in the order in which they are sent.

    Attributes:
        steps: all of them, blocked ones and those that are no change (`noop`) among them.
        server, organization_id, organization_name: of what.
        rests_on: what must not have been changed by others when it is applied.
        options: what the guards were told, so that whoever applies it is held to the same.
    """

    steps: tuple[Step, ...] = ()
    server: str = ""
    organization_id: str = ""
    organization_name: str = ""
    rests_on: tuple[Baseline, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> tuple[Step, ...]:
        """Return the steps that would be sent."""
        return tuple(step for step in self.steps if step.action in ("add", "remove", "update"))

    @property
    def blocked(self) -> tuple[Step, ...]:
        """Return the steps that a guard blocks."""
        return tuple(step for step in self.steps if step.action == "blocked")
