"""The tables that a query can name: the lists of the tree, those of captures, and the DataFrames of the notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from zenpro_nb import access, frames, inventory, query
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.command import run as run_line
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import at_capture
from zenpro_nb.resources import WORKSPACE_LISTS, Column, DataType
from zenpro_nb.ui.protocol import TerminalUI
from zenpro_nb.workspaces.many import default_columns

if TYPE_CHECKING:
    import pandas as pd

CAPTURES = "captures"  # the schema of the tables over time
TAKEN = Column("taken", DataType.TIME, help="when the capture was taken (UTC)")
CAPTURE = Column("capture", help="name of the capture")
TEAM_MEMBERS = "team_members"
# What a computer keeps is no list of the organization.
_OF_THIS_MACHINE = {"captures", "journal", "profiles", "doctor", "reviews", "diff", "history", "notebooks"}


class Reach(Struct, frozen=True):
    """Where the tables are read, as it was typed."""

    org: str | None = None
    workspaces: tuple[str, ...] = ()
    at: str | None = None


class Table(Struct, frozen=True):
    """One table.

    Attributes:
        name: as a query names it: `service_accounts`, `captures.assignments`.
        help: what its rows are.
        columns: those that it has before it is read.
        read: reads it.
    """

    name: str
    help: str
    columns: tuple[Column, ...]
    read: Callable[[CommandContext, Reach], pd.DataFrame]

    def empty(self) -> Any:
        """Return it without rows."""
        return self.filled(frames.typed(self.columns, []))

    def filled(self, frame: pd.DataFrame) -> Any:
        """Return rows of it as an Arrow table, in which categories are text and nested values JSON."""
        have = [column for column in self.columns if column.name in frame.columns]
        return frames.to_table(frame, have)


def tables_of(root: click.Group) -> dict[str, Table]:
    """Return the tables of a tree by their names, those of its lists first.

    Args:
        root: the tree of all commands; each of its lists whose columns are declared is a table.
    """
    found = {}
    for name, command in root.commands.items():
        resource = getattr(command, "lists", None)
        if resource is None or not resource.columns or name in _OF_THIS_MACHINE:
            continue
        if any(param.required for param in command.params):
            continue
        table = _listed(root, command, name, resource)
        found[table.name] = table
    found[TEAM_MEMBERS] = _team_members()
    for name in access.LISTS:
        if name not in ("organization", "me"):
            found[f"{CAPTURES}.{name}"] = _over_time(name)
    return found


def _listed(root: click.Group, command: click.Command, name: str, resource: Any) -> Table:
    options = {param.name for param in command.params}
    inside = resource in WORKSPACE_LISTS

    def read(ctx: CommandContext, reach: Reach) -> pd.DataFrame:
        words = [name]
        if reach.org is not None and "org" in options:
            words += ["--org", reach.org]
        if reach.at is not None:
            if "at" not in options:
                raise UsageError(f"{name} is not in a capture, and --at asks one", hint="Leave --at out, or the table.")
            words += ["--at", reach.at]
        for workspace in reach.workspaces if inside else ():
            words += ["--workspace", workspace]
        if resource.scoped:
            words += ["--project", query.ALL]  # a query chooses by the column
        found: pd.DataFrame = run_line(root, words, ctx)
        return found

    names = set(default_columns(resource, hydrate=False)) if inside else {column.name for column in resource.columns}
    columns = tuple(column for column in resource.columns if column.name in names)
    return Table(name.replace("-", "_"), resource.help, columns, read)


def _team_members() -> Table:
    def read(ctx: CommandContext, reach: Reach) -> pd.DataFrame:
        known = at_capture.inventory_at(ctx, reach.at, reach.org)
        member = known.team_members
        frame = member.frame.copy()
        frames.describe(
            frame,
            server=known.server,
            route="",
            time=known.finished or "",
            complete=member.complete,
            sandbox=known.sandbox,
        )
        if member.gap is not None:
            ctx.ui.warn_incomplete(f"not all members of teams are known: {member.gap.message}")
        return frame

    return Table(TEAM_MEMBERS, "Who is in which team.", access.LISTS[TEAM_MEMBERS].columns, read)


def _over_time(name: str) -> Table:
    def read(ctx: CommandContext, reach: Reach) -> pd.DataFrame:
        import pandas as pd

        organization = query.organization(ctx.session, reach.org)
        captures = inventory.Captures().of(ctx.session.settings.url, organization.id)
        parts = [
            capture.list(name).frame.assign(taken=capture.taken, capture=capture.name)
            for capture in captures
            if name in capture.held
        ]
        columns = (TAKEN, CAPTURE, *access.LISTS[name].columns)
        frame = frames.typed(columns, pd.concat(parts, ignore_index=True) if parts else [])
        last = captures[-1].taken if captures else ""
        frames.describe(frame, server=ctx.session.settings.url, route="", time=last)
        return frame

    about = f"The list {name.replace('_', ' ')} of every capture, with the time when it was taken."
    return Table(f"{CAPTURES}.{name}", about, (TAKEN, CAPTURE, *access.LISTS[name].columns), read)


class QuietUI(TerminalUI):
    """What a list that is read for a query says: its warnings, each once, and how many rows are read."""

    def __init__(self, ui: Any, advance: Callable[[int], object]) -> None:
        self.name = ui.name
        self._face = ui
        self._advance = advance
        self._rows: dict[int, int] = {}
        self._warned: set[str] = set()

    @contextmanager
    def progress(self, label: str) -> Iterator[Callable[[int], object]]:
        """Give what adds the rows of one list to those of all."""
        key = len(self._rows)
        self._rows[key] = 0

        def more(rows: int) -> None:
            self._rows[key] = rows
            self._advance(sum(self._rows.values()))

        yield more

    def warn(self, line: str) -> None:
        """Say what must be seen, once."""
        if line not in self._warned:
            self._warned.add(line)
            self._face.warn(line)

    def warn_incomplete(self, line: str) -> None:
        """Warn once that rows of a table are missing, so that the answer may lack some too."""
        if line not in self._warned:
            self._warned.add(line)
            self._face.warn_incomplete(line)

    def say(self, line: str) -> None:
        """Say nothing: the lists are not what was asked for."""
