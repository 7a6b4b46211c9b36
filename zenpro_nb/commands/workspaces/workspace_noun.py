"""A noun of a workspace: alone, it lists rows of the selected workspaces; `get` shows one object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zenpro_nb.commands.workspaces import across_workspaces, dataset
from zenpro_nb.commands.workspaces.parameters import (
    EVERY,
    Hydrate,
    Projects,
    Reach,
    ThingType,
    Workspaces,
    operators_epilog,
)
from zenpro_nb.commands.workspaces.target_workspace import locate
from zenpro_nb.framework.declare import (
    Choose,
    CommandContext,
    Complete,
    ListOptions,
    Noun,
    Org,
    Reader,
    get_command,
    noun,
)
from zenpro_nb.resources import Resource

if TYPE_CHECKING:
    import pandas as pd


def inside_noun(
    resource: Resource,
    *,
    examples: Sequence[str] = (),
    complete: Complete | None = None,
    read: Reader | None = None,
    choose: Choose | None = None,
) -> Noun:
    """Return the noun of a resource of workspaces. Without `examples`, they are derived from the resource.

    Args:
        complete: fills in columns of `get` from another route, see `get_command`.
        read: reads the list where one request per project is not enough; it has the parameters of `read_list`.
        choose: for several lists that are shown as one, see `get_command`.
    """

    def read_list(
        ctx: CommandContext,
        options: ListOptions,
        workspace: Workspaces = (),
        project: Projects = (),
        org: Org = None,
        hydrate: Hydrate = False,
    ) -> pd.DataFrame:
        return across_workspaces.read(ctx, resource, options, Reach(workspace, project or EVERY, org, hydrate))

    def stream(
        ctx: CommandContext,
        options: ListOptions,
        workspace: Workspaces = (),
        project: Projects = (),
        org: Org = None,
        hydrate: Hydrate = False,
    ) -> pd.DataFrame:
        return dataset.save(ctx, resource, options, Reach(workspace, project or EVERY, org, hydrate))

    leave_out = () if resource.scoped else ("project",)
    command = noun(
        resource,
        read=read or read_list,
        stream_to=stream,
        leave_out=leave_out,
        epilog=operators_epilog(resource),
        examples=examples,
    )
    command.add_command(
        get_command(
            resource,
            name_type=ThingType(resource.noun),
            locate=locate,
            leave_out=leave_out,
            complete=complete,
            choose=choose,
        )
    )
    return command
