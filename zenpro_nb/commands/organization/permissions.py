"""The noun `permissions`: your own permissions, and whether you can enter a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import frames, query
from zenpro_nb.errors import NotFoundError, PermissionDeniedError
from zenpro_nb.framework.declare import (
    CommandContext,
    ListOptions,
    Org,
    WorkspaceName,
    noun,
    reading,
)
from zenpro_nb.resources import Column, DataType, Display, Paging, Resource
from zenpro_nb.resources.control_plane import PERMISSIONS

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames import Table

ENTRIES = Resource(
    noun="entries",
    path="/users/authorize_server",
    paging=Paging.NONE,
    help="Whether you have access to a workspace.",
    columns=(
        Column("workspace", help="name of the workspace"),
        Column("allowed", DataType.BOOL, help="whether you have access"),
        Column("reason", help="reason for a refusal, as the server states it", display=Display.PROSE),
        Column("workspace_id", DataType.ID, help="ID of the workspace"),
    ),
    label="workspace",
    # API facts 3.10: 200 means yes, 403 no, 404 that no such workspace is visible to you.
)


def _read_permissions(ctx: CommandContext, options: ListOptions, org: Org = None) -> Table:
    """Read your permissions in one organization, and those that belong to no organization."""
    organization = query.organization(ctx.session, org)
    rows, facts = query.read_records(ctx.session, PERMISSIONS)
    # Filtered here, because no parameter of the route is known (API facts 3.14).
    mine = [row for row in rows if row.get("organization_id") in (None, organization.id)]
    of_org = {"organization_id": organization.id}
    return reading.frame_of_records(ctx, PERMISSIONS, mine, options, route=PERMISSIONS.path, filters=of_org, **facts)


permissions = noun(PERMISSIONS, read=_read_permissions)


@permissions.verb
def check(ctx: CommandContext, workspace: WorkspaceName) -> pd.DataFrame:
    """Check whether you have access to a workspace.

    Checks only your own access. `access --can delete:stack --workspace ml-prod` checks everyone, and shows why.

    Examples:
        # Check one workspace
        permissions check ml-prod
    """
    found = query.find(ctx.session, "workspaces", workspace, remembered=True)
    reason = None
    try:
        ctx.session.client.get(ENTRIES.path, server_id=found.id)
    except (PermissionDeniedError, NotFoundError) as error:
        reason = error.detail or error.message
    row = {"workspace": found.name, "workspace_id": found.id, "allowed": reason is None, "reason": reason}
    frame = frames.from_records(ENTRIES, [row])
    query.note(ctx.session, frame, route=ENTRIES.path)
    return frame
