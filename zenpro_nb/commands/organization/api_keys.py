"""The noun `api-keys`: your personal access tokens, or the API keys of a service account."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.organization import keys_of_accounts, workspace_accounts
from zenpro_nb.commands.organization.service_accounts import route
from zenpro_nb.commands.organization.workspace_accounts import OfWorkspace, OfWorkspaces
from zenpro_nb.commands.workspaces.across_workspaces import Reach
from zenpro_nb.commands.workspaces.parameters import Hydrate
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    Confirmation,
    Description,
    Destroys,
    DurationType,
    ListOptions,
    NameType,
    Observation,
    Opt,
    Org,
    Record,
    Retain,
    Reveal,
    SecretOut,
    SecretTo,
    Undo,
    Verifier,
    Write,
    compared,
    is_created,
    is_listed,
    name_of,
    new_name,
    noun,
    reading,
    same_fields,
    secret_out_for,
    without_missing,
)
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import OWN_API_KEYS, SERVICE_ACCOUNT_API_KEYS
from zenpro_nb.resources.workspace.people import WORKSPACE_API_KEYS
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

_PREFIX = "ZENPROKEY_"
_SELF = "This session uses this key."

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


class Owner(Struct, frozen=True):
    """The owner of keys: the route of their list, and the owner in words."""

    path: str
    resource: Resource
    ids: Mapping[str, str]
    words: str


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
    if workspace_accounts.are_meant(ctx, workspace):
        reach = Reach(workspace, org=org, hydrate=hydrate)
        return workspace_accounts.read_keys(ctx, options, service_account, reach)
    workspace_accounts.refuse_hydration(hydrate)
    owner = _owner_of(ctx, service_account, org)
    return reading.read_query(ctx, reading.query_of(ctx, owner.resource, options, **owner.ids), options)


api_keys = noun(
    OWN_API_KEYS,
    read=_read,
    columns_for=partial(workspace_accounts.columns_for, WORKSPACE_API_KEYS, OWN_API_KEYS),
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
    if workspace_accounts.are_meant(ctx, workspace):
        workspace_accounts.refuse_expiry(expires_in)
        key_owner = workspace_accounts.key_owner(ctx, service_account, workspace, org)
        return workspace_accounts.create_key(key_owner, name, description, secret_out)
    owner = _owner_of(ctx, service_account, org)
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


@api_keys.write(missing=keys_of_accounts.missing_key)
def activate(ctx: CommandContext, key: KeyName, service_account: Whose = None, org: Org = None) -> Write:
    """Reactivate an API key.

    Examples:
        # Let a deactivated key authenticate again
        api-keys activate old --service-account etl-bot
    """
    owner = _owner_of(ctx, service_account, org)
    return _switch(ctx, owner, _find(ctx, owner, key), active=True)


@api_keys.write(
    asks="Deactivate the {target}? Programs that use it stop working.", missing=keys_of_accounts.missing_key
)
def deactivate(ctx: CommandContext, key: KeyName, service_account: Whose = None, org: Org = None) -> Write:
    """Deactivate an API key. You can reactivate it.

    Takes effect immediately on the control plane, and within an hour in workspaces.

    Examples:
        # Reject a key until it is activated again
        api-keys deactivate github-actions --service-account ci-bot
    """
    owner = _owner_of(ctx, service_account, org)
    return _switch(ctx, owner, _find(ctx, owner, key), active=False)


_UNITS = (("day", 1440), ("hour", 60), ("minute", 1))


def _ask_rotation(write: Write) -> str:
    minutes = (write.body or {})["retain_period_minutes"]
    return f"Rotate the {write.target}? The old value {_stops(minutes)}."


def _stops(minutes: int) -> str:
    """Return when the old value stops working after a rotation.

    >>> _stops(0), _stops(90), _stops(720), _stops(1440)
    ('stops working immediately', 'stops working after 90 minutes', 'stops working after 12 hours', \
'stops working after 1 day')
    """
    if not minutes:
        return "stops working immediately"
    unit, length = next((unit, length) for unit, length in _UNITS if minutes % length == 0)
    return f"stops working after {counted(minutes // length, unit)}"


@api_keys.write(asks=_ask_rotation, missing=keys_of_accounts.missing_key)
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

    Examples:
        # Write the new value to a file; the old one works for another hour
        api-keys rotate github-actions --service-account ci-bot --retain 1h --to file:github-actions.key
    """
    what = f"the new value of the key {key}"
    destination = partial(_secret_out, ctx, key, what, service_account, workspace, to=to, reveal=reveal)
    if workspace_accounts.are_meant(ctx, workspace):
        secret_out = destination()
        key_owner = workspace_accounts.key_owner(ctx, service_account, workspace, org)
        return workspace_accounts.rotate_key(key_owner, key, retain, secret_out)
    owner = _owner_of(ctx, service_account, org)
    found = _find(ctx, owner, key)
    secret_out = destination()
    # Inferred by analogy with the workspace API (API facts 3.8).
    return Write(
        "PUT",
        f"{owner.path}/{found.id}/rotate",
        target=f"key {found.name} ({owner.words})",
        name=found.name,
        body={"retain_period_minutes": retain or 0},
        resource=owner.resource,
        verify=_rotated(_look(ctx.session, owner, "id", found.id), found.record),
        irreversible=f"the old value {_stops(retain or 0)} and cannot be restored",
        confirmation=Confirmation(warning=_SELF if is_in_use(ctx.session, found) else ""),
        secret_out=secret_out,
    )


