"""Display effective access: the matrix as a heat map, and one principal as a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import frames, limits
from zenpro_nb.access.effective.matrix import PLUS
from zenpro_nb.access.effective.role_views import column_values
from zenpro_nb.access.model.columns import (
    ARROW,
    BOT,
    BY_ORGANIZATION,
    BY_OWNER,
    BY_SUPERUSER,
    INVITATION,
    ORGANIZATION_ADMIN,
    OWNER,
    PROJECT_ADMIN,
    SUPERUSER,
    VIA,
    WORKSPACE_ADMIN,
)
from zenpro_nb.syntax.counts import counted
from zenpro_nb.ui import trees
from zenpro_nb.ui.cells import Cell, TableColumn
from zenpro_nb.ui.trees import Branch
from zenpro_nb.ui.wrapping import wrap

if TYPE_CHECKING:
    import pandas as pd

HEAT_MAP, TREE = "access-matrix", "access-tree"
_OUT, _OPEN = "⊘", "✉"
_SIGNS = {"inactive": (_OUT, "deactivated"), "invited": (_OPEN, "invited")}
# The background of a cell, by its strongest role; the permissions of any other role are unknown.
_TONES = {
    **dict.fromkeys((SUPERUSER, OWNER, ORGANIZATION_ADMIN, WORKSPACE_ADMIN), "heat-3"),
    **dict.fromkeys(("Workspace Developer", "Project Developer", PROJECT_ADMIN), "heat-2"),
    **dict.fromkeys(
        ("Workspace Contributor", "Workspace Viewer", "Organization Viewer", "Project Contributor", "Project Viewer"),
        "heat-1",
    ),
}
_OTHER = "heat-0"
_SHORT = {"Organization ": "Org ", "Workspace Developer": "Developer", "Workspace Viewer": "Viewer"}
_SHORT |= {"Workspace Contributor": "Contributor"}
_STATES: dict[Any, str] = {
    BOT: "service account",
    INVITATION: "invited",
    True: "active",
    False: f"{_OUT} deactivated",
}
_REQUIRED_COLUMNS = {"principal", "role", "scope", "workspace", "via", "path", "team_id", "covered_by"}


def about(access: pd.DataFrame, principal_name: str = "") -> dict[str, Any]:
    """Return facts about the principals that the views need, for the frame's attrs.

    Args:
        access: effective access.
        principal_name: the full name, if there is only one principal.
    """
    who = access.drop_duplicates("principal")
    out, invited = who["active"].eq(False).fillna(False), who["kind"] == INVITATION
    return {
        "inactive": who.loc[out, "principal"].tolist(),
        "invited": who.loc[invited, "principal"].tolist(),
        "principal_name": principal_name,
    }


def _heat_map(frame: pd.DataFrame, excerpt: frames.Excerpt) -> frames.Excerpt:
    """Return the table of a matrix with colors, short names, and signs after principals who cannot sign in."""
    facts = frames.facts(frame)
    signs = {who: sign for name, sign in _SIGNS.items() for who in facts.get(name) or ()}
    columns = [_mark(column, signs) if column.index else _heat(column) for column in excerpt.columns]
    there = {signs.get(cell.text) for column in excerpt.columns if column.index for cell in column.cells}
    notes = [" ".join(sign) for sign in _SIGNS.values() if sign in there]
    return replace(excerpt, columns=columns, notes=[counted(len(frame.columns), "workspace"), *notes])


def _mark(column: TableColumn, signs: dict[str, tuple[str, str]]) -> TableColumn:
    cells = []
    for cell in column.cells:
        sign, word = signs.get(cell.text, ("", ""))
        marked = replace(cell, text=f"{cell.text} {sign}", hint=word) if sign else cell
        cells.append(replace(marked, tone="name"))
    return replace(column, cells=cells)


def _heat(column: TableColumn) -> TableColumn:
    return replace(column, cells=[_warm(cell) for cell in column.cells])


def _warm(cell: Cell) -> Cell:
    if cell.quiet:
        return Cell("", quiet=True) if cell.nothing else cell
    roles = cell.text.split(PLUS)
    tones = {_TONES.get(role, _OTHER) for role in roles}
    # The permissions of a custom role are unknown here and may exceed the others.
    tone = "heat-3" if "heat-3" in tones else _OTHER if _OTHER in tones else max(tones)
    short = PLUS.join(_shorten(role) for role in roles)
    return replace(cell, tone=tone, short=short if short != cell.text else "")


def _shorten(role: str) -> str:
    for long, short in _SHORT.items():
        if role in (*_TONES,) and role.startswith(long):
            return role.replace(long, short, 1)
    return role


def _tree_of(frame: pd.DataFrame) -> Branch | None:
    """Return the tree of one principal's paths; None if the frame has several principals or lacks columns."""
    if not set(frame.columns) >= _REQUIRED_COLUMNS or frame["principal"].nunique() != 1:
        return None
    # An account and an invitation with the same email are two principals.
    ids = [name for name in ("user_id", "invitation_id") if name in frame.columns]
    if ids and len(frame[ids].drop_duplicates()) > 1:
        return None
    facts = frames.facts(frame)
    first = next(column_values(frame, "principal", *(name for name in ("kind", "active") if name in frame.columns)))
    states = [facts.get("principal_name") or "", *(_STATES.get(state, "") for state in first[1:])]
    line = " · ".join(part for part in states if part)
    # Two teams can have the same name; their ids keep their branches apart.
    names = [
        (*_group(*row), row[3] or "") for row in column_values(frame, "principal", "role", "via", "team_id", "path")
    ]
    numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    rows = frame.assign(group=[numbers[name] for name in names])
    branches = [_branch(name[1], rows[rows["group"] == number]) for name, number in numbers.items()]
    return Branch(f"· {line}" if line else "", strong=str(first[0]), children=branches)


