"""The nouns `workspace-service-accounts` and `workspace-api-keys`: what a ZenML server has of its own.

In ZenML Pro both belong to the control plane, and a workspace refuses these writes with 403 (fact sheet, section 9.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from zenpro_nb import query
from zenpro_nb.client import segment
from zenpro_nb.commands.workspaces import across_workspaces
from zenpro_nb.commands.workspaces.parameters import (
    Hydrate,
    OneWorkspace,
    ThingType,
    Workspaces,
    operators_epilog,
    thing,
)
from zenpro_nb.commands.workspaces.target_workspace import WriteTarget, write_target
from zenpro_nb.commands.workspaces.workspace_noun import inside_noun
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.lists.noun import noun
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.parameters.aliases import Description, Org, Retain, Reveal, SecretTo, new_name
from zenpro_nb.framework.writes.checks import changed, created, fields_of, gone
from zenpro_nb.framework.writes.observe import same_fields
from zenpro_nb.framework.writes.secrets import keep_of
from zenpro_nb.framework.writes.write import Keep, Write, without_missing
from zenpro_nb.framework.writes.write_command import Destroys
from zenpro_nb.resources.workspace.people import WORKSPACE_API_KEYS, WORKSPACE_SERVICE_ACCOUNTS
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.workspaces.targets import Targets, resolve_one

if TYPE_CHECKING:
    import pandas as pd

_ACCOUNT = WORKSPACE_SERVICE_ACCOUNTS.noun

NewAccountName = Annotated[str, new_name(_ACCOUNT)]
AccountName = Annotated[str, thing(_ACCOUNT)]
NewKeyName = Annotated[str, new_name(WORKSPACE_API_KEYS.noun)]
KeyName = Annotated[str, thing(WORKSPACE_API_KEYS.noun)]
Whose = Annotated[str, Opt("--service-account", type=ThingType(_ACCOUNT), help="Whose key, by name or id.")]
WhoseKeys = Annotated[str | None, Opt("--service-account", type=ThingType(_ACCOUNT), help="Whose keys, by name or id.")]


def _read_keys(
    ctx: CommandContext,
    options: ListOptions,
    service_account: WhoseKeys = None,
    workspace: Workspaces = (),
    org: Org = None,
    hydrate: Hydrate = False,
) -> pd.DataFrame:
    """Read the keys of one service account of one workspace.

    Examples:
        workspace-api-keys --service-account ci-bot --workspace ml-prod
    """
    if not service_account:
        raise UsageError("Keys belong to a service account, and none was named", hint="Add --service-account NAME.")
    target = resolve_one(ctx.session, workspace, org)
    account = query.find(ctx.session, _ACCOUNT, service_account, at=target.where(ctx.session))
    ask = across_workspaces.ask_of(WORKSPACE_API_KEYS, options, hydrate=hydrate, service_account_id=account.id)
    return across_workspaces.read_from(ctx, Targets([target]), ask, options)


service_accounts = inside_noun(WORKSPACE_SERVICE_ACCOUNTS)
api_keys = noun(WORKSPACE_API_KEYS, read=_read_keys, epilog=operators_epilog(WORKSPACE_API_KEYS))


@service_accounts.write()
def create(
    ctx: CommandContext,
    name: NewAccountName,
    workspace: OneWorkspace = None,
    org: Org = None,
    description: Description = None,
) -> Write:
    """Create a service account of a ZenML server. ZenML Pro refuses it: there, use `service-accounts`.

    Examples:
        workspace-service-accounts create reporter --workspace ml-prod --dry-run
    """
    place = write_target(ctx, workspace, org)
    return place.write(
        "POST",
        WORKSPACE_SERVICE_ACCOUNTS.path,
        f"service account {name}",
        name=name,
        body={**without_missing(name=name, description=description), "active": True},
        resource=WORKSPACE_SERVICE_ACCOUNTS,
        happened=created(place.session, WORKSPACE_SERVICE_ACCOUNTS, {}, name, at=place.at),
    )


@service_accounts.write()
def activate(
    ctx: CommandContext, service_account: AccountName, workspace: OneWorkspace = None, org: Org = None
) -> Write:
    """Let a service account and its keys work.

    Examples:
        workspace-service-accounts activate ci-bot --workspace ml-prod --dry-run
    """
    return _switch(write_target(ctx, workspace, org), service_account, active=True)


@service_accounts.write(asks="Deactivate the {target}? Whatever uses its keys stops.")
def deactivate(
    ctx: CommandContext, service_account: AccountName, workspace: OneWorkspace = None, org: Org = None
) -> Write:
    """Let a service account and its keys work no more. Asks first.

    Examples:
        workspace-service-accounts deactivate ci-bot --workspace ml-prod --dry-run
    """
    return _switch(write_target(ctx, workspace, org), service_account, active=False)


@service_accounts.write(asks=Destroys("Delete the {target} and its keys? Whatever uses them stops."))
def delete(ctx: CommandContext, service_account: AccountName, workspace: OneWorkspace = None, org: Org = None) -> Write:
    """Delete a service account and its keys. Asks first.

    Examples:
        workspace-service-accounts delete ci-bot --workspace ml-prod --dry-run
    """
    place = write_target(ctx, workspace, org)
    found = place.find(_ACCOUNT, service_account)
    path = f"{WORKSPACE_SERVICE_ACCOUNTS.path}/{found.id}"
    return place.write(
        "DELETE",
        path,
        f"service account {found.name}",
        name=found.name,
        happened=gone(place.session, path, at=place.at),
    )


@api_keys.write(name="create")
def create_key(
    ctx: CommandContext,
    name: NewKeyName,
    service_account: Whose,
    workspace: OneWorkspace = None,
    org: Org = None,
    description: Description = None,
    to: SecretTo = None,
    reveal: Reveal = False,
) -> Write:
    """Create a key of a service account of a ZenML server. Its value is shown by the server this once.

    Examples:
        workspace-api-keys create nightly --service-account ci-bot --workspace ml-prod --to file:nightly.key --dry-run
    """
    keep = _keep(ctx, name, service_account, to=to, reveal=reveal)
    place = write_target(ctx, workspace, org)
    account = place.find(_ACCOUNT, service_account)
    ids = {"service_account_id": account.id}
    return place.write(
        "POST",
        WORKSPACE_API_KEYS.path.format(**ids),
        f"key {name} of {account.name}",
        name=name,
        body=without_missing(name=name, description=description),
        resource=WORKSPACE_API_KEYS,
        happened=created(place.session, WORKSPACE_API_KEYS, ids, name, at=place.at),
        keep=keep,
    )


@api_keys.write(asks="Rotate the {target}?")
def rotate(
    ctx: CommandContext,
    key: KeyName,
    service_account: Whose,
    workspace: OneWorkspace = None,
    org: Org = None,
    retain: Retain = None,
    to: SecretTo = None,
    reveal: Reveal = False,
) -> Write:
    """Give a key a new value. Asks first.

    Examples:
        workspace-api-keys rotate nightly --service-account ci-bot --workspace ml-prod --to file:nightly.key --dry-run
    """
    keep = _keep(ctx, key, service_account, to=to, reveal=reveal)
    place = write_target(ctx, workspace, org)
    path, whose = _path(place, key, service_account)
    return place.write(
        "PUT",
        f"{path}/rotate",
        f"key {key} of {whose}",
        name=key,
        body={"retain_period_minutes": retain or 0},
        resource=WORKSPACE_API_KEYS,
        keep=keep,
        warning=f"Its old value ends {'after ' + counted(retain, 'minute') if retain else 'at once'}.",
    )


@api_keys.write(name="delete", asks=Destroys("Delete the {target}? Whatever uses it stops."))
def delete_key(
    ctx: CommandContext, key: KeyName, service_account: Whose, workspace: OneWorkspace = None, org: Org = None
) -> Write:
    """Delete a key. Asks first.

    Examples:
        workspace-api-keys delete nightly --service-account ci-bot --workspace ml-prod --dry-run
    """
    place = write_target(ctx, workspace, org)
    path, whose = _path(place, key, service_account)
    return place.write(
        "DELETE",
        path,
        f"key {key} of {whose}",
        name=key,
        happened=gone(place.session, path, at=place.at),
    )


def _switch(place: WriteTarget, service_account: str, *, active: bool) -> Write:
    found = place.find(_ACCOUNT, service_account)
    path = f"{WORKSPACE_SERVICE_ACCOUNTS.path}/{found.id}"
    return place.write(
        "PUT",
        path,
        f"service account {found.name}",
        name=found.name,
        body={"active": active},
        resource=WORKSPACE_SERVICE_ACCOUNTS,
        happened=changed(place.session, path, {"active": active}, at=place.at),
        noop=same_fields({"active": active}) if fields_of(found.record).get("active") is active else "",
    )


def _path(place: WriteTarget, key: str, service_account: str) -> tuple[str, str]:
    """Return the route of a key, which may be named in it, and the name of the account."""
    account = place.find(_ACCOUNT, service_account)
    return f"{WORKSPACE_API_KEYS.path.format(service_account_id=account.id)}/{segment(key)}", account.name


def _keep(ctx: CommandContext, name: str, service_account: str, *, to: str | None, reveal: bool) -> Keep:
    return keep_of(
        ctx,
        "body.key",
        f"the key {name}",
        to=to,
        reveal=reveal,
        entry=f"workspace-api-key {service_account} {name}",
        rescue=f"`workspace-api-keys rotate {{key}} --service-account {quoted(service_account)} --to …`",
        name=quoted(name),
    )
