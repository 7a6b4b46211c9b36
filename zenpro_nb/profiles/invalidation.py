"""Record the inputs of a result: it is computed again only if any of this changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

Stamp = tuple[int, int, int] | None  # modification time, size and mode


class Watch:
    """Reads variables, records files, and detects later whether any of them has changed."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self._variables: dict[str, int] = {}  # hashes: the values may be secrets
        self._files: dict[Path, Stamp] = {}

    def variable(self, name: str) -> str:
        """Return the variable without surrounding blanks; "" if it is not set."""
        value = self._value(name)
        self._variables.setdefault(name, hash(value))
        return value

    def file(self, path: Path) -> bool:
        """Record the file; return whether it exists."""
        return self._files.setdefault(path, _stamp(path)) is not None

    @property
    def changed(self) -> bool:
        """Return whether anything that was read has changed."""
        return any(hash(self._value(name)) != hash_before for name, hash_before in self._variables.items()) or any(
            _stamp(path) != stamp for path, stamp in self._files.items()
        )

    def _value(self, name: str) -> str:
        return self.environ.get(name, "").strip()


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    # Includes the mode: a file that others could read is accepted once they cannot.
    return status.st_mtime_ns, status.st_size, status.st_mode
