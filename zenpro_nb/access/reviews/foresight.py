"""What `reviews apply` will refuse, known while a review is decided: its rows are the state that the guards judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any

from zenpro_nb import limits
from zenpro_nb.access.model.columns import BOT, BOT_MARK, SUPERUSER
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.guards import OF_WRITES
from zenpro_nb.access.plans.make import make_plan
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.access.reviews.apply import desired_row, rows_of_steps
from zenpro_nb.access.reviews.model import MEMBERSHIP, Review, ReviewRow
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.unparse import quoted

_GUARDS = {guard.name for guard in OF_WRITES}


class Foresight:
    """The guards of `reviews apply` for one review. Sends no request.

    Args:
        review: the review, whose rows are the current state until they are revoked.
        me_id: the id of the account that decides; empty if unknown.

    Example:
        >>> row = ReviewRow(1, "ada@example.com", "user", "role", "Organization Admin in acme", scope="organization",
        ...                 role="Organization Admin", role_id="7", user_id="1", active=True, decision="revoke")
        >>> review = Review("q4", organization_name="acme", rows=(row,))
        >>> Foresight(review, "").warnings(review, [1])
        ['`reviews apply q4` will refuse row 1 without `--min-org-admins 0`: 0 of 1 active user would remain \
Organization Admin of acme, but at least 1 must.']
    """

    def __init__(self, review: Review, me_id: str) -> None:
        self._review = review
        self._me_id = me_id

    @cached_property
    def _inventory(self) -> Inventory:
        review = self._review
        lists = _lists([row for row in review.rows if not row.is_settled])
        facts = {"organization_id": review.organization_id, "organization_name": review.organization_name}
        return Inventory.of(lists, **facts)

    def warnings(self, review: Review, decided: Collection[int]) -> list[str]:
        """Return one sentence per guard that will block rows that were just decided, with the option that allows it.

        Args:
            review: the review with all decisions so far.
            decided: the numbers of these rows.
        """
        # Invitations have no admin access to lose.
        going = [row for row in review.to_revoke if not row.invitation_id and (row.role_id or row.team_id)]
        if not any(row.row in decided for row in going):
            return []
        desired = [desired_row(review, row, present=False) for row in going]
        plan = make_plan(self._inventory, desired, GuardOptions(me_id=self._me_id, named_on_a_line=True))
        numbers = dict(rows_of_steps(plan, going))
        refused: dict[tuple[str, str], list[int]] = defaultdict(list)
        for step in plan.steps:
            if step.guard in _GUARDS:
                refused[step.override, step.blocked_reason] += (
                    row for row in numbers.get(step.number, ()) if row in decided
                )
        return [
            f"`reviews apply {quoted(review.name)}` will refuse {_rows(found)} without `{override}`: {reason}"
            for (override, reason), found in refused.items()
            if found
        ]


def _rows(numbers: Collection[int]) -> str:
    names = name_list([str(number) for number in sorted(numbers)], limits.NAMES_IN_REASON)
    return f"row{'' if len(numbers) == 1 else 's'} {names}"


_IDS = ("user_id", "team_id", "invitation_id", "role_id", "workspace_id", "project_id")


def _lists(rows: Collection[ReviewRow]) -> dict[str, list[dict[str, Any]]]:
    """Return the lists of an inventory with the roles and memberships of these rows."""
    roles = [row for row in rows if row.role_id]
    return {
        "users": list(_users(rows)),
        # The rows do not contain which roles are predefined: without this field, roles are recognized by name.
        "roles": _each(rows, "role_id", name="role", level="scope"),
        "teams": _each(rows, "team_id", name="team"),
        "workspaces": _each(rows, "workspace_id", name="workspace"),
        "assignments": [
            {
                **{name: getattr(row, name) or None for name in _IDS},
                "role": row.role,
                "level": row.scope,
                "principal": row.team or row.principal,
                "workspace": row.workspace or None,
            }
            for row in roles
        ],
        "team_members": [
            {"team_id": row.team_id, "team": row.team, "user_id": row.user_id or None,
             "invitation_id": row.invitation_id or None}
            for row in rows
            if row.type == MEMBERSHIP
        ],
        "invitations": _each(rows, "invitation_id", email="principal"),
    }  # fmt: skip


def _each(rows: Collection[ReviewRow], key: str, **columns: str) -> list[dict[str, Any]]:
    """Return the objects whose ids are in one field of the rows, once each, with columns from other fields."""
    objects = {
        getattr(row, key): {"id": getattr(row, key), **{name: getattr(row, field) for name, field in columns.items()}}
        for row in rows
        if getattr(row, key)
    }
    return list(objects.values())


def _users(rows: Collection[ReviewRow]) -> Iterator[dict[str, Any]]:
    superusers = {row.user_id for row in rows if row.role == SUPERUSER and not row.role_id}
    for row in {row.user_id: row for row in rows if row.user_id}.values():
        is_bot = row.kind == BOT
        yield {
            "id": row.user_id,
            "username" if is_bot else "email": row.principal.removeprefix(BOT_MARK) if is_bot else row.principal,
            "is_active": row.active,
            "is_service_account": is_bot,
            "is_superuser": row.user_id in superusers,
        }
