"""journal: the writes that were made from this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from zenpro_nb import frames, limits
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import reading
from zenpro_nb.framework.lists.noun import noun
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.journal.commands import keys_of, taken_back
from zenpro_nb.journal.journal import Journal
from zenpro_nb.resources import Column, DataType, Display, Filter, Paging, Resource

if TYPE_CHECKING:
    import pandas as pd

JOURNAL = Resource(
    noun="journal",
    path="",
    paging=Paging.NONE,
    help="The writes that were made from this machine, newest first. Without secrets; nothing is asked of the server.",
    columns=(
        Column("time", DataType.TIME, help="when it was sent (UTC)"),
        Column(
            "outcome",
            DataType.CATEGORY,
            help="done, already, refused, not done, not sent, not kept or unknown",
            display=Display.STATE,
        ),
        Column("target", help="what it was about"),
        Column("command", help="the line that did it", display=Display.PROSE),
        Column("detail", help="why, or a remark", display=Display.PROSE),
        Column("method", DataType.CATEGORY, help="HTTP method"),
        Column("route", help="path of the request"),
        Column("params", DataType.JSON, help="query parameters, secrets masked"),
        Column("body", DataType.JSON, help="JSON body, secrets masked"),
        Column("before", DataType.JSON, help="what it changed, as it was; secrets masked"),
        Column("organization", DataType.CATEGORY, help="organization that was in use"),
        Column("server", DataType.CATEGORY, help="address of the server"),
        Column("profile", DataType.CATEGORY, help="profile that was in use"),
        Column("step", DataType.COUNT, help="its number in the plan that it is a step of"),
        Column("plan", DataType.ID, help="that plan"),
        Column("command_id", DataType.ID, help="the same for all writes of one command; `undo ID` takes it back"),
        Column("undone_by", DataType.ID, help="the command that took it back"),
        Column("id", DataType.ID, help="of this write"),
        Column("request_id", DataType.ID, help="under which the server logged it"),
    ),
    filters=(Filter("outcome", "only those that ended so"), Filter("command_id", "only those of this command")),
    label="target",
    # No route: a file on this machine.
)


def _read(ctx: CommandContext, options: ListOptions) -> pd.DataFrame:
    """Return the entries of the file, the newest first. Works without a server and without a credential.

    Examples:
        journal
        journal --outcome unknown
    """
    file = Journal()
    wanted = {name: value for name, value in options.filters.items() if value is not None}
    torn: list[int] = []
    every = file.entries(torn)
    undone = taken_back(every)
    entries = [
        {**record, "undone_by": next((undone[key] for key in keys_of(record) if key in undone), None)}
        for record in every
        if all(record.get(name) == value for name, value in wanted.items())
    ]
    if torn:
        numbers = ", ".join(map(str, torn[: limits.LISTED])) + (" …" if len(torn) > limits.LISTED else "")
        ctx.ui.warn(
            f"not every line of {file.path} can be read (cut short: {numbers}); what is missing may have been sent, "
            "so look on the server"
        )
    columns = reading.wanted_columns(JOURNAL, options)
    frame = frames.from_records(JOURNAL, entries[::-1], columns=columns, raw=options.raw)
    frames.describe(frame, server="", route=str(file.path), time=datetime.now(UTC))
    return frame


journal = noun(JOURNAL, read=_read)
