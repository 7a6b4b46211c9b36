"""`users --idle`: the people of an organization who start no runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zenpro_nb import access, usage
from zenpro_nb.access.model.role_usage import UNKNOWN
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    ListOptions,
    describe,
    describe_window,
    gaps_of,
    read_activity,
    read_inventory,
    reading,
)
from zenpro_nb.resources.control_plane.people import NO_LOGIN
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
    _refuse_others(options, workspace)
    inventory = without_expected_gaps(read_inventory(ctx, org, pairs=USAGE_PAIRS))
    paths = access.effective_access(inventory)
    activity = read_activity(ctx, inventory, window, "verdicts")
    frame = reading.computed_frame(IDLE_PEOPLE, usage.idle_people(inventory, activity, paths), options)
    numbers = Counter(frame["verdict"])
    summary = f"{numbers[IDLE]:,} idle, {numbers[UNKNOWN]:,} unknown from {describe_window(activity)}"
    if len(frame):
        ctx.ui.say(f"note: {READERS_LOOK_IDLE} (column can_start_runs). {NO_LOGIN}")
    filters = {"idle": window}
    return describe(ctx, frame, inventory, filters, noun="people", summary=summary, **gaps_of(inventory, activity))


def _refuse_others(options: ListOptions, workspace: Sequence[str]) -> None:
    """Refuse the options that select users in another way."""
    if workspace:
        raise UsageError(
            "--idle cannot be combined with --workspace",
            hint="Runs are counted in all workspaces. For one workspace, use `access --workspace NAME --unused 90d`.",
        )
    if filter_names := [name for name, value in options.filters.items() if value is not None]:
        raise UsageError(
            f"--{filter_names[0].replace('_', '-')} cannot be combined with --idle",
            hint=f"Filter by a column instead: --where {filter_names[0]}=VALUE.",
        )
