"""Ways to look whether a write happened, after its answer was lost: at the control plane or in a workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zenpro_nb import query
from zenpro_nb.errors import NotFoundError, RouteNotFoundError, ZenProError
from zenpro_nb.framework.writes.write import Record, StatefulCheck, Verifier
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
) -> Verifier:
    """Look into a list for a record that fits; with `expected=False`, for there being none."""

    def look() -> Record | bool | None:
        records = query.shared_records(session, resource, ids, params or {}, at=at)
        found = next((record for record in records if fits(record)), None)
        if expected:
            return found if found is not None else False
        return found is None

    return look


class Created:
    """Looks for what was not there before: a new id among the records that fit, and as it was asked for.

    Args:
        read: reads the records among which it would be.
        fits: whether a record bears its name.
        key: what tells two records apart.
        fields: what was asked for; a record that shows another value is somebody else's.
        known: reads them before the write is sent, where the writes of a command share that read.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[Record]],
        fits: Callable[[Record], bool],
        fields: Mapping[str, Any],
        key: Callable[[Record], object] = lambda record: record.get("id"),
        known: Callable[[], Sequence[Record]] | None = None,
    ) -> None:
        self._read = read
        self._fits = fits
        self._fields = fields
        self._key = key
        self._known = known or read
        self._before: set[object] | None = None

    @property
    def namesakes(self) -> bool:
        """Return whether others bore the name before, as far as that is known."""
        return self._before is None or bool(self._before)

    def note(self) -> None:
        """Note which ones bear the name now; where that cannot be read, no later look can tell new from old."""
        try:
            self._before = {self._key(record) for record in self._known() if self._fits(record)}
        except ZenProError:
            self._before = None

    def __call__(self) -> Record | bool | None:
        """Return the new one, False where there is none, None where it cannot be told from somebody else's."""
        found = [record for record in self._read() if self._fits(record)]
        if self._before is None:
            return None if found else False
        new = [record for record in found if self._key(record) not in self._before]
        if not new:
            return False
        own = [record for record in new if not contradicts(record, self._fields)]
        return own[0] if len(own) == 1 else None


class AnyCheck:
    """Looks in several ways: it has happened if one of them finds it, and not if all say so."""

    def __init__(self, *looks: StatefulCheck) -> None:
        self._looks = looks

    def note(self) -> None:
        """Note what each of them has to know."""
        for look in self._looks:
            look.note()

    def __call__(self) -> Record | bool | None:
        """Return what the first of them finds; None where none finds it and one cannot tell."""
        found = [look() for look in self._looks]
        there = next((record for record in found if record), None)
        return there if there is not None else None if None in found else False


def created(
    session: Session,
    resource: Resource,
    ids: Mapping[str, str],
    wanted: str,
    fields: Mapping[str, Any] | None = None,
    params: Mapping[str, object] | None = None,
    *,
    at: Where = CONTROL_PLANE,
) -> Created:
    """Look for a new one of this name, in whatever letters, under any of the columns that name the resource."""

    def fits(record: Record) -> bool:
        return wanted.casefold() in (name.casefold() for name in query.names_of(resource, record))

    def read() -> Sequence[Record]:
        return query.shared_records(session, resource, ids, {**query.search(resource, wanted), **(params or {})}, at=at)

    return Created(read, fits, fields or {})


def contradicts(record: Record, fields: Mapping[str, Any]) -> bool:
    """Return whether a record shows another value than was asked for; what it does not show says nothing.

    >>> contradicts({"name": "ops", "description": None}, {"name": "ops", "description": "on call"})
    True
    >>> contradicts({"name": "ops"}, {"name": "ops", "description": "on call"})
    False
    """
    shown = fields_of(record)
    told = {name: value for name, value in fields.items() if name in shown and isinstance(value, str | bool | int)}
    return any(shown[name] != value for name, value in told.items())


def gone(session: Session, path: str, *, at: Where = CONTROL_PLANE) -> Verifier:
    """Look whether there is nothing any more at this path; a workspace may remain with the status `deleted`."""

    def look() -> Record | bool | None:
        try:
            record = query.record_of(at.client_of(session).get(path))
        except RouteNotFoundError:
            return None
        except NotFoundError as error:
            # What a gateway does not find says nothing about the thing.
            return True if error.from_api else None
        # API facts 8.2: the row of a deleted workspace may remain.
        return "deleted" in (record.get("status"), record.get("desired_state"))

    return look


def changed(session: Session, path: str, body: Mapping[str, Any], *, at: Where = CONTROL_PLANE) -> Verifier:
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
    shown = fields_of(record)
    if any(name not in shown or not _comparable(value) for name, value in body.items()):
        return None
    return record if all(_fits(shown[name], value) for name, value in body.items()) else False


def fields_of(record: Record) -> Mapping[str, Any]:
    """Return the fields of a record.

    Those of a workspace's records stand one step deeper (API facts 9.3).
    """
    inner = record.get("body")
    return {**record, **inner} if isinstance(inner, Mapping) else record


def _comparable(value: object) -> bool:
    return isinstance(value, str | bool | int | list | set)


def _fits(value: object, wanted: object) -> bool:
    return any(value == item for item in wanted) if isinstance(wanted, set) else value == wanted
