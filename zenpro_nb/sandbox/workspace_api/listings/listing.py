"""What is declared of a list: its route, what stands in it, and its filters (API facts 9.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from zenpro_nb.sandbox.workspace_api.filters import Field, Getter, Values, at
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Item


class Listing(Struct, frozen=True):
    """One list of a workspace.

    Args:
        route: below `/api/v1/`.
        fields: the filters besides those that every list has.
        by_name: one of it is also found by its name in the route.
        defaults: filters that hold unless they are given.
        feature: what has to be switched on for it, in the server's words.
    """

    route: str
    kind: DataType[Any]
    fields: Mapping[str, Field]
    by_name: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)
    feature: str = ""

    def field(self, name: str) -> Field | None:
        """Return the filter of this name; an unknown one is ignored by the server (API facts 6.3, observed)."""
        return self.fields.get(name) or _EVERY.get(name)

    def sortable(self) -> dict[str, Getter]:
        """Return what the list can be ordered by."""
        return {name: item.values for name, item in {**_EVERY, **self.fields}.items()}


def text(values: Getter) -> Field:
    """Return a field that is filtered as text."""
    return Field("text", values)


def key(values: Getter) -> Field:
    """Return a field that is filtered as an id."""
    return Field("key", values)


def number(values: Getter) -> Field:
    """Return a field that is filtered as a number."""
    return Field("number", values)


def moment(values: Getter) -> Field:
    """Return a field that is filtered as a time."""
    return Field("moment", values)


def flag(values: Getter) -> Field:
    """Return a field that is filtered as yes or no."""
    return Field("flag", values)


def only(holds: Getter) -> Field:
    """Return a flag that asks for nothing unless it is set."""

    def values(item: Item, now: datetime) -> Values:
        return (False, *holds(item, now))

    return Field("flag", values)


def _name(item: Item, now: datetime) -> Values:
    return (item.name,)


def _owner(item: Item, now: datetime) -> Values:
    return (None,) if item.owner is None else (item.owner.name, item.owner.id)


def absent(item: Item, now: datetime) -> Values:
    """Return what a thing has of a field that nothing here has."""
    return (None,)


NAME = text(_name)
USER = text(_owner)
TAGS = text(at("resources.tags"))
RUN_METADATA = Field("pair", at("metadata.run_metadata"))
ABSENT = key(absent)

_EVERY = {
    "id": key(lambda item, now: (item.id,)),
    "created": moment(lambda item, now: (item.created,)),
    "updated": moment(lambda item, now: (item.updated(now),)),
}
