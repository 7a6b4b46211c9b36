"""Create a review from an inventory: one row per direct role assignment and per team membership.

Access by other paths (superusers, owners and, in the review of a workspace, organization roles) is shown for
information, with the command that revokes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck
from zenpro_nb.access.audit.lookups import Record
from zenpro_nb.access.effective.implied_roles import INHERITED
from zenpro_nb.access.model.columns import BOT, INVITATION, KINDS, OWNER, SCOPES, SUPERUSER, USER
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.model.role_usage import RoleUsage
from zenpro_nb.access.reviews.model import INFORMATION, MEMBERSHIP, ROLE, ROW_TYPES, Review, ReviewRow
from zenpro_nb.access.reviews.recommend import with_recommendations
from zenpro_nb.access.reviews.usage import with_usage
from zenpro_nb.syntax.counts import counted, name_list

TEAM_KIND = "team"
_KINDS = (*KINDS, TEAM_KIND)


def new_review(
    name: str,
    inventory: Inventory,
    now: datetime,
    *,
    by: str = "",
    capture: str = "",
    workspace_id: str = "",
    checks: Collection[AuditCheck] = (),
    missing: Iterable[str] = (),
    domains: Collection[str] = (),
    command: str = "%zenpro",
    org: str | None = None,
    usage: RoleUsage | None = None,
) -> Review:
    """Return a new review without decisions.

    Args:
        now: the time from which ages are computed.
        by: the account that creates it.
        capture: the name of the capture, if the inventory is from one.
        workspace_id: review only this workspace.
        checks: the checks whose findings become recommendations, see `with_recommendations`.
        missing: one sentence per list that could not be read.
        domains: the expected domains of email addresses.
        command: the prefix of suggested commands.
        org: the value of `--org` in suggested commands; None if the organization is the one in use.
        usage: which roles were used to start runs, as evidence in the reasons; None if the runs were not counted.

    Example:
        >>> inventory = Inventory.of({
        ...     "users": [{"id": "1", "email": "ada@example.com", "is_active": True}],
        ...     "roles": [{"id": "7", "name": "Workspace Developer", "level": "workspace", "system_managed": True}],
        ...     "workspaces": [{"id": "9", "name": "ml-prod"}],
        ...     "assignments": [{"user_id": "1", "role_id": "7", "role": "Workspace Developer", "level": "workspace",
        ...                      "workspace": "ml-prod", "workspace_id": "9"}],
        ... })
        >>> [(row.principal, row.assignment) for row in new_review("q4", inventory, datetime.now(UTC)).rows]
        [('ada@example.com', 'Workspace Developer in ml-prod')]
    """
    facts = Facts(inventory, now, domains, org, usage=usage)
    recommended, gaps = with_recommendations(facts, checks, _numbered_rows(facts, workspace_id, command))
    return Review(
        name=name,
        server=inventory.server,
        organization_id=inventory.organization_id,
        organization_name=inventory.organization_name,
        sandbox=inventory.sandbox,
        created=stamp(now),
        created_by=by,
        read=stamp(inventory.finished) if inventory.finished else "",
        capture=capture,
        workspace=_workspace_name(facts, workspace_id),
        workspace_id=workspace_id,
        missing=tuple(missing),
        untold=tuple(gaps),
        rows=tuple(recommended if usage is None else with_usage(usage, recommended)),
    )


def stamp(moment: datetime) -> str:
    """Return a time in the format of reviews, to the second.

    >>> stamp(datetime(2026, 11, 26, 9, 30, tzinfo=UTC))
    '2026-11-26T09:30:00Z'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _numbered_rows(facts: Facts, workspace_id: str, command: str) -> list[ReviewRow]:
    rows = sorted(_Rows(facts, workspace_id, command).all(), key=_order)
    return [replace(row, row=number) for number, row in enumerate(rows, 1)]


def _order(row: ReviewRow) -> tuple[Any, ...]:
    where = (row.workspace, row.project_id, row.role, row.team, row.role_id, row.team_id)
    return (
        _KINDS.index(row.kind),
        row.principal.casefold(),
        row.principal,
        ROW_TYPES.index(row.type),
        row.scope,
        *where,
    )


def _workspace_name(facts: Facts, workspace_id: str) -> str:
    record = facts.workspaces.get(workspace_id, {})
    return str(record.get("name") or workspace_id)


