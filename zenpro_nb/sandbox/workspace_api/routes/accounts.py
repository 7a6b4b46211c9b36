"""Changes to service accounts and their keys that a workspace of ZenML Pro allows (API facts 9.2)."""

from __future__ import annotations

from typing import NoReturn

from zenpro_nb.sandbox.errors import ForbiddenError, MissingError
from zenpro_nb.sandbox.workspace_api.calls import WorkspaceCall
from zenpro_nb.sandbox.workspace_api.items.accounts import API_KEY, SERVICE_ACCOUNT, ApiKey, ServiceAccount
from zenpro_nb.sandbox.workspace_api.listings import API_KEYS
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError
from zenpro_nb.sandbox.workspace_api.rights import DELETE, READ, UPDATE
from zenpro_nb.sandbox.workspace_api.routes.lists import find, page_of


def refuse(call: WorkspaceCall) -> NoReturn:
    """Refuse an action that belongs to the control plane, with the message of 0.98.0."""
    raise ForbiddenError(
        "Workspace-level service accounts and API keys are deprecated in ZenML Pro workspaces. Use ZenML Pro "
        "organization service accounts and API keys instead."
    )


def update_account(call: WorkspaceCall) -> object:
    """Activate or deactivate an account. Other changes belong to the control plane."""
    active = _active(call)
    account = _named_account(call)
    if account.is_external:
        raise ForbiddenError("Service accounts created via external authentication cannot be updated.")
    call.rights.require(UPDATE, account)
    account.account.active = active
    return call.envelope.item_body(account, hydrate=True)


def delete_account(call: WorkspaceCall) -> object:
    """Delete a service account that belongs to the workspace alone, with its keys."""
    account = _named_account(call)
    if account.is_external:
        raise ForbiddenError("Service accounts created via external authentication cannot be deleted.")
    call.rights.require(DELETE, account)
    for key in _keys(call, account):
        call.world.remove(key)
    call.world.accounts.remove(account.account)
    call.world.remove(account)
    return None


def keys(call: WorkspaceCall) -> object:
    """List the keys of a service account."""
    account = _account(call)
    call.rights.require(READ, account)
    return page_of(API_KEYS, call, _keys(call, account))


def key(call: WorkspaceCall) -> object:
    """Return one key."""
    account = _account(call)
    call.rights.require(READ, account)
    return call.envelope.item_body(_key(call, account), hydrate=call.hydrate(True))


def update_key(call: WorkspaceCall) -> object:
    """Activate or deactivate a key."""
    active = _active(call)
    account = _account(call)
    call.rights.require(UPDATE, account)
    found = _key(call, account)
    found.switch(active, call.now)
    return call.envelope.item_body(found, hydrate=True)


def delete_key(call: WorkspaceCall) -> object:
    """Delete a key."""
    account = _account(call)
    call.rights.require(UPDATE, account)
    call.world.remove(_key(call, account))
    return None


def _active(call: WorkspaceCall) -> bool:
    """Return the new state, if the body changes nothing else."""
    body = {name: value for name, value in call.body().items() if value is not None}
    if set(body) != {"active"}:
        refuse(call)
    if not isinstance(body["active"], bool):
        message = "Input should be a valid boolean"
        raise InvalidRequestError("bool_type", ("body", "active"), message, body["active"])
    return body["active"]


def _named_account(call: WorkspaceCall) -> ServiceAccount:
    return call.world.find_by_name(SERVICE_ACCOUNT, call.path["item_id"], call.now)


def _account(call: WorkspaceCall) -> ServiceAccount:
    return find(call, SERVICE_ACCOUNT, "account_id")


def _keys(call: WorkspaceCall, account: ServiceAccount) -> list[ApiKey]:
    return [key for key in call.world.all(API_KEY, call.now) if key.account.id == account.id]


def _key(call: WorkspaceCall, account: ServiceAccount) -> ApiKey:
    name_or_id = call.path["item_id"]
    for found in _keys(call, account):
        if name_or_id in (found.id, found.name):
            return found
    raise MissingError(f"Unable to get API key with name or ID '{name_or_id}' for service account {account.id}")
