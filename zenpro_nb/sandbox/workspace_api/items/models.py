"""The models that runs create, and the stages of their versions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort_right
from collections.abc import Sequence
from datetime import datetime

from typing_extensions import override

from zenpro_nb.sandbox.workspace_api.items.base import DataType, Fields, Item

MODEL: DataType[Model] = DataType("model", "model", scoped=True)
MODEL_VERSION: DataType[ModelVersion] = DataType("model version", "model_version", scoped=True)
STAGING, PRODUCTION, ARCHIVED = "staging", "production", "archived"


class WithVersions(Item):
    """An item with versions, numbered in the order of their creation."""

    versions: list[Item]

    def add(self, version: Item) -> None:
        """Add a version that exists or is planned."""
        insort_right(self.versions, version, key=_created)

    def number(self, version: Item) -> int:
        """Return the number of a version, counted from 1."""
        return self.versions.index(version, bisect_left(self.versions, version.created, key=_created)) + 1

    def latest_version(self, now: datetime) -> Fields:
        """Return the fields about the latest version."""
        at = bisect_right(self.versions, now, key=_created)
        latest = self.versions[at - 1] if at else None
        return {
            "latest_version_name": None if latest is None else str(at),
            "latest_version_id": None if latest is None else latest.id,
        }


class Model(WithVersions):
    """A model with its model card."""

    def __init__(
        self, item_id: str, name: str, created: datetime, owner: Item, project: Item,
        *, tags: Sequence[Item], description: str, card: Fields,
    ) -> None:  # fmt: skip
        super().__init__(MODEL, item_id, name, created, owner, project)
        self.versions = []
        self.tags = list(tags)
        self._metadata = {"description": description, **card, "save_models_to_registry": True}

    @override
    def metadata(self, now: datetime) -> Fields:
        return self._metadata

    @override
    def own_resources(self, now: datetime) -> Fields:
        return {"tags": self.tags, **self.latest_version(now), "visualizations": []}


class ModelVersion(Item):
    """A version of a model. A successful run promotes it, and the next promotion archives it."""

    def __init__(self, item_id: str, model: Model, created: datetime, owner: Item) -> None:
        self.number = len(model.versions) + 1
        super().__init__(MODEL_VERSION, item_id, str(self.number), created, owner, model.project)
        model.add(self)
        self.model = model
        self.metrics: Fields = {}
        self.replaces: ModelVersion | None = None
        self._stage = ""
        self._promoted: datetime | None = None
        self._archived: datetime | None = None

    @override
    def guard(self) -> Item:
        return self.model

    def stage(self, now: datetime) -> str | None:
        """Return its stage at this time."""
        if self._archived is not None and self._archived <= now:
            return ARCHIVED
        return self._stage if self._promoted is not None and self._promoted <= now else None

    def promote(self, stage: str, moment: datetime) -> None:
        """Set its stage. A promotion to production archives the version that was there before."""
        self._stage, self._promoted = stage, moment
        if stage == PRODUCTION:
            in_production = (
                version
                for version in self.model.versions
                if isinstance(version, ModelVersion) and version._in_production
            )
            self.replaces = next((version for version in in_production if version is not self), None)
            if self.replaces is not None:
                self.replaces._archived = moment

    @property
    def _in_production(self) -> bool:
        return self._stage == PRODUCTION and self._archived is None

    def cancel(self, now: datetime) -> None:
        """Cancel a promotion that is planned for later, because the run was stopped before."""
        if self._promoted is not None and self._promoted > now:
            self._stage, self._promoted = "", None
            if self.replaces is not None:
                self.replaces._archived = None

    @override
    def updated(self, now: datetime) -> datetime:
        moments = (self.created, self._promoted, self._archived)
        return max(moment for moment in moments if moment is not None and moment <= now)

    @override
    def own_body(self, now: datetime) -> Fields:
        return {"stage": self.stage(now), "number": self.number, "model": self.model}

    @override
    def metadata(self, now: datetime) -> Fields:
        return {"description": None, "run_metadata": self.metrics if self.stage(now) is not None else {}}

    @override
    def own_resources(self, now: datetime) -> Fields:
        none: Fields = {"index": 1, "max_size": 20, "total_pages": 1, "total": 0, "items": []}
        return {"services": none, "tags": self.model.tags}


def _created(version: Item) -> datetime:
    return version.created
