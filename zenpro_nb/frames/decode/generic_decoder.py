"""The lenient path: any JSON, value by value, with the same result as the fast path wherever both can read it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from zenpro_nb.frames import coerce
from zenpro_nb.frames.decode import field_paths
from zenpro_nb.resources.model import Column, Paging, Resource
from zenpro_nb.security.masking import drop

# Between the parts of an id; a byte that occurs in no id.
SEPARATOR = "\x1f"


def record_of(resource: Resource, item: Any) -> Any:
    """Return the record inside a list item; the item itself if it is the bare record."""
    steps = field_paths.parse(resource.record)
    if not steps or (isinstance(item, Mapping) and steps[0].name not in item):
        return item
    return field_paths.walk(item, steps)


def table(resource: Resource, columns: Sequence[Column], records: Sequence[Any]) -> Any:
    """Return the records, which must not contain secrets, as an Arrow table of these columns."""
    import pyarrow as pa  # only when a table is built: records are decoded without it

    from zenpro_nb.frames import kinds

    return pa.Table.from_arrays(arrays(resource, columns, records), schema=kinds.schema(columns))


def arrays(resource: Resource, columns: Sequence[Column], records: Sequence[Any]) -> list[Any]:
    """Return one Arrow array per column."""
    return [_array(resource, column, records) for column in columns]


def _array(resource: Resource, column: Column, records: Sequence[Any]) -> Any:
    from zenpro_nb.frames import kinds  # imports pandas and Arrow, as above

    return kinds.array(column.kind, values(resource, column, records))[0]


def values(resource: Resource, column: Column, records: Sequence[Any]) -> list[Any]:
    """Return the value of a column in each record, with the Python type of the column or None."""
    places = field_paths.readable_paths(resource, column)
    fit = coerce.COERCE[column.kind]
    return [
        fit(reduce(field_paths.first_present, (field_paths.walk(record, steps) for steps in places), None))
        for record in records
    ]


def ids(resource: Resource, records: Sequence[Any]) -> list[str]:
    """Return the id of each record: its key, or a digest of the whole record if it has none.

    This distinguishes all rows. In a list without pages, it is the position.
    """
    if resource.paging is Paging.NONE:
        return positions(len(records))
    keys = [field_paths.parse(key) for key in resource.key]
    parts = [[coerce.text(field_paths.walk(record, key)) for key in keys] for record in records]
    id_counts: Counter[str] = Counter()
    return [join(part) or _digest(record, id_counts) for part, record in zip(parts, records, strict=True)]


def positions(rows: int) -> list[str]:
    """Return the ids of the rows of a list without pages: nothing has to find them again on another page."""
    return [str(at) for at in range(rows)]


def join(parts: Sequence[str | None]) -> str:
    """Return one id from the parts of a key; empty if all are missing."""
    if len(parts) == 1:
        return parts[0] or ""
    return SEPARATOR.join(part or "" for part in parts) if any(parts) else ""


def _digest(record: Any, id_counts: Counter[str]) -> str:
    name = hashlib.blake2b(coerce.encode(record).encode(), digest_size=16).hexdigest()
    id_counts[name] += 1
    return f"{name}#{id_counts[name]}"


def absent(resource: Resource, records: Sequence[Any]) -> tuple[int, ...]:
    """Return the positions of the items without a record."""
    return tuple(at for at, record in enumerate(records) if record is None) if resource.record else ()


def without_secrets(resource: Resource, items: Sequence[Any]) -> list[Any]:
    """Return the items, or bare records, without the fields that are secret in this resource or by name."""
    secrets = field_paths.secrets(resource)
    return [drop(item, secrets) for item in items]
