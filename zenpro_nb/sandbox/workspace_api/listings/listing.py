"""The declaration of a list: its route, item type and filters (API facts 9.4)."""

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
        route: the path below `/api/v1/`.
        fields: the filters in addition to those of every list.
        by_name: whether the route also finds an item by name.
        defaults: the filters that apply unless they are given.
        feature: the feature that must be enabled for it, by the server's name.
    """

    route: str
    kind: DataType[Any]
    fields: Mapping[str, Field]
    by_name: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)
    feature: str = ""

    def field(self, name: str) -> Field | None:
        """Return the filter with this name. The server ignores unknown ones (API facts 6.3, observed)."""
        return self.fields.get(name) or _EVERY.get(name)

    @property
    def names(self) -> set[str]:
        """Return the names of the filters, and of the parameters that a filter of the server also contains."""
        return {*_PARAMETERS, *_EVERY, *self.fields}

    def sortable(self) -> dict[str, Getter]:
        """Return the fields by which the list can be sorted."""
        return {name: field.values for name, field in {**_EVERY, **self.fields}.items()}


def text(values: Getter) -> Field:
    """Return a field that is filtered as text."""
    return Field("text", values)


def key(values: Getter) -> Field:
    """Return a field that is filtered as an id."""
    return Field("key", values)


def joined_field(values: Getter) -> Field:
    """Return a field for the id of an item in another table, which the server joins (API facts 12.2).

    An item without a counterpart there matches no condition, not even `isnull:`.
    """

    def ids(item: Item, now: datetime) -> Values:
        # A related item is read as its name and its id; the server compares the id.
        *_, item_id = values(item, now)
        return () if item_id is None else (item_id,)

    return Field("key", ids)


def number(values: Getter) -> Field:
    """Return a field that is filtered as a number."""
    return Field("number", values)


def moment(values: Getter) -> Field:
    """Return a field that is filtered as a time."""
    return Field("moment", values)


def flag(values: Getter) -> Field:
    """Return a field that is filtered as a boolean."""
    return Field("flag", values)


def only(values_if_true: Getter) -> Field:
    """Return a flag that filters only if it is true."""

    def values(item: Item, now: datetime) -> Values:
        return (False, *values_if_true(item, now))

    return Field("flag", values)


def _name(item: Item, now: datetime) -> Values:
    return (item.name,)


def _owner(item: Item, now: datetime) -> Values:
    return (None,) if item.owner is None else (item.owner.name, item.owner.id)


def absent(item: Item, now: datetime) -> Values:
    """Return null, for a field that no item here has."""
    return (None,)


NAME = text(_name)
USER = text(_owner)
TAGS = text(at("resources.tags"))
RUN_METADATA = Field("pair", at("metadata.run_metadata"))
ABSENT = key(absent)

_PARAMETERS = ("project", "logical_operator", "sort_by", "page", "size", "scope_user")
_EVERY = {
    "id": key(lambda item, now: (item.id,)),
    "created": moment(lambda item, now: (item.created,)),
    "updated": moment(lambda item, now: (item.updated(now),)),
}
