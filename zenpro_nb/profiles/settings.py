"""What a session works with: one server, the credential for it, and what is chosen there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zenpro_nb.client import API_URL, Credential
from zenpro_nb.profiles.sources import FoundCredential, Override

SAAS_URL = API_URL


@dataclass(frozen=True)
class Settings:
    """One server, the credential for it, and what is chosen there."""

    url: str
    credential: Credential | None
    source: str  # in words: "environment variable ZENML_PRO_API_KEY"
    organization: str | None = None
    workspace: str | None = None
    workers: int | None = None
    profile: str | None = None
    problem: str = ""  # why there is no credential, although one was meant to be there
    overrides: Mapping[str, Override] = field(default_factory=dict)  # by the workspace's name
    plain: bool = False  # a ZenML server without a control plane

    @classmethod
    def of(cls, url: str, found: FoundCredential, profile: str | None = None) -> Settings:
        """The settings for this server, with what was found for it."""
        return cls(url, found.credential, found.source, problem=found.problem, profile=profile)
