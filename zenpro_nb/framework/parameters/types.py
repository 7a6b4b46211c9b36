"""Parameter types of the writes; a form makes its fields from them."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import inventory, limits
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.security import secret_destinations
from zenpro_nb.syntax.ids import is_id

if TYPE_CHECKING:
    # Generic for the type checker only: older releases of click know no brackets.
    TextType = click.ParamType[str]
    _MinutesType = click.ParamType[int]
else:
    TextType = _MinutesType = click.ParamType

# The help of --at wherever it is an option.
AS_KEPT = "Use a capture instead of the server: by its name, or the newest one up to this time."

_DURATION = re.compile(r"(\d+)\s*([mhdw]?)")
_MINUTES = {"": 1, "m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}


class DurationType(_MinutesType):
    """A number of minutes, or `12h`, `30d`, `4w`; gives minutes."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the minutes; fail where the text is not a duration."""
        if isinstance(value, int):
            return value
        match = _DURATION.fullmatch(str(value).strip())
        minutes = int(match.group(1)) * _MINUTES[match.group(2)] if match else 0
        if not minutes:
            self.fail(f"{value!r} is not a duration: write minutes, or 12h, 30d, 4w", param, ctx)
        return minutes


class DestinationType(TextType):
    """A destination of a secret: `env:NAME`, `file:PATH` or `keyring`."""

    name = "destination"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text itself; fail where it names no destination."""
        try:
            secret_destinations.destination(str(value), entry="")
        except UsageError as error:
            self.fail(str(error), param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the three kinds of destination."""
        return [CompletionItem(kind) for kind in ("env:", "file:", "keyring") if kind.startswith(incomplete)]


class NewNameType(TextType):
    """A name that nothing bears yet. What may stand in it is the server's to say."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name without blanks around it; fail where nothing is left."""
        text = str(value).strip()
        if not text:
            self.fail("the name is empty", param, ctx)
        return text


class EmailType(TextType):
    """An e-mail address of somebody who need not have an account yet."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address without blanks around it; fail where it cannot be one."""
        text = str(value).strip()
        before, _, after = text.partition("@")
        if not before or not after or any(blank in text for blank in " \t,;"):
            self.fail(f"{text!r} is not an e-mail address", param, ctx)
        return text


class ProjectType(TextType):
    """A project, by its id: the control plane knows no names of projects, they live in the workspace."""

    name = "project"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the id; fail for anything else."""
        text = str(value).strip().lower()
        if not is_id(text):
            self.fail(f"{value!r} is not the id of a project: the control plane knows projects by id only", param, ctx)
        return text


class CaptureType(TextType):
    """A capture by its name, or a time."""

    name = "capture|date"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names of the captures of the server in use, the newest first; send no request."""
        runtime = ctx.find_object(CommandContext)
        if runtime is None:
            return []
        server = runtime.session.settings.url
        found = [capture.name for capture in inventory.Captures().every([]) if capture.manifest.server == server]
        return offered(dict.fromkeys(reversed(found)), incomplete)


class RoleAtScopeType(TextType):
    """A role and where it is given: `Workspace Developer@ml-prod`, or with a project's id `…@ml-prod/ID`."""

    name = "role@workspace"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text itself; fail where the role or the workspace is missing."""
        role, workspace, _ = grant(str(value))
        if not role or not workspace:
            self.fail(f"{value!r} names no role and place: write it as 'Workspace Developer@ml-prod'", param, ctx)
        return str(value)


class PermissionType(TextType):
    """A resource type and the actions on it: `pipeline:read,create`."""

    name = "resource:action,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text itself; fail where the resource type or the actions are missing."""
        resource, actions = permission(str(value))
        if not resource or not actions:
            self.fail(f"{value!r} is not a permission: write it as pipeline:read,create", param, ctx)
        return str(value)


def grant(text: str) -> tuple[str, str, str]:
    """Return the role, the workspace and the project of a grant; what is not there is empty.

    >>> grant("Workspace Developer@ml-prod"), grant("Workspace Developer")
    (('Workspace Developer', 'ml-prod', ''), ('', '', ''))
    """
    role, at, place = text.rpartition("@")
    workspace, _, project = place.partition("/") if at else ("", "", "")
    return role.strip(), workspace.strip(), project.strip()


def permission(text: str) -> tuple[str, list[str]]:
    """Return the resource type and the actions of a permission."""
    resource, _, rest = text.partition(":")
    return resource.strip(), [part.strip() for part in rest.split(",") if part.strip()]


def offered(words: Iterable[str], typed: str, *, start: str = "", kind: str = "name") -> list[CompletionItem]:
    """Return the words that begin with what was typed, ignoring case; each says what it is, and of how many.

    Args:
        start: what stands before the word that is typed, and stays.
        kind: what they are: `name` of what was fetched, `value`, `column`.
    """
    fitting = [word for word in words if word.casefold().startswith(typed.casefold())]
    shown = fitting[: limits.COMPLETIONS]
    if len(shown) < len(fitting):
        # Without a blank: JupyterLab would break the line there, and write the words over each other.
        kind = f"{kind}, {len(shown)} of {len(fitting):,}".replace(" ", "\N{NO-BREAK SPACE}")
    return [CompletionItem(start + word, kind=kind) for word in shown]


class NameType(TextType):
    """A name, e-mail or id of one thing; completes from what has been fetched."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.name = noun.removesuffix("s").replace("-", "_")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the fetched names that begin with, or contain, what was typed; send no request."""
        runtime = ctx.find_object(CommandContext)
        names = runtime.session.names.of(self.noun) if runtime is not None else []
        return offered(names, incomplete)


class VariableType(TextType):
    """The name of a Python variable."""

    name = "variable"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name itself; fail where it could not be a variable, or would hide what Python means by it."""
        if not str(value).isidentifier() or keyword.iskeyword(str(value)):
            self.fail(f"{value!r} is not a name that a variable can have", param, ctx)
        if hasattr(builtins, str(value)):
            self.fail(f"{value!r} is a name of Python's own, and the result would hide what it means", param, ctx)
        return value
