"""Define the read-only lock: the settings that refuse every write of a session. One of them is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from zenpro_nb.profiles import Settings

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


class WriteLock:
    """The lock of one session: closed as long as one of its sources gives a setting.

    Args:
        environ: the environment variables, read at each use.
        of_front_end: called at each use; returns the settings of the front end that lock, in words.
    """

    def __init__(self, environ: Mapping[str, str], of_front_end: Callable[[], Sequence[str]]) -> None:
        self._environ = environ
        self._of_front_end = of_front_end
        self._of_blocks: list[str] = []

    def source(self, settings: Settings) -> str:
        """Return the setting that closes the lock, in words; empty if it is open."""
        sources = (
            *of_environment(self._environ),
            *self._of_front_end(),
            *self._of_blocks,
            *of_profile(settings.profile, settings.read_only),
        )
        return next(iter(sources), "")

    @contextmanager
    def close_in_block(self, source: str) -> Iterator[None]:
        """Keep the lock closed in the block; `source` is the setting, in words."""
        self._of_blocks.append(source)
        try:
            yield
        finally:
            self._of_blocks.remove(source)
