"""The base classes of all items of a workspace, with the layout of their fields (API facts 9.3).

An item is shown as `{id, name, permission_denied, body, metadata, resources}`. Its state is not stored but computed
from the clock, like that of a workspace: a later request shows a run that has since ended.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct
from typing_extensions import override

Fields = dict[str, Any]
Thing = TypeVar("Thing", bound="Item")


class DataType(Struct, Generic[Thing], frozen=True, eq=False):
    """The properties of one type of item. The type parameter is the class of the items.

    Args:
        noun: the singular noun in messages.
        permission: the resource type in permissions, or "" if every account of the workspace can read it.
        scoped: whether it belongs to a project.
        owned: whether it shows its creator.
        nested: whether it has `resources`; projects, users and keys have none.
        has_name: whether its name is a top-level field.
    """

    noun: str
    permission: str = ""
    scoped: bool = False
    owned: bool = True
    nested: bool = True
    has_name: bool = True


class Item:
    """One item. Subclasses override what differs."""

    # Whether only its creator can see it, regardless of roles.
    private = False

    def __init__(
        self,
        kind: DataType[Any],
        item_id: str,
        name: str | None,
        created: datetime,
        owner: Item | None = None,
        project: Item | None = None,
    ) -> None:
        self.kind = kind
        self.id = item_id
        self.name = name
        self.created = created
        self.owner = owner
        self.project = project
        self.changed = created

    def exists(self, now: datetime) -> bool:
        """Return whether it exists at this time. Planned runs of schedules are not visible before their start."""
        return self.created <= now

    def updated(self, now: datetime) -> datetime:
        """Return the time of the last change."""
        return self.changed

    def guard(self) -> Item:
        """Return the item whose read permission applies. For a version this is its model or artifact."""
        return self

    def own_body(self, now: datetime) -> Fields:
        """Return the fields of the body that are specific to this type."""
        return {}

    def metadata(self, now: datetime) -> Fields:
        """Return the fields that are shown only with `hydrate=true`."""
        return {}

    def own_resources(self, now: datetime) -> Fields:
        """Return the related items, except the creator."""
        return {}

    def body(self, now: datetime) -> Fields:
        """Return the fields that all lists show."""
        fields: Fields = {"created": self.created, "updated": self.updated(now)}
        if self.kind.owned:
            fields["user_id"] = None if self.owner is None else self.owner.id
        if self.kind.scoped:
            fields["project_id"] = None if self.project is None else self.project.id
        fields.update(self.own_body(now))
        return fields

    def resources(self, now: datetime) -> Fields | None:
        """Return the related items, which are shown with their bodies."""
        if not self.kind.nested:
            return None
        user: Fields = {"user": self.owner} if self.kind.owned else {}
        return user | self.own_resources(now)


class Document(Item):
    """An item that does not change automatically: its fields are set at creation."""

    def __init__(
        self,
        kind: DataType[Any],
        item_id: str,
        name: str | None,
        created: datetime,
        owner: Item | None = None,
        project: Item | None = None,
        *,
        body: Fields | None = None,
        metadata: Fields | None = None,
        resources: Fields | None = None,
    ) -> None:
        super().__init__(kind, item_id, name, created, owner, project)
        self._body = body or {}
        self._metadata = metadata or {}
        self._resources = resources or {}

    def change(self, now: datetime, *, name: str | None = None, body: Fields, metadata: Fields | None = None) -> None:
        """Set the name and these fields, and leave all others unchanged."""
        self.name = self.name if name is None else name
        self._body = {**self._body, **body}
        self._metadata = {**self._metadata, **(metadata or {})}
        self.changed = now

    @override
    def own_body(self, now: datetime) -> Fields:
        return self._body

    @override
    def metadata(self, now: datetime) -> Fields:
        return self._metadata

    @override
    def own_resources(self, now: datetime) -> Fields:
        return self._resources
