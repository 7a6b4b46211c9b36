"""Columns for undeclared data: names from the nesting, and types only if all values agree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from zenpro_nb.frames import coerce, kinds, times
from zenpro_nb.frames.decode import field_paths
from zenpro_nb.limits import FLATTEN_COLUMNS, FLATTEN_DEPTH
from zenpro_nb.resources.model import Column, DataType


class FoundField(NamedTuple):
    """A discovered column: its path, and one value per record."""

    path: tuple[str, ...]
    values: list[Any]


def as_object(item: Any) -> Any:
    """Return the record; a value that is not an object becomes one with the single field `value`."""
    return item if isinstance(item, dict) else {"value": item}


def find(records: Sequence[Any]) -> list[FoundField]:
    """Return all columns of the records, with nested objects unpacked, in order of appearance.

    Objects that would become hundreds of columns are maps (for example from ids), not models, and stay whole.
    """
    if not records:
        return []
    fields = list(_flatten(records, (), FLATTEN_DEPTH))
    if len(fields) > FLATTEN_COLUMNS:
        fields = list(_flatten(records, (), 0))
    return fields


def _flatten(values: Sequence[Any], path: tuple[str, ...], depth: int) -> Iterator[FoundField]:
    if depth < 0 or not _all_objects(values):
        yield FoundField(path, list(values))
        return
    names = dict.fromkeys(name for value in values if value for name in value)
    for name in names:
        below = [value.get(name) if value else None for value in values]
        yield from _flatten(below, (*path, str(name)), depth - 1)


def _all_objects(values: Iterable[Any]) -> bool:
    """Return whether the values are objects or missing, and at least one object has a field."""
    some = False
    for value in values:
        if value is None:
            continue
        if not isinstance(value, dict):
            return False
        some = some or bool(value)
    return some


def infer(values: Iterable[Any]) -> DataType:
    """Return the type that fits every value; if there is none, JSON, which changes nothing."""
    present = [value for value in values if value is not None]
    if not present:
        return DataType.TEXT
    return next((kind for kind, fits in _TESTS if all(map(fits, present))), DataType.JSON)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in coerce.INT64


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_TESTS: tuple[tuple[DataType, Callable[[Any], bool]], ...] = (
    (DataType.BOOL, lambda value: isinstance(value, bool)),
    (DataType.COUNT, _is_count),
    (DataType.FLOAT, _is_number),
    (DataType.TIME, lambda value: isinstance(value, str) and times.looks_like_time(value)),
    (DataType.TEXT, lambda value: isinstance(value, str)),
    (DataType.LIST, _is_texts),
)


def columns(fields: Sequence[FoundField], reserved: Collection[str] = ()) -> tuple[list[Column], list[Any]]:
    """Return a column and its Arrow array for each discovered one; a repeated name gets a number."""
    names = set(reserved)
    found_columns, arrays = [], []
    for path, values in fields:
        kind = infer(values)
        name = _free("_".join(path) or "value", names)
        names.add(name)
        found_columns.append(Column(name, kind, ".".join(path)))
        arrays.append(kinds.array(kind, [coerce.COERCE[kind](value) for value in values])[0])
    return found_columns, arrays


def _free(name: str, names: Collection[str]) -> str:
    number = 1
    candidate = name
    while candidate in names:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def is_declared(path: tuple[str, ...], columns: Iterable[Column]) -> bool:
    """Return whether a declared column already shows the value at this path."""
    return any(path[: len(prefix)] == prefix for prefix in map(_whole_part, columns))


def _whole_part(column: Column) -> tuple[str, ...]:
    """Return the column's path, up to the list that it collects from."""
    names = []
    for step in field_paths.parse(column.path or column.name):
        names.append(step.name)
        if step.many:
            break
    return tuple(names)
