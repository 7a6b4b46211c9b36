"""Encode items as JSON, according to the caller's permissions (API facts 9.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from zenpro_nb.sandbox.workspace_api.items.base import Fields, Item
from zenpro_nb.sandbox.workspace_api.items.runs import Input


class Envelope:
    """Encode items for one caller at one time.

    Args:
        may_read: whether a nested item is shown with its body.
    """

    def __init__(self, now: datetime, may_read: Callable[[Item], bool]) -> None:
        self._now = now
        self._may_read = may_read
        # A page of a thousand runs contains the same few pipelines, stacks and users many times.
        self._encoded: dict[Item, msgspec.Raw] = {}

    def item_body(self, item: Item, *, hydrate: bool) -> Fields:
        """Return an item at the top level of a response."""
        return {
            "body": item.body(self._now),
            "metadata": item.metadata(self._now) if hydrate else None,
            "resources": item.resources(self._now),
            **_top(item, denied=False),
        }

    def all(self, items: Iterable[Item], *, hydrate: bool) -> list[Fields]:
        """Return several items at the top level of a response."""
        return [self.item_body(item, hydrate=hydrate) for item in items]

    def encode(self, data: object) -> bytes:
        """Return the JSON of data that can contain items. Times are naive and have no zone."""
        return msgspec.json.encode(data, enc_hook=self._nested_body)

    def _nested_body(self, value: object) -> object:
        if isinstance(value, Input):
            return self._nested_item(value.version) | value.how
        if not isinstance(value, Item):
            raise TypeError(f"{type(value).__name__} cannot be shown by a workspace")
        raw = self._encoded.get(value)
        if raw is None:
            raw = self._encoded[value] = msgspec.Raw(self.encode(self._nested_item(value)))
        return raw

    def _nested_item(self, item: Item) -> Fields:
        """Return an item that is nested in another: with its body only, or without it if the caller cannot read it."""
        denied = not self._may_read(item)
        body = None if denied else item.body(self._now)
        return {"body": body, "metadata": None, "resources": None, **_top(item, denied=denied)}


def _top(item: Item, *, denied: bool) -> Fields:
    top: Fields = {"id": item.id, "permission_denied": denied}
    return top | {"name": item.name} if item.kind.has_name else top
