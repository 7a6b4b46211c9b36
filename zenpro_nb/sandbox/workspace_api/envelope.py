"""From things to JSON, as one visitor may see them (API facts 9.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from zenpro_nb.sandbox.workspace_api.items.base import Fields, Item
from zenpro_nb.sandbox.workspace_api.items.runs import Input


class Envelope:
    """Encodes things at one moment for one visitor.

    Args:
        may_read: whether a thing that stands inside another may be shown with its body.
    """

    def __init__(self, now: datetime, may_read: Callable[[Item], bool]) -> None:
        self._now = now
        self._may_read = may_read
        # A page of a thousand runs shows the same few pipelines, stacks and people again and again.
        self._known: dict[Item, msgspec.Raw] = {}

    def shown(self, item: Item, *, hydrate: bool) -> Fields:
        """Return a thing that was asked for itself."""
        return {
            "body": item.body(self._now),
            "metadata": item.metadata(self._now) if hydrate else None,
            "resources": item.resources(self._now),
            **_top(item, denied=False),
        }

    def all(self, items: Iterable[Item], *, hydrate: bool) -> list[Fields]:
        """Return several things as they are shown."""
        return [self.shown(item, hydrate=hydrate) for item in items]

    def encode(self, data: object) -> bytes:
        """Return the JSON of data in which things may stand; times are written as they are, without a zone."""
        return msgspec.json.encode(data, enc_hook=self._nested)

    def _nested(self, value: object) -> object:
        if isinstance(value, Input):
            return self._inside(value.version) | value.how
        if not isinstance(value, Item):
            raise TypeError(f"{type(value).__name__} is nothing that a workspace shows")
        raw = self._known.get(value)
        if raw is None:
            raw = self._known[value] = msgspec.Raw(self.encode(self._inside(value)))
        return raw

    def _inside(self, item: Item) -> Fields:
        """Return a thing that stands inside another: with its body alone, or without where it may not be read."""
        denied = not self._may_read(item)
        body = None if denied else item.body(self._now)
        return {"body": body, "metadata": None, "resources": None, **_top(item, denied=denied)}


def _top(item: Item, *, denied: bool) -> Fields:
    top: Fields = {"id": item.id, "permission_denied": denied}
    return top | {"name": item.name} if item.kind.named else top
