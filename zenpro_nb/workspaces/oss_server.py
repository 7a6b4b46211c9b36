"""Connect to a plain ZenML server: open source, with its own accounts, without a control plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zenpro_nb import client as client_api
from zenpro_nb import query
from zenpro_nb.client import normalize
from zenpro_nb.client._urls import check_bearer
from zenpro_nb.errors import UsageError
from zenpro_nb.profiles.settings import Settings
from zenpro_nb.profiles.sources import for_workspace
from zenpro_nb.resources.workspace.facts import INFO
from zenpro_nb.security.secret import Secret
from zenpro_nb.session.login import ME_OF_SERVER
from zenpro_nb.session.session import Session

# ZenML's own names (API facts 1.6).
URL_VARIABLE = "ZENML_STORE_URL"
KEY_VARIABLE = "ZENML_STORE_API_KEY"
USERNAME_VARIABLE = "ZENML_STORE_USERNAME"
PASSWORD_VARIABLE = "ZENML_STORE_PASSWORD"  # noqa: S105 - the name of a variable, not a secret


def settings(
    session: Session, url: str | None, username: str | None, ask_secret: Callable[[str, str], str]
) -> Settings:
    """Return the settings for this server, with a credential from the environment or from the user.

    Raises:
        UsageError: no address was given.
        CredentialError: no credential was found and the session is not interactive, or it would be sent over plain
            http.
    """
    address = url or session.environ.get(URL_VARIABLE, "")
    if not address:
        raise UsageError("A server address is required", hint=f"Add it to the command, or set {URL_VARIABLE}.")
    base_url = normalize(address).removesuffix("/api/v1")
    check_bearer(base_url)
    name = username or (session.environ.get(USERNAME_VARIABLE) if not session.environ.get(KEY_VARIABLE) else None)
    variable = PASSWORD_VARIABLE if name else KEY_VARIABLE
    value = session.environ.get(variable, "").strip()
    source = f"environment variable {variable}"
    if not value:
        label = f"Password of {name}" if name else "API key or token"
        value, source = ask_secret(f"{label} for {base_url}: ", variable), "typed for this session"
    return Settings(base_url, for_workspace(Secret(value), name), source, plain=True)


def greet(settings: Settings) -> Mapping[str, object]:
    """Return the server's information after signing in; called before the session is changed.

    Raises:
        ZenProError: it was not reached, did not accept the credential, or is not a ZenML server.
    """
    with client_api.Client(settings.url, settings.credential) as client:
        client.get(ME_OF_SERVER)
        return query.record_of(client.get(INFO.path))
