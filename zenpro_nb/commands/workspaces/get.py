"""The verb `get` of what is inside a workspace: one thing, by name or id, as a one-row frame."""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.options import ORG
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.workspaces.options import ThingType, project_option, workspace_option
from zenpro_nb.resources import Resource
from zenpro_nb.resources.nouns import one_of, singular


def get_command(resource: Resource) -> Command:
    """The command `NOUN get NAME`."""

    @pass_runtime
    def call(
        runtime: Runtime,
        name: str,
        raw: bool,
        workspace: tuple[str, ...],
        org: str | None,
        project: tuple[str, ...] = (),
    ) -> Any:
        from zenpro_nb.commands.workspaces.one_workspace import one_target
        from zenpro_nb.workspaces.find import find
        from zenpro_nb.workspaces.show import one_row

        target = one_target(runtime, workspace, org)
        thing = find(runtime.session, target, resource.noun, name, project)
        return one_row(runtime.session, target, resource, thing, raw=raw)

    return Command(
        name="get",
        callback=call,
        params=[
            click.Argument(
                ["name"], type=ThingType(resource.noun), metavar=singular(resource.noun).upper().replace(" ", "_")
            ),
            workspace_option(),
            *([project_option()] if resource.scoped else []),
            ORG,
            click.Option(["--raw"], is_flag=True, help="The fields as the server sends them; never secrets."),
        ],
        help=f"Show {one_of(resource.noun)} of a workspace, by name or id, as a one-row frame with every column.",
    )
