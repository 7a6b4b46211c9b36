"""Writes on service accounts and their keys, as far as a workspace of ZenML Pro allows them (API facts 9.2)."""

from __future__ import annotations

from typing import NoReturn

from zenpro_nb.sandbox.errors import ForbiddenError, MissingError
from zenpro_nb.sandbox.workspace_api.items.accounts import API_KEY, SERVICE_ACCOUNT, ApiKey, ServiceAccount
from zenpro_nb.sandbox.workspace_api.listings import API_KEYS
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError
from zenpro_nb.sandbox.workspace_api.rights import DELETE, READ, UPDATE
from zenpro_nb.sandbox.workspace_api.routes.lists import find, page_of
from zenpro_nb.sandbox.workspace_api.visit import Visit


def refuse(visit: Visit) -> NoReturn:
    """Refuse what belongs to the control plane, in the words of 0.98.0."""
    raise ForbiddenError(
        "Workspace-level service accounts and API keys are deprecated in ZenML Pro workspaces. Use ZenML Pro "
        "organization service accounts and API keys instead."
    )


def update_account(visit: Visit) -> object:
    """Switch an account on or off; anything else belongs to the control plane."""
    active = _active(visit)
    account = _named_account(visit)
    if account.is_external:
        raise ForbiddenError("Service accounts created via external authentication cannot be updated.")
    visit.rights.require(UPDATE, account)
    account.account.active = active
    return visit.envelope.shown(account, hydrate=True)


def delete_account(visit: Visit) -> object:
    """Delete a service account of the workspace's own, with its keys."""
    account = _named_account(visit)
    if account.is_external:
        raise ForbiddenError("Service accounts created via external authentication cannot be deleted.")
    visit.rights.require(DELETE, account)
    for key in _keys(visit, account):
        visit.world.remove(key)
    visit.world.accounts.remove(account.account)
    visit.world.remove(account)
    return None


def keys(visit: Visit) -> object:
    """List the keys of a service account."""
    account = _account(visit)
    visit.rights.require(READ, account)
    return page_of(API_KEYS, visit, _keys(visit, account))


def key(visit: Visit) -> object:
    """Return one key."""
    account = _account(visit)
    visit.rights.require(READ, account)
    return visit.envelope.shown(_key(visit, account), hydrate=visit.hydrate(True))


def update_key(visit: Visit) -> object:
    """Switch a key on or off."""
    active = _active(visit)
    account = _account(visit)
    visit.rights.require(UPDATE, account)
    found = _key(visit, account)
    found.switch(active, visit.now)
    return visit.envelope.shown(found, hydrate=True)


def delete_key(visit: Visit) -> object:
    """Delete a key."""
    account = _account(visit)
    visit.rights.require(UPDATE, account)
    visit.world.remove(_key(visit, account))
    return None


def _active(visit: Visit) -> bool:
    """Return the new state, if it is all that is to be changed."""
    body = {name: value for name, value in visit.body().items() if value is not None}
    if set(body) != {"active"}:
        refuse(visit)
    if not isinstance(body["active"], bool):
        message = "Input should be a valid boolean"
        raise InvalidRequestError("bool_type", ("body", "active"), message, body["active"])
    return body["active"]


def _named_account(visit: Visit) -> ServiceAccount:
    return visit.world.named(SERVICE_ACCOUNT, visit.path["item_id"], visit.now)


def _account(visit: Visit) -> ServiceAccount:
    return find(visit, SERVICE_ACCOUNT, "account_id")


def _keys(visit: Visit, account: ServiceAccount) -> list[ApiKey]:
    return [item for item in visit.world.all(API_KEY, visit.now) if item.account.id == account.id]


def _key(visit: Visit, account: ServiceAccount) -> ApiKey:
    text = visit.path["item_id"]
    for found in _keys(visit, account):
        if text in (found.id, found.name):
            return found
    raise MissingError(f"Unable to get API key with name or ID '{text}' for service account {account.id}")
