"""The parameters of commands for the servers of workspaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import click
from click.shell_completion import CompletionItem
from msgspec import Struct

from zenpro_nb.framework.declare import Arg, CommandContext, NameType, Opt, TextType, columns_epilog, completions
from zenpro_nb.resources import Resource
from zenpro_nb.resources.nouns import option_word

ALL = "all"


class Reach(Struct, frozen=True):
    """Where a list is read, and whether whole rows are read: the options as typed."""

    workspaces: Sequence[str] = ()
    projects: Sequence[str] = ()
    org: str | None = None
    hydrate: bool = False


class ThingType(TextType):
    """The name or ID of an object inside a workspace; with `or_all`, `all` selects every one.

    Not a `NameType`: the names belong to one workspace, and a form would look for them in the control plane.
    """

    def __init__(self, noun: str, *, or_all: bool = False) -> None:
        self.noun = noun
        self.or_all = or_all
        self.name = option_word(noun).replace("-", "_")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the fetched names that begin with the typed text; send no request."""
        command_ctx = ctx.find_object(CommandContext)
        names = command_ctx.session.names.of(self.noun) if command_ctx is not None else []
        every = completions([ALL], incomplete, kind="value") if self.or_all else []
        return [*every, *completions(names, incomplete)]


def thing(noun: str, **more: Any) -> Arg:
    """Return the argument that names one object of a workspace."""
    return Arg(ThingType(noun), **more)


# --- lists: several workspaces ----------------------------------------------------------------------------------------
Workspaces = Annotated[
    tuple[str, ...],
    Opt(
        "--workspace",
        type=ThingType("workspaces", or_all=True),
        help="Select the workspace, by name or ID. Can be repeated; `all` selects every running workspace. Default: "
        "the one in use, or the only one.",
    ),
]
Projects = Annotated[
    tuple[str, ...],
    Opt(
        "--project",
        type=ThingType("projects", or_all=True),
        help="Select the project, by name or ID. Can be repeated. Default: all projects.",
    ),
]
EVERY = (ALL,)  # what `Projects` means if none is named
ProjectsToChange = Annotated[
    tuple[str, ...],
    Opt(
        "--project",
        type=ThingType("projects", or_all=True),
        help="Select the project, by name or ID. Can be repeated; `all` selects every project. Default: the only one.",
    ),
]
Hydrate = Annotated[
    bool,
    Opt(
        help="Also read the columns that the server sends only on request (slower). Naming such a column in "
        "--columns has the same effect."
    ),
]

# --- writes: one workspace --------------------------------------------------------------------------------------------
OneWorkspace = Annotated[
    str | None,
    Opt(
        "--workspace",
        type=NameType("workspaces"),
        help="Select the workspace, by name or ID. Default: the one in use, or the only one.",
    ),
]
OneProject = Annotated[
    str | None,
    Opt(
        "--project",
        type=ThingType("projects"),
        help="Select the project, by name or ID. Default: all projects are searched.",
    ),
]


def operators_epilog(resource: Resource) -> str:
    """Return the paragraph of a list's help that explains the values of filters."""
    return (
        f"{columns_epilog(resource)} A filter value can start with an operator: equals: notequals: oneof:a,b "
        "notoneof:a,b contains: notcontains: startswith: endswith: gt: gte: lt: lte: isnull: isnotnull:, and for times "
        "in:FROM,TO. Write a time as 2026-01-31, 2026-01-31 12:00 (UTC), today, or 7d for seven days ago. "
        "--save FOLDER/ "
        "streams every row into Parquet files, partitioned by workspace, and resumes where it was interrupted."
    )
