"""One decoded page of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    from zenpro_nb.frames.decode.cells import Cells
    from zenpro_nb.frames.rows import Rows


class DecodedPage(Struct, frozen=True, eq=False, dict=True):
    """The content of a page, without its bytes and without secrets.

    Attributes:
        ids: one id per row, in order: equal for the same row, different for different rows; in a list without pages,
            their positions.
        cells: the declared columns as they were decoded; None if there is already a table, or if there are records.
        arrow_table: the Arrow table of the declared columns.
        rows: the declared columns as plain values, for a list that is printed.
        records: the records as the server sent them, without secrets; for `raw` and for schemaless resources.
        total: the number of rows in the whole list, if the server sends it (workspace API).
        total_pages: the number of pages of this size.
        lenient: how many pages in it did not match the declared types, and were read value by value.
        unknown: how often each undeclared field occurred; counted in the first rows of a read's first page, and of
            every page that was not read by the fast path.
        absent: positions of the items without the requested record (a team among the members when users are requested);
            they count for paging but are left out of the frame.
    """

    ids: Sequence[str]
    cells: Cells | None = None
    arrow_table: Any = None
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
        return self.arrow_table if self.cells is None else self.cells.table()

    def places(self, keep: Sequence[int] | None) -> Sequence[int]:
        """Return the positions of the rows in the table: those of the kept ones that have a record."""
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
