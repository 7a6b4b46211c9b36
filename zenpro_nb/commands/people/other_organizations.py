"""Accounts that also belong to other organizations; they stay active when they are offboarded from one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.resources.control_plane import MEMBERS, ORGANIZATIONS


class Membership(Struct, frozen=True):
    """Another organization, and the IDs of its members."""

    organization_id: str
    name: str
    users: set[str]


def organizations(ctx: CommandContext) -> dict[str, str]:
    """Return the names of the organizations that the caller can see, by ID."""
    return {
        query.id_of(ORGANIZATIONS, record): str(record.get("name") or record.get("id"))
        for record in query.records(ctx.session, ORGANIZATIONS)
    }


def memberships(ctx: CommandContext, names: Mapping[str, str], here: str) -> list[Membership]:
    """Return the members of the other organizations that the caller can see; see `membership_reads`."""
    found: list[Membership] = []
    ctx.session.client.fan_out(membership_reads(ctx, names, here, found))
    return found


def membership_reads(
    ctx: CommandContext, names: Mapping[str, str], here: str, found: list[Membership]
) -> list[Callable[[], None]]:
    """Return reads of the members of the other organizations that the caller can see; each adds its result to `found`.

    Args:
        names: the names of all organizations, by ID.
        here: the ID of the organization that the command is about.
    """

    def read(key: str, name: str) -> None:
        # If the members of an organization cannot be read, it is unknown whether an account belongs to it: skip it.
        with contextlib.suppress(ZenProError):
            found.append(Membership(key, name, _members(ctx, key)))

    return [partial(read, key, name) for key, name in names.items() if key != here]


def names_by_account(others: Sequence[Membership], here: str) -> dict[str, list[str]]:
    """Return the names of each account's other organizations, by account ID.

    Args:
        here: the ID of the organization that the command is about.
    """
    names: dict[str, list[str]] = {}
    for peer in sorted(others, key=lambda peer: peer.name):
        for key in peer.users if peer.organization_id != here else ():
            names.setdefault(key, []).append(peer.name)
    return names


def _members(ctx: CommandContext, organization_id: str) -> set[str]:
    flags = {"include_teams": False, "include_service_accounts": False}
    records = query.records(ctx.session, MEMBERS, {"organization_id": organization_id}, flags)
    return {str(user.get("id")) for record in records if isinstance(user := record.get("user"), dict)}
