"""Effective access as a matrix: principals by workspaces; each cell contains the roles that no other role covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import frames
from zenpro_nb.access.effective.implied_roles import IMPLIES
from zenpro_nb.access.model.columns import OWNER, SUPERUSER
from zenpro_nb.resources.model import Table
from zenpro_nb.syntax.ids import is_id

if TYPE_CHECKING:
    import pandas as pd

MATRIX = Table(
    noun="principals",
    columns=(),
    help="Principals by workspaces.",
    # No route: computed from an inventory.
)
PLUS = " + "
# The order of the roles in a cell; all others come last, by name.
_FIRST = (SUPERUSER, OWNER, *IMPLIES)


def matrix(access: pd.DataFrame) -> pd.DataFrame:
    """Return the matrix of principals by workspaces.

    Args:
        access: effective access, or some of its rows.

    Returns:
        An index `principal`, and a text column per workspace, sorted by name: the roles that no other role covers,
            joined by " + "; missing if there are none. A role in a project counts for the workspace. A column is named
            after its workspace, with the id if several workspaces have the same name.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = access[access["workspace_id"].notna() & access["covered_by"].isna()]
    who = rows["user_id"].where(rows["user_id"].notna(), rows["invitation_id"])
    role = rows["role"].astype(object)
    ranks = role.map({name: at for at, name in enumerate(_FIRST)}).fillna(len(_FIRST))
    workspace = rows["workspace_id"].astype(object)
    cells = pd.DataFrame({"who": who, "workspace": workspace, "role": role, "rank": ranks})
    cells = cells.drop_duplicates(["who", "workspace", "role"]).sort_values(["rank", "role"])
    table = pa.table({name: pa.array(cells[name].astype(object), pa.string()) for name in ("who", "workspace", "role")})
    groups = table.group_by(["who", "workspace"], use_threads=False).aggregate([("role", "list")])
    pairs = groups.select(["who", "workspace"]).to_pandas()
    pairs["roles"] = pc.binary_join(groups.column("role_list"), PLUS).to_pandas()
    wide = pairs.pivot(index="who", columns="workspace", values="roles").rename(columns=_titles(rows))
    names = access.assign(who=access["user_id"].where(access["user_id"].notna(), access["invitation_id"]))
    names = names.drop_duplicates("who").set_index("who")
    wide = wide.reindex(names.index[names.index.isin(wide.index)])
    principals = names["principal"].reindex(wide.index)
    table_frame = pd.DataFrame(
        # A workspace that is no longer listed has no name; its id is sorted last.
        {name: pd.array(wide[name], dtype=principals.dtype) for name in sorted(wide.columns, key=_place)},
        index=pd.Index(principals.to_numpy(), name="principal", dtype=object),
    )
    table_frame.columns.name = None
    return frames.declare(table_frame, MATRIX)


def _titles(rows: pd.DataFrame) -> dict[str, str]:
    """Return the column title of each workspace by its id, because names are not unique."""
    pairs = rows[["workspace_id", "workspace"]].astype(object).drop_duplicates("workspace_id")
    shared = pairs["workspace"].duplicated(keep=False)
    titles = pairs["workspace"].mask(shared, pairs["workspace"] + " (" + pairs["workspace_id"] + ")")
    return dict(zip(pairs["workspace_id"], titles, strict=True))


def _place(workspace: str) -> tuple[bool, str]:
    return is_id(workspace), workspace
