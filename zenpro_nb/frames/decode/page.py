"""One page of a list, decoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    from zenpro_nb.frames.decode.cells import Cells
    from zenpro_nb.frames.rows import Rows


class Page(Struct, frozen=True, eq=False, dict=True):
    """What a page held; neither its bytes nor its secrets.

    Attributes:
        ids: one id per row, in the rows' order: equal for the same row, different for different rows.
        cells: the declared columns as they were decoded; None where there is a table already, or there are records.
        made: an Arrow table of the declared columns.
        rows: the declared columns as plain values, for a list that is printed.
        records: the records as the server sent them, without secrets; for `raw` and for open resources.
        total: how many rows the whole list has, where the server says so (workspace API).
        total_pages: how many pages of this size it has.
        lenient: how many pages in it did not fit what the table of the API declares, and were read value by value.
        unknown: how often each field came that the table does not know; counted in the first rows of a read's first
            page and of every page that was not read the fast way.
        absent: positions of the items without the record that the resource is about (a team among the members of
            which the users are wanted); they count for paging and are left out of the frame.
    """

    ids: Sequence[str]
    cells: Cells | None = None
    made: Any = None
    rows: Rows | None = None
    records: list[Any] | None = None
    total: int | None = None
    total_pages: int | None = None
    lenient: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    absent: Sequence[int] = ()

    @cached_property
    def table(self) -> Any:
        """Return the Arrow table of the declared columns; None for a page of records."""
        if self.rows is not None:
            return self.rows.table()
        return self.made if self.cells is None else self.cells.table()

    def places(self, keep: Sequence[int] | None) -> Sequence[int]:
        """Return the positions of the rows that a table has: of those that are kept, the ones with a record."""
        rows = range(len(self)) if keep is None else keep
        if not self.absent:
            return rows
        without = set(self.absent)
        return [at for at in rows if at not in without]

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        way = ", lenient" if self.lenient else ""
        return f"<Page of {counted(len(self), 'row')}{way}>"
