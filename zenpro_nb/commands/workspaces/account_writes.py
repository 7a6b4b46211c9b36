"""Writes on service accounts and keys that a ZenML server has of its own.

In ZenML Pro they belong to the control plane, and a workspace refuses these writes with 403 (fact sheet, section 9.2).
"""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb.client import segment
from zenpro_nb.commands.core.command import Group
from zenpro_nb.commands.core.one_time_secrets import keep_of, secret_options
from zenpro_nb.commands.core.options import ORG
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.types import DurationType, NewNameType
from zenpro_nb.commands.core.verification import changed, gone, named
from zenpro_nb.commands.core.write import Keep, Write, without_missing
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.commands.workspaces.options import ThingType
from zenpro_nb.commands.workspaces.writes import WORKSPACE, WriteTarget, write_target
from zenpro_nb.resources.workspace.people import WORKSPACE_API_KEYS, WORKSPACE_SERVICE_ACCOUNTS

_ACCOUNTS = WORKSPACE_SERVICE_ACCOUNTS.path
_ACCOUNT = click.Argument(["service_account"], type=ThingType(WORKSPACE_SERVICE_ACCOUNTS.noun))
_WHOSE = click.Option(
    ["--service-account"],
    type=ThingType(WORKSPACE_SERVICE_ACCOUNTS.noun),
    required=True,
    help="Whose key, by name or id.",
)
_KEY = click.Argument(["key"], type=ThingType(WORKSPACE_API_KEYS.noun))
_DESCRIPTION = click.Option(["--description"], help="What it is for, in a few words.")
_RETAIN = click.Option(
    ["--retain"], type=DurationType(), help="How long the old key goes on working: minutes, or 12h, 30d. Default: not."
)


def plan_create_account(
    runtime: Runtime, name: str, workspace: str | None, org: str | None, description: str | None
) -> Write:
    """A new service account without keys."""
    place = write_target(runtime, workspace, org)
    return place.write(
        "POST",
        _ACCOUNTS,
        f"service account {name}",
        body={**without_missing(name=name, description=description), "active": True},
        resource=WORKSPACE_SERVICE_ACCOUNTS,
        happened=named(place.session, WORKSPACE_SERVICE_ACCOUNTS, {}, name, at=place.at),
    )


def plan_switch(
    runtime: Runtime, service_account: str, workspace: str | None, org: str | None, *, active: bool
) -> Write:
    """The account and its keys work, or do not."""
    place = write_target(runtime, workspace, org)
    found = place.find(WORKSPACE_SERVICE_ACCOUNTS.noun, service_account)
    path = f"{_ACCOUNTS}/{found.id}"
    return place.write(
        "PUT",
        path,
        f"service account {found.name}",
        body={"active": active},
        resource=WORKSPACE_SERVICE_ACCOUNTS,
        happened=changed(place.session, path, {"active": active}, at=place.at),
    )


def plan_activate(runtime: Runtime, service_account: str, workspace: str | None, org: str | None) -> Write:
    """The account and its keys work again."""
    return plan_switch(runtime, service_account, workspace, org, active=True)


def plan_deactivate(runtime: Runtime, service_account: str, workspace: str | None, org: str | None) -> Write:
    """The account and its keys work no more."""
    return plan_switch(runtime, service_account, workspace, org, active=False)


def plan_delete_account(runtime: Runtime, service_account: str, workspace: str | None, org: str | None) -> Write:
    """The account and its keys."""
    place = write_target(runtime, workspace, org)
    found = place.find(WORKSPACE_SERVICE_ACCOUNTS.noun, service_account)
    path = f"{_ACCOUNTS}/{found.id}"
    return place.write(
        "DELETE",
        path,
        f"service account {found.name}",
        happened=gone(place.session, path, at=place.at),
        absent="is gone already",
    )


def plan_create_key(
    runtime: Runtime,
    name: str,
    service_account: str,
    workspace: str | None,
    org: str | None,
    description: str | None,
    to: str | None,
    reveal: bool,
) -> Write:
    """A new key, whose value goes where it was said."""
    keep = _keep(runtime, name, service_account, to=to, reveal=reveal)
    place = write_target(runtime, workspace, org)
    account = place.find(WORKSPACE_SERVICE_ACCOUNTS.noun, service_account)
    return place.write(
        "POST",
        WORKSPACE_API_KEYS.path.format(service_account_id=account.id),
        f"key {name} of {account.name}",
        body=without_missing(name=name, description=description),
        resource=WORKSPACE_API_KEYS,
        happened=named(place.session, WORKSPACE_API_KEYS, {"service_account_id": account.id}, name, at=place.at),
        keep=keep,
    )


