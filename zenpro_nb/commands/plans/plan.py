"""`plan`: show the changes that bring an organization to its desired state. Makes no changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb.access.plans.formats.frame import PLAN
from zenpro_nb.commands.plans import plan_input, returning
from zenpro_nb.commands.plans.desired_input import PlanSource
from zenpro_nb.commands.plans.parameters import Desired, PlanOptions
from zenpro_nb.errors import FindingsError
from zenpro_nb.framework.declare import CommandContext, ListOptions, Opt, Org, listing
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

_STEPS = replace(
    PLAN, document=True, help="Show the changes needed to match a file, DataFrame, or groups. Makes no changes."
)

_NO_CHANGES = ("noop", "skipped")
All = Annotated[bool, Opt("--all", help="Include entries that already match.")]
FailOnDrift = Annotated[bool, Opt(help="Fail if changes are needed. In a shell, the exit code is 3.")]


def _fail_on_drift(ctx: CommandContext, result: Any, frame: pd.DataFrame, arguments: Mapping[str, Any]) -> None:
    """Show the plan and fail if it contains changes and --fail-on-drift was given.

    Raises:
        FindingsError: changes are needed.
    """
    # Steps that `apply` skips are shown in the table but are not drift: they would be reported every time.
    drift = frame[~frame["action"].isin(_NO_CHANGES)]
    if arguments["fail_on_drift"] and len(drift):
        ctx.ui.show(result)
        raise FindingsError(
            f"The organization differs from the desired state: {counted(len(drift), 'change')} (see the table)",
            hint="Run `apply` with the same arguments to make these changes.",
            findings=frame,
        )


@listing(_STEPS, name="plan", leave_out=("raw", "limit", "by"), after_read=_fail_on_drift, body=True)
def plan(
    ctx: CommandContext,
    options: ListOptions,
    plan_options: PlanOptions,
    desired: Desired = None,
    all_: All = False,
    fail_on_drift: FailOnDrift = False,
    org: Org = None,
) -> pd.DataFrame:
    """Compare an organization with a file, a DataFrame, or groups, and return the steps that make it match.

    Examples:
        # Write the current teams and roles to a file, to be edited
        export access.yaml --exact
        # Show what differs from the file
        plan access.yaml
        # Fail if anything differs, and save the steps
        plan access.yaml --fail-on-drift --save drift.parquet --save drift.md
    """
    source = PlanSource(desired, plan_options)
    result = plan_input.plan_result(ctx, source, org, all_=all_)
    returning.warn(ctx, returning.returning(ctx, result.plan, result.inventory))
    for line in result.uncompared:
        ctx.ui.warn_incomplete(line)
    result.kept.report(ctx)
    is_needed = any(step.action not in _NO_CHANGES for step in result.plan.steps)
    if is_needed and isinstance(desired, str) and plan_options == PlanOptions() and not all_:
        ctx.ui.say(f"next: `apply {quoted(desired)}{f' --org {quoted(org)}' if org else ''}`")
    return plan_input.frame_of_plan(ctx, result)
