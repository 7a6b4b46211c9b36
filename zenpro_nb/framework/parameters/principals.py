"""Who a write is about: users, service accounts, teams, invitations, by name, each found before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.errors import IncompleteError, UnknownNameError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.resources.control_plane import INVITATIONS
from zenpro_nb.syntax.unparse import quoted


class PrincipalKind(Struct, frozen=True):
    """One kind of principal: the parameter that names it, where its names are, and what the API calls its id."""

    parameter: str
    noun: str
    field: str

    @property
    def option(self) -> str:
        """Return the option as it is typed."""
        return f"--{self.parameter.removesuffix('s').replace('_', '-')}"


KINDS = (
    PrincipalKind("users", "users", "user_id"),
    # Inferred: a service account's id goes where a user's does (API facts 3.13).
    PrincipalKind("service_accounts", "service-accounts", "user_id"),
    PrincipalKind("teams", "teams", "team_id"),
    PrincipalKind("invitations", "invitations", "invitation_id"),
)


class Principal(Struct, frozen=True):
    """One principal; `field` is what the API calls its id: `user_id`, `team_id`, `invitation_id`."""

    id: str
    name: str
    field: str


def require_some(given: Mapping[str, Any]) -> None:
    """Refuse a line that names nobody.

    Raises:
        IncompleteError: nobody was named.
    """
    if not any(given.get(kind.parameter) for kind in KINDS):
        known = [kind.option for kind in KINDS if kind.parameter in given]
        raise IncompleteError("Nobody was named", hint=f"Add {', '.join(known[:-1])} or {known[-1]}.")


def resolve(
    ctx: CommandContext, organization_id: str, given: Mapping[str, Any], *, invite: bool = False
) -> list[Principal]:
    """Return the principals that were named, each once, in the order of the kinds.

    Args:
        invite: whoever is unknown may be somebody who is to be invited first, which the error then offers.

    Raises:
        UnknownNameError: some are not there; nothing was sent.
    """
    wanted = [(kind, given[kind.parameter]) for kind in KINDS if given.get(kind.parameter)]
    calls = [partial(_found, ctx, organization_id, kind, texts, invite=invite) for kind, texts in wanted]
    found = [principal for group in ctx.session.client.fan_out(calls) for principal in group]
    return list({(principal.field, principal.id): principal for principal in found}.values())


def _found(
    ctx: CommandContext, organization_id: str, kind: PrincipalKind, texts: Sequence[str], *, invite: bool
) -> list[Principal]:
    ids = {} if kind.noun == "users" else {"organization_id": organization_id}
    if kind.noun == "invitations":
        things = pending(ctx, organization_id, texts)
    else:
        things = _of_noun(ctx, kind, texts, ids, organization_id, invite=invite)
    return [Principal(item.id, item.name, kind.field) for item in things]


def _of_noun(
    ctx: CommandContext,
    kind: PrincipalKind,
    texts: Sequence[str],
    ids: Mapping[str, str],
    organization_id: str,
    *,
    invite: bool,
) -> list[query.Found]:
    try:
        return query.find_all(ctx.session, kind.noun, texts, ids, member_of=organization_id)
    except UnknownNameError as error:
        emails = [name for name in error.strangers if "@" in name]
        if not invite or kind.noun != "users" or not emails:
            raise
        line = " ".join(
            ["invitations create --role 'Organization Member'", *(f"--email {quoted(email)}" for email in emails)]
        )
        hint = f"{error.hint} Or invite who is new: `{ctx.ui.name} {line}`."
        raise UnknownNameError(error.message, hint=hint, strangers=error.strangers) from None


def pending(
    ctx: CommandContext, organization_id: str, texts: Sequence[str], *, expired: bool = False
) -> list[query.Found]:
    """Return the invitations for these e-mails, or with these ids, that nobody has accepted yet.

    Args:
        expired: where none is waiting, one that has expired is meant; a server may call only the others pending.
    """
    # Somebody may have been invited before; an accepted invitation of the same e-mail is not meant.
    ids = {"organization_id": organization_id}
    index = query.NameIndex(INVITATIONS, query.records(ctx.session, INVITATIONS, ids, {"only_pending": True}))
    names = list(dict.fromkeys(texts))
    if not expired or all(index.bearing(text) or index.has(text) for text in names):
        return [index.pick(text) for text in names]
    every = [record for record in query.records(ctx.session, INVITATIONS, ids) if not record.get("accepted")]
    ended = query.NameIndex(INVITATIONS, every)
    return [(index if index.bearing(text) or index.has(text) else ended).pick(text) for text in names]
