"""Join the lists of an inventory to the access paths of its principals.

A way is a role, perhaps a team, and a scope. Routes are few and are rendered once; a path is a pair of indexes, of the
principal and the route.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from zenpro_nb import frames
from zenpro_nb.access.effective.implied_roles import INHERITED
from zenpro_nb.access.model.columns import (
    ARROW,
    BASIS_OF,
    BY_ORGANIZATION,
    BY_OWNER,
    BY_SUPERUSER,
    DIRECT,
    ORGANIZATION,
    OWNER,
    PATH_COLUMNS,
    PROJECT,
    SCOPES,
    SUPERUSER,
    TEAM,
    VIA,
    WORKSPACE,
)
from zenpro_nb.access.model.holders import holders

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Inventory

# The index columns that identify a route.
KEY_COLUMNS = ["role", "team", "scope", "workspace", "project", "via"]


class AccessIndex:
    """The lists of an inventory as tables whose rows are known by their place."""

    def __init__(self, inventory: Inventory) -> None:
        import pandas as pd

        self._inventory = inventory
        assignments = inventory.assignments.frame
        self.holders = holders(inventory)
        self.roles = roles_of(inventory)
        self._workspaces = workspaces_of(inventory)
        teams = [inventory.teams.frame[["id", "name"]]]
        teams += [
            frame[["team_id", name]].set_axis(["id", "name"], axis=1)
            for frame, name in ((inventory.team_members.frame, "team"), (assignments, "principal"))
        ]
        self._teams = pd.concat(teams).dropna(subset="id").drop_duplicates("id", ignore_index=True)
        self._projects = pd.Series(assignments["project_id"].dropna().unique(), dtype=object)
        self._alive = np.flatnonzero(self._workspaces["alive"])

    def assignments_of_holders(self) -> Iterator[pd.DataFrame]:
        """Yield all paths, as places in the tables; the holder of some is unknown, -1."""
        yield from self._with_reached(self._assignments())
        users = self._inventory.users.frame
        super_ = users.loc[users["is_superuser"].fillna(False).astype(bool), "id"]
        whole = _path(_indexes_of(self.holders["user_id"], super_), role=self._place_of(SUPERUSER), via=BY_SUPERUSER)
        yield whole
        yield self._everywhere(whole, BY_SUPERUSER)
        owners = self._workspaces.iloc[self._alive]["owner_id"]
        yield _path(
            _indexes_of(self.holders["user_id"], owners),
            role=self._place_of(OWNER), via=BY_OWNER, workspace=self._alive, scope=WORKSPACE,
        )  # fmt: skip

    def roles_of_empty_teams(self) -> Iterator[pd.DataFrame]:
        """Yield the paths of teams without members; `holder` is a negative number per team.

        If not all members are known, it is unknown which teams are empty, and there are no paths.
        """
        own = self._own_roles()
        is_empty = own["team"].ge(0) & ~own["team"].isin(self._members()["team"])
        own = own[is_empty & self._inventory.team_members.complete]
        yield from self._with_reached(own.assign(holder=-1 - own["team"], via=TEAM))

    def _with_reached(self, rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
        """Yield the paths of assigned roles, and those in workspaces that organization roles among them reach."""
        yield rows
        reaching = self.roles["name"].isin(list(INHERITED)) & self.roles["predefined"]
        yield self._everywhere(rows[reaching.to_numpy()[rows["role"]]], BY_ORGANIZATION)

    def _place_of(self, role: str) -> int:
        return int(np.flatnonzero((self.roles["name"] == role) & ~self.roles["real"])[0])

    def _holders(self, rows: pd.DataFrame) -> Any:
        """Return the principal of each row: a user or an open invitation."""
        user = _indexes_of(self.holders["user_id"], rows["user_id"])
        return np.where(user >= 0, user, _indexes_of(self.holders["invitation_id"], rows["invitation_id"]))

    def _assignments(self) -> pd.DataFrame:
        import pandas as pd

        own = self._own_roles()
        of_teams = own[own["team"] >= 0].drop(columns="holder").merge(self._members(), on="team")
        return pd.concat([own[own["team"] < 0], of_teams.assign(via=TEAM)], ignore_index=True)

    def _members(self) -> pd.DataFrame:
        import pandas as pd

        members = self._inventory.team_members.frame
        team = _indexes_of(self._teams["id"], members["team_id"])
        return pd.DataFrame({"team": team, "holder": self._holders(members)})

    def _own_roles(self) -> pd.DataFrame:
        """Return a path per assignment; those of teams have no holder."""
        import pandas as pd

        rows = self._inventory.assignments.frame
        role = _indexes_of(self.roles["id"], rows["role_id"])
        scope = _indexes_of(pd.Series(SCOPES), self.roles["level"].iloc[role])
        kinds = np.where(
            rows["project_id"].notna(), PROJECT, np.where(rows["workspace_id"].notna(), WORKSPACE, ORGANIZATION)
        )
        scope = np.where(scope < 0, kinds, scope)  # a role of an unknown level applies where it is assigned
        return _path(
            self._holders(rows),
            role=role, via=DIRECT, scope=scope, team=_indexes_of(self._teams["id"], rows["team_id"]),
            workspace=np.where(scope >= WORKSPACE, _indexes_of(self._workspaces["id"], rows["workspace_id"]), -1),
            project=np.where(scope == PROJECT, _indexes_of(self._projects, rows["project_id"]), -1),
        )  # fmt: skip

    def _everywhere(self, paths: pd.DataFrame, via: int) -> pd.DataFrame:
        """Return each path once per workspace that is not deleted."""
        many = paths.loc[np.repeat(paths.index.to_numpy(), len(self._alive))]
        return many.assign(workspace=np.tile(self._alive, len(paths)), scope=WORKSPACE, via=via)

    def render(self, routes: pd.DataFrame) -> tuple[Any, pd.DataFrame]:
        """Return the rank and the texts of each route; `path` is the part after the principal."""
        import pandas as pd
        import pyarrow as pa
        import pyarrow.compute as pc

        role, workspaces = self.roles.iloc[routes["role"]], self._workspaces
        via, scope = routes["via"].to_numpy(), routes["scope"].to_numpy()
        team = _values_at(self._teams["name"].where(self._teams["name"].notna(), self._teams["id"]), routes["team"])
        project = _values_at(self._projects, routes["project"])
        workspace = _values_at(workspaces["name"], routes["workspace"])
        through = (scope == ORGANIZATION) | (via == BY_ORGANIZATION)
        name = self._inventory.organization_name or self._inventory.organization_id
        organization = _values_at([name], np.where(through, 0, -1))
        steps = (_prefix("team ", team), role["name"], organization, workspace, _prefix("project ", project))
        texts = [pa.array(step, pa.large_string(), from_pandas=True) for step in steps]
        path = pc.binary_join_element_wise(*texts, pa.scalar(ARROW, pa.large_string()), null_handling="skip")
        # Two roles with the same name have equal path texts; their ids keep the order stable.
        ids = pa.array(role["id"], pa.large_string())
        ordered = pa.table({"scope": scope, "workspace": texts[3], "project": texts[4], "path": path, "id": ids})
        order = pc.sort_indices(ordered, sort_keys=[(name, "ascending") for name in ordered.column_names]).to_numpy()
        rank = np.empty(len(routes), dtype=np.int64)
        rank[order] = np.arange(len(routes))
        words = {
            "role": role["name"].to_numpy(),
            "level": role["level"].to_numpy(),
            "scope": np.array(SCOPES, dtype=object)[scope],
            "workspace": workspace,
            "project_id": project,
            "via": np.array(VIA, dtype=object)[via],
            "path": path.to_pandas().to_numpy(),
            "basis": np.array(BASIS_OF, dtype=object)[via],
            "team_id": _values_at(self._teams["id"], routes["team"]),
            "role_id": role["id"].where(role["real"]).to_numpy(),
            "workspace_id": _values_at(workspaces["id"], routes["workspace"]),
        }
        return rank, frames.with_types(PATH_COLUMNS, pd.DataFrame(words, dtype=object))


def roles_of(inventory: Inventory) -> pd.DataFrame:
    """Return the roles that are listed or assigned, plus superuser and owner, which act like roles.

    If the server does not return which roles are predefined, they are recognized by name.

    Returns:
        `id`, `name`, `level`, `predefined` and `real`: False for superuser and owner.
    """
    import pandas as pd

    role_list = inventory.roles.frame.rename(columns={"system_managed": "predefined"})
    if not inventory.roles.knows("system_managed"):
        role_list = role_list.assign(predefined=True)
    assignments = inventory.assignments.frame
    assignments = pd.DataFrame(
        {"id": assignments["role_id"], "name": assignments["role"], "level": assignments["level"]}
    )
    columns = ["id", "name", "level", "predefined"]
    rows = pd.concat([role_list[columns].astype(object), assignments.astype(object)], ignore_index=True)
    rows = rows[rows["id"].notna()].drop_duplicates("id", ignore_index=True)
    no_roles = pd.DataFrame({"id": [SUPERUSER, OWNER], "name": [SUPERUSER, OWNER]})
    roles = pd.concat([rows.assign(real=True), no_roles.assign(real=False)], ignore_index=True)
    roles["name"] = roles["name"].where(roles["name"].notna(), roles["id"])
    roles["predefined"] = roles["predefined"].astype("boolean").fillna(False).astype(bool)
    return roles.where(roles.notna(), None)


def workspaces_of(inventory: Inventory) -> pd.DataFrame:
    """Return the listed workspaces, and those that appear only in assignments.

    Returns:
        `id`, `name` (the id if unknown), `owner_id` and `alive`: listed and not deleted.
    """
    import pandas as pd

    rows = inventory.workspaces.frame
    is_deleted = rows["status"].eq("deleted").fillna(False) | rows["desired_state"].eq("deleted").fillna(False)
    frame = rows[["id", "name", "owner_id"]].assign(alive=~is_deleted.astype(bool))
    assigned_ids = pd.DataFrame({"id": inventory.assignments.frame["workspace_id"].dropna().unique()})
    workspaces = pd.concat([frame.astype(object), assigned_ids.assign(alive=False).astype(object)], ignore_index=True)
    workspaces = workspaces[workspaces["id"].notna()].drop_duplicates("id", ignore_index=True)
    workspaces["name"] = workspaces["name"].where(workspaces["name"].notna(), workspaces["id"])
    return workspaces.assign(alive=workspaces["alive"].astype(bool))


def alive(inventory: Inventory) -> list[str]:
    """Return the ids of listed workspaces that are not deleted."""
    rows = workspaces_of(inventory)
    return [str(key) for key in rows.loc[rows["alive"], "id"]]


def _path(holder: Any, **more: Any) -> pd.DataFrame:
    import pandas as pd

    none = {"team": -1, "scope": ORGANIZATION, "workspace": -1, "project": -1}
    return pd.DataFrame({"holder": holder, **none, **more}, index=pd.RangeIndex(len(holder)))


def _indexes_of(values: pd.Series, ids: pd.Series) -> Any:
    """Return the index of each id among the known ones; -1 if it is missing or unknown."""
    import pandas as pd

    values = values.dropna()
    at = pd.Index(values).get_indexer(pd.Index(ids))
    return np.where(at < 0, -1, values.index.to_numpy()[at]) if len(values) else at


def _values_at(values: Any, places: Any) -> Any:
    """Return the values at these indexes, None for -1."""
    choices: Any = np.array([*values, None], dtype=object)
    return choices[np.asarray(places)]


def _prefix(word: str, values: Any) -> Any:
    return np.array([None if value is None else f"{word}{value}" for value in values], dtype=object)
