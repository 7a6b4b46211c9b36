"""The read-only lock: which setting refuses every write of a session. The tightest of all sources wins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

VARIABLE = "ZENPRO_READ_ONLY"
_OPEN = ("", "0", "false")  # values of the variable that do not lock


def of_environment(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the variable with its value where it locks; every value does, apart from an empty one, 0 and false.

    >>> list(of_environment({"ZENPRO_READ_ONLY": "no"})), list(of_environment({"ZENPRO_READ_ONLY": "False"}))
    (['ZENPRO_READ_ONLY=no'], [])
    """
    value = environ.get(VARIABLE, "")
    if value.casefold() not in _OPEN:
        yield f"{VARIABLE}={value}"


def of_profile(name: str | None, read_only: bool) -> Iterator[str]:
    """Yield the key of the profile in use where it locks."""
    if read_only:
        yield f"read_only = true in the profile {name}" if name else "read_only = true in its profile"
