"""Bytes of a page to a `Page`: fast where the page is as declared, lenient where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
import pyarrow as pa

from zenpro_nb.errors import UnexpectedAnswerError
from zenpro_nb.frames import coerce, envelope, field_paths, generic_decoder, kinds, struct_decoder
from zenpro_nb.frames.columns import select
from zenpro_nb.frames.page import Page
from zenpro_nb.resources.model import Kind, Resource


class Decoder:
    """Decodes the pages of one read of a list; safe to call from several threads.

    Args:
        resource: what is read.
        columns: names of the wanted columns, in the wanted order; all when left out.
        raw: keep the records as they come (without secrets) instead of a typed table.

    Raises:
        UnknownNameError: the resource has no such column.

    Example:
        >>> from zenpro_nb.resources import RESOURCES
        >>> decode = Decoder(RESOURCES["users"], ["email", "is_active"])
        >>> decode(b'[{"id": "1", "email": "ada@example.com", "is_active": true}]').table.to_pylist()
        [{'email': 'ada@example.com', 'is_active': True}]
    """

    def __init__(self, resource: Resource, columns: Sequence[str] | None = None, *, raw: bool = False) -> None:
        self._resource = resource
        self._columns = () if raw else select(resource, columns)
        self._whole = raw or resource.open
        self._raw = raw
        record = field_paths.parse(resource.record)
        # A column at a secret place is never read, wherever else its value might stand.
        places = [
            []
            if field_paths.hidden(resource, column)
            else [record + steps for steps in field_paths.places(resource, column)]
            for column in self._columns
        ]
        self._places = [len(steps) for steps in places]
        self._blanks = [coerce.COERCE[column.kind](None) for column in self._columns]
        self._groups = _groups([column.kind for column in self._columns])
        wants = [
            *(
                struct_decoder.Want(steps, column.kind)
                for column, several in zip(self._columns, places, strict=True)
                for steps in several
            ),
            *(struct_decoder.Want(record + field_paths.parse(key), Kind.ID) for key in resource.key),
        ]
        self._reader = struct_decoder.reader(tuple(wants), record, resource.paging, field_paths.secrets(resource))
        self._schema = kinds.schema(self._columns)
        self._shared = self._column_of_key()
        self._census = envelope.Census(resource)
        self._first = iter((True,))  # given out once, however many threads ask; a lock would have to survive a fork

    def __call__(self, content: bytes) -> Page:
        """The page.

        Raises:
            UnexpectedAnswerError: the bytes are no JSON, or JSON without a list in it.
        """
        try:
            return self._records(content) if self._whole else self._typed(content)
        except RecursionError:
            raise UnexpectedAnswerError("The server's answer is nested too deeply", hint=envelope.HINT) from None

    def _typed(self, content: bytes) -> Page:
        try:
            items, total, total_pages = self._reader.decode(content)
            table, keys, certain = self._read(items)
        # Whatever does not fit: another type than declared, broken text, a number beyond 64 bits.
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
            return self._lenient(content)
        return Page(
            keys=self._digests(content) if keys is None else keys,
            table=table,
            total=total,
            total_pages=total_pages,
            lenient=not certain,
            unknown=self._unknown(content),
            absent=self._reader.absent(items),
        )

    def _column_of_key(self) -> str:
        """The column that is the key as well, so that its array serves twice."""
        if len(self._resource.key) != 1:
            return ""
        key = field_paths.parse(self._resource.record) + field_paths.parse(self._resource.key[0])
        same = (c.name for c in self._columns if c.kind is Kind.ID and field_paths.of_column(self._resource, c) == key)
        return next(same, "")

    def _read(self, items: list[Any]) -> tuple[Any, Any, bool]:
        """The table, the ids (None when a row has none), and whether every value could be read."""
        rows, certain = len(items), True
        values = iter(self._reader.values(items))
        cells = [
            _first_of([next(values) for _ in range(places)]) if places else [blank] * rows
            for places, blank in zip(self._places, self._blanks, strict=True)
        ]
        arrays: list[Any] = [None] * len(cells)
        for build, places in self._groups:
            whole, readable = build([*chain.from_iterable(cells[place] for place in places)])
            certain &= readable
            for at, place in enumerate(places):
                arrays[place] = whole.slice(at * rows, rows)
        table = pa.Table.from_arrays(arrays, schema=self._schema)
        return table, self._keys(list(values), table), certain

    def _keys(self, parts: Sequence[Sequence[str | None]], table: Any) -> Any:
        if len(parts) == 1:
            keys = table.column(self._shared).combine_chunks() if self._shared else pa.array(parts[0], pa.string())
            return None if keys.null_count or "" in parts[0] else keys
        names = [generic_decoder.join(part) for part in zip(*parts, strict=True)]
        return None if "" in names or not parts else pa.array(names, pa.string())

    def _digests(self, content: bytes) -> Any:
        records = self._parse(content)[1]
        return pa.array(generic_decoder.ids(self._resource, records), pa.string())

    def _parse(self, content: bytes) -> tuple[envelope.Items, list[Any]]:
        """The items without their secrets, and the records in them."""
        found = envelope.items_of(envelope.parse(content), self._resource.paging)
        found = found._replace(items=generic_decoder.without_secrets(self._resource, found.items))
        return found, [generic_decoder.record_of(self._resource, item) for item in found.items]

    def _lenient(self, content: bytes) -> Page:
        found, records = self._parse(content)
        table = generic_decoder.table(self._resource, self._columns, records)
        return self._page(found, records, table=table, lenient=not found.single)

    def _records(self, content: bytes) -> Page:
        found, records = self._parse(content)
        return self._page(found, records, records=found.items if self._raw else records)

    def _page(self, found: envelope.Items, inner: list[Any], **rest: Any) -> Page:
        return Page(
            keys=pa.array(generic_decoder.ids(self._resource, inner), pa.string()),
            total=found.total,
            total_pages=found.total_pages,
            unknown=self._census.count(found.items),
            absent=generic_decoder.absent(self._resource, inner),
            **rest,
        )

    def _unknown(self, content: bytes) -> dict[str, int]:
        """Only for the first page: to look at what the fast path skips costs several times the fast path."""
        if not next(self._first, False):
            return {}
        return self._census.count(envelope.items_of(envelope.parse(content), self._resource.paging).items)


def _first_of(places: list[Sequence[Any]]) -> Sequence[Any]:
    """One value per row: that of the first place where there is one."""
    values, *others = places
    for other in others:
        if None in values or [] in values:
            values = list(map(field_paths.better, values, other))
    return values


def _groups(all_kinds: Sequence[Kind]) -> list[tuple[kinds.Builder, list[int]]]:
    """The columns that are built as one array and then cut apart: on small pages the calls cost more than the values.

    Times are built column by column, for one unusual time makes the whole array slow.
    """
    groups: dict[object, list[int]] = {}
    for place, kind in enumerate(all_kinds):
        alone = kind in (Kind.TIME, Kind.JSON)
        groups.setdefault(place if alone else kinds.FORMS[kind].arrow, []).append(place)
    return [(kinds.builder(all_kinds[places[0]]), places) for places in groups.values()]
