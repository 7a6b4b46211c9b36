"""Writes to the accounts and keys of a workspace's server: `service-accounts` and `api-keys` with `--workspace`."""

from __future__ import annotations

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.client import segment
from zenpro_nb.commands.organization.workspace_accounts import require_service_account
from zenpro_nb.commands.workspaces.target_workspace import WriteTarget, write_target
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import CommandContext, SecretOut, Write, is_created, without_missing
from zenpro_nb.resources.workspace.people import WORKSPACE_API_KEYS, WORKSPACE_SERVICE_ACCOUNTS

_ACCOUNT = WORKSPACE_SERVICE_ACCOUNTS.noun


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
    account_name = require_service_account(service_account)
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


def refuse_expiry(minutes: int | None) -> None:
    """Refuse an expiration time: keys of a workspace do not expire."""
    if minutes is not None:
        raise UsageError(
            "`--expires-in` cannot be combined with `--workspace`.",
            hint="A key of a workspace is valid until you delete it: `api-keys delete NAME --workspace …`.",
        )
