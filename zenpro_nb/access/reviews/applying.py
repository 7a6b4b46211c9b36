"""The plan of a review: one step for each row that is to be taken away and is still there, and what guards forbid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from zenpro_nb import frames, limits
from zenpro_nb.access.checks.admins import active_admins
from zenpro_nb.access.columns import ORGANIZATION_ADMIN, SCOPES
from zenpro_nb.access.facts import Facts, Record
from zenpro_nb.access.inventory import Inventory, InventoryList
from zenpro_nb.access.planning.model import Party, Step, StepKind
from zenpro_nb.access.reviews.model import MEMBERSHIP, Review, ReviewRow
from zenpro_nb.syntax.counts import counted

# In this order they are sent: whoever leaves the organization has nothing below it any more.
_KINDS: tuple[StepKind, ...] = ("team-member", "project-role", "workspace-role", "organization-role")
_NEEDED = ("assignments", "team_members", "roles", "users")  # one that is not whole may hide what is still there

Key = tuple[str, ...]


@dataclass(frozen=True)
class PlannedRow:
    """A row of a review, and the step that takes it away."""

    row: ReviewRow
    step: Step


def planned(
    review: Review,
    inventory: Inventory,
    *,
    min_org_admins: int = limits.MIN_ORG_ADMINS,
    allow_self: bool = False,
) -> list[PlannedRow]:
    """Return the steps that take away what was decided to be revoked, in the order in which they are sent.

    What is gone already is no step. A step that a guard blocks is among them, with the reason.

    Args:
        review: what was decided.
        inventory: what is so now.
        min_org_admins: how many active people must stay Organization Admin; or as many as there are, if fewer.
        allow_self: who applies it may lose what they have.

    Example:
        >>> assignment = {"user_id": "1", "role_id": "7", "role": "Workspace Viewer", "workspace_id": "9"}
        >>> now = Inventory.of({"assignments": [assignment], "team_members": []})
        >>> row = ReviewRow(1, "ada@example.com", "user", "role", "Workspace Viewer in ml-prod", scope="workspace",
        ...                 role_id="7", user_id="1", workspace_id="9", decision="revoke")
        >>> [(one.step.kind, one.step.party.name) for one in planned(Review("q4", rows=(row,)), now)]
        [('workspace-role', 'ada@example.com')]
    """
    there = _there(inventory)
    rows = sorted((one for one in review.to_revoke if key_of(one) in there), key=_order)
    found = [PlannedRow(one, _step(number, review, one)) for number, one in enumerate(rows, 1)]
    return _Guards(inventory, found, min_org_admins, allow_self).applied()


def gone(review: Review, inventory: Inventory) -> list[ReviewRow]:
    """Return the rows that were to be taken away, and are not there any more."""
    there = _there(inventory)
    return [one for one in review.to_revoke if key_of(one) not in there]


def unseen(inventory: Inventory) -> str:
    """Return which list cannot be seen whole, so that nothing can be planned, and why; empty where all can."""
    for name in _NEEDED:
        one = inventory[name]
        if not one.complete:
            return f"{name.replace('_', ' ')}: {one.gap.message if one.gap else 'its end was not seen'}"
    return ""


def key_of(row: ReviewRow) -> Key:
    """Return the ids by which a row is found again in an inventory."""
    if row.grant == MEMBERSHIP:
        return (MEMBERSHIP, row.team_id, row.user_id, row.invitation_id)
    return (row.role_id, row.user_id, row.team_id, row.invitation_id, row.workspace_id, row.project_id)


def _there(inventory: Inventory) -> set[Key]:
    return {*map(_assignment_key, _records(inventory, "assignments")), *map(_member_key, _records(inventory))}


def _records(inventory: Inventory, name: str = "team_members") -> list[Record]:
    found: list[Record] = frames.convert(inventory[name].frame, "records")
    return found


def _assignment_key(one: Record) -> Key:
    invited = "" if one["user_id"] else one["invitation_id"] or ""
    return (
        one["role_id"] or "", one["user_id"] or "", one["team_id"] or "", invited, one["workspace_id"] or "",
        one["project_id"] or "",
    )  # fmt: skip


def _member_key(one: Record) -> Key:
    invited = "" if one["user_id"] else one["invitation_id"] or ""
    return (MEMBERSHIP, one["team_id"] or "", one["user_id"] or "", invited)


def _kind(row: ReviewRow) -> StepKind:
    if row.grant == MEMBERSHIP:
        return "team-member"
    of_scope: Mapping[str, StepKind] = dict(zip(SCOPES, reversed(_KINDS[1:]), strict=True))
    return of_scope[row.scope]


def _order(row: ReviewRow) -> tuple[int, int]:
    return _KINDS.index(_kind(row)), row.row


def _step(number: int, review: Review, row: ReviewRow) -> Step:
    field, key = row.holder if row.grant != MEMBERSHIP else _member(row)
    where = row.workspace or review.organization_name
    scope = f"project {row.project_id} of {where}" if row.project_id else where
    return Step(
        number=number,
        does="remove",
        kind=_kind(row),
        party=Party(row.principal, field, key),
        role=row.role,
        role_id=row.role_id,
        team=row.team if row.grant == MEMBERSHIP else "",
        team_id=row.team_id if row.grant == MEMBERSHIP else "",
        workspace=row.workspace,
        workspace_id=row.workspace_id,
        project_id=row.project_id,
        scope=f"team {row.team}" if row.grant == MEMBERSHIP else scope,
        before={"role": row.role} if row.role else {"team": row.team},
        reason=f"review {review.name}, row {row.row}" + (f": {row.justification}" if row.justification else ""),
    )


def _member(row: ReviewRow) -> tuple[str, str]:
    return ("user_id", row.user_id) if row.user_id else ("invitation_id", row.invitation_id)


class _Guards:
    """What forbids steps of a review: nobody locks themselves out, and somebody administers the organization after it.

    Args:
        inventory: what is so now; its `me` is who applies.
    """

    def __init__(self, inventory: Inventory, rows: Sequence[PlannedRow], least: int, allow_self: bool) -> None:
        self._inventory = inventory
        self._rows = rows
        self._least = least
        self._allow_self = allow_self
        self._me = next((str(one["id"]) for one in _records(inventory, "me") if one["id"]), "")

    def applied(self) -> list[PlannedRow]:
        """Return the rows, those that a guard forbids blocked."""
        found = [self._own(one) for one in self._rows]
        return list(self._of_admins(found))

    def _own(self, one: PlannedRow) -> PlannedRow:
        if self._allow_self or not self._me or one.row.user_id != self._me:
            return one
        return _blocked(one, "self", "it is your own", "--allow-self lets you lose it")

    def _of_admins(self, rows: Sequence[PlannedRow]) -> Iterator[PlannedRow]:
        """Yield the rows; where too few would administer the organization, or not you any more, what lowers them not.

        Who is blocked already keeps what they have.
        """
        sent = {key_of(one.row) for one in rows if one.step.guard is None}
        before, after = self._admins(set()), self._admins(sent)
        lowering = self._lowering()
        few = len(after) < self._least and len(after) < len(before)
        locked_out = self._me in before and self._me not in after and not self._allow_self
        for one in rows:
            if one.step.guard is not None or key_of(one.row) not in lowering or not (few or locked_out):
                yield one
            elif few:
                why = f"{counted(len(after), 'active administrator')} would remain, and at least {self._least:,} must"
                yield _blocked(one, "admins", why, f"--min-org-admins {len(after)}")
            else:
                yield _blocked(one, "self", "you would not be an administrator any more", "--allow-self")

    def _admins(self, without: set[Key]) -> set[str]:
        """Return the ids of the active people who are Organization Admin once these rows are gone, teams expanded."""
        left = self._inventory.with_lists(
            _without(self._inventory.assignments, _assignment_key, without),
            _without(self._inventory.team_members, _member_key, without),
        )
        return set(active_admins(Facts(left, datetime.now(UTC))))

    def _lowering(self) -> set[Key]:
        """Return the rows without which fewer would be Organization Admin: the role itself, and places in its teams."""
        facts = Facts(self._inventory, datetime.now(UTC))
        of_admins = [
            one for one in facts.assignments if one["level"] == SCOPES[0] and facts.is_admin(one, ORGANIZATION_ADMIN)
        ]
        teams = {one["team_id"] for one in of_admins if one["team_id"]}
        members = [one for one in _records(self._inventory) if one["team_id"] in teams]
        return {*map(_assignment_key, of_admins), *map(_member_key, members)}


def _without(one: InventoryList, key: Callable[[Record], Key], without: set[Key]) -> InventoryList:
    """Return the list without the rows of these keys."""
    rows = frames.convert(one.frame, "records")
    kept = [at for at, row in zip(one.frame.index, rows, strict=True) if key(row) not in without]
    return replace(one, frame=one.frame.loc[kept].reset_index(drop=True))


def _blocked(one: PlannedRow, guard: str, why: str, lift: str) -> PlannedRow:
    return replace(one, step=replace(one.step, guard=guard, why_blocked=why, lift=lift))  # type: ignore[arg-type]
