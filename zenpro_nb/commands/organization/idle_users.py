"""`users --idle`: list people who started no run in a window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zenpro_nb import access
from zenpro_nb.access.model.role_usage import UNKNOWN
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    ListOptions,
    at_capture,
    describe_window,
    described,
    read_activity,
    read_inventory,
)
from zenpro_nb.usage.columns import IDLE, IDLE_PEOPLE, READERS_LOOK_IDLE
from zenpro_nb.usage.permissions import USAGE_PAIRS, without_expected_gaps

if TYPE_CHECKING:
    import pandas as pd


def read(
    ctx: CommandContext, options: ListOptions, window: str, org: str | None, workspace: Sequence[str]
) -> pd.DataFrame:
    """Return the people of an organization without a counted run in the window, idle ones first.

    Raises:
        UsageError: an option was given that selects other users.
    """
    if workspace:
        raise UsageError(
            "--idle cannot be combined with --workspace",
            hint="Runs are counted in all workspaces. Show the roles of one workspace: `access --unused 90d`.",
        )
    if given := [name for name, value in options.filters.items() if value is not None]:
        raise UsageError(
            f"--{given[0].replace('_', '-')} cannot be combined with --idle",
            hint=f"Filter by a column instead: --where {given[0]}=VALUE.",
        )
    from zenpro_nb.usage.idle import idle_people  # numpy: nothing of it is needed for the help of a command

    inventory = without_expected_gaps(read_inventory(ctx, org, pairs=USAGE_PAIRS))
    paths = access.effective_access(inventory)
    activity = read_activity(ctx, inventory, window, "verdicts")
    frame = at_capture.computed_frame(IDLE_PEOPLE, idle_people(inventory, activity, paths), options)
    numbers = Counter(frame["verdict"])
    summary = f"{numbers[IDLE]:,} idle, {numbers[UNKNOWN]:,} unknown from {describe_window(activity)}"
    if len(frame):
        ctx.ui.say(f"note: {READERS_LOOK_IDLE} (column can_start_runs)")
    filters = {"idle": window}
    return described(ctx, frame, inventory, filters, noun="people", summary=summary, complete=not activity.gaps)
