"""Define the read-only lock: the settings that refuse every write of a session. One of them is enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

VARIABLE = "ZENPRO_READ_ONLY"
_OPEN = ("", "0", "false")  # values of the variable that do not lock


def of_environment(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the variable with its value if it locks: any value except an empty one, 0 and false.

    >>> list(of_environment({"ZENPRO_READ_ONLY": "no"})), list(of_environment({"ZENPRO_READ_ONLY": "False"}))
    (['ZENPRO_READ_ONLY=no'], [])
    """
    value = environ.get(VARIABLE, "")
    if value.casefold() not in _OPEN:
        yield f"{VARIABLE}={value}"


def of_profile(name: str | None, read_only: bool) -> Iterator[str]:
    """Yield the key of the profile in use if it locks."""
    if read_only:
        yield f"read_only = true in the profile {name}" if name else "read_only = true in its profile"
