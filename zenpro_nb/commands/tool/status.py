"""The status card: the server, your account, and suggested next commands."""

from __future__ import annotations

from typing import Any

from zenpro_nb import query
from zenpro_nb.client import SYSTEM, BearerToken
from zenpro_nb.commands.tool.use import how_to_select, name_with_id
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.profiles import KEY_VARIABLE, TOKEN_VARIABLE, Settings, sign_in, with_source
from zenpro_nb.profiles.expiry import in_words, time_left
from zenpro_nb.session.login import ME, ME_OF_SERVER, name_of
from zenpro_nb.session.session import Session
from zenpro_nb.ui.cards import Card

_NEXT = ("users", "workspaces", "assignments", "--help")
_OF_ORGANIZATION = ("assignments",)  # those of them that list objects of an organization
_NEXT_INSIDE = ("runs", "pipelines", "stacks", "--help")


def status_card(ctx: CommandContext) -> Card:
    """Request the account of the credential from the server, and return the status card.

    Raises:
        ApiError: the server refused the credential.
        ConnectionFailedError: the server could not be reached.
        SettingsError: a settings file is invalid.
    """
    session = ctx.session
    settings = session.settings
    if settings.credential is None:
        return _not_connected(ctx, settings)
    if settings.plain:
        return _plain(ctx, settings)
    try:
        me = session.client.get(ME)
    except ZenProError as error:
        # The card shows the settings in use. The error then fails the cell and reports the problem.
        ctx.ui.show(_unreachable(ctx, settings, error))
        raise
    sandbox = session.is_sandbox()
    organization, option = _organization(ctx)
    return Card(
        title="zenpro: sandbox, not ZenML Pro" if sandbox else "zenpro",
        badge="made-up data" if sandbox else "",
        rows=[
            ("server", settings.url),
            ("signed in as", _who(me if isinstance(me, dict) else {})),
            ("organization", organization),
            *([("workspace", name_with_id(session, "workspaces", settings.workspace))] if settings.workspace else []),
            *([("profile", settings.profile)] if settings.profile else []),
            ("credential", with_source(_kind(settings), settings.source)),
            ("time left", _time_left(ctx)),
            *_lock(session),
            *_pseudonyms(ctx),
        ],
        next_steps=[f"{ctx.ui.name} {line}{option * (line in _OF_ORGANIZATION)}" for line in _NEXT],
    )


def _unreachable(ctx: CommandContext, settings: Settings, error: ZenProError) -> Card:
    return Card(
        title="zenpro: not connected",
        rows=[
            ("server", settings.url),
            *([("profile", settings.profile)] if settings.profile else []),
            ("credential", with_source(_kind(settings), settings.source)),
            ("problem", error.message),
            *_lock(ctx.session),
        ],
        next_steps=[f"{ctx.ui.name} doctor", f"{ctx.ui.name} login", f"{ctx.ui.name} profiles"],
    )


def _not_connected(ctx: CommandContext, settings: Settings) -> Card:
    name = ctx.ui.name
    # A sandbox ends with the process that started it: in a shell, with the command itself.
    in_shell = not ctx.ui.is_persistent
    trial, what = ("sandbox start", "starts a sandbox with sample data")
    if in_shell:
        trial, what = "sandbox run", "in another terminal starts a sandbox, and prints the export lines for this one"
    ways = f"`{name} login` prompts for a key or token; `{name} login --browser` opens the dashboard"
    return Card(
        title="zenpro: not signed in",
        rows=[
            ("server", settings.url),
            ("credential", settings.problem or "none"),
            ("sign in", sign_in(is_persistent=False) if in_shell else ways),
            ("unattended runs", f"set {KEY_VARIABLE} (access token or service-account key) or {TOKEN_VARIABLE}"),
            ("try it out", f"`{name} {trial}` {what}"),
            *_lock(ctx.session),
        ],
        next_steps=[f"{name} {line}" for line in ([] if in_shell else ["login"]) + [trial, "profiles", "--help"]],
    )


def _plain(ctx: CommandContext, settings: Settings) -> Card:
    me = ctx.session.server.get(ME_OF_SERVER)
    return Card(
        title="zenpro: a plain ZenML server",
        rows=[
            ("server", f"{settings.url}  (no control plane, so no organizations or roles)"),
            ("signed in as", _who(me if isinstance(me, dict) else {})),
            *([("profile", settings.profile)] if settings.profile else []),
            ("credential", with_source(_kind(settings), settings.source)),
            ("time left", _time_left(ctx)),
            *_lock(ctx.session),
            *_pseudonyms(ctx),
        ],
        next_steps=[f"{ctx.ui.name} {line}" for line in _NEXT_INSIDE],
    )


def _lock(session: Session) -> list[tuple[str, str]]:
    """Return the row that shows the read-only lock; no row if writes are allowed."""
    return [("writes", f"refused: read-only ({session.read_only})")] if session.read_only else []


def _pseudonyms(ctx: CommandContext) -> list[tuple[str, str]]:
    """Return the row that shows whether people appear under their names; no row in a shell."""
    if ctx.ui.pseudonyms is None:
        return []
    state, switch = ("on", "off") if ctx.ui.pseudonyms else ("off", "on")
    return [
        (
            "pseudonyms",
            f"{state}; `{ctx.ui.name} pseudonyms {switch}` shows {'real' if switch == 'off' else 'made-up'} people",
        )
    ]


def _kind(settings: Settings) -> str:
    return settings.credential.kind if settings.credential is not None else "none"


def _who(user: dict[str, Any]) -> str:
    kind = "service account" if user.get("is_service_account") else user.get("name")
    extra = [str(part) for part in (kind, "superuser" if user.get("is_superuser") else None) if part]
    return f"{name_of(user)} ({', '.join(extra)})" if extra else name_of(user)


def _organization(ctx: CommandContext) -> tuple[str, str]:
    """Return the organization in use and how to select one, and the option that a line needs without one."""
    try:
        name, settings = query.organization(ctx.session).name, ctx.session.settings
        return name + (how_to_select(ctx, settings) if settings.organization else ""), ""
    except UsageError as error:
        option = f" {error.adds}" if error.adds else ""
        return f"not selected: {error.message}. {error.hint}", option


def _time_left(ctx: CommandContext) -> str:
    credential = ctx.session.settings.credential
    life = ctx.session.server.token_life()
    # A key does not expire, but the token that it is exchanged for does.
    if not isinstance(credential, BearerToken) and life is not None and life.seconds is not None:
        return f"{in_words(life.seconds)}, refreshed automatically"
    return time_left(credential, SYSTEM.now())
