"""What takes a write back, as data: another process reads it from the journal, perhaps of a later version.

`{id}` stands for the id of what the write has made, which only its answer tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

HERE = "{id}"
# What `before` says of a write that makes or removes something, where somebody has looked.
ABSENT, THERE = {"there": False}, {"there": True}
# The route that removes a member with all roles of the organization.
_MEMBERS = re.compile(r"/organizations/[^/]+/members")

Fields = Mapping[str, Any]


class Observation(Struct, frozen=True):
    """Where a thing can be seen: at a route of its own, or in a list.

    Attributes:
        path: the route of its record; empty where it stands in a list.
        noun: of the list.
        ids: what fills the braces of the list's route.
        params: the filters of the list.
        match: the fields by which it is known in the list, with dots where they are nested; empty: anything there.
    """

    path: str = ""
    noun: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    params: Fields = field(default_factory=dict)
    match: Fields = field(default_factory=dict)


class Blocker(Struct, frozen=True):
    """What is in the way of taking something back, if it is there."""

    sight: Observation
    words: str  # "it has members"


class Undo(Struct, frozen=True):
    """The request that takes a write back, and what must be so for it to be safe.

    Attributes:
        left: what the write leaves to be seen: the fields, or None for nothing. Anything else is somebody else's work.
        was: what was to be seen before, likewise.
        unless: what must not be there.
        partly: what does not come back; empty where everything does.
        final: why the taking back cannot be taken back in its turn; empty where it can.
        named: where an object that the write creates is found by its name, if its id was never learned.
        by_hand: the command that deletes an object that the write created.
        recreates: the id of the deleted object that the request creates again, under a new id.
        back: what deletes the object again that the request creates; `{id}` stands for its new id.
    """

    method: str
    path: str
    sight: Observation
    left: Fields | None
    was: Fields | None
    params: Fields = field(default_factory=dict)
    body: Fields | None = None
    unless: tuple[Blocker, ...] = ()
    partly: str = ""
    final: str = ""
    named: Observation | None = None
    by_hand: str = ""
    recreates: str = ""
    back: Undo | None = None

    @property
    def changes(self) -> bool:
        """Return whether the write has changed anything: what was so already is not taken back."""
        return self.left != self.was

    @property
    def needs_id(self) -> bool:
        """Return whether the id is still missing of what the write has made."""
        return HERE in self.path


def filled(inverse: Undo, shown: Fields) -> Undo:
    """Return the inverse as the answer to the write completes it: with the id, and with the values that are so now.

    Args:
        shown: `id` and the fields of the request, as the answer showed them; a server may spell a value otherwise.
    """
    key = str(shown.get("id") or HERE)
    left = (
        inverse.left if inverse.left is None else {**inverse.left, **{n: shown[n] for n in inverse.left if n in shown}}
    )
    unless = tuple(replace(blocker, sight=_with_id(blocker.sight, key)) for blocker in inverse.unless)
    sight, path = _with_id(inverse.sight, key), inverse.path.replace(HERE, key)
    return replace(inverse, path=path, sight=sight, left=left, unless=unless)


def reversed_of(inverse: Undo, entry: Mapping[str, Any], template: Undo) -> tuple[Undo, ...]:
    """Return the requests that undo the undo: they lead back to what the write had done; none if nothing does.

    Args:
        entry: the write in the journal.
        template: the inverse as it is in the journal, where `{id}` may stand for the id of what the write created.
    """
    if inverse.back is not None:
        return (inverse.back,)
    if inverse.final:
        return ()
    if template.needs_id:
        return _created_again(inverse, entry, template)
    if inverse.method == "PATCH":
        body = entry.get("body")
        if inverse.body is not None and inverse.left is not None:
            body = {name: inverse.left[name] for name in inverse.body if name in inverse.left}
        path, params = str(entry["route"]), entry.get("params") or {}
        again = replace(inverse, path=path, params=params, body=body)
    else:
        # A role or a place in a team: the opposite of the undo itself. The write may have removed more than this one.
        again = replace(inverse, method="DELETE" if inverse.method == "POST" else "POST")
    return (replace(again, left=inverse.was, was=inverse.left, unless=(), partly=""),)


def _created_again(inverse: Undo, entry: Mapping[str, Any], template: Undo) -> tuple[Undo, ...]:
    """Return the request that creates a deleted object again, as the write had created it."""
    if template.named is None:
        return ()
    made = Undo(
        str(entry["method"]),
        str(entry["route"]),
        template.named,
        left=None,
        was={},
        params=entry.get("params") or {},
        body=entry.get("body"),
        recreates=inverse.path.rpartition("/")[2],
        back=template,
    )
    return (made,)


def inverses_in(entry: Mapping[str, Any]) -> list[Undo]:
    """Return what undoes the write of a journal's entry, completed by its answer; empty if nothing does.

    An entry that another version wrote in another form has none that can be read.
    """
    return [filled(template, entry.get("left") or {}) for template in templates_in(entry)]


def templates_in(entry: Mapping[str, Any]) -> list[Undo]:
    """Return what undoes the write of a journal's entry, as it was declared before the write was sent."""
    try:
        return [_revoking_one(_inverse(data), entry) for data in entry.get("inverse") or ()]
    except (KeyError, TypeError, ValueError, AttributeError):
        return []


