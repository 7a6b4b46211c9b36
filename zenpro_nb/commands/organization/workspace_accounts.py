"""Accounts and keys of a workspace's server: `users`, `service-accounts` and `api-keys` with `--workspace`.

In ZenML Pro these accounts belong to the control plane, and a workspace refuses the writes with 403
(API facts 9.2). The workspace in use never counts here: without `--workspace`, the same commands mean the organization.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.client import segment
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.across_workspaces import Reach
from zenpro_nb.commands.workspaces.parameters import ThingType
from zenpro_nb.commands.workspaces.target_workspace import WriteTarget, write_target
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    ListOptions,
    NameType,
    Opt,
    Org,
    SecretOut,
    Write,
    is_created,
    without_missing,
)
from zenpro_nb.resources import Resource
from zenpro_nb.resources.workspace.people import WORKSPACE_API_KEYS, WORKSPACE_SERVICE_ACCOUNTS
from zenpro_nb.workspaces.targets import Targets, resolve_one

if TYPE_CHECKING:
    import pandas as pd

_ACCOUNT = WORKSPACE_SERVICE_ACCOUNTS.noun

# Must be given explicitly: the workspace in use never replaces it.
OfWorkspaces = Annotated[
    tuple[str, ...],
    Opt(
        "--workspace",
        type=ThingType("workspaces", or_all=True),
        help="Read the list from this workspace's own server, by name or ID. Can be repeated; `all` selects every "
        "running workspace.",
    ),
]
OfWorkspace = Annotated[
    str | None,
    Opt(
        "--workspace",
        type=NameType("workspaces"),
        help="Use the account on the server of this workspace (name or ID) instead of the organization's.",
    ),
]


def targets_workspace(ctx: CommandContext, workspace: str | Sequence[str] | None) -> bool:
    """Return whether a command targets accounts of a workspace: one is named, or there is no organization."""
    return bool(workspace) or ctx.session.settings.plain


def locate(ctx: CommandContext, workspace: OfWorkspace = None, org: Org = None) -> query.Where:
    """Return the workspace in which an account is looked up; the control plane when none is named."""
    if not targets_workspace(ctx, workspace):
        return query.CONTROL_PLANE
    return resolve_one(ctx.session, (workspace,) if workspace else (), org).where(ctx.session)


def read(ctx: CommandContext, resource: Resource, options: ListOptions, reach: Reach) -> pd.DataFrame:
    """Return the accounts on the servers of these workspaces.

    Raises:
        UsageError: a filter was given that only the control plane's list supports.
    """
    _refuse_filters(options)
    return across_workspaces.read(ctx, resource, options, reach)


def read_keys(ctx: CommandContext, options: ListOptions, service_account: str | None, reach: Reach) -> pd.DataFrame:
    """Return the keys of one service account of one workspace.

    Raises:
        UsageError: no service account is named, or several workspaces are.
    """
    _refuse_filters(options)
    account_name = _require_service_account(service_account)
    target = resolve_one(ctx.session, reach.workspaces, reach.org)
    account = query.find(ctx.session, _ACCOUNT, account_name, at=target.where(ctx.session))
    ask = across_workspaces.ask_of(WORKSPACE_API_KEYS, options, hydrate=reach.hydrate, service_account_id=account.id)
    return across_workspaces.read_from(ctx, Targets([target]), ask, options)


def create(ctx: CommandContext, name: str, description: str | None, workspace: str | None, org: str | None) -> Write:
    """Return the write that creates a service account of a workspace."""
    place = write_target(ctx, workspace, org)
    return place.write(
        "POST",
        WORKSPACE_SERVICE_ACCOUNTS.path,
        f"service account {name}",
        name=name,
        body={**without_missing(name=name, description=description), "active": True},
        resource=WORKSPACE_SERVICE_ACCOUNTS,
        verify=is_created(place.session, WORKSPACE_SERVICE_ACCOUNTS, {}, name, at=place.at),
        irreversible="the account may already be in use; run `service-accounts delete`",
    )


def switch(ctx: CommandContext, service_account: str, workspace: str | None, org: str | None, *, active: bool) -> Write:
    """Return the write that activates or deactivates a service account of a workspace."""
    place = write_target(ctx, workspace, org)
    found = place.find(_ACCOUNT, service_account)
    target = f"service account {found.name}"
    return place.update(WORKSPACE_SERVICE_ACCOUNTS, found.record, target, {"active": active}, name=found.name)


def delete(ctx: CommandContext, service_account: str, workspace: str | None, org: str | None) -> Write:
    """Return the write that deletes a service account of a workspace, with its keys."""
    place = write_target(ctx, workspace, org)
    found = place.find(_ACCOUNT, service_account)
    path = f"{WORKSPACE_SERVICE_ACCOUNTS.path}/{found.id}"
    return place.delete(
        path,
        f"service account {found.name}",
        name=found.name,
        irreversible="a new account would have a different ID and no keys",
    )


class KeyOwner(Struct, frozen=True):
    """The service account of a workspace that owns the keys of a command."""

    place: WriteTarget
    account: query.Found

    @property
    def ids(self) -> dict[str, str]:
        """Return the IDs in the route of the keys."""
        return {"service_account_id": self.account.id}

    def path(self, key: str = "") -> str:
        """Return the route of the keys, or of a single key by its name or ID."""
        path = WORKSPACE_API_KEYS.path.format(**self.ids)
        return f"{path}/{segment(key)}" if key else path


def key_owner(ctx: CommandContext, service_account: str | None, workspace: str | None, org: str | None) -> KeyOwner:
    """Return the service account that owns the keys of a command.

    Raises:
        UsageError: no service account was named; personal keys belong to the control plane.
    """
    account_name = _require_service_account(service_account)
    place = write_target(ctx, workspace, org)
    return KeyOwner(place, place.find(_ACCOUNT, account_name))


def create_key(owner: KeyOwner, name: str, description: str | None, secret_out: SecretOut) -> Write:
    """Return the write that creates a key of a service account of a workspace."""
    place = owner.place
    return place.write(
        "POST",
        owner.path(),
        f"key {name} of {owner.account.name}",
        name=name,
        body=without_missing(name=name, description=description),
        resource=WORKSPACE_API_KEYS,
        verify=is_created(place.session, WORKSPACE_API_KEYS, owner.ids, name, at=place.at),
        irreversible="the key may already be in use; run `api-keys delete`",
        secret_out=secret_out,
    )


def rotate_key(owner: KeyOwner, key: str, retain: int | None, secret_out: SecretOut, *, irreversible: str) -> Write:
    """Return the write that rotates a key of a service account of a workspace."""
    return owner.place.write(
        "PUT",
        f"{owner.path(key)}/rotate",
        f"key {key} of {owner.account.name}",
        name=key,
        body={"retain_period_minutes": retain or 0},
        irreversible=irreversible,
        resource=WORKSPACE_API_KEYS,
        secret_out=secret_out,
    )


def delete_key(owner: KeyOwner, key: str) -> Write:
    """Return the write that deletes a key of a service account of a workspace."""
    return owner.place.delete(
        owner.path(key),
        f"key {key} of {owner.account.name}",
        name=key,
        irreversible="a new key would have a different value",
    )


def missing_workspace() -> UsageError:
    """Return the error for `--hydrate` with a list of the control plane, which sends every field anyway."""
    return UsageError(
        "`--hydrate` requires `--workspace`: the organization's list is always complete.", hint="Omit `--hydrate`."
    )


def refuse_expiry(minutes: int | None) -> None:
    """Refuse an expiration time: keys of a workspace do not expire."""
    if minutes is not None:
        raise UsageError(
            "`--expires-in` cannot be combined with `--workspace`.",
            hint="A key of a workspace is valid until you delete it: `api-keys delete NAME --workspace …`.",
        )


def _require_service_account(service_account: str | None) -> str:
    if not service_account:
        raise UsageError(
            "`--service-account` is required: the keys of a workspace belong to its service accounts.",
            hint="`service-accounts --workspace NAME` lists them.",
        )
    return service_account


def _refuse_filters(options: ListOptions) -> None:
    """Refuse the filters of the control plane's list, which the server of a workspace does not support."""
    filter_names = [name for name, value in options.filters.items() if value is not None and value != ()]
    if filter_names:
        raise UsageError(
            f"`--{filter_names[0].replace('_', '-')}` cannot be combined with `--workspace`.",
            hint="Filter by a column instead: `--where COLUMN=VALUE`.",
        )