def plan_rotate(
    runtime: Runtime,
    key: str,
    service_account: str,
    workspace: str | None,
    org: str | None,
    retain: int | None,
    to: str | None,
    reveal: bool,
) -> Write:
    """A new value of a key, which goes where it was said."""
    keep = _keep(runtime, key, service_account, to=to, reveal=reveal)
    place = write_target(runtime, workspace, org)
    path, whose = _path(place, key, service_account)
    return place.write(
        "PUT",
        f"{path}/rotate",
        f"key {key} of {whose}",
        body={"retain_period_minutes": retain or 0},
        resource=WORKSPACE_API_KEYS,
        keep=keep,
        warning=f"Its old value ends {f'after {retain} minutes' if retain else 'at once'}.",
    )


def plan_delete_key(runtime: Runtime, key: str, service_account: str, workspace: str | None, org: str | None) -> Write:
    """One key."""
    place = write_target(runtime, workspace, org)
    path, whose = _path(place, key, service_account)
    return place.write(
        "DELETE",
        path,
        f"key {key} of {whose}",
        happened=gone(place.session, path, at=place.at),
        absent="is gone already",
    )


def _path(place: WriteTarget, key: str, service_account: str) -> tuple[str, str]:
    """The route of a key, which may be named in it, and the name of the account."""
    account = place.find(WORKSPACE_SERVICE_ACCOUNTS.noun, service_account)
    return f"{WORKSPACE_API_KEYS.path.format(service_account_id=account.id)}/{segment(key)}", account.name


def _keep(runtime: Runtime, name: str, service_account: str, *, to: str | None, reveal: bool) -> Keep:
    from zenpro_nb.syntax.unparse import quoted

    return keep_of(
        runtime,
        "body.key",
        f"the key {name}",
        to=to,
        reveal=reveal,
        entry=f"workspace-api-key {service_account} {name}",
        rescue=f"`workspace-api-keys rotate {quoted(name)} --service-account {quoted(service_account)} --to …`",
    )


def add_to(accounts: Group, keys: Group) -> None:
    """Attach the verbs to the two nouns."""
    where = [WORKSPACE, ORG]
    new_account: Any = click.Argument(["name"], type=NewNameType(WORKSPACE_SERVICE_ACCOUNTS.noun))
    new_key: Any = click.Argument(["name"], type=NewNameType(WORKSPACE_API_KEYS.noun))
    for command in (
        WriteCommand(
            "create",
            prepare=plan_create_account,
            params=[new_account, *where, _DESCRIPTION],
            help="Create a service account of a ZenML server. ZenML Pro refuses it: there, use `service-accounts`.",
        ),
        WriteCommand(
            "activate",
            prepare=plan_activate,
            params=[_ACCOUNT, *where],
            help="Let a service account and its keys work.",
        ),
        WriteCommand(
            "deactivate",
            prepare=plan_deactivate,
            params=[_ACCOUNT, *where],
            help="Let a service account and its keys work no more. Asks first.",
            asks="Deactivate the {target}? Whatever uses its keys stops.",
        ),
        WriteCommand(
            "delete",
            prepare=plan_delete_account,
            params=[_ACCOUNT, *where],
            help="Delete a service account and its keys. Asks first.",
            asks="Delete the {target} and its keys? Whatever uses them stops.",
        ),
    ):
        accounts.add_command(command)
    for command in (
        WriteCommand(
            "create",
            prepare=plan_create_key,
            params=[new_key, _WHOSE, *where, _DESCRIPTION, *secret_options("the key")],
            help="Create a key of a service account of a ZenML server. Its value is shown by the server this once.",
        ),
        WriteCommand(
            "rotate",
            prepare=plan_rotate,
            params=[_KEY, _WHOSE, *where, _RETAIN, *secret_options("the new value")],
            help="Give a key a new value. Asks first.",
            asks="Rotate the {target}?",
        ),
        WriteCommand(
            "delete",
            prepare=plan_delete_key,
            params=[_KEY, _WHOSE, *where],
            help="Delete a key. Asks first.",
            asks="Delete the {target}? Whatever uses it stops.",
        ),
    ):
        keys.add_command(command)
