"""Match names with records: exactly, or otherwise ignoring case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import AmbiguousNameError, UnexpectedAnswerError, UnknownNameError
from zenpro_nb.resources import RESOURCES, Resource
from zenpro_nb.resources.nouns import one_of, singular
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.suggestions import did_you_mean

# fields that distinguish objects with the same name
_DISTINGUISHING = ("email", "username", "display_name", "level", "description")


class Found(Struct, frozen=True):
    """The object that a name refers to.

    Attributes:
        id: its id.
        name: its display name.
        record: the server's record; empty if none was fetched.
        whole: the record is complete, not the excerpt in a list.
        project: the name of the project in a workspace that contains it.
    """

    id: str
    name: str
    record: Mapping[str, object]
    whole: bool = False
    project: str | None = None


class NameIndex:
    """Records of one resource by their names and ids.

    >>> teams = NameIndex(RESOURCES["teams"], [{"id": "1", "name": "ops"}, {"id": "2", "name": "ml"}])
    >>> teams.pick("OPS").id
    '1'
    """

    def __init__(self, resource: Resource, records: Sequence[Mapping[str, object]]) -> None:
        self._resource = resource
        self._by_id = {str(record["id"]): record for record in records if record.get("id")}
        self._exact: dict[str, list[Mapping[str, object]]] = defaultdict(list)
        for record in records:
            for name in set(names_of(resource, record)):
                self._exact[name].append(record)

    @cached_property
    def _by_folded_name(self) -> dict[str, list[str]]:
        """Return the names by their lowercase form; computed only when a name is not found exactly."""
        by_folded_name: dict[str, list[str]] = defaultdict(list)
        for name in self._exact:
            by_folded_name[name.casefold()].append(name)
        return by_folded_name

    def has(self, key: str) -> bool:
        """Return whether one of the records has this id."""
        return key in self._by_id

    def bearing(self, text: str) -> Sequence[Mapping[str, object]]:
        """Return the records with exactly this name, or if there are none, with this name ignoring case (emails)."""
        if text in self._exact:
            return self._exact[text]
        similar = self._by_folded_name.get(text.casefold(), ())
        return list({id(record): record for name in similar for record in self._exact[name]}.values())

    def pick(self, text: str, names: Sequence[str] | None = None) -> Found:
        """Return the one record with this name or id.

        Args:
            names: the names to take suggestions from; by default those of the records.

        Raises:
            UnknownNameError: no record has that name; the message suggests similar ones.
            AmbiguousNameError: several records have it; the message lists them with their ids.
        """
        if text in self._by_id:
            return found_in(self._resource, self._by_id[text])
        matches = self.bearing(text)
        if not matches:
            raise unknown(self._resource.noun, text, list(self._exact) if names is None else names)
        if len(matches) > 1:
            raise _ambiguous(self._resource.noun, text, matches)
        return found_in(self._resource, matches[0])


def pick(noun: str, text: str, records: Sequence[Mapping[str, object]]) -> Found:
    """Return the record with this name or id. Raises the errors of `NameIndex.pick`."""
    return NameIndex(RESOURCES[noun], records).pick(text)


def found_in(resource: Resource, record: Mapping[str, object]) -> Found:
    """Return the object of a record. Raises the errors of `id_of`."""
    key = id_of(resource, record)
    return Found(key, label_of(resource, record) or key, record)


def id_of(resource: Resource, record: Mapping[str, object]) -> str:
    """Return the id of a record.

    Raises:
        UnexpectedAnswerError: it has none, so no request about the object is possible.
    """
    key = record.get("id")
    if not isinstance(key, str) or not key:
        label = label_of(resource, record)
        raise UnexpectedAnswerError(
            f"The server sent {one_of(resource.noun)}{f' {label!r}' if label else ''} without an ID",
            hint=f"To see the response, run `{resource.noun} --raw`.",
        )
    return key


def names_of(resource: Resource, record: Mapping[str, object]) -> list[str]:
    """Return the names that users can use for a record, the display name first."""
    values = [_value(record, places) for places in resource.label_paths]
    return [value for value in values if isinstance(value, str) and value]


def label_of(resource: Resource, record: Mapping[str, object]) -> str:
    """Return the display name of a record; "" if it has none."""
    return next(iter(names_of(resource, record)), "")


def search(resource: Resource, text: str) -> dict[str, str]:
    """Return the query parameter with which the server finds this name; empty if the API has none.

    >>> search(RESOURCES["users"], "ada@example.com"), search(RESOURCES["users"], "Ada"), search(RESOURCES["runs"], "a")
    ({'email': 'ada@example.com'}, {}, {'name': 'equals:a'})
    """
    if resource.lookup:
        return {resource.lookup: text} if resource.lookup != "email" or "@" in text else {}
    same = (filter_ for filter_ in resource.filters if filter_.name == resource.label and filter_.operators)
    return {filter_.name: f"equals:{text}" for filter_ in same}


def command_of(noun: str) -> str:
    """Return the command that lists the objects of a noun; not every noun is a command."""
    resource = RESOURCES.get(noun)
    return (resource.parent if resource is not None else "") or noun


def unknown(noun: str, text: str, names: Sequence[str]) -> UnknownNameError:
    """Return the error for a name that no object has, with the most similar known name."""
    suggestion = did_you_mean(text, names)
    return UnknownNameError(
        f"The {singular(noun)} {text!r} does not exist, or you cannot see it",
        hint=suggestion or f"List them with `{command_of(noun)}`.",
        strangers=[] if suggestion else [text],
        names=[text],
    )


def _ambiguous(noun: str, text: str, matches: Sequence[Mapping[str, object]]) -> AmbiguousNameError:
    matches_text = ", ".join(
        f"{record.get('id')} ({_distinction(record)})" for record in matches[: limits.NAMES_IN_MESSAGE]
    )
    ids = [str(record.get("id")) for record in matches]
    return AmbiguousNameError(f"{len(matches)} {noun} are called {text!r}: {matches_text}", name=text, ids=ids)


def _distinction(record: Mapping[str, object]) -> str:
    facts = [str(record[name]) for name in _DISTINGUISHING if record.get(name)]
    if record.get("member_count") is not None:
        facts.append(_members(record["member_count"]))
    return ", ".join(facts) or str(record.get("name", ""))


def _members(count: object) -> str:
    return counted(count, "member") if isinstance(count, int) else f"{count} members"


def _value(record: Mapping[str, object], places: Sequence[Sequence[str]]) -> object:
    """Return the first value that is present at one of these paths of a record."""
    for first, *further in places:
        value = record.get(first)
        for step in further:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None
