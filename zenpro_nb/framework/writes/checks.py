"""Check whether a write happened, after its response was lost: on the control plane or in a workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zenpro_nb import query
from zenpro_nb.errors import NotFoundError, RouteNotFoundError, ZenProError
from zenpro_nb.framework.writes.write import Record, StatefulCheck, Verifier
from zenpro_nb.query import CONTROL_PLANE, Where
from zenpro_nb.resources import Resource
from zenpro_nb.session.session import Session


def is_listed(
    session: Session,
    resource: Resource,
    ids: Mapping[str, str],
    fits: Callable[[Record], bool],
    params: Mapping[str, object] | None = None,
    *,
    expected: bool = True,
    at: Where = CONTROL_PLANE,
) -> Verifier:
    """Check for a matching record in a list; with `expected=False`, for its absence."""

    def check() -> Record | bool | None:
        records = query.shared_records(session, resource, ids, params or {}, at=at)
        match = next((record for record in records if fits(record)), None)
        if expected:
            return match if match is not None else False
        return match is None

    return check


class Created:
    """Checks for a new record: a new id among the records that match, with the requested fields.

    Args:
        read: reads the records that would include it.
        fits: whether a record has its name.
        key: what distinguishes two records.
        fields: the requested fields; a record with other values was created by someone else.
        known: reads the records before the write is sent, if the writes of a command share that read.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[Record]],
        fits: Callable[[Record], bool],
        fields: Mapping[str, Any],
        key: Callable[[Record], object] = lambda record: record.get("id"),
        cached_read: Callable[[], Sequence[Record]] | None = None,
    ) -> None:
        self._read = read
        self._fits = fits
        self._fields = fields
        self._key = key
        self._cached_read = cached_read or read
        self._previous_keys: set[object] | None = None

    @property
    def namesakes(self) -> bool:
        """Return whether other records had the name before, as far as known."""
        return self._previous_keys is None or bool(self._previous_keys)

    def snapshot(self) -> None:
        """Record which ones have the name now; if this fails, later checks cannot distinguish new from old."""
        try:
            self._previous_keys = {self._key(record) for record in self._cached_read() if self._fits(record)}
        except ZenProError:
            self._previous_keys = None

    def __call__(self) -> Record | bool | None:
        """Return the new record, False if there is none, None if others may have created it."""
        matches = [record for record in self._read() if self._fits(record)]
        if self._previous_keys is None:
            return None if matches else False
        new = [record for record in matches if self._key(record) not in self._previous_keys]
        if not new:
            return False
        own = [record for record in new if not contradicts(record, self._fields)]
        return own[0] if len(own) == 1 else None


class AnyCheck:
    """Combines several checks: the write happened if one of them confirms it, and did not if all deny it."""

    def __init__(self, *looks: StatefulCheck) -> None:
        self._checks = looks

    def snapshot(self) -> None:
        """Record the state that each of them needs."""
        for check in self._checks:
            check.snapshot()

    def __call__(self) -> Record | bool | None:
        """Return the result of the first that confirms it; None if none does and one of them is unsure."""
        results = [check() for check in self._checks]
        record_or_true = next((record for record in results if record), None)
        return record_or_true if record_or_true is not None else None if None in results else False


def is_created(
    session: Session,
    resource: Resource,
    ids: Mapping[str, str],
    expected_name: str,
    fields: Mapping[str, Any] | None = None,
    params: Mapping[str, object] | None = None,
    *,
    at: Where = CONTROL_PLANE,
) -> Created:
    """Check for a new record with this name, case-insensitively, in any column that names the resource."""

    def fits(record: Record) -> bool:
        return expected_name.casefold() in (name.casefold() for name in query.names_of(resource, record))

    def read() -> Sequence[Record]:
        return query.shared_records(
            session, resource, ids, {**query.search(resource, expected_name), **(params or {})}, at=at
        )

    return Created(read, fits, fields or {})


def contradicts(record: Record, fields: Mapping[str, Any]) -> bool:
    """Return whether a record has a value other than the requested one; missing fields do not count.

    >>> contradicts({"name": "ops", "description": None}, {"name": "ops", "description": "on call"})
    True
    >>> contradicts({"name": "ops"}, {"name": "ops", "description": "on call"})
    False
    """
    visible_fields = fields_of(record)
    compared_fields = {
        name: value for name, value in fields.items() if name in visible_fields and isinstance(value, str | bool | int)
    }
    return any(visible_fields[name] != value for name, value in compared_fields.items())


def is_gone(session: Session, path: str, *, at: Where = CONTROL_PLANE) -> Verifier:
    """Check that nothing exists at this path any more; a workspace may remain with the status `deleted`."""

    def check() -> Record | bool | None:
        try:
            record = query.record_of(at.client_of(session).get(path))
        except RouteNotFoundError:
            return None
        except NotFoundError as error:
            # A 404 from a gateway proves nothing about the object.
            return True if error.from_api else None
        # API facts 8.2: the row of a deleted workspace may remain.
        return "deleted" in (record.get("status"), record.get("desired_state"))

    return check


def is_changed(session: Session, path: str, body: Mapping[str, Any], *, at: Where = CONTROL_PLANE) -> Verifier:
    """Check that the record at this path has the values of `compared`."""

    def check() -> Record | bool | None:
        return compare_fields(query.record_of(at.client_of(session).get(path)), body)

    return check


def compare_fields(record: Record, body: Mapping[str, Any]) -> Record | bool | None:
    """Compare a record with the intended values.

    Args:
        body: the sent value for each field; a set contains several acceptable values.

    Returns:
        The record if it has all of them, False if one differs, None if it does not show them all.

    >>> compare_fields({"id": "1", "body": {"status": "stopping"}}, {"status": {"stopping", "stopped"}})["id"]
    '1'
    >>> compare_fields({"name": "ml"}, {"name": "dev"}), compare_fields({"name": "ml"}, {"description": "x"})
    (False, None)
    """
    fields = fields_of(record)
    if any(name not in fields or not _comparable(value) for name, value in body.items()):
        return None
    return record if all(_fits(fields[name], value) for name, value in body.items()) else False


def fields_of(record: Record) -> Mapping[str, Any]:
    """Return the fields of a record.

    Those of a workspace's records are one level deeper, in `body` and `metadata` (API facts 9.3).

    >>> record = {"id": "1", "body": {"display_name": "Churn"}, "metadata": {"description": "Who leaves"}}
    >>> fields = fields_of(record)
    >>> fields["id"], fields["display_name"], fields["description"]
    ('1', 'Churn', 'Who leaves')
    """
    inner, hydrated = record.get("body"), record.get("metadata")
    if not isinstance(inner, Mapping):
        return record
    return {**record, **(hydrated if isinstance(hydrated, Mapping) else {}), **inner}


def _comparable(value: object) -> bool:
    return isinstance(value, str | bool | int | list | set)


def _fits(value: object, expected: object) -> bool:
    return any(value == option for option in expected) if isinstance(expected, set) else value == expected
