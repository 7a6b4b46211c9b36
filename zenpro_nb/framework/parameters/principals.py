"""Resolve the principals of a write: users, service accounts, teams and invitations, found by name before sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from msgspec import Struct

from zenpro_nb import query
from zenpro_nb.errors import AmbiguousNameError, IncompleteError, UnknownNameError
from zenpro_nb.framework.cli import invited
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import ParameterGroup
from zenpro_nb.framework.parameters.aliases import Invitations, ServiceAccounts, Teams, Users
from zenpro_nb.resources.control_plane import INVITATIONS
from zenpro_nb.resources.nouns import alternatives, one_of
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted


class PrincipalKind(Struct, frozen=True):
    """A kind of principal: the parameter that names it, the noun that lists it, and the API's field for its id."""

    parameter: str
    noun: str
    field: str

    @property
    def option(self) -> str:
        """Return the name of the option on the command line."""
        return f"--{self.parameter.removesuffix('s').replace('_', '-')}"


KINDS = (
    PrincipalKind("users", "users", "user_id"),
    # Inferred: a service account's id is sent in the same field as a user's (API facts 3.13).
    PrincipalKind("service_accounts", "service-accounts", "user_id"),
    PrincipalKind("teams", "teams", "team_id"),
    PrincipalKind("invitations", "invitations", "invitation_id"),
)


class Principal(Struct, frozen=True):
    """A principal; `field` is the API's field for its id: `user_id`, `team_id`, `invitation_id`."""

    id: str
    name: str
    field: str
    noun: str = ""  # the list that contains it, where it was looked up


class MemberNames(ParameterGroup, frozen=True):
    """The principals that can be in a team (API facts 3.11), as typed."""

    users: Users = ()
    service_accounts: ServiceAccounts = ()
    invitations: Invitations = ()


class PrincipalNames(ParameterGroup, frozen=True):
    """The principals that can have a role, as typed."""

    users: Users = ()
    service_accounts: ServiceAccounts = ()
    teams: Teams = ()
    invitations: Invitations = ()


def require_some(names: MemberNames | PrincipalNames) -> None:
    """Refuse a line without principals.

    Raises:
        IncompleteError: no principal was named.
    """
    if not any(texts for _, texts in _by_kind(names)):
        options = [kind.option for kind, _ in _by_kind(names)]
        raise IncompleteError("No principal was named", hint=f"Add {', '.join(options[:-1])} or {options[-1]}.")


def resolve(
    ctx: CommandContext, organization_id: str, names: MemberNames | PrincipalNames, *, invite: bool = False
) -> list[Principal]:
    """Return the named principals without duplicates, in the order of the kinds.

    Args:
        invite: an unknown email may belong to a person without an account; the error then offers to invite them.

    Raises:
        UnknownNameError: some do not exist; nothing was sent.
    """
    calls = [
        partial(_find_kind, ctx, organization_id, kind, texts, invite=invite)
        for kind, texts in _by_kind(names)
        if texts
    ]
    principals = [principal for group in ctx.session.client.fan_out(calls) for principal in group]
    return list({(principal.field, principal.id): principal for principal in principals}.values())


