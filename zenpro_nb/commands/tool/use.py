"""use: choose the server, the organization or the workspace that the following commands are about."""

from __future__ import annotations

from typing import Annotated, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import query
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext, pass_ctx
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists.noun import Noun, command
from zenpro_nb.framework.parameters.aliases import Org, OrganizationName, WorkspaceName
from zenpro_nb.framework.parameters.types import offered
from zenpro_nb.profiles import ORGANIZATION_VARIABLE, PROFILE_VARIABLE, WORKSPACE_VARIABLE
from zenpro_nb.session.session import SANDBOX, Session
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.ui.cards import Card
from zenpro_nb.workspaces import oss_server

Url = Annotated[str | None, Arg()]
Username = Annotated[str | None, Opt(help="Sign in with this name and a password, instead of a key.")]
ProfileName = Annotated[str, Arg()]


class _Use(Noun):
    """A group whose unknown words are the names of profiles."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of the first word, or the one that takes a profile of this name.

        Raises:
            UsageError: there is neither; the message suggests similar ones of both.
        """
        word = args[0]
        if ctx.resilient_parsing or word.startswith("-") or self.get_command(ctx, word) is not None:
            return super().resolve_command(ctx, args)
        run = ctx.ensure_object(CommandContext)
        name = run.values.resolve(word)
        known = [*run.session.profiles.names(), SANDBOX] if isinstance(name, str) else []
        if name in known:
            return profile.name, profile, args
        spelled = run.values.as_typed(word)
        raise UsageError(
            f"{spelled!r} is neither a profile nor a word of {ctx.command_path!r}",
            hint=did_you_mean(spelled, [*self.commands, *known], "See `profiles`."),
        )

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the words of the group, and the names of profiles; send no request."""
        run = ctx.find_object(CommandContext)
        names = run.session.profiles.names() if run is not None else []
        return [*super().shell_complete(ctx, incomplete), *offered(names, incomplete)]


@click.pass_context
@pass_ctx
def _in_use(run: CommandContext, ctx: click.Context) -> Card | None:
    """Return what is in use, where no word says what else is meant."""
    return None if ctx.invoked_subcommand is not None else card(run)


use = _Use(
    name="use",
    invoke_without_command=True,
    callback=_in_use,
    subcommand_metavar="PROFILE | COMMAND NAME",
    help="Choose what the following commands are about: `use PROFILE` a server and a credential, as `profiles` lists "
    "them; or an organization or a workspace of the one in use; or a plain ZenML server. Alone: what is in use.",
    examples=("use organization acme", "use workspace ml-prod"),
)


def card(ctx: CommandContext) -> Card:
    """Return the card of what is in use, and of the lines that change it."""
    settings, session = ctx.session.settings, ctx.session
    rows = [("server", settings.url), ("profile", settings.profile or "none")]
    if not settings.plain:
        rows += [
            ("organization", named(session, "organizations", settings.organization)),
            ("workspace", named(session, "workspaces", settings.workspace)),
        ]
    lines = ("use organization NAME", "use workspace NAME", "use PROFILE", "profiles")
    return Card("in use", rows, [f"{ctx.ui.name} {line}" for line in lines])


def named(session: Session, noun: str, key: str | None) -> str:
    """Return the name of what was chosen, also where it was chosen by its id."""
    if not key:
        return "none chosen"
    try:
        return query.find(session, noun, key, remembered=True).name if is_id(key) else key
    except ZenProError:
        return key  # whatever is wrong with it, the next command says


@use.verb
def organization(ctx: CommandContext, name: OrganizationName) -> None:
    """Work in this organization, by name or id, until another is chosen.

    Examples:
        use organization acme-labs
    """
    found = query.find(ctx.session, "organizations", name, remembered=True)
    ctx.session.choose(organization=found.id)
    ctx.ui.say(f"using organization {found.name} ({found.id})")
    _say_how_to_keep(ctx, ORGANIZATION_VARIABLE, found.name)


@use.verb
def workspace(ctx: CommandContext, name: WorkspaceName, org: Org = None) -> None:
    """Work in this workspace, by name or id, until another is chosen.

    Examples:
        use workspace ml-prod
    """
    found = query.find(ctx.session, "workspaces", name, remembered=True)
    organization = query.organization(ctx.session, org).id if org else ctx.session.settings.organization
    ctx.session.choose(organization=organization, workspace=found.id)
    ctx.ui.say(f"using workspace {found.name} ({found.id})")
    _say_how_to_keep(ctx, WORKSPACE_VARIABLE, found.name)


@use.verb
def server(ctx: CommandContext, url: Url = None, username: Username = None) -> None:
    """Work with a plain ZenML server that belongs to no organization: what is inside it can be listed.

    The credential comes from ZENML_STORE_API_KEY, or is asked for; the address too may stand in ZENML_STORE_URL.

    Examples:
        use server http://localhost:8080 --username admin
    """
    settings = oss_server.settings(ctx.session, url, username, ctx.ui.ask_secret)
    info = oss_server.greet(settings)
    ctx.session.use(settings)
    ctx.ui.say(f"using the ZenML server {settings.url}, version {info.get('version', 'unknown')}")
    if not ctx.ui.is_persistent:
        keep = f'add a profile with url = "{settings.url}" and kind = "server", and set {PROFILE_VARIABLE} to its name'
        ctx.ui.warn(f"this ends with this command; for the next ones, {keep}")


@command()
def profile(ctx: CommandContext, profile: ProfileName) -> None:
    """Work with this profile, until another is chosen."""
    settings = ctx.session.use_profile(profile)
    chosen = [settings.url, *(f"{word} {name}" for word, name in _chosen(settings) if name)]
    ctx.ui.say(f"using {profile}: {', '.join(chosen)}")
    _say_how_to_keep(ctx, PROFILE_VARIABLE, profile)
    if settings.credential is None:
        ctx.ui.warn(settings.problem or f"there is no credential for {settings.url}; use `login`")
    elif settings.warning:
        ctx.ui.warn(settings.warning)


def _say_how_to_keep(ctx: CommandContext, variable: str, value: str) -> None:
    """Say how the choice is kept: a shell command ends at once, and what it has chosen with it."""
    if not ctx.ui.is_persistent:
        ctx.ui.warn(f"this ends with this command; for the next ones, set {variable}={quoted(value)}")


def _chosen(settings: Any) -> list[tuple[str, str | None]]:
    return [("organization", settings.organization), ("workspace", settings.workspace)]
