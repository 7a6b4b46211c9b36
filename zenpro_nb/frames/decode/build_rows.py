"""Records and pages to `Rows`, with the values that a DataFrame of them has.

If a single value can only be read by Arrow, such as a time in an unusual form, there are no rows, and the caller builds
the DataFrame.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from zenpro_nb.frames import coerce
from zenpro_nb.frames.attrs import declare
from zenpro_nb.frames.columns import select
from zenpro_nb.frames.decode import generic_decoder
from zenpro_nb.frames.decode.page import Page
from zenpro_nb.frames.rows import Cells, Rows
from zenpro_nb.resources.model import Column, DataType, Resource

# Times that Python and Arrow read alike.
_PLAIN_TIME = re.compile(r"[12]\d{3}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.(?:\d{3}|\d{6}))?(?:Z|[+-]\d\d:\d\d)?")


def rows_of_records(
    resource: Resource, records: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None
) -> Rows | None:
    """Return the rows of records that are Python data already, as `from_records` does; None where Arrow has to judge.

    Raises:
        UnknownNameError: there is no such column.
    """
    if resource.schemaless:
        return None
    items = generic_decoder.without_secrets(resource, list(records))
    found = [generic_decoder.record_of(resource, item) for item in items]
    inner = [record for record in found if record is not None]
    wanted = select(resource, columns)
    cells = cells_of(resource, wanted, inner)
    return None if cells is None else declare(Rows(wanted, cells, len(inner), {}), resource)


def rows_of_pages(
    resource: Resource, parts: Sequence[tuple[Page, Sequence[int] | None]], columns: Sequence[str] | None = None
) -> Rows | None:
    """Return the rows of pages, as `assemble` does; None where one of them is not of rows.

    Raises:
        UnknownNameError: there is no such column.
    """
    wanted = select(resource, columns)
    whole: Cells = [[] for _ in wanted]
    count = 0
    for page, keep in parts:
        if page.rows is None:
            return None
        places = page.places(keep)
        count += len(places)
        for values, more in zip(whole, page.rows.cells, strict=True):
            values.extend([more[at] for at in places])
    return declare(Rows(wanted, whole, count, {}), resource)


def cells_of(resource: Resource, columns: Sequence[Column], records: Sequence[Any]) -> Cells | None:
    """Return the values of the columns of records without secrets; None where one of them has to be judged by Arrow."""
    try:
        return [
            list(map(_VALUES.get(column.kind, _same), generic_decoder.values(resource, column, records)))
            for column in columns
        ]
    except ValueError:
        return None


def _same(value: Any) -> Any:
    return value


def _time(text: str | None) -> datetime | None:
    """Return a time in UTC, where it has none of its own.

    Raises:
        ValueError: it is no time, or one that not everybody reads alike.
    """
    if text is None:
        return None
    if _PLAIN_TIME.fullmatch(text) is None:
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _real(value: float | None) -> float | None:
    return None if value is None or value != value else value


def _json(value: Any) -> Any:
    """Return the value as it comes back from the JSON text that carries it."""
    return None if value is None else msgspec.json.decode(coerce.encode(value))


_VALUES: dict[DataType, Callable[[Any], Any]] = {DataType.TIME: _time, DataType.FLOAT: _real, DataType.JSON: _json}
