"""The columns that decide in a table, with those in which rows differ that would otherwise look the same."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from zenpro_nb.ui.cells import TableColumn

_PLACE = 2  # after the most important column, which is usually a name
_MOST = 2  # columns that are added


def with_distinct_rows(columns: Sequence[TableColumn]) -> list[TableColumn]:
    """Return the columns; those that tell rows with the same deciding texts apart decide too.

    A table without deciding columns stays as it is, and so does one whose rows differ only in ids.

    >>> from zenpro_nb.ui.cells import Cell
    >>> cells = {"name": ["ada", "ada"], "role": ["Admin", "Admin"], "scope": ["dev", "prod"]}
    >>> columns = [TableColumn(name, list(map(Cell, texts)), deciding=at)
    ...            for at, (name, texts) in zip((1, 2, 0), cells.items())]
    >>> [(column.name, column.deciding) for column in with_distinct_rows(columns)]
    [('name', 1), ('role', 3), ('scope', 2)]
    """
    found = list(columns)
    if not any(column.deciding for column in found):
        return found
    for _ in range(_MOST):
        keys = _rows([column for column in found if column.deciding])
        different = len(set(keys))
        if different == len(keys):
            break
        gains = [
            0 if column.deciding or column.key or column.index else len(set(zip(keys, _texts(column), strict=True)))
            for column in found
        ]
        best = max(gains)
        if best <= different:
            break
        place = gains.index(best)
        found = [
            replace(column, deciding=column.deciding + 1) if column.deciding >= _PLACE else column for column in found
        ]
        found[place] = replace(found[place], deciding=_PLACE)
    return found


def _rows(columns: Sequence[TableColumn]) -> list[tuple[str, ...]]:
    return list(zip(*map(_texts, columns), strict=True))


def _texts(column: TableColumn) -> list[str]:
    return [cell.display for cell in column.cells]