@api_keys.write(
    asks=Destroys("Delete the {target}? Programs that use it stop working."), missing=keys_of_accounts.missing_key
)
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
    if workspace_accounts.are_meant(ctx, workspace):
        return workspace_accounts.delete_key(workspace_accounts.key_owner(ctx, service_account, workspace, org), key)
    owner = _owner_of(ctx, service_account, org)
    found = _find(ctx, owner, key)
    return Write(
        "DELETE",
        f"{owner.path}/{found.id}",
        target=f"key {found.name} ({owner.words})",
        name=found.name,
        verify=_look(ctx.session, owner, "id", found.id, expected=False),
        irreversible="a new key would have a different value",
        confirmation=Confirmation(warning=_SELF if is_in_use(ctx.session, found) else ""),
    )


def _owner_of(ctx: CommandContext, service_account: str | None, org: str | None) -> Owner:
    """Return the caller, or the service account that was named.

    Raises:
        UsageError: an organization was named without a service account.
    """
    if service_account is None:
        if org:
            raise UsageError(
                "--org requires --service-account: your own keys do not belong to an organization",
                hint="Add --service-account NAME, or omit --org.",
            )
        return Owner(OWN_API_KEYS.path, OWN_API_KEYS, {}, "yours")
    organization = query.organization(ctx.session, org)
    found = query.find(ctx.session, "service-accounts", service_account, {"organization_id": organization.id})
    return Owner(
        f"{route(organization.id, found.id)}/api_keys",
        SERVICE_ACCOUNT_API_KEYS,
        {"organization_id": organization.id, "service_account_id": found.id},
        f"of {found.name} in organization {organization.name}",
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
        "body.key" if workspace_accounts.are_meant(ctx, workspace) else "key",
        what,
        to=to,
        reveal=reveal,
        entry=f"{'workspace-' * bool(workspace)}api-key {service_account or 'me'} {name}",
        rescue=f"`api-keys rotate {{key}}{whose}{place} --to …`",
        name=quoted(name),
    )


def _switch(ctx: CommandContext, owner: Owner, found: query.Found, *, active: bool) -> Write:
    # Inferred by analogy with the workspace API (API facts 3.8 and 4.4).
    body = {"active": active}
    return Write(
        "PATCH",
        f"{owner.path}/{found.id}",
        target=f"key {found.name} ({owner.words})",
        name=found.name,
        body=body,
        resource=owner.resource,
        verify=_compared(_look(ctx.session, owner, "id", found.id), body),
        confirmation=Confirmation(warning=_SELF if not active and is_in_use(ctx.session, found) else ""),
        **_switched_back(owner, found, active=active),
    )


def _switched_back(owner: Owner, found: query.Found, *, active: bool) -> dict[str, Any]:
    if not isinstance(found.record.get("active"), bool):
        return {"irreversible": "the API does not show whether it was active before"}
    before = {"active": found.record["active"]}
    observation = Observation(noun=owner.resource.noun, ids=owner.ids, match={"id": found.id})
    path = f"{owner.path}/{found.id}"
    return {
        "before": before,
        "inverse": (Undo("PATCH", path, observation, expected_now={"active": active}, restores=before, body=before),),
        "noop": same_fields({"active": active}) if before["active"] is active else "",
    }


def _compared(look: Verifier, body: Mapping[str, Any]) -> Verifier:
    def compare() -> Record | bool | None:
        record = look()
        return compared(record, body) if isinstance(record, Mapping) else record

    return compare


def _rotated(look: Verifier, before: Record) -> Verifier:
    """Return a check whether the time of the last rotation has changed."""

    def compare() -> Record | bool | None:
        record = look()
        if not isinstance(record, Mapping) or "last_rotated" not in record:
            return None
        return record if record["last_rotated"] != before.get("last_rotated") else False

    return compare


def _find(ctx: CommandContext, owner: Owner, text: str) -> query.Found:
    """Return the owner's key.

    Raises:
        UnknownNameError: no such key exists; the message names the line for the keys of a service account of this name.
    """
    try:
        return find_key(ctx.session, owner, text)
    except UnknownNameError as error:
        if owner.resource is not OWN_API_KEYS:
            raise
        raise keys_of_accounts.not_yours(ctx, error, text) from None


def find_key(session: Session, owner: Owner, text: str) -> query.Found:
    """Return the owner's key with this name or ID, as listed.

    Raises:
        UnknownNameError: no such key exists.
    """
    return query.pick("api-keys", text, query.records(session, owner.resource, owner.ids))


def _look(session: Session, owner: Owner, column: str, value: object, *, expected: bool = True) -> Verifier:
    return is_listed(session, owner.resource, owner.ids, lambda record: record.get(column) == value, expected=expected)


def is_in_use(session: Session, found: query.Found) -> bool:
    """Return whether this session uses this key: a key contains its ID after the prefix (API facts 2.1)."""
    credential = session.client.credential
    if not isinstance(credential, ApiKey):
        return False
    text = credential.secret.reveal().removeprefix(_PREFIX)
    try:
        content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(content, dict) and content.get("id") == found.id
