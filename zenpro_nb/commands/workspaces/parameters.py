"""The parameters of commands about workspaces' own servers."""

from __future__ import annotations

from typing import Annotated, Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists.options import columns_epilog
from zenpro_nb.framework.parameters.types import NameType, TextType, offered
from zenpro_nb.resources import Resource
from zenpro_nb.resources.nouns import singular

ALL = "all"


class ThingType(TextType):
    """The name or id of something inside a workspace; `or_all` where `all` may stand for every one.

    No `NameType`: its names are those of one workspace, and a form would look for them in the control plane.
    """

    def __init__(self, noun: str, *, or_all: bool = False) -> None:
        self.noun = noun
        self.or_all = or_all
        self.name = singular(noun).replace(" ", "_")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the fetched names that begin with what was typed. Never a request."""
        runtime = ctx.find_object(CommandContext)
        names = runtime.session.names.of(self.noun) if runtime is not None else []
        every = offered([ALL], incomplete, kind="value") if self.or_all else []
        return [*every, *offered(names, incomplete)]


def thing(noun: str, **more: Any) -> Arg:
    """Return the word that names one thing of a workspace."""
    return Arg(ThingType(noun), **more)


# --- lists: many workspaces at once -----------------------------------------------------------------------------------
Workspaces = Annotated[
    tuple[str, ...],
    Opt(
        "--workspace",
        type=ThingType("workspaces", or_all=True),
        help="Workspace, by name or id; may be repeated; all for every one that runs. Default: the one in use, or the "
        "only one.",
    ),
]
Projects = Annotated[
    tuple[str, ...],
    Opt(
        "--project",
        type=ThingType("projects", or_all=True),
        help="Project, by name or id; may be repeated; all for every one. Default: the only one.",
    ),
]
Hydrate = Annotated[
    bool,
    Opt(
        help="Also the columns that the server sends only on demand. Slower; a column named in --columns does the same "
        "by itself."
    ),
]

# --- writes: one workspace --------------------------------------------------------------------------------------------
OneWorkspace = Annotated[
    str | None,
    Opt(
        "--workspace",
        type=NameType("workspaces"),
        help="Workspace, by name or id. Default: the one in use, or the only one.",
    ),
]
OneProject = Annotated[
    str | None,
    Opt("--project", type=ThingType("projects"), help="Project, by name or id. Default: whichever has it."),
]


def operators_epilog(resource: Resource) -> str:
    """Return the paragraph of a listing's help that explains what a filter's value may be."""
    return (
        f"{columns_epilog(resource)} A filter's value may begin with an operator: equals: notequals: oneof:a,b "
        "notoneof:a,b contains: notcontains: startswith: endswith: gt: gte: lt: lte: isnull: isnotnull:, and for times "
        "in:FROM,TO. A time is 2026-01-31, 2026-01-31 12:00 (UTC), today, or 7d for seven days ago. --save FOLDER/ "
        "streams every row into Parquet files, partitioned by workspace, and goes on where it was interrupted."
    )
