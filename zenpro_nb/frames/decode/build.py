"""Pages and records to DataFrames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd
import pyarrow as pa

from zenpro_nb.frames import kinds
from zenpro_nb.frames.attrs import declare
from zenpro_nb.frames.columns import require, select
from zenpro_nb.frames.decode import field_paths, generic_decoder, unknown
from zenpro_nb.frames.decode.cells import concatenate, is_run
from zenpro_nb.frames.decode.page import DecodedPage
from zenpro_nb.frames.decode.plan import plan_of
from zenpro_nb.frames.pool import POOL
from zenpro_nb.resources.model import Column, Resource

Part = tuple[DecodedPage, Sequence[int] | None]


def assemble(
    resource: Resource,
    parts: Sequence[Part],
    columns: Sequence[str] | None = None,
    *,
    raw: bool = False,
    release: bool = False,
    on_names: Callable[[str, Any, Any], None] | None = None,
) -> pd.DataFrame:
    """Return the frame with the rows of all pages, in order.

    Args:
        resource: the resource that was read.
        parts: each page with the positions of its rows that belong to the frame, or None for all of them.
        columns: the names of the columns, in order; defaults to all.
        raw: return the records as the server sent them, with one `object` column per field and nested objects as Python
            data.
        release: empty the list of parts, which frees pages without other references column by column.
        on_names: called with the noun, and the arrays of the names and ids, because getting one column from a frame
            takes longer. Not called with `raw`, nor for a schemaless resource.

    Returns:
        The declared columns in declared order with their dtypes (see `dtype_of`), even without rows; for a schemaless
        resource also all other fields. With `raw`, the fields in the order in which they arrived.

    Raises:
        UnknownNameError: a column does not exist.

    Example:
        >>> from zenpro_nb.frames import Decoder
        >>> from zenpro_nb.resources import RESOURCES
        >>> page = Decoder(RESOURCES["teams"])(b'[{"id": "1", "name": "ops"}, {"id": "2", "name": "ml"}]')
        >>> assemble(RESOURCES["teams"], [(page, None)])["name"].tolist()
        ['ops', 'ml']
    """
    if raw or resource.schemaless:
        records = [(page.records or [])[at] for page, keep in parts for at in page.places(keep)]
        return declare(_raw(resource, records, columns) if raw else _open(resource, records, columns), resource)
    plan = plan_of(resource, None if columns is None else tuple(columns), raw)
    table = rows_of(parts, plan.schema)
    if release and isinstance(parts, list):
        parts.clear()
    loose = dict(zip(plan.schema.names, table.itercolumns(), strict=True))
    rows = table.num_rows
    del table
    arrays = kinds.arrays_of(loose, plan.columns)
    frame = declare(kinds.frame_of(arrays, rows), resource)
    if on_names is not None and "id" in arrays and resource.label in arrays:
        on_names(resource.noun, arrays[resource.label], arrays["id"])
    return frame


def rows_of(parts: Sequence[Part], schema: Any) -> Any:
    """Return the rows of the parts as one Arrow table with this schema."""
    tables = [_rows(page.table, page, keep) for page, keep in parts]
    if len(tables) == 1 and tables[0].schema.names == schema.names:
        return tables[0]
    return pa.concat_tables([schema.empty_table(), *(table.select(schema.names) for table in tables)])


def merge_pages(parts: Sequence[Part], schema: Any, shared: str) -> DecodedPage | None:
    """Return one page with the rows of many, each column in one contiguous array; None if that is impossible.

    Args:
        schema: the schema of the tables.
        shared: the column with the ids; "" if there is none.
    """
    if any(page.records is not None or page.absent for page, _ in parts):
        return None
    cells = [(page.cells, keep) for page, keep in parts if page.cells is not None]
    if len(cells) == len(parts):
        table = concatenate(cells).table()
    else:
        table = rows_of(parts, schema).unify_dictionaries(memory_pool=POOL).combine_chunks(memory_pool=POOL)
    unknown: Counter[str] = Counter()
    for page, _ in parts:
        unknown.update(page.unknown)
    ids = _ArrowTexts(table.column(shared) if shared else _ids(parts))
    return DecodedPage(ids=ids, arrow_table=table, lenient=sum(page.lenient for page, _ in parts), unknown=unknown)


def _ids(parts: Sequence[Part]) -> Any:
    every = [page.ids if keep is None else [page.ids[at] for at in keep] for page, keep in parts]
    return pa.array([*chain.from_iterable(every)], pa.string(), memory_pool=POOL)


class _ArrowTexts(Sequence[str]):
    """Texts stored by Arrow in a sixth of the memory; iterating over all is fast, but access to one is slow."""

    def __init__(self, array: Any) -> None:
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, place: Any) -> Any:
        selection = self._array[place]
        return selection.to_pylist() if isinstance(place, slice) else selection.as_py()

    def __iter__(self) -> Iterator[str]:
        return iter(self._array.to_pylist())


def from_records(
    resource: Resource,
    records: Iterable[Mapping[str, Any]],
    columns: Sequence[str] | None = None,
    *,
    raw: bool = False,
) -> pd.DataFrame:
    """Return the frame of records that are already Python data: single objects, joins, responses of other routes.

    The records are list items (in which the resource's `record` is looked up) or bare records. Columns, dtypes and
    errors are those of `assemble`; values of another type are converted, or missing if that is impossible.

    Example:
        >>> from zenpro_nb.resources import RESOURCES
        >>> from_records(RESOURCES["me"], [{"id": "1", "email": "ada@example.com"}])["email"].tolist()
        ['ada@example.com']
    """
    items = generic_decoder.without_secrets(resource, list(records))
    if raw:
        return declare(_raw(resource, items, columns), resource)
    bare_records = [generic_decoder.record_of(resource, item) for item in items]
    inner = [record for record in bare_records if record is not None]
    if resource.schemaless:
        return declare(_open(resource, inner, columns), resource)
    columns_selected = select(resource, columns)
    return declare(
        kinds.to_pandas(generic_decoder.table(resource, columns_selected, inner), columns_selected), resource
    )


def with_types(columns: Sequence[Column], rows: pd.DataFrame | Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return these columns of a frame, or of rows by column name, with their dtypes.

    Values with the right dtype stay unchanged; others are converted, or missing if that is impossible. A missing column
    is created without values.

    Example:
        >>> from zenpro_nb.resources import RESOURCES
        >>> rows = [{"id": "1", "member_count": "2"}, {"id": "2"}]
        >>> with_types(RESOURCES["teams"].columns, rows)["member_count"].tolist()
        [2, <NA>]
    """
    source = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows), dtype=object)
    arrays = {column.name: kinds.conform(column.kind, source.get(column.name), len(source)) for column in columns}
    return pd.DataFrame(arrays, index=pd.RangeIndex(len(source)))


