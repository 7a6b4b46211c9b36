"""Compute effective access: every path from a principal to a role at a scope, as a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from zenpro_nb import frames
from zenpro_nb.access.effective.implied_roles import Paths, combination, covering
from zenpro_nb.access.effective.paths import KEY_COLUMNS, AccessIndex
from zenpro_nb.access.model.columns import ACCESS, ARROW
from zenpro_nb.resources.nouns import words

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Inventory


def effective_access(inventory: Inventory) -> pd.DataFrame:
    """Return the effective access of all principals of an organization.

    Returns:
        A row for each principal, scope, role and path, with the columns of `ACCESS`; ordered by principal, scope (the
        organization first), workspace, project and path. Teams are expanded to their members. Paths that depend on a
        list with a gap are missing; see `missing`.

    Example:
        >>> from zenpro_nb.access import Inventory
        >>> found = effective_access(Inventory.of({
        ...     "users": [{"id": "1", "email": "ada@example.com"}],
        ...     "roles": [{"id": "7", "name": "Workspace Developer", "level": "workspace", "system_managed": True}],
        ...     "workspaces": [{"id": "9", "name": "ml-prod"}],
        ...     "assignments": [{"user_id": "1", "role_id": "7", "workspace_id": "9"}],
        ... }))
        >>> found["path"].tolist()
        ['ada@example.com → Workspace Developer → ml-prod']
    """
    import pandas as pd  # heavy: only where a frame is made

    tables = AccessIndex(inventory)
    paths = pd.concat(list(tables.assignments_of_holders()), ignore_index=True)
    return _access(tables, paths[paths["holder"] >= 0])


def roles_of_empty_teams(inventory: Inventory) -> pd.DataFrame:
    """Return the roles of teams without members, with the columns of `ACCESS`; `principal` is missing.

    Example:
        >>> from zenpro_nb.access import Inventory
        >>> found = roles_of_empty_teams(Inventory.of({
        ...     "teams": [{"id": "5", "name": "Alumni"}],
        ...     "team_members": [],
        ...     "roles": [{"id": "7", "name": "Workspace Developer", "level": "workspace", "system_managed": True}],
        ...     "workspaces": [{"id": "9", "name": "ml-prod"}],
        ...     "assignments": [{"team_id": "5", "role_id": "7", "workspace_id": "9"}],
        ... }))
        >>> found["path"].tolist()
        ['team Alumni → Workspace Developer → ml-prod']
    """
    import pandas as pd

    tables = AccessIndex(inventory)
    return _access(tables, pd.concat(list(tables.roles_of_empty_teams()), ignore_index=True))


def _access(tables: AccessIndex, paths: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    route = combination(*(paths[name].to_numpy() for name in KEY_COLUMNS))
    routes = paths.loc[~pd.Series(route, index=paths.index).duplicated(), KEY_COLUMNS]
    rank, words = tables.render(routes)
    rows = pd.DataFrame({"holder": paths["holder"].to_numpy(), "way": route}).drop_duplicates()
    who = pd.Series(_rank(tables.holders["principal"])).reindex(rows["holder"], fill_value=0)
    rows = rows.iloc[np.lexsort((rank[rows["way"].to_numpy()], who))]
    return _frame(tables, rows, routes, words)


def _frame(tables: AccessIndex, rows: pd.DataFrame, routes: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    holder, route = rows["holder"].to_numpy(), rows["way"].to_numpy()
    at = {name: routes[name].to_numpy()[route] for name in ("role", "scope", "workspace", "project")}
    stronger = covering(Paths(holder, **at), tables.roles)
    parts = [tables.holders.reindex(holder), words.take(route)]
    frame = pd.concat([part.reset_index(drop=True) for part in parts], axis=1)
    frame["path"] = (frame["principal"] + ARROW).fillna("") + frame["path"]
    frame["covered_by"] = frame["path"].take(np.maximum(stronger, 0)).reset_index(drop=True).where(stronger >= 0)
    frame_of_access = frames.with_types(ACCESS.columns, frame)
    return frames.declare(frame_of_access, ACCESS)


def _rank(texts: pd.Series) -> Any:
    """Return the dense rank of each text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.rank(pa.array(texts, pa.large_string(), from_pandas=True), tiebreaker="dense").to_numpy()


# The consequences if one of these lists is missing or incomplete. The list of users is joined from them, with the same
# gaps.
_REQUIRED_COLUMNS = {
    "assignments": "assigned roles are missing",
    "team_members": "roles that come through teams are missing",
    "roles": "it is unknown which roles are predefined",
    "workspaces": "superusers, owners, and roles that apply to every workspace are missing there",
    "invitations": "it is unknown whether an invitation is still open",
    "service_accounts": "service accounts may be shown as users",
}


def missing(inventory: Inventory) -> list[str]:
    """Return one sentence per missing or incomplete list, with the consequence for effective access."""
    why = {name: inventory[name].gap_text for name in _REQUIRED_COLUMNS}
    lines = [f"{words(name)}: {_REQUIRED_COLUMNS[name]}. {reason}" for name, reason in why.items() if reason]
    if not inventory.users.knows("is_superuser"):
        lines.append("users: the server does not return who is a superuser.")
    return lines
