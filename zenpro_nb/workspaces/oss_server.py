"""A plain ZenML server: open source, with accounts of its own, and no control plane behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    """Return the settings for this server, with a credential from the environment or from whoever sits there.

    Raises:
        UsageError: there is no address.
        CredentialError: there is no credential, and nobody can be asked; or it would travel over plain http.
    """
    address = url or session.environ.get(URL_VARIABLE, "")
    if not address:
        raise UsageError("No server was named", hint=f"Give its address, or set {URL_VARIABLE}.")
    place = normalize(address).removesuffix("/api/v1")
    check_bearer(place)
    name = username or (session.environ.get(USERNAME_VARIABLE) if not session.environ.get(KEY_VARIABLE) else None)
    variable = PASSWORD_VARIABLE if name else KEY_VARIABLE
    value = session.environ.get(variable, "").strip()
    source = f"environment variable {variable}"
    if not value:
        what = f"Password of {name}" if name else "API key or token"
        value, source = ask_secret(f"{what} for {place}: ", variable), "typed for this session"
    return Settings(place, for_workspace(Secret(value), name), source, plain=True)


def greet(settings: Settings) -> Mapping[str, object]:
    """Return what the server says of itself, once it has let us in; asked before the session is changed.

    Raises:
        ZenProError: it was not reached, did not accept the credential, or is no ZenML server.
    """
    from zenpro_nb.client import Client  # imports httpx, which help and completion do not need

    with Client(settings.url, settings.credential) as client:
        client.get(ME_OF_SERVER)
        return query.record_of(client.get(INFO.path))
