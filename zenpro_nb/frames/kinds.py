"""The Arrow and pandas types of each column type, and the conversions between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from zenpro_nb import limits
from zenpro_nb.frames import coerce, times
from zenpro_nb.frames.pool import POOL
from zenpro_nb.resources.model import Column, DataType

try:
    # Intended for code that builds frames from Arrow, as pyarrow does.
    from pandas.api.internals import (  # type: ignore[import-not-found]
        create_dataframe_from_blocks as from_blocks,
    )
except ImportError:  # before pandas 3
    from_blocks = None


def _text_dtype() -> Any:
    """Return the dtype that pandas 3 calls `str`; before pandas 2.3 its equivalent had another name."""
    try:
        return pd.StringDtype(na_value=np.nan)
    except TypeError:
        return pd.StringDtype("pyarrow_numpy")


TEXT = _text_dtype()
TIME = pd.DatetimeTZDtype("us", "UTC")


# Values to an Arrow array, and whether all could be read.
Builder = Callable[[Sequence[Any]], tuple[Any, bool]]
# The positions of columns that are built as one array, with the function that builds them.
Groups = tuple[tuple[Builder, list[int]], ...]


class ColumnType(msgspec.Struct, frozen=True):
    """The Arrow type, the pandas dtype, and the conversion from an Arrow column to a pandas column."""

    arrow: Any
    dtype: Any
    load: Callable[[Any], Any]


def _extension(dtype: Any, through: Any = None) -> Callable[[Any], Any]:
    """Return a function that loads a column in one piece.

    pandas would otherwise process a column of a thousand pages chunk by chunk, each time it is used.
    """

    def load(chunks: Any) -> Any:
        array = chunks if through is None else pc.cast(chunks, through, memory_pool=POOL)
        return dtype.__from_arrow__(pa.chunked_array([_combine(array)]) if array.num_chunks != 1 else array)

    return load


# 64-bit offsets, because all pages together can contain more than 2 GB in one text column.
_load_text = _extension(TEXT, pa.large_string())


@lru_cache(maxsize=limits.COLUMN_CHOICES)
def _categories(words: tuple[str, ...]) -> Any:
    """Return the dtype of these categories; creating one takes longer than reading a small page."""
    return pd.CategoricalDtype(pd.Index(words, dtype=TEXT))


def _category(chunks: Any) -> Any:
    array = _combine(chunks.unify_dictionaries(memory_pool=POOL))
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    words = array.dictionary.to_pylist()
    counts = np.bincount(codes + 1, minlength=len(words) + 1)[1:].tolist()
    categories = sorted({word for word, count in zip(words, counts, strict=True) if count})
    place = {word: at for at, word in enumerate(categories)}
    # The last entry is for the code -1, which also means "missing" in pandas.
    table = np.array([*(place.get(word, -1) for word in words), -1], dtype=np.int32)
    few = len(categories) <= limits.CATEGORIES_KEPT
    dtype = _categories(tuple(categories)) if few else pd.CategoricalDtype(pd.Index(categories, dtype=TEXT))
    return pd.Categorical.from_codes(table[codes], dtype=dtype, validate=False)


def _boolean(chunks: Any) -> Any:
    array = _combine(chunks)
    if not array.null_count:
        return pd.arrays.BooleanArray(array.to_numpy(zero_copy_only=False), np.zeros(len(array), dtype=np.bool_))
    missing = array.is_null().to_numpy(zero_copy_only=False)
    return pd.arrays.BooleanArray(array.fill_null(False).to_numpy(zero_copy_only=False), missing)


def _float(chunks: Any) -> Any:
    return np.array(chunks.to_numpy())  # Arrow shares the memory, so it must not be modified


def _lists(chunks: Any) -> Any:
    return _objects(chunks.to_pylist())


def _json(chunks: Any) -> Any:
    decode = msgspec.json.Decoder().decode
    return _objects([None if cell is None else decode(cell) for cell in chunks.to_pylist()])


def _objects(values: list[Any]) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = values  # not np.array, which would turn lists of equal length into a table
    return array


def _combine(chunks: Any) -> Any:
    """Return the array of all chunks together."""
    if chunks.num_chunks == 0:
        return chunks.combine_chunks()
    return chunks.chunk(0) if chunks.num_chunks == 1 else pa.concat_arrays(chunks.chunks, memory_pool=POOL)


FORMS: dict[DataType, ColumnType] = {
    DataType.TEXT: ColumnType(pa.string(), TEXT, _load_text),
    DataType.ID: ColumnType(pa.string(), TEXT, _load_text),
    DataType.TIME: ColumnType(times.UTC_MICROS, TIME, _extension(TIME)),
    DataType.CATEGORY: ColumnType(pa.dictionary(pa.int32(), pa.string()), pd.CategoricalDtype(), _category),
    DataType.BOOL: ColumnType(pa.bool_(), pd.BooleanDtype(), _boolean),
    DataType.COUNT: ColumnType(pa.int64(), pd.Int64Dtype(), _extension(pd.Int64Dtype())),
    DataType.FLOAT: ColumnType(pa.float64(), np.dtype("float64"), _float),
    DataType.LIST: ColumnType(pa.list_(pa.string()), np.dtype(object), _lists),
    # Arrow has no type for arbitrary values: it stores the JSON text.
    DataType.JSON: ColumnType(pa.string(), np.dtype(object), _json),
}


def dtype_of(kind: DataType) -> Any:
    """Return the pandas dtype of columns of this type.

    TEXT and ID `str`, TIME `datetime64[us, UTC]`, CATEGORY `category`, BOOL `boolean`, COUNT `Int64`, FLOAT `float64`,
    LIST and JSON `object`. Before pandas 3 text is `string` with NaN for missing values, the closest equivalent there.

    >>> str(dtype_of(DataType.TIME))
    'datetime64[us, UTC]'
    """
    return FORMS[kind].dtype


def array(kind: DataType, values: Sequence[Any]) -> tuple[Any, bool]:
    """Return the values (of the column's Python type, or None) as an Arrow array, and whether all could be read."""
    return builder(kind)(values)


def builder(kind: DataType) -> Builder:
    """Return `array` for columns of this type; get it once and use it for every page."""
    arrow = FORMS[kind].arrow
    if kind is DataType.TIME:
        return times.parse
    if kind is DataType.JSON:
        return lambda cells: (_array([None if cell is None else coerce.encode(cell) for cell in cells], arrow), True)
    return lambda cells: (_array(cells, arrow), True)


def _array(cells: Sequence[Any], arrow: Any) -> Any:
    return pa.array(cells, arrow, memory_pool=POOL)


def conform(kind: DataType, values: pd.Series | None, rows: int) -> Any:
    """Return the values as a column of this type; if there are none, as many missing values."""
    if values is None:
        return _missing(kind, rows) if rows else _nothing(kind)
    form = FORMS[kind]
    if _fits(form.dtype, values.dtype):
        return values.array
    cells = list(values.astype(object).where(values.notna(), None))
    # A list comes back from a file as an array.
    cells = [cell.tolist() if isinstance(cell, np.ndarray) else cell for cell in cells]
    return form.load(pa.chunked_array([array(kind, [coerce.COERCE[kind](cell) for cell in cells])[0]]))


def _missing(kind: DataType, rows: int) -> Any:
    if kind is DataType.LIST:
        return _objects([coerce.texts(None) for _ in range(rows)])
    form = FORMS[kind]
    return form.load(pa.chunked_array([pa.nulls(rows, form.arrow)]))


@lru_cache
def _nothing(kind: DataType) -> Any:
    """Return a column without rows. Frames can share it, because it has no values that one of them could change."""
    return _missing(kind, 0)


def _fits(expected: Any, dtype: Any) -> bool:
    if isinstance(expected, pd.CategoricalDtype):
        return isinstance(dtype, pd.CategoricalDtype) and dtype.categories.dtype == TEXT
    return bool(expected == dtype and expected != np.dtype(object))


# The decoded values of a page already have one of these types, so creating an array cannot fail.
SURE = frozenset({DataType.TEXT, DataType.ID, DataType.CATEGORY, DataType.BOOL})


def groups(columns: Iterable[tuple[int, DataType]]) -> Groups:
    """Return which of these columns, by position, are built together.

    On small pages the calls cost more than the values. Times are built column by column, because one unusual time makes
    the whole array slow.
    """
    positions: dict[object, list[int]] = {}
    makes: dict[object, Builder] = {}
    for place, kind in columns:
        key = place if kind in (DataType.TIME, DataType.JSON) else FORMS[kind].arrow
        positions.setdefault(key, []).append(place)
        makes.setdefault(key, builder(kind))
    return tuple((makes[key], places) for key, places in positions.items())


def build(together: Groups, cells: Mapping[int, Sequence[Any]], rows: int) -> tuple[dict[int, Any], bool]:
    """Return the Arrow array of each of these columns by position, and whether all values could be read."""
    arrays: dict[int, Any] = {}
    certain = True
    for make, places in together:
        if len(places) == 1 or rows > limits.SMALL_PAGE:
            for place in places:
                arrays[place], readable = make(cells[place])
                certain &= readable
            continue
        array, readable = make([*chain.from_iterable(cells[place] for place in places)])
        certain &= readable
        arrays.update((place, array.slice(at * rows, rows)) for at, place in enumerate(places))
    return arrays, certain


def schema(columns: Sequence[Column]) -> Any:
    """Return the Arrow schema of these columns."""
    return pa.schema([(column.name, FORMS[column.kind].arrow) for column in columns])


def to_pandas(table: Any, columns: Sequence[Column]) -> pd.DataFrame:
    """Return the table's columns as a DataFrame with the declared dtypes, in the order of `columns`."""
    loose = {column.name: table.column(column.name) for column in columns}
    return frame_of(arrays_of(loose, columns), table.num_rows)


def arrays_of(loose: dict[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    """Return these Arrow columns as pandas arrays; empties the dictionary, to avoid having two copies for long."""
    return {column.name: FORMS[column.kind].load(loose.pop(column.name)) for column in columns}


def frame_of(arrays: dict[str, Any], rows: int) -> pd.DataFrame:
    """Return a DataFrame that shares these arrays."""
    index = pd.RangeIndex(rows)
    if from_blocks is None or not arrays:
        return pd.DataFrame(arrays, index=index, copy=False)
    # The steps of the constructor are unnecessary here, and take as long as reading a small page.
    blocks = [array.reshape(1, rows) if isinstance(array, np.ndarray) else array for array in arrays.values()]
    frame: pd.DataFrame = from_blocks(
        list(zip(blocks, _places(len(blocks)), strict=True)), index, _names(tuple(arrays)).view()
    )
    return frame


@lru_cache(maxsize=limits.COLUMN_CHOICES)
def _names(names: tuple[str, ...]) -> pd.Index:
    """Return the index of these names; each frame gets its own view, because users can rename its index."""
    return pd.Index(list(names))


@lru_cache(maxsize=limits.COLUMN_CHOICES)
def _places(count: int) -> tuple[Any, ...]:
    return tuple(np.array([place]) for place in range(count))


def to_table(frame: pd.DataFrame, columns: Sequence[Column]) -> Any:
    """Return the declared columns of a frame as an Arrow table whose schema depends only on `columns`.

    Example:
        >>> to_table(pd.DataFrame({"roles": [None]}), [Column("roles", DataType.LIST)]).schema.field("roles").type
        ListType(list<item: string>)
    """
    return pa.table([_arrow(column.kind, frame[column.name]) for column in columns], schema=schema(columns))


def _arrow(kind: DataType, values: pd.Series) -> Any:
    form = FORMS[kind]
    if form.dtype == np.dtype(object):
        return array(kind, [None if cell is None or cell is pd.NA else cell for cell in values])[0]
    if kind is DataType.CATEGORY:
        return pa.array(values.astype(TEXT), pa.string(), from_pandas=True).dictionary_encode()
    return pa.array(values, form.arrow, from_pandas=True)


def from_table(table: Any, columns: Sequence[Column]) -> pd.DataFrame:
    """Return the frame of a table from `to_table`; a missing column is created without values."""
    have = set(table.column_names)
    values = {
        column.name: table.column(column.name).cast(FORMS[column.kind].arrow)
        if column.name in have
        else pa.nulls(table.num_rows, FORMS[column.kind].arrow)
        for column in columns
    }
    return to_pandas(pa.table(values, schema=schema(columns)), columns)
