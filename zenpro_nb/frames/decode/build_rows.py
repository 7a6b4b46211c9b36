"""Records and pages to `Rows`, with the same values as a DataFrame of them.

If only Arrow can read a value, such as a time in an unusual form, the result is None, and the caller builds the
DataFrame.
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
from zenpro_nb.frames.decode.page import DecodedPage
from zenpro_nb.frames.rows import Cells, Rows
from zenpro_nb.resources.model import Column, DataType, Resource

# Times that Python and Arrow read in the same way.
_PLAIN_TIME = re.compile(r"[12]\d{3}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.(?:\d{3}|\d{6}))?(?:Z|[+-]\d\d:\d\d)?")


def rows_of_records(
    resource: Resource, records: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None
) -> Rows | None:
    """Return the rows of records that are already Python data, as `from_records` does; None if they require Arrow.

    Raises:
        UnknownNameError: a column does not exist.
    """
    if resource.schemaless:
        return None
    items = generic_decoder.without_secrets(resource, list(records))
    bare_records = [generic_decoder.record_of(resource, item) for item in items]
    inner = [record for record in bare_records if record is not None]
    columns_selected = select(resource, columns)
    cells = cells_of(resource, columns_selected, inner)
    return None if cells is None else declare(Rows(columns_selected, cells, len(inner), {}), resource)


def rows_of_pages(
    resource: Resource, parts: Sequence[tuple[DecodedPage, Sequence[int] | None]], columns: Sequence[str] | None = None
) -> Rows | None:
    """Return the rows of pages, as `assemble` does; None if a page does not consist of rows.

    Raises:
        UnknownNameError: a column does not exist.
    """
    columns_selected = select(resource, columns)
    all_cells: Cells = [[] for _ in columns_selected]
    count = 0
    for page, keep in parts:
        if page.rows is None:
            return None
        places = page.places(keep)
        count += len(places)
        for values, more in zip(all_cells, page.rows.cells, strict=True):
            values.extend([more[at] for at in places])
    return declare(Rows(columns_selected, all_cells, count, {}), resource)


def cells_of(resource: Resource, columns: Sequence[Column], records: Sequence[Any]) -> Cells | None:
    """Return the column values of records without secrets; None if one of them requires Arrow."""
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
    """Return a time in UTC, which is also the default time zone.

    Raises:
        ValueError: it is not a time, or its form is ambiguous.
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
    """Return the value as it is after a round trip through JSON text."""
    return None if value is None else msgspec.json.decode(coerce.encode(value))


_VALUES: dict[DataType, Callable[[Any], Any]] = {DataType.TIME: _time, DataType.FLOAT: _real, DataType.JSON: _json}
