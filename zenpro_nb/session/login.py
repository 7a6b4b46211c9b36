"""Signing in: the question for a key or token, the login in a browser, and the look whether it lets in."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.errors import CredentialError, UnexpectedAnswerError
from zenpro_nb.profiles import (
    KEY_VARIABLE,
    PASSWORD_VARIABLE,
    USERNAME_VARIABLE,
    Settings,
    for_workspace,
    recognized,
)
from zenpro_nb.security.printable import cell, markup
from zenpro_nb.security.secret import Secret
from zenpro_nb.ui.protocol import UI

if TYPE_CHECKING:
    from zenpro_nb.client import Credential, DeviceToken

TYPED = "typed in this session"
ME = "/users/me"
ME_OF_SERVER = "/api/v1/current-user"  # of a plain ZenML server (API facts 9.2)
BROWSER = "a login in the browser, in this session"


def question(ui: UI, settings: Settings) -> Settings:
    """Ask the person for a credential, and return the settings with it; the same ones where nobody can be asked.

    Raises:
        ApiError: the server refuses what was typed.
    """
    # A question from any other thread would be put to nobody.
    if not ui.is_interactive or threading.current_thread() is not threading.main_thread():
        return settings
    if settings.problem:
        ui.warn(settings.problem)
    secret = Secret(ui.ask_secret(f"API key or token for {settings.url} (empty for none): ", KEY_VARIABLE))
    if not secret:
        return settings
    credential = for_workspace(secret) if settings.plain else recognized(secret)
    check(settings, credential)
    return replace(settings, credential=credential, source=TYPED, problem="")


def typed(ui: UI, settings: Settings, username: str | None) -> Credential:
    """Return the credential that the person types, without echo.

    Raises:
        CredentialError: nobody can type here, or what was typed cannot be a credential.
    """
    make = for_workspace if settings.plain else recognized
    if username:
        variables = f"{PASSWORD_VARIABLE} (and {USERNAME_VARIABLE})"
        return make(Secret(ui.ask_secret(f"Password of {username} at {settings.url}: ", variables)), username)
    return make(Secret(ui.ask_secret(f"API key or API token for {settings.url}: ", KEY_VARIABLE)))


def in_browser(ui: UI, url: str) -> DeviceToken:
    """Return the token of a login that the person confirms in a browser.

    Raises:
        CredentialError: it was refused, cancelled by Ctrl-C, or not confirmed in time; or nobody is there to confirm.
        ConnectionFailedError: the server was not reached.
    """
    if not ui.is_interactive:
        raise CredentialError(
            "Nobody can confirm a login in the browser here", hint=f"Set the environment variable {KEY_VARIABLE}."
        )
    from zenpro_nb.client import start_device_login  # imports httpx

    login = start_device_login(url)
    ui.show(SignInPrompt(login.verification_uri_complete, login.verification_uri, login.user_code))
    ui.say("waiting until it is confirmed there; Ctrl-C, or the stop button, cancels")
    return login.wait()


def check(settings: Settings, credential: Credential) -> Mapping[str, object]:
    """Return who the credential belongs to, as the server of the settings says.

    Raises:
        ApiError: the server refuses it.
        ConnectionFailedError: the server was not reached.
        CredentialError: it would travel over plain http to another machine.
    """
    from zenpro_nb.client import Client  # imports httpx

    with Client(settings.url, credential) as client:
        me = client.get(ME_OF_SERVER if settings.plain else ME)
    if not isinstance(me, dict):
        raise UnexpectedAnswerError("The server does not say who the credential belongs to.", hint="Check the URL.")
    return me


def name_of(user: Mapping[str, object]) -> str:
    """Return what a user or service account is called."""
    # Users of a plain server have a `name` and no e-mail at the top (API facts 9.4).
    return str(user.get("email") or user.get("username") or user.get("name") or user.get("id") or "unknown")


class SignInPrompt(Struct, frozen=True):
    """Where to confirm a login, and the code that must be the same there: a link in a notebook, text elsewhere."""

    link: str
    page: str
    code: str

    def __repr__(self) -> str:
        return f"Open {cell(self.link)}\nand confirm the code {cell(self.code)}"

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        printer.text(repr(self))  # type: ignore[attr-defined]

    def _repr_html_(self) -> str | None:
        # The link is the server's word: only one that leads to a web page is made clickable.
        if not self.link.startswith(("https://", "http://")):
            return None
        link = markup(self.link)
        return (
            f"<p>Confirm the login in your browser: <a href='{link}' target='_blank' rel='noopener noreferrer'>{link}"
            f"</a></p><p>The code there must be <b><code>{markup(self.code)}</code></b>.</p>"
        )
