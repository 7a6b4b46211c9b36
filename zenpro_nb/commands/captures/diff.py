"""diff and history: changes between two captures, and the history of a principal's roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from zenpro_nb import access as pure
from zenpro_nb import frames, inventory, query
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.declare import (
    Arg,
    CaptureType,
    CommandContext,
    ListOptions,
    Opt,
    Org,
    PrincipalType,
    at_capture,
    listing,
    reading,
)
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory
    from zenpro_nb.inventory import Capture

Before = Annotated[str | None, Arg(CaptureType(), metavar="[A]")]
After = Annotated[str | None, Arg(CaptureType(), metavar="[B]")]
AllColumns = Annotated[
    bool,
    Opt(help="Compare all columns, including counts, copies from other lists, and values that change automatically."),
]
Principal = Annotated[str, Arg(PrincipalType())]

_MINUTE = "%Y-%m-%d %H:%M UTC"


@listing(inventory.DIFF, leave_out=("raw",))
def diff(
    ctx: CommandContext,
    options: ListOptions,
    before: Before = None,
    after: After = None,
    all_columns: AllColumns = False,
    org: Org = None,
) -> pd.DataFrame:
    """Compare two captures, each named by its name or a time.

    Without the first, the newest capture is used. Without the second, the current state (`now`) is read from the
    server. A time is a date, or a period such as 7d, 12h or 4w. For a month, use 30d: 1m is refused, because it could
    be months or minutes.

    Examples:
        # List the changes since the newest capture
        diff
        # List the changes of the last 30 days
        diff 30d
        # Compare the role assignments of two captures
        diff two-months-ago a-month-ago --where list=assignments
    """
    first, second = _name(ctx, before, org), _name(ctx, after or inventory.NOW, org)
    if first == second:
        raise UsageError(
            f"Cannot compare {first!r} with itself",
            hint="Name two different captures, or compare one with the current state: `diff CAPTURE`.",
        )
    left = at_capture.inventory_at(ctx, first, org)
    # The optional lists are needed for a comparison with a capture that contains them.
    with_ = inventory.WITH if left.workspace_users.is_known else ()
    right = at_capture.inventory_at(ctx, second, org, with_=with_, pairs=_pairs(left))
    # Captures contain no secrets, so the current state must not contain any either when it is compared with one.
    frame = inventory.compare(inventory.mask_secrets(left), inventory.mask_secrets(right), all_columns=all_columns)
    complete = not {"unknown", "not comparable"} & set(frame["change"])
    facts = {**_facts(right), "view": inventory.DIFF_VIEW}
    if summary := inventory.totals(frame):
        read = f", read {left.finished:{_MINUTE}}" if left.finished is not None else ""
        facts["summary"] = f"{summary}; compared with {first}{read}"
    result = reading.computed_frame(inventory.DIFF, frame, options, **facts, complete=complete)
    frames.with_folded(result, ["taken_before", "taken_after", "key"])  # the times are in the line below
    if len(result):
        return result
    lists = sum(list_.is_known for _, list_ in left.items())
    then = f"{first} ({left.finished:%Y-%m-%d})" if left.finished is not None else first
    return frames.with_answer(result, f"nothing has changed between {then} and {second}; {lists} lists were compared")


def _name(ctx: CommandContext, text: str | None, org: str | None) -> str:
    """Return the name of the capture, the newest one if none was named, or `now`."""
    if text is None:
        organization = query.organization(ctx.session, org)
        return inventory.captures_in_use(ctx.session).newest(ctx.session.settings.url, organization.id).name
    return text if text == inventory.NOW else at_capture.capture_at(ctx, text, org).name


def _pairs(before: Inventory) -> list[inventory.ActionOnType]:
    pairs = before.permissions.frame[["action", "resource"]].drop_duplicates()
    return [(str(action), str(resource)) for action, resource in pairs.itertuples(index=False)]


def _facts(last: Inventory) -> dict[str, Any]:
    """Return the facts of the latest read, for a computed frame."""
    facts = {"server": last.server, "sandbox": last.sandbox, "organization": last.organization_name}
    return facts | ({"time": last.finished} if last.finished is not None else {})


@listing(inventory.HISTORY, leave_out=("raw",))
def history(ctx: CommandContext, options: ListOptions, principal: Principal, org: Org = None) -> pd.DataFrame:
    """Combine all captures and the current state into the periods in which a principal had each role.

    Examples:
        # Show when Linus had each role
        history linus@example.com
        # Show the roles that he no longer has
        history linus@example.com --where current=no
    """
    now = at_capture.inventory_at(ctx, None, org)
    captures = inventory.captures_in_use(ctx.session).of(now.server, now.organization_id)
    if not captures:
        ctx.ui.warn(
            "this organization has no capture, so only the current state is shown; create one with `captures create`"
        )
    frame = inventory.history(_moments(captures, now), _ids(captures, now, principal))
    complete = not frame["current"].isna().any()
    where = f"in {counted(len(captures), 'capture')} or now" if captures else "now"
    facts = {**_facts(now), "summary": f"first_seen: when zenpro first read the role, {where}; the role may be older"}
    result = reading.computed_frame(inventory.HISTORY, frame, options, **facts, complete=complete)
    if len(result):
        return result
    return frames.with_answer(result, f"{principal} has no role {where}")


def _moments(captures: Sequence[Capture], now: Inventory) -> Iterator[Inventory]:
    yield from (capture.inventory() for capture in captures)
    yield now


def _ids(captures: Sequence[Capture], now: Inventory, text: str) -> Mapping[str, Sequence[str]]:
    """Return the IDs of a principal; if it no longer exists, those in the latest capture that contains it."""
    try:
        return pure.principal_ids(now, text)
    except UnknownNameError as error:
        for capture in reversed(captures):
            try:
                return pure.principal_ids(capture.inventory(), text)
            except UnknownNameError:
                continue
        raise error