class _Rows:
    """Create the rows of one review."""

    def __init__(self, facts: Facts, workspace_id: str, command: str) -> None:
        self._facts = facts
        self._workspace = workspace_id
        self._command = command
        waiting = {invitation["id"] for invitation in facts.invitations}
        has_invitations = facts.inventory.invitations.is_known
        self._is_gone: Callable[[Record], bool] = lambda record: bool(
            has_invitations
            and record["invitation_id"]
            and record["invitation_id"] not in waiting
            and not record["user_id"]
        )
        self._of_team: dict[str, list[Record]] = defaultdict(list)
        for assignment in facts.assignments:
            if assignment["team_id"]:
                self._of_team[assignment["team_id"]].append(assignment)

    def all(self) -> Iterator[ReviewRow]:
        """Yield all rows, unordered."""
        for assignment in self._facts.assignments:
            if not self._is_gone(assignment) and self._is_about(assignment):
                yield self._role(assignment)
        for team_id, members in self._facts.in_team.items():
            if not self._workspace or any(self._is_about(record) for record in self._of_team[team_id]):
                yield from (self._membership(team_id, member) for member in members)
        yield from self._superusers()
        yield from self._owners()

    def _is_about(self, assignment: Record) -> bool:
        """Return whether an assignment is in the reviewed workspace or applies to it."""
        if not self._workspace:
            return True
        return bool(assignment["workspace_id"] == self._workspace or self._reaches(assignment))

    def _reaches(self, assignment: Record) -> bool:
        return assignment["level"] == SCOPES[0] and self._facts.is_admin(assignment, *INHERITED)

    def _role(self, record: Record) -> ReviewRow:
        elsewhere = bool(self._workspace) and record["workspace_id"] != self._workspace
        row = ReviewRow(
            row=0,
            **self._who(record),
            team_id=str(record["team_id"] or ""),
            type=INFORMATION if elsewhere else ROLE,
            assignment=f"{record['role'] or record['role_id']} in {self._facts.place(record)}",
            reach=self._reach(record),
            role=str(record["role"] or record["role_id"]),
            team=str(record["principal"] or record["team_id"]) if record["team_id"] else "",
            scope=_scope(record),
            workspace=str(record["workspace"] or record["workspace_id"] or ""),
            project_id=str(record["project_id"] or ""),
            role_id=str(record["role_id"] or ""),
            workspace_id=str(record["workspace_id"] or ""),
        )
        return replace(row, revoke_command=f"{self._command} {self._facts.revoking(record)}") if elsewhere else row

    def _reach(self, assignment: Record) -> str:
        sentences = ["applies to every workspace"] if self._reaches(assignment) else []
        if assignment["team_id"]:
            members = self._facts.in_team.get(assignment["team_id"], ())
            invited = sum(not member["user_id"] for member in members)
            sentences.append(counted(len(members) - invited, "member"))
            sentences += [f"{invited:,} invited"] if invited else []
        return ", ".join(sentences)

    def _membership(self, team_id: str, record: Record) -> ReviewRow:
        team = str(record["team"] or team_id)
        brings = [
            f"{grant['role'] or grant['role_id']} in {self._facts.place(grant)}" for grant in self._of_team[team_id]
        ]
        return ReviewRow(
            row=0,
            **self._who(record),
            type=MEMBERSHIP,
            assignment=f"member of the team {team}",
            reach=name_list(sorted(brings), limits.NAMES_IN_MESSAGE) if brings else "no role",
            team=team,
            team_id=team_id,
        )

    def _who(self, row: Record) -> dict[str, Any]:
        """Return the fields of the principal."""
        if row["user_id"]:
            kind = BOT if self._facts.is_bot(row) else USER
        else:
            kind = INVITATION if row["invitation_id"] else TEAM_KIND
        return {
            "principal": self._facts.name(row),
            "kind": kind,
            "active": self._facts.is_active(row) if row["user_id"] else None,
            "user_id": str(row["user_id"] or ""),
            "invitation_id": "" if row["user_id"] else str(row["invitation_id"] or ""),
        }

    def _superusers(self) -> Iterator[ReviewRow]:
        for user in self._facts.users.values():
            if user["is_superuser"]:
                row = {"user_id": user["id"], "invitation_id": None}
                who = self._who(row)
                line = f"{self._facts.line('users update', str(user['email'] or user['username'] or user['id']))}"
                yield ReviewRow(
                    row=0, **who, type=INFORMATION, assignment="superuser of the server", role=SUPERUSER,
                    scope=SCOPES[0], reach="every permission in every organization",
                    revoke_command=f"{self._command} {line} --no-superuser",
                )  # fmt: skip

    def _owners(self) -> Iterator[ReviewRow]:
        for workspace in self._facts.workspaces.values():
            if workspace["owner_id"] and self._workspace in ("", workspace["id"]):
                yield ReviewRow(
                    row=0, **self._who({"user_id": workspace["owner_id"], "invitation_id": None}), type=INFORMATION,
                    assignment=f"owner of {workspace['name']}", role=OWNER, scope=SCOPES[1],
                    workspace=str(workspace["name"]), workspace_id=workspace["id"],
                    reach="can probably administer it",
                )  # fmt: skip


def _scope(assignment: Record) -> str:
    if assignment["project_id"]:
        return SCOPES[2]
    return SCOPES[1] if assignment["workspace_id"] else SCOPES[0]
