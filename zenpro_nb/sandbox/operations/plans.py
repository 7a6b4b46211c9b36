"""The limits of an organization's plan (API facts 8.8; the plans and figures are the sandbox's own)."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.access_tables import Assignment as AssignmentRow
from zenpro_nb.sandbox.database.access_tables import Invitation, Role
from zenpro_nb.sandbox.database.tables import Organization, User, Workspace
from zenpro_nb.sandbox.errors import UpgradeRequiredError

ENTERPRISE = "enterprise"
STARTER = "starter"
FREE = "free"

# API facts 8.8 lists the metered features of workspaces; the control plane itself counts the last three.
METERED = ("project", "pipeline", "pipeline_run", "model", "template_run", "schedule")
COUNTED = ("workspace", "member", "service_account")
FEATURES = METERED + COUNTED

LIMITS: dict[str, dict[str, int]] = {ENTERPRISE: {}, STARTER: limits.STARTER_PLAN, FREE: limits.FREE_PLAN}


def limit_of(organization: Organization, feature: str) -> int | None:
    """Return the plan's limit for a feature, or None if unlimited."""
    return LIMITS[organization.plan].get(feature)


def usage_of(session: Session, organization: Organization, feature: str) -> int:
    """Return the current usage of a feature."""
    if feature == "workspace":
        alive = select(func.count()).where(
            Workspace.organization_id == organization.id, Workspace.target_state != "deleted"
        )
        return session.scalar(alive) or 0
    if feature == "service_account":
        bots = select(func.count()).where(User.organization_id == organization.id, User.is_service_account)
        return session.scalar(bots) or 0
    if feature == "member":
        return _members(session, organization.id)
    return int(organization.usage.get(feature, 0))


def _members(session: Session, organization_id: str) -> int:
    people = (
        select(func.count(AssignmentRow.user_id.distinct()))
        .join(Role, Role.id == AssignmentRow.role_id)
        .where(Role.organization_id == organization_id, Role.level == "organization")
    )
    invited = select(func.count()).where(Invitation.organization_id == organization_id, Invitation.accepted.is_(False))
    return (session.scalar(people) or 0) + (session.scalar(invited) or 0)


def require_room(session: Session, organization: Organization, feature: str) -> None:
    """Raise UpgradeRequiredError if the limit of the plan is reached."""
    limit = limit_of(organization, feature)
    if limit is not None and usage_of(session, organization, feature) >= limit:
        raise UpgradeRequiredError(feature)
