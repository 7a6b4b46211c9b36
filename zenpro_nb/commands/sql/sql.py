"""sql: a question in SQL over the lists of the organization, its captures, and the DataFrames of the notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, cast

import click
from click.shell_completion import CompletionItem

from zenpro_nb import frames
from zenpro_nb import sql as engine
from zenpro_nb.commands.sql.completion import offers
from zenpro_nb.commands.sql.tables import QuietUI, Reach, Table, tables_of
from zenpro_nb.commands.workspaces.parameters import Workspaces
from zenpro_nb.errors import AmbiguousNameError, UnknownNameError, UsageError
from zenpro_nb.framework.cli.context import CommandContext, Presenter
from zenpro_nb.framework.cli.parsing import ObjectType
from zenpro_nb.framework.cli.signature import Arg
from zenpro_nb.framework.lists import at_capture
from zenpro_nb.framework.lists.noun import listing
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.parameters.aliases import At, Org
from zenpro_nb.resources import Column, DataType, Display, Paging, Resource
from zenpro_nb.sql import Statement, TableName
from zenpro_nb.syntax.placeholders import BoundValue, Placeholders
from zenpro_nb.syntax.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

TABLES = "tables"  # in the place of a query: what can be queried

ROWS = Resource(
    noun="sql",
    path="",
    paging=Paging.NONE,
    help="Ask in SQL: the lists are tables under their nouns (service_accounts), beside access, audit, team_members, "
    "captures.assignments and its like, and DataFrames of the notebook. `sql tables` lists tables and columns.",
    columns=(),
    # No route: DuckDB in this process, over what the lists give.
)
SQL_TABLES = Resource(
    noun="sql-tables",
    path="",
    paging=Paging.NONE,
    help="What can be queried.",
    columns=(
        Column("table", help="as a query names it"),
        Column("about", help="what its rows are", display=Display.PROSE),
        Column("columns", DataType.LIST, help="its columns"),
    ),
    label="table",
)


class QueryType(ObjectType):
    """A query; `$name` and `{expr}` in it are values that are bound to it, and never become a part of its text."""

    name = "query"
    completes_body = True

    def read(self, values: Placeholders, text: str) -> BoundValue:
        """Return the query with a parameter for each value of the line, and the values."""
        written, bound = values.as_parameters(text, "$zenpro_{}")
        return BoundValue((written, bound), values.as_typed(text))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return tables behind FROM and JOIN, columns behind a table's name and a dot; send no request."""
        known = {table.name: [column.name for column in table.columns] for table in tables_of(_tree(ctx)).values()}
        return offers(incomplete, known, [TABLES])


Query = Annotated[BoundValue | None, Arg(QueryType(), metavar="QUERY|tables")]
_LEFT_OUT = ("raw", "where", "since", "until", "columns", "sort", "limit")


@listing(
    ROWS,
    name="sql",
    body=True,
    leave_out=_LEFT_OUT,
    epilog="The query stands in quotes, or below `%%zenpro sql` as it is. $name is the value of a variable. Only what "
    "reads is carried out, and no file is opened.",
)
def sql(
    ctx: CommandContext,
    options: ListOptions,
    query: Query = None,
    workspace: Workspaces = (),
    at: At = None,
    org: Org = None,
) -> pd.DataFrame:
    """Read what the query names, all of it at once, and return what it gives.

    Examples:
        sql "SELECT company, count(*) AS people FROM users GROUP BY company ORDER BY people DESC"
        sql "SELECT role, count(*) AS holders FROM assignments WHERE workspace = 'ml-prod' GROUP BY role"
        sql "SELECT u.email FROM users u ANTI JOIN team_members t ON u.id = t.user_id"
        sql tables
    """
    known = tables_of(_tree(click.get_current_context()))
    text, bound = _query(ctx, query)
    if text.strip() == TABLES:
        return _listed(known, options)
    statement = engine.parse(text)
    parameters = {**_variables(ctx, statement, bound), **bound}
    given = _given(ctx, statement, known)
    ours = {name: known[_key(name)] for name in _named(statement) if name not in given}
    engine.check(statement, {**given, **{name: table.empty() for name, table in ours.items()}})
    read = _read(ctx, list(ours.values()), Reach(org, workspace, at))
    if ctx.pseudonyms is not None:  # no expression can take a name apart that the query never sees
        given, read, parameters = _made_up(ctx.pseudonyms, given, read, parameters)
        # After the tables: they say who is behind an address, and so which pseudonym it has.
        statement = engine.parse(ctx.pseudonyms.text(text, addresses_only=True))
    filled = {name: table.filled(read[table.name]) for name, table in ours.items()}
    frame = engine.answer(statement, {**given, **filled}, parameters)
    return _described(ctx, frame, known, read)


def _tree(ctx: click.Context) -> click.Group:
    return cast("click.Group", ctx.find_root().command)


def _query(ctx: CommandContext, query: BoundValue | None) -> tuple[str, Mapping[str, Any]]:
    """Return the text of the query and the values that its line has.

    Raises:
        UsageError: there is none, or there are two; or a value stands in quotes, where it would be text.
    """
    if ctx.body is not None:
        if query is not None:
            raise UsageError("The query stands below the line, and another one on it", hint="Leave one of them out.")
        return ctx.body, {}
    if query is None:
        raise UsageError(
            "There is no query", hint='Write it in quotes: sql "SELECT email FROM users", or `sql tables`.'
        )
    written: Any = query.value  # made by `QueryType.read`
    text, bound = written
    if bound and text.strip() != TABLES:
        quoted = set(bound) - engine.parse(text).parameters
        if quoted:
            raise UsageError(
                "A value of the notebook stands inside quotes, where it would be text",
                hint="Write it without the quotes of SQL: WHERE email = $email.",
            )
    return text, bound


