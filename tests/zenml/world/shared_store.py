"""A store of artifacts that the server may read: the local one, without saying that it is local.

The server refuses to read files of a local store, and with them logs. Client and server run on one machine here.
"""

from zenml.artifact_stores.local_artifact_store import (
    LocalArtifactStore,
    LocalArtifactStoreConfig,
    LocalArtifactStoreFlavor,
)


class SharedStoreConfig(LocalArtifactStoreConfig):
    @property
    def is_local(self) -> bool:
        return False


class SharedStore(LocalArtifactStore):
    pass


class SharedStoreFlavor(LocalArtifactStoreFlavor):
    @property
    def name(self) -> str:
        return "shared"

    @property
    def config_class(self) -> type[SharedStoreConfig]:
        return SharedStoreConfig

    @property
    def implementation_class(self) -> type[SharedStore]:
        return SharedStore
