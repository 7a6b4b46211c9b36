"""The artifacts that steps create, and their versions."""

from __future__ import annotations

from datetime import datetime

from typing_extensions import override

from zenpro_nb.sandbox.workspace_api.items import configurations
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Fields, Item
from zenpro_nb.sandbox.workspace_api.items.configurations import StepPlan
from zenpro_nb.sandbox.workspace_api.items.models import ModelVersion, WithVersions

ARTIFACT: DataType[Artifact] = DataType("artifact", "artifact", scoped=True)
ARTIFACT_VERSION: DataType[ArtifactVersion] = DataType(
    "artifact version", "artifact_version", scoped=True, has_name=False
)


class Artifact(WithVersions):
    """A name under which steps store their outputs."""

    def __init__(self, item_id: str, name: str, created: datetime, owner: Item | None, project: Item | None) -> None:
        super().__init__(ARTIFACT, item_id, name, created, owner, project)
        self.versions = []

    @override
    def metadata(self, now: datetime) -> Fields:
        return {"has_custom_name": True}

    @override
    def own_resources(self, now: datetime) -> Fields:
        return {"tags": [], **self.latest_version(now)}


class ArtifactVersion(Item):
    """The output of one step."""

    def __init__(
        self, item_id: str, artifact: Artifact, created: datetime, owner: Item | None,
        *, plan: StepPlan, store: Item, step_id: str, run: Item, model_version: ModelVersion | None, size: int,
    ) -> None:  # fmt: skip
        super().__init__(ARTIFACT_VERSION, item_id, None, created, owner, artifact.project)
        artifact.add(self)
        self.artifact = artifact
        self.used = False
        self._plan = plan
        self._store = store
        self._step_id = step_id
        self._run = run
        self._model_version = model_version
        self._size = size

    @override
    def guard(self) -> Item:
        return self.artifact

    def unused(self, now: datetime) -> bool:
        """Return whether no step has used it as an input."""
        return not self.used

    def producer(self, now: datetime) -> Fields:
        """Return the run that created it, and the model version of that run."""
        version = self._model_version
        return {"run": self._run, "model_version": version, "model": None if version is None else version.model}

    def discard(self) -> None:
        """Remove it from its artifact, because the step was stopped before it created its output."""
        self.artifact.versions.remove(self)

    @override
    def own_body(self, now: datetime) -> Fields:
        module, attribute = self._plan.data_type
        return {
            "artifact": self.artifact,
            "version": str(self.artifact.number(self)),
            "uri": f"s3://acme-ml-artifacts/{self._plan.name}/{self._plan.output}/{self._step_id}",
            "type": self._plan.artifact_type,
            "materializer": configurations.materializer(self._plan),
            "data_type": {"module": module, "attribute": attribute, "type": "unknown"},
            "save_type": "step_output",
            "artifact_store_id": self._store.id,
            "content_hash": None,
            "item_count": None,
        }

    @override
    def metadata(self, now: datetime) -> Fields:
        return {"visualizations": [], "run_metadata": {"storage_size": self._size}}

    @override
    def own_resources(self, now: datetime) -> Fields:
        return {"tags": [], "producer_step_run_id": self._step_id, "producer_pipeline_run_id": self._run.id}
