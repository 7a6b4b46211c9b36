"""What is in each workspace, made up when it is first asked for: a start of the sandbox costs nothing of it."""

from __future__ import annotations

import threading

from sqlalchemy.orm import Session

from zenpro_nb.sandbox.context import Context
from zenpro_nb.sandbox.tables import Workspace
from zenpro_nb.sandbox.workspace_api import made_up
from zenpro_nb.sandbox.workspace_api.world import World


class Worlds:
    """The worlds of all workspaces, by the workspaces' ids."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._known: dict[str, World] = {}

    def of(self, session: Session, workspace: Workspace) -> World:
        """Return what there is in a workspace, made up when it is first asked for."""
        with self._lock:
            if workspace.id not in self._known:
                now = self._context.now().replace(tzinfo=None)
                self._known[workspace.id] = made_up.world(session, workspace, self._context.options.seed, now)
            return self._known[workspace.id]
