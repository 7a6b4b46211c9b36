"""sql: query the lists of the organization, its captures and the DataFrames of the notebook with SQL."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, cast

import click
from click.shell_completion import CompletionItem
from msgspec.structs import replace

from zenpro_nb import frames
from zenpro_nb import sql as engine
from zenpro_nb.commands.sql import coverage, notes, sources
from zenpro_nb.commands.sql.completion import offers
from zenpro_nb.commands.sql.tables import SqlTable, TableSource, tables_of
from zenpro_nb.commands.workspaces.parameters import Workspaces
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    Arg,
    At,
    CommandContext,
    ListOptions,
    NameType,
    ObjectType,
    Opt,
    listing,
    reading,
)
from zenpro_nb.resources import Column, DataType, Display, Table
from zenpro_nb.syntax.placeholders import BoundValue, Placeholders
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

TABLES = "tables"  # `sql tables` lists the tables instead of running a query

ROWS = Table(
    noun="sql",
    help="Query the organization with SQL.\n\nEach list is a table, named after its command (service_accounts). "
    "Other tables are access, audit, team_members, the lists of captures (captures.assignments), and the DataFrames in "
    "your notebook. `sql tables` lists tables and columns.",
    columns=(),
    # No route: DuckDB runs in this process on the rows of the lists.
)
SQL_TABLES = Table(
    noun="sql-tables",
    help="List the tables that can be queried.",
    columns=(
        Column("table", help="name of the table in a query"),
        Column("description", help="description of its rows", display=Display.PROSE),
        Column("columns", DataType.LIST, help="its columns", display=Display.PROSE),
    ),
    label="table",
    deciding=("table", "columns", "description"),
)


class QueryType(ObjectType):
    """A query. `$name` and `{expr}` in it are bound as parameters and never become part of its text."""

    name = "query"
    completes_body = True

    def read(self, values: Placeholders, text: str) -> BoundValue:
        """Return the query with one parameter per value of the command, and the values."""
        query, bound = values.as_parameters(text, "$zenpro_{}")
        typed = values.as_typed(text)
        return BoundValue((query, bound, typed), quoted(typed))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return tables after FROM and JOIN, and columns after a table name and a dot; send no request."""
        columns_by_table = {
            table.name: [column.name for column in table.columns] for table in tables_of(_tree(ctx)).values()
        }
        return offers(incomplete, columns_by_table, [TABLES])


Query = Annotated[BoundValue | None, Arg(QueryType(), metavar="QUERY|tables")]
OrgOfTables = Annotated[
    str | None,
    Opt(
        "--org",
        type=NameType("organizations"),
        help="Query this organization, by name or ID. Default: the one in use; a query of users without other lists "
        "covers every user that you can see.",
    ),
]
_LEFT_OUT = ("raw", "by", "where", "since", "until", "columns", "sort", "limit")


@listing(
    ROWS,
    name="sql",
    body=True,
    leave_out=_LEFT_OUT,
    epilog="Put the query in quotes, or write it below `%%zenpro sql` without quotes. Use $name for the value "
    "of a variable. Only read-only statements are allowed, and they cannot open files.",
)
def sql(
    ctx: CommandContext,
    options: ListOptions,
    query: Query = None,
    workspace: Workspaces = (),
    at: At = None,
    org: OrgOfTables = None,
) -> pd.DataFrame:
    """Read the tables that the query names concurrently, and return the result of the query.

    Examples:
        # Count people by company
        sql "SELECT company, count(*) AS people FROM users GROUP BY company ORDER BY people DESC"
        # Count how many principals have each role in a workspace
        sql "SELECT role, count(*) AS holders FROM assignments WHERE workspace = 'ml-prod' GROUP BY role"
        # Find people who are not in any team
        sql "SELECT u.email FROM users u ANTI JOIN team_members t ON u.id = t.user_id"
        # List the tables and their columns
        sql tables
    """
    tables = tables_of(_tree(click.get_current_context()))
    text, bound, typed = _query(ctx, query)
    if text.strip() == TABLES:
        return _table_list(ctx, tables, options)
    statement = engine.parse(text)
    parameters = {**sources.variables(ctx, statement, bound), **bound}
    notebook_frames = sources.notebook_frames(ctx, statement, tables)
    ours = {name: tables[sources.key(name)] for name in sources.table_names(statement) if name not in notebook_frames}
    engine.check(statement, {**notebook_frames, **{name: table.empty() for name, table in ours.items()}})
    # A capture is always of one organization.
    shared = coverage.shared_organization(ctx, ours.values(), org) if at is None else None
    read = sources.read_tables(ctx, list(ours.values()), TableSource(org, workspace, at), shared)
    if ctx.pseudonyms is not None:  # before the query runs: no expression may see a real name
        notebook_frames, read, parameters = sources.with_pseudonyms(ctx.pseudonyms, notebook_frames, read, parameters)
        # After the tables, because they determine the account of an address and thus its pseudonym.
        statement = engine.parse(ctx.pseudonyms.text(text, addresses_only=True))
    filled = {**notebook_frames, **{name: table.fill(read[table.name]) for name, table in ours.items()}}
    missing = engine.missing_values(statement, filled, parameters)
    corrected = statement.corrected if missing else ""
    frame = engine.execute(replace(statement, text=corrected or statement.text), filled, parameters)
    for sentence in notes.merged_names(statement.grouped, list(read.values())):
        ctx.ui.say(f"note: {sentence}")
    if corrected:
        ctx.ui.say(f"note: {notes.left_out(missing, engine.without_missing_values(typed)[0], org)}")
    elif missing:
        ctx.ui.warn(notes.about_missing_values(missing))
    return _describe(ctx, frame, tables, read, coverage.limited_text(ours.values(), shared), corrected)


