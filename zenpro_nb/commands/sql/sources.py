"""What a query reads: the lists of the organization, and the DataFrames and variables of the notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import sql as engine
from zenpro_nb.commands.sql import coverage
from zenpro_nb.commands.sql.tables import EVERY, QuietUI, SqlTable, TableSource
from zenpro_nb.errors import AmbiguousNameError, UnknownNameError, UsageError
from zenpro_nb.framework.declare import CommandContext, Presenter
from zenpro_nb.sql import Statement, TableName
from zenpro_nb.syntax.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd


def variables(ctx: CommandContext, statement: Statement, bound: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the parameters in the query's own text, from the notebook's variables.

    Raises:
        UnknownNameError: no such variable exists.
    """
    unbound = statement.parameters - set(bound)
    missing = sorted(unbound - set(ctx.variables))
    if missing:
        hint = did_you_mean(missing[0], [name for name in ctx.variables if not name.startswith("_")])
        raise UnknownNameError(f"${missing[0]} is not defined", hint=hint)
    return {name: _value(ctx.variables[name], f"${name}") for name in unbound}


def _value(value: Any, source: str) -> Any:
    """Return a value in a form that DuckDB accepts.

    Raises:
        UsageError: the value is a table.
    """
    if hasattr(value, "columns"):
        raise UsageError(f"{source} is a table, not a value", hint="Use its name after FROM, without `$`.")
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, set | tuple | frozenset) else value


def table_names(statement: Statement) -> list[TableName]:
    """Return the tables that a query names, each once."""
    return list({name.key: name for name in statement.tables}.values())


def key(name: TableName) -> str:
    """Return the name of a table as `tables_of` writes it."""
    schema, table = name.key
    return f"{schema}.{table}" if schema and schema != "main" else table


def notebook_frames(
    ctx: CommandContext, statement: Statement, own_tables: Mapping[str, SqlTable]
) -> dict[TableName, Any]:
    """Return the DataFrames of the notebook that the query names.

    Raises:
        UnknownNameError: a name is neither a table nor a DataFrame.
        AmbiguousNameError: a name is both.
    """
    tables = {}
    for name in table_names(statement):
        value = ctx.variables.get(name.name) if not name.schema else None
        is_frame = hasattr(value, "columns") and hasattr(value, "dtypes")
        place = engine.caret_lines(statement.text, name.place, str(name))
        if key(name) in own_tables and is_frame:
            raise AmbiguousNameError(
                f"{name} is both a list of the organization and a DataFrame in the notebook",
                hint=f"Rename the DataFrame: my_{name} = {name}.",
            ).at(*place)
        if is_frame:
            tables[name] = value
        elif key(name) not in own_tables:
            frames_here = [
                variable
                for variable, value in ctx.variables.items()
                if hasattr(value, "dtypes") and variable[:1] != "_"
            ]
            hint = did_you_mean(str(name), [*own_tables, *frames_here], "`sql tables` lists them.")
            raise UnknownNameError(f"There is no table {str(name)!r}", hint=hint).at(*place)
    return tables


def read_tables(
    ctx: CommandContext, tables: Sequence[SqlTable], reach: TableSource, shared: str | None
) -> dict[str, pd.DataFrame]:
    """Read the tables concurrently.

    Args:
        shared: the organization to which the tables of every organization are limited.
    """
    if not tables:
        return {}
    limited = [table for table in tables if shared and table.coverage == EVERY]
    sources = [(table, replace(reach, org=None) if table in limited else reach) for table in tables]
    sources += [(table, replace(reach, org=shared)) for table in limited]
    with ctx.ui.progress("query") as advance:
        quiet = CommandContext(ctx.session, QuietUI(ctx.ui, advance))
        parts = ctx.session.client.fan_out([partial(table.read, quiet, source) for table, source in sources])
    read = dict(zip(tables, parts[: len(tables)], strict=True))
    others = {table: frame for table, frame in read.items() if table not in limited}
    for table, members in zip(limited, parts[len(tables) :], strict=True):
        read[table] = coverage.limited(read[table], members, others)
    return {table.name: frame for table, frame in read.items()}


def with_pseudonyms(
    pseudonyms: Presenter,
    notebook_frames: Mapping[TableName, Any],
    read: Mapping[str, pd.DataFrame],
    parameters: Mapping[str, Any],
) -> tuple[dict[TableName, Any], dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the tables and the parameters of a query with pseudonyms instead of real people.

    Raises:
        UsageError: a table is not a pandas DataFrame.
    """
    other = [str(name) for name, table in notebook_frames.items() if not hasattr(table, "iloc")]
    if other:
        raise UsageError(
            f"{other[0]} is not a pandas DataFrame, so pseudonyms cannot be applied to it",
            hint=f"Convert it: {other[0]} = {other[0]}.to_pandas(), or run `%zenpro pseudonyms off`.",
        )
    masked = pseudonyms.tables([*read.values(), *notebook_frames.values()])
    return (
        dict(zip(notebook_frames, masked[len(read) :], strict=True)),
        dict(zip(read, masked[: len(read)], strict=True)),
        {name: pseudonyms.data(value) for name, value in parameters.items()},
    )
