"""api-keys: create, activate, deactivate, rotate, delete; one's own, or those of a service account."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from zenpro_nb.client import ApiKey
from zenpro_nb.commands.core.command import Group
from zenpro_nb.commands.core.one_time_secrets import keep_of, secret_options
from zenpro_nb.commands.core.options import ORG, NameType
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.types import DurationType, NewNameType
from zenpro_nb.commands.core.verification import compared, listed
from zenpro_nb.commands.core.write import Look, Record, Write, without_missing
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.commands.organization.service_account_writes import route
from zenpro_nb.errors import UsageError
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import OWN_API_KEYS, SERVICE_ACCOUNT_API_KEYS
from zenpro_nb.session.session import Session

_PREFIX = "ZENPROKEY_"
_KEY = click.Argument(["key"], type=NameType("api-keys"))
SERVICE_ACCOUNT = click.Option(
    ["--service-account"],
    type=NameType("service-accounts"),
    help="The keys of this service account, by name or id. Default: your own.",
)


@dataclass(frozen=True)
class Owner:
    """Whose keys: the route of their list, and how people call the owner."""

    path: str
    resource: Resource
    ids: Mapping[str, str]
    words: str


def owner_of(runtime: Runtime, service_account: str | None, org: str | None) -> Owner:
    """The caller, or the service account that was named.

    Raises:
        UsageError: an organization was named, and no service account in it.
    """
    from zenpro_nb import query

    if service_account is None:
        if org:
            raise UsageError(
                "--org says where the service account is, and none was named", hint="Add --service-account."
            )
        return Owner(OWN_API_KEYS.path, OWN_API_KEYS, {}, "yours")
    organization = query.organization(runtime.session, org)
    found = query.find(runtime.session, "service-accounts", service_account, {"organization_id": organization.id})
    return Owner(
        f"{route(organization.id, found.id)}/api_keys",
        SERVICE_ACCOUNT_API_KEYS,
        {"organization_id": organization.id, "service_account_id": found.id},
        f"of {found.name}",
    )


def plan_create(
    runtime: Runtime,
    name: str,
    service_account: str | None,
    org: str | None,
    description: str | None,
    expires_in: int | None,
    to: str | None,
    reveal: bool,
) -> Write:
    """A new key, whose value goes where it was said."""
    keep = keep_of(
        runtime,
        "key",
        f"the key {name}",
        to=to,
        reveal=reveal,
        entry=_entry(name, service_account),
        rescue=_rescue(name, service_account),
    )
    owner = owner_of(runtime, service_account, org)
    return Write(
        "POST",
        owner.path,
        target=f"key {name} ({owner.words})",
        body=without_missing(name=name, description=description, expires_in_minutes=expires_in),
        resource=owner.resource,
        happened=_look(runtime.session, owner, "name", name),
        keep=keep,
    )


def _entry(name: str, service_account: str | None) -> str:
    """Under which a keyring keeps it, beside the server's address."""
    return f"api-key {service_account or 'me'} {name}"


def _rescue(name: str, service_account: str | None) -> str:
    """The line that gets a new value, should this one be lost."""
    from zenpro_nb.syntax.unparse import quoted

    whose = f" --service-account {quoted(service_account)}" if service_account else ""
    return f"`api-keys rotate {quoted(name)}{whose} --to …`"


def plan_activate(runtime: Runtime, key: str, service_account: str | None, org: str | None) -> Write:
    """The key works again."""
    owner = owner_of(runtime, service_account, org)
    return _switch(runtime, owner, find_key(runtime.session, owner, key), active=True)


def plan_deactivate(runtime: Runtime, key: str, service_account: str | None, org: str | None) -> Write:
    """The key works no more."""
    owner = owner_of(runtime, service_account, org)
    found = find_key(runtime.session, owner, key)
    question = f"Deactivate the key {found['name']} ({owner.words})? {_who_stops(runtime.session, found)}"
    return _switch(runtime, owner, found, active=False, question=question)


def _switch(runtime: Runtime, owner: Owner, found: Record, *, active: bool, question: str = "") -> Write:
    # Inferred by analogy with the workspace API (fact sheet, sections 3 and 4).
    body = {"active": active}
    return Write(
        "PATCH",
        f"{owner.path}/{found['id']}",
        target=f"key {found['name']} ({owner.words})",
        body=body,
        resource=owner.resource,
        happened=_compared(_look(runtime.session, owner, "id", found["id"]), body),
        question=question,
    )


def _compared(look: Look, body: Mapping[str, Any]) -> Look:
    def compare() -> Record | bool | None:
        found = look()
        return compared(found, body) if isinstance(found, Mapping) else found

    return compare


