"""Define the settings of a session: one server, its credential, and the selections there."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import force_setattr

from zenpro_nb.client import API_URL, Credential
from zenpro_nb.profiles.sources import FoundCredential, Override
from zenpro_nb.security.printable import without_user

SAAS_URL = API_URL


class Settings(Struct, frozen=True):
    """One server, its credential, and the selections there.

    A name and a password in the address are not used as a credential: they are removed and reported as a problem.
    """

    url: str
    credential: Credential | None
    source: str  # in words: "environment variable ZENML_PRO_API_KEY"
    organization: str | None = None
    workspace: str | None = None
    workers: int | None = None
    writes_at_once: int | None = None
    profile: str | None = None
    problem: str = ""  # why no credential was found, although one is configured
    warning: str = ""  # why the source of the credential is unsafe
    overrides: Mapping[str, Override] = field(default_factory=dict)  # by the workspace's name
    plain: bool = False  # a ZenML server without a control plane
    read_only: bool = False  # its profile refuses every write

    def __post_init__(self) -> None:
        url = without_user(self.url)
        if url != self.url:
            force_setattr(self, "url", url)
            force_setattr(self, "credential", None)
            force_setattr(self, "problem", f"The address of {url} contains a user name or a password")

    @classmethod
    def of(cls, url: str, credential: FoundCredential, profile: str | None = None) -> Settings:
        """Return the settings for this server with this credential."""
        return cls(
            url,
            credential.credential,
            credential.source,
            problem=credential.problem,
            warning=credential.warning,
            profile=profile,
        )
