"""The projects of each workspace that a plan can name."""

from __future__ import annotations

from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.model.name_table import NameTable
from zenpro_nb.access.plans.state import State


class KnownProjects:
    """The projects of each workspace, as far as the inventory contains them."""

    def __init__(self, inventory: Inventory, state: State) -> None:
        self._role_places = {(binding.workspace, binding.project) for binding in state.bindings if binding.project}
        projects = inventory.workspace_projects
        self._is_listed = projects.is_known
        self._gaps = dict(projects.gap.parts) if projects.gap is not None else {}
        self._tables: dict[str, NameTable] = {}
        for workspace, key, name in projects.frame[["workspace_id", "id", "name"]].itertuples(index=False):
            self._tables.setdefault(str(workspace), NameTable()).enter(name, str(key))

    def is_known(self, workspace_id: str, key: str) -> bool:
        """Return whether a role is assigned in a project, which proves that it exists."""
        return (workspace_id, key) in self._role_places

    def gap(self, workspace_id: str) -> str | None:
        """Return why the projects of a workspace could not be read; None if they were read or not requested."""
        return self._gaps.get(workspace_id) if self._is_listed else None

    def names(self, workspace_id: str) -> NameTable | None:
        """Return the names of the projects of a workspace; None if they were not requested."""
        return self._tables.get(workspace_id, NameTable()) if self._is_listed else None