def empty(resource: Resource, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the frame without rows: the declared columns with their dtypes.

    Raises:
        UnknownNameError: the resource has no such column.
    """
    return assemble(resource, [], columns)


def _rows(table: Any, page: DecodedPage, keep: Sequence[int] | None) -> Any:
    if keep is None and not page.absent:
        return table
    if is_run(keep) and not page.absent:
        return table.slice(keep.start, len(keep))
    return table.take(pa.array(page.places(keep), pa.int64()))


def _open(resource: Resource, records: Sequence[Any], names: Sequence[str] | None) -> pd.DataFrame:
    """Return the declared columns, and then those that occur in the records."""
    objects = [unknown.as_object(record) for record in records]
    columns = list(resource.columns)
    undeclared = [column for column in unknown.find(objects) if not unknown.is_declared(column.path, columns)]
    further, arrays = unknown.columns(undeclared, {column.name for column in columns})
    every = columns + further
    table = pa.Table.from_arrays(
        [*generic_decoder.arrays(resource, columns, objects), *arrays], schema=kinds.schema(every)
    )
    if names is None:
        return kinds.to_pandas(table, every)
    return _choose(resource, table, every, names)


def _choose(resource: Resource, table: Any, every: Sequence[Column], names: Sequence[str]) -> pd.DataFrame:
    columns_by_name = {column.name: column for column in every}
    if table.num_rows:
        require(names, list(columns_by_name), f"`{resource.noun}`")
    # Without rows the further columns are unknown.
    columns = [columns_by_name.get(name, Column(name)) for name in dict.fromkeys(names)]
    for column in columns:
        if column.name not in columns_by_name:
            table = table.append_column(column.name, pa.array([], kinds.FORMS[column.kind].arrow))
    return kinds.to_pandas(table, columns)


def _raw(resource: Resource, records: Sequence[Any], names: Sequence[str] | None) -> pd.DataFrame:
    objects = [unknown.as_object(record) for record in records]
    fields = list(dict.fromkeys(str(name) for record in objects for name in record))
    if not objects:
        first = [field_paths.main_path(resource, column)[0].name for column in resource.columns]
        fields = list(dict.fromkeys(first)) if names is None else list(names)
    if names is not None:
        require(names, fields, "The raw response")
        fields = list(dict.fromkeys(names))
    values = {name: pd.Series([record.get(name) for record in objects], dtype=object) for name in fields}
    return pd.DataFrame(values, index=pd.RangeIndex(len(objects)))
