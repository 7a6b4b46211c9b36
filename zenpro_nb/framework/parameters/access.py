"""The parameters of the questions about access: who, where, and what is to be allowed."""

from __future__ import annotations

from typing import Annotated, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import inventory
from zenpro_nb.access.model.columns import BOT_MARK, TEAM_MARK
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.parameters.types import NameType, ProjectType, TextType, offered
from zenpro_nb.resources.rights import ACTIONS, TYPES
from zenpro_nb.syntax.suggestions import did_you_mean


class PrincipalType(TextType):
    """Somebody who can have a role, and teams; completes from what has been fetched."""

    name = "principal"
    _MARKS = ("", "users"), (BOT_MARK, "service-accounts"), (TEAM_MARK, "teams")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the fetched names that begin with what was typed; send no request."""
        run = ctx.find_object(CommandContext)
        known = [f"{mark}{name}" for mark, noun in self._MARKS for name in (run.session.names.of(noun) if run else ())]
        return offered(known, incomplete)


class RightType(TextType):
    """An action and a type of resource, in either order: `delete:stack`, `stack:delete`, `delete stack`."""

    name = "action:type"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return it as `action:type`; fail where it is no such pair, or a word is misspelt."""
        words = str(value).replace(":", " ").split()
        if len(words) != 2:
            self.fail(f"{value!r} is not an action and a type of resource: write it as delete:stack", param, ctx)
        action, resource = words if words[0] in ACTIONS else words[::-1]
        if action not in ACTIONS:
            hint = did_you_mean(words[0], ACTIONS) or did_you_mean(words[1], ACTIONS)
            self.fail(f"no action is in {value!r}. {hint} Actions: {', '.join(ACTIONS)}".replace("  ", " "), param, ctx)
        # A server may have types that no document names; what resembles one of those is more likely a slip.
        if resource not in TYPES and (hint := did_you_mean(resource, TYPES)):
            self.fail(f"{resource!r} is not a known type of resource. {hint}", param, ctx)
        return f"{action}:{resource}"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the actions and types, or behind one of them those of the other kind."""
        mark = next((text for text in ": " if text in incomplete), "")
        first, _, typed = incomplete.partition(mark) if mark else ("", "", incomplete)
        if not mark:
            return offered([f"{word}:" for word in (*ACTIONS, *TYPES)], typed, kind="value")
        return offered(TYPES if first in ACTIONS else ACTIONS, typed, start=first + mark, kind="value")


Who = Annotated[str | None, Arg(PrincipalType(), metavar="[PRINCIPAL]")]
Workspace = Annotated[str | None, Opt(type=NameType("workspaces"), help="Only in this workspace, by name or id.")]
Project = Annotated[str | None, Opt(type=ProjectType(), help="Only in this project, by id.")]
Role = Annotated[str | None, Opt(type=NameType("roles"), help="Only by this role; also superuser, owner.")]
Can = Annotated[
    str | None,
    Opt(
        type=RightType(),
        metavar="ACTION:TYPE",
        help="Who may do this, in either order: delete:stack. Shows yes, no or unknown, and why.",
    ),
]
Matrix = Annotated[bool, Opt(help="Principals by workspaces, in each cell the roles that no other one covers.")]
With = Annotated[
    tuple[str, ...],
    Opt("--with", type=click.Choice(inventory.WITH), help="Ask each running workspace's own server, too."),
]
