"""Decide who is allowed to perform an action, and why: effective access joined with the allowing roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from zenpro_nb import frames
from zenpro_nb.access.effective.paths import alive, roles_of, workspaces_of
from zenpro_nb.access.model.columns import (
    BY_OWNER,
    BY_SUPERUSER,
    INVITATION,
    NO,
    ORGANIZATION,
    ORGANIZATION_ADMIN,
    PROJECT,
    PROJECT_ADMIN,
    SCOPES,
    UNKNOWN,
    VERDICTS,
    VIA,
    WORKSPACE,
    WORKSPACE_ADMIN,
    YES,
)
from zenpro_nb.resources.model import DataType
from zenpro_nb.resources.rights import OF_PROJECTS, PROJECT_TYPES, TYPES

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Inventory

_PLACE = ["holder", "place"]
_WHOLE = ""  # the place of the organization itself, and the project of all projects
_UNSEEN = ", except for resources that they created or that are shared with them"
_DEACTIVATED = " (deactivated: cannot sign in, but keeps the permissions)"
_INVITED = " (once the invitation is accepted)"
_UNDOCUMENTED = "an organization role allows it, but it is not documented whether the role applies to workspaces: "
_DELETED = " (the workspace is deleted)"


class Question(Struct, frozen=True):
    """A question about access: an action on a type of resource, and its places.

    Attributes:
        action: such as `delete`.
        resource: such as `stack`.
        workspaces: the ids of the workspaces; None: the organization itself, for the control plane's own types.
        project: the only project; None: all.
    """

    action: str
    resource: str
    workspaces: Sequence[str] | None
    project: str | None = None

    @property
    def places(self) -> list[str]:
        """Return the workspaces, or the place of the organization itself."""
        return [_WHOLE] if self.workspaces is None else list(self.workspaces)


def verdicts(inventory: Inventory, access: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Return which principals are allowed to perform the action, and why.

    The verdicts agree with effective access: "yes" in a workspace needs a path into that workspace. An organization
        role without a path there, such as a custom role, makes it "unknown": it is not documented whether such roles
        apply to workspaces. If the inventory does not contain which roles allow it, the verdict is "yes" for
        superusers, owners and the documented administrators, and "unknown" for all others.

    Args:
        inventory: contains which roles allow it, see `roles_allowing`.
        access: the effective access of all principals in it.
        question: the question. Returns:
        The columns of `VERDICTS`, one row per principal and workspace with a path into the workspace or an organization
        role that allows it; for types inside projects, another row per project with a different verdict. Ordered by
        verdict (yes, unknown, no), principal, workspace and project.

    Example:
        >>> from zenpro_nb.access import Inventory, effective_access
        >>> found = Inventory.of({
        ...     "users": [{"id": "1", "email": "ada@example.com"}],
        ...     "roles": [{"id": "7", "name": "Stack Admin", "level": "workspace"}],
        ...     "workspaces": [{"id": "9", "name": "ml-prod"}],
        ...     "assignments": [{"user_id": "1", "role_id": "7", "workspace_id": "9"}],
        ...     "permissions": [{"action": "delete", "resource": "stack", "known": True, "role_id": "7"}],
        ... })
        >>> verdicts(found, effective_access(found), Question("delete", "stack", ["9"]))["reason"].tolist()
        ['Stack Admin allows it: ada@example.com → Stack Admin → ml-prod']
    """
    import pandas as pd  # heavy: only where a frame is made

    roles, is_complete = allowing_roles(inventory, question)
    paths = access.assign(
        holder=access["user_id"].where(access["user_id"].notna(), access["invitation_id"]).astype(object),
        place=access["workspace_id"].astype(object).where(access["workspace_id"].notna(), _WHOLE),
        project=access["project_id"].astype(object).where(access["project_id"].notna(), _WHOLE),
    )
    inside = paths[paths["place"].isin(question.places)]
    reasons = _reasons(inside, question, roles)
    everywhere = reasons[reasons["project"] == _WHOLE]
    undocumented = _undocumented_permissions(paths, question, roles, alive(inventory))
    people = pd.concat([inside[_PLACE], undocumented[_PLACE]]).drop_duplicates()
    rows = people.merge(everywhere, on=_PLACE, how="left")
    inner = reasons[(reasons["project"] != _WHOLE) & ~_among(reasons, everywhere)]
    if question.project is not None:
        rows = rows[~_among(rows, inner)].assign(project=question.project)
    rows = pd.concat([rows, inner], ignore_index=True)
    perhaps = undocumented.set_index(_PLACE)["path"].reindex(pd.MultiIndex.from_frame(rows[_PLACE])).to_numpy()
    rows["perhaps"] = pd.Series(perhaps, index=rows.index, dtype=object).where(rows["path"].isna())
    workspaces = workspaces_of(inventory).set_index("id")
    return _render(rows, paths, workspaces, _role_names(inside, question), question, is_complete=is_complete)


