"""The noun `service-accounts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from zenpro_nb import query
from zenpro_nb.client import segment
from zenpro_nb.commands.core.noun import noun
from zenpro_nb.commands.core.parameters import (
    Description,
    NewServiceAccountName,
    Org,
    ServiceAccountName,
    renamed,
)
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.verification import changed, created, gone
from zenpro_nb.commands.core.write import Write, require_change, without_missing
from zenpro_nb.resources.control_plane import SERVICE_ACCOUNTS

if TYPE_CHECKING:
    pass

Renamed = Annotated[str | None, renamed("service-accounts")]

service_accounts = noun(SERVICE_ACCOUNTS, get=True)


@service_accounts.write()
def create(run: Runtime, username: NewServiceAccountName, org: Org = None, description: Description = None) -> Write:
    """Create a service account. Give it roles with `roles assign`, and a key with `api-keys create`."""
    organization = query.organization(run.session, org)
    # The account is shown in the model of a user, whose `description` nobody has seen: it is no proof.
    return Write(
        "POST",
        route(organization.id),
        target=f"service account {username} in {organization.name}",
        body=without_missing(username=username, description=description),
        resource=SERVICE_ACCOUNTS,
        happened=created(run.session, SERVICE_ACCOUNTS, {"organization_id": organization.id}, username),
    )


@service_accounts.write()
def update(
    run: Runtime,
    service_account: ServiceAccountName,
    org: Org = None,
    username: Renamed = None,
    description: Description = None,
) -> Write:
    """Change a service account; what is not given stays as it is."""
    return _patch(run, service_account, org, username=username, description=description)


@service_accounts.write()
def activate(run: Runtime, service_account: ServiceAccountName, org: Org = None) -> Write:
    """Let a service account work again."""
    return _patch(run, service_account, org, is_active=True)


@service_accounts.write(asks="Deactivate the {target}? Whatever uses its keys stops working.")
def deactivate(run: Runtime, service_account: ServiceAccountName, org: Org = None) -> Write:
    """Stop a service account: at once here, in workspaces within the hour. Its keys and roles stay."""
    return _patch(run, service_account, org, is_active=False)


@service_accounts.write(asks="Delete the {target} and its keys? Whatever uses them stops working.")
def delete(run: Runtime, service_account: ServiceAccountName, org: Org = None) -> Write:
    """Delete a service account and its keys."""
    path, found = _find(run, service_account, org)
    return Write("DELETE", path, target=f"service account {found.name}", happened=gone(run.session, path))


def route(organization_id: str, account: str = "") -> str:
    """Return the route of the accounts, or of one; that of one is inferred (fact sheet, section 3)."""
    path = f"/organizations/{organization_id}/service_accounts"
    return f"{path}/{segment(account)}" if account else path


def _patch(run: Runtime, service_account: str, org: str | None, **fields: Any) -> Write:
    path, found = _find(run, service_account, org)
    body = require_change(without_missing(**fields))
    # Method and fields are inferred: by analogy with users (fact sheet, sections 3 and 4).
    return Write(
        "PATCH",
        path,
        target=f"service account {found.name}",
        body=body,
        resource=SERVICE_ACCOUNTS,
        happened=changed(run.session, path, body),
    )


def _find(run: Runtime, text: str, org: str | None) -> tuple[str, query.Found]:
    """Return the route of the account, and the account."""
    organization = query.organization(run.session, org)
    found = query.find(run.session, "service-accounts", text, {"organization_id": organization.id})
    return route(organization.id, found.id), found
