"""A sandbox in which tests create organizations without plan limits. Small organizations are fast to read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb.frontends.connection import Connection


@dataclass(frozen=True)
class Roomy:
    """The running sandbox with its database file."""

    sandbox: SandboxProcess
    database: Path

    @contextmanager
    def organization(self, name: str) -> Iterator[Connection]:
        """Create an organization with this name and without limits, and connect to it."""
        with zenpro_nb.connect(url=self.sandbox.url, api_key=self.sandbox.key, organization=name) as zen:
            zen.run("organizations", "create", name)
            with closing(sqlite3.connect(self.database)) as database:
                database.execute("UPDATE organizations SET plan = 'enterprise' WHERE name = ?", (name,))
                database.commit()
            yield zen


@contextmanager
def roomy(sandboxes: SandboxPool) -> Iterator[Roomy]:
    """Start one whose workspaces change their state immediately."""
    with sandboxes.lend("room", users=40, lifecycle_seconds=0) as running:
        yield Roomy(running, running.database)
