"""The noun `captures`: the organization kept on this machine as it was at some moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import click

from zenpro_nb import frames, inventory, limits, query
from zenpro_nb.access import LISTS
from zenpro_nb.errors import CaptureError, ConfirmationError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists import at_capture, reading
from zenpro_nb.framework.lists.noun import command, noun
from zenpro_nb.framework.lists.options import ListOptions, options_from
from zenpro_nb.framework.parameters.access import With
from zenpro_nb.framework.parameters.aliases import Org, Out
from zenpro_nb.framework.parameters.types import CaptureType, NewNameType
from zenpro_nb.resources import Column, DataType, Display, Paging, Resource
from zenpro_nb.syntax.counts import counted, named

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.inventory import Capture

CAPTURES = Resource(
    noun="captures",
    path="",
    paging=Paging.NONE,
    help="Organizations as they were, kept on this machine, the newest first. Nothing is asked of a server.",
    columns=(
        Column("name", help="its own name"),
        Column("taken", DataType.TIME, help="when its reading began (UTC)"),
        Column("organization", help="name of the organization"),
        Column("rows", DataType.COUNT, help="rows of all lists together"),
        Column("gaps", DataType.LIST, help="lists that could not be read, or not wholly"),
        Column("finished", DataType.TIME, help="when its reading ended (UTC)"),
        Column("server", DataType.CATEGORY, help="address of the server"),
        Column("sandbox", DataType.BOOL, help="the server was a sandbox"),
        Column("requests", DataType.COUNT, help="how many requests it took"),
        Column("format", help="version of its format"),
        Column("folder", help="where it stands", display=Display.PROSE),
        Column("organization_id", DataType.ID, help="the organization"),
    ),
    # No route: folders on this machine.
)
LISTS_HELD = Resource(
    noun="lists",
    path="",
    paging=Paging.NONE,
    help="What a capture knows of each list.",
    columns=(
        Column("list", help="what `--list` takes"),
        Column("rows", DataType.COUNT, help="number of rows"),
        Column("complete", DataType.BOOL, help="it was read to its end, and no part of it is missing"),
        Column("gap", DataType.CATEGORY, help="why it is not known, or not wholly"),
        Column("message", help="the same in a sentence", display=Display.PROSE),
        Column("fields", DataType.LIST, help="the columns that the server sent at all"),
        Column("digest", DataType.ID, help="SHA-256 of its file"),
    ),
)
# Of whichever list is asked for.
_ANY = Resource(
    noun="list",
    path="",
    paging=Paging.NONE,
    help="One list of a capture.",
    columns=tuple({column.name: column for listed in LISTS.values() for column in listed.columns}.values()),
)

NewCapture = Annotated[str | None, Arg(NewNameType("captures"))]
CaptureName = Annotated[str, Arg(CaptureType())]
CaptureNames = Annotated[tuple[str, ...], Arg(CaptureType())]
OfList = Annotated[
    str | None, Opt("--list", type=click.Choice(list(LISTS)), help="This list of it; without, what it knows of each.")
]
Yes = Annotated[bool, Opt("--yes", "-y", help="Do not ask.")]
Daily = Annotated[
    int,
    Opt(
        "--keep-daily",
        type=click.IntRange(min=0),
        metavar="N",
        help=f"Keep the last one of so many days. Default: {limits.CAPTURES_DAILY}.",
    ),
]
Monthly = Annotated[
    int,
    Opt(
        "--keep-monthly",
        type=click.IntRange(min=0),
        metavar="N",
        help=f"Keep the last one of so many months. Default: {limits.CAPTURES_MONTHLY}.",
    ),
]


def _read(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return all captures of this machine, of whichever organization.

    Examples:
        captures
        captures --since 30d --where organization=acme
    """
    store = inventory.Captures()
    damaged: list[CaptureError] = []
    found = store.every(damaged)
    for error in damaged:
        ctx.ui.warn(str(error))
    return at_capture.computed_frame(CAPTURES, _frame(found[::-1]), options, route=str(store.root))


captures = noun(CAPTURES, read=_read)


@captures.verb
def create(
    ctx: CommandContext, name: NewCapture = None, with_: With = (), org: Org = None, out: Out = None
) -> pd.DataFrame:
    """Keep the organization as it is now: every list that the credential may read, on this machine, without secrets.

    What cannot be read is kept as a gap with its reason. Without a name it is called after its time.

    Examples:
        captures create --with workspaces
        captures create before-the-migration
    """
    kept = inventory.Captures().write(at_capture.inventory_at(ctx, None, org, with_=with_), name or "")
    gaps = _gaps(kept)
    missing = f"; not read, or not wholly: {', '.join(gaps)}" if gaps else ""
    ctx.ui.say(f"kept {kept.manifest.organization_name} as capture {kept.name}{missing}")
    return _handed(ctx, _frame([kept]), out)


