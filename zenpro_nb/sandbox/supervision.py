"""What the program that started a supervised sandbox can tell it: lines on its standard input, each answered by one.

`keep` copies the database, `restore` returns to the newest copy, `drop` returns to the one before it, and
`workspaces NAME=URL NAME=URL` does what the option `--workspace` does. Nobody else can reach
this, and no request does the same.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from zenpro_nb.sandbox.clock import Clock
from zenpro_nb.sandbox.options import Options
from zenpro_nb.sandbox.seed import point
from zenpro_nb.sandbox.store import Store


class Supervision:
    """Carries out the lines of one sandbox's supervisor."""

    def __init__(self, store: Store, options: Options, clock: Clock) -> None:
        self._store = store
        self._options = options
        self._clock = clock

    def listen(self) -> None:
        """Carry out lines until standard input ends, which a parent's death closes too, however it dies."""
        for line in sys.stdin.buffer:
            words = line.decode().split()
            self._obey(*words)
            sys.stdout.write(json.dumps({"done": words}) + "\n")
            sys.stdout.flush()

    def _obey(self, word: str, *values: str) -> None:
        match word, values:
            case "keep", ():
                self._store.keep()
            case "restore", ():
                self._store.restore()
            case "drop", ():
                self._store.drop()
            case "workspaces", pairs:
                self._point(pairs)
            case _:
                raise ValueError(f"{word} is not a command of a supervisor")

    def _point(self, pairs: Sequence[str]) -> None:
        now = self._clock.now()
        with self._store.writing() as session:
            for name, _, url in (pair.partition("=") for pair in pairs):
                point(session, self._options, name, url, now)
