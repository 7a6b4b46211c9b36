"""Define the parameter types of the writes; forms derive their fields from them."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import inventory, limits
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.parameters.person_in_table import PersonInTable, is_email
from zenpro_nb.resources.nouns import without_prefix
from zenpro_nb.security import secret_destinations
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.placeholders import BoundValue

if TYPE_CHECKING:
    # Generic only for the type checker: older releases of click do not support subscripting it.
    TextType = click.ParamType[str]
    _MinutesType = click.ParamType[int]
    ChoiceType = click.Choice[str]
else:
    TextType = _MinutesType = click.ParamType
    ChoiceType = click.Choice

# The help of --at, wherever it is an option.
AT_HELP = "Read a capture instead of the server. Give its name, or a date for the latest capture up to that date."

_DURATION = re.compile(r"(\d+)\s*([mhdw]?)")
_MINUTES = {"": 1, "m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}


class DurationType(_MinutesType):
    """A number of minutes, or `12h`, `30d`, `4w`; returns minutes."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the minutes; fail if the text is not a duration."""
        if isinstance(value, int):
            return value
        match = _DURATION.fullmatch(str(value).strip())
        minutes = int(match.group(1)) * _MINUTES[match.group(2)] if match else 0
        if not minutes:
            self.fail(f"{value!r} is not a duration: write minutes, or 12h, 30d, 4w", param, ctx)
        return minutes

    def spelled(self, minutes: int | str) -> str:
        """Return the shortest text for these minutes; the text that was typed in a form stays.

        >>> DurationType().spelled(60), DurationType().spelled(90), DurationType().spelled("2d")
        ('1h', '90m', '2d')
        """
        if isinstance(minutes, str):
            return minutes
        unit = next(unit for unit in "dhm" if minutes % _MINUTES[unit] == 0)
        return f"{minutes // _MINUTES[unit]}{unit}"


class DestinationType(TextType):
    """A destination for a secret: `file:PATH`, `env:NAME` or `keyring`; or a path with a separator or a dot."""

    name = "destination"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text itself; fail if it is not a destination."""
        try:
            secret_destinations.destination(str(value), entry="")
        except UsageError as error:
            self.fail(str(error), param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the three kinds of destination."""
        return [CompletionItem(kind) for kind in ("file:", "env:", "keyring") if kind.startswith(incomplete)]


class NewNameType(TextType):
    """A name that no object has yet. The server decides which characters are allowed."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name without surrounding blanks; fail if nothing is left."""
        text = str(value).strip()
        if not text:
            self.fail("the name is empty", param, ctx)
        return text


class EmailType(TextType):
    """The email address of a person who need not have an account yet.

    Args:
        reads: what the command reads from the row of each person in a file: `role`, `team`, `grant`.
        instead: the command that reads the others.
    """

    name = "email"

    def __init__(self, *, reads: Sequence[str] = (), instead: str = "") -> None:
        self.reads = tuple(reads)
        self.file_column = "email"
        self._instead = instead

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address without surrounding blanks; fail if it cannot be one."""
        text = value if isinstance(value, PersonInTable) else str(value).strip()
        if not is_email(text):
            self.fail(f"{text!r} is not an email address", param, ctx)
        return text

    def values_in(self, source: str | BoundValue, options: Sequence[str]) -> list[str] | None:
        """Return the addresses in a file; None if the text does not name a file."""
        from zenpro_nb.framework.parameters import people_files  # imported here, because most lines name no file

        return people_files.values_in(source, self.file_column, self.reads, options, self._instead, ids=False)


class ProjectType(TextType):
    """A project id: the control plane does not know project names, which exist only in the workspace."""

    name = "project"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the id; fail for anything else."""
        text = str(value).strip().lower()
        if not is_id(text):
            self.fail(f"{value!r} is not a project id: the control plane knows projects only by id", param, ctx)
        return text


