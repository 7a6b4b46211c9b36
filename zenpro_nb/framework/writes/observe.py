"""Read the current state of objects, and build the undo of an update."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from zenpro_nb import query
from zenpro_nb.errors import NotFoundError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.checks import fields_of
from zenpro_nb.framework.writes.undo import (
    ABSENT,
    HERE,
    Blocker,
    Fields,
    Observation,
    Undo,
    agrees,
    differences,
    value_at,
)
from zenpro_nb.framework.writes.write import Record, SecretPrompt
from zenpro_nb.query import CONTROL_PLANE, Where
from zenpro_nb.resources import RESOURCES
from zenpro_nb.security.masking import is_secret
from zenpro_nb.security.secret import Secret

_DELETED = ("status", "desired_state")  # API facts 8.2: the row of a deleted workspace may remain

# The noun, the ids and the parameters of a list.
_Key: TypeAlias = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, Any], ...]]


class Observer:
    """Reads the state of objects; each result is cached for the lifetime of the observer.

    Args:
        at: the server that has the objects.
    """

    def __init__(self, ctx: CommandContext, at: Where = CONTROL_PLANE) -> None:
        self._run = ctx
        self._at = at
        self._records: dict[str, Fields | None] = {}
        self._lists: dict[_Key, _List] = {}

    def read(self, observations: Sequence[Observation]) -> None:
        """Read the routes and lists of these observations at the same time; errors are raised when a result is used."""
        several = {repr((observation.path, _key(observation))): observation for observation in observations}
        self._at.client_of(self._run.session).fan_out(
            [partial(self.see, observation) for observation in several.values()], errors="return"
        )

    def see(self, observation: Observation) -> Fields | None:
        """Return the fields of the object, None if it does not exist.

        Raises:
            ZenProError: it cannot be read.
        """
        return self._record(observation.path) if observation.path else self._from_list(observation)

    def _record(self, path: str) -> Fields | None:
        if path not in self._records:
            self._records[path] = _record_at(self._run, path, self._at)
        return self._records[path]

    def _from_list(self, observation: Observation) -> Fields | None:
        return next(iter(self.all(observation)), None)

    def all(self, observation: Observation) -> list[Fields]:
        """Return the fields of all objects of a list that match.

        Raises:
            ZenProError: the list cannot be read.
        """
        key = _key(observation)
        if key not in self._lists:
            try:
                records: list[Record] = [
                    *query.shared_records(
                        self._run.session,
                        RESOURCES[observation.noun],
                        observation.ids,
                        observation.params,
                        at=self._at,
                    )
                ]
            except NotFoundError as error:
                if not error.from_api:
                    raise
                records = []
            self._lists[key] = _List(records)
        return [fields_of(record) for record in self._lists[key].matching(observation.match)]

    def whole_lists(self) -> Iterator[tuple[str, Mapping[str, str], Sequence[Record]]]:
        """Yield the noun, the ids and the records of each list that was read without a filter."""
        for (noun, ids, params), found in self._lists.items():
            if not params:
                yield noun, dict(ids), found.records

    def conflict(self, inverse: Undo) -> str:
        """Return, in words, the changes by others since then; empty if the write can be undone.

        Raises:
            ZenProError: the state cannot be read.
        """
        current = self.see(inverse.observation)
        if not list(differences(current, inverse.restores)):
            return ""  # the previous state: undoing overwrites no one's changes
        return ", ".join(differences(current, inverse.expected_now))

    def blocked_by(self, inverse: Undo) -> str:
        """Return, in words, what else blocks the undo; empty if nothing does. Raises the errors of `conflict`."""
        return ", ".join(blocker.reason for blocker in inverse.blockers if self.see(blocker.observation) is not None)


class _List:
    """A list that was read, with an index for each set of fields that is searched: a command may search it per step."""

    def __init__(self, records: list[Record]) -> None:
        self.records = records
        self._indexes: dict[tuple[str, ...], dict[tuple[Any, ...], list[Record]]] = {}

    def matching(self, match: Fields) -> Sequence[Record]:
        """Return the records that have these values."""
        names = tuple(match)
        try:
            if names not in self._indexes:
                self._indexes[names] = self._index(names)
            return self._indexes[names].get(tuple(_comparable(name, value) for name, value in match.items()), ())
        except TypeError:  # a value that cannot be hashed, such as a list
            return [record for record in self.records if _fits(record, match)]

    def _index(self, names: tuple[str, ...]) -> dict[tuple[Any, ...], list[Record]]:
        index: dict[tuple[Any, ...], list[Record]] = {}
        for record in self.records:
            index.setdefault(tuple(_comparable(name, value_at(record, name)) for name in names), []).append(record)
        return index


def undo_update(
    ctx: CommandContext,
    path: str,
    record: Record,
    body: Fields,
    keeps_note: str = "",
    *,
    method: str = "PATCH",
    at: Where = CONTROL_PLANE,
) -> dict[str, Any]:
    """Return the fields of a `Write` for restoring the former values of a changed record.

    Args:
        record: the record that was read; missing fields are requested.
        body: the sent fields; secrets among them cannot be restored.
        keeps_note: further parts that are not restored, in words.
        method: the method of the update.
        at: the server that has the object.
    """
    open_ones = [name for name, value in body.items() if not _is_hidden(name, value)]
    fields = fields_of(record)
    if open_ones and ("id" not in fields or any(name not in fields for name in open_ones)):
        fields = _fields_at(ctx, path, at) or fields
    before = {name: fields[name] for name in open_ones if name in fields}
    if not before:
        why = "the previous password is unknown" if not open_ones else "its previous values are not visible"
        return {"irreversible": keeps_note or why}
    invisible = [name for name in body if name not in before]
    # Servers that treat null as "not given" leave such a field unchanged; an empty text is the closest value.
    emptied = [name for name, value in before.items() if value is None]
    partly = "; ".join(
        words
        for words in (
            invisible and f"not its {' and '.join(invisible)}",
            emptied and f"{' and '.join(emptied)} will be empty instead of missing",
            keeps_note,
        )
        if words
    )
    same = {"id": fields["id"]} if "id" in fields else {}
    noop = same_fields(body) if before.keys() == body.keys() and agrees(before, body) else ""
    inverse = Undo(
        method,
        path,
        Observation(path=path),
        expected_now={**same, **{name: body[name] for name in before}},
        restores={**same, **before},
        body={name: "" if value is None else value for name, value in before.items()},
        partly=partly,
    )
    return {"before": before, "inverse": (inverse,), "noop": noop}


def same_fields(body: Fields) -> str:
    """Return the reason why an update with this body changes nothing.

    >>> same_fields({"is_active": True}), same_fields({"active": False}), same_fields({"name": "ops"})
    ('already active', 'already deactivated', "already called 'ops'")
    >>> same_fields({"description": "x", "logo_url": "y", "name": "ops"})
    'already has this description, logo_url and name'
    """
    if len(body) == 1:
        ((name, value),) = body.items()
        if name in ("is_active", "active"):
            return "already active" if value else "already deactivated"
        if name in ("name", "username"):
            return f"already called {value!r}"
    *others, last = body
    return f"already has this {', '.join(others)}{' and ' if others else ''}{last}"


def undo_create(
    path: str, fields: Fields, *, by_name: Observation, by_hand: str, blockers: Sequence[Blocker] = ()
) -> dict[str, Any]:
    """Return the fields of a `Write` for deleting an object that it creates, as long as the object is not in use.

    Args:
        path: the route of such objects, without the id.
        made: the fields of the new object; others must not have changed them since.
        by_name: how to find it by its name.
        by_hand: the command that deletes it.
        unless: what must not exist for the deletion.
    """
    at = f"{path}/{HERE}"
    inverse = Undo(
        "DELETE",
        at,
        Observation(path=at),
        expected_now=fields,
        restores=None,
        blockers=tuple(blockers),
        by_name=by_name,
        by_hand=by_hand,
    )
    return {"before": ABSENT, "inverse": (inverse,)}


def _record_at(ctx: CommandContext, path: str, at: Where) -> Fields | None:
    try:
        record = fields_of(query.record_of(at.client_of(ctx.session).get(path)))
    except NotFoundError as error:
        if not error.from_api:
            raise
        return None
    return None if any(record.get(name) == "deleted" for name in _DELETED) else record


def _fields_at(ctx: CommandContext, path: str, at: Where) -> Fields | None:
    try:
        return _record_at(ctx, path, at)
    except ZenProError:
        return None


def _is_hidden(name: str, value: object) -> bool:
    return isinstance(value, SecretPrompt | Secret) or is_secret(name, value)


def _key(observation: Observation) -> _Key:
    return observation.noun, tuple(sorted(observation.ids.items())), tuple(sorted(observation.params.items()))


def _fits(record: Mapping[str, Any], match: Fields) -> bool:
    return all(_comparable(name, value_at(record, name)) == _comparable(name, value) for name, value in match.items())


def _comparable(name: str, value: Any) -> Any:
    """Return the value as it is compared; team names that differ only in case are different names."""
    return value.casefold() if isinstance(value, str) and name.endswith("email") else value
