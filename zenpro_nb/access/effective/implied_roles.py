"""Which predefined role includes which, and which path of somebody therefore makes another one superfluous."""

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

# The predefined roles that include others, the strongest first; None: every other role, custom ones too, but those
# that `NOT_IMPLIED` names. Who holds Organization Manager, Viewer, Member, Billing Admin, Stack Admin, Contributor or a
# custom role has nothing else by it. Source: the documented texts of the roles (API facts 7.7).
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
NOT_IMPLIED = {
    WORKSPACE_ADMIN: ORGANIZATION_ADMIN
}  # an admin of the organization is not less for being one of a workspace

# Predefined roles of the organization that reach into its workspaces (API facts 7.7): the one administers all
# of them, the other sees and enters them. A Manager has "no automatic workspace access".
INHERITED = (ORGANIZATION_ADMIN, "Organization Viewer")


class Paths(Struct, frozen=True):
    """Paths as numbers, ordered as they are shown; -1 stands for none.

    Attributes:
        holder: who.
        role: place in the table of roles.
        scope: one of the three scopes.
        workspace, project: where.
    """

    holder: Any
    role: Any
    scope: Any
    workspace: Any
    project: Any

    def at(self, scope: int) -> list[Any]:
        """Return the numbers that together say who, and where at a scope."""
        return [self.holder, self.workspace, self.project][: scope + 1]


def covering(paths: Paths, roles: pd.DataFrame) -> Any:
    """Return for each path the place of the one that covers it, -1 where none does.

    Of several, it is the strongest by the order of `IMPLIES`, then the first.

    Args:
        paths: of everybody.
        roles: has `name`, `predefined`, and `real`: False for what is no role.
    """
    found = np.full(len(paths.holder), -1)
    for name, covered in _table(roles):
        strong = ((roles["name"] == name) & roles["predefined"]).to_numpy()[paths.role]
        open_ = covered[paths.role] & (found < 0)
        for scope in _scopes_of(name):
            rows = np.flatnonzero(open_ & (found < 0) & (paths.scope >= scope))
            sources = np.flatnonzero(strong & (paths.scope == scope))
            found[rows] = _first_match(paths.at(scope), sources, rows)
    return found


def _table(roles: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """Yield each covering role with a truth value for each role: whether it covers that one."""
    for name, names in IMPLIES.items():
        if names is None:
            spared = roles["name"].isin([name, NOT_IMPLIED.get(name, name)])
            yield name, (roles["real"] & ~(spared & roles["predefined"])).to_numpy()
        else:
            yield name, (roles["name"].isin(list(names)) & roles["predefined"]).to_numpy()


def _scopes_of(name: str) -> tuple[int, ...]:
    """Return the scopes at which paths of the role are looked for: what is said of the very workspace goes first."""
    if name == ORGANIZATION_ADMIN:
        return (WORKSPACE, ORGANIZATION)
    return (PROJECT,) if name.startswith("Project") else (WORKSPACE,)


def _first_match(keys: list[Any], sources: Any, rows: Any) -> Any:
    """Return for each of the rows the first of the sources with the same keys, -1 where there is none."""
    import pandas as pd  # heavy: only where a frame is made

    if not len(sources) or not len(rows):
        return np.full(len(rows), -1)
    joint = combined(*(np.concatenate([key[sources], key[rows]]) for key in keys))
    index = pd.Series(sources, index=joint[: len(sources)])
    index = index[~index.index.duplicated()]
    at = index.index.get_indexer(joint[len(sources) :])
    return np.where(at < 0, -1, index.to_numpy()[at])


def combined(*columns: Any) -> Any:
    """Return one number for each row, the same for the same numbers in all columns.

    >>> combined(np.array([1, 1, 2]), np.array([-1, -1, 0])).tolist()
    [0, 0, 1]
    """
    import pandas as pd  # heavy: only where a frame is made

    joint = pd.factorize(columns[0])[0].astype(np.int64)
    for column in columns[1:]:
        codes, words = pd.factorize(column)
        joint = pd.factorize(joint * (len(words) + 1) + codes)[0].astype(np.int64)
    return joint