def _revoking_one(inverse: Undo, entry: Mapping[str, Any]) -> Undo:
    """Return the inverse; one that older versions wrote for a role that was given back revokes that role alone.

    They removed the member, with every role that somebody else had granted since.
    """
    if inverse.method != "DELETE" or not _MEMBERS.fullmatch(inverse.path):
        return inverse
    return replace(inverse, path=str(entry["route"]), params=entry.get("params") or {})


def moved(inverse: Undo, ids: Mapping[str, str]) -> Undo:
    """Return the inverse with the ids of objects that were created again in the place of their former ones.

    >>> sight = Observation(path="/teams/1", match={"user.id": "1"})
    >>> found = moved(Undo("DELETE", "/teams/1/members", sight, {"id": "1"}, None, {"user_id": "11"}), {"1": "2"})
    >>> found.path, found.sight.match, found.left, found.params
    ('/teams/2/members', {'user.id': '2'}, {'id': '2'}, {'user_id': '11'})
    """
    if not ids:
        return inverse
    return replace(
        inverse,
        path=_moved_path(inverse.path, ids),
        sight=_moved_sight(inverse.sight, ids),
        left=moved_fields(inverse.left, ids),
        was=moved_fields(inverse.was, ids),
        params=moved_fields(inverse.params, ids) or {},
        body=moved_fields(inverse.body, ids),
        unless=tuple(replace(hurdle, sight=_moved_sight(hurdle.sight, ids)) for hurdle in inverse.unless),
        named=_moved_sight(inverse.named, ids) if inverse.named is not None else None,
        recreates=ids.get(inverse.recreates, inverse.recreates),
        back=moved(inverse.back, ids) if inverse.back is not None else None,
    )


def mentions(inverse: Undo, key: str) -> bool:
    """Return whether the request of an inverse names this id."""
    values = [*inverse.params.values(), *(inverse.body or {}).values()]
    return key in inverse.path.split("/") or key in values


def moved_fields(fields: Fields | None, ids: Mapping[str, str]) -> Fields | None:
    """Return fields whose values are new ids where they were former ones."""
    if fields is None:
        return None
    return {name: ids.get(value, value) if isinstance(value, str) else value for name, value in fields.items()}


def _moved_path(path: str, ids: Mapping[str, str]) -> str:
    return "/".join(ids.get(segment, segment) for segment in path.split("/"))


def _moved_sight(sight: Observation, ids: Mapping[str, str]) -> Observation:
    def put(fields: Fields) -> dict[str, Any]:
        return dict(moved_fields(fields, ids) or {})

    return replace(
        sight,
        path=_moved_path(sight.path, ids),
        ids=put(sight.ids),
        params=put(sight.params),
        match=put(sight.match),
    )


def value_at(record: Fields, name: str) -> Any:
    """Return the value of a field, behind dots where it is nested; None where there is none.

    >>> value_at({"user": {"id": "1"}}, "user.id"), value_at({}, "user.id")
    ('1', None)
    """
    value: Any = record
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def agrees(current: Fields | None, wanted: Fields | None) -> bool:
    """Return whether what is to be seen is as it is wanted; no text and an empty one are the same.

    >>> agrees({"id": "1", "description": None}, {"description": ""}), agrees(None, {}), agrees({}, {})
    (True, False, True)
    """
    return not list(differences(current, wanted))


def differences(current: Fields | None, wanted: Fields | None) -> Iterator[str]:
    """Yield, in words, how what is to be seen differs from what is wanted.

    >>> list(differences({"name": "b"}, {"name": "a"})), list(differences({}, None)), list(differences(None, {}))
    (["name is 'b' now"], ['it is there now'], ['it is gone'])
    """
    if current is None or wanted is None:
        if current is not None:
            yield "it is there now"
        elif wanted is not None:
            yield "it is gone"
        return
    for name, value in wanted.items():
        if name not in current:
            yield f"{name} cannot be seen"
        elif current[name] != value and not (current[name] in (None, "") and value in (None, "")):
            yield f"{name} is {current[name]!r} now"


def _with_id(sight: Observation, key: str) -> Observation:
    def put(fields: Fields) -> dict[str, Any]:
        return {name: value.replace(HERE, key) if isinstance(value, str) else value for name, value in fields.items()}

    return replace(
        sight, path=sight.path.replace(HERE, key), ids=put(sight.ids), params=put(sight.params), match=put(sight.match)
    )


def _sight(data: Mapping[str, Any]) -> Observation:
    return Observation(data["path"], data["noun"], data["ids"], data["params"], data["match"])


def _inverse(data: Mapping[str, Any]) -> Undo:
    named, back = data.get("named"), data.get("back")
    return Undo(
        method=str(data["method"]),
        path=str(data["path"]),
        sight=_sight(data["sight"]),
        left=data["left"],
        was=data["was"],
        params=data["params"],
        body=data["body"],
        unless=tuple(Blocker(_sight(item["sight"]), str(item["words"])) for item in data["unless"]),
        partly=str(data["partly"]),
        final=str(data["final"]),
        named=_sight(named) if named else None,
        by_hand=str(data.get("by_hand") or ""),
        recreates=str(data.get("recreates") or ""),
        back=_inverse(back) if back else None,
    )
