"""Convert the steps of a plan into the writes of the commands that make the same changes one at a time.

Each request is built here from the names and IDs of a step. Its display, the check after a lost response, and its undo
are declared next to the write of each command.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.commands.organization import role_assignments, teams
from zenpro_nb.commands.organization.invitations import writes as invitation_writes
from zenpro_nb.commands.organization.invitations.lists import InvitationLists
from zenpro_nb.commands.people.pending_invitation import Newcomer
from zenpro_nb.framework.declare import ABSENT, THERE, CommandContext, Principal, Scope, Write, blocked_words, update_of
from zenpro_nb.query import Found
from zenpro_nb.resources.control_plane import TEAMS, USERS

if TYPE_CHECKING:
    from zenpro_nb.access.plans.model import Plan, Step

_PAST_TENSES = {"add": "added", "remove": "removed", "update": "changed"}
_ROLES = ("organization-role", "workspace-role", "project-role")


def writes_of(ctx: CommandContext, plan: Plan, plan_id: str = "") -> list[Write]:
    """Return the writes of a plan in its order, including those of blocked steps, which are not sent.

    Args:
        plan_id: the ID that marks them in the journal as steps of one plan.
    """
    writer = _Writer(ctx, plan, plan_id)
    return [writer.write(step) for step in plan.steps if step.does != "noop"]


def _role_arguments(step: Step) -> dict[str, Any]:
    """Return the fields of a write that explain why it is not sent; none if it is sent."""
    if step.guard is None:
        return {"skipped": step.skipped_reason}
    return {
        "blocked": blocked_words(step.guard, step.blocked_reason, step.override),
        "guard": step.guard,
        "why": step.blocked_reason,
        "override": step.override,
    }


class _Writer:
    """Builds the writes of one plan. An object that an earlier step creates is looked up once, when it is needed."""

    def __init__(self, ctx: CommandContext, plan: Plan, plan_id: str) -> None:
        self._ctx = ctx
        self._organization = Found(plan.organization_id, plan.organization_name, {})
        self._plan_id = plan_id
        self._invitation_lists = InvitationLists(ctx, plan.organization_id)
        self._newcomers: dict[str, Newcomer] = {}
        self._new_teams: dict[str, _NewTeam] = {}

    def write(self, step: Step) -> Write:
        """Return the write of a step; an ID that an earlier step creates is a placeholder in braces."""
        principal, team = Principal(step.party.id, step.party.name, step.party.field), step.team_id
        if step.kind in ("team", "invitation", "account"):
            return self._write_of(step, principal, team).with_position(learn=self._learner(step))
        if new_principal := self._new_principal(step):
            principal = new_principal[-1].expected
        if new_team := self._new_team(step):
            team = new_team.expected.id
        expected = self._write_of(step, principal, team)
        if not new_principal and not new_team:
            return expected
        return expected.with_position(build_later=lambda: self._late(step))

    def _learner(self, step: Step) -> Callable[[Mapping[str, Any]], None] | None:
        """Return the function that records the ID of the object that this step creates; None if it creates none."""
        if step.does != "add" or step.kind not in ("team", "invitation"):
            return None
        if step.kind == "team":
            return self._team(step.team).learn
        return self._newcomer(step.party.name).learn

    def _late(self, step: Step) -> Write:
        """Return the write of a step when its turn has come, with the IDs that earlier steps created.

        Raises:
            ZenProError: an object that the step requires does not exist.
        """
        principal = Principal(step.party.id, step.party.name, step.party.field)
        for new_principal in self._new_principal(step):
            principal = new_principal.principal()
        new_team = self._new_team(step)
        return self._write_of(step, principal, step.team_id if new_team is None else new_team.id())

    def _new_principal(self, step: Step) -> Sequence[Newcomer | _NewTeam]:
        """Return the invitation or team that an earlier step creates as the principal of this step, if any."""
        if step.party.id or not step.party.name:
            return ()
        name = step.party.name
        if step.party.field == "team_id":
            return (self._team(name.removeprefix("team:")),)
        return (self._newcomer(name),)

    def _newcomer(self, name: str) -> Newcomer:
        return self._newcomers.setdefault(name, Newcomer(self._ctx, self._organization.id, name))

    def _new_team(self, step: Step) -> _NewTeam | None:
        return self._team(step.team) if step.kind == "team-member" and not step.team_id else None

    def _team(self, name: str) -> _NewTeam:
        return self._new_teams.setdefault(name, _NewTeam(self._ctx, self._organization.id, name))

    def _write_of(self, step: Step, principal: Principal, team_id: str) -> Write:
        return replace(
            self._request(step, principal, team_id)
            .with_confirmation(past_tense=_PAST_TENSES.get(step.does, ""))
            .with_hold(**_role_arguments(step))
            .with_position(action=step.does, step=step.number, needs=step.needs, plan=self._plan_id, usage=step.usage),
            **_record_fields(step),
        )

    def _request(self, step: Step, principal: Principal, team_id: str) -> Write:
        ctx, organization, adds = self._ctx, self._organization, step.does == "add"
        if step.kind in _ROLES:
            return (role_assignments.assignment if adds else role_assignments.revocation)(ctx, _scope(step), principal)
        if step.kind == "team-member":
            return (teams.addition if adds else teams.removal)(ctx, team_id, step.team, principal)
        fields = dict(step.after or {})
        if step.kind == "team":
            if adds:
                return teams.creation(ctx, organization, step.team, fields.get("description"))
            return update_of(ctx, TEAMS, Found(step.team_id, step.team, _record(step, step.team_id)), fields)
        if step.kind == "account":
            account = Found(principal.id, principal.name, _record(step, principal.id))
            return update_of(ctx, USERS, account, fields)
        if adds:
            role = Found(step.role_id, step.role, {})
            return invitation_writes.invitation(ctx, organization, principal.name, role, self._invitation_lists)
        return invitation_writes.revocation(ctx, organization.id, principal.id, principal.name, step.role_id)


class _NewTeam:
    """A team that an earlier step of the plan creates."""

    def __init__(self, ctx: CommandContext, organization_id: str, name: str) -> None:
        self._ctx = ctx
        self._ids = {"organization_id": organization_id}
        self._name = name
        self._id = ""
        self._lock = threading.Lock()

    @property
    def expected(self) -> Principal:
        """Return the placeholder for the team until it is created."""
        return Principal(f"{{team {self._name}}}", f"team:{self._name}", "team_id")

    def principal(self) -> Principal:
        """Return the team as a principal."""
        return replace(self.expected, id=self.id())

    def learn(self, record: Mapping[str, Any]) -> None:
        """Record the ID from the response to the request that creates the team."""
        if record.get("name") == self._name and record.get("id"):
            with self._lock:
                self._id = str(record["id"])

    def id(self) -> str:
        """Return the ID of the team; it is looked up once unless the response contained it.

        Raises:
            UnknownNameError: no such team exists.
        """
        with self._lock:
            if not self._id:
                self._id = query.find(self._ctx.session, "teams", self._name, self._ids).id
        return self._id


def _record(step: Step, key: str) -> dict[str, Any]:
    """Return what the plan records about the object that a step changes."""
    return {"id": key, **step.before} if step.before else {}


def _record_fields(step: Step) -> dict[str, Any]:
    """Return whether an added or removed object existed before; an update records its previous values itself."""
    if step.does == "update" or step.kind in ("invitation", "account"):
        return {}
    return {"before": ABSENT if step.does == "add" else THERE}


def _scope(step: Step) -> Scope:
    ids = {"workspace_id": step.workspace_id, "project_id": step.project_id}
    return Scope(step.role_id, f"{step.role} in {step.scope}", {name: key for name, key in ids.items() if key})
