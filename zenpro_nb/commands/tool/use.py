"""use: choose the server, the organization or the workspace that the following commands are about."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb.commands.core.command import Command, Group
from zenpro_nb.commands.core.options import ORG, NameType
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.errors import UsageError
from zenpro_nb.profiles import ORGANIZATION_VARIABLE, PROFILE_VARIABLE, WORKSPACE_VARIABLE
from zenpro_nb.session.session import SANDBOX
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted


@pass_runtime
def _use_organization(runtime: Runtime, name: str) -> Any:
    from zenpro_nb import query

    found = query.find(runtime.session, "organizations", name)
    runtime.session.choose(organization=found.id)
    runtime.face.say(f"using organization {found.name} ({found.id})")
    _say_how_to_keep(runtime, ORGANIZATION_VARIABLE, found.name)


@pass_runtime
def _use_workspace(runtime: Runtime, name: str, org: str | None) -> Any:
    from zenpro_nb import query

    found = query.find(runtime.session, "workspaces", name)
    organization = query.organization(runtime.session, org).id if org else runtime.session.settings.organization
    runtime.session.choose(organization=organization, workspace=found.id)
    runtime.face.say(f"using workspace {found.name} ({found.id})")
    _say_how_to_keep(runtime, WORKSPACE_VARIABLE, found.name)


@pass_runtime
def _use_server(runtime: Runtime, url: str | None, username: str | None) -> Any:
    from zenpro_nb.workspaces import oss_server

    settings = oss_server.settings(runtime.session, url, username, runtime.face.ask_secret)
    info = oss_server.greet(settings)
    runtime.session.use(settings)
    runtime.face.say(f"using the ZenML server {settings.url}, version {info.get('version', 'unknown')}")


@pass_runtime
def _use_profile(runtime: Runtime, profile: str) -> Any:
    settings = runtime.session.use_profile(profile)
    chosen = [settings.url, *(f"{word} {name}" for word, name in _chosen(settings) if name)]
    runtime.face.say(f"using {profile}: {', '.join(chosen)}")
    _say_how_to_keep(runtime, PROFILE_VARIABLE, profile)
    if settings.credential is None:
        runtime.face.warn(settings.problem or f"there is no credential for {settings.url}; use `login`")


def _say_how_to_keep(runtime: Runtime, variable: str, value: str) -> None:
    """A shell command ends at once, and what it has chosen with it."""
    if not runtime.face.lasting:
        runtime.face.warn(f"this ends with this command; for the next ones, set {variable}={quoted(value)}")


def _chosen(settings: Any) -> list[tuple[str, str | None]]:
    return [("organization", settings.organization), ("workspace", settings.workspace)]


class _Use(Group):
    """A group whose unknown words are the names of profiles."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the first word, or the one that takes a profile of this name.

        Raises:
            UsageError: there is neither; the message suggests similar ones of both.
        """
        word = args[0]
        if ctx.resilient_parsing or word.startswith("-") or self.get_command(ctx, word) is not None:
            return super().resolve_command(ctx, args)
        runtime = ctx.ensure_object(Runtime)
        name = runtime.values.resolve(word)
        known = [*runtime.session.profiles.names(), SANDBOX] if isinstance(name, str) else []
        if name in known:
            return _PROFILE.name, _PROFILE, args
        spelled = runtime.values.reveal(word)
        raise UsageError(
            f"{spelled!r} is neither a profile nor a word of {ctx.command_path!r}",
            hint=did_you_mean(spelled, [*self.commands, *known], "See `profiles`."),
        )

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The words of the group, and the names of profiles. Never a request."""
        runtime = ctx.find_object(Runtime)
        names = runtime.session.profiles.names() if runtime is not None else []
        mine = [CompletionItem(name) for name in names if name.startswith(incomplete)]
        return [*super().shell_complete(ctx, incomplete), *mine]


_PROFILE = Command(
    name="profile",
    callback=_use_profile,
    params=[click.Argument(["profile"])],
    help="Work with this profile, until another is chosen.",
)

use = _Use(
    name="use",
    subcommand_metavar="PROFILE | COMMAND NAME",
    help="Choose what the following commands are about: `use PROFILE` a server and a credential, as `profiles` lists "
    "them; or an organization or a workspace of the one in use; or a plain ZenML server.",
    commands=[
        Command(
            name="organization",
            callback=_use_organization,
            params=[click.Argument(["name"], type=NameType("organizations"))],
            help="Work in this organization, by name or id, until another is chosen.",
        ),
        Command(
            name="workspace",
            callback=_use_workspace,
            params=[click.Argument(["name"], type=NameType("workspaces")), ORG],
            help="Work in this workspace, by name or id, until another is chosen.",
        ),
        Command(
            name="server",
            callback=_use_server,
            params=[
                click.Argument(["url"], required=False),
                click.Option(["--username"], help="Sign in with this name and a password, instead of a key."),
            ],
            help="Work with a plain ZenML server that belongs to no organization: what is inside it can be listed. "
            "The credential comes from ZENML_STORE_API_KEY, or is asked for; the address too may stand in "
            "ZENML_STORE_URL.",
        ),
    ],
)
