"""The noun `users`: list and manage user accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec.structs import replace

from zenpro_nb import access, query, usage
from zenpro_nb.access.model.role_usage import UNKNOWN
from zenpro_nb.commands.organization import workspace_accounts
from zenpro_nb.commands.organization.residual_access import left_behind, remaining
from zenpro_nb.commands.organization.workspace_accounts import OfWorkspaces
from zenpro_nb.commands.workspaces.across_workspaces import Reach
from zenpro_nb.commands.workspaces.parameters import Hydrate
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    Destroys,
    ListOptions,
    NameType,
    Opt,
    SecretPrompt,
    UserName,
    UserNames,
    WindowType,
    Write,
    columns_epilog,
    delete_of,
    describe,
    describe_window,
    is_created,
    new_name,
    noun,
    read_activity,
    read_inventory,
    reading,
    rename_of,
    update_of,
    without_missing,
)
from zenpro_nb.resources.control_plane import MEMBERS, USERS
from zenpro_nb.resources.control_plane.people import NO_LOGIN
from zenpro_nb.resources.workspace.people import WORKSPACE_USERS
from zenpro_nb.syntax.conditions import Condition
from zenpro_nb.usage.columns import IDLE, IDLE_PEOPLE, READERS_LOOK_IDLE
from zenpro_nb.usage.permissions import USAGE_PAIRS, without_expected_gaps

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.frames import Table

PASSWORD_VARIABLE = "ZENPRO_NEW_PASSWORD"  # noqa: S105 - the name of a variable, not a secret

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

NewUsername = Annotated[str, new_name("users")]
Superuser = Annotated[bool, Opt(help="Create a superuser, who can do everything on the whole control plane.")]
FullName = Annotated[str | None, Opt("--name", help="Set the full name.")]
Renamed = Annotated[str | None, rename_of("users", "--username", help="Set a new sign-in name.")]
Active = Annotated[bool | None, Opt("--active/--inactive", help="Activate or deactivate the account.")]
ActiveOnly = Annotated[bool | None, Opt("--active/--inactive", help="Show only active, or only deactivated, users.")]
MembersOf = Annotated[
    str | None,
    Opt(
        "--org",
        type=NameType("organizations"),
        help="Show only the members of this organization, by name or ID. Default: every user that you can see, and "
        "with --workspace or --idle the organization in use.",
    ),
]
Idle = Annotated[
    str | None,
    Opt(
        type=WindowType(),
        metavar="WINDOW",
        help="Show only people in the organization who did not start any runs in this window, such as 90d. People who "
        "only read also look idle. The control plane does not record the last sign-in.",
    ),
]
MaySuper = Annotated[
    bool | None, Opt("--superuser/--no-superuser", help="Grant or revoke superuser rights on the whole control plane.")
]
NewPassword = Annotated[bool, Opt(help=f"Set a new password: prompts for it, or reads it from {PASSWORD_VARIABLE}.")]


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
        # List people who did not start any runs in the last 90 days
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
        return _read_idle(ctx, options, idle, org, workspace)
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


def _read_idle(
    ctx: CommandContext, options: ListOptions, window: str, org: str | None, workspace: Sequence[str]
) -> pd.DataFrame:
    """Return the people of an organization without a counted run in the window, idle ones first.

    Raises:
        UsageError: an option was given that selects other users.
    """
    if workspace:
        raise UsageError(
            "--idle cannot be combined with --workspace",
            hint="Runs are counted in all workspaces. For one workspace: `access --workspace NAME --unused 90d`.",
        )
    if filter_names := [name for name, value in options.filters.items() if value is not None]:
        raise UsageError(
            f"--{filter_names[0].replace('_', '-')} cannot be combined with --idle",
            hint=f"Filter by a column instead: --where {filter_names[0]}=VALUE.",
        )
    inventory = without_expected_gaps(read_inventory(ctx, org, pairs=USAGE_PAIRS))
    paths = access.effective_access(inventory)
    activity = read_activity(ctx, inventory, window, "verdicts")
    frame = reading.computed_frame(IDLE_PEOPLE, usage.idle_people(inventory, activity, paths), options)
    numbers = Counter(frame["verdict"])
    summary = f"{numbers[IDLE]:,} idle, {numbers[UNKNOWN]:,} unknown from {describe_window(activity)}"
    if len(frame):
        ctx.ui.say(f"note: {READERS_LOOK_IDLE} (column can_start_runs). {NO_LOGIN}")
    filters = {"idle": window}
    return describe(ctx, frame, inventory, filters, noun="people", summary=summary, complete=not activity.gaps)


users = noun(
    USERS,
    epilog=f"{columns_epilog(USERS)} With --idle: {', '.join(column.name for column in IDLE_PEOPLE.columns)}.",
    get=True,
    read=_read,
    shows={"idle": IDLE_PEOPLE},
    elsewhere=(WORKSPACE_USERS, workspace_accounts.locate),
)


@users.write()
def create(ctx: CommandContext, username: NewUsername, superuser: Superuser = False) -> Write:
    """Create a local account on a self-hosted control plane.

    Prompts for the password, or reads it from ZENPRO_NEW_PASSWORD. On other control planes, invite people with
    `invitations create`.

    Examples:
        # Create an account
        users create new.colleague@example.com
    """
    # API facts 3.9: the parameters go into the query, there is no body.
    return Write(
        "POST",
        USERS.path,
        target=f"user {username}",
        name=username,
        params={
            "username": username,
            "password": SecretPrompt(f"Password for {username}", PASSWORD_VARIABLE),
            **without_missing(is_superuser=True if superuser else None),
        },
        resource=USERS,
        verify=is_created(ctx.session, USERS, {}, username, {"username": username, "is_superuser": superuser}),
        irreversible="the API does not show whether the account was used; run `users deactivate` or `users delete`",
    )


_DEACTIVATE = "Deactivate the {target}? The account can no longer sign in."


def _ask_deactivation(write: Write) -> str:
    return _DEACTIVATE.format(target=write.target) if (write.body or {}).get("is_active") is False else ""


@users.write(asks=_ask_deactivation, guarded=True)
def update(
    ctx: CommandContext,
    user: UserName,
    name: FullName = None,
    username: Renamed = None,
    active: Active = None,
    superuser: MaySuper = None,
    new_password: NewPassword = False,
) -> Write:
    """Update an account. Fields that you do not specify stay unchanged.

    Examples:
        # Change a name
        users update linus@example.com --name "Linus C. Pauling"
    """
    found = query.find(ctx.session, "users", user)
    fields = {
        "name": name,
        "username": username,
        "is_active": active,
        "is_superuser": superuser,
        "password": SecretPrompt(f"New password for {found.name}", PASSWORD_VARIABLE) if new_password else None,
    }
    return update_of(ctx, USERS, found, fields)


@users.write(several=True)
def activate(ctx: CommandContext, users: UserNames) -> list[Write]:
    """Reactivate accounts so they can sign in again.

    Examples:
        # Let a user sign in again
        users activate left.us@example.com
    """
    organization = _organization(ctx)
    found = query.find_all(ctx.session, "users", users, member_of=organization.id if organization else "")
    return [update_of(ctx, USERS, user, {"is_active": True}) for user in found]


@users.write(asks=_DEACTIVATE, several=True, guarded=True)
def deactivate(ctx: CommandContext, users: UserNames) -> list[Write]:
    """Deactivate accounts so they can no longer sign in.

    The users keep their roles, teams, and work. To remove them from teams and revoke their roles too, run `users
    offboard`.

    Examples:
        # Stop a user from signing in
        users deactivate orphan@example.com
    """
    # Accounts belong to no organization. Remaining roles are shown for the one in use.
    organization = _organization(ctx)
    member_of = organization.id if organization else ""
    find = partial(query.find_all, ctx.session, "users", users, member_of=member_of)
    if organization is None:
        return [update_of(ctx, USERS, user, {"is_active": False}) for user in find()]
    found, notes = remaining(ctx, organization.id, find, several=len(users), all_levels=True)
    writes = [(user, update_of(ctx, USERS, user, {"is_active": False})) for user in found]
    return [replace(write, keeps_note=notes.get(user.id, "")) for user, write in writes]


@users.write(asks=Destroys("Delete the {target}? Everything it has created stays."), guarded=True)
def delete(ctx: CommandContext, user: UserName) -> Write:
    """Delete an account.

    Everything that the account created is kept, and so are invitations sent to it; `users offboard` withdraws these.

    Examples:
        # Delete one account
        users delete orphan@example.com
    """
    # API facts 3.9: resources of the user are not deleted.
    found = query.find(ctx.session, "users", user)
    organization = _organization(ctx)
    stays = left_behind(ctx, organization.id, found) if organization is not None else ""
    write = delete_of(ctx, USERS, found, irreversible="a new account would have no roles or teams")
    return replace(write, keeps_note=stays)


def _organization(ctx: CommandContext) -> query.Found | None:
    try:
        return query.organization(ctx.session)
    except UsageError:
        return None
