"""The names that a picker offers: read from the server once, narrowed here, few of them shown."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zenpro_nb import limits, query
from zenpro_nb.resources import RESOURCES
from zenpro_nb.session.session import Session

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """One thing that can be picked."""

    label: str  # for people: "Ada Lovelace · ada@example.com"
    value: str  # what the line says: "ada@example.com"
    id: str
    record: Record
    names: frozenset[str] = frozenset()  # all that it is called, in small letters

    def __post_init__(self) -> None:
        object.__setattr__(self, "_folded", f"{self.label} {self.value}".casefold())

    def rank(self, words: Sequence[str]) -> int | None:
        """How well it fits what was typed, the smaller the better; None: not at all."""
        folded: str = self._folded  # type: ignore[attr-defined]
        if not all(word in folded for word in words):
            return None
        typed = " ".join(words)
        value = self.value.casefold()
        return 0 if value == typed else 1 if value.startswith(typed) or folded.startswith(typed) else 2


@dataclass(frozen=True)
class Offer:
    """What a picker shows for what was typed."""

    choices: Sequence[Choice]
    found: int  # how many fit, shown or not
    total: int


@dataclass(frozen=True)
class ChoiceSource:
    """Which names: of one noun, of one organization where that matters."""

    noun: str
    ids: tuple[tuple[str, str], ...] = ()  # what fills the braces of the route, or narrows the list

    @property
    def complete(self) -> bool:
        """Whether it is known where to ask."""
        return all(value for _, value in self.ids)


class Choices:
    """The names of one server, by where they come from."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._known: dict[ChoiceSource, list[Choice]] = {}
        self._stale: set[ChoiceSource] = set()

    def known(self, source: ChoiceSource) -> list[Choice] | None:
        """What has been read; None where nothing has."""
        with self._lock:
            return self._known.get(source)

    def load(self, source: ChoiceSource) -> list[Choice]:
        """Read them from the server, unless that was done before.

        Raises:
            ZenProError: they cannot be read.
        """
        with self._lock:
            found = None if source in self._stale else self._known.get(source)
        if found is None:
            found = _choices(source.noun, _records(self._session, source))
            with self._lock:
                self._known[source] = found
                self._stale.discard(source)
        return found

    def is_fresh(self, source: ChoiceSource) -> bool:
        """Whether they have been read, and nothing has been written since."""
        with self._lock:
            return source in self._known and source not in self._stale

    def age(self) -> None:
        """Something has been written: what was read serves on, until somebody wants it again."""
        with self._lock:
            self._stale = set(self._known)


def offer(known: Sequence[Choice], typed: str, *, without: Sequence[str] = ()) -> Offer:
    """The best of the choices for what was typed; never more than a browser should get."""
    words = typed.casefold().split()
    ranked: list[tuple[int, int, Choice]] = []
    for position, choice in enumerate(known):
        rank = choice.rank(words)
        if rank is not None and choice.value not in without:
            ranked.append((rank, position, choice))
    ranked.sort(key=lambda one: one[:2])
    return Offer([choice for _, _, choice in ranked[: limits.FORM_OPTIONS]], len(ranked), len(known))


def find(known: Sequence[Choice], text: str) -> Choice | None:
    """The choice that bears this name or id; None where none does, or several do."""
    exact = [choice for choice in known if text in (choice.value, choice.id)]
    similar = exact or bearing(known, text)
    return similar[0] if len(similar) == 1 else None


def bearing(known: Sequence[Choice], text: str) -> list[Choice]:
    """Those that may be meant by a name, in whatever letters: a workspace by its display name, too."""
    folded = text.casefold()
    return [choice for choice in known if folded in choice.names]


def source_of(noun: str, organization_id: str, **more: str) -> ChoiceSource:
    """Where the names of a noun come from."""
    ids = {"organization_id": organization_id, **more}
    wanted = [
        name for name in ids if f"{{{name}}}" in RESOURCES[noun].path or (noun == "workspaces" and name in _NARROW)
    ]
    return ChoiceSource(noun, tuple((name, ids[name]) for name in wanted))


# The workspaces of an organization are a filter of one list of all.
_NARROW = ("organization_id",)


def _records(session: Session, source: ChoiceSource) -> Sequence[Record]:
    ids = dict(source.ids)
    narrowing = ids if source.noun == "workspaces" else {}
    return query.records(session, RESOURCES[source.noun], ids, narrowing)


def _choices(noun: str, records: Sequence[Record]) -> list[Choice]:
    """The choices, those that are gone left out; where two bear one name, the id tells them apart."""
    living = [record for record in records if record.get("status") != "deleted" and not _is_other_kind(noun, record)]
    values = [_value(noun, record) for record in living]
    often = Counter(values)
    made = []
    for record, value in zip(living, values, strict=True):
        if not value:
            continue
        key = str(record.get("id", value))
        unique = often[value] == 1
        more = _more(noun, record, value)
        label = " · ".join([*more, value] if noun == "users" else [value, *more])
        names = frozenset(name.casefold() for name in [*_names(noun, record), key])
        made.append(Choice(label if unique else f"{label} · {key}", value if unique else key, key, record, names))
    return made


def _is_other_kind(noun: str, record: Record) -> bool:
    return noun == "users" and bool(record.get("is_service_account"))


def _value(noun: str, record: Record) -> str:
    return next(iter(_names(noun, record)), "")


def _names(noun: str, record: Record) -> list[str]:
    resource = RESOURCES[noun]
    names = (record.get(column) for column in (resource.label, *resource.aliases))
    return [name for name in names if isinstance(name, str) and name]


def _more(noun: str, record: Record, value: str) -> list[str]:
    """What else tells a person which one it is."""
    said: list[object] = {
        "users": [record.get("name"), None if record.get("is_active", True) else "inactive"],
        "workspaces": [record.get("display_name"), record.get("status")],
        "roles": [record.get("level"), None if record.get("system_managed", True) else "custom"],
        "teams": [_members(record.get("member_count"))],
        "service-accounts": [record.get("description"), None if record.get("is_active", True) else "inactive"],
    }.get(noun, [])
    return [text for text in said if isinstance(text, str) and text and text != value]


def _members(count: object) -> str | None:
    return f"{count} members" if isinstance(count, int) else None


def waiting_text(noun: str) -> str:
    """What a picker says while its names are read."""
    return f"reading the names of the {noun.replace('-', ' ')} …"