def _variables(ctx: CommandContext, statement: Statement, bound: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the parameters that the query itself names, from the notebook's variables.

    Raises:
        UnknownNameError: there is no such variable.
    """
    wanted = statement.parameters - set(bound)
    missing = sorted(wanted - set(ctx.variables))
    if missing:
        hint = did_you_mean(missing[0], [name for name in ctx.variables if not name.startswith("_")])
        raise UnknownNameError(f"${missing[0]} is not defined", hint=hint)
    return {name: _value(ctx.variables[name], f"${name}") for name in wanted}


def _value(value: Any, source: str) -> Any:
    """Return a value as DuckDB takes it.

    Raises:
        UsageError: it is a table, or nothing that a column could hold.
    """
    if hasattr(value, "columns"):
        raise UsageError(f"{source} is a table, and stands in the place of a value", hint="Name it behind FROM.")
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, set | tuple | frozenset) else value


def _named(statement: Statement) -> list[TableName]:
    return list({name.key: name for name in statement.tables}.values())


def _key(name: TableName) -> str:
    schema, own = name.key
    return f"{schema}.{own}" if schema and schema != "main" else own


def _given(ctx: CommandContext, statement: Statement, known: Mapping[str, Table]) -> dict[TableName, Any]:
    """Return the DataFrames of the notebook that the query names.

    Raises:
        UnknownNameError: a name is neither a table nor a DataFrame.
        AmbiguousNameError: it is both.
    """
    found = {}
    for name in _named(statement):
        value = ctx.variables.get(name.name) if not name.schema else None
        is_frame = hasattr(value, "columns") and hasattr(value, "dtypes")
        place = engine.pointed(statement.text, name.place, str(name))
        if _key(name) in known and is_frame:
            raise AmbiguousNameError(
                f"{name} is a list of the organization and a DataFrame of the notebook",
                hint=f"Give the DataFrame another name: my_{name} = {name}.",
            ).at(*place)
        if is_frame:
            found[name] = value
        elif _key(name) not in known:
            frames_here = [
                variable
                for variable, value in ctx.variables.items()
                if hasattr(value, "dtypes") and variable[:1] != "_"
            ]
            hint = did_you_mean(str(name), [*known, *frames_here], "`sql tables` lists them.")
            raise UnknownNameError(f"There is no table {str(name)!r}", hint=hint).at(*place)
    return found


def _read(ctx: CommandContext, wanted: Sequence[Table], reach: Reach) -> dict[str, pd.DataFrame]:
    """Read tables, all at once and each once."""
    if not wanted:
        return {}
    with ctx.ui.progress("rows") as advance:
        quiet = CommandContext(ctx.session, QuietUI(ctx.ui, advance))
        found = ctx.session.client.fan_out([partial(table.read, quiet, reach) for table in wanted])
    return {table.name: frame for table, frame in zip(wanted, found, strict=True)}


def _made_up(
    pseudonyms: Presenter,
    given: Mapping[TableName, Any],
    read: Mapping[str, pd.DataFrame],
    parameters: Mapping[str, Any],
) -> tuple[dict[TableName, Any], dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the tables and the parameters of a query with made-up people instead of real ones.

    Raises:
        UsageError: a table is not a pandas DataFrame.
    """
    other = [str(name) for name, table in given.items() if not hasattr(table, "iloc")]
    if other:
        raise UsageError(
            f"{other[0]} is not a pandas DataFrame, and pseudonyms are on",
            hint=f"Convert it: {other[0]} = {other[0]}.to_pandas(); or `%config ZenProMagics.pseudonyms = False`.",
        )
    made = pseudonyms.tables([*read.values(), *given.values()])
    return (
        dict(zip(given, made[len(read) :], strict=True)),
        dict(zip(read, made[: len(read)], strict=True)),
        {name: pseudonyms.data(value) for name, value in parameters.items()},
    )


def _described(
    ctx: CommandContext, frame: pd.DataFrame, known: Mapping[str, Table], read: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return the frame, which says what was read for it, and shows its columns as the lists that they are of do."""
    declared = {column.name: column for name in read for column in known[name].columns}
    alike = [declared[name] for name in frame.columns if name in declared and _same(frame[name], declared[name])]
    frames.declare(frame, Resource(noun="rows", path="", paging=Paging.NONE, columns=tuple(alike), help=""))
    said = {name: frames.facts(frame) for name, frame in read.items()}
    facts: dict[str, Any] = {"server": ctx.session.settings.url if read else "", "route": ""}
    facts["time"] = max((str(record.get("time") or "") for record in said.values()), default="")
    facts["complete"] = all(record.get("complete", True) for record in said.values())
    facts["changed"] = any(record.get("changed", False) for record in said.values())
    facts["sandbox"] = any(record.get("sandbox", False) for record in said.values())
    kept = ("rows", "complete", "time", "capture")
    facts["tables"] = {name: {key: record[key] for key in kept if key in record} for name, record in said.items()}
    frames.describe(frame, **facts)
    return frame


def _same(values: pd.Series, column: Column) -> bool:
    kind = DataType.TEXT if column.kind in (DataType.ID, DataType.CATEGORY) else column.kind
    return bool(values.dtype == frames.dtype_of(kind))


def _listed(known: Mapping[str, Table], options: ListOptions) -> pd.DataFrame:
    rows = [
        {"table": table.name, "about": table.help, "columns": [column.name for column in table.columns]}
        for table in known.values()
    ]
    return at_capture.computed_frame(SQL_TABLES, frames.from_records(SQL_TABLES, rows), options)
