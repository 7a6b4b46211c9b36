"""A review: the access of all principals, row by row, with recommendations, decisions and outcomes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from zenpro_nb.access.model.keys import HOLDERS, AssignmentKey, MembershipKey

KEEP, REVOKE, DONT_KNOW = DECISIONS = ("keep", "revoke", "don't-know")
# A direct role assignment, a team membership, or access that is shown for information because a review cannot decide
# it.
ROLE, MEMBERSHIP, INFORMATION = ROW_TYPES = ("role", "membership", "information")
ACCEPTED = "recommendation accepted"  # the justification of a decision as recommended, if no other is given
SETTLED = ("done", "already")  # outcomes after which no step is left
UNDONE = "undone"  # the outcome of a revocation that `undo` reverted


# What earlier versions called these columns. Review files keep the earlier names as keys, so old files stay readable
# and their digests valid. Frames, tables and audit records with the earlier names are accepted, too.
FORMER_NAMES = {
    "grant": "type", "what": "assignment", "brings": "reach", "because": "reason", "taken_by": "revoke_command",
    "made": "created", "made_by": "created_by",
}  # fmt: skip
_KEYS = {name: former for former, name in FORMER_NAMES.items()}


class ReviewRow(msgspec.Struct, frozen=True, rename=_KEYS):
    """One role assignment or team membership of a principal.

    Attributes:
        row: the number in the review, from 1.
        principal: an email address, bot:NAME or team:NAME.
        kind: user, service-account, invitation or team.
        active: whether the account can sign in; None if unknown or not applicable.
        type: one of `ROW_TYPES`.
        assignment: its text: "Workspace Developer in ml-prod", "member of the team Platform".
        reach: the roles that a membership grants, the members of a team, or the workspaces that a role applies to.
        role, team, scope, workspace, project_id: the role or team, and the scope.
        user_id, invitation_id, team_id, role_id, workspace_id: the same by id. For a membership, `team_id` is the team;
            for a role of a team, it is the principal.
        recommendation, reason: one of `DECISIONS`, and why; empty for information.
        checks: the audit checks behind the recommendation.
        revoke_command: for information, the command that revokes it.
        decision, justification, decided_by, decided: the decision, its reason, author and time.
        outcome, detail, applied_by, applied, request_id: the result of the revocation.
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
    checks: tuple[str, ...] = ()
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
        """Return whether the row can be decided."""
        return self.type != INFORMATION

    @property
    def is_settled(self) -> bool:
        """Return whether the row has been revoked and can no longer be decided."""
        return self.outcome in SETTLED

    @property
    def is_undone(self) -> bool:
        """Return whether `undo` reverted the revocation."""
        return self.outcome == UNDONE

    def with_undo(self, undone: Mapping[str, str]) -> ReviewRow:
        """Return the row with the outcome that it has now: undone, or done again if the undo was undone.

        Args:
            undone: by the request id of a write that was undone, the time of the undo.
        """
        time = undone.get(self.request_id)
        if time is not None and self.is_settled:
            minute = f" at {datetime.fromisoformat(time).astimezone(UTC):%Y-%m-%d %H:%M} UTC" if time else ""
            return replace(self, outcome=UNDONE, detail=f"undone{minute}")
        return replace(self, outcome="done", detail="") if time is None and self.is_undone else self

    @property
    def holder(self) -> tuple[str, str]:
        """Return the API's name of the principal's id, and the id. For a membership, it is the member, not the team."""
        fields = sorted(HOLDERS, key=lambda name: name == "team_id")
        return next((name, key) for name in fields if (key := getattr(self, name)))

    @property
    def key(self) -> AssignmentKey | MembershipKey:
        """Return the key of the same assignment or membership in an inventory."""
        if self.type == MEMBERSHIP:
            return MembershipKey(self.team_id, self.user_id, self.invitation_id)
        return AssignmentKey(
            self.role_id, self.user_id, self.team_id, self.invitation_id, self.workspace_id, self.project_id
        )


class Review(msgspec.Struct, frozen=True, rename=_KEYS):
    """A review of one organization, or of one workspace of it. Times are texts, in UTC.

    Attributes:
        name: unique within its organization.
        server, organization_id, organization_name, sandbox: the reviewed organization.
        created, created_by: the time and the author.
        read: when the data of the review was read.
        capture: the capture that it was created from; empty if it was read from the server.
        workspace, workspace_id: the reviewed workspace; empty for the whole organization.
        missing: one sentence per list that could not be read.
        untold: one sentence per check that could not be decided.
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
        """Return the rows that can be decided."""
        return tuple(row for row in self.rows if row.is_open)

    @property
    def decided_rows(self) -> tuple[ReviewRow, ...]:
        """Return the rows to keep or to revoke."""
        return tuple(row for row in self.rows if row.decision in (KEEP, REVOKE))

    @property
    def undecided_rows(self) -> tuple[ReviewRow, ...]:
        """Return the rows that someone looked at and could not decide: don't-know."""
        return tuple(row for row in self.rows if row.decision == DONT_KNOW)

    @property
    def is_answered(self) -> bool:
        """Return whether someone has answered each row, also with don't-know."""
        return len(self.decided_rows) + len(self.undecided_rows) >= len(self.open)

    @property
    def to_revoke(self) -> tuple[ReviewRow, ...]:
        """Return the rows to revoke that are not yet revoked."""
        return tuple(row for row in self.rows if row.is_open and row.decision == REVOKE and not row.is_settled)

    @property
    def revoked_rows(self) -> tuple[ReviewRow, ...]:
        """Return the revoked rows."""
        return tuple(row for row in self.rows if row.is_settled)

    @property
    def undone_rows(self) -> tuple[ReviewRow, ...]:
        """Return the rows whose revocation was undone."""
        return tuple(row for row in self.rows if row.is_undone)

    @property
    def principals(self) -> tuple[tuple[ReviewRow, ...], ...]:
        """Return the rows of each principal with at least one open row, in the order of the review.

        Principals are distinguished by their ids: two of them can have the same displayed name.
        """
        groups: dict[tuple[str, str], list[ReviewRow]] = {}
        for row in self.rows:
            groups.setdefault(row.holder, []).append(row)
        return tuple(tuple(rows) for rows in groups.values() if any(row.is_open for row in rows))

    def row(self, number: int) -> ReviewRow | None:
        """Return the row with this number; None if there is none."""
        return next((row for row in self.rows if row.row == number), None)

    def with_rows(self, changed: Sequence[ReviewRow]) -> Review:
        """Return the review with the rows of the same numbers replaced."""
        others = {row.row: row for row in changed}
        return replace(self, rows=tuple(others.get(row.row, row) for row in self.rows))

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the content, which detects changes by other programs.

        >>> Review("q4").sha256 == Review("q4").sha256 != Review("q3").sha256
        True
        """
        content = msgspec.to_builtins(self)
        # Files of earlier versions do not have this key.
        content["rows"] = [
            {key: cell for key, cell in row.items() if cell or key != "checks"} for row in content["rows"]
        ]
        return digest(content)


def with_current_names(cells: Mapping[str, str]) -> dict[str, str]:
    """Return a row of a table with the current names of its columns, if an earlier version wrote it.

    >>> with_current_names({"row": "1", "what": "Stack Admin in ml"})
    {'row': '1', 'assignment': 'Stack Admin in ml'}
    """
    return {FORMER_NAMES.get(name, name): cell for name, cell in cells.items()}


def digest(value: object) -> str:
    """Return the SHA-256 of plain data, independent of the order of its keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
