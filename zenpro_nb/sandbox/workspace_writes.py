"""Creating and changing a workspace: the rules, apart from the routes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from zenpro_nb.sandbox import addresses, credentials, lifecycle, plans, queries, releases
from zenpro_nb.sandbox.access import Rights
from zenpro_nb.sandbox.errors import AlreadyThereError, BadValueError, ForbiddenError
from zenpro_nb.sandbox.schemas import workspaces as schemas
from zenpro_nb.sandbox.schemas.workspaces import Configuration
from zenpro_nb.sandbox.tables import Organization, User, Workspace


def wish_from_query(
    session: Session, rights: Rights, name: str | None, organization_id: str | None
) -> schemas.WorkspaceCreate:
    """Return the wish of a request without a body, which is documented without an organization too.

    Which one is meant then is inferred: the caller's oldest.
    """
    if organization_id is None:
        own = select(Organization.id).where(Organization.id.in_(rights.organization_ids))
        organization_id = session.scalar(own.order_by(Organization.seq))
    if name is None or organization_id is None:
        raise BadValueError("A name and an organization_id are needed.")
    return schemas.WorkspaceCreate.model_validate({"name": name, "organization_id": organization_id})


def create(
    session: Session, rights: Rights, wish: schemas.WorkspaceCreate, *, enroll: bool, now: datetime
) -> tuple[Workspace, str | None]:
    """Return a new workspace and its enrollment key, if there is one: it can be seen at this moment only."""
    organization = rights.organization(wish.organization_id)
    rights.require("create", "workspace", organization.id)
    _require_free(session, wish.name)
    plans.require_room(session, organization, "workspace")
    if wish.owner_id is not None:
        queries.by_id(session, User, wish.owner_id)
    key = credentials.new_secret() if enroll else None
    service = wish.workspace_type
    configuration = _configuration(service, wish)
    version = (configuration.version if configuration else None) or releases.latest(service)
    releases.require_deployable(version, None, force=False, service=service)
    row = Workspace(
        id=wish.id or queries.new_id(), name=wish.name, display_name=wish.display_name or wish.name,
        description=wish.description, logo_url=wish.logo_url, organization_id=organization.id,
        owner_id=wish.owner_id or rights.caller.id, is_managed=wish.is_managed and not enroll,
        enrollment_hash=None if key is None else credentials.digest(key), workspace_type=service, version=version,
        admin=_admin(rights, organization.id, configuration), mlflow=None, usage_counts={}, created=now,
        # Only an enrolled workspace's own server knows where it is: see report().
        server_url="" if enroll else addresses.of_workspace(wish.name, service),
    )  # fmt: skip
    lifecycle.set_goal(row, lifecycle.ENROLLING if enroll else lifecycle.AVAILABLE, now, is_new=not enroll)
    session.add(row)
    return row, key


def _configuration(service: str, body: schemas.WorkspaceCreate | schemas.WorkspaceUpdate) -> Configuration | None:
    request = body.kitaru_service if service == releases.KITARU else body.zenml_service
    return request.configuration if request else None


def _require_free(session: Session, name: str) -> None:
    if session.scalar(select(Workspace.seq).where(Workspace.name == name, Workspace.goal != "deleted")) is not None:
        # API facts 4.5: globally unique, so also those of other organizations count.
        raise AlreadyThereError(f"A workspace with the name '{name}' already exists.")


def _admin(rights: Rights, organization_id: str, configuration: Configuration | None) -> dict[str, object] | None:
    """Return the settings that were given, which need privileges (API facts 8.4, inferred there).

    API facts 11.7: a service account's key is enough, so it is taken to need the organization's management.
    """
    if configuration is None or configuration.admin is None:
        return None
    rights.require("update", "organization", organization_id)
    shown: dict[str, object] = configuration.admin.model_dump(exclude_none=True)
    return shown


def own(session: Session, rights: Rights, workspace_id: str, action: str) -> Workspace:
    """Return a workspace that the caller may change."""
    row = queries.workspace(session, rights, workspace_id)
    rights.require(action, "workspace", row.organization_id, row)
    if row.goal == lifecycle.DELETED:
        raise ForbiddenError("The workspace has been deleted.")
    return row


def update(
    session: Session, rights: Rights, row: Workspace, body: schemas.WorkspaceUpdate, *, force: bool, now: datetime
) -> None:
    """Change what was given of a workspace, and send it on its way where that takes time."""
    if body.name is not None and body.name != row.name:
        _require_free(session, body.name)
        if row.server_url == addresses.of_workspace(row.name, row.workspace_type):
            row.server_url = addresses.of_workspace(body.name, row.workspace_type)
    if body.owner_id is not None:
        queries.by_id(session, User, body.owner_id)
    for name in ("name", "display_name", "description", "logo_url", "owner_id"):
        if getattr(body, name) is not None:
            setattr(row, name, getattr(body, name))
    row.updated = now
    configuration = _configuration(row.workspace_type, body)
    goal = body.desired_state
    settings = _admin(rights, row.organization_id, configuration)
    if settings is not None:
        row.admin = {**(row.admin or {}), **settings}
    if configuration is not None and configuration.version is not None:
        releases.require_deployable(configuration.version, row.version, force=force, service=row.workspace_type)
        if configuration.version != row.version:
            row.version = configuration.version
            # API facts 8.5: a new version is rolled out, which takes the time of a deployment.
            goal = goal or (lifecycle.AVAILABLE if row.goal == lifecycle.FAILED else row.goal)  # type: ignore[assignment]
    if goal is not None:
        lifecycle.set_goal(row, goal, now)
    if body.state_reason is not None:
        row.goal_reason = body.state_reason


def report(row: Workspace, version: str | None, url: str | None, now: datetime, lifecycle_time: timedelta) -> None:
    """Note what a workspace's own server says of itself; an enrolled workspace becomes available by it."""
    row.version = version or row.version
    row.server_url = url or row.server_url
    row.updated = now
    if row.goal == lifecycle.ENROLLING:
        # It runs already, so it skips the pending phase.
        lifecycle.set_goal(row, lifecycle.AVAILABLE, now - lifecycle_time)
