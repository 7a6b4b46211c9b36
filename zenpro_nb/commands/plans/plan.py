"""`plan`: what would have to be done so that an organization is as it should be; it sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb.access.plans.columns import PLAN
from zenpro_nb.commands.plans import plan_input
from zenpro_nb.commands.plans.parameters import (
    Allow,
    Deactivate,
    Desired,
    From,
    Groups,
    Invite,
    MaxRemovals,
)
from zenpro_nb.errors import FindingsError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.lists.noun import listing
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.parameters.aliases import AllowSelf, MinOrgAdmins, Org
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

_STEPS = replace(
    PLAN, document=True, help="Show what would have to change, so that all is as it should be; nothing is sent."
)

All = Annotated[bool, Opt("--all", help="Also what is so already.")]
FailOnDrift = Annotated[bool, Opt(help="Fail where there is anything to do; the shell exits with 3.")]


def _judge(ctx: CommandContext, result: Any, frame: pd.DataFrame, given: Mapping[str, Any]) -> None:
    """Fail where there is anything to do, and that was asked for; the plan is shown before.

    Raises:
        FindingsError: there is.
    """
    # What `apply` would skip is reported by the table, and no drift: it would be there each time.
    drift = frame[~frame["action"].isin(["noop", "skipped"])]
    if given["fail_on_drift"] and len(drift):
        ctx.ui.show(result)
        raise FindingsError(
            f"The organization is not as it should be: {counted(len(drift), 'change')}",
            hint="The table has them; `apply` makes it so.",
            findings=frame,
        )


@listing(_STEPS, name="plan", leave_out=("raw", "limit"), after_read=_judge, body=True)
def plan(
    ctx: CommandContext,
    options: ListOptions,
    desired: Desired = None,
    from_: From = None,
    groups: Groups = None,
    invite: Invite = None,
    deactivate: Deactivate = False,
    max_removals: MaxRemovals = None,
    min_org_admins: MinOrgAdmins = None,
    allow_self: AllowSelf = False,
    allow: Allow = (),
    all_: All = False,
    fail_on_drift: FailOnDrift = False,
    org: Org = None,
) -> pd.DataFrame:
    """Compare an organization with a file, a frame or groups, and return the steps that lead there.

    Examples:
        export access.yaml
        plan access.yaml
        plan access.yaml --fail-on-drift --save drift.parquet --save drift.md
    """
    flags = plan_input.flags(max_removals, min_org_admins, allow_self, allow)
    wanted = plan_input.Desired(desired, from_, groups, invite, deactivate, flags)
    return plan_input.shown(plan_input.made(ctx, wanted, org, all_=all_))
