"""A database in memory that reaches nothing outside of itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zenpro_nb import extras, limits
from zenpro_nb.sql.interruptible import passing_on_interrupts

if TYPE_CHECKING:
    import duckdb

# Variables of Python that happen to have a table's name are not read, and nothing is downloaded.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}


@passing_on_interrupts()
def memory() -> int:
    """Return how many bytes a query may take. DuckDB understands a share of the memory only since version 2."""
    try:
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * limits.SQL_MEMORY)
    except (AttributeError, ValueError, OSError):  # Windows has no such call
        return limits.SQL_MEMORY_UNKNOWN


def connect(spill: str = "") -> duckdb.DuckDBPyConnection:
    """Return a new database without tables. Its times are UTC, and its settings cannot be changed any more.

    Args:
        spill: the folder for what does not fit into memory; without one, a query that needs one fails.

    Raises:
        MissingExtraError: DuckDB is not installed.
    """
    extras.load("sql", "SQL")
    import duckdb  # optional, and heavy

    sizes = {"memory_limit": f"{memory() // 2**20}MiB", "max_temp_directory_size": limits.SQL_SPILL}
    database = duckdb.connect(config={**_CONFIG, **sizes, "temp_directory": spill})
    # Last, because the folder cannot be set without access to files: no file and no network from here on.
    database.execute("SET enable_external_access = false")
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET lock_configuration = true")
    return database
