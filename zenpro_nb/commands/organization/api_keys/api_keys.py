"""The noun `api-keys`: your personal access tokens, or the API keys of a service account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from zenpro_nb import frames, limits, query
from zenpro_nb.commands.organization import workspace_account_writes, workspace_accounts
from zenpro_nb.commands.organization.api_keys import hints
from zenpro_nb.commands.organization.api_keys.changes import is_rotated, old_value_stops, rotation_question, switch
from zenpro_nb.commands.organization.api_keys.owners import find, is_key_listed, owner_and_key, owner_of, self_warning
from zenpro_nb.commands.organization.workspace_accounts import OfWorkspace, OfWorkspaces
from zenpro_nb.commands.workspaces.parameters import Hydrate, Reach
from zenpro_nb.framework.declare import (
    CommandContext,
    Confirmation,
    Description,
    Destroys,
    DurationType,
    ListOptions,
    NameType,
    Opt,
    Org,
    Retain,
    Reveal,
    SecretOut,
    SecretTo,
    Write,
    is_created,
    name_of,
    new_name,
    noun,
    reading,
    secret_out_for,
    without_missing,
)
from zenpro_nb.resources.control_plane import OWN_API_KEYS
from zenpro_nb.resources.workspace.people import WORKSPACE_API_KEYS
from zenpro_nb.security import printable
from zenpro_nb.syntax.counts import counted, enumerated
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

_NEW_VALUE = "the new value of the key {}"

KeyName = Annotated[str, name_of("api-keys")]
NewKeyName = Annotated[str, new_name("api-keys")]
Whose = Annotated[
    str | None,
    Opt(
        "--service-account",
        type=NameType("service-accounts"),
        help="Select the keys of this service account, by name or ID. Default: your own.",
    ),
]
ExpiresIn = Annotated[
    int | None,
    Opt(
        type=DurationType(),
        help="Set how long the key is valid, in minutes or as 12h, 30d, 4w. Default: no expiration.",
    ),
]


def _read(
    ctx: CommandContext,
    options: ListOptions,
    service_account: Whose = None,
    org: Org = None,
    workspace: OfWorkspaces = (),
    hydrate: Hydrate = False,
) -> Table:
    """Read your own keys, or those of a service account.

    Examples:
        # List your own keys
        api-keys
        # List the keys of a service account
        api-keys --service-account ci-bot
    """
    if options.resource is WORKSPACE_API_KEYS:
        reach = Reach(workspace, org=org, hydrate=hydrate)
        return workspace_accounts.read_keys(ctx, options, service_account, reach)
    if hydrate:
        raise workspace_accounts.missing_workspace()
    owner = owner_of(ctx, service_account, org)
    keys = reading.read_query(ctx, reading.query_of(ctx, owner.resource, options, **owner.ids), options)
    if not options.raw:
        _note_expired(ctx, keys)
    return keys


def _note_expired(ctx: CommandContext, keys: Table) -> None:
    """Name the keys that have expired, but are still active for the API."""
    frame = frames.as_frame(keys)
    if not {"name", "active", "expires_at"} <= {*frame.columns}:
        return
    expired = frame.loc[(frame["expires_at"] < query.now(ctx.session)) & (frame["active"] != False), "name"]  # noqa: E712
    if len(expired):
        names = enumerated([f"`{name}`" for name in expired], limits.NAMES_IN_MESSAGE)
        verb = "has" if len(expired) == 1 else "have"
        ctx.ui.say(printable.line(f"{counted(len(expired), 'active key')} {verb} expired: {names}"))


api_keys = noun(
    OWN_API_KEYS,
    read=_read,
    elsewhere=(WORKSPACE_API_KEYS, workspace_accounts.locate),
)


@api_keys.write()
def create(
    ctx: CommandContext,
    name: NewKeyName,
    service_account: Whose = None,
    org: Org = None,
    description: Description = None,
    expires_in: ExpiresIn = None,
    to: SecretTo = None,
    reveal: Reveal = False,
    workspace: OfWorkspace = None,
) -> Write:
    """Create a personal access token, or an API key of a service account.

    Examples:
        # Create a key that expires in 90 days, and write its value to a file
        api-keys create nightly --service-account ci-bot --expires-in 90d --to file:nightly.key
    """
    secret_out = _secret_out(ctx, name, f"the key {name}", service_account, workspace, to=to, reveal=reveal)
    if workspace_accounts.targets_workspace(ctx, workspace):
        workspace_account_writes.refuse_expiry(expires_in)
        key_owner = workspace_account_writes.key_owner(ctx, service_account, workspace, org)
        return workspace_account_writes.create_key(key_owner, name, description, secret_out)
    owner = owner_of(ctx, service_account, org)
    return Write(
        "POST",
        owner.path,
        target=f"key {name} ({owner.words})",
        name=name,
        body=without_missing(name=name, description=description, expires_in_minutes=expires_in),
        resource=owner.resource,
        verify=is_created(ctx.session, owner.resource, owner.ids, name, without_missing(description=description)),
        irreversible="the key may already be in use; run `api-keys delete`",
        secret_out=secret_out,
    )


@api_keys.write(missing=hints.missing_key)
def activate(ctx: CommandContext, key: KeyName, service_account: Whose = None, org: Org = None) -> Write:
    """Reactivate an API key.

    Examples:
        # Let a deactivated key authenticate again
        api-keys activate old --service-account etl-bot
    """
    owner = owner_of(ctx, service_account, org)
    return switch(ctx, owner, find(ctx, owner, key), active=True)


@api_keys.write(asks="Deactivate the {target}? Programs that use it stop working.", missing=hints.missing_key)
def deactivate(ctx: CommandContext, key: KeyName, service_account: Whose = None, org: Org = None) -> Write:
    """Deactivate an API key. You can reactivate it.

    Takes effect immediately on the control plane, and within an hour in workspaces.

    Examples:
        # Reject a key until it is activated again
        api-keys deactivate github-actions --service-account ci-bot
    """
    owner = owner_of(ctx, service_account, org)
    return switch(ctx, owner, find(ctx, owner, key), active=False)


@api_keys.write(asks=rotation_question, missing=hints.missing_key)
def rotate(
    ctx: CommandContext,
    key: KeyName,
    service_account: Whose = None,
    org: Org = None,
    retain: Retain = None,
    to: SecretTo = None,
    reveal: Reveal = False,
    workspace: OfWorkspace = None,
) -> Write:
    """Rotate an API key: replace its value.

    The name of a service account stands for its only active key. Without --to, zenpro asks where to write the new
    value.

    Examples:
        # Rotate the only key of a service account
        api-keys rotate ci-bot --to file:ci-bot.key
        # Write the new value to a file; the old one works for another hour
        api-keys rotate github-actions --service-account ci-bot --retain 1h --to file:github-actions.key
    """
    if workspace_accounts.targets_workspace(ctx, workspace):
        secret_out = _secret_out(ctx, key, _NEW_VALUE.format(key), service_account, workspace, to=to, reveal=reveal)
        key_owner = workspace_account_writes.key_owner(ctx, service_account, workspace, org)
        stops = f"the old value {old_value_stops(retain or 0)} and cannot be restored"
        return workspace_account_writes.rotate_key(key_owner, key, retain, secret_out, irreversible=stops)
    owner, found, account = owner_and_key(ctx, key, service_account, org)
    name = key if account == service_account else found.name
    secret_out = _secret_out(ctx, name, _NEW_VALUE.format(name), account, workspace, to=to, reveal=reveal)
    # Inferred by analogy with the workspace API (API facts 3.8).
    return Write(
        "PUT",
        f"{owner.path}/{found.id}/rotate",
        target=f"key {found.name} ({owner.words})",
        name=found.name,
        body={"retain_period_minutes": retain or 0},
        resource=owner.resource,
        verify=is_rotated(is_key_listed(ctx.session, owner, found.id), found.record),
        irreversible=f"the old value {old_value_stops(retain or 0)} and cannot be restored",
        confirmation=Confirmation(warning=self_warning(ctx.session, found)),
        secret_out=secret_out,
    )


@api_keys.write(asks=Destroys("Delete the {target}? Programs that use it stop working."), missing=hints.missing_key)
def delete(
    ctx: CommandContext,
    key: KeyName,
    service_account: Whose = None,
    org: Org = None,
    workspace: OfWorkspace = None,
) -> Write:
    """Delete an API key permanently.

    Examples:
        # Delete a key of a service account
        api-keys delete old --service-account etl-bot
    """
    if workspace_accounts.targets_workspace(ctx, workspace):
        return workspace_account_writes.delete_key(
            workspace_account_writes.key_owner(ctx, service_account, workspace, org), key
        )
    owner = owner_of(ctx, service_account, org)
    found = find(ctx, owner, key)
    return Write(
        "DELETE",
        f"{owner.path}/{found.id}",
        target=f"key {found.name} ({owner.words})",
        name=found.name,
        verify=is_key_listed(ctx.session, owner, found.id, expected=False),
        irreversible="a new key would have a different value",
        confirmation=Confirmation(warning=self_warning(ctx.session, found)),
    )


def _secret_out(
    ctx: CommandContext,
    name: str,
    what: str,
    service_account: str | None,
    workspace: str | None,
    *,
    to: str | None,
    reveal: bool,
) -> SecretOut:
    """Return where the value of a key is written, and the command that creates a new one if it is lost."""
    whose = f" --service-account {quoted(service_account)}" if service_account else ""
    place = f" --workspace {quoted(workspace)}" if workspace else ""
    return secret_out_for(
        ctx,
        "body.key" if workspace_accounts.targets_workspace(ctx, workspace) else "key",
        what,
        to=to,
        reveal=reveal,
        entry=f"{'workspace-' * bool(workspace)}api-key {service_account or 'me'} {name}",
        rescue=f"`api-keys rotate {{key}}{whose}{place} --to …`",
        name=quoted(name),
    )
