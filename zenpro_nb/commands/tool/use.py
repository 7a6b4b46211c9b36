"""use: set the server, organization or workspace for the commands that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import click
from click.shell_completion import CompletionItem

from zenpro_nb import query
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.declare import (
    Arg,
    CommandContext,
    Noun,
    Opt,
    Org,
    OrganizationName,
    WorkspaceName,
    command,
    completions,
    pass_ctx,
)
from zenpro_nb.profiles import ORGANIZATION_VARIABLE, PROFILE_VARIABLE, WORKSPACE_VARIABLE, Settings, sign_in
from zenpro_nb.session.session import SANDBOX, Session
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.ui.cards import Card
from zenpro_nb.workspaces import oss_server
from zenpro_nb.workspaces.targets import records_named

Url = Annotated[str | None, Arg()]
Username = Annotated[str | None, Opt(help="Sign in with this username and a password instead of a key.")]
ProfileName = Annotated[str, Arg()]
_SHORT = {"org": "organization", "ws": "workspace"}


class _Use(Noun):
    """A group that reads unknown words as names of profiles."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names, or `profile` if a profile has this name.

        Raises:
            UsageError: neither exists; the hint suggests similar names of both.
        """
        word = args[0]
        if ctx.resilient_parsing or word.startswith("-") or self.get_command(ctx, word) is not None:
            return super().resolve_command(ctx, args)
        command_ctx = ctx.ensure_object(CommandContext)
        name = command_ctx.values.resolve(word)
        profile_names = [*command_ctx.session.profiles.names(), SANDBOX] if isinstance(name, str) else []
        if name in profile_names:
            return profile.name, profile, args
        if name == profile.name:  # `use profile sandbox`, in the form of `use organization acme`
            if len(args) == 1:
                raise UsageError("Name a profile", hint="Run `profiles` to list them, and then `use PROFILE`.")
            return profile.name, profile, args[1:]
        text = command_ctx.values.as_typed(word)
        hint = _selecting(command_ctx, text) if len(args) == 1 else ""
        raise UsageError(
            f"{text!r} is neither a profile nor a command of {ctx.command_path!r}",
            hint=hint or did_you_mean(text, [*self.commands, *profile_names], _otherwise(command_ctx.values, args)),
        )

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands of the group and the names of profiles; send no request."""
        command_ctx = ctx.find_object(CommandContext)
        names = command_ctx.session.profiles.names() if command_ctx is not None else []
        return [*super().shell_complete(ctx, incomplete), *completions(names, incomplete)]


def _selecting(ctx: CommandContext, name: str) -> str:
    """Return the line for the name of an organization or a workspace; "" if there is none, or no server."""
    if ctx.session.settings.credential is None:
        return ""
    for noun, kind in (("organizations", "organization"), ("workspaces", "workspace")):
        try:
            query.find(ctx.session, noun, name, remembered=True)
        except ZenProError:
            continue
        return f"Use `use {kind} {quoted(name)}`."
    return ""


def _otherwise(values: Placeholders, args: Sequence[str]) -> str:
    """Return the lines for a word that resembles no profile: it can be an organization or a workspace."""
    words = [values.as_typed(arg) for arg in args]
    kinds = [_SHORT[words[0]]] if words[0] in _SHORT else ["organization", "workspace"]
    names = words[1:] if words[0] in _SHORT else words
    name = quoted(names[0]) if names else "NAME"
    return f"Use {' or '.join(f'`use {kind} {name}`' for kind in kinds)}. `profiles` lists the profiles."


@click.pass_context
@pass_ctx
def _in_use(ctx: CommandContext, click_ctx: click.Context) -> Card | None:
    """Return the card of the current settings, unless a subcommand was named."""
    return None if click_ctx.invoked_subcommand is not None else card(ctx)


use = _Use(
    name="use",
    invoke_without_command=True,
    callback=_in_use,
    subcommand_metavar="PROFILE | COMMAND NAME",
    help="Set the server, organization, or workspace for the next commands.\n\n`use PROFILE` selects a server "
    "and a credential from the list that `profiles` shows. The other commands select an organization or workspace "
    "of that server, or a plain ZenML server. Without arguments, shows the current settings.",
    examples=("# Use an organization", "use organization acme", "# Use a workspace", "use workspace ml-prod"),
)


