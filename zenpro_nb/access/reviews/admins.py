"""What the recommendations of a review leave of the organization's administrators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from zenpro_nb.access.audit.facts import Facts, Held
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN
from zenpro_nb.access.model.keys import Key
from zenpro_nb.access.reviews.model import DONT_KNOW, REVOKE, ReviewRow

_LAST = "If this and the other recommendations are applied, nobody administers the organization any more."


def with_an_admin(facts: Facts, rows: Sequence[ReviewRow]) -> list[ReviewRow]:
    """Return the rows, so that the recommendations together leave an administrator.

    Where they would leave none, or only deactivated accounts and service accounts in place of active people, the rows
    by which somebody administers the organization are left open.
    """
    admins = [
        held
        for held in facts.held()
        if held.holder["user_id"]
        and held.assignment["level"] == "organization"
        and facts.is_admin(held.assignment, ORGANIZATION_ADMIN)
    ]
    revoked = {row.key for row in rows if row.recommendation == REVOKE}
    if _rank(facts, (held for held in admins if not revoked & _keys(held))) == _rank(facts, admins):
        return list(rows)
    needed = {key for held in admins for key in _keys(held)}
    return [
        replace(row, recommendation=DONT_KNOW, because=f"{row.because} {_LAST}")
        if row.recommendation == REVOKE and row.key in needed
        else row
        for row in rows
    ]


def _keys(held: Held) -> set[Key]:
    """Return the rows without which the role is not held: the assignment and, through a team, the membership."""
    return {held.key.assignment, held.key.source}


def _rank(facts: Facts, admins: Iterable[Held]) -> int:
    """Return 2 if an active person is among the administrators, 1 if only other accounts are, 0 if there is none."""
    ranks = (1 if facts.is_bot(held.holder) or facts.is_active(held.holder) is False else 2 for held in admins)
    return max(ranks, default=0)
