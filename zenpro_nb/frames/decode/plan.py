"""The plan for reading a resource: computed once per column selection, and used for every page of every read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.frames import coerce, kinds
from zenpro_nb.frames.columns import select
from zenpro_nb.frames.decode import envelope, field_paths, struct_decoder
from zenpro_nb.resources.model import Column, DataType, Resource


class ReadPlan(Struct, frozen=True):
    """How the pages of a resource become tables with these columns; immutable during use.

    Attributes:
        resource: the resource to read.
        columns: the requested columns, in order.
        raw: keep the records as they arrive.
        whole: keep the records, either as they arrive or because their fields are unknown in advance.
        reader: reads the values of all columns, and then the parts of the key.
        wants: for each column, the indexes of the reader's wants that may contain its value.
        key: the indexes of the wants that form the key.
        blanks: the value of each column if nothing was sent.
        unsure: the columns whose values may turn out to be invalid, grouped as they are built.
        sure: the other columns, which can be built at any time.
        schema: the Arrow schema of the columns.
        shared: the column that is also the key, which allows its array to be used twice; "" if there is none.
        census: counts the fields that the resource does not declare.
    """

    resource: Resource
    columns: tuple[Column, ...]
    raw: bool
    whole: bool
    reader: struct_decoder.Reader
    wants: tuple[tuple[int, ...], ...]
    key: tuple[int, ...]
    blanks: tuple[object, ...]
    unsure: kinds.Groups
    sure: kinds.Groups
    schema: Any
    shared: str
    census: envelope.Census

    def arrays(self, items: Sequence[Any], together: kinds.Groups) -> tuple[dict[int, Any], bool]:
        """Return the Arrow arrays of these columns by position, and whether every value could be read."""
        places = [place for _, group in together for place in group]
        values = iter(self.reader.values(items, [want for place in places for want in self.wants[place]]))
        rows = len(items)
        cells = {
            place: _first_of([next(values) for _ in self.wants[place]])
            if self.wants[place]
            else [self.blanks[place]] * rows
            for place in places
        }
        return kinds.build(together, cells, rows)


@lru_cache(maxsize=limits.COLUMN_CHOICES)
def plan_of(resource: Resource, names: tuple[str, ...] | None, raw: bool) -> ReadPlan:
    """Return the plan for the named columns, or for all; building it costs more than reading a page.

    Raises:
        UnknownNameError: the resource has no such column.
    """
    columns = () if raw else select(resource, names)
    record = field_paths.parse(resource.record)
    places = [[record + steps for steps in field_paths.readable_paths(resource, column)] for column in columns]
    several = [struct_decoder.Want(steps, c.kind) for c, found in zip(columns, places, strict=True) for steps in found]
    parts = [struct_decoder.Want(record + field_paths.parse(key), DataType.ID) for key in resource.key]
    reader = struct_decoder.Reader([*several, *parts], record, resource.paging, field_paths.secrets(resource))
    numbers = iter(range(len(several)))
    wants = tuple(tuple(next(numbers) for _ in found) for found in places)
    kind = [column.kind for column in columns]
    sure = {
        at for at, ones in enumerate(wants) if kind[at] in kinds.SURE and all(reader.plain[number] for number in ones)
    }
    return ReadPlan(
        resource=resource,
        columns=columns,
        raw=raw,
        whole=raw or resource.schemaless,
        reader=reader,
        wants=wants,
        key=tuple(range(len(several), len(several) + len(parts))),
        blanks=tuple(coerce.COERCE[column.kind](None) for column in columns),
        unsure=kinds.groups((at, type_) for at, type_ in enumerate(kind) if at not in sure),
        sure=kinds.groups((at, type_) for at, type_ in enumerate(kind) if at in sure),
        schema=kinds.schema(columns),
        shared=_column_of_key(resource, columns),
        census=envelope.Census(resource),
    )


def _first_of(all_paths: list[Sequence[Any]]) -> Sequence[Any]:
    """Return one value per row: that of the first path with a value."""
    values, *others = all_paths
    for other in others:
        something = other.count(None) < len(other)  # otherwise that path is empty: usually one of older servers
        if something and (None in values or [] in values):
            values = list(map(field_paths.first_present, values, other))
    return values


def _column_of_key(resource: Resource, columns: Sequence[Column]) -> str:
    if len(resource.key) != 1:
        return ""
    key = field_paths.parse(resource.record) + field_paths.parse(resource.key[0])
    same = (c.name for c in columns if c.kind is DataType.ID and field_paths.main_path(resource, c) == key)
    return next(same, "")
