"""Where the server and the credential come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zenpro_nb.client import ApiKey, BearerToken, Credential
from zenpro_nb.errors import CredentialError

# The first three names are ZenML's own (fact sheet, section 1); the token's is ours by analogy.
URL_VARIABLE = "ZENML_PRO_API_URL"
KEY_VARIABLE = "ZENML_PRO_API_KEY"
TOKEN_VARIABLE = "ZENML_PRO_API_TOKEN"  # noqa: S105 - the name of a variable, not a secret
ORGANIZATION_VARIABLE = "ZENPRO_ORGANIZATION"
WORKSPACE_VARIABLE = "ZENPRO_WORKSPACE"
WORKERS_VARIABLE = "ZENPRO_WORKERS"

VARIABLES = (
    URL_VARIABLE,
    KEY_VARIABLE,
    TOKEN_VARIABLE,
    ORGANIZATION_VARIABLE,
    WORKSPACE_VARIABLE,
    WORKERS_VARIABLE,
)

SAAS_URL = "https://cloudapi.zenml.io"


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


def from_environment(environ: Mapping[str, str]) -> Settings:
    """The settings that the environment gives; without a credential where none is set."""
    url = environ.get(URL_VARIABLE) or SAAS_URL
    credential: Credential | None = None
    source = "none"
    # A token is checked first: who sets one means it for now, while a key may stand there for good.
    if token := environ.get(TOKEN_VARIABLE, "").strip():
        credential, source = BearerToken(token), f"environment variable {TOKEN_VARIABLE}"
    elif key := environ.get(KEY_VARIABLE, "").strip():
        credential, source = ApiKey(key), f"environment variable {KEY_VARIABLE}"
    return Settings(
        url=url,
        credential=credential,
        source=source,
        organization=environ.get(ORGANIZATION_VARIABLE) or None,
        workspace=environ.get(WORKSPACE_VARIABLE) or None,
        workers=_workers(environ.get(WORKERS_VARIABLE, "")),
    )


def no_credential(url: str) -> CredentialError:
    """The error of a session that has no credential for this server."""
    return CredentialError(
        f"There is no credential for {url}",
        hint=f"Set {KEY_VARIABLE} (a personal access token or service-account key) or {TOKEN_VARIABLE} "
        "(from the dashboard: organization settings, API Tokens), or try `%zenpro sandbox start`.",
    )


def _workers(text: str) -> int | None:
    return int(text) if text.isdigit() and int(text) > 0 else None
