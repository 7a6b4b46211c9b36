"""Evidence in the reasons of a review: whether a role was used to start runs."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from zenpro_nb.access.model.keys import HeldRoleKey, MembershipKey
from zenpro_nb.access.model.role_usage import UNUSED, USED, RoleUsage, UsedRole
from zenpro_nb.access.reviews.model import MEMBERSHIP, ROLE, ReviewRow
from zenpro_nb.syntax.counts import counted


def with_usage(usage: RoleUsage, rows: Sequence[ReviewRow]) -> list[ReviewRow]:
    """Return the rows with a sentence about the runs that were started with the role, after their other reasons.

    Rows of roles that do not allow starting runs are unchanged, and so are rows that already say it.
    """
    of_members: dict[MembershipKey, list[UsedRole]] = {}
    of_teams: dict[object, list[UsedRole]] = {}
    for key, role_usage in usage.roles.items():
        if key.membership is not None:
            of_members.setdefault(key.membership, []).append(role_usage)
        if key.membership is not None and key.membership.user_id:  # people who are only invited start no runs
            of_teams.setdefault(key.assignment, []).append(role_usage)
    new_rows = []
    for row in rows:
        text = ""
        if row.type == MEMBERSHIP:
            text = _of_membership(of_members.get(row.key, []))  # type: ignore[arg-type]  # the key of a membership
        elif row.type == ROLE and row.team_id and not row.user_id:
            text = _of_team(of_teams.get(row.key, []))
        elif row.type == ROLE:
            role = usage.roles.get(HeldRoleKey(row.key))  # type: ignore[arg-type]  # the key of an assignment
            text = role.text if role is not None else ""
        if text and "started no run in this window" not in row.reason:
            row = replace(row, reason=f"{row.reason} {text.removesuffix('.')} ({usage.period}).".strip())
        new_rows.append(row)
    return new_rows


def _of_membership(roles: Sequence[UsedRole]) -> str:
    """Return the sentence about a membership: a run in any place where the team has a role counts."""
    starting = [role for role in roles if role.starts]
    used_roles = [role for role in roles if role.verdict == USED]
    if used_roles:
        return max(used_roles, key=lambda role: role.runs + role.scheduled).text
    return next((role.text for role in starting if role.verdict != UNUSED), "") or (
        starting[0].text if starting else ""
    )


def _of_team(roles: Sequence[UsedRole]) -> str:
    """Return the sentence about a role of a team: how many members used it."""
    if not any(role.starts for role in roles):
        return ""
    used_count = sum(role.verdict == USED for role in roles)
    unused = sum(role.verdict == UNUSED for role in roles)
    unknown = len(roles) - used_count - unused
    doubt = f", unknown for {unknown:,}" if unknown else ""
    return f"{used_count:,} of {counted(len(roles), 'member')} started runs there{doubt}."