def _tree(ctx: click.Context) -> click.Group:
    return cast("click.Group", ctx.find_root().command)


def _query(ctx: CommandContext, query: BoundValue | None) -> tuple[str, Mapping[str, Any], str]:
    """Return the text of the query, the values that the command binds, and the text as typed.

    Raises:
        UsageError: there is no query or there are two, or a value is inside quotes and would be treated as text.
    """
    if ctx.body is not None:
        if query is not None:
            raise UsageError(
                "There are two queries: one after `sql` and one in the cell below", hint="Remove one of the two."
            )
        return ctx.body, {}, ctx.body
    if query is None:
        raise UsageError(
            "QUERY is required: a SELECT statement in quotes",
            hint='For example: `sql "SELECT email FROM users"`. `sql tables` lists the tables.',
        )
    parts: Any = query.value  # from `QueryType.read`
    text, bound, typed = parts
    if bound and text.strip() != TABLES and set(bound) - engine.parse(text).parameters:
        raise UsageError(
            "A notebook value ($name or {expression}) is inside quotes and would be treated as text",
            hint="Remove the SQL quotes around it: WHERE email = $email.",
        )
    return text, bound, typed


def _describe(
    ctx: CommandContext,
    frame: pd.DataFrame,
    tables: Mapping[str, SqlTable],
    read: Mapping[str, pd.DataFrame],
    limited: str,
    corrected: str,
) -> pd.DataFrame:
    """Record the tables that were read in the frame's attrs, and display its columns as their lists do.

    Args:
        limited: the tables that are limited to one organization because of the others; "" if there are none.
        corrected: the query that was run instead of the typed one; "" if there is none.
    """
    columns_by_name = {column.name: column for name in read for column in tables[name].columns}
    columns = [
        columns_by_name[name]
        for name in frame.columns
        if name in columns_by_name and _has_type(frame[name], columns_by_name[name])
    ]
    frames.declare(frame, Table(noun="rows", columns=tuple(columns), help=""))
    facts_by_table = {name: frames.facts(frame) for name, frame in read.items()}
    facts: dict[str, Any] = {"server": ctx.session.settings.url if read else "", "route": ""}
    facts["time"] = max((str(record.get("time") or "") for record in facts_by_table.values()), default="")
    facts["complete"] = all(record.get("complete", True) for record in facts_by_table.values())
    for key in ("failed", "skipped", "gaps", frames.UNREAD):
        if found := [record[key] for record in facts_by_table.values() if record.get(key)]:
            facts[key] = dict(ChainMap(*found)) if key == "skipped" else list(chain.from_iterable(found))
    facts["changed"] = any(record.get("changed", False) for record in facts_by_table.values())
    facts["sandbox"] = any(record.get("sandbox", False) for record in facts_by_table.values())
    facts["scope"] = limited or _scope(facts_by_table)
    keys = ("rows", "complete", "time", "capture", "scope")
    facts["tables"] = {
        name: {key: record[key] for key in keys if key in record} for name, record in facts_by_table.items()
    }
    if corrected:
        facts["query"] = corrected
    if ctx.pseudonyms is not None:
        facts["badge"] = frames.PSEUDONYMS
    frames.describe(frame, **facts)
    return frame if len(frame) else frames.with_answer(frame, "the query returned no rows")


def _scope(facts_by_table: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the tables that cover several organizations, and the option for a single one; "" if there are none.

    >>> _scope({"users": {"scope": "all organizations; --org NAME for one"}, "teams": {}})
    'users from all organizations; --org NAME for one'
    """
    names_by_scope: dict[str, list[str]] = {}
    for name, record in facts_by_table.items():
        if record.get("scope"):
            names_by_scope.setdefault(str(record["scope"]), []).append(name)
    return " · ".join(f"{' and '.join(names)} from {scope}" for scope, names in names_by_scope.items())


def _has_type(values: pd.Series, column: Column) -> bool:
    kind = DataType.TEXT if column.kind in (DataType.ID, DataType.CATEGORY) else column.kind
    return bool(values.dtype == frames.dtype_of(kind))


def _table_list(ctx: CommandContext, tables: Mapping[str, SqlTable], options: ListOptions) -> pd.DataFrame:
    names = ctx.ui.command_names
    rows = [
        {
            "table": table.name,
            "description": names.text(table.help),
            "columns": [column.name for column in table.columns],
        }
        for table in tables.values()
    ]
    return reading.computed_frame(SQL_TABLES, frames.from_records(SQL_TABLES, rows), options)
