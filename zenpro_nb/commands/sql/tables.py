"""The tables that a query can name: the lists of the command tree, and the lists of captures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from zenpro_nb import access, frames, inventory, query
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import CommandContext, at_capture
from zenpro_nb.framework.declare import run as run_line
from zenpro_nb.resources import WORKSPACE_LISTS, Column, DataType
from zenpro_nb.resources.control_plane import USERS, WORKSPACES
from zenpro_nb.resources.nouns import words
from zenpro_nb.resources.usage import DAILY_BY, DAILY_COLUMNS
from zenpro_nb.ui import console
from zenpro_nb.ui.protocol import TerminalUI
from zenpro_nb.usage.table import DAILY_METRICS, DAILY_SINCE, USAGE
from zenpro_nb.workspaces.many import default_columns

if TYPE_CHECKING:
    import pandas as pd

# The organizations whose rows a table has without --org.
EVERY = "every organization that you can see"
IN_USE = "the organization in use, or every one if none is in use"
ONE = "the organization in use"
NONE = "no organization"
CAPTURES = "captures"  # the schema of the tables over time
CAPTURE_TIME = Column("taken", DataType.TIME, help="when the capture was taken (UTC)")
CAPTURE = Column("capture", help="name of the capture")
TEAM_MEMBERS = "team_members"
# These lists are stored on this machine and do not belong to the organization.
_LOCAL_LISTS = {"captures", "journal", "profiles", "doctor", "reviews", "diff", "history", "notebooks"}


_COVERAGE = {USERS.noun: EVERY, WORKSPACES.noun: IN_USE}


class TableSource(Struct, frozen=True):
    """Where the tables are read: the options of the command, as typed."""

    org: str | None = None
    workspaces: tuple[str, ...] = ()
    at: str | None = None


class SqlTable(Struct, frozen=True):
    """One table.

    Attributes:
        name: name in a query: `service_accounts`, `captures.assignments`.
        help: description of its rows.
        columns: the columns known before the table is read.
        read: reads the table.
        coverage: `EVERY`, `IN_USE`, `ONE`, or `NONE`.
    """

    name: str
    help: str
    columns: tuple[Column, ...]
    read: Callable[[CommandContext, TableSource], pd.DataFrame]
    coverage: str = ONE

    def empty(self) -> Any:
        """Return the table without rows."""
        return self.fill(frames.with_types(self.columns, []))

    def fill(self, frame: pd.DataFrame) -> Any:
        """Return its rows as an Arrow table, with categories as text and nested values as JSON."""
        present = [column for column in self.columns if column.name in frame.columns]
        return frames.to_table(frame, present)


def tables_of(root: click.Group) -> dict[str, SqlTable]:
    """Return the tables of a command tree by name, those of its lists first.

    Args:
        root: the tree of all commands; each of its lists whose columns are declared is a table.
    """
    tables = {}
    for name, command in root.commands.items():
        resource = getattr(command, "lists", None)
        if resource is None or not resource.columns or name in _LOCAL_LISTS:
            continue
        if any(param.required for param in command.params):
            continue
        table = _usage(root) if resource is USAGE else _table_of_list(root, command, name, resource)
        tables[table.name] = table
    tables[TEAM_MEMBERS] = _team_members()
    for name in access.LISTS:
        if name not in ("organization", "me"):
            tables[f"{CAPTURES}.{name}"] = _over_time(name)
    return tables


def _table_of_list(root: click.Group, command: click.Command, name: str, resource: Any) -> SqlTable:
    options = {param.name for param in command.params}
    inside = resource in WORKSPACE_LISTS

    def read(ctx: CommandContext, reach: TableSource) -> pd.DataFrame:
        words = [name]
        if reach.org is not None and "org" in options:
            words += ["--org", reach.org]
        if reach.at is not None:
            if "at" not in options:
                raise UsageError(
                    f"The table {name} cannot be read with --at: captures do not contain it",
                    hint="Omit --at, or remove the table from the query.",
                )
            words += ["--at", reach.at]
        for workspace in reach.workspaces if inside else ():
            words += ["--workspace", workspace]
        frame: pd.DataFrame = run_line(root, words, ctx)
        return frame

    names = set(default_columns(resource, hydrate=False)) if inside else {column.name for column in resource.columns}
    columns = tuple(column for column in resource.columns if column.name in names)
    coverage = _COVERAGE.get(resource.noun, IN_USE if inside else ONE if "org" in options else NONE)
    return SqlTable(name.replace("-", "_"), resource.help, columns, read, coverage)


def _usage(root: click.Group) -> SqlTable:
    """Return the table of runs by project, pipeline, user and day: the finest rows that a query usually groups."""

    def read(ctx: CommandContext, reach: TableSource) -> pd.DataFrame:
        if reach.at is not None:
            raise UsageError("The table usage cannot be read with --at", hint=f"Query {CAPTURES}.usage, or omit --at.")
        words = [USAGE.noun, "--by", ",".join(DAILY_BY), "--metric", ",".join(DAILY_METRICS), "--since", DAILY_SINCE]
        words += ["--org", reach.org] if reach.org is not None else []
        for workspace in reach.workspaces:
            words += ["--workspace", workspace]
        frame: pd.DataFrame = run_line(root, words, ctx)
        return frame

    about = f"The runs of the last {DAILY_SINCE.removesuffix('d')} days by project, pipeline, user, and day."
    return SqlTable(USAGE.noun, about, DAILY_COLUMNS, read)


def _team_members() -> SqlTable:
    def read(ctx: CommandContext, reach: TableSource) -> pd.DataFrame:
        inventory_ = at_capture.inventory_at(ctx, reach.at, reach.org)
        members = inventory_.team_members
        frame = members.frame.copy()
        frames.describe(
            frame,
            server=inventory_.server,
            route="",
            time=inventory_.finished or "",
            complete=members.complete,
            sandbox=inventory_.sandbox,
        )
        if members.gap is not None:
            ctx.ui.warn_incomplete(f"team members are incomplete: {members.gap.message}")
        return frame

    return SqlTable(TEAM_MEMBERS, "The members of each team.", access.LISTS[TEAM_MEMBERS].columns, read)


def _over_time(name: str) -> SqlTable:
    def read(ctx: CommandContext, reach: TableSource) -> pd.DataFrame:
        import pandas as pd

        organization = query.organization(ctx.session, reach.org)
        captures = inventory.captures_in_use(ctx.session).of(ctx.session.settings.url, organization.id)
        parts = [
            capture.list(name).frame.assign(taken=capture.time, capture=capture.name)
            for capture in captures
            if name in capture.list_names
        ]
        columns = (CAPTURE_TIME, CAPTURE, *access.LISTS[name].columns)
        frame = frames.with_types(columns, pd.concat(parts, ignore_index=True) if parts else [])
        last = captures[-1].time if captures else ""
        frames.describe(frame, server=ctx.session.settings.url, route="", time=last)
        return frame

    about = f"The list {words(name)} of every capture, with the time of the capture."
    return SqlTable(f"{CAPTURES}.{name}", about, (CAPTURE_TIME, CAPTURE, *access.LISTS[name].columns), read)


class QuietUI(TerminalUI):
    """The UI of lists that are read for a query: shows each warning once, and the total number of rows read."""

    def __init__(self, ui: Any, advance: Callable[[int], object]) -> None:
        self.name = ui.name
        self._ui = ui
        self._advance = advance
        self._rows: dict[int, int] = {}
        self._warned: set[str] = set()

    @contextmanager
    def progress(self, label: str, unit: str = console.ROW) -> Iterator[Callable[[int], object]]:
        """Yield a function that adds the rows of one list to the total, and nothing that is not counted in rows."""
        if unit != console.ROW:
            yield lambda count: None
            return
        key = len(self._rows)
        self._rows[key] = 0

        def more(rows: int) -> None:
            self._rows[key] = rows
            self._advance(sum(self._rows.values()))

        yield more

    def warn(self, line: str) -> None:
        """Show a warning, once."""
        if line not in self._warned:
            self._warned.add(line)
            self._ui.warn(line)

    def warn_incomplete(self, line: str) -> None:
        """Warn once that rows of a table are missing, so the result can be incomplete too."""
        if line not in self._warned:
            self._warned.add(line)
            self._ui.warn_incomplete(line)

    def say(self, line: str) -> None:
        """Ignore messages: the user runs a query, not the lists that it reads."""
