"""login and logout: a credential for this session and, if requested, for later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import click
from click.shell_completion import CompletionItem
from msgspec.structs import replace

from zenpro_nb.client import normalize
from zenpro_nb.commands.tool.status import status_card
from zenpro_nb.errors import AuthenticationError, UsageError
from zenpro_nb.framework.declare import CommandContext, NameType, Opt, command, completions
from zenpro_nb.profiles import Settings, account_of, how_to_keep, ways_in, without_keyring
from zenpro_nb.profiles.environment import from_environment
from zenpro_nb.profiles.file import add, check_name
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.security import keyring as system_keyring
from zenpro_nb.session import login as signing_in
from zenpro_nb.session.session import SANDBOX
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.client import Credential
    from zenpro_nb.profiles.file import Profile


class ProfileType(NameType):
    """The name of a profile, completed from the files on this machine."""

    def __init__(self) -> None:
        super().__init__("profiles")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin with the typed text; send no request."""
        command_ctx = ctx.find_object(CommandContext)
        names = command_ctx.session.profiles.names() if command_ctx is not None else []
        return completions(names, incomplete)


Browser = Annotated[bool, Opt(help="Use a browser to sign in instead of typing a secret.")]
Url = Annotated[
    str | None, Opt(metavar="URL", help="Sign in to this control plane. The URL of a self-hosted one ends in /api/v1.")
]
Username = Annotated[
    str | None, Opt(metavar="NAME", help="Sign in as this local user of a self-hosted server. Prompts for a password.")
]
ProfileName = Annotated[
    str | None,
    Opt(
        "--profile",
        type=ProfileType(),
        help="Sign in with this profile. A new profile is added to the profiles file, without the secret.",
    ),
]
Keyring = Annotated[bool, Opt(help="Store the credential in the system keyring for later sessions.")]
Every = Annotated[bool, Opt("--all", help="Also delete the stored logins of all other servers and profiles.")]


@command(
    epilog="In a notebook, the prompt appears below the cell. Never type a secret in the command, where it would be "
    "kept in the history. In unattended runs, set ZENML_PRO_API_KEY or ZENML_PRO_API_TOKEN instead."
)
def login(
    ctx: CommandContext,
    browser: Browser = False,
    url: Url = None,
    username: Username = None,
    profile: ProfileName = None,
    keyring: Keyring = False,
) -> Any:
    """Sign in for this session.

    Prompts for an API key or API token and verifies it. Stores nothing unless you pass --keyring or --profile.

    Examples:
        # Sign in with an API key
        login
        # Sign in with the browser
        login --browser
    """
    if browser and username:
        raise UsageError("--browser cannot be combined with --username", hint="Run `login --browser`.")
    saved_profile = _saved_profile(ctx, profile)
    target = _target(ctx, url, profile, saved_profile)
    if browser and target.plain:
        raise UsageError(
            f"--browser is not available for {target.url}, a plain ZenML server", hint="Run `login --username NAME`."
        )
    use_keyring = _uses_keyring(saved_profile, keyring)
    if use_keyring:
        system_keyring.require(instead=without_keyring(is_persistent=ctx.ui.is_persistent))
    store = ctx.session.profiles.logins(required=use_keyring)
    username = username or (saved_profile.username if saved_profile and not browser else None)
    source = signing_in.BROWSER if browser else signing_in.PROMPT_SOURCE
    if not use_keyring and not ctx.ui.is_persistent:  # before a secret is typed in vain
        ctx.ui.warn(f"this login ends with this command; {how_to_keep()}")
    credential: Credential = (
        signing_in.in_browser(ctx.ui, target.url) if browser else signing_in.prompt_credential(ctx.ui, target, username)
    )
    try:
        signing_in.check(target, credential)
    except AuthenticationError as error:
        if use_keyring or ctx.ui.is_persistent:  # otherwise, a login ends with its command
            error.hint = f"Try another one: `{_same_line(url, username, profile, keyring=keyring, browser=browser)}`."
        raise
    if profile and saved_profile is None:
        _save_profile(ctx, profile, target.url, username, use_keyring=use_keyring)
    if use_keyring:
        place = store.keep(account_of(profile) if profile else target.url, credential)
        ctx.ui.say(f"stored in the keyring ({place})")
    if not profile and (use_keyring or not ctx.ui.is_persistent):
        _warn_about_variable(ctx)
    ctx.session.use(replace(target, credential=credential, source=source, problem=""))
    return status_card(ctx)


def _same_line(url: str | None, username: str | None, profile: str | None, *, keyring: bool, browser: bool) -> str:
    """Return the command of a login with the same options."""
    values = {"--url": url, "--username": username, "--profile": profile}
    options = [f"{name} {quoted(value)}" for name, value in values.items() if value]
    flags = [name for name, is_set in {"--keyring": keyring, "--browser": browser}.items() if is_set]
    return " ".join(["login", *options, *flags])


