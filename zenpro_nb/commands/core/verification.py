"""Ways to look whether a write happened, after its answer was lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zenpro_nb.commands.core.write import Look, Record
from zenpro_nb.errors import NotFoundError, RouteNotFoundError
from zenpro_nb.resources import Resource
from zenpro_nb.session.session import Session


def listed(
    session: Session,
    resource: Resource,
    ids: Mapping[str, str],
    fits: Callable[[Record], bool],
    params: Mapping[str, object] | None = None,
    *,
    expected: bool = True,
) -> Look:
    """Looks into a list for a record that fits; with `expected=False`, for there being none."""

    def look() -> Record | bool | None:
        from zenpro_nb import query

        found = next((one for one in query.records(session, resource, ids, **(params or {})) if fits(one)), None)
        if expected:
            return found if found is not None else False
        return found is None

    return look


def named(
    session: Session,
    resource: Resource,
    ids: Mapping[str, str],
    wanted: str,
    params: Mapping[str, object] | None = None,
) -> Look:
    """Looks for the one of this name: under the resource's own column for it, or `username` for accounts."""

    def fits(record: Record) -> bool:
        return any(_same(record.get(column), wanted) for column in (resource.label, *resource.aliases))

    return listed(session, resource, ids, fits, params)


def gone(session: Session, path: str) -> Look:
    """Looks whether there is nothing any more at this path; a workspace may remain with the status `deleted`."""

    def look() -> Record | bool | None:
        from zenpro_nb.query import record_of

        try:
            record = record_of(session.client.get(path))
        except RouteNotFoundError:
            return None
        except NotFoundError:
            return True
        # Fact sheet, section 8: the row of a deleted workspace may remain.
        return "deleted" in (record.get("status"), record.get("desired_state"))

    return look


def changed(session: Session, path: str, body: Mapping[str, Any]) -> Look:
    """Looks whether the record at this path has the values of the body; cannot tell for what is not shown."""

    def look() -> Record | bool | None:
        from zenpro_nb.query import record_of

        record = record_of(session.client.get(path))
        return compared(record, body)

    return look


def compared(record: Record, body: Mapping[str, Any]) -> Record | bool | None:
    """The record if it has all values of the body, False if it has another one, None if it does not show them."""
    if any(isinstance(value, dict) or not isinstance(value, str | bool | int | list) for value in body.values()):
        return None
    if any(name not in record for name in body):
        return None
    return record if all(record[name] == value for name, value in body.items()) else False


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and one.casefold() == other.casefold()