def plan_rotate(
    runtime: Runtime,
    key: str,
    service_account: str | None,
    org: str | None,
    retain: int | None,
    to: str | None,
    reveal: bool,
) -> Write:
    """A new value for the key; the old one works on for as long as it is retained."""
    keep = keep_of(
        runtime,
        "key",
        f"the new value of the key {key}",
        to=to,
        reveal=reveal,
        entry=_entry(key, service_account),
        rescue=_rescue(key, service_account),
    )
    owner = owner_of(runtime, service_account, org)
    found = find_key(runtime.session, owner, key)
    until = f"works for another {retain} minutes" if retain else "stops working at once"
    # Inferred by analogy with the workspace API (fact sheet, section 3).
    return Write(
        "PUT",
        f"{owner.path}/{found['id']}/rotate",
        target=f"key {found['name']} ({owner.words})",
        body={"retain_period_minutes": retain or 0},
        resource=owner.resource,
        happened=_rotated(_look(runtime.session, owner, "id", found["id"]), found),
        question=f"Rotate the key {found['name']} ({owner.words})? Its present value {until}."
        + (f" {_SELF}" if is_in_use(runtime.session, found) else ""),
        keep=keep,
    )


def _rotated(look: Look, before: Record) -> Look:
    """Whether the time of the last rotation has moved on."""

    def compare() -> Record | bool | None:
        found = look()
        if not isinstance(found, Mapping) or "last_rotated" not in found:
            return None
        return found if found["last_rotated"] != before.get("last_rotated") else False

    return compare


def plan_delete(runtime: Runtime, key: str, service_account: str | None, org: str | None) -> Write:
    """The key for good."""
    owner = owner_of(runtime, service_account, org)
    found = find_key(runtime.session, owner, key)
    return Write(
        "DELETE",
        f"{owner.path}/{found['id']}",
        target=f"key {found['name']} ({owner.words})",
        happened=_look(runtime.session, owner, "id", found["id"], expected=False),
        question=f"Delete the key {found['name']} ({owner.words})? {_who_stops(runtime.session, found)}",
    )


def find_key(session: Session, owner: Owner, text: str) -> Record:
    """The owner's one key of this name or id, as the list shows it.

    Raises:
        UnknownNameError: there is none.
    """
    from zenpro_nb import query

    keys = query.records(session, owner.resource, owner.ids)
    by_id = [key for key in keys if key.get("id") == text]
    return by_id[0] if by_id else query.pick("api-keys", text, keys).record


def _look(session: Session, owner: Owner, column: str, value: object, *, expected: bool = True) -> Look:
    return listed(session, owner.resource, owner.ids, lambda record: record.get(column) == value, expected=expected)


_SELF = "This session itself signs in with it."


def _who_stops(session: Session, found: Record) -> str:
    return f"Whatever uses it stops working.{' ' + _SELF if is_in_use(session, found) else ''}"


def is_in_use(session: Session, found: Record) -> bool:
    """Whether this session signs in with that key: behind its prefix stands its id (fact sheet, section 2.1)."""
    credential = session.client.credential
    if not isinstance(credential, ApiKey):
        return False
    text = credential.secret.reveal().removeprefix(_PREFIX)
    try:
        told = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(told, dict) and told.get("id") == found.get("id")


def add_to(group: Group) -> None:
    """Attach the verbs to the noun."""
    whose: list[click.Parameter] = [SERVICE_ACCOUNT, ORG]
    for command in (
        WriteCommand(
            "create",
            plan=plan_create,
            params=[
                click.Argument(["name"], type=NewNameType("api-keys")),
                *whose,
                click.Option(["--description"], help="What it is for, in a few words."),
                click.Option(
                    ["--expires-in"],
                    type=DurationType(),
                    help="How long it works: minutes, or 12h, 30d, 4w. Default: for good.",
                ),
                *secret_options("the key"),
            ],
            help="Create a key: a personal access token, or one of a service account.",
        ),
        WriteCommand("activate", plan=plan_activate, params=[_KEY, *whose], help="Let a key work again."),
        WriteCommand(
            "deactivate",
            plan=plan_deactivate,
            params=[_KEY, *whose],
            destructive=True,
            help="Stop a key: at once here, in workspaces within the hour. It can be activated again.",
        ),
        WriteCommand(
            "rotate",
            plan=plan_rotate,
            params=[
                _KEY,
                *whose,
                click.Option(
                    ["--retain"],
                    type=DurationType(),
                    help="How long the present value works on: minutes, or 12h, 2d. Default: not at all.",
                ),
                *secret_options("the new value"),
            ],
            destructive=True,
            help="Give a key a new value.",
        ),
        WriteCommand(
            "delete",
            plan=plan_delete,
            params=[_KEY, *whose],
            destructive=True,
            help="Delete a key for good.",
        ),
    ):
        group.add_command(command)
