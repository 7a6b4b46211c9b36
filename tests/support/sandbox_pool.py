"""Sandboxes that are reused and reset between tests, because a start takes a second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.support.sandbox import DATABASE, SandboxProcess


class PooledSandbox(SandboxProcess):
    """A sandbox of a pool."""

    def __init__(self, database: Path, env: dict[str, str] | None, options: dict[str, Any]) -> None:
        super().__init__(env, db=database, **options)
        self.database = database
        self._copies = 0

    def keep(self) -> None:
        super().keep()
        self._copies += 1

    def reset(self) -> None:
        """Restore the initial state."""
        while self._copies > 1:
            self.drop()
            self._copies -= 1
        self.restore()


class SandboxPool:
    """The sandboxes of one worker by options."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._free: defaultdict[str, list[PooledSandbox]] = defaultdict(list)
        self._lent: defaultdict[str, list[PooledSandbox]] = defaultdict(list)
        self._processes = ExitStack()
        self._started: list[PooledSandbox] = []

    @contextmanager
    def lend(
        self, fixture: str | None = None, env: dict[str, str] | None = None, **options: Any
    ) -> Iterator[PooledSandbox]:
        """Lend a sandbox with these options of `SandboxProcess` exclusively.

        Args:
            fixture: the fixture that lends it to several tests. After each of them the sandbox is restored to its
                initial state, or to that of the last `keep`.
        """
        workspaces = options.pop("workspace", [])
        kind = repr((env, sorted(options.items())))
        sandbox = self._free[kind].pop() if self._free[kind] else self._start(env, options)
        if workspaces:
            sandbox.lead_to(*workspaces)
            sandbox.keep()
        if fixture is not None:
            self._lent[fixture].append(sandbox)
        try:
            yield sandbox
        finally:
            if fixture is not None:
                self._lent[fixture].remove(sandbox)
            if sandbox.running:
                sandbox.reset()
                self._free[kind].append(sandbox)

    def restore(self, fixtures: Collection[str]) -> None:
        """Restore the sandboxes lent by these fixtures."""
        for name in self._lent.keys() & fixtures:
            for sandbox in self._lent[name]:
                if sandbox.running:
                    sandbox.restore()

    def close(self) -> None:
        """End all processes, which takes a few tenths of a second each."""
        for sandbox in self._started:
            sandbox.let_go()
        self._processes.close()

    def _start(self, env: dict[str, str] | None, options: dict[str, Any]) -> PooledSandbox:
        folder = self._folder / str(len(self._started))
        folder.mkdir()
        sandbox = self._processes.enter_context(PooledSandbox(folder / DATABASE, env, options))
        self._started.append(sandbox)
        sandbox.keep()
        return sandbox
