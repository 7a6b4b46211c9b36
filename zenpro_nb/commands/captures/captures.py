"""The noun `captures`: snapshots of the organization, stored on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import frames, inventory, limits, query
from zenpro_nb.access import LISTS
from zenpro_nb.errors import CaptureError, ConfirmationError
from zenpro_nb.framework.declare import (
    Arg,
    CaptureType,
    CommandContext,
    ListOptions,
    NewNameType,
    Opt,
    Org,
    Out,
    With,
    Yes,
    at_capture,
    command,
    noun,
    of_server,
    options_from,
    reading,
    warn_unread,
)
from zenpro_nb.resources import Column, DataType, Display, Table
from zenpro_nb.resources.columns import SERVER
from zenpro_nb.syntax.counts import counted, name_list

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.inventory import Capture

CAPTURES = Table(
    noun="captures",
    empty="there are no captures on this machine yet; create one with `captures create`",
    help="List captures, newest first. A capture is a snapshot of an organization, stored on this machine. Works "
    "offline.",
    columns=(
        Column("name", help="name of the capture"),
        Column("taken", DataType.TIME, help="when reading began (UTC)"),
        Column("organization", help="name of the organization"),
        Column("rows", DataType.COUNT, help="total rows of all lists"),
        Column("gaps", DataType.LIST, help="lists that could not be read completely"),
        Column("finished", DataType.TIME, help="when reading ended (UTC)"),
        Column("server", DataType.CATEGORY, help="address of the server"),
        Column("sandbox", DataType.BOOL, help="whether the server was a sandbox"),
        Column("requests", DataType.COUNT, help="number of requests sent to read the organization"),
        Column("format", help="version of the file format"),
        Column("folder", help="path of the capture"),
        Column("organization_id", DataType.ID, help="ID of the organization"),
    ),
    filters=(SERVER,),
    deciding=("name", "taken", "organization", "rows", "gaps"),
    # No route: folders on this machine.
)
CAPTURED_LISTS = Table(
    noun="lists",
    help="Show the lists of a capture.",
    columns=(
        Column("list", help="name for `--list`"),
        Column("rows", DataType.COUNT, help="number of rows"),
        Column("complete", DataType.BOOL, help="whether the list was read to its end, without a missing part"),
        Column("gap", DataType.CATEGORY, help="why the list is missing or incomplete"),
        Column("message", help="the reason in a sentence", display=Display.PROSE),
        Column("fields", DataType.LIST, help="columns that the server sent"),
        Column("digest", DataType.ID, help="SHA-256 of the list's file"),
    ),
)
# `captures get --list` can show any list, so its options accept the columns of all.
_ANY = Table(
    noun="list",
    help="One list of a capture.",
    columns=tuple({column.name: column for list_type in LISTS.values() for column in list_type.columns}.values()),
)

NewCapture = Annotated[str | None, Arg(NewNameType("captures"))]
CaptureName = Annotated[str, Arg(CaptureType())]
CaptureNames = Annotated[tuple[str, ...], Arg(CaptureType())]
OfList = Annotated[
    str | None, Opt("--list", type=click.Choice(list(LISTS)), help="Show this list. Without it, summarize all lists.")
]
Daily = Annotated[
    int,
    Opt(
        "--keep-daily",
        type=click.IntRange(min=0),
        metavar="N",
        help=f"Keep the last capture of each of the N most recent days with captures. "
        f"Default: {limits.CAPTURES_DAILY}.",
    ),
]
Monthly = Annotated[
    int,
    Opt(
        "--keep-monthly",
        type=click.IntRange(min=0),
        metavar="N",
        help=f"Keep the last capture of each of the N most recent months with captures. "
        f"Default: {limits.CAPTURES_MONTHLY}.",
    ),
]


def _read(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return the captures on this machine, of any organization.

    If you are signed in, the list has the captures of the server in use.

    Examples:
        # List the captures of the server in use
        captures
        # Also list the captures of other servers
        captures --server all
        # List the captures of one organization from the last 45 days
        captures --since 45d --where organization=acme
    """
    store = inventory.captures_in_use(ctx.session)
    damaged: list[CaptureError] = []
    captures = of_server(ctx, options, store.every(damaged), lambda capture: capture.manifest.server)
    for error in damaged:
        ctx.ui.warn(str(error))
    frame = reading.computed_frame(CAPTURES, _frame(captures[::-1]), options, route=str(store.root))
    return frames.with_varied(frame, "server", 1)  # captures of several servers can have the same name


captures = noun(CAPTURES, read=_read)


@captures.verb
def create(
    ctx: CommandContext, name: NewCapture = None, with_: With = (), org: Org = None, out: Out = None
) -> pd.DataFrame:
    """Save a snapshot of the organization on this machine.

    A capture contains every list that the credential can read, without secrets. A list that cannot be read is stored as
    a gap with its reason. If you pass no name, the capture is named by date and time.

    Examples:
        # Include runs and other lists of the workspaces
        captures create --with workspaces
        # Name the capture
        captures create before-the-migration
    """
    capture = inventory.captures_in_use(ctx.session).write(
        at_capture.inventory_at(ctx, None, org, with_=with_), name or ""
    )
    gaps = _gaps(capture)
    missing = f"; missing or incomplete: {', '.join(gaps)}" if gaps else ""
    ctx.ui.say(f"saved {capture.manifest.organization_name} as capture {capture.name}{missing}")
    return _deliver(ctx, _frame([capture]), out)


