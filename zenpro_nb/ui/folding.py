"""Which columns of a table are folded away if it is wider than the page or the terminal, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.limits import TABLE_PROSE, TABLE_PROSE_WIDE, TABLE_SPARSE
from zenpro_nb.ui.cells import TableColumn


class FoldingOrder(Struct, frozen=True):
    """The columns of a table that can be folded away, the first ones first.

    Attributes:
        columns: empty columns, ids, web addresses, parts of requests, columns with a single value, few values, or the
            values of an earlier column, the rest from the right, and the columns that decide, the most important one
            last.
        redundant: the number of columns that are folded before sentences of the others get narrow.
        minor: the number of columns that are folded before long names of the others are cut or wrapped.
    """

    columns: Sequence[TableColumn]
    redundant: int
    minor: int

    def without(self, columns: Sequence[TableColumn]) -> FoldingOrder:
        """Return the order in which the other columns are folded away."""
        staying = set(map(id, columns))
        parts = self.columns[: self.redundant], self.columns[self.redundant : self.minor], self.columns[self.minor :]
        first, second, third = ([column for column in part if id(column) not in staying] for part in parts)
        return FoldingOrder([*first, *second, *third], len(first), len(first) + len(second))

    def width_at(self, folded_count: int, column: TableColumn) -> int:
        """Return the width that a column should have while only this number of columns is folded away."""
        if not column.prose:
            return column.width
        return min(column.width, TABLE_PROSE_WIDE if folded_count < self.redundant else TABLE_PROSE)


def fold(columns: Sequence[TableColumn], width: int, gap: int = 2) -> tuple[list[TableColumn], list[TableColumn]]:
    """Return the columns that fit side by side, and the ones to fold away. If all fit, their order does not change.

    Otherwise, ids come last.
    """
    if total_width(columns, gap) <= width:
        return list(columns), []
    columns_in_order = visible = ids_last(columns)
    order = folding_order(visible)
    for folded_count, column in enumerate(order.columns):
        free = width - sum(order.width_at(folded_count, other) + gap for other in visible) + gap
        if free >= 0:
            back = put_back(
                order,
                folded_count,
                visible,
                width + gap,
                lambda count, other: order.width_at(count, other) + gap,
                hints=True,
            )
            visible = among(columns_in_order, [*visible, *back])
            break
        visible = [other for other in visible if other is not column]
    return visible, [column for column in columns if not any(column is item for item in visible)]


def put_back(
    order: FoldingOrder,
    folded_count: int,
    visible: Sequence[TableColumn],
    width: float,
    width_of: Callable[[int, TableColumn], float],
    *,
    hints: bool,
) -> list[TableColumn]:
    """Return the folded columns that fit into the width that remains, the most important ones first.

    A wide column that does not fit leaves space for narrower ones that were folded before it. Ids and other redundant
    columns come back only if the sentences of the visible columns are not narrowed for them. An id does not take the
    space of a column that decides, nor, if nothing shows the whole id, that of any other.

    Args:
        order: of all columns.
        folded_count: the number of columns that are folded away.
        visible: the other columns.
        width: that all columns can have, each including the gap.
        width_of: returns the width that a column needs while this number of columns is folded away, including the gap.
        hints: the whole text of a shortened id is shown on hover.
    """
    back: list[TableColumn] = []
    ids = True
    free = width - sum(width_of(folded_count, column) for column in visible)
    narrowed = sum(width_of(0, column) - width_of(folded_count, column) for column in visible)
    for place in reversed(range(folded_count)):
        column = order.columns[place]
        needed = width_of(folded_count, column)
        if column.empty or (column.key and not column.deciding and not ids):
            continue
        if needed <= (free - narrowed if place < order.redundant else free):
            back.append(column)
            free -= needed
        else:
            ids &= hints and not column.deciding
    return back


def among(columns: Sequence[TableColumn], some: Sequence[TableColumn]) -> list[TableColumn]:
    """Return those of the columns that are among some others, in their own order."""
    identities = set(map(id, some))
    return [column for column in columns if id(column) in identities]


def ids_last(columns: Sequence[TableColumn]) -> list[TableColumn]:
    """Return the columns with those of ids at the end."""
    return sorted(columns, key=lambda column: column.key and not column.deciding)


def folding_order(columns: Sequence[TableColumn]) -> FoldingOrder:
    """Return the columns that can be folded away. One always stays.

    Example:
        >>> from zenpro_nb.ui.cells import Cell
        >>> cells = {"name": "ab", "status": "xy", "id": "12", "level": "oo", "note": "st"}
        >>> columns = [TableColumn(name, list(map(Cell, text)), key=name == "id", deciding=int(name == "name"))
        ...            for name, text in cells.items()]
        >>> [column.name for column in folding_order(columns).columns]
        ['id', 'level', 'note', 'status']
    """
    ranks = _ranks(columns)
    order = sorted((column for column in reversed(columns) if not column.index), key=lambda column: ranks[id(column)])
    places = [ranks[id(column)][0] for column in order]
    return FoldingOrder(order[:-1], sum(place < _OTHER for place in places), sum(place < _DECIDING for place in places))


def kept(columns: Sequence[TableColumn], told: str) -> list[TableColumn]:
    """Return the columns that a row is not shown without: the first ones that decide, and a command that does.

    Args:
        columns: of the whole table.
        told: the line below the table. If it names the value that all rows share, no column has to.
    """
    ranks = _ranks(columns)
    staying = [column for column in columns if column.vital or (column.deciding and column.command)]
    return [
        column
        for column in staying
        if (rank := ranks[id(column)][0]) == _DECIDING or (rank == _SINGLE_PLACE and column.cells[0].text not in told)
    ]


_EMPTY, _ID, _ADDRESS, _REQUEST, _REDUNDANT, _OTHER, _SINGLE_PLACE, _DECIDING = range(8)


def _ranks(columns: Sequence[TableColumn]) -> dict[int, tuple[int, int]]:
    ranks, kinds = {}, set()
    for column in columns:
        if column.index:
            continue
        texts = tuple(cell.text for cell in column.cells)
        if column.empty:
            rank = _EMPTY
        elif column.deciding:
            rank = _deciding_rank(column, texts in kinds)
        elif column.solid:
            rank = _REQUEST
        elif column.key:
            rank = _ID
        elif column.address:
            rank = _ADDRESS
        else:
            is_redundant = column.constant or column.sparse or texts in kinds
            rank = _REDUNDANT if is_redundant and column.cells else _OTHER
        kinds.add(texts)
        ranks[id(column)] = rank, -column.deciding
    return ranks


def _deciding_rank(column: TableColumn, repeated: bool) -> int:
    if column.deciding == 1 or column.state:
        return _DECIDING
    if repeated and column.cells:
        return _REDUNDANT
    # The line below the table names the workspace or filter that all rows share, but no sentence.
    return _SINGLE_PLACE if column.constant and not column.moment and not column.prose else _DECIDING


def total_width(columns: Sequence[TableColumn], gap: int = 2) -> int:
    """Return the width of columns side by side, in characters."""
    widths = [min(column.width, TABLE_PROSE) if column.prose else column.width for column in columns]
    return sum(widths) + gap * (len(columns) - 1)


_DISTINCT_PLACE = 2  # of a column that tells rows apart: after the most important one, which is usually a name
_DISTINCT_MOST = 2  # columns that are added


def with_distinct_rows(columns: Sequence[TableColumn]) -> list[TableColumn]:
    """Return the columns; those that tell rows with the same deciding texts apart decide too.

    A table without deciding columns stays as it is, and so does one whose rows differ only in ids. If few rows are the
    same, the others need their deciding columns more.

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
    last = max(column.deciding for column in found) + 1
    for _ in range(_DISTINCT_MOST):
        keys = _texts_by_row([column for column in found if column.deciding])
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
        is_frequent = (len(keys) - different) * TABLE_SPARSE > len(keys)
        place, rank = gains.index(best), _DISTINCT_PLACE if is_frequent else last
        later = {id(column) for column in found if column.deciding >= rank}
        found = [replace(column, deciding=column.deciding + (id(column) in later)) for column in found]
        found[place] = replace(found[place], deciding=rank)
    return found


def _texts_by_row(columns: Sequence[TableColumn]) -> list[tuple[str, ...]]:
    return list(zip(*map(_texts, columns), strict=True))


def _texts(column: TableColumn) -> list[str]:
    return [cell.display for cell in column.cells]
