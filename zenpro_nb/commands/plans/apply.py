"""`apply`: what a plan says is done, step by step."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from zenpro_nb.commands.organization.invitations import after_invitation
from zenpro_nb.commands.plans import plan_input
from zenpro_nb.commands.plans.parameters import (
    Allow,
    Deactivate,
    From,
    Groups,
    Invite,
    MaxRemovals,
    PlanOrFile,
)
from zenpro_nb.commands.plans.unknown_outcomes import settled
from zenpro_nb.commands.plans.writes_of_steps import writes_of
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.noun import write
from zenpro_nb.framework.parameters.aliases import AllowSelf, MinOrgAdmins, Org
from zenpro_nb.framework.writes.write import Outcome, PlannedWrites
from zenpro_nb.syntax.counts import counted


def _after(ctx: CommandContext, outcome: Outcome, given: dict[str, Any]) -> Outcome:
    invites = outcome.write.action == "add" and outcome.write.path.endswith("/invitations")
    return after_invitation(ctx, outcome, given) if invites else outcome


@write(asks=lambda write: write.question, done="", after=_after, several=True, plan=True)
def apply(
    ctx: CommandContext,
    desired: PlanOrFile,
    from_: From = None,
    groups: Groups = None,
    invite: Invite = None,
    deactivate: Deactivate = False,
    max_removals: MaxRemovals = None,
    min_org_admins: MinOrgAdmins = None,
    allow_self: AllowSelf = False,
    allow: Allow = (),
    org: Org = None,
) -> PlannedWrites:
    """Make an organization as a file, a frame or a plan says: shows the plan, asks, and does it step by step.

    A saved plan is held against what is there now: what is done already is no step, and what others have changed since
    is left out. If it is cut off, run the same line again: what is done stays done.

    Examples:
        export access.yaml
        apply access.yaml --dry-run
        apply access.yaml --yes
    """
    settled(ctx)
    flags = plan_input.flags(max_removals, min_org_admins, allow_self, allow)
    made = plan_input.made(ctx, plan_input.Desired(desired, from_, groups, invite, deactivate, flags), org)
    writes = writes_of(ctx, made.plan, made.id)
    sent = [at for at, item in enumerate(writes) if not item.held]
    if sent:
        first = sent[0]
        where = made.plan.organization_name or made.plan.organization_id
        question = f"Apply {counted(len(sent), 'change')} to {where}, in this order?"
        writes[first] = replace(writes[first], question=question)
    return PlannedWrites(writes, plan_input.shown(made))
