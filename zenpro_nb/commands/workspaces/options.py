"""The options of commands about what is inside workspaces."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import limits
from zenpro_nb.commands.core.options import ORG, Asked, TextType, columns_epilog
from zenpro_nb.commands.core.runtime import Runtime
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
        """The fetched names that begin with what was typed. Never a request."""
        runtime = ctx.find_object(Runtime)
        names = runtime.session.names.of(self.noun) if runtime is not None else []
        known = [*names, ALL] if self.or_all else names
        return [CompletionItem(name) for name in known if name.startswith(incomplete)][: limits.COMPLETIONS]


def workspace_option() -> click.Option:
    """`--workspace`, which may be given several times."""
    return click.Option(
        ["--workspace"],
        type=ThingType("workspaces", or_all=True),
        multiple=True,
        help="Workspace, by name or id; may be repeated; all for every one that runs. Default: the one in use, or the "
        "only one.",
    )


def project_option() -> click.Option:
    """`--project`, which may be given several times."""
    return click.Option(
        ["--project"],
        type=ThingType("projects", or_all=True),
        multiple=True,
        help="Project, by name or id; may be repeated; all for every one. Default: the only one.",
    )


def where_options(resource: Resource) -> list[click.Parameter]:
    """The options that say which workspaces are meant, and which of their projects."""
    return [workspace_option(), *([project_option()] if resource.scoped else [])]


def place_options(resource: Resource) -> list[click.Parameter]:
    """The options that say where a list is read, and how much of each row."""
    return [
        *where_options(resource),
        ORG,
        click.Option(
            ["--hydrate"],
            is_flag=True,
            help="Also the columns that the server sends only on demand. Slower; a column named in --columns does the "
            "same by itself.",
        ),
    ]


def place_of(asked: Asked) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Workspaces, projects and whether to hydrate, as they were typed."""
    given: Any = asked.filters
    return tuple(given.get("workspace") or ()), tuple(given.get("project") or ()), bool(given.get("hydrate"))


def operators_epilog(resource: Resource) -> str:
    """The paragraph of a listing's help that explains what a filter's value may be."""
    return (
        f"{columns_epilog(resource)} A filter's value may begin with an operator: equals: notequals: oneof:a,b "
        "notoneof:a,b contains: notcontains: startswith: endswith: gt: gte: lt: lte: isnull: isnotnull:, and for times "
        "in:FROM,TO. A time is 2026-01-31, 2026-01-31 12:00 (UTC), today, or -7d for seven days ago. --save FOLDER/ "
        "streams every row into Parquet files, partitioned by workspace, and goes on where it was interrupted."
    )