def allowing_roles(inventory: Inventory, question: Question) -> tuple[frozenset[str], bool]:
    """Return the ids of the roles that allow it, and whether the server returned them.

    Otherwise they are the roles whose documentation allows it.
    """
    # Organization Admin has every permission: if the server returns no role at all, it does not support the filter.
    allowed = inventory.roles_allowing(question.action, question.resource) or None
    return (_documented_permissions(inventory, question), False) if allowed is None else (allowed, True)


def _documented_permissions(inventory: Inventory, question: Question) -> frozenset[str]:
    """Return the roles whose documentation allows it (API facts 7.7)."""
    names = {ORGANIZATION_ADMIN}
    if question.resource in TYPES:
        names.add(WORKSPACE_ADMIN)
    if question.resource in PROJECT_TYPES:
        names.add(PROJECT_ADMIN)
    roles = roles_of(inventory)
    return frozenset(roles.loc[roles["name"].isin(names) & roles["predefined"], "id"])


def _undocumented_permissions(
    paths: pd.DataFrame, question: Question, roles: frozenset[str], workspaces: Sequence[str]
) -> pd.DataFrame:
    """Return the principals with an organization role that allows it, with each workspace it may apply to.

    Args:
        paths: the paths of all principals. question: the question.
        roles: the ids of the roles that allow it. workspaces: the ids of workspaces that are not deleted.
    """
    import pandas as pd

    places = [] if question.workspaces is None else [key for key in question.places if key in set(workspaces)]
    allowing = paths[paths["role_id"].isin(roles) & (paths["scope"] == SCOPES[ORGANIZATION])]
    first = allowing.sort_values("path", kind="stable").drop_duplicates("holder")[["holder", "path"]].astype(object)
    return first.merge(pd.DataFrame({"place": pd.Series(places, dtype=object)}), how="cross")


def _reasons(inside: pd.DataFrame, question: Question, roles: frozenset[str]) -> pd.DataFrame:
    """Return the first reason why it is allowed, per principal, place and project.

    Superusers and owners come first, then organization roles that apply to the workspace, then other roles.

    Args:
        inside: the paths into the places of the question. question: the question. roles: the ids of the roles that
            allow it.
    """
    import pandas as pd

    above = inside[inside["via"].isin([VIA[BY_SUPERUSER], VIA[BY_OWNER]])]
    there = inside[inside["role_id"].isin(roles)]
    inner = there["scope"] == SCOPES[PROJECT]
    fits = pd.Series(question.resource in OF_PROJECTS, index=there.index)
    if question.project is not None:
        fits &= there["project"] == question.project
    rows = pd.concat(
        [
            above.assign(rank=(above["via"] == VIA[BY_OWNER]).astype(int)),
            there[~inner | fits].assign(rank=np.where(there.loc[~inner | fits, "level"] == SCOPES[ORGANIZATION], 2, 3)),
        ],
        ignore_index=True,
    )
    rows = rows.sort_values(["rank", "path"], kind="stable").drop_duplicates([*_PLACE, "project"])
    return rows[[*_PLACE, "project", "path", "role", "via"]].astype(object)


def _among(rows: pd.DataFrame, others: pd.DataFrame) -> Any:
    """Return which rows have the same principal and place as one of the others."""
    import pandas as pd

    return pd.MultiIndex.from_frame(rows[_PLACE]).isin(pd.MultiIndex.from_frame(others[_PLACE]))


