"""Sign in: prompt for a key or token, log in with a browser, and check that the server accepts the credential."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import client as client_api
from zenpro_nb.errors import CredentialError, UnexpectedAnswerError
from zenpro_nb.profiles import (
    KEY_VARIABLE,
    PASSWORD_VARIABLE,
    USERNAME_VARIABLE,
    Settings,
    for_workspace,
    recognize,
)
from zenpro_nb.security.printable import cell, markup
from zenpro_nb.security.secret import Secret
from zenpro_nb.ui.protocol import UI

if TYPE_CHECKING:
    from zenpro_nb.client import Credential, DeviceToken

PROMPT_SOURCE = "typed in this session"
ME = "/users/me"
ME_OF_SERVER = "/api/v1/current-user"  # on a plain ZenML server (API facts 9.2)
BROWSER = "confirmed in the browser in this session"


def question(ui: UI, settings: Settings) -> Settings:
    """Ask the user for a credential, and return the settings with it; unchanged if the session is not interactive.

    Raises:
        ApiError: the server refuses the credential.
    """
    # Other threads cannot prompt the user.
    if not ui.is_interactive or threading.current_thread() is not threading.main_thread():
        return settings
    if settings.problem:
        ui.warn(settings.problem)
    trial = "sandbox start" if ui.is_persistent else "demo"
    ui.say(f"Not signed in to {settings.url}. To try zenpro with sample data, press Enter, and run `{trial}`.")
    try:
        secret = Secret(ui.ask_secret("API key or token (Enter for none): ", KEY_VARIABLE))
    except CredentialError:  # the end of the input: the error about the missing credential names more ways
        return settings
    if not secret:
        return settings
    credential = for_workspace(secret) if settings.plain else recognize(secret)
    check(settings, credential)
    return replace(settings, credential=credential, source=PROMPT_SOURCE, problem="")


def prompt_credential(ui: UI, settings: Settings, username: str | None) -> Credential:
    """Return the credential that the user types, without echo.

    Raises:
        CredentialError: the session is not interactive, or the text cannot be a credential.
    """
    make = for_workspace if settings.plain else recognize
    if username:
        variables = f"{PASSWORD_VARIABLE} (and {USERNAME_VARIABLE})"
        return make(Secret(ui.ask_secret(f"Password of {username} at {settings.url}: ", variables)), username)
    return make(Secret(ui.ask_secret(f"API key or API token for {settings.url}: ", KEY_VARIABLE)))


def in_browser(ui: UI, url: str) -> DeviceToken:
    """Return the token of a login that the user confirms in a browser.

    Raises:
        CredentialError: it was refused, cancelled with Ctrl-C, or not confirmed in time, or the session is not
            interactive.
        ConnectionFailedError: the server was not reached.
    """
    if not ui.is_interactive:
        raise CredentialError(
            "A browser login needs an interactive session", hint=f"Set the environment variable {KEY_VARIABLE}."
        )
    login = client_api.start_device_login(url)
    ui.show(SignInPrompt(login.verification_uri_complete, login.verification_uri, login.user_code))
    ui.say("waiting for confirmation in the browser; press Ctrl-C or the stop button to cancel")
    return login.wait()


def check(settings: Settings, credential: Credential) -> Mapping[str, object]:
    """Return the account of the credential, as the server reports it.

    Raises:
        ApiError: the server refuses it.
        ConnectionFailedError: the server was not reached.
        CredentialError: it would be sent over plain http to another machine.
    """
    with client_api.Client(settings.url, credential) as client:
        me = client.get(ME_OF_SERVER if settings.plain else ME)
    if not isinstance(me, dict):
        raise UnexpectedAnswerError("The server did not return the account of the credential.", hint="Check the URL.")
    return me


def name_of(user: Mapping[str, object]) -> str:
    """Return the display name of a user or service account."""
    # Users of a plain server have a `name`, and no email at the top level (API facts 9.4).
    return str(user.get("email") or user.get("username") or user.get("name") or user.get("id") or "unknown")


class SignInPrompt(Struct, frozen=True):
    """The page that confirms a login, and the code to compare there: a link in a notebook, text elsewhere."""

    link: str
    page: str
    code: str

    def __repr__(self) -> str:
        return f"Open {cell(self.link)}\nand confirm the code {cell(self.code)}"

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        printer.text(repr(self))  # type: ignore[attr-defined]

    def _repr_html_(self) -> str | None:
        # The link comes from the server: only a web address becomes clickable.
        if not self.link.startswith(("https://", "http://")):
            return None
        link = markup(self.link)
        return (
            f"<p>Confirm the login in your browser: <a href='{link}' target='_blank' rel='noopener noreferrer'>{link}"
            f"</a></p><p>The code there must be <b><code>{markup(self.code)}</code></b>.</p>"
        )
