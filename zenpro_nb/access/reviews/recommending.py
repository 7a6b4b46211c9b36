"""What is recommended about each row of a review, and why: the audit's findings, as far as they are about one row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.access.columns import ORGANIZATION_ADMIN, USER
from zenpro_nb.access.facts import Facts
from zenpro_nb.access.findings import AuditCheck
from zenpro_nb.access.reviews.model import DONT_KNOW, KEEP, MEMBERSHIP, REVOKE, ROLE, ReviewRow

Tag = tuple[str, ...]  # what a row is known by: the first word says how, the others are ids
Key = tuple[str, ...]  # of a finding

NOTHING = "Nothing speaks against it."
_UNTOLD = "Whether they may still sign in is not known."


class Rule(Struct, frozen=True):
    """What a check's findings recommend, and about which rows.

    Attributes:
        recommendation: `revoke` or `don't-know`.
        tag: from the finding's key to the tag of the rows.
    """

    recommendation: str
    tag: Callable[[Key], Tag]


def _account(key: Key) -> Tag:
    return ("account", key[0])


def _invitation(key: Key) -> Tag:
    return ("invitation", key[0])


def _held(key: Key) -> Tag:
    """Return the tag for `(holder, role, workspace, name of the team that it comes through)`."""
    return ("in", key[0], key[3]) if key[3] else ("held", key[0], key[1], key[2])


RULES: dict[str, Rule] = {
    "inactive-with-roles": Rule(REVOKE, lambda key: ("roles", key[0])),
    "inactive-in-team": Rule(REVOKE, lambda key: ("member", *key)),
    "bot-is-admin": Rule(REVOKE, _held),
    "redundant-role": Rule(REVOKE, lambda key: ("grant", *key)),
    "role-without-membership": Rule(REVOKE, lambda key: ("held", *key[:3])),
    "role-in-deleted-workspace": Rule(REVOKE, lambda key: ("grant", *key)),
    "invitation-expired-or-old": Rule(REVOKE, _invitation),
    "invitation-of-member": Rule(REVOKE, _invitation),
    "team-empty": Rule(REVOKE, lambda key: ("team", key[0])),
    "never-entered": Rule(REVOKE, lambda key: ("at", *key)),
    "dormant": Rule(REVOKE, lambda key: ("at", *key)),
    "too-many-org-admins": Rule(DONT_KNOW, lambda key: ("admins",)),
    "invitation-powerful": Rule(DONT_KNOW, _held),
    "outside-domains": Rule(DONT_KNOW, _account),
    "bot-without-active-key": Rule(DONT_KNOW, _account),
    "key-unused": Rule(DONT_KNOW, _account),
    "custom-role-reads-secrets": Rule(DONT_KNOW, lambda key: ("role", key[0])),
}
# What these find speaks neither for nor against a single right: keys, passwords, roles and teams as such.
SILENT = frozenset({
    "local-account-beside-sso", "too-few-org-admins", "superuser", "workspace-without-admin", "bot-without-role",
    "key-never-expires", "key-expires-soon", "key-old", "direct-instead-of-team", "custom-role-unused",
    "team-of-one", "workspace-local-bot",
})  # fmt: skip


def recommended(
    facts: Facts, checks: Collection[AuditCheck], rows: Sequence[ReviewRow]
) -> tuple[list[ReviewRow], list[str]]:
    """Return the rows with what is recommended about each and why, and what the checks could not tell.

    A reason to revoke outweighs one that leaves it open, and all reasons are named. What no check speaks of may stay.
    """
    by_tag: dict[Tag, list[int]] = defaultdict(list)
    for one in rows:
        for tag in _tags(one):
            by_tag[tag].append(one.row)
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    untold = []
    for check in checks:
        rule = RULES.get(check.name)
        if rule is None:
            continue
        for finding in check.findings(facts):
            if finding.unknown:
                untold.append(f"{check.name}: {finding.reason}")
                continue
            for number in by_tag.get(rule.tag(finding.key), ()):
                reasons = found[number][rule.recommendation]
                if finding.reason not in reasons:
                    reasons.append(finding.reason)
    judged = [_judged(one, found.get(one.row, {}), facts) if one.is_open else one for one in rows]
    return judged, list(dict.fromkeys(untold))


def _judged(one: ReviewRow, reasons: dict[str, list[str]], facts: Facts) -> ReviewRow:
    said = [*reasons.get(REVOKE, ()), *reasons.get(DONT_KNOW, ())]
    if said:
        return replace(one, recommendation=REVOKE if REVOKE in reasons else DONT_KNOW, because=" ".join(said))
    if one.kind == USER and one.active is None:
        return replace(one, recommendation=DONT_KNOW, because=_UNTOLD)
    return replace(one, recommendation=KEEP, because=NOTHING)


def _tags(one: ReviewRow) -> Iterator[Tag]:
    """Yield what a row is known by; information is judged by nobody."""
    holder = one.user_id or one.invitation_id
    if one.grant == ROLE:
        team = "" if holder else one.team_id
        yield ("grant", one.role_id, one.user_id, team, one.invitation_id, one.workspace_id, one.project_id)
        yield ("held", holder, one.role_id, one.workspace_id)
        yield ("role", one.role_id)
        if one.user_id:
            yield ("roles", one.user_id)
            yield ("at", one.workspace_id, one.user_id)
        if team:
            yield ("team", team)
        # Who may not sign in, and no bot, is counted among the active people.
        if one.role == ORGANIZATION_ADMIN and not one.workspace_id and one.active and one.kind == USER:
            yield ("admins",)
    elif one.grant == MEMBERSHIP:
        yield ("member", one.team_id, one.user_id)
        yield ("in", holder, one.team)
    else:
        return
    if one.user_id:
        yield ("account", one.user_id)
    if one.invitation_id:
        yield ("invitation", one.invitation_id)
