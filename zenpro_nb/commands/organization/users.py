"""The noun `users`: list and manage user accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec.structs import replace

from zenpro_nb.commands import usage
from zenpro_nb.commands.organization import workspace_accounts
from zenpro_nb.commands.organization.workspace_accounts import OfWorkspaces
from zenpro_nb.commands.workspaces.parameters import Hydrate, Reach
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    ListOptions,
    NameType,
    Opt,
    WindowType,
    columns_epilog,
    noun,
    reading,
)
from zenpro_nb.resources.control_plane import MEMBERS, USERS
from zenpro_nb.resources.workspace.people import WORKSPACE_USERS
from zenpro_nb.syntax.conditions import Condition
from zenpro_nb.usage.columns import IDLE_PEOPLE

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

# The API's list of users cannot be filtered by organization. Its list of members can, and contains the same records.
USERS_OF_ORGANIZATION = replace(
    USERS,
    path=MEMBERS.path,
    paging=MEMBERS.paging,
    record="user",
    filters=(),
    key=("id",),
    ignored_fields=("team", "invitation", "roles"),  # of the member; they describe other members, or its roles
)

ActiveOnly = Annotated[bool | None, Opt("--active/--inactive", help="Show only active, or only deactivated, users.")]
MembersOf = Annotated[
    str | None,
    Opt(
        "--org",
        type=NameType("organizations"),
        help="Show only the members of this organization, by name or ID. Default: every user that you can see; "
        "with --workspace or --idle, the organization in use.",
    ),
]
Idle = Annotated[
    str | None,
    Opt(
        type=WindowType(),
        metavar="WINDOW",
        help="Show only people in the organization who did not start any runs in this window, such as 90d. People who "
        "only read also look idle. To check sign-ins, use `audit --check no-login`.",
    ),
]


def _read(
    ctx: CommandContext,
    options: ListOptions,
    active: ActiveOnly = None,
    org: MembersOf = None,
    workspace: OfWorkspaces = (),
    hydrate: Hydrate = False,
    idle: Idle = None,
) -> Table:
    """Read all visible users, in all organizations, or, with `--org`, the users among the members of one organization.

    With `--workspace`, read the users of a workspace's server: those who have signed in there.

    Examples:
        # List all users
        users
        # List the accounts in a workspace
        users --workspace ml-prod
        # List people who did not start any runs in the last 90 days; `audit --check no-login` looks at sign-ins
        users --idle 90d
        # List deactivated accounts in one domain
        users --inactive --where email~example.com
        # Save three columns as an Excel file
        users --sort company --columns email,name,company --save users.xlsx
    """
    in_workspace = options.resource is WORKSPACE_USERS
    if active is not None:
        # The API has no such filter (API facts 3.9).
        column = "active" if in_workspace else "is_active"
        option = "--active" if active else "--inactive"
        options = options.also(Condition(column, "=", str(active).lower()), option=option)
    if idle is not None:
        return usage.idle_people.read(ctx, options, idle, org, workspace)
    if in_workspace:
        return workspace_accounts.read(ctx, WORKSPACE_USERS, options, Reach(workspace, org=org, hydrate=hydrate))
    if hydrate:
        raise workspace_accounts.missing_workspace()
    return _read_list(ctx, options, org)


def _read_list(ctx: CommandContext, options: ListOptions, org: str | None) -> Table:
    if org is None:
        list_query = reading.query_of(ctx, USERS, options)
        return reading.read_query(ctx, replace(list_query, everywhere=True), options)
    filters = [name for name, value in options.filters.items() if value is not None]
    if filters:
        raise UsageError(
            f"--{filters[0]} cannot be combined with --org: the API can filter only the list of all users",
            hint=f"Use --where {filters[0]}=VALUE instead.",
        )
    list_query = reading.query_of(ctx, USERS_OF_ORGANIZATION, options)
    flags = {"include_teams": False, "include_service_accounts": False}
    return reading.read_query(ctx, replace(list_query, params=flags), options)


users = noun(
    USERS,
    epilog=f"{columns_epilog(USERS)} With --idle: {', '.join(column.name for column in IDLE_PEOPLE.columns)}.",
    get=True,
    read=_read,
    shows={"idle": IDLE_PEOPLE},
    elsewhere=(WORKSPACE_USERS, workspace_accounts.locate),
)