def _role_names(inside: pd.DataFrame, question: Question) -> pd.Series:
    """Return the joined names of the roles of a principal at a place, by principal and place."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = inside[inside["role_id"].notna() & inside["project"].isin([_WHOLE, question.project])]
    table = pa.table({name: pa.array(rows[name].astype(object), pa.string()) for name in (*_PLACE, "role")})
    names = table.group_by(_PLACE, use_threads=False).aggregate([("role", "distinct")])
    places = pd.MultiIndex.from_arrays([names.column(name).to_pandas() for name in _PLACE])
    return pd.Series(pc.binary_join(names.column("role_distinct"), ", ").to_pandas().to_numpy(), index=places)


def _render(
    rows: pd.DataFrame,
    paths: pd.DataFrame,
    workspaces: pd.DataFrame,
    role_names: pd.Series,
    question: Question,
    *,
    is_complete: bool,
) -> pd.DataFrame:
    """Return the rows with the columns of `VERDICTS`.

    Args:
        rows: principals, places and projects, with the path that allows it, if any, and `perhaps`: the path of an
            organization role that may allow it there.
        paths: the paths of all principals. workspaces: their `name`, and whether they are `alive`, by id.
        role_names: the names of the roles of a principal at a place. question: the question. known: whether the server
            returned which roles allow it.
    """
    yes = rows["path"].notna()
    who = paths.drop_duplicates("holder").set_index("holder")
    inner = rows["project"].notna() & (rows["project"] != _WHOLE)
    whole = ORGANIZATION if question.workspaces is None else WORKSPACE
    of_holder = ("principal", "kind", "active", "user_id", "invitation_id")
    table = rows[[]].assign(
        **{name: who[name].reindex(rows["holder"]).array for name in of_holder},
        verdict=np.where(yes, YES, np.where(rows["perhaps"].isna(), NO if is_complete else UNKNOWN, UNKNOWN)),
        action=question.action,
        resource=question.resource,
        scope=np.where(inner, SCOPES[PROJECT], SCOPES[whole]),
        workspace=rows["place"].map(workspaces["name"]),
        project_id=rows["project"].where(inner),
        basis=_basis(rows, yes, is_complete=is_complete),
        workspace_id=rows["place"].where(rows["place"] != _WHOLE),
    )
    table["reason"] = _reason_of(rows, yes, role_names, question, is_complete=is_complete) + np.select(
        [table["kind"] == INVITATION, table["active"].eq(False).fillna(False).to_numpy(dtype=bool)],
        [_INVITED, _DEACTIVATED],
        "",
    ).astype(object)
    is_deleted = rows["place"].map(workspaces["alive"]).eq(False) & yes
    table["reason"] = table["reason"].mask(is_deleted, table["reason"] + _DELETED)
    # All values are texts here and are typed column by column; typing value by value would take longer than all joins.
    texts = [column for column in VERDICTS.columns if column.kind is not DataType.BOOL]
    table = table.astype({column.name: frames.dtype_of(DataType.TEXT) for column in texts})
    table = table.astype({column.name: "category" for column in texts if column.kind is DataType.CATEGORY})
    table = frames.with_types(VERDICTS.columns, table)
    table = frames.sort(table, "principal,workspace,project_id")
    # Those who can do it first: a long table is displayed in part.
    order = table["verdict"].astype(object).map({YES: 0, UNKNOWN: 1, NO: 2}).argsort(kind="stable")
    return frames.declare(table.iloc[order].reset_index(drop=True), VERDICTS)


def _basis(rows: pd.DataFrame, yes: pd.Series, *, is_complete: bool) -> pd.Series:
    import pandas as pd

    basis = pd.Series("queried" if is_complete else "documented", index=rows.index, dtype=object)
    basis = basis.mask(rows["via"] == VIA[BY_SUPERUSER], "documented").mask(rows["via"] == VIA[BY_OWNER], "inferred")
    return basis.where(yes | (is_complete & rows["perhaps"].isna()))


def _reason_of(
    rows: pd.DataFrame, yes: pd.Series, role_names: pd.Series, question: Question, *, is_complete: bool
) -> pd.Series:
    """Return the reason of each row, without the remark on deactivated and invited principals."""
    import pandas as pd

    roles = pd.Series(
        role_names.reindex(pd.MultiIndex.from_frame(rows[_PLACE])).to_numpy(), index=rows.index, dtype=object
    )
    none = ("none of their roles there (" + roles + ") allows it").where(
        roles.notna(), "they have no role there that allows it"
    )
    otherwise = none + ("" if question.action == "create" else _UNSEEN)
    perhaps = rows["perhaps"].notna()
    otherwise = otherwise.mask(perhaps, _UNDOCUMENTED + rows["perhaps"].astype(object))
    if not is_complete:
        otherwise = pd.Series("the server does not return which roles allow it", index=rows.index, dtype=object)
    by_role = rows["role"] + " allows it: " + rows["path"]
    by_role = by_role.mask(rows["via"] == VIA[BY_SUPERUSER], "a superuser has every permission")
    by_role = by_role.mask(rows["via"] == VIA[BY_OWNER], "owns the workspace, which includes every permission in it")
    return by_role.where(yes, otherwise)