def _group(principal: str, role: str, via: str, team_id: str | None, path: str) -> tuple[int, str]:
    """Return the order and the name of the branch of a path."""
    if via == VIA[BY_SUPERUSER]:
        return 0, SUPERUSER
    if via == VIA[BY_OWNER]:
        return 3, OWNER
    if team_id is None:
        return 1, "directly"
    rest = path.removeprefix(principal + ARROW)
    return 2, rest[: rest.index(ARROW + role + ARROW)].removeprefix("team ")


def _branch(name: str, rows: pd.DataFrame) -> Branch:
    if name in (SUPERUSER, OWNER) and set(rows["via"]) <= {SUPERUSER, OWNER}:
        places = rows["workspace"].dropna().astype(str).tolist()
        return Branch(
            f"{name} of {place_list(places)}" if name == OWNER else f"{name}: everything in {place_list(places)}"
        )
    children = list(_roles(rows))
    if name == "directly" and rows["team_id"].isna().all():
        return Branch(name, children=children)
    return Branch("", strong=f"team {name}", children=children)


def _roles(rows: pd.DataFrame) -> Iterator[Branch]:
    """Yield one line per role and scope; below an organization role, the workspaces that it applies to."""
    reaching = rows["via"] == VIA[BY_ORGANIZATION]
    reached = rows[reaching].groupby("role", observed=True)["workspace"].agg(list).to_dict()
    for role, path, covered in column_values(rows[~reaching], "role", "path", "covered_by"):
        where = path[path.index(ARROW + role + ARROW) + len(ARROW + role + ARROW) :]
        note = f"covered by {covered.partition(ARROW)[2]}" if covered is not None else ""
        places = [str(workspace) for workspace in reached.pop(role, ())]
        below = [Branch(f"which includes {place_list(places)}")] if places else []
        yield Branch(f"{role}{ARROW}{where}", note=note, children=below)
    for role, places in reached.items():
        yield Branch(f"{role} in {place_list(list(map(str, places)))}")


def place_list(places: Sequence[str]) -> str:
    """Return the names, or the first names and the number of the others."""
    names = ", ".join(places[: limits.NAMES_IN_MESSAGE])
    more = len(places) - limits.NAMES_IN_MESSAGE
    return f"{names} and {more:,} more" if more > 0 else names or "no workspace"


def _html(frame: pd.DataFrame) -> str | None:
    tree = _tree_of(frame)
    return None if tree is None else trees.html(tree) + frames.foot_html(frames.foot_parts(frame))


def _text(frame: pd.DataFrame, width: int | None) -> str | None:
    tree = _tree_of(frame)
    return None if tree is None else f"{trees.text(tree, width)}\n{wrap(f'[{frames.foot_line(frame)}]', width)}"


frames.register_view(HEAT_MAP, frames.View(dress=_heat_map, folds=False))
frames.register_view(TREE, frames.View(html=_html, text=_text))
