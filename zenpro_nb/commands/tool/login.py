"""login and logout: a credential for this session, and for the next ones if you like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import click
from click.shell_completion import CompletionItem
from msgspec.structs import replace

from zenpro_nb.client import normalize
from zenpro_nb.commands.tool.status import status_card
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.lists.noun import command
from zenpro_nb.framework.parameters.types import NameType, offered
from zenpro_nb.profiles import Settings, account_of
from zenpro_nb.profiles.environment import from_environment
from zenpro_nb.profiles.file import add, check_name
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.session import login as signing_in

if TYPE_CHECKING:
    from zenpro_nb.client import Credential
    from zenpro_nb.profiles.file import Profile


class ProfileType(NameType):
    """A profile by its name; completes from the files on this machine."""

    def __init__(self) -> None:
        super().__init__("profiles")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin with what was typed; send no request."""
        run = ctx.find_object(CommandContext)
        names = run.session.profiles.names() if run is not None else []
        return offered(names, incomplete)


Browser = Annotated[bool, Opt(help="Confirm it in a browser instead of typing a secret.")]
Url = Annotated[str | None, Opt(metavar="URL", help="The control plane; self-hosted ones end in /api/v1.")]
Username = Annotated[str | None, Opt(metavar="NAME", help="A local user of a self-hosted server; asks for a password.")]
ProfileName = Annotated[
    str | None,
    Opt(
        "--profile",
        type=ProfileType(),
        help="Sign in with this profile; a new one is written into the file of profiles, without the secret.",
    ),
]
Keyring = Annotated[bool, Opt(help="Keep it in the system's keyring, so that later sessions find it.")]
Every = Annotated[bool, Opt("--all", help="Forget what was kept for every other server and profile too.")]


@command(
    epilog="In a notebook the question appears below the cell. No secret is ever typed on the line: it would stand "
    "in the history. Where nobody can type, set ZENML_PRO_API_KEY or ZENML_PRO_API_TOKEN instead."
)
def login(
    ctx: CommandContext,
    browser: Browser = False,
    url: Url = None,
    username: Username = None,
    profile: ProfileName = None,
    keyring: Keyring = False,
) -> Any:
    """Sign in for this session: asks for an API key or an API token, and looks whether it lets in.

    Nothing is stored unless you say so.

    Examples:
        login
        login --browser
    """
    if browser and username:
        raise UsageError("--browser asks for no username", hint="Leave one of them out.")
    written = _written(ctx, profile)
    target = _target(ctx, url, profile, written)
    if browser and target.plain:
        raise UsageError(f"{target.url} is a plain ZenML server", hint="Sign in there with a key, or --username.")
    keeps = _keeps(written, keyring)
    store = ctx.session.profiles.logins(required=keeps)
    username = username or (written.username if written and not browser else None)
    source = signing_in.BROWSER if browser else signing_in.TYPED
    credential: Credential = (
        signing_in.in_browser(ctx.ui, target.url) if browser else signing_in.typed(ctx.ui, target, username)
    )
    signing_in.check(target, credential)
    if profile and written is None:
        _write(ctx, profile, target.url, username, keeps=keeps)
    if keeps:
        place = store.keep(account_of(profile) if profile else target.url, credential)
        ctx.ui.say(f"kept in the keyring ({place})")
    elif not ctx.ui.is_persistent:
        ctx.ui.warn("this login ends with this command; add --keyring to keep it")
    ctx.session.use(replace(target, credential=credential, source=source, problem=""))
    return status_card(ctx)


def _written(ctx: CommandContext, profile: str | None) -> Profile | None:
    """Return the profile of this name in the file, if it is there."""
    if profile is None:
        return None
    found = ctx.session.profiles.written(profile)
    if found is None:
        check_name(profile)
    return found


def _target(ctx: CommandContext, url: str | None, profile: str | None, written: Profile | None) -> Settings:
    """Return the server to sign in at, and what is chosen there."""
    from zenpro_nb.profiles import Settings

    # A profile has none of its own: only the environment says how many.
    workers = from_environment(Watch(ctx.session.environ)).workers
    if written is not None:
        if url and normalize(url) != written.url:
            raise UsageError(f"Profile {profile!r} is for {written.url}", hint="Leave --url out, or use another name.")
        return Settings(
            written.url,
            credential=None,
            source="",
            organization=written.organization,
            workspace=written.workspace,
            workers=workers,
            profile=profile,
            overrides=written.overrides,
            plain=written.plain,
            read_only=written.read_only,
        )
    if url:
        return Settings(normalize(url), None, "", workers=workers, profile=profile)
    return replace(ctx.session.settings, credential=None, profile=profile)


def _keeps(written: Profile | None, keyring: bool) -> bool:
    """Return whether the login is kept: asked for, or because the profile looks for it in the keyring."""
    source = written.source if written is not None else None
    kept = source is not None and source.kind == "keyring" and not source.name
    if keyring and source is not None and not kept:
        raise UsageError(
            f"The profile looks for its credential elsewhere ({source.kind})",
            hint='Write credential = "keyring" there first.',
        )
    return keyring or kept


def _write(ctx: CommandContext, profile: str, url: str, username: str | None, *, keeps: bool) -> None:

    watch = Watch(ctx.session.environ)
    path = add(watch, profile, url, username=username, credential="keyring" if keeps else None)
    ctx.ui.say(f"profile {profile!r} is written in {path}")


@command(short_help="Forget the login of this session.")
def logout(ctx: CommandContext, every: Every = False) -> None:
    """Forget the login of this session, and what `login --keyring` kept for its server.

    Nothing else: environment variables, files and what `zenml login` stored stay.

    Examples:
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
    said = ["the login of this session"] if session.chosen else []
    said += [f"the keyring's login of {account}" for account in accounts]
    session.use(None)
    ctx.ui.say(f"forgot {', '.join(said)}" if said else "this tool had stored no login")
    left = session.settings
    if left.credential is not None:
        ctx.ui.say(f"still there, and not ours to remove: {left.source}")
