"""A review: what everybody holds, row by row, with what is recommended, what was decided, and what became of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from zenpro_nb.access.model.keys import HOLDERS, AssignmentKey, MembershipKey

KEEP, REVOKE, DONT_KNOW = DECISIONS = ("keep", "revoke", "don't-know")
# A role that was given directly, a place in a team, or what cannot be decided here and is shown for the whole picture.
ROLE, MEMBERSHIP, INFORMATION = ROW_TYPES = ("role", "membership", "information")
SETTLED = ("done", "already")  # outcomes after which nothing is left to do


# What earlier versions called these columns. Review files keep the earlier names as keys, so old files stay readable
# and their digests valid. Frames, tables and audit records with the earlier names are accepted, too.
FORMER_NAMES = {
    "grant": "type", "what": "assignment", "brings": "reach", "because": "reason", "taken_by": "revoke_command",
    "made": "created", "made_by": "created_by",
}  # fmt: skip
_KEYS = {name: former for former, name in FORMER_NAMES.items()}


class ReviewRow(msgspec.Struct, frozen=True, rename=_KEYS):
    """One thing that somebody holds.

    Attributes:
        row: its number in the review, from 1.
        principal: who: an e-mail, bot:NAME or team:NAME.
        kind: user, service-account, invitation or team.
        active: whether they may sign in; None where that is not known, or is no question.
        type: one of `ROW_TYPES`.
        assignment: the same in words: "Workspace Developer in ml-prod", "member of the team Platform".
        reach: what else hangs on it: the roles that a membership brings, how far a role reaches.
        role, team, scope, workspace, project_id: what and where.
        user_id, invitation_id, team_id, role_id, workspace_id: the same by id; of a membership `team_id` is the team,
            of a team's own role it is the holder.
        recommendation, reason: one of `DECISIONS`, and why; empty where there is nothing to decide.
        revoke_command: of information, the line that would take it away.
        decision, justification, decided_by, decided: what was decided, why, by whom and when.
        outcome, detail, applied_by, applied, request_id: what became of it when it was applied.
    """

    row: int
    principal: str
    kind: str
    type: str
    assignment: str
    reach: str = ""
    active: bool | None = None
    role: str = ""
    team: str = ""
    scope: str = ""
    workspace: str = ""
    project_id: str = ""
    user_id: str = ""
    invitation_id: str = ""
    team_id: str = ""
    role_id: str = ""
    workspace_id: str = ""
    recommendation: str = ""
    reason: str = ""
    revoke_command: str = ""
    decision: str = ""
    justification: str = ""
    decided_by: str = ""
    decided: str = ""
    outcome: str = ""
    detail: str = ""
    applied_by: str = ""
    applied: str = ""
    request_id: str = ""

    @property
    def is_open(self) -> bool:
        """Return whether there is something to decide about it."""
        return self.type != INFORMATION

    @property
    def is_settled(self) -> bool:
        """Return whether it was taken away, so that nothing can be decided any more."""
        return self.outcome in SETTLED

    @property
    def holder(self) -> tuple[str, str]:
        """Return the principal: what the API calls the id, and the id. A member of a team is not the team."""
        fields = sorted(HOLDERS, key=lambda name: name == "team_id")
        return next((name, key) for name in fields if (key := getattr(self, name)))

    @property
    def key(self) -> AssignmentKey | MembershipKey:
        """Return the key under which an inventory has the same assignment or membership."""
        if self.type == MEMBERSHIP:
            return MembershipKey(self.team_id, self.user_id, self.invitation_id)
        return AssignmentKey(
            self.role_id, self.user_id, self.team_id, self.invitation_id, self.workspace_id, self.project_id
        )


class Review(msgspec.Struct, frozen=True, rename=_KEYS):
    """A review of one organization, or of one workspace of it. Times are texts, in UTC.

    Attributes:
        name: unique within its organization.
        server, organization_id, organization_name, sandbox: whose it is.
        created, created_by: when, and by whom.
        read: when what it rests on had been read.
        capture: the capture that it rests on; empty where the server was asked.
        workspace, workspace_id: the one workspace that it is about; empty for the whole organization.
        missing: what could not be read, a sentence each.
        untold: what the audit's checks could not tell, a sentence each.
        rows: see `ReviewRow`.
    """

    name: str
    server: str = ""
    organization_id: str = ""
    organization_name: str = ""
    sandbox: bool = False
    created: str = ""
    created_by: str = ""
    read: str = ""
    capture: str = ""
    workspace: str = ""
    workspace_id: str = ""
    missing: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    rows: tuple[ReviewRow, ...] = ()

    @property
    def open(self) -> tuple[ReviewRow, ...]:
        """Return the rows about which there is something to decide."""
        return tuple(row for row in self.rows if row.is_open)

    @property
    def decided(self) -> tuple[ReviewRow, ...]:
        """Return the rows about which something was decided."""
        return tuple(row for row in self.rows if row.decision)

    @property
    def to_revoke(self) -> tuple[ReviewRow, ...]:
        """Return the rows that are to be taken away, and are not yet."""
        return tuple(row for row in self.rows if row.is_open and row.decision == REVOKE and not row.is_settled)

    @property
    def revoked(self) -> tuple[ReviewRow, ...]:
        """Return the rows that were taken away."""
        return tuple(row for row in self.rows if row.is_settled)

    @property
    def principals(self) -> tuple[tuple[ReviewRow, ...], ...]:
        """Return the rows of each principal who has one to decide about, in the order of the review.

        Principals are distinguished by their ids: two of them can have the same displayed name.
        """
        found: dict[tuple[str, str], list[ReviewRow]] = {}
        for row in self.rows:
            found.setdefault(row.holder, []).append(row)
        return tuple(tuple(rows) for rows in found.values() if any(row.is_open for row in rows))

    def row(self, number: int) -> ReviewRow | None:
        """Return the row of this number; None where there is none."""
        return next((row for row in self.rows if row.row == number), None)

    def with_rows(self, changed: Sequence[ReviewRow]) -> Review:
        """Return the review with these rows in place of those with the same numbers."""
        others = {row.row: row for row in changed}
        return replace(self, rows=tuple(others.get(row.row, row) for row in self.rows))

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of all that it says, so that a change by another hand is seen.

        >>> Review("q4").sha256 == Review("q4").sha256 != Review("q3").sha256
        True
        """
        return digest(msgspec.to_builtins(self))


def with_current_names(cells: Mapping[str, str]) -> dict[str, str]:
    """Return a row of a table with the current names of its columns, if an earlier version wrote it.

    >>> with_current_names({"row": "1", "what": "Stack Admin in ml"})
    {'row': '1', 'assignment': 'Stack Admin in ml'}
    """
    return {FORMER_NAMES.get(name, name): cell for name, cell in cells.items()}


def digest(value: object) -> str:
    """Return the SHA-256 of plain data, the same whatever the order of its keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
