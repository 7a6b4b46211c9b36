"""Ways to look whether a write happened, after its answer was lost: at the control plane or in a workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zenpro_nb import query
from zenpro_nb.commands.core.write import Look, Record
from zenpro_nb.errors import NotFoundError, RouteNotFoundError
from zenpro_nb.query import CONTROL_PLANE, Where
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
    at: Where = CONTROL_PLANE,
) -> Look:
    """Look into a list for a record that fits; with `expected=False`, for there being none."""

    def look() -> Record | bool | None:
        records = query.records(session, resource, ids, params or {}, at=at)
        found = next((one for one in records if fits(one)), None)
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
    *,
    at: Where = CONTROL_PLANE,
) -> Look:
    """Look for the one of this name, in whatever letters, under any of the columns that name the resource."""

    def fits(record: Record) -> bool:
        return wanted.casefold() in (name.casefold() for name in query.names_of(resource, record))

    return listed(session, resource, ids, fits, {**query.search(resource, wanted), **(params or {})}, at=at)


def gone(session: Session, path: str, *, at: Where = CONTROL_PLANE) -> Look:
    """Look whether there is nothing any more at this path; a workspace may remain with the status `deleted`."""

    def look() -> Record | bool | None:
        try:
            record = query.record_of(at.client_of(session).get(path))
        except RouteNotFoundError:
            return None
        except NotFoundError:
            return True
        # Fact sheet, section 8: the row of a deleted workspace may remain.
        return "deleted" in (record.get("status"), record.get("desired_state"))

    return look


def changed(session: Session, path: str, body: Mapping[str, Any], *, at: Where = CONTROL_PLANE) -> Look:
    """Look whether the record at this path is as `compared` wants it."""

    def look() -> Record | bool | None:
        return compared(query.record_of(at.client_of(session).get(path)), body)

    return look


def compared(record: Record, body: Mapping[str, Any]) -> Record | bool | None:
    """Compare a record with the values that were meant for it.

    Args:
        body: field by field the value that was sent; a set holds several, each of which will do.

    Returns:
        The record if it has all of them, False if it has another one, None if it does not show them all.

    >>> compared({"id": "1", "body": {"status": "stopping"}}, {"status": {"stopping", "stopped"}})["id"]
    '1'
    >>> compared({"name": "ml"}, {"name": "dev"}), compared({"name": "ml"}, {"description": "x"})
    (False, None)
    """
    shown = _fields(record)
    if any(name not in shown or not _comparable(value) for name, value in body.items()):
        return None
    return record if all(_fits(shown[name], value) for name, value in body.items()) else False


def _fields(record: Record) -> Mapping[str, Any]:
    """The fields of a record; those of a workspace's stand one step deeper (fact sheet, section 9.3)."""
    inner = record.get("body")
    return {**record, **inner} if isinstance(inner, Mapping) else record


def _comparable(value: object) -> bool:
    return isinstance(value, str | bool | int | list | set)


def _fits(value: object, wanted: object) -> bool:
    return value in wanted if isinstance(wanted, set) else value == wanted
