"""Plans, trials, available names and metering (API facts 3.21 and 8.8). All bodies are inferred."""

from __future__ import annotations

import re

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.clock import stamp
from zenpro_nb.sandbox.database.tables import Organization, Workspace
from zenpro_nb.sandbox.errors import ForbiddenError, MissingError, UpgradeRequiredError
from zenpro_nb.sandbox.http.dependencies import AnyCall, MachineCall, PersonCall
from zenpro_nb.sandbox.http.routing import both_spellings, router
from zenpro_nb.sandbox.operations import plans
from zenpro_nb.sandbox.responses.serializers import reply
from zenpro_nb.sandbox.schemas import control_plane as schemas
from zenpro_nb.sandbox.schemas.common import SLUG, Id

routes = router("plans")


@routes.get("/organizations/{organization_id}/trial", response_model=schemas.Trial)
def get_trial(call: PersonCall, organization_id: Id) -> Response:
    """Return the remaining time of the trial."""
    with call.reading() as (serializer, rights):
        ends = rights.organization(organization_id).trial_ends
        left = 0 if ends is None else max(0, int((ends - serializer.now).total_seconds()))
        return reply(
            {
                "organization_id": organization_id,
                "active": left > 0,
                "ends": None if ends is None else stamp(ends),
                "seconds_left": left or None,
            }
        )


@routes.get("/organizations/{organization_id}/entitlement/{feature}", response_model=schemas.Entitlement)
def check_entitlement(call: AnyCall, organization_id: Id, feature: str) -> Response:
    """Return 200 if the subscription allows one more, and 402 otherwise."""
    with call.reading() as (serializer, rights):
        organization = rights.organization(organization_id)
        if feature not in plans.FEATURES:
            raise MissingError(f"Unable to find feature {feature}.")
        limit = plans.limit_of(organization, feature)
        usage = plans.usage_of(serializer.session, organization, feature)
        if limit is not None and usage >= limit:
            raise UpgradeRequiredError(feature)
        return reply({"feature": feature, "has_access": True, "usage": usage, "limit": limit})


@routes.get("/organizations/validation/name/{organization_name}", response_model=schemas.Validation)
def validate_organization_name(call: PersonCall, organization_name: str) -> Response:
    """Check whether an organization can have this name."""
    with call.reading() as (serializer, _):
        existing = serializer.session.scalar(select(Organization.seq).where(Organization.name == organization_name))
        valid = 0 < len(organization_name) <= limits.NAME_MAX
        return reply(_validation(organization_name, valid=valid, available=existing is None))


@both_spellings(
    routes,
    "GET",
    "/organizations/{organization_id}/validation/workspace_name/{workspace_name}",
    response_model=schemas.Validation,
)
def validate_workspace_name(call: PersonCall, organization_id: Id, workspace_name: str) -> Response:
    """Check whether a workspace can have this name, which is unique across all organizations."""
    with call.reading() as (serializer, rights):
        rights.organization(organization_id)
        alive = select(Workspace.seq).where(Workspace.name == workspace_name, Workspace.target_state != "deleted")
        valid = re.fullmatch(SLUG, workspace_name) is not None
        return reply(_validation(workspace_name, valid=valid, available=serializer.session.scalar(alive) is None))


def _validation(name: str, *, valid: bool, available: bool) -> dict[str, object]:
    reason = None if available else "The name is taken."
    return {
        "name": name,
        "valid": valid,
        "available": available,
        "reason": reason if valid else "The name has the wrong form.",
    }


@routes.post("/usage-event", response_model=None)
def count_usage(call: MachineCall, body: schemas.UsageEvent) -> Response:
    """Record the creation or deletion of a metered object in a workspace."""
    with call.writing() as (session, _):
        _count(session, call.caller.organization_id, body)
    return reply(None)


@routes.post("/usage-batch", response_model=None)
def count_usages(call: MachineCall, body: schemas.UsageBatch) -> Response:
    """Record several usage events together."""
    with call.writing() as (session, _):
        for event in body.events:
            _count(session, call.caller.organization_id, event)
    return reply(None)


def _count(session: Session, organization_id: str | None, event: schemas.UsageEvent) -> None:
    if event.organization_id != organization_id:
        raise ForbiddenError("A workspace reports usage of its own organization only.")
    organization = session.scalars(select(Organization).where(Organization.id == organization_id)).one()
    usage_total = int(organization.usage.get(event.feature, 0)) + event.total
    organization.usage = {**organization.usage, event.feature: max(0, usage_total)}
