"""What takes a write back, as data: another process reads it from the journal, perhaps of a later version.

`{id}` stands for the id of what the write has made, which only its answer tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

HERE = "{id}"
# What `before` says of a write that makes or removes something, where somebody has looked.
ABSENT, THERE = {"there": False}, {"there": True}

Fields = Mapping[str, Any]


class Sight(Struct, frozen=True):
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


class Hurdle(Struct, frozen=True):
    """What is in the way of taking something back, if it is there."""

    sight: Sight
    words: str  # "it has members"


class Inverse(Struct, frozen=True):
    """The request that takes a write back, and what must be so for it to be safe.

    Attributes:
        left: what the write leaves to be seen: the fields, or None for nothing. Anything else is somebody else's work.
        was: what was to be seen before, likewise.
        unless: what must not be there.
        partly: what does not come back; empty where everything does.
        final: why the taking back cannot be taken back in its turn; empty where it can.
    """

    method: str
    path: str
    sight: Sight
    left: Fields | None
    was: Fields | None
    params: Fields = field(default_factory=dict)
    body: Fields | None = None
    unless: tuple[Hurdle, ...] = ()
    partly: str = ""
    final: str = ""

    @property
    def changes(self) -> bool:
        """Return whether the write has changed anything: what was so already is not taken back."""
        return self.left != self.was

    @property
    def needs_id(self) -> bool:
        """Return whether the id is still missing of what the write has made."""
        return HERE in self.path


def filled(inverse: Inverse, shown: Fields) -> Inverse:
    """Return the inverse as the answer to the write completes it: with the id, and with the values that are so now.

    Args:
        shown: `id` and the fields of the request, as the answer showed them; a server may spell a value otherwise.
    """
    key = str(shown.get("id") or HERE)
    left = (
        inverse.left if inverse.left is None else {**inverse.left, **{n: shown[n] for n in inverse.left if n in shown}}
    )
    unless = tuple(replace(one, sight=_with_id(one.sight, key)) for one in inverse.unless)
    sight, path = _with_id(inverse.sight, key), inverse.path.replace(HERE, key)
    return replace(inverse, path=path, sight=sight, left=left, unless=unless)


def reversed_of(inverse: Inverse, write: Mapping[str, Any]) -> tuple[Inverse, ...]:
    """Return what takes the taking back back: the write again, as the journal holds it; empty where nothing does."""
    if inverse.final:
        return ()
    body = write.get("body")
    if inverse.body is not None and inverse.left is not None and inverse.method == "PATCH":
        body = {name: inverse.left[name] for name in inverse.body if name in inverse.left}
    again = replace(inverse, method=str(write["method"]), path=str(write["route"]), params=write.get("params") or {})
    return (replace(again, body=body, left=inverse.was, was=inverse.left, unless=(), partly=""),)


def inverses_in(entry: Mapping[str, Any]) -> list[Inverse]:
    """Return what takes the write of a journal's entry back, completed by its answer; empty where nothing does.

    An entry that another version wrote in another form has none that can be read.
    """
    try:
        made = [_inverse(one) for one in entry.get("inverse") or ()]
    except (KeyError, TypeError, ValueError, AttributeError):
        return []
    return [filled(one, entry.get("left") or {}) for one in made]


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


def _with_id(sight: Sight, key: str) -> Sight:
    def put(fields: Fields) -> dict[str, Any]:
        return {name: value.replace(HERE, key) if isinstance(value, str) else value for name, value in fields.items()}

    return replace(
        sight, path=sight.path.replace(HERE, key), ids=put(sight.ids), params=put(sight.params), match=put(sight.match)
    )


def _sight(data: Mapping[str, Any]) -> Sight:
    return Sight(data["path"], data["noun"], data["ids"], data["params"], data["match"])


def _inverse(data: Mapping[str, Any]) -> Inverse:
    return Inverse(
        method=str(data["method"]),
        path=str(data["path"]),
        sight=_sight(data["sight"]),
        left=data["left"],
        was=data["was"],
        params=data["params"],
        body=data["body"],
        unless=tuple(Hurdle(_sight(one["sight"]), str(one["words"])) for one in data["unless"]),
        partly=str(data["partly"]),
        final=str(data["final"]),
    )
