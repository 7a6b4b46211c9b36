"""What changed: `diff` between two moments, and the `history` of one person's roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from zenpro_nb import access as pure
from zenpro_nb import inventory, query
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists import at_capture
from zenpro_nb.framework.lists.noun import listing
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.parameters.access import PrincipalType
from zenpro_nb.framework.parameters.aliases import Org
from zenpro_nb.framework.parameters.types import CaptureType

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory
    from zenpro_nb.inventory import Capture

Before = Annotated[str | None, Arg(CaptureType(), metavar="[A]")]
After = Annotated[str | None, Arg(CaptureType(), metavar="[B]")]
AllColumns = Annotated[
    bool, Opt(help="Also columns that are copied from other lists, counted, or change by themselves.")
]
Principal = Annotated[str, Arg(PrincipalType())]


@listing(inventory.DIFF, leave_out=("raw",))
def diff(
    ctx: CommandContext,
    options: ListOptions,
    before: Before = None,
    after: After = None,
    all_columns: AllColumns = False,
    org: Org = None,
) -> pd.DataFrame:
    """Compare two captures, each by its name or by a time; the second is `now` when left out, the first the newest.

    Examples:
        diff
        diff 30d
        diff two-months-ago a-month-ago --where list=assignments
    """
    first, second = _name(ctx, before, org), _name(ctx, after or inventory.NOW, org)
    if first == second:
        raise UsageError(f"{first!r} would be compared with itself", hint="Name two captures, or one and `now`.")
    left = at_capture.inventory_at(ctx, first, org)
    right = at_capture.inventory_at(ctx, second, org, with_=_with(left), pairs=_pairs(left))
    # A capture holds no secret; what is compared with it must hold none either.
    frame = inventory.compare(inventory.masked(left), inventory.masked(right), all_columns=all_columns)
    complete = not {"unknown", "not comparable"} & set(frame["change"])
    return at_capture.computed_frame(inventory.DIFF, frame, options, **_facts(right), complete=complete)


def _name(ctx: CommandContext, text: str | None, org: str | None) -> str:
    """Return the name of the capture that is meant, the newest one where none was named; or `now`."""
    if text is None:
        organization = query.organization(ctx.session, org)
        return inventory.Captures().newest(ctx.session.settings.url, organization.id).name
    return text if text == inventory.NOW else at_capture.capture_at(ctx, text, org).name


def _with(before: Inventory) -> tuple[str, ...]:
    """Return what is to be read besides, so that there is something to compare with."""
    return inventory.WITH if before.workspace_users.known else ()


def _pairs(before: Inventory) -> list[inventory.ActionOnType]:
    asked = before.permissions.frame[["action", "resource"]].drop_duplicates()
    return [(str(action), str(resource)) for action, resource in asked.itertuples(index=False)]


def _facts(last: Inventory) -> dict[str, Any]:
    """Return what a frame that was put together says of its latest reading."""
    facts = {"server": last.server, "sandbox": last.sandbox, "organization": last.organization_name}
    return facts | ({"time": last.finished} if last.finished is not None else {})


@listing(inventory.HISTORY, leave_out=("raw",))
def history(ctx: CommandContext, options: ListOptions, principal: Principal, org: Org = None) -> pd.DataFrame:
    """Fold all captures, and what is so now, into since when and until when somebody had each role.

    Examples:
        history linus@example.com
        history linus@example.com --where still=no
    """
    now = at_capture.inventory_at(ctx, None, org)
    captures = inventory.Captures().of(now.server, now.organization_id)
    if not captures:
        ctx.ui.warn("there is no capture of this organization, so that only now is known: `captures create`")
    frame = inventory.history(_moments(captures, now), _ids(captures, now, principal))
    complete = not frame["still"].isna().any()
    return at_capture.computed_frame(inventory.HISTORY, frame, options, **_facts(now), complete=complete)


def _moments(captures: Sequence[Capture], now: Inventory) -> Iterator[Inventory]:
    yield from (capture.inventory() for capture in captures)
    yield now


def _ids(captures: Sequence[Capture], now: Inventory, text: str) -> Mapping[str, Sequence[str]]:
    """Return the ids of a principal; of one who is gone, those of the last capture that knows it."""
    try:
        return pure.principal_ids(now, text)
    except UnknownNameError as error:
        for capture in reversed(captures):
            try:
                return pure.principal_ids(capture.inventory(), text)
            except UnknownNameError:
                continue
        raise error
