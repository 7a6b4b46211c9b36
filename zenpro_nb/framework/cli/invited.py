"""The error about people who are named like users, but are only invited."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zenpro_nb import limits, query
from zenpro_nb.errors import UnknownNameError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.resources.control_plane import INVITATIONS
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.unparse import quoted

Record = Mapping[str, Any]
_ORG = "--org"


def pending(session: Session, organization_id: str, emails: Sequence[str]) -> dict[str, Record]:
    """Return the open invitation of each of the emails that has one; none if the invitations cannot be read."""
    ids = {"organization_id": organization_id}
    try:
        index = query.NameIndex(INVITATIONS, query.records(session, INVITATIONS, ids, {"only_pending": True}))
    except ZenProError:
        return {}
    return {email: records[-1] for email in emails if (records := index.bearing(email))}


def sentence(invitations: Mapping[str, Record]) -> str:
    """Return since when these people are invited.

    >>> sentence({"a@example.com": {"created": "2026-11-30T22:10:00"}})
    "'a@example.com' was invited on 2026-11-30 and has not accepted yet, so there is no account"
    >>> sentence({"a@example.com": {}, "b@example.com": {"created": "2026-11-30T22:10:00"}})
    "'a@example.com', 'b@example.com' (2026-11-30) were invited and have not accepted yet, so there are no accounts"
    """
    dates = {email: _date(record.get("created")) for email, record in invitations.items()}
    if len(dates) == 1:
        ((email, date),) = dates.items()
        when = f" on {date}" if date else ""
        return f"{email!r} was invited{when} and has not accepted yet, so there is no account"
    names = [f"{email!r}{f' ({date})' if date else ''}" for email, date in dates.items()]
    people = name_list(names, limits.NAMES_IN_MESSAGE)
    return f"{people} were invited and have not accepted yet, so there are no accounts"


def _date(created: object) -> str:
    try:
        return f"{datetime.fromisoformat(str(created)):%Y-%m-%d}"
    except ValueError:  # inferred: API facts 4.10
        return ""


def explain(error: UnknownNameError, ctx: CommandContext, arguments: Sequence[str]) -> None:
    """Let an error about unknown people name those who are invited, and the command for their invitation.

    Args:
        arguments: the words of the line, with placeholders.
    """
    emails = [name for name in error.names if "@" in name]
    if not emails or error.invited or ctx.session.settings.plain or ctx.session.settings.credential is None:
        return
    try:
        organization = query.organization(ctx.session, _organization(ctx, arguments))
    except ZenProError:
        return  # without it, the invitations are unknown
    invitations = pending(ctx.session, organization.id, emails)
    if not invitations:
        return
    first, *others = map(quoted, invitations)
    look = "" if others else f"To see the roles of the invitation, use `access {first}`. "
    advice = f"{look}To withdraw {'them' if others else 'it'}, use `invitations revoke {' '.join([first, *others])}`."
    if len(invitations) == len(error.names):
        error.message, error.hint = sentence(invitations), advice
    else:
        error.hint = f"{sentence(invitations)}. {advice} {error.hint}".rstrip()


def _organization(ctx: CommandContext, arguments: Sequence[str]) -> str | None:
    """Return the organization that a line names; None for the one in use."""
    values = [second for first, second in itertools.pairwise(arguments) if first == _ORG]
    values += [word.partition("=")[2] for word in arguments if word.startswith(f"{_ORG}=")]
    return ctx.values.as_typed(values[0]) if values else None
