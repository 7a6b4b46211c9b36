"""The recommendation for each row of a review, and its reason: the audit's findings about that row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck
from zenpro_nb.access.audit.lookups import RoleHolding
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, USER
from zenpro_nb.access.model.keys import (
    ADMINS,
    HOLDERS,
    AccountKey,
    AccountMembershipsKey,
    AccountRolesKey,
    AssignmentKey,
    EntryKey,
    HeldRoleKey,
    InvitationKey,
    Key,
    MembershipKey,
    RoleKey,
    TeamKey,
    TopicKey,
)
from zenpro_nb.access.reviews.model import ACCEPTED, DONT_KNOW, KEEP, MEMBERSHIP, REVOKE, ROLE, ReviewRow

NO_FINDING = "The audit has no finding."
_UNKNOWN_ACTIVITY = "It is unknown whether the account is active."


class Rule(Struct, frozen=True):
    """The recommendation of a check's findings, and the rows that it applies to.

    Attributes:
        recommendation: `revoke` or `don't-know`.
        rows: convert the key of a finding to the key of its rows; by default the same key.
    """

    recommendation: str
    rows: Callable[[Any], Hashable] = lambda key: key


def _source(key: HeldRoleKey) -> Key:
    return key.source


def _account(key: Any) -> Key:
    return AccountKey(key.user_id)


RECOMMENDATIONS: dict[str, Rule] = {
    "inactive-with-roles": Rule(REVOKE),
    "inactive-in-team": Rule(REVOKE),
    "service-account-is-admin": Rule(REVOKE, _source),
    "redundant-role": Rule(REVOKE),
    "role-without-membership": Rule(REVOKE),
    "role-in-deleted-workspace": Rule(REVOKE),
    "invitation-expired-or-old": Rule(REVOKE),
    "invitation-of-member": Rule(REVOKE),
    "team-empty": Rule(REVOKE),
    "never-signed-in": Rule(REVOKE),
    "dormant": Rule(REVOKE),
    "role-unused": Rule(REVOKE, _source),
    "too-many-org-admins": Rule(DONT_KNOW),
    "invitation-powerful": Rule(DONT_KNOW, _source),
    "outside-domains": Rule(DONT_KNOW),
    "service-account-without-active-key": Rule(DONT_KNOW),
    "key-unused": Rule(DONT_KNOW, _account),
    "custom-role-reads-secrets": Rule(DONT_KNOW),
}
# The findings of these checks do not concern a single row: keys, passwords, roles and teams themselves.
NO_RECOMMENDATION = frozenset({
    "local-account-with-sso", "too-few-org-admins", "superuser", "workspace-without-admin",
    "service-account-without-role",
    "key-never-expires", "key-expires-soon", "key-old", "direct-instead-of-team", "custom-role-unused",
    "team-of-one", "workspace-local-service-account",
    "access-expired",  # a review reads no file with deadlines
})  # fmt: skip


def with_recommendations(
    facts: Facts, checks: Collection[AuditCheck], rows: Sequence[ReviewRow]
) -> tuple[list[ReviewRow], list[str]]:
    """Return the rows with a recommendation and its reasons, and what the checks could not determine.

    A reason to revoke outweighs a reason to leave the decision open; all reasons are listed. A row without a finding
    can be kept. No recommendation removes the last administrator of the organization.
    """
    by_key: dict[Hashable, list[int]] = defaultdict(list)
    for row in rows:
        for key in keys_of(row, lambda row: facts.is_admin(_as_assignment(row), ORGANIZATION_ADMIN)):
            by_key[key].append(row.row)
    found: dict[int, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    gaps = []
    for check in checks:
        rule = RECOMMENDATIONS.get(check.name)
        if rule is None:
            continue
        for finding in check.findings(facts):
            if finding.unknown:
                gaps.append(f"{check.name}: {finding.reason}")
                continue
            for number in by_key.get(rule.rows(finding.key), ()):
                reasons = found[number][rule.recommendation]
                if (check.name, finding.reason) not in reasons:
                    reasons.append((check.name, finding.reason))
    recommended = [_with_recommendation(row, found.get(row.row, {})) if row.is_open else row for row in rows]
    return with_an_admin(facts, recommended), list(dict.fromkeys(gaps))


def outdated_rows(facts: Facts, rows: Sequence[ReviewRow]) -> set[int]:
    """Return the numbers of the rows that were decided as recommended, for reasons that no longer hold.

    The role that covered a redundant one may be gone. Checks that read more than the inventory are not repeated.
    """
    repeated = {
        name: check for name, check in CHECKS.items()
        if not (check.with_file or check.with_workspaces or check.with_usage)
    }  # fmt: skip
    candidates = [
        row for row in rows if row.justification == ACCEPTED and row.checks and repeated.keys() >= {*row.checks}
    ]
    names = dict.fromkeys(name for row in candidates for name in row.checks)
    now, gaps = with_recommendations(facts, [repeated[name] for name in names], candidates)
    return set() if gaps else {row.row for row in now if row.recommendation != REVOKE}


def _as_assignment(row: ReviewRow) -> Mapping[str, str]:
    return {"role_id": row.role_id, "role": row.role}


def _with_recommendation(row: ReviewRow, reasons: Mapping[str, list[tuple[str, str]]]) -> ReviewRow:
    """Return a row with its recommendation.

    Args:
        reasons: the check and the reason of each finding, by recommendation.
    """
    if reasons:
        recommendation = REVOKE if REVOKE in reasons else DONT_KNOW
        texts = dict.fromkeys(text for word in (REVOKE, DONT_KNOW) for _, text in reasons.get(word, ()))
        checks = tuple(dict.fromkeys(name for name, _ in reasons[recommendation]))
        return replace(row, recommendation=recommendation, reason=" ".join(texts), checks=checks)
    if row.kind == USER and row.active is None:
        return replace(row, recommendation=DONT_KNOW, reason=_UNKNOWN_ACTIVITY)
    return replace(row, recommendation=KEEP, reason=NO_FINDING)


def keys_of(row: ReviewRow, is_admin: Callable[[ReviewRow], bool]) -> Iterator[Key]:
    """Yield the keys of a row; a row for information has none, because it gets no recommendation.

    Args:
        row: the row.
        is_admin: return whether a row is for the role Organization Admin.
    """
    if row.type == ROLE:
        yield row.key
        yield RoleKey(row.role_id)
        if row.user_id:
            yield AccountRolesKey(row.user_id)
            yield EntryKey(row.workspace_id, row.user_id)
        elif row.team_id:
            yield TeamKey(row.team_id)
        # Deactivated accounts and service accounts do not count as active users.
        if row.active and row.kind == USER and not row.workspace_id and is_admin(row):
            yield ADMINS
    elif row.type == MEMBERSHIP:
        yield row.key
        if row.user_id:
            yield AccountMembershipsKey(row.user_id)
    else:
        return
    if row.user_id:
        yield AccountKey(row.user_id)
    if row.invitation_id:
        yield InvitationKey(row.invitation_id)


def require_matching(rules: Mapping[str, Rule], checks: Mapping[str, AuditCheck] = CHECKS) -> None:
    """Refuse rules that match no row: they would recommend nothing, silently.

    Each rule is tested with every form of its check's key on sample rows. In both, each id is the name of its field.

    Raises:
        ValueError: a rule is of no check, or one of its keys matches no row.
    """
    rows = {key for row in _sample_rows() for key in keys_of(row, lambda _: True)}
    for name, rule in rules.items():
        if name not in checks:
            raise ValueError(f"A rule recommends {rule.recommendation} for the findings of {name!r}: no such check")
        for key in _sample_keys(checks[name].about):
            if rule.rows(key) not in rows:
                raise ValueError(f"The rule of {name!r} matches no row: {key} becomes {rule.rows(key)}")


_WORKSPACE = {"workspace_id": "workspace_id"}
_PLACES: tuple[dict[str, str], ...] = ({}, _WORKSPACE, {**_WORKSPACE, "project_id": "project_id"})


def _sample_rows() -> Iterator[ReviewRow]:
    for holder, place in product(HOLDERS, _PLACES):
        ids: dict[str, Any] = {holder: holder, **place}
        yield ReviewRow(1, "principal", USER, ROLE, "a role", active=True, role_id="role_id", **ids)
    for holder in ("user_id", "invitation_id"):
        who: dict[str, Any] = {holder: holder}
        yield ReviewRow(1, "principal", USER, MEMBERSHIP, "a team", team_id="team_id", **who)


def _sample_keys(kind: Any) -> Iterator[Key]:
    assignments = [AssignmentKey("role_id", **{holder: holder}, **place) for holder, place in product(HOLDERS, _PLACES)]
    memberships = [MembershipKey("team_id", **{holder: holder}) for holder in ("user_id", "invitation_id")]
    if kind is AssignmentKey:
        yield from assignments
    elif kind is MembershipKey:
        yield from memberships
    elif kind is HeldRoleKey:
        yield from (HeldRoleKey(key) for key in assignments if not key.team_id)
        yield from (HeldRoleKey(key, membership) for key in assignments if key.team_id for membership in memberships)
    elif kind is TopicKey:
        yield ADMINS
    else:
        yield kind(*kind.__struct_fields__)


def require_complete(checks: Mapping[str, AuditCheck] = CHECKS) -> None:
    """Refuse checks without a decision about reviews: they would recommend nothing, silently.

    Raises:
        ValueError: a check is neither in `RECOMMENDATIONS` nor in `NO_RECOMMENDATION`.
    """
    for name in checks:
        if name not in RECOMMENDATIONS and name not in NO_RECOMMENDATION:
            raise ValueError(
                f"The audit check {name!r} has no recommendation for reviews. Enter it in RECOMMENDATIONS or in"
                " NO_RECOMMENDATION, in zenpro_nb/access/reviews/recommend.py"
            )


require_matching(RECOMMENDATIONS)
require_complete()


# --- keep an administrator ------------------------------------------------------------

_NO_ADMIN_LEFT = "Applying all recommendations would leave the organization without an administrator."


def with_an_admin(facts: Facts, rows: Sequence[ReviewRow]) -> list[ReviewRow]:
    """Return the rows with recommendations that together leave an administrator.

    If they would leave none, or only deactivated and service accounts in place of active users, the rows that grant the
    administration of the organization are left open.
    """
    admins = [
        holding
        for holding in facts.holdings()
        if holding.holder["user_id"]
        and holding.assignment["level"] == "organization"
        and facts.is_admin(holding.assignment, ORGANIZATION_ADMIN)
    ]
    revoked = {row.key for row in rows if row.recommendation == REVOKE}
    if _rank(facts, (holding for holding in admins if not revoked & _keys(holding))) == _rank(facts, admins):
        return list(rows)
    admin_keys = {key for holding in admins for key in _keys(holding)}
    return [
        replace(row, recommendation=DONT_KNOW, reason=f"{row.reason} {_NO_ADMIN_LEFT}")
        if row.recommendation == REVOKE and row.key in admin_keys
        else row
        for row in rows
    ]


def _keys(holding: RoleHolding) -> set[Key]:
    """Return the keys that the role depends on: the assignment and, through a team, the membership."""
    return {holding.key.assignment, holding.key.source}


def _rank(facts: Facts, admins: Iterable[RoleHolding]) -> int:
    """Return 2 if an active user is among the administrators, 1 if only other accounts are, 0 if there is none."""
    ranks = (1 if facts.is_bot(holding.holder) or facts.is_active(holding.holder) is False else 2 for holding in admins)
    return max(ranks, default=0)
