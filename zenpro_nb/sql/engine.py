"""Checking a query against empty tables, then running it on the full ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from zenpro_nb import frames, limits
from zenpro_nb.errors import UsageError
from zenpro_nb.resources.model import Column, DataType
from zenpro_nb.sql.database import connect, memory
from zenpro_nb.sql.interruptible import convert_interrupts, run_interruptible
from zenpro_nb.sql.mistakes import explain_error
from zenpro_nb.sql.statement import Statement, TableName

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

QueryTables = Mapping[TableName, Any]  # an Arrow table or a DataFrame for each name


# DuckDB's name for a column that the query does not name, and the words of the query.
_COUNT_OF_DUCKDB, _COUNT = "count_star()", "count(*)"


@convert_interrupts()
def check(statement: Statement, tables: QueryTables) -> None:
    """Validate a query before any data is read.

    Args:
        statement: the result of `parse`.
        tables: the tables that it names; only their columns matter.

    Raises:
        UnknownNameError: a column or function does not exist.
        UsageError: DuckDB finds another error in it.
    """
    database = _register(connect(), tables)
    # On its own line, so a caret points into the query as it was written.
    text = statement.text if statement.explains else f"EXPLAIN\n{statement.text}"
    # The types of parameters do not matter yet: NULL fits everywhere.
    _run(database, text, dict.fromkeys(statement.parameters), statement, tables)


@convert_interrupts()
def execute(statement: Statement, tables: QueryTables, parameters: Mapping[str, Any]) -> pd.DataFrame:
    """Return the result of a query, with the dtypes of zenpro's frames: `str`, `Int64`, `boolean`, times in UTC.

    Args:
        statement: the result of `parse`.
        tables: the tables that it names.
        parameters: the values of its parameters, which never become part of its text.

    Raises:
        UsageError: DuckDB cannot run it.
        InterruptedReadError: Ctrl-C.

    Example:
        >>> import pandas as pd
        >>> from zenpro_nb import sql
        >>> statement = sql.parse("SELECT count(*) AS n FROM users WHERE name = $name")
        >>> users = {table: pd.DataFrame({"name": ["ada", "bob"]}) for table in statement.tables}
        >>> sql.execute(statement, users, {"name": "ada"})["n"].tolist()
        [1]
    """
    values = {name: parameters[name] for name in statement.parameters}
    with TemporaryDirectory(prefix="zenpro-sql-", ignore_cleanup_errors=True) as spill:
        table = _run(_register(connect(spill), tables), statement.text, values, statement, tables)
    return _frame(table)


@convert_interrupts()
def missing_values(statement: Statement, tables: QueryTables, parameters: Mapping[str, Any]) -> int:
    """Return how many missing values the inner queries after NOT IN return. With one, NOT IN is true for no row.

    An inner query that refers to the outer one, or to a WITH, cannot run alone, and is left out.
    """
    import duckdb

    count = 0
    for text in statement.exclusions:
        database = _register(connect(), tables)
        values = {name: parameters[name] for name in database.extract_statements(text)[0].named_parameters}
        with suppress(duckdb.BinderException, duckdb.CatalogException):
            count_of = f"SELECT count(*) FROM ({text}) t(x) WHERE x IS NULL"  # noqa: S608 - a part of the user's query
            row = database.execute(count_of, values).fetchone()
            count += row[0] if row else 0
        database.close()
    return count


def _register(database: duckdb.DuckDBPyConnection, tables: QueryTables) -> duckdb.DuckDBPyConnection:
    for number, (name, table) in enumerate({name.key: (name, table) for name, table in tables.items()}.values()):
        if not name.schema:
            database.register(name.name, table)
            continue
        database.execute(f'CREATE SCHEMA IF NOT EXISTS "{name.schema}"')
        database.register(f"registered {number}", table)
        database.execute(f'CREATE VIEW "{name.schema}"."{name.name}" AS FROM "registered {number}"')
    return database


def _run(
    database: duckdb.DuckDBPyConnection, text: str, values: Mapping[str, Any], statement: Statement, tables: QueryTables
) -> pa.Table:
    """Return the rows of a query.

    Raises:
        UsageError: what DuckDB reports.
        InterruptedReadError: Ctrl-C.
    """
    import duckdb

    def work() -> pa.Table:
        try:
            return _all_rows(_batches(database, text, values))
        except OSError as error:  # DuckDB 1 streams its errors through Arrow, which wraps them
            kind = duckdb.OutOfMemoryException if "Out of Memory" in str(error) else duckdb.Error
            raise kind(str(error)) from None
        finally:
            database.close()

    try:
        return run_interruptible(work, lambda: _interrupt(database))
    except duckdb.OutOfMemoryException:
        raise UsageError(
            f"The query needs more than {memory() // 2**20} MiB of memory and {limits.SQL_SPILL} of disk space",
            hint="Reduce the data: add a WHERE clause, group the rows, or join on IDs.",
        ) from None
    except duckdb.Error as error:
        columns = {str(name): _columns(table) for name, table in tables.items()}
        raise explain_error(error, columns) from None


def _interrupt(database: duckdb.DuckDBPyConnection) -> None:
    import duckdb

    with suppress(duckdb.ConnectionException):  # the query has ended in the meantime, and its database is closed
        database.interrupt()


def _batches(database: Any, text: str, values: Mapping[str, Any]) -> pa.RecordBatchReader:
    """Return the rows as a stream: `execute` streams before DuckDB 2, and `sql` since then."""
    if hasattr(database, "to_arrow_reader"):
        rows = database.sql(text, params=dict(values) or None).to_arrow_reader(limits.SQL_BATCH)
    else:
        cursor = database.execute(text, dict(values)) if values else database.execute(text)
        rows = cursor.fetch_record_batch(limits.SQL_BATCH)
    return cast("pa.RecordBatchReader", rows)


def _all_rows(batches: pa.RecordBatchReader) -> pa.Table:
    import pyarrow as pa

    collected, size = [], 0
    for batch in batches:
        collected.append(batch)
        size += batch.nbytes
        if size > limits.SQL_RESULT:
            raise UsageError(
                f"The result has more than {limits.SQL_RESULT / 2**30:g} GiB",
                hint="Add a LIMIT, or group the rows in the query.",
            )
    return pa.Table.from_batches(collected, schema=batches.schema)


def _columns(table: Any) -> list[str]:
    names = getattr(table, "column_names", None)
    return list(names) if names is not None else [str(name) for name in table.columns]


def _frame(table: Any) -> pd.DataFrame:
    """Return a result as a frame: zenpro's own types with their dtypes, all others as Arrow converts them."""
    names = _unique(_COUNT if name == _COUNT_OF_DUCKDB else name for name in table.column_names)
    table = table.rename_columns(names)
    kinds = {name: _data_type(table.schema.field(name).type) for name in names}
    ours = [Column(name, kind) for name, kind in kinds.items() if kind is not None]
    frame = frames.from_table(table.select([column.name for column in ours]), ours)
    for name in names:
        if kinds[name] is None:
            frame[name] = table.column(name).to_pandas(date_as_object=False)
    return frame[names]


def _data_type(arrow: Any) -> DataType | None:
    import pyarrow as pa

    types = pa.types
    if types.is_string(arrow) or types.is_large_string(arrow):
        return DataType.TEXT
    if types.is_timestamp(arrow) and arrow.tz is not None:
        return DataType.TIME
    if types.is_boolean(arrow):
        return DataType.BOOL
    if (types.is_signed_integer(arrow)) or (types.is_unsigned_integer(arrow) and arrow.bit_width < 64):
        return DataType.COUNT
    # The sum of whole numbers has 128 bits; no count is large enough to need them.
    if types.is_decimal(arrow) and arrow.scale == 0:
        return DataType.COUNT
    if types.is_floating(arrow) or types.is_decimal(arrow):
        return DataType.FLOAT
    if types.is_list(arrow) and types.is_string(arrow.value_type):
        return DataType.LIST
    return None


def _unique(names: Iterable[str]) -> list[str]:
    """Return the names, with a number added to repeated ones.

    >>> _unique(["id", "name", "id"])
    ['id', 'name', 'id_1']
    """
    unique: dict[str, None] = {}
    for name in names:
        number, own = 0, name
        while own in unique:
            number += 1
            own = f"{name}_{number}"
        unique[own] = None
    return list(unique)
