"""Reviews without a server: recommendations, decisions, plans and audit records."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from zenpro_nb import access, frames
from zenpro_nb.access import Inventory
from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.model.keys import (
    AccountKey,
    AccountMembershipsKey,
    AccountRolesKey,
    AssignmentKey,
    HeldRoleKey,
    Key,
    MembershipKey,
    TeamKey,
)
from zenpro_nb.access.model.role_usage import RoleUsage, UsedRole
from zenpro_nb.access.reviews import audit_record
from zenpro_nb.access.reviews.apply import key_of, plan_steps
from zenpro_nb.access.reviews.decisions import Decision, decisions_in, rows_of, with_decisions, word
from zenpro_nb.access.reviews.model import DECISIONS, INFORMATION, REVOKE, Review
from zenpro_nb.access.reviews.recommend import RECOMMENDATIONS, Rule, require_complete, require_matching
from zenpro_nb.commands.reviews.common import texts_of
from zenpro_nb.errors import AmbiguousNameError, UnknownNameError, UsageError

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
ROLES = {
    "oa": ("Organization Admin", "organization"),
    "om": ("Organization Member", "organization"),
    "wd": ("Workspace Developer", "workspace"),
    "wv": ("Workspace Viewer", "workspace"),
}


USERS = [
    {"id": "ada", "email": "ada@example.com", "is_active": True, "is_superuser": True, "is_service_account": False},
    {"id": "bob", "email": "bob@example.com", "is_active": True, "is_superuser": False, "is_service_account": False},
    {"id": "left", "email": "left@example.com", "is_active": False, "is_superuser": False},
]


def role(name: str, workspace: str = "", **holder: str) -> dict[str, Any]:
    title, level = ROLES[name]
    where = {"workspace_id": workspace, "workspace": f"ws-{workspace}"} if workspace else {}
    kind = "team" if "team_id" in holder else "user"
    return {"kind": kind, "role_id": name, "role": title, "level": level, **where, **holder}


def inventory(**more: Any) -> Inventory:
    """Two admins, a user who left, a service account, an old invitation, a role in a deleted workspace."""
    lists: dict[str, Any] = {
        "me": [{"id": "ada", "email": "ada@example.com"}],
        "users": USERS,
        "teams": [{"id": "t", "name": "admins"}, {"id": "d", "name": "ds"}],
        "team_members": [
            {"team_id": "t", "team": "admins", "user_id": "bob", "email": "bob@example.com"},
            {"team_id": "d", "team": "ds", "user_id": "left", "email": "left@example.com"},
            {"team_id": "d", "team": "ds", "user_id": "bob", "email": "bob@example.com"},
        ],
        "roles": [{"id": k, "name": n, "level": level, "system_managed": True} for k, (n, level) in ROLES.items()],
        "assignments": [
            role("oa", user_id="ada", principal="ada@example.com"),
            role("oa", team_id="t", principal="admins"),
            role("wd", "w", team_id="d", principal="ds"),
            role("om", user_id="bob", principal="bob@example.com"),
            role("wv", "w", user_id="bob", principal="bob@example.com"),
            role("wv", "gone", user_id="bob", principal="bob@example.com"),
            role("om", user_id="left", principal="left@example.com"),
            role("om", invitation_id="i", principal="new@example.com"),
        ],
        "workspaces": [
            {"id": "w", "name": "ws-w", "owner_id": "bob", "status": "available", "desired_state": "available"}
        ],
        "invitations": [
            {"id": "i", "email": "new@example.com", "accepted": False, "created": datetime(2026, 1, 1, tzinfo=UTC),
             "expires": None}
        ],
        "service_accounts": [],
    }  # fmt: skip
    facts = {"organization_id": "o", "organization_name": "acme", "server": "https://x", "finished": NOW}
    return Inventory.of({**lists, **more}, **facts)


def new_review(known: Inventory | None = None, **more: Any) -> Review:
    return access.new_review("q4", known or inventory(), NOW, by="ada@example.com", checks=CHECKS.values(), **more)


def by_what(review: Review) -> dict[tuple[str, str], Any]:
    return {(row.principal.partition("@")[0], row.assignment): row for row in review.rows}


def with_all(review: Review, decision: str) -> Review:
    every = [Decision(item.row, decision) for item in review.open]
    return with_decisions(review, every, "ada@example.com", "2026-11-26T10:00:00Z")


def test_a_rule_that_matches_no_row_is_refused() -> None:
    def swap(key: AssignmentKey) -> AssignmentKey:
        return AssignmentKey(key.user_id, key.role_id)

    require_matching({"redundant-role": Rule(REVOKE), "key-unused": RECOMMENDATIONS["key-unused"]})
    for name, rule, words in (
        ("redundant-role", Rule(REVOKE, swap), "'redundant-role' matches no row"),
        ("redundant-role", Rule(REVOKE, lambda key: (key.role_id, key.user_id)), "matches no row"),
        ("key-unused", Rule(REVOKE), "ApiKeyKey"),  # nothing in a review is about an API key
        ("outside-domains", Rule(REVOKE, lambda key: TeamKey(key.user_id)), "matches no row"),
        ("custom-role-unused", Rule(REVOKE, lambda key: AccountKey(key.role_id)), "matches no row"),
        ("redundant-rule", Rule(REVOKE), "no such check"),
    ):
        with pytest.raises(ValueError, match=words):
            require_matching({name: rule})


def test_a_check_without_a_decision_about_reviews_is_refused_with_the_place_to_enter_it() -> None:
    new = replace(CHECKS["team-empty"], name="team-too-big")
    with pytest.raises(ValueError, match=r"'team-too-big' .* in zenpro_nb/access/reviews/recommend.py"):
        require_complete({**CHECKS, new.name: new})


MEMBERSHIPS = ["member of the team admins", "member of the team ds"]
ASSIGNED = ["Organization Member in acme", "Workspace Viewer in ws-w", "Workspace Viewer in ws-gone"]


@pytest.mark.parametrize(
    ("key", "marked"),
    [
        (AccountKey("bob"), [*ASSIGNED, *MEMBERSHIPS]),
        (AccountRolesKey("bob"), ASSIGNED),
        (AccountMembershipsKey("bob"), MEMBERSHIPS),
        (MembershipKey("d", "bob"), MEMBERSHIPS[1:]),
        (TeamKey("d"), ["Workspace Developer in ws-w"]),
        (AssignmentKey("om", user_id="bob"), ASSIGNED[:1]),
    ],
)
def test_a_finding_marks_the_rows_of_its_key(monkeypatch: pytest.MonkeyPatch, key: Key, marked: list[str]) -> None:
    monkeypatch.setitem(RECOMMENDATIONS, "a-check", Rule(REVOKE))
    check = AuditCheck("a-check", "info", "", (), lambda facts: iter([Finding(key, "A reason.")]), type(key))
    review = access.new_review("q4", inventory(), NOW, by="ada@example.com", checks=[check])
    rows = [row for row in review.rows if row.reason.startswith("A reason.")]
    assert sorted(row.assignment for row in rows) == sorted(marked)
    assert {row.principal for row in rows} == {"team:ds" if isinstance(key, TeamKey) else "bob@example.com"}


def test_principals_with_the_same_name_are_distinguished() -> None:
    assignments = [
        role("om", user_id="bob", principal="bob@example.com"),
        role("om", invitation_id="i", principal="bob@example.com"),
    ]
    invited = [{"id": "i", "email": "bob@example.com", "accepted": False}]
    review = new_review(inventory(assignments=assignments, invitations=invited, team_members=[], workspaces=[]))
    assert [[row.holder for row in rows] for rows in review.principals] == [
        [("user_id", "bob")], [("invitation_id", "i")],
    ]  # fmt: skip
    with pytest.raises(AmbiguousNameError, match=r"bob \(user\), i \(invitation\)"):
        rows_of(review, ["bob@example.com"])
    assert rows_of(review, ["i"]) == [row.row for row in review.open if row.invitation_id == "i"]


def test_revocable_access_is_a_row_and_other_access_is_information() -> None:
    found = by_what(new_review())
    assert {key: item.recommendation for key, item in found.items()} == {
        ("ada", "Organization Admin in acme"): "keep",
        ("ada", "superuser of the server"): "",
        ("bob", "Organization Member in acme"): "revoke",  # a team makes him admin, which includes it
        ("bob", "Workspace Viewer in ws-gone"): "revoke",
        ("bob", "Workspace Viewer in ws-w"): "revoke",
        ("bob", "member of the team admins"): "keep",
        ("bob", "member of the team ds"): "keep",
        ("bob", "owner of ws-w"): "",
        ("left", "Organization Member in acme"): "revoke",
        ("left", "member of the team ds"): "revoke",
        ("new", "Organization Member in acme"): "revoke",
        ("team:admins", "Organization Admin in acme"): "keep",
        ("team:ds", "Workspace Developer in ws-w"): "keep",
    }
    assert found["bob", "Workspace Viewer in ws-gone"].reason.endswith("in a deleted workspace.")
    assert found["bob", "member of the team ds"].reach == "Workspace Developer in ws-w"
    assert found["team:ds", "Workspace Developer in ws-w"].reach == "2 members"
    assert (
        found["ada", "superuser of the server"].revoke_command == "%zenpro users update ada@example.com --no-superuser"
    )
    assert [row.row for row in new_review().rows] == list(range(1, len(found) + 1))


def test_invited_people_are_not_counted_as_members_of_a_team() -> None:
    team, invitation = "team:ds", {"team_id": "d", "team": "ds", "invitation_id": "i", "invited_email": "new@x.example"}
    members = inventory().team_members.frame.to_dict("records")
    known = inventory(team_members=[*({k: v for k, v in row.items() if v is not None} for row in members), invitation])
    key = AssignmentKey("wd", team_id="d", workspace_id="w")
    people = [MembershipKey("d", "bob"), MembershipKey("d", "left"), MembershipKey("d", invitation_id="i")]
    roles = {HeldRoleKey(key, membership): UsedRole("unknown", "why", starts=True) for membership in people}
    review = new_review(known, usage=RoleUsage("90d", "90 days", roles))
    (row,) = [row for row in review.rows if row.principal == team]
    assert row.reach == "2 members, 1 invited"
    assert row.reason.endswith("0 of 2 members started runs there, unknown for 2 (90 days).")


def test_the_review_of_a_workspace_lists_roles_that_apply_to_it() -> None:
    found = by_what(new_review(workspace_id="w"))
    admin = found["ada", "Organization Admin in acme"]
    assert (admin.type, admin.recommendation) == (INFORMATION, "")
    assert admin.revoke_command == "%zenpro roles revoke 'Organization Admin' --user ada@example.com"
    assert ("bob", "Organization Member in acme") not in found
    assert found["bob", "member of the team ds"].is_open
    assert found["bob", "member of the team admins"].reach == "Organization Admin in acme"


def test_unknown_facts_are_not_recommended_to_keep() -> None:
    users = [{"id": "ada", "email": "ada@example.com"}]
    assignments = [role("om", user_id="ada", principal="ada@example.com")]
    review = new_review(inventory(users=users, assignments=assignments, team_members=[]))
    row = next(item for item in review.open)
    assert (row.recommendation, row.reason) == ("don't-know", "It is unknown whether the account is active.")
    assert any(line.startswith("inactive-with-roles: The server does not return is_active") for line in review.untold)


def test_decisions_record_their_author_and_repeating_them_changes_nothing() -> None:
    review = new_review()
    first = with_decisions(review, [Decision(1, "keep", " leads\nit ")], "ada@example.com", "t1")
    assert (first.rows[0].justification, first.rows[0].decided_by, first.rows[0].decided) == (
        "leads it", "ada@example.com", "t1",
    )  # fmt: skip
    assert with_decisions(first, [Decision(1, "keep")], "bob@example.com", "t2") == first
    assert (
        with_decisions(first, [Decision(1, "revoke")], "bob@example.com", "t2").rows[0].decided_by == "bob@example.com"
    )
    secret = with_decisions(review, [Decision(1, "keep", "key ZENPROKEY_abcdefgh12345678")], "ada", "t").rows[0]
    assert "abcdefgh" not in secret.justification
    information = next(row.row for row in review.rows if not row.is_open)
    with pytest.raises(UsageError, match="is for information only"):
        with_decisions(review, [Decision(information, "revoke")], "ada", "t")
    with pytest.raises(UnknownNameError, match="no row 99"):
        with_decisions(review, [Decision(99, "keep")], "ada", "t")


def test_an_edited_frame_gives_only_its_decisions() -> None:
    review = new_review()
    rows = [{"row": str(row.row), "principal": row.principal, "assignment": row.assignment} for row in review.rows]
    assert decisions_in(review, [{**row, "decision": "", "justification": "unfinished"} for row in rows]) == []
    filled = [{**rows[0], "decision": "Don't know", "justification": "ask"}]  # the others were deleted
    assert decisions_in(review, filled) == [Decision(1, "don't-know", "ask")]
    again = with_decisions(review, decisions_in(review, filled), "ada", "t")
    assert decisions_in(again, filled) == []
    for wrong, words in (
        ({**rows[0], "decision": "perhaps"}, "not a decision"),
        ({**rows[0], "principal": "eve@example.com", "decision": "keep"}, "Row 1 is ada@example.com"),
        ({"row": "x", "decision": "keep"}, "no row number"),
        ({"row": "77", "decision": "keep"}, "no row 77"),
    ):
        with pytest.raises(UsageError, match=words):
            decisions_in(review, [wrong])
    with pytest.raises(UsageError, match="appears twice"):
        decisions_in(review, [{**rows[0], "decision": "keep"}, {**rows[0], "decision": "revoke"}])
    assert [word(text) for text in ("KEEP", "revoke ", "dont know", "don’t-know")] == [*DECISIONS, "don't-know"]


@pytest.mark.parametrize("seed", range(20))
def test_a_plan_revokes_only_decided_rows_that_still_exist(seed: int) -> None:
    chance = random.Random(seed)
    inventory_read = inventory()
    review = access.new_review("q4", inventory_read, NOW)
    some = [Decision(item.row, chance.choice(DECISIONS)) for item in review.open if chance.random() < 0.7]
    review = with_decisions(review, some, "bob@example.com", "t")
    removals = chance.sample(range(len(inventory_read.assignments)), 3)
    now = inventory(assignments=inventory_read.assignments.frame.drop(index=removals).reset_index(drop=True))
    found = plan_steps(review, now, NOW, allow_self=True, min_org_admins=0)
    still = {key_of(item) for item in access.new_review("q4", now, NOW).open}
    expected_ids = {item.row for item in review.open if item.decision == "revoke" and key_of(item) in still}
    assert sorted(row for rows in found.rows.values() for row in rows) == sorted(expected_ids)
    assert set(found.rows) == {step.number for step in found.plan.steps}
    assert all(step.does == "remove" and step.guard is None and step.party.id for step in found.plan.steps)
    assert all(step.reason for step in found.plan.steps)


def guards_by_subject(review: Review, known: Inventory, **options: Any) -> dict[str, str | None]:
    """The guard that blocks each step, by the subject of the step."""
    steps = plan_steps(review, known, NOW, **options).plan.steps
    return {f"{step.party.name} {step.role or step.team}": step.guard for step in steps if step.guard}


def test_revocations_cannot_lock_out_the_caller_or_all_admins() -> None:
    review = with_all(new_review(), "revoke")
    ada, bob, team = "ada@example.com Organization Admin", "bob@example.com admins", "team:admins Organization Admin"
    plain = inventory(users=[{**user, "is_superuser": False} for user in USERS])
    assert guards_by_subject(review, plain, min_org_admins=0) == {ada: "self"}
    assert guards_by_subject(review, plain, min_org_admins=0, allow_self=True) == {}
    assert guards_by_subject(review, plain, allow_self=True) == {ada: "admins", bob: "admins", team: "admins"}


def test_an_invitation_that_keeps_access_is_not_revoked() -> None:
    assignments = [
        role("om", invitation_id="i", principal="new@example.com"),
        role("wv", "w", invitation_id="i", principal="new@example.com"),
    ]
    inventory_read = inventory(assignments=assignments, team_members=[])
    review = access.new_review("q4", inventory_read, NOW)
    membership = next(item.row for item in review.open if item.scope == "organization")
    item = with_decisions(review, [Decision(membership, "revoke")], "ada", "t")
    assert [step.kind for step in plan_steps(item, inventory_read, NOW).plan.steps] == ["organization-role"]
    both = plan_steps(with_all(review, "revoke"), inventory_read, NOW)
    assert [step.kind for step in both.plan.steps] == ["invitation"]
    assert both.rows == {1: tuple(item.row for item in review.open)}


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".xlsx", ".json", ".parquet"])
def test_a_record_survives_every_file_format_and_reveals_each_change(suffix: str, tmp_path: Path) -> None:
    review = with_all(new_review(), "keep")
    odd = ("=HYPERLINK('x')", "'quoted", "-1", "+1", "@all", "1e5", "007", "TRUE", "NA", "ünï “x”", 'a, b; "c"')
    reasons = [Decision(item.row, "keep", text) for item, text in zip(review.open, odd, strict=False)]
    review = with_decisions(review, reasons, "ada@example.com", "2026-11-26T10:00:00Z")
    records = audit_record.record_of(review)
    path = frames.save(frames.with_types(frames_columns(), records), tmp_path / f"review{suffix}")
    read = texts_of(str(path))
    assert [item.state for item in audit_record.verify_record(read, audit_record.sha256_of(records))] == ["ok"] * len(
        records
    )
    chance = random.Random(3)
    for name in audit_record.COLUMNS[:-2]:
        at = chance.randrange(len(read))
        found = audit_record.verify_record(
            [{**row, name: f"{row[name]}x"} if n == at else row for n, row in enumerate(read)]
        )
        assert [n for n, item in enumerate(found) if item.state == "failed"] == [at], name
    for other, words in (
        (read[1:], "Rows are missing: 1"),
        (read[:-1], f"Rows are missing: {len(read)}"),
        ([*read, read[0]], "duplicated"),
    ):
        assert words in audit_record.verify_record(other)[-1].reason
    # Recomputing the digest of one row is detected by the other digests; recomputing all of them, by the noted digest.
    forged = [{**read[0], "decision": "revoke"}, *read[1:]]
    forged[0]["sha256"] = audit_record.row_digest(forged[0])
    assert "do not belong to the same record" in audit_record.verify_record(forged)[-1].reason
    first = review.rows[0]
    clever = audit_record.record_of(review.with_rows([replace(first, decision="revoke")]))
    assert all(item.state == "ok" for item in audit_record.verify_record(clever))
    assert "not the one you passed" in audit_record.verify_record(clever, audit_record.sha256_of(records))[-1].reason
    with pytest.raises(UsageError, match="not an audit record"):
        audit_record.verify_record([{"a": "b"}])


def frames_columns() -> Any:
    from zenpro_nb.access.reviews.columns import RECORD

    return RECORD.columns
