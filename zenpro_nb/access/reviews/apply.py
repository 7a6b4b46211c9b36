"""The plan of a review: revocations that were decided and not yet applied, as desired rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from msgspec import Struct

from zenpro_nb import frames, limits
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.model.columns import SCOPES
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.model.keys import AssignmentKey, MembershipKey
from zenpro_nb.access.plans.lookup import ID_MARK
from zenpro_nb.access.plans.make import make_plan
from zenpro_nb.access.plans.model import DesiredRow, Plan, Step, StepKind
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.access.reviews.model import MEMBERSHIP, Review, ReviewRow
from zenpro_nb.access.reviews.recommend import outdated_rows
from zenpro_nb.resources.nouns import words

_OF_SCOPE: dict[str, StepKind] = dict(zip(SCOPES, ("organization-role", "workspace-role", "project-role"), strict=True))

# Why a decision is not applied, and what to do.
_OUTDATED = (
    "Its recommendation no longer has a reason. Decide it in a new review, or run `roles revoke` or `teams remove`."
)

Key = AssignmentKey | MembershipKey


class ReviewPlan(Struct, frozen=True):
    """The plan of a review.

    Attributes:
        plan: the steps, blocked ones among them.
        rows: by the number of a step, the numbers of the review's rows that it takes away.
    """

    plan: Plan
    rows: dict[int, tuple[int, ...]]


def plan_steps(
    review: Review,
    inventory: Inventory,
    now: datetime,
    *,
    min_org_admins: int = limits.MIN_ORG_ADMINS,
    allow_self: bool = False,
) -> ReviewPlan:
    """Return the plan of the decided revocations; assignments that no longer exist are skipped.

    Each revocation was decided by a person, so the number of removals is not limited; all other guards of plans apply.
    A revocation that the audit recommended for a reason that no longer holds is skipped. An invitation that keeps a
    role or team is not revoked.

    Args:
        review: the review.
        inventory: the current state; its `me` is the caller.
        now: the time from which ages are computed.
        min_org_admins: the number of active users that must remain Organization Admin, or their current number if
            lower.
        allow_self: allow the caller to lose their own admin access.

    Example:
        >>> now = Inventory.of({
        ...     "users": [{"id": "1", "email": "ada@example.com"}], "workspaces": [{"id": "9", "name": "ml-prod"}],
        ...     "roles": [{"id": "7", "name": "Workspace Viewer", "level": "workspace"}],
        ...     "assignments": [{"user_id": "1", "role_id": "7", "role": "Workspace Viewer", "workspace_id": "9"}],
        ... })
        >>> row = ReviewRow(1, "ada@example.com", "user", "role", "Workspace Viewer in ml-prod", scope="workspace",
        ...                 role_id="7", user_id="1", workspace_id="9", decision="revoke")
        >>> found = plan_steps(Review("q4", rows=(row,)), now, datetime.now())
        >>> [(step.does, step.kind, step.party.name) for step in found.plan.steps], found.rows
        ([('remove', 'workspace-role', 'ada@example.com')], {1: (1,)})
    """
    there = _there(inventory)
    going = [row for row in review.to_revoke if key_of(row) in there]
    outdated = outdated_rows(Facts(inventory, now), going)
    numbers = {row.row for row in going}
    invited = {row.invitation_id for row in going if row.invitation_id}
    plan_rows = [
        row for row in review.open if row.invitation_id in invited and row.row not in numbers and key_of(row) in there
    ]
    options = GuardOptions(min_org_admins=min_org_admins, allow_self=allow_self, named_on_a_line=True)
    rows = [
        *(desired_row(review, row, present=False, skip=_OUTDATED if row.row in outdated else "") for row in going),
        *(desired_row(review, row, present=True) for row in plan_rows),
    ]
    plan = make_plan(inventory, rows, options)
    return ReviewPlan(plan, dict(rows_of_steps(plan, going)))


def missing_rows(review: Review, inventory: Inventory) -> list[ReviewRow]:
    """Return the rows to revoke that no longer exist."""
    there = _there(inventory)
    return [row for row in review.to_revoke if key_of(row) not in there]


def unseen(inventory: Inventory) -> str:
    """Return which incomplete list hides whether rows still exist, and why; empty if all lists are complete."""
    for name in ("assignments", "team_members"):
        list_ = inventory[name]
        if not list_.complete:
            return f"{words(name)}: {list_.gap.message if list_.gap else 'the list is incomplete'}"
    return ""


def key_of(row: ReviewRow) -> Key:
    """Return the key of a row in an inventory."""
    return row.key


def _there(inventory: Inventory) -> set[Key]:
    assigned = frames.convert(inventory.assignments.frame, "records")
    members = frames.convert(inventory.team_members.frame, "records")
    return {*map(AssignmentKey.of, assigned), *map(MembershipKey.of, members)}


def desired_row(review: Review, row: ReviewRow, *, present: bool, skip: str = "") -> DesiredRow:
    """Return a row of a review as a row of a plan; `skip` is why its step is skipped."""
    is_member = row.type == MEMBERSHIP
    return DesiredRow(
        kind="team-member" if is_member else _OF_SCOPE[row.scope],
        principal=f"{ID_MARK}{row.user_id or row.invitation_id or row.team_id}",
        role=row.role_id,
        team=row.team_id if is_member else "",
        workspace=row.workspace_id,
        project_id=row.project_id,
        present=present,
        needs_exact=bool(skip),
        skip=skip,
        source=f"review {review.name}, row {row.row}",
        why=row.justification,
    )


def rows_of_steps(plan: Plan, going: Collection[ReviewRow]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield each step with the rows that it revokes; revoking an invitation revokes all of its rows."""
    by_key = {key_of(row): row.row for row in going}
    of_invitation: dict[str, list[int]] = defaultdict(list)
    for revoked in going:
        of_invitation[revoked.invitation_id].append(revoked.row)
    for step in plan.steps:
        if step.kind == "invitation":
            yield step.number, tuple(of_invitation[step.party.id])
        elif (number := by_key.get(_step_key(step))) is not None:
            yield step.number, (number,)


def _step_key(step: Step) -> Key:
    ids = {step.party.field: step.party.id}
    if step.kind == "team-member":
        return MembershipKey(step.team_id, **ids)
    return AssignmentKey(step.role_id, **ids, workspace_id=step.workspace_id, project_id=step.project_id)
