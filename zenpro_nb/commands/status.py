"""The status card: which server, who I am, what to do next."""

from __future__ import annotations

from typing import Any

from zenpro_nb import lookup
from zenpro_nb.cards import Card
from zenpro_nb.commands.runtime import Runtime
from zenpro_nb.errors import UsageError
from zenpro_nb.profiles import KEY_VARIABLE, TOKEN_VARIABLE

_NEXT = ("users", "workspaces", "assignments", "--help")


def status_card(runtime: Runtime) -> Card:
    """The card; asks the server who the credential belongs to.

    Raises:
        ApiError: the server refused the credential.
        ConnectionFailedError: it was not reached.
    """
    settings = runtime.session.settings
    if settings.credential is None:
        return _not_connected(runtime)
    session = runtime.session
    me = session.client.get("/users/me")
    user = me if isinstance(me, dict) else {}
    sandbox = session.is_sandbox()
    return Card(
        title="zenpro: sandbox, not ZenML Pro" if sandbox else "zenpro",
        rows=[
            ("server", settings.url + ("  (sandbox: made-up data)" if sandbox else "")),
            ("signed in as", _who(user)),
            ("organization", _organization(runtime)),
            *([("workspace", settings.workspace)] if settings.workspace else []),
            ("credential", f"{settings.credential.kind}, from {settings.source}"),
            ("time left", _time_left(runtime)),
        ],
        next_steps=[f"{runtime.face.name} {line}" for line in _NEXT],
    )


def _not_connected(runtime: Runtime) -> Card:
    return Card(
        title="zenpro: not signed in",
        rows=[
            ("server", runtime.session.settings.url),
            ("credential", "none"),
            ("your own organization", f"set {KEY_VARIABLE} (access token or service-account key) or {TOKEN_VARIABLE}"),
            ("only trying", "start a sandbox with made-up data"),
        ],
        next_steps=[f"{runtime.face.name} sandbox start", f"{runtime.face.name} --help"],
    )


def _who(user: dict[str, Any]) -> str:
    name = user.get("email") or user.get("username") or str(user.get("id", "unknown"))
    kind = "service account" if user.get("is_service_account") else user.get("name")
    extra = [str(part) for part in (kind, "superuser" if user.get("is_superuser") else None) if part]
    return f"{name} ({', '.join(extra)})" if extra else str(name)


def _organization(runtime: Runtime) -> str:
    try:
        return lookup.organization(runtime.session).name
    except UsageError as error:
        return str(error)


def _time_left(runtime: Runtime) -> str:
    life = runtime.session.client.token_life()
    if life is None or life.seconds is None:
        return "unlimited"
    text = in_words(life.seconds)
    return f"{text}, renewed by itself" if life.renewable else f"{text}, then a new token is needed"


def in_words(seconds: float) -> str:
    """A duration for people: `59 min`, `23 h`, `12 d`."""
    if seconds <= 0:
        return "none"
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length or (unit == "min" and seconds >= length):
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"
