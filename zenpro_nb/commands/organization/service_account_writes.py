"""service-accounts: get, create, update, activate, deactivate, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.client import segment
from zenpro_nb.commands.core.command import Command, Group
from zenpro_nb.commands.core.options import ORG, NameType
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.core.types import NewNameType
from zenpro_nb.commands.core.verification import changed, gone, named
from zenpro_nb.commands.core.write import Write, require_change, without_missing
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.resources.control_plane import SERVICE_ACCOUNTS

if TYPE_CHECKING:
    import pandas as pd

_ACCOUNT = click.Argument(["service_account"], type=NameType("service-accounts"))
_DESCRIPTION = click.Option(["--description"], help="What it is for, in a few words.")


def route(organization_id: str, account: str = "") -> str:
    """The route of the accounts, or of one; that of one is inferred (fact sheet, section 3)."""
    path = f"/organizations/{organization_id}/service_accounts"
    return f"{path}/{segment(account)}" if account else path


def plan_create(runtime: Runtime, username: str, org: str | None, description: str | None) -> Write:
    """A new service account without keys and roles."""
    from zenpro_nb import query

    organization = query.organization(runtime.session, org)
    return Write(
        "POST",
        route(organization.id),
        target=f"service account {username} in {organization.name}",
        body=without_missing(username=username, description=description),
        resource=SERVICE_ACCOUNTS,
        happened=named(runtime.session, SERVICE_ACCOUNTS, {"organization_id": organization.id}, username),
    )


def plan_update(
    runtime: Runtime, service_account: str, org: str | None, username: str | None, description: str | None
) -> Write:
    """Changes of what was given; the rest stays."""
    return _patch(runtime, service_account, org, without_missing(username=username, description=description))


def plan_activate(runtime: Runtime, service_account: str, org: str | None) -> Write:
    """The account and its keys work again."""
    return _patch(runtime, service_account, org, {"is_active": True})


def plan_deactivate(runtime: Runtime, service_account: str, org: str | None) -> Write:
    """The account and its keys work no more."""
    return _patch(
        runtime,
        service_account,
        org,
        {"is_active": False},
        question="Deactivate the service account {name}? Whatever uses its keys stops working.",
    )


def plan_delete(runtime: Runtime, service_account: str, org: str | None) -> Write:
    """The account and its keys."""
    organization_id, found = _find(runtime, service_account, org)
    path = route(organization_id, found.id)
    return Write(
        "DELETE",
        path,
        target=f"service account {found.name}",
        happened=gone(runtime.session, path),
        question=f"Delete the service account {found.name} and its keys? Whatever uses them stops working.",
    )


def _patch(
    runtime: Runtime, service_account: str, org: str | None, body: dict[str, Any], *, question: str = ""
) -> Write:
    organization_id, found = _find(runtime, service_account, org)
    path = route(organization_id, found.id)
    # Method and fields are inferred: by analogy with users (fact sheet, sections 3 and 4).
    return Write(
        "PATCH",
        path,
        target=f"service account {found.name}",
        body=require_change(body),
        resource=SERVICE_ACCOUNTS,
        happened=changed(runtime.session, path, body),
        question=question.format(name=found.name),
    )


def _find(runtime: Runtime, text: str, org: str | None) -> tuple[str, Any]:
    from zenpro_nb import query

    organization = query.organization(runtime.session, org)
    return organization.id, query.find(runtime.session, "service-accounts", text, {"organization_id": organization.id})


@pass_runtime
def _get(runtime: Runtime, service_account: str, org: str | None, raw: bool) -> pd.DataFrame:
    from zenpro_nb import frames
    from zenpro_nb.query import note, record_of

    organization_id, found = _find(runtime, service_account, org)
    path = route(organization_id, found.id)
    frame = frames.from_records(SERVICE_ACCOUNTS, [record_of(runtime.session.client.get(path))], raw=raw)
    note(runtime.session, frame, route=path)
    return frame


def add_to(group: Group) -> None:
    """Attach the verbs to the noun."""
    for command in (
        Command(
            name="get",
            callback=_get,
            params=[
                _ACCOUNT,
                ORG,
                click.Option(["--raw"], is_flag=True, help="The fields as the server sends them; never secrets."),
            ],
            help="Show a service account, by name or id, as a one-row frame.",
        ),
        WriteCommand(
            "create",
            plan=plan_create,
            params=[click.Argument(["username"], type=NewNameType("service-accounts")), ORG, _DESCRIPTION],
            help="Create a service account. Give it roles with `roles assign`, and a key with `api-keys create`.",
        ),
        WriteCommand(
            "update",
            plan=plan_update,
            params=[
                _ACCOUNT,
                ORG,
                click.Option(["--username"], type=NewNameType("service-accounts"), help="Its new name."),
                _DESCRIPTION,
            ],
            help="Change a service account; what is not given stays as it is.",
        ),
        WriteCommand("activate", plan=plan_activate, params=[_ACCOUNT, ORG], help="Let a service account work again."),
        WriteCommand(
            "deactivate",
            plan=plan_deactivate,
            params=[_ACCOUNT, ORG],
            destructive=True,
            help="Stop a service account: at once here, in workspaces within the hour. Its keys and roles stay.",
        ),
        WriteCommand(
            "delete",
            plan=plan_delete,
            params=[_ACCOUNT, ORG],
            destructive=True,
            help="Delete a service account and its keys.",
        ),
    ):
        group.add_command(command)
