"""The options of commands about what is inside workspaces."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from zenpro_nb import limits
from zenpro_nb.commands.options import ORG, Asked, TextType
from zenpro_nb.commands.runtime import Runtime
from zenpro_nb.resources import Resource

ALL = "all"


class OneOrAllType(TextType):
    """The name or id of one thing, or `all`."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.name = noun.removesuffix("s")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The fetched names, and `all`. Never a request."""
        runtime = ctx.find_object(Runtime)
        names = runtime.session.names.of(self.noun) if runtime is not None else []
        return [CompletionItem(name) for name in [*names, ALL] if name.startswith(incomplete)][: limits.COMPLETIONS]


def workspace_option() -> click.Option:
    """`--workspace`, which may be given several times."""
    return click.Option(
        ["--workspace"],
        type=OneOrAllType("workspaces"),
        multiple=True,
        help="Workspace, by name or id; may be repeated; all for every one that runs. Default: the one in use, or the "
        "only one.",
    )


def project_option() -> click.Option:
    """`--project`, which may be given several times."""
    return click.Option(
        ["--project"],
        type=OneOrAllType("projects"),
        multiple=True,
        help="Project, by name or id; may be repeated; all for every one. Default: the only one.",
    )


def place_options(resource: Resource) -> list[click.Parameter]:
    """The options that say where a list is read, and how much of each row."""
    return [
        workspace_option(),
        *([project_option()] if resource.scoped else []),
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
