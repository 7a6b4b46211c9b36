"""The owner of API keys, a caller or a service account, and the keys of that owner."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.organization.api_keys import hints
from zenpro_nb.commands.organization.service_accounts import route
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.declare import CommandContext, Verifier, is_listed
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import OWN_API_KEYS, SERVICE_ACCOUNT_API_KEYS
from zenpro_nb.session.session import Session

_PREFIX = "ZENPROKEY_"
_KEY = re.compile(r"(ZENPROKEY|ZENKEY|KITKEY)_")  # the beginning of a key itself


class ControlPlaneOwner(Struct, frozen=True):
    """The owner of keys: the route of their list, and the owner in words."""

    path: str
    resource: Resource
    ids: Mapping[str, str]
    words: str


def owner_of(ctx: CommandContext, service_account: str | None, org: str | None) -> ControlPlaneOwner:
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
        return ControlPlaneOwner(OWN_API_KEYS.path, OWN_API_KEYS, {}, "yours")
    organization = query.organization(ctx.session, org)
    found = query.find(ctx.session, "service-accounts", service_account, {"organization_id": organization.id})
    return ControlPlaneOwner(
        f"{route(organization.id, found.id)}/api_keys",
        SERVICE_ACCOUNT_API_KEYS,
        {"organization_id": organization.id, "service_account_id": found.id},
        f"of {found.name} in organization {organization.name}",
    )


def find(ctx: CommandContext, owner: ControlPlaneOwner, text: str) -> query.Found:
    """Return the owner's key.

    Raises:
        UnknownNameError: no such key exists; the message names the line for the keys of a service account of this name.
    """
    try:
        return query.pick("api-keys", text, query.records(ctx.session, owner.resource, owner.ids))
    except UnknownNameError as error:
        if _KEY.match(text):
            error.hint = f"Enter the name or ID of the key, not the key itself. {error.hint}"
            raise
        if owner.resource is not OWN_API_KEYS:
            raise
        raise hints.not_yours(ctx, error, text) from None


def owner_and_key(
    ctx: CommandContext, text: str, service_account: str | None, org: str | None
) -> tuple[ControlPlaneOwner, query.Found, str | None]:
    """Return the owner, the key, and the service account; the name of a service account stands for its only active key.

    Raises:
        UnknownNameError: as `find`.
    """
    owner = owner_of(ctx, service_account, org)
    try:
        return owner, find(ctx, owner, text), service_account
    except UnknownNameError as error:
        if error.only_key is None:
            raise
        account, key = error.only_key
    owner = owner_of(ctx, account, org)
    return owner, find(ctx, owner, key), account


def is_key_listed(session: Session, owner: ControlPlaneOwner, key: str, *, expected: bool = True) -> Verifier:
    """Return a check whether the owner has a key with this ID."""
    return is_listed(session, owner.resource, owner.ids, lambda record: record.get("id") == key, expected=expected)


def self_warning(session: Session, key: query.Found) -> str:
    """Return the warning before a change to the key that this session uses; empty for any other key."""
    return "This session uses this key." if _is_in_use(session, key) else ""


def _is_in_use(session: Session, key: query.Found) -> bool:
    """Return whether this session uses this key: a key contains its ID after the prefix (API facts 2.1)."""
    credential = session.client.credential
    if not isinstance(credential, ApiKey):
        return False
    text = credential.secret.reveal().removeprefix(_PREFIX)
    try:
        content = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(content, dict) and content.get("id") == key.id