def card(ctx: CommandContext) -> Card:
    """Return the card of the current settings, with the commands that change them."""
    settings, session = ctx.session.settings, ctx.session
    rows = [("server", settings.url), ("profile", settings.profile or "none")]
    if not settings.plain:
        rows += [
            (
                "organization",
                name_with_id(session, "organizations", settings.organization) + how_to_select(ctx, settings),
            ),
            ("workspace", name_with_id(session, "workspaces", settings.workspace)),
        ]
    commands = ("use organization NAME", "use workspace NAME", "use PROFILE", "profiles")
    return Card("in use", rows, [f"{ctx.ui.name} {line}" for line in commands])


def how_to_select(ctx: CommandContext, settings: Settings) -> str:
    """Return how to select an organization in a shell, after its name; "" where the next lines of the card show it."""
    if ctx.ui.is_persistent:
        return ""
    which = "for another one" if settings.organization else "to select one"
    return f"; {which}, add --org NAME, or run `export {ORGANIZATION_VARIABLE}=NAME`"


def name_with_id(session: Session, noun: str, key: str | None) -> str:
    """Return the name of the selected object, even if it was selected by its ID."""
    if not key:
        return "not selected"
    try:
        return query.find(session, noun, key, remembered=True).name if is_id(key) else key
    except ZenProError:
        return key  # the next command reports the problem


@use.verb
def organization(ctx: CommandContext, name: OrganizationName) -> None:
    """Set the organization for the commands that follow.

    Examples:
        # Switch to another organization
        use organization acme-labs
    """
    found = query.find(ctx.session, "organizations", name, remembered=True)
    ctx.session.choose(organization=found.id)
    ctx.ui.say(f"using organization {found.name} ({found.id})")
    _warn_not_saved(ctx, ORGANIZATION_VARIABLE, found.name)


@use.verb
def workspace(ctx: CommandContext, name: WorkspaceName, org: Org = None) -> None:
    """Set the workspace for the commands that follow.

    Examples:
        # Use a workspace
        use workspace ml-prod
    """
    if org:
        (record,) = records_named(ctx.session, [name], org)
        found = query.Found(str(record["id"]), str(record["name"]), record)
    else:
        found = query.find(ctx.session, "workspaces", name, remembered=True)
    organization = query.organization(ctx.session, org).id if org else ctx.session.settings.organization
    ctx.session.choose(organization=organization, workspace=found.id)
    ctx.ui.say(f"using workspace {found.name} ({found.id})")
    _warn_not_saved(ctx, WORKSPACE_VARIABLE, found.name)


@use.verb
def server(ctx: CommandContext, url: Url = None, username: Username = None) -> None:
    """Use a plain ZenML server, without an organization.

    The credential comes from ZENML_STORE_API_KEY or from a prompt. ZENML_STORE_URL can replace the URL argument.

    Examples:
        # Sign in with a username; zenpro prompts for the password
        use server http://localhost:8080 --username admin
    """
    settings = oss_server.settings(ctx.session, url, username, ctx.ui.ask_secret)
    info = oss_server.greet(settings)
    ctx.session.use(settings)
    ctx.ui.say(f"using the ZenML server {settings.url}, version {info.get('version', 'unknown')}")
    if not ctx.ui.is_persistent:
        ctx.ui.warn(
            f'valid for this command only; to keep it, add a profile with url = "{settings.url}" and kind = "server", '
            f"and set {PROFILE_VARIABLE} to its name"
        )


@command()
def profile(ctx: CommandContext, profile: ProfileName) -> None:
    """Use this profile for the commands that follow."""
    settings = ctx.session.use_profile(profile)
    scope = {"organization": settings.organization, "workspace": settings.workspace}
    selection = [settings.url, *(f"{noun} {name}" for noun, name in scope.items() if name)]
    ctx.ui.say(f"using {profile}: {', '.join(selection)}")
    _warn_not_saved(ctx, PROFILE_VARIABLE, profile)
    if settings.credential is None:
        how = sign_in(is_persistent=ctx.ui.is_persistent)
        ctx.ui.warn(settings.problem or f"no credential for {settings.url}. {how}")
    elif settings.warning:
        ctx.ui.warn(settings.warning)


def _warn_not_saved(ctx: CommandContext, variable: str, value: str) -> None:
    """Warn that a shell command forgets its choice when it ends, and show how to keep it."""
    if not ctx.ui.is_persistent:
        ctx.ui.warn(f"valid for this command only; to keep it, run `export {variable}={quoted(value)}`")
