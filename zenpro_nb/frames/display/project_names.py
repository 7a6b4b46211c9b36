"""Names in place of the IDs of projects, in what is displayed. The control plane lists roles by project ID."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from zenpro_nb.security import printable
from zenpro_nb.ui.cells import Cell, TableColumn

Names = Mapping[str, str]

_ID = re.compile(r"\b([0-9a-f]{8})(?:…|-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)")


def with_project_names(columns: Sequence[TableColumn], names: Names) -> list[TableColumn]:
    """Return the columns with the names of projects. The ID is the hint of its cell.

    >>> key = "6c187095-1f12-4de4-98fb-cb7e41cf7eda"
    >>> cells = [Cell(key, short="6c187095…"), Cell("project 6c187095… of ml-prod")]
    >>> column = TableColumn("project_id", cells, key=True)
    >>> [cell.display for cell in with_project_names([column], {key: "churn"})[0].cells]
    ['churn', 'project churn of ml-prod']
    """
    return [_column(column, names) for column in columns] if names else list(columns)


def named_text(text: str, names: Names) -> str:
    """Return a text with the names of projects in place of their ids."""

    def name(found: re.Match[str]) -> str:
        if found[0] in names:
            return names[found[0]]
        keys = [key for key in names if key.startswith(found[1])] if found[0].endswith("…") else []
        return names[keys[0]] if len(keys) == 1 else found[0]

    return _ID.sub(name, text) if names else text


def _column(column: TableColumn, names: Names) -> TableColumn:
    cells = [_cell(cell, names) for cell in column.cells]
    changed = any(new is not old for new, old in zip(cells, column.cells, strict=True))
    return replace(column, cells=cells, key=False) if changed else column


def _cell(cell: Cell, names: Names) -> Cell:
    if not _ID.search(cell.text):
        return cell
    text = printable.cell(named_text(cell.text, names))
    return cell if text == cell.text else replace(cell, text=text, short="", hint=cell.text)
