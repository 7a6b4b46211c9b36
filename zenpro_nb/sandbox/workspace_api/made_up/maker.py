"""What everything that is made up needs: the world it goes into, dice, and the moment from which days are counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

from zenpro_nb.sandbox.workspace_api.items.base import Item
from zenpro_nb.sandbox.workspace_api.world import World

Made = TypeVar("Made", bound=Item)


class Maker:
    """The same seed and name always throw the same dice, whatever others have thrown before."""

    def __init__(self, world: World, now: datetime, seed: str) -> None:
        self.world = world
        self.now = now
        self.random = Random(seed)  # noqa: S311 - invented data, no secret
        self._seed = seed

    def fork(self, name: str) -> Maker:
        """Return a maker with dice of its own."""
        return Maker(self.world, self.now, f"{self._seed}/{name}")

    def id(self) -> str:
        """Return a new id."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def ago(self, fewest_days: float, most_days: float) -> datetime:
        """Return a random moment so many days ago."""
        return self.now - timedelta(days=self.random.uniform(fewest_days, most_days))

    def secret(self) -> str:
        """Return what stands wherever a secret may stand, so that a client can be caught showing it."""
        return f"made-up-{self.random.getrandbits(64):016x}"

    def add(self, item: Made) -> Made:
        """Put a thing into the workspace, and return it."""
        self.world.add(item)
        return item

    @property
    def today(self) -> datetime:
        """The last midnight, in UTC."""
        return self.now.replace(hour=0, minute=0, second=0, microsecond=0)
