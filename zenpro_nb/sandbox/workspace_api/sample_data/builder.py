"""The shared state of all sample data generators: the world to fill, a random generator, and the current time."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from zenpro_nb.sandbox.workspace_api.items.base import Item
from zenpro_nb.sandbox.workspace_api.world import World

AnyItem = TypeVar("AnyItem", bound=Item)


class Builder:
    """A world to fill, with random values that depend only on the seed and the name of the fork."""

    def __init__(self, world: World, now: datetime, seed: str) -> None:
        self.world = world
        self.now = now
        self.random = Random(seed)  # noqa: S311 - sample data, not a secret
        self._seed = seed

    def fork(self, name: str) -> Builder:
        """Return a builder with its own random generator."""
        return Builder(self.world, self.now, f"{self._seed}/{name}")

    def id(self) -> str:
        """Return a new id."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def ago(self, fewest_days: float, most_days: float) -> datetime:
        """Return a random time between the two numbers of days ago."""
        return self.now - timedelta(days=self.random.uniform(fewest_days, most_days))

    def secret(self) -> str:
        """Return a recognizable secret, with which a test can detect a client that shows secrets."""
        return f"made-up-{self.random.getrandbits(64):016x}"

    def add(self, item: AnyItem) -> AnyItem:
        """Add an item to the workspace, and return it."""
        self.world.add(item)
        return item

    @property
    def today(self) -> datetime:
        """The last midnight, in UTC."""
        return self.now.replace(hour=0, minute=0, second=0, microsecond=0)
