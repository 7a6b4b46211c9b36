"""What an answer depended on, so that it is worked out again only when something of it changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

Stamp = tuple[int, int, int] | None  # when it was written, its size and its mode


class Watch:
    """Reads variables, notes files, and knows later whether any is different."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self._variables: dict[str, int] = {}  # hashes: the values may be secrets
        self._files: dict[Path, Stamp] = {}

    def variable(self, name: str) -> str:
        """Return the variable without blanks around it; "" where it is not set."""
        value = self._value(name)
        self._variables.setdefault(name, hash(value))
        return value

    def file(self, path: Path) -> bool:
        """Note the file; whether it is there."""
        return self._files.setdefault(path, _stamp(path)) is not None

    @property
    def changed(self) -> bool:
        """Return whether anything that was read is different now."""
        return any(hash(self._value(name)) != seen for name, seen in self._variables.items()) or any(
            _stamp(path) != stamp for path, stamp in self._files.items()
        )

    def _value(self, name: str) -> str:
        return self.environ.get(name, "").strip()


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return None
    # The mode too: a file that others could read is believed once they cannot.
    return status.st_mtime_ns, status.st_size, status.st_mode
