"""login and logout: a credential for this session, and for the next ones if you like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.options import NameType
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.errors import UsageError

if TYPE_CHECKING:
    from zenpro_nb.client import Credential
    from zenpro_nb.profiles import Settings
    from zenpro_nb.profiles.file import Profile


class ProfileType(NameType):
    """A profile by its name; completes from the files on this machine."""

    def __init__(self) -> None:
        super().__init__("profiles")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that begin with what was typed. Never a request."""
        runtime = ctx.find_object(Runtime)
        names = runtime.session.profiles.names() if runtime is not None else []
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@pass_runtime
def _login(
    runtime: Runtime, url: str | None, profile: str | None, username: str | None, browser: bool, keyring: bool
) -> Any:
    from zenpro_nb.commands.tool.status import status_card
    from zenpro_nb.profiles import account_of
    from zenpro_nb.session import login

    if browser and username:
        raise UsageError("--browser asks for no username", hint="Leave one of them out.")
    written = _written(runtime, profile)
    target = _target(runtime, url, profile, written)
    if browser and target.plain:
        raise UsageError(f"{target.url} is a plain ZenML server", hint="Sign in there with a key, or --username.")
    keeps = _keeps(written, keyring)
    store = runtime.session.profiles.logins(required=keeps)
    username = username or (written.username if written and not browser else None)
    source = login.BROWSER if browser else login.TYPED
    credential: Credential = (
        login.in_browser(runtime.face, target.url) if browser else login.typed(runtime.face, target, username)
    )
    login.check(target, credential)
    if profile and written is None:
        _write(runtime, profile, target.url, username, keeps=keeps)
    if keeps:
        place = store.keep(account_of(profile) if profile else target.url, credential)
        runtime.face.say(f"kept in the keyring ({place})")
    elif not runtime.face.lasting:
        runtime.face.warn("this login ends with this command; add --keyring to keep it")
    runtime.session.use(replace(target, credential=credential, source=source, problem=""))
    return status_card(runtime)


def _written(runtime: Runtime, profile: str | None) -> Profile | None:
    """The profile of this name in the file, if it is there."""
    from zenpro_nb.profiles.file import check_name

    if profile is None:
        return None
    found = runtime.session.profiles.written(profile)
    if found is None:
        check_name(profile)
    return found


def _target(runtime: Runtime, url: str | None, profile: str | None, written: Profile | None) -> Settings:
    """The server to sign in at, and what is chosen there."""
    from zenpro_nb.client import normalize
    from zenpro_nb.profiles import Settings
    from zenpro_nb.profiles.environment import from_environment
    from zenpro_nb.profiles.invalidation import Watch

    # A profile has none of its own: only the environment says how many.
    workers = from_environment(Watch(runtime.session.environ)).workers
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
        )
    if url:
        return Settings(normalize(url), None, "", workers=workers, profile=profile)
    return replace(runtime.session.settings, credential=None, profile=profile)


def _keeps(written: Profile | None, keyring: bool) -> bool:
    """Whether the login is kept: asked for, or because the profile looks for it in the keyring."""
    source = written.source if written is not None else None
    kept = source is not None and source.kind == "keyring" and not source.name
    if keyring and source is not None and not kept:
        raise UsageError(
            f"The profile looks for its credential elsewhere ({source.kind})",
            hint='Write credential = "keyring" there first.',
        )
    return keyring or kept


def _write(runtime: Runtime, profile: str, url: str, username: str | None, *, keeps: bool) -> None:
    from zenpro_nb.profiles.file import add
    from zenpro_nb.profiles.invalidation import Watch

    watch = Watch(runtime.session.environ)
    path = add(watch, profile, url, username=username, credential="keyring" if keeps else None)
    runtime.face.say(f"profile {profile!r} is written in {path}")


@pass_runtime
def _logout(runtime: Runtime, every: bool) -> Any:
    from zenpro_nb.profiles import account_of

    session = runtime.session
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
    runtime.face.say(f"forgot {', '.join(said)}" if said else "this tool had stored no login")
    left = session.settings
    if left.credential is not None:
        runtime.face.say(f"still there, and not ours to remove: {left.source}")


login = Command(
    name="login",
    callback=_login,
    help="Sign in for this session: asks for an API key or an API token, and looks whether it lets in. "
    "Nothing is stored unless you say so.",
    epilog="In a notebook the question appears below the cell. No secret is ever typed on the line: it would stand "
    "in the history. Where nobody can type, set ZENML_PRO_API_KEY or ZENML_PRO_API_TOKEN instead.",
    params=[
        click.Option(["--browser"], is_flag=True, help="Confirm it in a browser instead of typing a secret."),
        click.Option(["--url"], metavar="URL", help="The control plane; self-hosted ones end in /api/v1."),
        click.Option(["--username"], metavar="NAME", help="A local user of a self-hosted server; asks for a password."),
        click.Option(
            ["--profile"],
            type=ProfileType(),
            help="Sign in with this profile; a new one is written into the file of profiles, without the secret.",
        ),
        click.Option(
            ["--keyring"], is_flag=True, help="Keep it in the system's keyring, so that later sessions find it."
        ),
    ],
)

logout = Command(
    name="logout",
    short_help="Forget the login of this session.",
    callback=_logout,
    help="Forget the login of this session, and what `login --keyring` kept for its server. Nothing else: "
    "environment variables, files and what `zenml login` stored stay.",
    params=[
        click.Option(
            ["--all", "every"], is_flag=True, help="Forget what was kept for every other server and profile too."
        )
    ],
)
