"""A database in memory that reaches nothing outside of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb.errors import UsageError

if TYPE_CHECKING:
    import duckdb

# No files, no network, no extensions, and no variables of Python that happen to bear a table's name.
_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


def connect() -> duckdb.DuckDBPyConnection:
    """Return a new database without tables; its times are UTC, and its settings cannot be changed any more.

    Raises:
        UsageError: DuckDB is not installed.
    """
    try:
        import duckdb  # optional, and heavy
    except ImportError:
        raise UsageError(
            "SQL needs DuckDB, which is not installed", hint="Install it: pip install 'zenpro-nb[sql]'."
        ) from None
    database = duckdb.connect(config=_CLOSED)
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET lock_configuration = true")
    return database
