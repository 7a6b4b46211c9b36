"""`diff`: what changed between two captures, or since one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from zenpro_nb import inventory, query
from zenpro_nb.commands.core import past
from zenpro_nb.commands.core.noun import listing
from zenpro_nb.commands.core.options import Asked
from zenpro_nb.commands.core.parameters import Org
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.signature import Arg, Opt
from zenpro_nb.commands.core.types import CaptureType
from zenpro_nb.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory

Before = Annotated[str | None, Arg(CaptureType(), metavar="[A]")]
After = Annotated[str | None, Arg(CaptureType(), metavar="[B]")]
AllColumns = Annotated[
    bool, Opt(help="Also columns that are copied from other lists, counted, or change by themselves.")
]


@listing(inventory.DIFF)
def diff(
    run: Runtime,
    asked: Asked,
    before: Before = None,
    after: After = None,
    all_columns: AllColumns = False,
    org: Org = None,
) -> pd.DataFrame:
    """Compare two captures, each by its name or by a time; the second is `now` when left out, the first the newest.

    Examples:
        diff
        diff 30d
        diff 2026-10-01 2026-11-01 --where list=assignments
    """
    first, second = _first(run, before, org), after or inventory.NOW
    if first == second:
        raise UsageError(f"{first!r} is compared with itself", hint="Name two captures, or one and `now`.")
    left = past.inventory_at(run, first, org)
    right = past.inventory_at(run, second, org, with_=_with(left), pairs=_pairs(left))
    frame = inventory.compare(left, inventory.masked(right), all_columns=all_columns)
    facts = {"server": right.server, "sandbox": right.sandbox, "organization": right.organization_name}
    if right.finished is not None:
        facts["time"] = right.finished
    complete = not {"unknown", "not comparable"} & set(frame["change"])
    return past.put_together(inventory.DIFF, frame, asked, **facts, complete=complete)


def _first(run: Runtime, text: str | None, org: str | None) -> str:
    """Return the name of the capture that is the first of both."""
    if text is None:
        organization = query.organization(run.session, org)
        return inventory.Captures().newest(run.session.settings.url, organization.id).name
    return text if text == inventory.NOW else past.capture_at(run, text, org).name


def _with(before: Inventory) -> tuple[str, ...]:
    """Return what is to be read besides, so that there is something to compare with."""
    return inventory.WITH if before.workspace_users.gap is None or before.workspace_users.known else ()


def _pairs(before: Inventory) -> list[inventory.ActionOnType]:
    asked = before.permissions.frame[["action", "resource"]].drop_duplicates()
    return [(str(action), str(resource)) for action, resource in asked.itertuples(index=False)]