def _warn_about_variable(ctx: CommandContext) -> None:
    """Warn if later sessions find another credential first."""
    found = from_environment(ctx.session.environ)
    if found.credential is not None:
        variable = found.source.rpartition(" ")[2]
        ctx.ui.warn(f"later commands use {variable} instead of this login until you unset it: `unset {variable}`")


def _saved_profile(ctx: CommandContext, name: str | None) -> Profile | None:
    """Return the profile of this name in the profiles file, or None if the file does not contain it."""
    if name is None:
        return None
    profile = ctx.session.profiles.written(name)
    if profile is None:
        check_name(name)
    return profile


def _target(ctx: CommandContext, url: str | None, profile: str | None, saved_profile: Profile | None) -> Settings:
    """Return the server to sign in to, with the organization and workspace chosen there."""
    from zenpro_nb.profiles import Settings

    # Profiles do not set the number of workers; only the environment does.
    workers = from_environment(Watch(ctx.session.environ)).workers
    if saved_profile is not None:
        if url and normalize(url) != saved_profile.url:
            raise UsageError(
                f"Profile {profile!r} belongs to {saved_profile.url}, not to {normalize(url)}",
                hint="Omit --url, or choose another profile name.",
            )
        return Settings(
            saved_profile.url,
            credential=None,
            source="",
            organization=saved_profile.organization,
            workspace=saved_profile.workspace,
            workers=workers,
            profile=profile,
            overrides=saved_profile.overrides,
            plain=saved_profile.plain,
            read_only=saved_profile.read_only,
        )
    if url:
        return Settings(normalize(url), None, "", workers=workers, profile=profile)
    return replace(ctx.session.settings, credential=None, profile=profile)


def _uses_keyring(profile: Profile | None, keyring: bool) -> bool:
    """Return whether to store the login in the keyring: --keyring was given, or the profile reads it from there."""
    source = profile.source if profile is not None else None
    profile_uses_keyring = source is not None and source.kind == "keyring" and not source.name
    if keyring and source is not None and not profile_uses_keyring:
        raise UsageError(
            f'The profile\'s `credential` is not "keyring" (it is: {source.kind})',
            hint='Set credential = "keyring" in the profile first.',
        )
    return keyring or profile_uses_keyring


def _save_profile(ctx: CommandContext, profile: str, url: str, username: str | None, *, use_keyring: bool) -> None:
    watch = Watch(ctx.session.environ)
    path = add(watch, profile, url, username=username, credential="keyring" if use_keyring else None)
    ctx.ui.say(f"added profile {profile!r} to {path}")


@command(short_help="Sign out of this session.")
def logout(ctx: CommandContext, every: Every = False) -> None:
    """Sign out of this session, and delete what `login --keyring` stored for its server.

    Environment variables, files, and the credentials that `zenml login` stored are not changed.

    Examples:
        # Forget the credential of this session
        logout
    """
    session = ctx.session
    store = session.profiles.logins(required=False)
    accounts = store.accounts()
    if not every:
        settings = session.settings
        mine = {settings.url, account_of(settings.profile or "")}
        accounts = [account for account in accounts if account in mine]
    for account in accounts:
        store.forget(account)
    left = session.settings
    removed = ["the login of this session"] if session.has_explicit_settings else []
    removed += [f"the keyring entry of {account}" for account in accounts]
    session.use(None)
    ctx.ui.say(f"removed {', '.join(removed)}" if removed else "there was no login to remove")
    remaining = session.settings
    if remaining.credential is not None:
        ctx.ui.say(f"still in use, because zenpro does not manage it: {remaining.source}")
    if remaining.url != left.url or remaining.credential is None:
        ctx.ui.say(f"now using {remaining.url}{'' if remaining.credential else ', without a credential'}")
    if way := _way_back(ctx, left, remaining):
        ctx.ui.say(way)


def _way_back(ctx: CommandContext, left: Settings, remaining: Settings) -> str:
    """Return how to use a server again after `logout`; "" if the session still uses it.

    Args:
        left: what was in use before.
        remaining: what is in use now.
    """
    session = ctx.session
    if remaining.credential is not None and remaining.url == left.url:
        return ""
    if session.sandbox is not None and session.has_sandbox:
        return f"To use the sandbox of this session again, run `use {SANDBOX}`. To stop it, run `sandbox stop`."
    if not session.is_persistent or remaining.url == left.url:
        return ways_in(is_persistent=session.is_persistent)
    if left.profile in session.profiles.names():
        return f"To use {left.url} again, run `use {quoted(str(left.profile))}`."
    return f"To sign in to {left.url} again, run `login --url {quoted(left.url)}`."