def find_any(
    ctx: CommandContext, organization_id: str, kinds: Sequence[PrincipalKind], text: str
) -> tuple[PrincipalKind, Principal]:
    """Return the principal of any of these kinds with this name, email or id.

    The lists of people can be long: they are not searched for the name of a team or service account.

    Raises:
        UnknownNameError: there is none; the message suggests similar names of all kinds.
        AmbiguousNameError: there are several; the message lists their ids.
    """
    short = [kind for kind in kinds if kind.noun in ("service-accounts", "teams") and "@" not in text]
    errors: list[Exception] = []
    for group in (short, [kind for kind in kinds if kind not in short]):
        calls = [partial(_find_kind, ctx, organization_id, kind, (text,), invite=False) for kind in group]
        found: dict[str, tuple[PrincipalKind, Principal]] = {}
        for kind, answer in zip(group, ctx.session.client.fan_out(calls, errors="return"), strict=True):
            if isinstance(answer, Exception):
                errors.append(answer)
            else:  # a service account is a user too, and its own kind comes later
                found |= {principal.id: (kind, principal) for principal in answer}
        if len(found) > 1:
            ids = ", ".join(f"{key} ({one_of(kind.noun)})" for key, (kind, _) in found.items())
            raise AmbiguousNameError(f"{text!r} is the name of several objects: {ids}", name=text, ids=list(found))
        for result in found.values():
            return result
    for error in errors:
        if len(kinds) == 1 or not isinstance(error, UnknownNameError):
            raise error
    names = [name for kind in kinds for name in ctx.session.names.of(kind.noun)]
    raise UnknownNameError(
        f"There is no {alternatives([kind.noun for kind in kinds])} {text!r}, or you cannot see it",
        hint=did_you_mean(text, names),
    )


def _by_kind(names: MemberNames | PrincipalNames) -> list[tuple[PrincipalKind, tuple[str, ...]]]:
    """Return the kinds that the group has, each with the names that were typed."""
    return [(kind, getattr(names, kind.parameter)) for kind in KINDS if hasattr(names, kind.parameter)]


def _find_kind(
    ctx: CommandContext, organization_id: str, kind: PrincipalKind, texts: Sequence[str], *, invite: bool
) -> list[Principal]:
    ids = {} if kind.noun == "users" else {"organization_id": organization_id}
    if kind.noun == "invitations":
        objects = pending(ctx, organization_id, texts)
    else:
        objects = _of_noun(ctx, kind, texts, ids, organization_id, invite=invite)
    return [Principal(object_.id, object_.name, kind.field, kind.noun) for object_ in objects]


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
        emails = [name for name in error.names if "@" in name]
        if kind.noun != "users" or not emails:
            raise
        invitations = invited.pending(ctx.session, organization_id, emails)
        if list(invitations) == error.names:
            raise _not_accepted(invitations) from None
        emails = [email for email in emails if email in error.strangers and email not in invitations]
        if not invite or not emails:
            raise
        line = " ".join(
            ["invitations create --role 'Organization Member'", *(f"--email {quoted(email)}" for email in emails)]
        )
        hint = f"{error.hint} To invite people without an account, run `{ctx.ui.name} {line}`."
        if invitations:
            hint = f"{invited.sentence(invitations)}: name them with --invitation. {hint}"
        raise UnknownNameError(error.message, hint=hint, strangers=error.strangers, names=()) from None


def _not_accepted(invitations: Mapping[str, Mapping[str, object]]) -> UnknownNameError:
    """Return the error about people whose invitation can be named in place of their account."""
    error = UnknownNameError(
        invited.sentence(invitations),
        hint=f"Use {' '.join(f'--invitation {quoted(email)}' for email in invitations)}.",
    )
    error.invited = list(invitations)
    return error


def pending(
    ctx: CommandContext, organization_id: str, texts: Sequence[str], *, expired: bool = False
) -> list[query.Found]:
    """Return the pending invitations for these emails or ids.

    Args:
        expired: if no invitation is pending, use one that has expired; a server may not count those as pending.
    """
    # A person may have been invited before: an accepted invitation for the same email does not count.
    ids = {"organization_id": organization_id}
    index = query.NameIndex(INVITATIONS, query.records(ctx.session, INVITATIONS, ids, {"only_pending": True}))
    names = list(dict.fromkeys(texts))
    if not expired or all(index.bearing(text) or index.has(text) for text in names):
        return [index.pick(text) for text in names]
    unaccepted = [record for record in query.records(ctx.session, INVITATIONS, ids) if not record.get("accepted")]
    expired_index = query.NameIndex(INVITATIONS, unaccepted)
    return [(index if index.bearing(text) or index.has(text) else expired_index).pick(text) for text in names]
