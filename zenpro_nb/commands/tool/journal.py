"""journal: list the changes that were made from this machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

from zenpro_nb import frames, limits
from zenpro_nb.framework.declare import CommandContext, ListOptions, noun, of_server, reading, verb_of
from zenpro_nb.journal.commands import SETTLED, Record, keys_of, sent_again, undone_by
from zenpro_nb.journal.journal import Journal
from zenpro_nb.resources import Column, DataType, Display, Filter, Table
from zenpro_nb.resources.columns import SERVER
from zenpro_nb.syntax.counts import counted, name_list

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.ui.cells import TableColumn

_VIEW = "journal"
_ACTIONS = {"POST": "add", "PUT": "update", "PATCH": "update", "DELETE": "remove"}  # the words of a plan, by method
_AFTER = 4  # the columns that decide more than the server: time, outcome, target, and action

JOURNAL = Table(
    noun="journal",
    deciding=("time", "outcome", "target", "action", "command_id", "command", "detail"),
    empty="the journal has no changes to list yet",
    help="List changes made from this machine, newest first. Works offline; secrets are masked.",
    columns=(
        Column("time", DataType.TIME, help="when the change was sent (UTC)"),
        Column(
            "outcome",
            DataType.CATEGORY,
            help="done, already, refused, not done, not sent, not kept, unknown, or settled (unknown until a later "
            "command made the same change)",
            display=Display.STATE,
        ),
        Column("action", DataType.CATEGORY, help="add, update, remove, invite, or withdraw", computed=True),
        Column("target", help="object that the change affects", display=Display.PROSE),
        Column(
            "command",
            help="command that made the change: its first 2,000 characters, with a count of the others",
            display=Display.COMMAND,
        ),
        Column("detail", help="reason for the outcome, or a remark", display=Display.PROSE),
        Column("method", DataType.CATEGORY, help="HTTP method"),
        Column("route", help="path of the request"),
        Column("parameters", DataType.JSON, "params", "query parameters, secrets masked"),
        Column("body", DataType.JSON, help="JSON body, secrets masked"),
        Column("before", DataType.JSON, help="values before the change, secrets masked"),
        Column("organization", DataType.CATEGORY, help="organization in use at the time"),
        Column("workspace", DataType.CATEGORY, help="workspace that it was sent to; missing for the organization"),
        Column("server", DataType.CATEGORY, help="address of the server"),
        Column("profile", DataType.CATEGORY, help="profile in use at the time"),
        Column("step", DataType.COUNT, help="step number, if the change belongs to a plan"),
        Column("plan", DataType.ID, help="ID of that plan"),
        Column("command_id", DataType.ID, help="ID shared by all changes of one command; `undo ID` undoes them"),
        Column("undone_by", DataType.ID, help="command that undid this change"),
        Column("id", DataType.ID, help="ID of this change"),
        Column("request_id", DataType.ID, help="ID of the request in the server's log"),
    ),
    filters=(Filter("outcome", "filter by outcome"), Filter("command_id", "filter by command"), SERVER),
    label="target",
    # No route: a file on this machine.
)


def _read(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return the entries of the file, newest first. Works without a server and without a credential.

    If you are signed in, the list has the changes of the server in use.

    Examples:
        # List the changes on the server in use
        journal
        # Also list the changes of other servers
        journal --server all
        # List the changes that may or may not have reached the server
        journal --outcome unknown
    """
    file = Journal()
    filters = {name: value for name, value in options.filters.items() if value is not None and name != SERVER.name}
    torn: list[int] = []
    recorded = file.entries(torn)
    undo_ids, repeats = undone_by(recorded), sent_again(recorded)
    entries = [
        {
            **record,
            "outcome": SETTLED if str(record.get("id")) in repeats else record.get("outcome"),
            "action": verb_of(str(record.get("method")), str(record.get("route")), _ACTIONS) or None,
            "workspace": record.get("workspace") or None,
            "detail": ctx.ui.command_names.text(_detail(record, repeats)) or None,
            "undone_by": next((undo_ids[key] for key in keys_of(record) if key in undo_ids), None),
        }
        for record in recorded
    ]
    entries = [entry for entry in entries if all(entry.get(name) == value for name, value in filters.items())]
    if "command_id" not in filters:
        entries = of_server(ctx, options, entries, lambda entry: entry.get("control_plane") or entry.get("server"))
    if torn:
        numbers = ", ".join(map(str, torn[: limits.NAMES_IN_MESSAGE])) + (
            " …" if len(torn) > limits.NAMES_IN_MESSAGE else ""
        )
        ctx.ui.warn(
            f"some lines of {file.path} are cut short and cannot be read: {numbers}. Their changes may have been sent: "
            "check on the server"
        )
    columns = reading.columns_to_read(JOURNAL, options)
    frame = frames.from_records(JOURNAL, entries[::-1], columns=columns, raw=options.raw)
    servers = Counter(str(entry.get("server") or "") for entry in entries)
    summary = _servers(servers, ctx.session.settings.url) if len(servers) > 1 else ""
    frames.describe(frame, server="", route=str(file.path), time=datetime.now(UTC), summary=summary, view=_VIEW)
    # Changes of another server look the same, so a narrow page shows the server too.
    return frames.with_varied(frame, "server", _AFTER)


def _in_terminal(columns: Sequence[TableColumn], width: int | None) -> Sequence[TableColumn]:
    """Return the columns for a terminal; in a narrow one, the action and its target share one column."""
    by_name = {column.name: column for column in columns}
    if width is None or width >= limits.TABLE_NARROW or not {"action", "target"} <= {*by_name}:
        return columns
    target = by_name["target"]
    cells = [
        cell if action.nothing else replace(cell, text=f"{action.text} {cell.text}")
        for action, cell in zip(by_name["action"].cells, target.cells, strict=True)
    ]
    both = replace(target, name="action, target", cells=cells)
    return [both if column is target else column for column in columns if column.name != "action"]


def _servers(servers: Mapping[str, int], in_use: str) -> str:
    """Return the servers of the changes, the one in use first: other columns may not show them."""
    ordered = sorted(servers, key=lambda url: (url != in_use, -servers[url], url))
    names = [
        f"{urlsplit(url).netloc or url or 'unknown'} ({counted(servers[url], 'change')}{', in use' * (url == in_use)})"
        for url in ordered
    ]
    return f"on {len(names)} servers: {name_list(names, limits.NAMES_IN_MESSAGE)}"


def _detail(record: Record, repeats: Mapping[str, Record]) -> str:
    """Return the remark about a write, and whether a later command finished it if its outcome is unknown."""
    later = repeats.get(str(record.get("id")))
    again = ""
    if later:
        again = (
            f"the same change was sent again at {later.get('time')}: {later.get('outcome')}"
            if later.get("method")
            else f"the same command found nothing left to do at {later.get('time')}"
        )
    return "; ".join(filter(None, [str(record.get("detail") or ""), again]))


frames.register_view(_VIEW, frames.View(in_terminal=_in_terminal))
journal = noun(JOURNAL, read=_read)
