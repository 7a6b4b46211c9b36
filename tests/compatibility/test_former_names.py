"""Files and names from before the columns were renamed still work; commit 50b730e wrote the files in `written`."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

import zenpro_nb
from zenpro_nb.access import Inventory
from zenpro_nb.access.audit.checks import CHECKS
from zenpro_nb.access.audit.findings import findings
from zenpro_nb.access.plans.formats.file import plan_of_text, plan_text
from zenpro_nb.access.plans.formats.frame import frame_of, plan_of
from zenpro_nb.access.reviews.decisions import decisions_in
from zenpro_nb.errors import UsageError
from zenpro_nb.inventory import Reviews

WRITTEN = Path(__file__).parent / "written"
SERVER, ORGANIZATION = "http://127.0.0.1:8080", "00000000-0000-4000-8000-000000000008"


@pytest.fixture
def plan() -> str:
    return (WRITTEN / "plan.json").read_text(encoding="utf-8")


@pytest.fixture
def reviews(tmp_path: Path) -> Reviews:
    """A store of reviews with the file that the earlier version wrote."""
    store = Reviews(tmp_path)
    path = store._path(SERVER, ORGANIZATION, "2026-q4")
    path.parent.mkdir(parents=True)
    shutil.copy(WRITTEN / "review.json", path)
    return store


def test_a_saved_plan_is_applied(plan: str) -> None:
    invited, kept, blocked, skipped = plan_of_text(plan).steps
    assert invited.email_to == "new@example.com"
    assert kept.remaining_roles == "still has it through team data"
    assert (blocked.blocked_reason, blocked.override) == (
        "1 active person would administer acme.",
        "--min-org-admins 1",
    )
    assert skipped.skipped_reason == "bob@example.com is also a member of acme-labs"
    again = json.loads(plan_text(plan_of_text(plan)))
    names = {name for step in again["steps"] for name in step}
    assert not names & {"still_has", "mail", "why_blocked", "lift", "skipped"}


def test_an_edited_plan_is_still_refused(plan: str) -> None:
    with pytest.raises(UsageError):
        plan_of_text(plan.replace("--min-org-admins 1", "--min-org-admins 0"))


def test_an_edit_in_a_frame_with_former_names_is_detected(plan: str) -> None:
    names = {"type": "kind", "remaining_roles": "still_has", "email_to": "mail", "override": "lift"}
    frame = frame_of(plan_of_text(plan)).rename(columns=names)
    assert len(plan_of(frame).steps) == 4
    frame["lift"] = "--allow-self"
    with pytest.raises(UsageError, match="override"):
        plan_of(frame)


def test_a_review_is_read(reviews: Reviews) -> None:
    review = reviews.find("2026-q4", SERVER, ORGANIZATION).review
    assert (review.created, review.created_by) == ("2026-11-26T09:00:00Z", "grace@example.com")
    role, membership, superuser = review.rows
    assert (role.type, role.assignment) == ("role", "Workspace Developer in ml-prod")
    assert (membership.reach, membership.reason) == ("Workspace Admin in ml-prod", "bob@example.com is deactivated.")
    assert superuser.revoke_command == "%zenpro users update ada@example.com --no-superuser"


def test_decisions_in_a_table_with_former_names(reviews: Reviews) -> None:
    review = reviews.find("2026-q4", SERVER, ORGANIZATION).review
    row = {"row": "2", "principal": "bob@example.com", "what": "member of the team data", "decision": "revoke"}
    assert [(item.row, item.decision) for item in decisions_in(review, [row])] == [(2, "revoke")]
    with pytest.raises(UsageError):
        decisions_in(review, [{**row, "what": "member of the team admins"}])


def test_an_audit_record_is_verified(tmp_path: Path) -> None:
    with zenpro_nb.connect(api_key="ZENPROKEY_never-used") as zen:
        frame = zen.run("reviews", "verify", str(WRITTEN / "evidence.csv"))
        assert frame["status"].tolist() == ["ok"] * 3
        assert frame["assignment"][0] == "Workspace Developer in ml-prod"
        changed = tmp_path / "changed.csv"
        changed.write_text((WRITTEN / "evidence.csv").read_text().replace("leads it", "left it"))
        with pytest.raises(zenpro_nb.ZenProError, match="row 1"):
            zen.run("reviews", "verify", str(changed))


def test_ids_of_findings_are_unchanged() -> None:
    key = {"id": "k", "active": False, "service_account_id": "other"}
    accounts = [{"id": "b", "username": "trainer", "is_active": True}]
    inventory = Inventory.of({"service_accounts": accounts, "api_keys": [key]})
    found = findings([CHECKS["service-account-without-active-key"]], inventory, datetime.now(UTC))
    assert found.finding_id.tolist() == ["56d2caccf5eb"]
