"""The noun `service-accounts`: list and manage service accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.client import segment
from zenpro_nb.commands.organization import workspace_account_writes, workspace_accounts
from zenpro_nb.commands.organization.workspace_accounts import OfWorkspace, OfWorkspaces
from zenpro_nb.commands.workspaces.parameters import Hydrate, Reach
from zenpro_nb.framework.declare import (
    HERE,
    Blocker,
    CommandContext,
    Description,
    Destroys,
    ListOptions,
    NewServiceAccountName,
    Observation,
    Org,
    ServiceAccountName,
    Write,
    delete_of,
    is_created,
    noun,
    reading,
    rename_of,
    undo_create,
    update_of,
    without_missing,
)
from zenpro_nb.resources.control_plane import ROLES, SERVICE_ACCOUNT_API_KEYS, SERVICE_ACCOUNTS
from zenpro_nb.resources.workspace.people import WORKSPACE_SERVICE_ACCOUNTS
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

Renamed = Annotated[str | None, rename_of("service-accounts")]


def _read(
    ctx: CommandContext,
    options: ListOptions,
    org: Org = None,
    workspace: OfWorkspaces = (),
    hydrate: Hydrate = False,
) -> Table:
    """Read the service accounts of the organization, or with `--workspace` those of a workspace's server.

    Examples:
        # List the service accounts of the organization
        service-accounts
        # List the service accounts of a workspace
        service-accounts --workspace ml-prod
    """
    if options.resource is WORKSPACE_SERVICE_ACCOUNTS:
        reach = Reach(workspace, org=org, hydrate=hydrate)
        return workspace_accounts.read(ctx, WORKSPACE_SERVICE_ACCOUNTS, options, reach)
    if hydrate:
        raise workspace_accounts.missing_workspace()
    return reading.read_list(ctx, SERVICE_ACCOUNTS, options)


service_accounts = noun(
    SERVICE_ACCOUNTS,
    get=True,
    read=_read,
    elsewhere=(WORKSPACE_SERVICE_ACCOUNTS, workspace_accounts.locate),
)


@service_accounts.write()
def create(
    ctx: CommandContext,
    username: NewServiceAccountName,
    org: Org = None,
    description: Description = None,
    workspace: OfWorkspace = None,
) -> Write:
    """Create a service account.

    Then assign roles with `roles assign`, and create a key with `api-keys create`.

    Examples:
        # Create one with a description
        service-accounts create report-bot --description "Nightly reports"
    """
    if workspace_accounts.targets_workspace(ctx, workspace):
        return workspace_account_writes.create(ctx, username, description, workspace, org)
    organization = query.organization(ctx.session, org)
    # Accounts are returned in the model of a user, where `description` was never observed, so it proves nothing.
    return Write(
        "POST",
        route(organization.id),
        target=f"service account {username} in organization {organization.name}",
        name=username,
        body=without_missing(username=username, description=description),
        resource=SERVICE_ACCOUNTS,
        verify=is_created(ctx.session, SERVICE_ACCOUNTS, {"organization_id": organization.id}, username),
        **_undo_create(organization.id, username),
    )


def _undo_create(organization_id: str, username: str) -> dict[str, Any]:
    ids = {"organization_id": organization_id}
    keys = Observation(noun=SERVICE_ACCOUNT_API_KEYS.noun, ids={**ids, "service_account_id": HERE})
    role_lookup = Observation(noun=ROLES.noun, ids=ids, params={"user_id": HERE})
    return undo_create(
        route(organization_id),
        {"username": username},
        by_name=Observation(noun=SERVICE_ACCOUNTS.noun, ids=ids, match={"username": username}),
        by_hand=f"service-accounts delete {quoted(username)}",
        blockers=(Blocker(keys, "it has keys"), Blocker(role_lookup, "it has roles")),
    )


@service_accounts.write()
def update(
    ctx: CommandContext,
    service_account: ServiceAccountName,
    org: Org = None,
    username: Renamed = None,
    description: Description = None,
) -> Write:
    """Update a service account. Fields that you do not specify stay unchanged.

    Examples:
        # Change the description
        service-accounts update ci-bot --description "Runs what is merged"
    """
    return _patch(ctx, service_account, org, username=username, description=description)


@service_accounts.write()
def activate(
    ctx: CommandContext, service_account: ServiceAccountName, org: Org = None, workspace: OfWorkspace = None
) -> Write:
    """Reactivate a service account and its keys.

    Examples:
        # Let a service account sign in again
        service-accounts activate retired-bot
    """
    if workspace_accounts.targets_workspace(ctx, workspace):
        return workspace_account_writes.switch(ctx, service_account, workspace, org, active=True)
    return _patch(ctx, service_account, org, is_active=True)


@service_accounts.write(asks="Deactivate the {target}? Programs that use its keys stop working.", guarded=True)
def deactivate(
    ctx: CommandContext, service_account: ServiceAccountName, org: Org = None, workspace: OfWorkspace = None
) -> Write:
    """Deactivate a service account. Its keys and roles are kept.

    Takes effect immediately on the control plane, and within an hour in workspaces.

    Examples:
        # Stop a service account from signing in
        service-accounts deactivate etl-bot
    """
    if workspace_accounts.targets_workspace(ctx, workspace):
        return workspace_account_writes.switch(ctx, service_account, workspace, org, active=False)
    return _patch(ctx, service_account, org, is_active=False)


@service_accounts.write(
    asks=Destroys("Delete the {target} and its keys? Programs that use them stop working."), guarded=True
)
def delete(
    ctx: CommandContext, service_account: ServiceAccountName, org: Org = None, workspace: OfWorkspace = None
) -> Write:
    """Delete a service account and its keys.

    Examples:
        # Delete a service account with all of its keys
        service-accounts delete retired-bot
    """
    if workspace_accounts.targets_workspace(ctx, workspace):
        return workspace_account_writes.delete(ctx, service_account, workspace, org)
    found, organization = _find(ctx, service_account, org)
    irreversible = "a new account would have a different ID, no roles, and different keys"
    write = delete_of(ctx, SERVICE_ACCOUNTS, found, _ids(organization), irreversible)
    return _with_level(write, organization)


def route(organization_id: str, account: str = "") -> str:
    """Return the route of the accounts, or of a single account, which is inferred (API facts 3.7)."""
    path = f"/organizations/{organization_id}/service_accounts"
    return f"{path}/{segment(account)}" if account else path


def _patch(ctx: CommandContext, service_account: str, org: str | None, **fields: Any) -> Write:
    # Method and fields are inferred by analogy with users (API facts 3.7 and 4.3).
    found, organization = _find(ctx, service_account, org)
    return _with_level(update_of(ctx, SERVICE_ACCOUNTS, found, fields, _ids(organization)), organization)


def _find(ctx: CommandContext, text: str, org: str | None) -> tuple[query.Found, query.Found]:
    """Return the account and its organization."""
    organization = query.organization(ctx.session, org)
    return query.find(ctx.session, "service-accounts", text, _ids(organization)), organization


def _ids(organization: query.Found) -> query.Ids:
    """Return the IDs in an account's route, which is inferred (API facts 3.7)."""
    return {"organization_id": organization.id}


def _with_level(write: Write, organization: query.Found) -> Write:
    """Return the write whose target names the level: an account of a workspace can have the same name."""
    return replace(write, target=f"{write.target} in organization {organization.name}")
