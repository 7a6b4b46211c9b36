"""The noun `workspaces`: the list, the life cycle of a workspace, and its other verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.commands.organization.workspaces import changes, creation, lifecycle, members
from zenpro_nb.framework.declare import (
    AVAILABLE,
    DEACTIVATED,
    DELETED,
    CommandContext,
    Destroys,
    ListOptions,
    NewWorkspaceName,
    Org,
    Timeout,
    Wait,
    WorkspaceName,
    Write,
    delete_of,
    name_validation,
    noun,
    reading,
    until,
)
from zenpro_nb.resources.control_plane import WORKSPACES

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames import Table


def _read(ctx: CommandContext, options: ListOptions, org: Org = None) -> Table:
    """Read the workspaces of the organization that was named or is in use, otherwise of all organizations.

    Examples:
        # List all workspaces
        workspaces
        # Show the versions of the workspaces that are running
        workspaces --status available --columns name,version,owner
        # Save the five newest workspaces as CSV
        workspaces --sort -created --limit 5 --save workspaces.csv
    """
    list_query = reading.query_of(ctx, WORKSPACES, options)
    if not (org or ctx.session.settings.organization):
        return reading.read_query(ctx, replace(list_query, everywhere=True), options)
    organization = query.organization(ctx.session, org)
    list_query = replace(list_query, params={**list_query.params, "organization_id": organization.id})
    return reading.read_query(ctx, list_query, options)


workspaces = noun(WORKSPACES, get=True, read=_read)
workspaces.write(after=until(AVAILABLE))(creation.create)
workspaces.write(after=until(AVAILABLE))(changes.update)
workspaces.write(after=changes.after_rename)(changes.rename)


@workspaces.write(after=until(AVAILABLE))
def deploy(
    ctx: CommandContext, workspace: WorkspaceName, wait: Wait = False, timeout: Timeout = limits.LIFECYCLE_TIMEOUT
) -> Write:
    """Start the server of a workspace that is deactivated or has failed.

    Examples:
        # Start a server, and wait until it is available
        workspaces deploy nlp-research --wait
    """
    return lifecycle.transition(ctx, workspace, "deploy", AVAILABLE)


@workspaces.write(
    asks="Deactivate the {target}? No one can use it until it is deployed again.", after=until(DEACTIVATED)
)
def deactivate(
    ctx: CommandContext, workspace: WorkspaceName, wait: Wait = False, timeout: Timeout = limits.LIFECYCLE_TIMEOUT
) -> Write:
    """Stop the server of a workspace. Its data is kept.

    Examples:
        # Stop a server, and wait until it has stopped
        workspaces deactivate forecasting --wait
    """
    return lifecycle.transition(ctx, workspace, "deactivate", DEACTIVATED)


@workspaces.write(asks=Destroys("Delete the {target}, with all its projects, runs, and models?"), after=until(DELETED))
def delete(
    ctx: CommandContext, workspace: WorkspaceName, wait: Wait = False, timeout: Timeout = limits.LIFECYCLE_TIMEOUT
) -> Write:
    """Delete a workspace and everything in it.

    Examples:
        # Delete a workspace with everything in it
        workspaces delete churn-2023
    """
    found = query.find(ctx.session, "workspaces", workspace)
    write = delete_of(ctx, WORKSPACES, found, irreversible="its content is permanently deleted")
    is_deleted = found.record.get("status") == DELETED
    # The server can still list the deleted workspace, so its row is shown.
    return replace(write, resource=WORKSPACES, noop="already deleted" if is_deleted else "")


workspaces.listing(members.WORKSPACE_MEMBERS)(members.members)


@workspaces.verb
def validate(ctx: CommandContext, name: NewWorkspaceName, org: Org = None) -> pd.DataFrame:
    """Check whether a name is available for a workspace.

    Examples:
        # Check one name
        workspaces validate ml-next
    """
    routes = name_validation.workspace_routes(query.organization(ctx.session, org).id, name)
    return name_validation.frame_of(ctx, [name_validation.verdict(ctx.session, name, routes)], routes)


workspaces.verb(lifecycle.wait)
