"""Predefined roles that include other roles, and the paths that are redundant because of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from zenpro_nb.access.model.columns import (
    ORGANIZATION,
    ORGANIZATION_ADMIN,
    PROJECT,
    PROJECT_ADMIN,
    WORKSPACE,
    WORKSPACE_ADMIN,
)

if TYPE_CHECKING:
    import pandas as pd

# The predefined roles that include others, strongest first; None: every other role, also custom ones, except those in
# `NOT_IMPLIED`. Organization Manager, Viewer, Member, Billing Admin, Stack Admin, Contributor and custom roles include
# no other role. Source: the documented descriptions of the roles (API facts 7.7).
IMPLIES: dict[str, frozenset[str] | None] = {
    ORGANIZATION_ADMIN: None,
    WORKSPACE_ADMIN: None,
    "Workspace Developer": frozenset(
        {"Workspace Viewer", "Workspace Contributor", "Project Developer", "Project Contributor", "Project Viewer"}
    ),
    "Workspace Viewer": frozenset({"Project Viewer"}),
    PROJECT_ADMIN: frozenset({"Project Developer", "Project Contributor", "Project Viewer"}),
    "Project Developer": frozenset({"Project Contributor", "Project Viewer"}),
}
NOT_IMPLIED = {WORKSPACE_ADMIN: ORGANIZATION_ADMIN}  # Workspace Admin does not include Organization Admin

# Predefined organization roles that apply to its workspaces (API facts 7.7): Organization Admin administers all of
# them, Organization Viewer can view and enter them. A Manager has "no automatic workspace access".
INHERITED = (ORGANIZATION_ADMIN, "Organization Viewer")


def includes(role: str, other: str) -> bool:
    """Return whether a predefined role certainly includes another predefined one of the same scope.

    >>> includes("Workspace Developer", "Workspace Viewer"), includes("Workspace Contributor", "Workspace Viewer")
    (True, False)
    >>> includes("Workspace Admin", "Stack Admin"), includes("Workspace Admin", "Workspace Admin")
    (True, False)
    """
    names = IMPLIES.get(role, frozenset())
    return other in names if names is not None else other not in (role, NOT_IMPLIED.get(role))


class Paths(Struct, frozen=True):
    """Paths as numbers, in display order; -1 means none.

    Attributes:
        holder: the index of the principal.
        role: the index in the table of roles.
        scope: the index of the scope.
        workspace, project: their indexes.
    """

    holder: Any
    role: Any
    scope: Any
    workspace: Any
    project: Any

    def at(self, scope: int) -> list[Any]:
        """Return the columns that together identify the principal and the object at a scope."""
        return [self.holder, self.workspace, self.project][: scope + 1]


def covering(paths: Paths, roles: pd.DataFrame) -> Any:
    """Return for each path the index of the path that covers it; -1 if there is none.

    If there are several, it is the strongest by the order of `IMPLIES`, then the first.

    Args:
        paths: the paths of all principals.
        roles: with `name`, `predefined` and `real`: False for superuser and owner, which are not roles.
    """
    indexes = np.full(len(paths.holder), -1)
    for name, covered in _table(roles):
        strong = ((roles["name"] == name) & roles["predefined"]).to_numpy()[paths.role]
        open_ = covered[paths.role] & (indexes < 0)
        for scope in _scopes_of(name):
            rows = np.flatnonzero(open_ & (indexes < 0) & (paths.scope >= scope))
            sources = np.flatnonzero(strong & (paths.scope == scope))
            indexes[rows] = _first_match(paths.at(scope), sources, rows)
    return indexes


def _table(roles: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """Yield each covering role with a boolean per role: whether it covers that role."""
    for name, names in IMPLIES.items():
        if names is None:
            spared = roles["name"].isin([name, NOT_IMPLIED.get(name, name)])
            yield name, (roles["real"] & ~(spared & roles["predefined"])).to_numpy()
        else:
            yield name, (roles["name"].isin(list(names)) & roles["predefined"]).to_numpy()


def _scopes_of(name: str) -> tuple[int, ...]:
    """Return the scopes at which to search for paths of the role: the workspace itself first."""
    if name == ORGANIZATION_ADMIN:
        return (WORKSPACE, ORGANIZATION)
    return (PROJECT,) if name.startswith("Project") else (WORKSPACE,)


def _first_match(keys: list[Any], sources: Any, rows: Any) -> Any:
    """Return for each row the first source with the same keys; -1 if there is none."""
    import pandas as pd  # heavy: only where a frame is made

    if not len(sources) or not len(rows):
        return np.full(len(rows), -1)
    joint = combination(*(np.concatenate([key[sources], key[rows]]) for key in keys))
    index = pd.Series(sources, index=joint[: len(sources)])
    index = index[~index.index.duplicated()]
    at = index.index.get_indexer(joint[len(sources) :])
    return np.where(at < 0, -1, index.to_numpy()[at])


def combination(*columns: Any) -> Any:
    """Return one number per row, equal for rows that are equal in all columns.

    >>> combination(np.array([1, 1, 2]), np.array([-1, -1, 0])).tolist()
    [0, 0, 1]
    """
    import pandas as pd  # heavy: only where a frame is made

    joint = pd.factorize(columns[0])[0].astype(np.int64)
    for column in columns[1:]:
        codes, words = pd.factorize(column)
        joint = pd.factorize(joint * (len(words) + 1) + codes)[0].astype(np.int64)
    return joint
