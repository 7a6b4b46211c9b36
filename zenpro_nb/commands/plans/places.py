"""The servers that the writes of the journal were sent to: the control plane, or a workspace of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zenpro_nb import query
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import CommandContext, Observation, Observer
from zenpro_nb.query import ALL, CONTROL_PLANE, Where
from zenpro_nb.workspaces.targets import resolve_one, target_of

Record = Mapping[str, Any]


class Places:
    """Finds the server of each write of the journal, and observes its objects. Each server is looked up once."""

    def __init__(self, ctx: CommandContext) -> None:
        self._ctx = ctx
        self._found: dict[str, Where | ZenProError] = {}  # by the id of the workspace
        self._observers: dict[str, Observer] = {}

    def where(self, entry: Record) -> Where:
        """Return the server that a write was sent to. A workspace is found by its id, whatever its name is now.

        Raises:
            ZenProError: the workspace is gone, or its server is not running.
        """
        key = str(entry.get("workspace_id") or "")
        if key not in self._found:
            try:
                self._found[key] = self._find(key)
            except ZenProError as error:
                self._found[key] = error
        found = self._found[key]
        if isinstance(found, ZenProError):
            raise found
        return found

    def observer(self, entry: Record) -> Observer:
        """Return the observer of that server. Raises the errors of `where`."""
        key = str(entry.get("workspace_id") or "")
        if key not in self._observers:
            self._observers[key] = Observer(self._ctx, self.where(entry))
        return self._observers[key]

    def read(self, observations: Iterable[tuple[Record, Observation]]) -> None:
        """Read these objects of these writes, those of one server at the same time; errors are raised later."""
        by_observer: dict[str, tuple[Observer, list[Observation]]] = {}
        for entry, observation in observations:
            try:
                observer = self.observer(entry)
            except ZenProError:
                continue  # `observer` raises it again for the step
            by_observer.setdefault(str(entry.get("workspace_id") or ""), (observer, []))[1].append(observation)
        for observer, several in by_observer.values():
            observer.read(several)

    def _find(self, workspace_id: str) -> Where:
        session = self._ctx.session
        if workspace_id:
            found = query.find(session, "workspaces", workspace_id)
            return target_of(session, found.record).where(session, (ALL,))
        return resolve_one(session, ()).where(session, (ALL,)) if session.settings.plain else CONTROL_PLANE