@command(shape=_ANY)
def get(ctx: CommandContext, name: CaptureName, list_: OfList = None, org: Org = None, **shape: Any) -> Any:
    """Show the content of a capture, or one of its lists.

    Name the capture, or give a time to use the latest capture taken at or before it.

    Examples:
        # Show which lists a capture contains
        captures get before-the-migration
        # Show the admin roles at the time of the capture
        captures get before-the-migration --list assignments --where role~admin
    """
    capture = at_capture.capture_at(ctx, name, org)
    resource = CAPTURED_LISTS if list_ is None else at_capture.resource_of(list_)
    options = options_from(dict(shape), resource, ctx.session.clock.now())
    if list_ is None:
        frame = frames.with_types(CAPTURED_LISTS.columns, [_entry(capture, name) for name in LISTS])
        return reading.deliver(
            ctx, reading.computed_frame(resource, frame, options, **at_capture.facts_of(capture)), options
        )
    captured = capture.list(list_)
    if captured.gap is not None:
        warn_unread(ctx, captured, capture.list("workspaces"), captured.gap.message)
    facts = at_capture.facts_of(capture, captured)
    return reading.deliver(ctx, reading.computed_frame(resource, captured.frame, options, **facts), options)


captures.add_command(get)


@captures.verb
def delete(ctx: CommandContext, names: CaptureNames, yes: Yes = False, org: Org = None) -> pd.DataFrame:
    """Delete captures from this machine.

    Examples:
        # Delete one capture without asking
        captures delete before-the-migration --yes
    """
    organization = query.organization(ctx.session, org)
    captures = inventory.captures_in_use(ctx.session).of(ctx.session.settings.url, organization.id, [])
    # Only exact names: a date would select and delete the latest capture before it.
    return _delete(ctx, [at_capture.named_capture(captures, name) for name in dict.fromkeys(names)], yes=yes)


@captures.verb
def prune(
    ctx: CommandContext,
    keep_daily: Daily = limits.CAPTURES_DAILY,
    keep_monthly: Monthly = limits.CAPTURES_MONTHLY,
    yes: Yes = False,
    org: Org = None,
) -> pd.DataFrame:
    """Delete old captures, keeping the last of each recent day and month.

    Days and months are counted from the newest capture of the organization. Days and months without a capture are
    skipped.

    Examples:
        # Keep one capture for each of 14 days and 12 months
        captures prune --keep-daily 14 --keep-monthly 12 --yes
    """
    organization = query.organization(ctx.session, org)
    captures = inventory.captures_in_use(ctx.session).of(ctx.session.settings.url, organization.id)
    prunable = inventory.prunable(captures, daily=keep_daily, monthly=keep_monthly)
    if not prunable:
        ctx.ui.say(f"nothing to delete: all captures of {organization.name} are kept ({len(captures):,})")
    return _delete(ctx, prunable, yes=yes)


def _delete(ctx: CommandContext, captures: Sequence[Capture], *, yes: bool) -> pd.DataFrame:
    names = name_list([capture.name for capture in captures], limits.NAMES_IN_MESSAGE)
    count = counted(len(captures), "capture")
    if captures and not yes and not ctx.ui.confirm(f"Permanently delete {count}: {names}?"):
        raise ConfirmationError("Nothing was deleted.")
    frame = _frame(captures)
    if captures:
        inventory.captures_in_use(ctx.session).delete(captures)
        ctx.ui.say(f"deleted {count}: {names}")
    return _deliver(ctx, frame, None)


def _deliver(ctx: CommandContext, frame: pd.DataFrame, out: str | None) -> pd.DataFrame:
    """Return the frame with the facts about captures, and assign it to the variable that `--out` names."""
    frames.declare(frame, CAPTURES)
    frames.describe(frame, server="", route="", time=datetime.now(UTC))
    if out:
        ctx.ui.assign(out, frame)
    return frame


def _frame(captures: Sequence[Capture]) -> pd.DataFrame:
    return frames.with_types(CAPTURES.columns, [_row(capture) for capture in captures])


def _row(capture: Capture) -> dict[str, Any]:
    manifest = capture.manifest
    return {
        "name": capture.name,
        "taken": capture.time.isoformat(),
        "organization": manifest.organization_name,
        "rows": sum(entry.rows for entry in manifest.lists.values()),
        "gaps": _gaps(capture),
        "finished": manifest.finished.isoformat(),
        "server": manifest.server,
        "sandbox": manifest.sandbox,
        "requests": manifest.requests,
        "format": manifest.format,
        "folder": str(capture.path),
        "organization_id": manifest.organization_id,
    }


def _gaps(capture: Capture) -> list[str]:
    return [name for name in capture.list_names if capture.manifest.lists[name].gap is not None]


def _entry(capture: Capture, name: str) -> dict[str, Any]:
    entry = capture.manifest.lists.get(name)
    if entry is None:
        return {"list": name, "rows": 0, "complete": False, "gap": "not asked"}
    gap = entry.gap
    return {
        "list": name,
        "rows": entry.rows,
        "complete": entry.complete,
        "gap": gap.reason if gap else None,
        "message": gap.message if gap else None,
        "fields": entry.fields,
        "digest": entry.digest,
    }
