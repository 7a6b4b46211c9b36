"""Desired rows, the steps that reach them, and the plan that contains the steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

# The kinds of steps and desired rows.
#   team: the team itself: created, renamed or described, never deleted.
#   team-member: a membership in a team.
#   organization-role: an organization role; a principal is a member while it has at least one.
#   workspace-role:    a role in a workspace.
#   project-role:      a role in a project of a workspace.
#   invitation: a person without an account is invited, or the open invitation is revoked.
#   account: an account is deactivated.
StepKind = Literal[
    "team", "team-member", "organization-role", "workspace-role", "project-role", "invitation", "account"
]
Action = Literal["add", "remove", "update", "noop", "blocked", "skipped"]
# The guards that block steps: see `access-as-code` in the documentation.
GuardName = Literal["exact", "removals", "admins", "self", "stale", "incomplete", "allow", "affected"]
Reversible = Literal["yes", "partly", "no"]
ADMINS = "admins"  # the `Baseline.what` of the active admins of the organization


class DesiredRow(Struct, frozen=True):
    """One row of a desired state, present or absent: the common form of changes from files, frames, groups and reviews.

    Names are in the form that people type: `ada@example.com`, `team:data-science`, `bot:trainer`, `id:UUID`; roles,
        teams and workspaces by name or id.

    Attributes:
        kind: its kind. principal: the principal; empty for a team itself. A row of a kind `…-role` without a principal
            changes nothing: it names a scope or role that must exist.
        role: for the kinds `…-role`; for `invitation`, the organization role of the invited person.
        team: for the kinds `team` and `team-member`.
        workspace, project_id: for the kinds `workspace-role` and `project-role`.
        present: whether the row should exist.
        fields: the desired fields of a team: `name` if it is renamed, `description`.
        previously: earlier names of a team: if no team has the new name, the team with an earlier name is renamed.
        needs_exact: the removal requires an exact scope; otherwise it is blocked.
        skip: why the row is skipped if its scope is not exact; empty: it is blocked instead.
        source: its origin, for messages: "access.yaml, line 12".
        why: the reason given by the user, for the reason of the step.
        until: its deadline in the file, if it has one.
        expired: the deadline has passed, so the row should not exist. A row for the same object that should exist wins.
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
    until: datetime | None = None
    expired: bool = False


class ExactScope(Struct, frozen=True):
    """An exact scope: a team, or the roles at one scope, that should contain only the desired rows.

    Attributes:
        kind: the kind of rows: for `team-member` the members of a team, else the roles of that level.
        team, workspace, project_id: the scope, by name or id.
        role: only this role, by name or id; empty: all roles at the scope.
        people_only: only users and invitations, because the source does not know teams and service accounts.
        source: its origin, for messages.
    """

    kind: Literal["team-member", "organization-role", "workspace-role", "project-role"]
    team: str = ""
    workspace: str = ""
    project_id: str = ""
    role: str = ""
    people_only: bool = False
    source: str = ""


class PrincipalRef(Struct, frozen=True):
    """The principal of a step, as found in the inventory.

    Attributes:
        name: in the form of the desired state: `ada@example.com`, `team:data-science`, `bot:trainer`.
        field: the API's name of its id: `user_id`, `team_id`, `invitation_id`; empty if the step is about a team.
        id: empty if an earlier step creates the principal.
    """

    name: str = ""
    field: str = ""
    id: str = ""


class Step(Struct, frozen=True):
    """One change, which is sent as one request.

    Attributes:
        number: its position, from 1; unique within the plan.
        does: its action, also if a guard blocks it.
        kind: its kind. party: the principal. role, role_id: the role. team, team_id: the team; no id if an earlier step
            creates it.
        workspace, workspace_id, project_id: the scope.
        scope: the displayed scope: `acme`, `ml-prod`, `project 5b0c… of ml-prod`, `team data-science`.
        before, after: the current and new value, None if there is none: the changed fields of a team, else one field.
        remaining_roles: other paths to the same role at the same scope: "still has it through team Platform".
        reason: its origin and, if a removal ends a membership, "leaves the organization".
        needs: the numbers of the steps that must be done first.
        reversible: whether `undo` can revert it.
        email_to: the recipient of an email, if the step sends one.
        runs, scheduled_runs, last_run: with `--check-usage`, for a removal that leaves no path that allows starting
            runs: the runs in its scope that principals of it started directly, those that a schedule or trigger of them
            started, and the newest day with one. None for other steps.
        usage: the same in a sentence, or why not all runs could be counted.
        guard: the guard that blocks it; None if it is not blocked.
        blocked_reason: why the guard blocks it, in one sentence.
        override: how to let it pass: an option as typed, or an action to take.
        skipped_reason: why it is impossible: it is reported but not sent, and the other steps continue.
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
    runs: int | None = None
    scheduled_runs: int | None = None
    last_run: date | None = None
    usage: str = ""
    guard: GuardName | None = None
    blocked_reason: str = ""
    override: str = ""
    skipped_reason: str = ""

    @property
    def action(self) -> Action:
        """Return the displayed action: `blocked` if a guard blocks it, `skipped` if it is impossible."""
        if self.guard is not None:
            return "blocked"
        return "skipped" if self.skipped_reason and self.does != "noop" else self.does

    def without_usage(self) -> Step:
        """Return the step without runs: those in a saved plan are as old as the plan."""
        return replace(self, runs=None, scheduled_runs=None, last_run=None, usage="")


# The required and the optional ids of a step, by kind. No other ids are allowed.
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
    """Return why a step is invalid; empty if its action, principal and ids fit its kind.

    >>> misfit(Step(1, "add", "organization-role", PrincipalRef("a@x", "user_id", "1"), role_id="7", workspace_id="9"))
    'organization-role with workspace_id'
    """
    required, allowed = _IDS[step.kind]
    ids = {name for name in ("team_id", "role_id", "workspace_id", "project_id") if getattr(step, name)}
    ids |= {"party"} if step.party.id or step.party.name else set()
    if missing := required - ids:
        return f"{step.kind} without {min(missing)}"
    if extra := ids - required - allowed:
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
    """The rows that a plan depends on, at the time it was created: the members of a team, or the roles at a scope.

    Attributes:
        what: `team:ID`, `organization`, `workspace:ID`, `project:ID`, `admins`.
        keys: one text per row: `user_id:ID` in a team, `role_id:ID user_id:ID` at a scope.
        own: the keys that the plan itself adds or removes, whichever of its steps are applied.
    """

    what: str
    keys: frozenset[str]
    own: frozenset[str] = frozenset()


class Plan(Struct, frozen=True):
    """The steps to the desired state of an organization, in the order in which they are sent.

    Attributes:
        steps: all steps, including blocked steps and steps without a change (`noop`).
        server, organization_id, organization_name: the target of the plan.
        rests_on: the rows that others must not have changed when the plan is applied.
        options: the options of the guards, which also hold when another user applies the plan.
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
        """Return the blocked steps."""
        return tuple(step for step in self.steps if step.action == "blocked")
