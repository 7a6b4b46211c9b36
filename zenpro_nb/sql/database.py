"""A DuckDB database in memory that cannot reach anything outside itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zenpro_nb import extras, limits
from zenpro_nb.sql.interruptible import convert_interrupts

if TYPE_CHECKING:
    import duckdb

# DuckDB must not read Python variables that happen to have a table's name, and must not download anything.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}

# Names that DuckDB evaluates to its own user in a query without such a column: people mean a column.
_OWN_USER = ("user", "current_user", "session_user", "current_role")


def memory() -> int:
    """Return how many bytes a query can use. DuckDB accepts a share of the memory only since version 2."""
    try:
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * limits.SQL_MEMORY)
    except (AttributeError, ValueError, OSError):  # not available on Windows
        return limits.SQL_MEMORY_UNKNOWN


@convert_interrupts()
def connect(spill: str = "") -> duckdb.DuckDBPyConnection:
    """Return a new database without tables. Its times are in UTC, and its settings are locked.

    Args:
        spill: the folder for data that does not fit into memory; without one, a query that needs one fails.

    Raises:
        MissingExtraError: DuckDB is not installed.
    """
    extras.load("sql", "SQL")
    import duckdb  # optional and large

    sizes = {"memory_limit": f"{memory() // 2**20}MiB", "max_temp_directory_size": limits.SQL_SPILL}
    database = duckdb.connect(config={**_CONFIG, **sizes, "temp_directory": spill})
    # Last, because the folder cannot be set without file access: from here on there is no file or network access.
    database.execute("SET enable_external_access = false")
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET lock_configuration = true")
    for name in _OWN_USER:
        database.execute(f'CREATE MACRO "{name}"() AS error(\'Referenced column "{name}" not found\')')
    return database
