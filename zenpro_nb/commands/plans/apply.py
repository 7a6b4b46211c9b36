"""`apply`: carry out a plan, step by step."""

from __future__ import annotations

from typing import Any

from zenpro_nb.commands.organization.invitations.writes import after_invitation
from zenpro_nb.commands.plans import plan_input, returning
from zenpro_nb.commands.plans.desired_input import PlanSource
from zenpro_nb.commands.plans.parameters import PlanOptions, PlanOrFile
from zenpro_nb.commands.plans.unknown_outcomes import settle
from zenpro_nb.commands.plans.writes_of_steps import writes_of
from zenpro_nb.framework.declare import CommandContext, Org, Outcome, PlannedWrites, write
from zenpro_nb.syntax.counts import counted


def _after(ctx: CommandContext, outcome: Outcome, arguments: dict[str, Any]) -> Outcome:
    invites = outcome.write.position.action == "add" and outcome.write.path.endswith("/invitations")
    return after_invitation(ctx, outcome, arguments) if invites else outcome


@write(asks=lambda write: write.confirmation.question, past_tense="", after=_after, several=True, plan=True)
def apply(
    ctx: CommandContext,
    desired: PlanOrFile,
    plan_options: PlanOptions,
    org: Org = None,
) -> PlannedWrites:
    """Apply a file, DataFrame, or saved plan to the organization.

    Shows the plan, asks for confirmation, and carries it out step by step. A saved plan is checked against the current
    state: steps that are already done are skipped, and objects that someone has changed since then are left alone. If
    the command is interrupted, run it again: zenpro does not repeat completed steps.

    Examples:
        # Write the current teams and roles to a file, to be edited
        export access.yaml --exact
        # Show the requests without sending them
        apply access.yaml --dry-run
        # Apply the file without asking
        apply access.yaml --yes
    """
    settle(ctx)
    source = PlanSource(desired, plan_options)
    result = plan_input.plan_result(ctx, source, org)
    back = returning.returning(ctx, result.plan, result.inventory)
    returning.warn(ctx, back)
    for line in result.uncompared:
        ctx.ui.warn(line)
    result.kept.report(ctx)
    writes = writes_of(ctx, result.plan, result.id)
    to_send = [index for index, write in enumerate(writes) if not write.hold_text]
    if to_send:
        first = to_send[0]
        severe = " ".join(filter(None, [result.losses, returning.sentence(back)]))
        organization = result.plan.organization_name or result.plan.organization_id
        question = f"Apply {counted(len(to_send), 'change')} to {organization}, in this order?"
        writes[first] = writes[first].with_confirmation(question=question, losses=severe)
    return PlannedWrites(writes, plan_input.frame_of_plan(ctx, result), result.answer)
