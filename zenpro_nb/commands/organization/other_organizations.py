"""Which accounts also belong to other organizations: those are not deactivated for the sake of one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.resources.control_plane import MEMBERS, ORGANIZATIONS


class Membership(Struct, frozen=True):
    """An organization beside the one that is meant, and the ids of who is in it."""

    organization_id: str
    name: str
    users: set[str]


def memberships(ctx: CommandContext, org: str | None) -> list[Membership]:
    """Return who is in the other organizations, as far as one sees them."""
    here = query.organization(ctx.session, org).id
    others = [
        (key, str(record.get("name") or key))
        for record in query.records(ctx.session, ORGANIZATIONS)
        if (key := query.id_of(ORGANIZATIONS, record)) != here
    ]
    found = ctx.session.client.fan_out([partial(_members, ctx, key) for key, _ in others], errors="return")
    for group in found:
        # Whose members one may not see is an organization of which one does not see that they are there.
        if isinstance(group, Exception) and not isinstance(group, ZenProError):
            raise group
    return [Membership(key, name, ids) for (key, name), ids in zip(others, found, strict=True) if isinstance(ids, set)]


def names_by_account(others: Sequence[Membership], here: str) -> dict[str, list[str]]:
    """Return the names of the other organizations that each account is a member of, by the accounts' ids.

    Args:
        here: the id of the organization that is meant.
    """
    held: dict[str, list[str]] = {}
    for peer in others:
        for key in peer.users if peer.organization_id != here else ():
            held.setdefault(key, []).append(peer.name)
    return held


def _members(ctx: CommandContext, organization_id: str) -> set[str]:
    flags = {"include_teams": False, "include_service_accounts": False}
    found = query.records(ctx.session, MEMBERS, {"organization_id": organization_id}, flags)
    return {str(user.get("id")) for record in found if isinstance(user := record.get("user"), dict)}
