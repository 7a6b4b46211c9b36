"""The values of a page before they become Arrow arrays.

An Arrow array of a hundred values costs several times as much as the values themselves. Columns whose conversion cannot
fail therefore stay in the decoded items until the table is needed or several pages are merged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, TypeGuard

import pyarrow as pa
from msgspec import Struct

from zenpro_nb.frames.decode.plan import ReadPlan
from zenpro_nb.frames.pool import POOL
from zenpro_nb.syntax.counts import counted

Keep = Sequence[int] | None  # the selected rows; None means all of them


class Cells(Struct, frozen=True):
    """The decoded rows of a page, and the arrays of the columns whose values had to be checked.

    Attributes:
        items: the rows.
        arrays: the arrays by column position.
        plan: how the rows become columns.
    """

    items: Sequence[Any]
    arrays: Mapping[int, Any]
    plan: ReadPlan

    def __repr__(self) -> str:
        return f"<Cells of {counted(len(self.items), 'row')}>"

    def table(self) -> Any:
        """Return the Arrow table."""
        arrays = {**self.arrays, **self.plan.arrays(self.items, self.plan.sure)[0]}
        return pa.Table.from_arrays([arrays[place] for place in range(len(arrays))], schema=self.plan.schema)


def concatenate(parts: Sequence[tuple[Cells, Keep]]) -> Cells:
    """Return the kept rows of several cells with the same plan, as one."""
    first = parts[0][0]
    items = [*chain.from_iterable(_items(cells.items, keep) for cells, keep in parts)]
    arrays = {
        place: pa.concat_arrays([_array(cells.arrays[place], keep) for cells, keep in parts], memory_pool=POOL)
        for place in first.arrays
    }
    return Cells(items, arrays, first.plan)


def _items(items: Sequence[Any], keep: Keep) -> Sequence[Any]:
    if keep is None:
        return items
    return items[keep.start : keep.stop] if is_run(keep) else [items[at] for at in keep]


def _array(array: Any, keep: Keep) -> Any:
    if keep is None:
        return array
    return array.slice(keep.start, len(keep)) if is_run(keep) else array.take(pa.array(keep, pa.int64()))


def is_run(keep: Keep) -> TypeGuard[range]:
    """Return whether the kept rows are consecutive, so a slice can contain them."""
    return isinstance(keep, range) and keep.step == 1