class CaptureType(TextType):
    """A capture, by its name or a time."""

    name = "capture|date"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names of the captures of the server in use, newest first; send no request."""
        command_ctx = ctx.find_object(CommandContext)
        if command_ctx is None:
            return []
        session = command_ctx.session
        captures = inventory.captures_in_use(session).every([])
        names = [capture.name for capture in captures if capture.manifest.server == session.settings.url]
        return completions(dict.fromkeys(reversed(names)), incomplete)


class RoleAtScopeType(TextType):
    """A role and its scope: `Workspace Developer@ml-prod`, or with a project id `…@ml-prod/ID`."""

    name = "role@workspace"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text itself; fail if the role or the workspace is missing."""
        role, workspace, _ = grant(str(value))
        if not role or not workspace:
            self.fail(f"{value!r} is not a role and its scope: write it as 'Workspace Developer@ml-prod'", param, ctx)
        return str(value)


class PermissionType(TextType):
    """A resource type and the actions on it: `pipeline:read,create`."""

    name = "resource:action,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text itself; fail if the resource type or the actions are missing."""
        resource, actions = permission(str(value))
        if not resource or not actions:
            self.fail(f"{value!r} is not a permission: write it as pipeline:read,create", param, ctx)
        return str(value)


def grant(text: str) -> tuple[str, str, str]:
    """Return the role, the workspace and the project; missing parts are empty.

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


def completions(words: Iterable[str], text: str, *, start: str = "", kind: str = "name") -> list[CompletionItem]:
    """Return the words that begin with the typed text, ignoring case, each with its kind and the number of matches.

    Args:
        start: the text before the typed word, which is kept.
        kind: `name` of a fetched object, `value`, `column`.
    """
    matches = [word for word in words if word.casefold().startswith(text.casefold())]
    first_matches = matches[: limits.COMPLETIONS]
    if len(first_matches) < len(matches):
        # With an ordinary space, JupyterLab would break the line there and print the words over each other.
        kind = f"{kind}, {len(first_matches)} of {len(matches):,}".replace(" ", "\N{NO-BREAK SPACE}")
    return [CompletionItem(start + word, kind=kind) for word in first_matches]


# The column of each noun in a file.
_COLUMNS = {"users": "email", "invitations": "email", "service-accounts": "username", "teams": "team"}


class NameType(TextType):
    """The name, email or id of an object, with or without the prefix of its kind; completes from fetched names.

    Args:
        reads: what the command reads from the row of each person in a file: `role`, `team`, `grant`.
        emails: the command also takes the email address of a person without an account.
    """

    def __init__(self, noun: str, *, reads: Sequence[str] = (), emails: bool = False) -> None:
        self.noun = noun
        self.emails = emails
        self.reads = tuple(reads)
        self.file_column = _COLUMNS.get(noun, "")
        self.name = noun.removesuffix("s").replace("-", "_")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name without its prefix, such as `team:`."""
        return without_prefix(self.noun, value) if isinstance(value, str) else value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the fetched names that begin with the typed text; send no request."""
        command_ctx = ctx.find_object(CommandContext)
        names = command_ctx.session.names.of(self.noun) if command_ctx is not None else []
        return completions(names, incomplete)

    def values_in(self, source: str | BoundValue, options: Sequence[str]) -> list[str] | None:
        """Return the names in a file; None if the text does not name a file."""
        if not self.file_column:
            return None
        from zenpro_nb.framework.parameters import people_files  # imported here, because most lines name no file

        return people_files.values_in(source, self.file_column, self.reads, options)


class VariableType(TextType):
    """The name of a Python variable."""

    name = "variable"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name itself; fail if it cannot be a variable, or would hide a Python built-in."""
        if not str(value).isidentifier() or keyword.iskeyword(str(value)):
            self.fail(f"{value!r} is not a valid name for a variable", param, ctx)
        if hasattr(builtins, str(value)):
            self.fail(f"{value!r} is a Python built-in, and the result would hide it", param, ctx)
        return value
