"""Represent the undo of a write as data: another process, maybe of a later version, reads it from the journal.

`{id}` is replaced by the id of the object that the write created, which only the response contains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, ValidationError, convert, field
from msgspec.structs import replace

HERE = "{id}"
# The `before` of a write that creates or removes an object, if the previous state was read.
ABSENT, THERE = {"there": False}, {"there": True}
# The route that removes a member with all roles in the organization.
_MEMBERS = re.compile(r"/organizations/[^/]+/members")

Fields = Mapping[str, Any]


class Observation(Struct, frozen=True):
    """Where the state of an object is read: at its own route, or in a list.

    Attributes:
        path: the route of its record; empty if it is in a list.
        noun: the noun of the list.
        ids: the values for the braces of the list's route.
        params: the filters of the list.
        match: the fields that identify it in the list, with dots if they are nested; empty: any object.
    """

    path: str = ""
    noun: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    params: Fields = field(default_factory=dict)
    match: Fields = field(default_factory=dict)


# The journal keeps the names that these fields have had since the first version.
_IN_JOURNAL = {
    "observation": "sight",
    "reason": "words",
    "expected_now": "left",
    "restores": "was",
    "blockers": "unless",
    "by_name": "named",
}


class Blocker(Struct, frozen=True, rename=_IN_JOURNAL):
    """An object that blocks an undo if it exists."""

    observation: Observation
    reason: str  # "it has members"


class Undo(Struct, frozen=True, rename=_IN_JOURNAL):
    """The request that undoes a write, and the conditions for it to be safe.

    Attributes:
        observation: where the state is read.
        expected_now: the state after the write: its fields, or None for nothing. Others produced any other state.
        restores: the state before the write, in the same form.
        blockers: the objects that must not exist.
        partly: the parts that are not restored; empty if everything is.
        final: why the undo itself cannot be undone; empty if it can.
        by_name: how to find a created object by its name, if its id was never learned.
        by_hand: the command that deletes an object that the write created.
        recreates: the id of the deleted object that the request creates again, under a new id.
        back: the undo that deletes this new object; `{id}` is replaced by its new id.
        repeated: the fields whose current values the request repeats, because it replaces the whole object.
        target: the object in words, if the words of the write also contain its new value: `to grace@example.com`.
    """

    method: str
    path: str
    observation: Observation
    expected_now: Fields | None
    restores: Fields | None
    params: Fields = field(default_factory=dict)
    body: Fields | None = None
    blockers: tuple[Blocker, ...] = ()
    partly: str = ""
    final: str = ""
    by_name: Observation | None = None
    by_hand: str = ""
    recreates: str = ""
    back: Undo | None = None
    repeated: tuple[str, ...] = ()
    target: str = ""

    @property
    def changes(self) -> bool:
        """Return whether the write has changed anything: an unchanged state is not undone."""
        return self.expected_now != self.restores

    @property
    def needs_id(self) -> bool:
        """Return whether the id of the created object is still unknown."""
        return HERE in self.path


def whole_body(inverse: Undo, current: Fields | None) -> Fields | None:
    """Return the body of the request, with the current values of the fields that it repeats.

    >>> undo = Undo("PUT", "/triggers/1", Observation(), {}, {}, body={"active": True}, repeated=("name", "active"))
    >>> whole_body(undo, {"name": "nightly", "active": False, "created": "2026-01-01"})
    {'name': 'nightly', 'active': True}
    """
    if not inverse.repeated or current is None:
        return inverse.body
    return {**{name: current[name] for name in inverse.repeated if name in current}, **(inverse.body or {})}


def fill(inverse: Undo, fields: Fields) -> Undo:
    """Return the undo, completed by the response to the write: with the id, and with the current values.

    Args:
        fields: `id` and the fields of the request, as the response contains them; a server may spell a value
            differently.
    """
    key = str(fields.get("id") or HERE)
    expected_now = (
        inverse.expected_now
        if inverse.expected_now is None
        else {**inverse.expected_now, **{n: fields[n] for n in inverse.expected_now if n in fields}}
    )

    def put(text: str) -> str:
        return text.replace(HERE, key)

    return replace(
        inverse,
        path=put(inverse.path),
        observation=_changed(inverse.observation, put),
        expected_now=expected_now,
        blockers=_changed_blockers(inverse, put),
    )


def reversed_of(inverse: Undo, entry: Mapping[str, Any], template: Undo) -> tuple[Undo, ...]:
    """Return the requests that undo the undo: they restore the result of the write; empty if that is impossible.

    Args:
        entry: the write in the journal.
        template: the undo in the journal, where `{id}` can be a placeholder for the id of the created object.
    """
    if inverse.back is not None:
        return (inverse.back,)
    if inverse.final:
        return ()
    if template.needs_id:
        return _created_again(inverse, entry, template)
    if inverse.method in ("PATCH", "PUT"):
        body = entry.get("body")
        if inverse.body is not None and inverse.expected_now is not None:
            # `owner_id` is shown as `owner.id`.
            fields = dict(inverse.expected_now)
            fields |= {name.replace(".id", "_id"): value for name, value in fields.items() if name.endswith(".id")}
            body = {name: fields[name] for name in inverse.body if name in fields}
        path, params = str(entry["route"]), entry.get("params") or {}
        again = replace(inverse, path=path, params=params, body=body)
    else:
        # A role or a team membership: the opposite of the undo itself. The write may have removed more than this one.
        again = replace(inverse, method="DELETE" if inverse.method == "POST" else "POST")
    return (replace(again, expected_now=inverse.restores, restores=inverse.expected_now, blockers=(), partly=""),)


def _created_again(inverse: Undo, entry: Mapping[str, Any], template: Undo) -> tuple[Undo, ...]:
    """Return the request that creates a deleted object again, as the write had created it."""
    if template.by_name is None:
        return ()
    creation = Undo(
        str(entry["method"]),
        str(entry["route"]),
        template.by_name,
        expected_now=None,
        restores={},
        params=entry.get("params") or {},
        body=entry.get("body"),
        recreates=inverse.path.rpartition("/")[2],
        back=template,
    )
    return (creation,)


def inverses_in(entry: Mapping[str, Any]) -> list[Undo]:
    """Return the undo of a journal entry, completed by its response; empty if it cannot be undone.

    An entry written by another version in another form has none.
    """
    return [fill(template, entry.get("left") or {}) for template in templates_in(entry)]


def templates_in(entry: Mapping[str, Any]) -> list[Undo]:
    """Return the undo of a journal entry, in the form declared before the write was sent."""
    try:
        return [_revoking_one(convert(data, Undo), entry) for data in entry.get("inverse") or ()]
    except (KeyError, TypeError, ValidationError):
        return []


def _revoking_one(inverse: Undo, entry: Mapping[str, Any]) -> Undo:
    """Return the undo; one by older versions for a role that was granted again now revokes only that role.

    Those versions removed the member, with every role that others had granted since.
    """
    if inverse.method != "DELETE" or not _MEMBERS.fullmatch(inverse.path):
        return inverse
    return replace(inverse, path=str(entry["route"]), params=entry.get("params") or {})


def with_ids(inverse: Undo, ids: Mapping[str, str]) -> Undo:
    """Return the undo with the new ids of objects that were created again.

    >>> observation = Observation(path="/teams/1", match={"user.id": "1"})
    >>> undo = Undo("DELETE", "/teams/1/members", observation, {"id": "1"}, None, {"user_id": "11"})
    >>> moved = with_ids(undo, {"1": "2"})
    >>> moved.path, moved.observation.match, moved.expected_now, moved.params
    ('/teams/2/members', {'user.id': '2'}, {'id': '2'}, {'user_id': '11'})
    """
    if not ids:
        return inverse

    def put(text: str) -> str:
        return ids.get(text, text)

    return replace(
        inverse,
        path="/".join(map(put, inverse.path.split("/"))),
        observation=_changed(inverse.observation, put),
        expected_now=moved_fields(inverse.expected_now, ids),
        restores=moved_fields(inverse.restores, ids),
        params=moved_fields(inverse.params, ids) or {},
        body=moved_fields(inverse.body, ids),
        blockers=_changed_blockers(inverse, put),
        by_name=_changed(inverse.by_name, put) if inverse.by_name is not None else None,
        recreates=put(inverse.recreates),
        back=with_ids(inverse.back, ids) if inverse.back is not None else None,
    )


def mentions(inverse: Undo, key: str) -> bool:
    """Return whether the request of an undo contains this id."""
    values = [*inverse.params.values(), *(inverse.body or {}).values()]
    return key in inverse.path.split("/") or key in values


def moved_fields(fields: Fields | None, ids: Mapping[str, str]) -> Fields | None:
    """Return the fields with former ids replaced by new ones."""
    if fields is None:
        return None
    return {name: ids.get(value, value) if isinstance(value, str) else value for name, value in fields.items()}


def _changed_blockers(inverse: Undo, change: Callable[[str], str]) -> tuple[Blocker, ...]:
    return tuple(replace(blocker, observation=_changed(blocker.observation, change)) for blocker in inverse.blockers)


def _changed(observation: Observation, change: Callable[[str], str]) -> Observation:
    """Return the observation with each part of its route and each text among its values changed."""

    def put(fields: Fields) -> dict[str, Any]:
        return {name: change(value) if isinstance(value, str) else value for name, value in fields.items()}

    return replace(
        observation,
        path="/".join(map(change, observation.path.split("/"))),
        ids=put(observation.ids),
        params=put(observation.params),
        match=put(observation.match),
    )


def value_at(record: Fields, name: str) -> Any:
    """Return the value of a field, with dots for nested ones; None if it is missing.

    >>> value_at({"user": {"id": "1"}}, "user.id"), value_at({}, "user.id")
    ('1', None)
    """
    value: Any = record
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def agrees(current: Fields | None, expected: Fields | None) -> bool:
    """Return whether the current state is as expected; a missing text equals an empty one.

    >>> agrees({"id": "1", "description": None}, {"description": ""}), agrees(None, {}), agrees({}, {})
    (True, False, True)
    """
    return not list(differences(current, expected))


def differences(current: Fields | None, expected: Fields | None) -> Iterator[str]:
    """Yield, in words, the differences between the current and the expected state.

    >>> list(differences({"name": "b"}, {"name": "a"})), list(differences({}, None)), list(differences(None, {}))
    (["name is now 'b'"], ['it exists now'], ['it is gone'])
    """
    if current is None or expected is None:
        if current is not None:
            yield "it exists now"
        elif expected is not None:
            yield "it is gone"
        return
    for name, value in expected.items():
        present = value_at(current, name)
        if name.partition(".")[0] not in current:
            yield f"{name} is not visible"
        elif present != value and not (present in (None, "") and value in (None, "")):
            yield f"{name} is now {present!r}"
