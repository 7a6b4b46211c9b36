"""What all things of a workspace have in common, and where each of their fields stands (API facts 9.3).

A thing is shown as `{id, name, permission_denied, body, metadata, resources}`. Its state is not stored but follows from
the clock, like that of a workspace: whoever looks later sees a run that has ended meanwhile.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct
from typing_extensions import override

Fields = dict[str, Any]
Thing = TypeVar("Thing", bound="Item")


class DataType(Struct, Generic[Thing], frozen=True, eq=False):
    """What things of one kind have in common; the type says which class they are of.

    Args:
        noun: the word for one of them in messages.
        permission: the resource type that permissions speak of; "" where everybody inside may read it.
        scoped: belongs to a project.
        owned: says who made it.
        nested: has `resources`; projects, users and keys have none.
        named: has a name at the top.
    """

    noun: str
    permission: str = ""
    scoped: bool = False
    owned: bool = True
    nested: bool = True
    named: bool = True


class Item:
    """One thing. Classes of things override what differs."""

    # Only those who made it see it, whatever their roles.
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

    def exists(self, now: datetime) -> bool:
        """Return whether it was made by then: schedules have planned runs that nobody sees yet."""
        return self.created <= now

    def updated(self, now: datetime) -> datetime:
        """Return when it was last changed."""
        return self.created

    def guard(self) -> Item:
        """Return the thing whose readers may read this one: versions are guarded by what they are versions of."""
        return self

    def own_body(self, now: datetime) -> Fields:
        """Return the fields of the body that only its kind has."""
        return {}

    def metadata(self, now: datetime) -> Fields:
        """Return what is shown with `hydrate=true` alone."""
        return {}

    def own_resources(self, now: datetime) -> Fields:
        """Return the things it is made of or belongs to, besides whoever made it."""
        return {}

    def body(self, now: datetime) -> Fields:
        """Return the fields that every list shows."""
        shown: Fields = {"created": self.created, "updated": self.updated(now)}
        if self.kind.owned:
            shown["user_id"] = None if self.owner is None else self.owner.id
        if self.kind.scoped:
            shown["project_id"] = None if self.project is None else self.project.id
        shown.update(self.own_body(now))
        return shown

    def resources(self, now: datetime) -> Fields | None:
        """Return the things around it, which are shown with their bodies."""
        if not self.kind.nested:
            return None
        user: Fields = {"user": self.owner} if self.kind.owned else {}
        return user | self.own_resources(now)


class Document(Item):
    """A thing that never changes by itself: its fields are written down when it is made."""

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

    @override
    def own_body(self, now: datetime) -> Fields:
        return self._body

    @override
    def metadata(self, now: datetime) -> Fields:
        return self._metadata

    @override
    def own_resources(self, now: datetime) -> Fields:
        return self._resources
