"""The organizations that people leave: the one in use, or all that the caller can see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

from zenpro_nb import query
from zenpro_nb.commands.people import offboarding_work
from zenpro_nb.commands.people.offboarding_work import PlaceWithWork
from zenpro_nb.commands.people.other_organizations import Membership, membership_reads, organizations
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.inventory import ActionOnType
from zenpro_nb.resources.control_plane import ORGANIZATIONS


def places_to_leave(
    ctx: CommandContext, texts: Sequence[str], org: str | None, all_orgs: bool, pairs: Collection[ActionOnType]
) -> tuple[list[PlaceWithWork], list[PlaceWithWork], list[Membership]]:
    """Return the fully readable organizations, those that are not, and the memberships in other organizations.

    Raises:
        ZenProError: no organization can be read completely.
    """
    others: list[Membership] = []
    if not all_orgs:
        organization = query.Once(partial(query.organization, ctx.session, org))
        with ctx.ui.progress("organization", "list") as advance:
            here = offboarding_work.read_place(
                ctx.session,
                organization,
                texts,
                advance,
                pairs,
                [lambda: membership_reads(ctx, organizations(ctx), organization().id, others)],
            )
        places = [here]
    elif org is not None:
        raise UsageError("--org cannot be combined with --all-orgs", hint="Omit one of the two.")
    else:
        places = _everywhere(ctx, texts, pairs)
    whole = [place for place in places if not place.hidden]
    if not whole:
        reason = places[0].hidden if places else "you cannot see any organization"
        raise ZenProError(f"No one was offboarded: {reason}", hint="Check your own roles with `access`.")
    return whole, [place for place in places if place.hidden], others


def _everywhere(ctx: CommandContext, texts: Sequence[str], pairs: Collection[ActionOnType]) -> list[PlaceWithWork]:
    """Return all visible organizations. Those seen before are read while the list is being requested."""
    session = ctx.session
    organization_ids = list(session.names.by_id(ORGANIZATIONS.noun))

    def no_progress(_count: int) -> None:
        """Report nothing: the organizations are counted instead."""

    def calls(keys: Sequence[str]) -> list[Callable[[], Any]]:
        finds = [partial(query.organization, session, key) for key in keys]
        return [partial(offboarding_work.read_place, session, find, texts, no_progress, pairs) for find in finds]

    def read_listed() -> tuple[list[str], dict[str, PlaceWithWork]]:
        keys = [query.id_of(ORGANIZATIONS, record) for record in query.records(session, ORGANIZATIONS)]
        new = [key for key in keys if key not in organization_ids]
        return keys, dict(zip(new, session.client.fan_out(calls(new)), strict=True))

    with ctx.ui.progress("organizations", "organization") as advance:
        first, *early = session.client.fan_out(
            [read_listed, *calls(organization_ids)], errors="return", progress=advance
        )
    if isinstance(first, Exception):
        raise first
    keys, read = first
    for key, error in zip(organization_ids, early, strict=True):
        if isinstance(error, Exception) and key in keys:
            raise error
        read[key] = error
    return [read[key] for key in keys]