@command(shape=_ANY)
def get(ctx: CommandContext, name: CaptureName, list_: OfList = None, org: Org = None, **shape: Any) -> Any:
    """Show what a capture knows, or one of its lists. It is named by its name, or by a time that it is not after.

    Examples:
        captures get before-the-migration
        captures get before-the-migration --list assignments --where role~admin
    """
    capture = at_capture.capture_at(ctx, name, org)
    resource = LISTS_HELD if list_ is None else at_capture.resource_of(list_)
    asked = options_from(dict(shape), resource, ctx.session.clock.now())
    if list_ is None:
        frame = frames.typed(LISTS_HELD.columns, [_entry(capture, listing) for listing in LISTS])
        return reading.deliver(
            ctx, at_capture.computed_frame(resource, frame, asked, **at_capture.facts_of(capture)), asked
        )
    item = capture.list(list_)
    if item.gap is not None:
        ctx.ui.warn_incomplete(item.gap.message)
    facts = at_capture.facts_of(capture, item)
    return reading.deliver(ctx, at_capture.computed_frame(resource, item.frame, asked, **facts), asked)


captures.add_command(get)


@captures.verb
def delete(ctx: CommandContext, names: CaptureNames, yes: Yes = False, org: Org = None) -> pd.DataFrame:
    """Delete captures from this machine.

    Examples:
        captures delete before-the-migration --yes
    """
    organization = query.organization(ctx.session, org)
    there = inventory.Captures().of(ctx.session.settings.url, organization.id, [])
    # By name alone: a date means the newest one before it, and that is not what anybody wants deleted.
    return _delete(ctx, [at_capture.named_capture(there, name) for name in dict.fromkeys(names)], yes=yes)


@captures.verb
def prune(
    ctx: CommandContext,
    keep_daily: Daily = limits.CAPTURES_DAILY,
    keep_monthly: Monthly = limits.CAPTURES_MONTHLY,
    yes: Yes = False,
    org: Org = None,
) -> pd.DataFrame:
    """Delete the captures of an organization but for the last ones of days and of months, counted from the newest.

    Examples:
        captures prune --keep-daily 14 --keep-monthly 12 --yes
    """
    organization = query.organization(ctx.session, org)
    there = inventory.Captures().of(ctx.session.settings.url, organization.id)
    found = inventory.superfluous(there, daily=keep_daily, monthly=keep_monthly)
    if not found:
        ctx.ui.say(f"nothing to delete: {counted(len(there), 'capture')} of {organization.name} stay")
    return _delete(ctx, found, yes=yes)


def _delete(ctx: CommandContext, found: Sequence[Capture], *, yes: bool) -> pd.DataFrame:
    names = named([capture.name for capture in found], limits.LISTED)
    if found and not yes and not ctx.ui.confirm(f"Delete {counted(len(found), 'capture')} for good: {names}?"):
        raise ConfirmationError("Nothing was deleted.")
    frame = _frame(found)
    if found:
        inventory.Captures().delete(found)
        ctx.ui.say(f"deleted {counted(len(found), 'capture')}: {names}")
    return _handed(ctx, frame, None)


def _handed(ctx: CommandContext, frame: pd.DataFrame, out: str | None) -> pd.DataFrame:
    frames.declare(frame, CAPTURES)
    frames.describe(frame, server="", route="", time=datetime.now(UTC))
    if out:
        ctx.ui.assign(out, frame)
    return frame


def _frame(found: Sequence[Capture]) -> pd.DataFrame:
    return frames.typed(CAPTURES.columns, [_row(capture) for capture in found])


def _row(capture: Capture) -> dict[str, Any]:
    said = capture.manifest
    return {
        "name": capture.name,
        "taken": capture.taken.isoformat(),
        "organization": said.organization_name,
        "rows": sum(entry.rows for entry in said.lists.values()),
        "gaps": _gaps(capture),
        "finished": said.finished.isoformat(),
        "server": said.server,
        "sandbox": said.sandbox,
        "requests": said.requests,
        "format": said.format,
        "folder": str(capture.path),
        "organization_id": said.organization_id,
    }


def _gaps(capture: Capture) -> list[str]:
    return [name for name in capture.held if capture.manifest.lists[name].gap is not None]


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
