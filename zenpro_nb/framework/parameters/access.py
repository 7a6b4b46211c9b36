"""Define the parameters of access questions: the principal, the scope and the action."""

from __future__ import annotations

from typing import Annotated, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import inventory
from zenpro_nb.access.model.columns import BOT_MARK, TEAM_MARK
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.parameters.types import NameType, ProjectType, TextType, completions
from zenpro_nb.resources.rights import ACTIONS, TYPES
from zenpro_nb.syntax.suggestions import did_you_mean


class PrincipalType(TextType):
    """A principal: a user, service account or team; completes from fetched names."""

    name = "principal"
    _PREFIXES = ("", "users"), (BOT_MARK, "service-accounts"), (TEAM_MARK, "teams")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the fetched names that begin with the typed text; send no request."""
        command_ctx = ctx.find_object(CommandContext)
        candidates = [
            f"{prefix}{name}"
            for prefix, noun in self._PREFIXES
            for name in (command_ctx.session.names.of(noun) if command_ctx else ())
        ]
        return completions(candidates, incomplete)


class RightType(TextType):
    """An action and a resource type, in either order: `delete:stack`, `stack:delete`, `delete stack`."""

    name = "action:type"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it as `action:type`; fail if it is not such a pair, or if a word is misspelled."""
        words = str(value).replace(":", " ").split()
        if len(words) != 2:
            self.fail(f"{value!r} is not an action and a resource type: write it as delete:stack", param, ctx)
        action, resource = words if words[0] in ACTIONS else words[::-1]
        if action not in ACTIONS:
            hint = did_you_mean(words[0], ACTIONS) or did_you_mean(words[1], ACTIONS)
            choices = f"Actions: {', '.join(ACTIONS)}"
            self.fail(f"{value!r} contains no action. {hint} {choices}".replace("  ", " "), param, ctx)
        # A server can have undocumented types, but a word that resembles a documented one is more likely a typo.
        if resource not in TYPES and (hint := did_you_mean(resource, TYPES)):
            self.fail(f"{resource!r} is not a known resource type. {hint}", param, ctx)
        return f"{action}:{resource}"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the actions and resource types; after one of them, those of the other kind."""
        prefix = next((text for text in ": " if text in incomplete), "")
        first, _, prefix_text = incomplete.partition(prefix) if prefix else ("", "", incomplete)
        if not prefix:
            return completions([f"{word}:" for word in (*ACTIONS, *TYPES)], prefix_text, kind="value")
        return completions(TYPES if first in ACTIONS else ACTIONS, prefix_text, start=first + prefix, kind="value")


Who = Annotated[str | None, Arg(PrincipalType(), metavar="[PRINCIPAL]")]
Workspace = Annotated[str | None, Opt(type=NameType("workspaces"), help="Include only this workspace, by name or ID.")]
Project = Annotated[str | None, Opt(type=ProjectType(), help="Include only the project with this ID.")]
Role = Annotated[str | None, Opt(type=NameType("roles"), help="Filter by role, or by `superuser` or `owner`.")]
Admins = Annotated[
    bool,
    Opt(help="List the admins: superusers, Organization Admins, Workspace Admins, workspace owners, Project Admins."),
]
Can = Annotated[
    str | None,
    Opt(
        type=RightType(),
        metavar="ACTION:TYPE",
        help="Show who can perform an action, for example delete:stack. Shows yes, no, or unknown, and why.",
    ),
]
Matrix = Annotated[
    bool, Opt(help="Show a matrix of principals and workspaces. Each cell lists the roles that no other role implies.")
]
With = Annotated[
    tuple[str, ...],
    Opt("--with", type=click.Choice(inventory.WITH), help="Also read from each running workspace's own server."),
]
